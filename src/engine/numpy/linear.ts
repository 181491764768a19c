// Products: dot, matmul, tensordot, einsum and their relatives, all on one contraction primitive.
import { dtypeOf } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, broadcastShapes, broadcastTo, castTo, options, promote, splitOptions } from "./convert.ts";
import { any, sum } from "./reductions.ts";
import type { CrossOptions, EinsumOptions, ProductOptions, TensordotOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

const finish = (v: Value, opts: ProductOptions | undefined): Value =>
  opts?.preferredElementType ? castTo(v, dtypeOf(opts.preferredElementType)) : v;
const pair = (fn: string, x: ArrayLike, y: ArrayLike): [Value, Value] =>
  promote(fn, [asArray(x, fn, "the first operand"), asArray(y, fn, "the second operand")]) as [Value, Value];
const range = (n: number, from = 0): number[] => Array.from({ length: n }, (_x, i) => i + from);
/** dot_general that says its result type, as JAX writes it. */
const contract = (x: Value, y: Value, d: o.DimensionNumbers, opts?: ProductOptions): Value =>
  o.dotGeneral(x, y, d, opts?.preferredElementType ? dtypeOf(opts.preferredElementType) : x.dtype, opts?.precision ?? null);

/** The product of matrices or vectors: the last axis of x with the one before the last of y.
 * @example np.dot([[1, 2], [3, 4]], [1, 1]) // [3, 7] */
export function dot(x: ArrayLike, y: ArrayLike, opts?: ProductOptions): Value {
  const [a, b] = pair("dot", x, y);
  if (a.ndim === 0 || b.ndim === 0) return finish(a.multiply(b), opts);
  const bc = b.ndim === 1 ? 0 : b.ndim - 2;
  checkInner("dot", a, a.ndim - 1, b, bc);
  return contract(
    a,
    b,
    [
      [[a.ndim - 1], [bc]],
      [[], []],
    ],
    opts,
  );
}
function checkInner(fn: string, a: Value, i: number, b: Value, j: number): void {
  if (a.shape[i] !== b.shape[j])
    throw new ShapeError(
      `${fn}: the shapes ${a.aval} and ${b.aval} do not match: axis ${i} of the first has ${a.shape[i]} elements, axis ${j} of the second ${b.shape[j]}; they must be equal (transpose one with .T?)`,
    );
}
/** The product of (stacks of) matrices, [..., m, k] and [..., k, n]; vectors are rows or columns. Throws ShapeError where k differs.
 * @example np.matmul([[1, 2], [3, 4]], [[0, 1], [1, 0]]) // [[2, 1], [4, 3]] */
export function matmul(x: ArrayLike, y: ArrayLike, opts?: ProductOptions): Value {
  const [a0, b0] = pair("matmul", x, y);
  if (a0.ndim === 0 || b0.ndim === 0)
    throw new ShapeError(`matmul: the operands are ${a0.aval} and ${b0.aval}; scalars are not allowed, use multiply`);
  checkInner("matmul", a0, a0.ndim - 1, b0, b0.ndim === 1 ? 0 : b0.ndim - 2);
  if (a0.ndim === 1 || b0.ndim === 1)
    return a0.ndim === 1 && b0.ndim > 2
      ? contract(
          b0,
          a0,
          [
            [[b0.ndim - 2], [0]],
            [[], []],
          ],
          opts,
        )
      : contract(
          a0,
          b0,
          [
            [[a0.ndim - 1], [b0.ndim === 1 ? 0 : b0.ndim - 2]],
            [[], []],
          ],
          opts,
        );
  const lead = broadcastShapes("matmul", [a0.shape.slice(0, -2), b0.shape.slice(0, -2)]);
  // A second operand without batch axes joins the rows of the first.
  if (b0.ndim === 2)
    return contract(
      a0,
      b0,
      [
        [[a0.ndim - 1], [0]],
        [[], []],
      ],
      opts,
    );
  const a = broadcastTo(a0, [...lead, ...a0.shape.slice(-2)]),
    b = broadcastTo(b0, [...lead, ...b0.shape.slice(-2)]),
    n = lead.length;
  return contract(
    a,
    b,
    [
      [[n + 1], [n]],
      [range(n), range(n)],
    ],
    opts,
  );
}
/** Sums of products over the last axes of both.
 * @example np.inner([1, 2], [3, 4]) // 11 */
export function inner(x: ArrayLike, y: ArrayLike, opts?: ProductOptions): Value {
  const [a, b] = pair("inner", x, y);
  if (a.ndim === 0 || b.ndim === 0) return opts?.preferredElementType ? a.multiply(b).astype(opts.preferredElementType) : a.multiply(b);
  checkInner("inner", a, a.ndim - 1, b, b.ndim - 1);
  return contract(
    a,
    b,
    [
      [[a.ndim - 1], [b.ndim - 1]],
      [[], []],
    ],
    opts,
  );
}
/** The sum of products of two arrays read as vectors; the first is conjugated. A scalar.
 * @example np.vdot([1, 2], [3, 4]) // 11 */
export function vdot(x: ArrayLike, y: ArrayLike, opts?: ProductOptions): Value {
  return dot(o.conj(o.reshape(asArray(x), [asArray(x).size])), o.reshape(asArray(y), [asArray(y).size]), opts);
}
/** All products of two vectors (arrays are flattened): [m, n].
 * @example np.outer([1, 2], [3, 4]) // [[3, 4], [6, 8]] */
export function outer(x: ArrayLike, y: ArrayLike): Value {
  const [a, b] = pair("outer", x, y);
  return o.mul(o.broadcastInDim(o.reshape(a, [a.size]), [a.size, b.size], [0]), o.broadcastInDim(o.reshape(b, [b.size]), [a.size, b.size], [1]));
}
/** Sums of products along an axis; the first is conjugated.
 * @example np.vecdot([[1, 2], [3, 4]], [1, 1]) // [3, 7] */
export function vecdot(x: ArrayLike, y: ArrayLike, opts: ProductOptions & { axis?: number } = {}): Value {
  const [a, b] = pair("vecdot", x, y),
    i = axisOf("vecdot", opts.axis ?? -1, a.ndim),
    j = axisOf("vecdot", opts.axis ?? -1, b.ndim);
  checkInner("vecdot", a, i, b, j);
  const u = o.moveaxis(o.conj(a), i, a.ndim - 1),
    v = o.moveaxis(b, j, b.ndim - 1),
    s = broadcastShapes("vecdot", [u.shape, v.shape]),
    n = s.length - 1;
  return finish(
    contract(broadcastTo(u, s), broadcastTo(v, s), [
      [[n], [n]],
      [range(n), range(n)],
    ]),
    opts,
  );
}
/** Matrices times vectors, [..., m, n] and [..., n].
 * @example np.matvec([[1, 2], [3, 4]], [1, 1]) // [3, 7] */
export function matvec(x: ArrayLike, y: ArrayLike): Value {
  const b = asArray(y);
  return o.squeeze(matmul(x, o.expandDims(b, b.ndim)), [Math.max(asArray(x).ndim, b.ndim + 1) - 1]);
}
/** Vectors times matrices, [..., n] and [..., n, m]; the vector is conjugated.
 * @example np.vecmat([1, 1], [[1, 2], [3, 4]]) // [4, 6] */
export function vecmat(x: ArrayLike, y: ArrayLike): Value {
  const a = o.conj(asArray(x)),
    r = matmul(o.expandDims(a, a.ndim - 1), y);
  return o.squeeze(r, [r.ndim - 2]);
}
/** Sums of products over pairs of axes: the last of x and the first of y, or those named.
 * @example np.tensordot([[1, 2], [3, 4]], [[1, 0], [0, 1]], { axes: 2 }) // 5 */
export function tensordot(x: ArrayLike, y: ArrayLike, ...rest: Tail<[axes: NonNullable<TensordotOptions["axes"]>], TensordotOptions>): Value {
  const p = options<TensordotOptions>("tensordot", ["axes"], rest),
    [a, b] = pair("tensordot", x, y),
    axes = p.axes ?? 2;
  const [la, rb] =
    typeof axes === "number"
      ? [range(axes, a.ndim - axes), range(axes)]
      : [
          [axes[0]!].flat().map((i) => axisOf("tensordot", i as number, a.ndim)),
          [axes[1]!].flat().map((i) => axisOf("tensordot", i as number, b.ndim)),
        ];
  la.forEach((i, k) => checkInner("tensordot", a, i, b, rb[k]!));
  return finish(
    contract(a, b, [
      [la, rb],
      [[], []],
    ]),
    p,
  );
}
/** The Kronecker product.
 * @example np.kron([1, 10], [1, 2]) // [1, 2, 10, 20] */
export function kron(x: ArrayLike, y: ArrayLike): Value {
  const [a0, b0] = pair("kron", x, y),
    n = Math.max(a0.ndim, b0.ndim),
    pad = (v: Value): Value => o.reshape(v, [...Array<number>(n - v.ndim).fill(1), ...v.shape]),
    a = pad(a0),
    b = pad(b0);
  const full = a.shape.flatMap((m, i) => [m, b.shape[i]!]);
  return o.reshape(
    o.mul(
      o.broadcastInDim(
        a,
        full,
        range(n).map((i) => 2 * i),
      ),
      o.broadcastInDim(
        b,
        full,
        range(n).map((i) => 2 * i + 1),
      ),
    ),
    a.shape.map((m, i) => m * b.shape[i]!),
  );
}
/** The cross product of vectors of 2 or 3 components along an axis.
 * @example np.cross([1, 0, 0], [0, 1, 0]) // [0, 0, 1] */
export function cross(
  x: ArrayLike,
  y: ArrayLike,
  ...rest: Tail<[axisa: number, axisb: number, axisc: number, axis: number | null], CrossOptions>
): Value {
  const p = options<CrossOptions>("cross", ["axisa", "axisb", "axisc", "axis"], rest),
    [a0, b0] = pair("cross", x, y);
  const aa = p.axis ?? p.axisa ?? -1,
    ab = p.axis ?? p.axisb ?? -1,
    ac = p.axis ?? p.axisc ?? -1,
    a = o.moveaxis(a0, axisOf("cross", aa, a0.ndim), a0.ndim - 1),
    b = o.moveaxis(b0, axisOf("cross", ab, b0.ndim), b0.ndim - 1);
  for (const v of [a, b])
    if (v.shape.at(-1) !== 2 && v.shape.at(-1) !== 3) throw new ShapeError(`cross: the vectors have ${v.shape.at(-1)} components, expected 2 or 3`);
  const lead = broadcastShapes("cross", [a.shape.slice(0, -1), b.shape.slice(0, -1)]),
    at = (v: Value, i: number): Value =>
      i < v.shape.at(-1)! ? broadcastTo(o.squeeze(o.sliceInDim(v, v.ndim - 1, i, i + 1), [v.ndim - 1]), lead) : o.full(lead, v.dtype, 0);
  const part = (i: number, j: number): Value => o.sub(o.mul(at(a, i), at(b, j)), o.mul(at(a, j), at(b, i)));
  if (a.shape.at(-1) === 2 && b.shape.at(-1) === 2) return part(0, 1);
  const r = o.concatenate(
    [part(1, 2), part(2, 0), part(0, 1)].map((v) => o.expandDims(v, lead.length)),
    lead.length,
  );
  return o.moveaxis(r, lead.length, axisOf("cross", ac, r.ndim));
}

/** Einstein summation. Operands are contracted two at a time, smallest intermediate first.
 * @example np.einsum("ij,j->i", [[1, 2], [3, 4]], [1, 10]) // [21, 43] */
export function einsum(subscripts: string, ...args: ArrayLike[] | [...ArrayLike[], EinsumOptions]): Value {
  const { arrays, options: opts } = splitOptions<EinsumOptions>(args);
  let terms: { v: Value; ix: string[] }[];
  const ops = promote(
      "einsum",
      arrays.map((a) => asArray(a, "einsum")),
    ),
    [lhs, rhs] = subscripts.replace(/\s/g, "").split("->") as [string, string | undefined],
    ins = lhs.split(",");
  if (ins.length !== ops.length) throw new ShapeError(`einsum: "${subscripts}" names ${ins.length} operands, got ${ops.length}`);
  const ellipsis = Math.max(0, ...ins.map((s, i) => (s.includes("...") ? ops[i]!.ndim - (s.length - 3) : 0))),
    dots = range(ellipsis).map((i) => `.${i}`),
    letters = (s: string, own: number): string[] => s.split("...").flatMap((part, i) => (i ? [...dots.slice(ellipsis - own), ...part] : [...part]));
  terms = ops.map((v, i) => {
    const ix = letters(ins[i]!, v.ndim - (ins[i]!.length - 3));
    if (ix.length !== v.ndim) throw new ShapeError(`einsum: "${ins[i]}" names ${ix.length} axes, operand ${i} is ${v.aval}`);
    return { v, ix };
  });
  const all = terms.flatMap((t) => t.ix),
    out =
      rhs === undefined
        ? [...dots, ...[...new Set(all)].filter((c) => !c.startsWith(".") && all.filter((d) => d === c).length === 1).sort()]
        : letters(rhs, ellipsis),
    sizes = new Map<string, number>();
  for (const t of terms)
    t.ix.forEach((c, i) => {
      const n = t.v.shape[i]!,
        have = sizes.get(c);
      if (have !== undefined && have !== n && have !== 1 && n !== 1)
        throw new ShapeError(`einsum: index ${c} has sizes ${have} and ${n} in "${subscripts}"`);
      sizes.set(c, Math.max(have ?? 0, n));
    });
  terms = terms.map((t) => diagonalTerm(t, sizes));
  while (terms.length > 1) {
    let best = [0, 1, Infinity] as [number, number, number];
    for (let i = 0; i < terms.length; i++)
      for (let j = i + 1; j < terms.length; j++) {
        const keep = kept(terms, i, j, out),
          cost = keep.reduce((p, c) => p * sizes.get(c)!, 1);
        if (cost < best[2]) best = [i, j, cost];
      }
    const [i, j] = best,
      keep = kept(terms, i, j, out),
      merged = contractTerms(terms[i]!, terms[j]!, keep);
    terms = [...terms.filter((_t, k) => k !== i && k !== j), merged];
  }
  const t = sumOut(terms[0]!, out),
    spread = out.filter((c) => !t.ix.includes(c));
  if (spread.length) throw new ShapeError(`einsum: the output index ${spread[0]} of "${subscripts}" stands in no operand`);
  return finish(
    o.transpose(
      t.v,
      out.map((c) => t.ix.indexOf(c)),
    ),
    opts,
  );
}
type Term = { v: Value; ix: string[] };
const kept = (terms: readonly Term[], i: number, j: number, out: readonly string[]): string[] => {
  const rest = new Set([...out, ...terms.filter((_t, k) => k !== i && k !== j).flatMap((t) => t.ix)]);
  return [...new Set([...terms[i]!.ix, ...terms[j]!.ix])].filter((c) => rest.has(c));
};
const sumOut = (t: Term, keep: readonly string[]): Term => {
  const drop = t.ix.map((c, i) => (keep.includes(c) ? -1 : i)).filter((i) => i >= 0);
  return drop.length
    ? {
        v: t.v.dtype === "bool" ? any(t.v, { axis: drop }) : sum(t.v, { axis: drop, promoteIntegers: false }),
        ix: t.ix.filter((c) => keep.includes(c)),
      }
    : t;
};
/** A repeated index takes the diagonal; indices of size 1 beside larger ones are spread. */
function diagonalTerm(t: Term, sizes: ReadonlyMap<string, number>): Term {
  let { v, ix } = t;
  for (let c = ix.find((d, i) => ix.indexOf(d) !== i); c !== undefined; c = ix.find((d, i) => ix.indexOf(d) !== i)) {
    const a = ix.indexOf(c),
      b = ix.indexOf(c, a + 1);
    v = v.diagonal({ axis1: a, axis2: b });
    ix = [...ix.filter((_d, i) => i !== a && i !== b), c];
  }
  const s = ix.map((c) => sizes.get(c)!);
  return { v: broadcastTo(v, s), ix };
}
function contractTerms(x0: Term, y0: Term, keep: readonly string[]): Term {
  const x = sumOut(x0, [...keep, ...y0.ix]),
    y = sumOut(y0, [...keep, ...x0.ix]),
    shared = x.ix.filter((c) => y.ix.includes(c)),
    batch = shared.filter((c) => keep.includes(c)),
    con = shared.filter((c) => !keep.includes(c)),
    at = (t: Term, cs: readonly string[]): number[] => cs.map((c) => t.ix.indexOf(c));
  const v = contract(x.v, y.v, [
    [at(x, con), at(y, con)],
    [at(x, batch), at(y, batch)],
  ]);
  return { v, ix: [...batch, ...x.ix.filter((c) => !shared.includes(c)), ...y.ix.filter((c) => !shared.includes(c))] };
}
