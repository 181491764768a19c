// Applying functions: along axes, over axes, piecewise, to grids; and numerical gradients.
import { canonicalize, dtypeOf } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import type { AnyFunction } from "../transforms/args.ts";
import { vmap } from "../transforms/vectorize.ts";
import { type ArrayLike, asArray, axisOf, broadcastShapes, broadcastTo, promoteInexact, splitOptions } from "./convert.ts";
import { select } from "./signal.ts";
import type { DTypeOptions } from "./options.ts";
import type { GradientOptions } from "./signalOptions.ts";

/** fn of every vector along an axis; what it returns stands in the axis's place.
 * @example np.applyAlongAxis((row) => row.sum(), 1, [[1, 2], [3, 4]]) // [3, 7] */
export function applyAlongAxis<Extra extends readonly unknown[]>(
  fn: (x: Value, ...args: Extra) => ArrayLike,
  axis: number,
  arr: ArrayLike,
  ...args: Extra
): Value {
  const v = asArray(arr, "applyAlongAxis"),
    a = axisOf("applyAlongAxis", axis, v.ndim),
    moved = o.moveaxis(v, a, v.ndim - 1),
    lead = moved.shape.slice(0, -1),
    n = lead.reduce((p, q) => p * q, 1);
  const out = vmap((x: Value) => asArray(fn(x, ...args) as ArrayLike))(o.reshape(moved, [n, v.shape[a]!])) as Value,
    rest = out.shape.slice(1),
    full = o.reshape(out, [...lead, ...rest]);
  const order = [...lead.slice(0, a).map((_n, i) => i), ...rest.map((_n, i) => lead.length + i), ...lead.slice(a).map((_n, i) => a + i)];
  return o.transpose(full, order);
}
/** fn(x, { axis }) for one axis after the other; reduced axes stay with size 1.
 * @example np.applyOverAxes(np.sum, [[1, 2], [3, 4]], [0, 1]) // [[10]] */
export function applyOverAxes(fn: AnyFunction, a: ArrayLike, axes: number | readonly number[]): Value {
  let v = asArray(a, "applyOverAxes");
  for (const axis of [axes].flat()) {
    const k = axisOf("applyOverAxes", axis as number, v.ndim),
      r = asArray(fn(v, { axis: k }) as ArrayLike);
    v = r.ndim === v.ndim ? r : o.expandDims(r, k);
  }
  return v;
}
/** The function of the first condition that holds; a function more than conditions is for the rest, else it is 0.
 * @example np.piecewise(np.array([-1, 2]), [np.array([true, false])], [0, (x: Array) => x.mul(10)]) // [0, 20] */
export function piecewise<Extra extends readonly unknown[]>(
  x: ArrayLike,
  conditions: readonly ArrayLike[] | ArrayLike,
  functions: readonly (((x: Value, ...args: Extra) => ArrayLike) | number | Value)[],
  ...args: Extra
): Value {
  const v = asArray(x, "piecewise"),
    list = (Array.isArray(conditions) ? conditions : [conditions]).map((c) => asArray(c as ArrayLike)),
    n = list.length;
  if (functions.length !== n && functions.length !== n + 1)
    throw new ShapeError(`piecewise: got ${functions.length} functions for ${n} conditions, expected ${n} or ${n + 1}`);
  const values = functions.map((f) => broadcastTo(o.convert(asArray((typeof f === "function" ? f(v, ...args) : f) as ArrayLike), v.dtype), v.shape)),
    otherwise = functions.length > n ? values.at(-1)! : o.zerosLike(v.aval);
  // The last condition that holds wins in NumPy's own loop.
  return o.convert(select([...list].reverse(), values.slice(0, n).reverse(), { default: otherwise }), v.dtype);
}
/** fn of index grids of a shape, one array an axis.
 * @example np.fromfunction((i, j) => i.add(j), [2, 3]) // [[0, 1, 2], [1, 2, 3]] */
export function fromfunction<R>(fn: (...grids: Value[]) => R, shape: readonly number[], opts: DTypeOptions = {}): R {
  const d = opts.dtype ? dtypeOf(opts.dtype) : canonicalize("float64");
  return fn(...shape.map((_n, i) => o.iota(d, shape, i)));
}
/** A function of scalars (or, with a signature, of small arrays) as one of arrays that broadcast.
 * @example np.vectorize((a: Array, b: Array) => np.dot(a, b), { signature: "(n),(n)->()" })(np.ones([2, 3]), np.ones([3])) // [3, 3] */
export function vectorize(
  fn: AnyFunction,
  opts: { readonly signature?: string | null; readonly excluded?: readonly number[] } = {},
): (...args: unknown[]) => unknown {
  const core = opts.signature
      ? opts.signature
          .split("->")[0]!
          .match(/\([^)]*\)/g)!
          .map(
            (s) =>
              s
                .slice(1, -1)
                .split(",")
                .filter((x) => x.trim()).length,
          )
      : null,
    excluded = new Set(opts.excluded ?? []);
  return (...args) => {
    const live = args.map((_a, i) => i).filter((i) => !excluded.has(i)),
      values = live.map((i) => asArray(args[i] as ArrayLike, "vectorize")),
      ranks = values.map((_v, k) => core?.[k] ?? 0),
      leads = values.map((v, k) => v.shape.slice(0, v.ndim - ranks[k]!)),
      lead = broadcastShapes("vectorize", leads);
    const spread = values.map((v, k) => broadcastTo(v, [...lead, ...v.shape.slice(v.ndim - ranks[k]!)]));
    let f: AnyFunction = (...xs: unknown[]) => fn(...args.map((a, i) => (excluded.has(i) ? a : xs[live.indexOf(i)])));
    for (let i = 0; i < lead.length; i++) f = vmap(f);
    return f(...spread);
  };
}
/** Differences: central inside, one-sided at the edges. Spacings: none, one number, one for each axis, or coordinates.
 * @example np.gradient([1, 4, 9]) // [3, 4, 5] */
export function gradient(x: ArrayLike, ...args: ArrayLike[] | [...ArrayLike[], GradientOptions]): Value | Value[] {
  const { arrays: rest, options: named } = splitOptions<GradientOptions>(args),
    [v] = promoteInexact("gradient", [asArray(x, "gradient")]) as [Value];
  const axes = (named.axis === undefined || named.axis === null ? v.shape.map((_n, i) => i) : [named.axis].flat()).map((a) =>
      axisOf("gradient", a as number, v.ndim),
    ),
    spacings = rest.length === 0 ? axes.map(() => 1) : rest.length === 1 ? axes.map(() => rest[0]) : rest;
  if (spacings.length !== axes.length)
    throw new ShapeError(`gradient: got ${rest.length} spacings for ${axes.length} axes, expected none, one, or one for each`);
  const one = (a: number, spacing: unknown): Value => {
    const n = v.shape[a]!,
      h = asArray(spacing as ArrayLike),
      cut = (from: number, to: number): Value => o.sliceInDim(v, a, from, to);
    if (n < 2) throw new ShapeError(`gradient: axis ${a} of ${v.aval} has ${n} elements, expected at least 2`);
    if (h.ndim === 0) {
      const d = o.convert(h, v.dtype),
        twice = o.mul(d, o.like(d, 2));
      return o.concatenate(
        [
          o.div(o.sub(cut(1, 2), cut(0, 1)), d),
          ...(n > 2 ? [o.div(o.sub(cut(2, n), cut(0, n - 2)), twice)] : []),
          o.div(o.sub(cut(n - 1, n), cut(n - 2, n - 1)), d),
        ],
        a,
      );
    }
    const along = (s: Value): Value =>
        o.broadcastInDim(
          s,
          v.shape.map((_m, i) => (i === a ? s.shape[0]! : 1)),
          [a],
        ),
      full = (s: Value, like: Value): Value => broadcastTo(along(s), like.shape),
      t = o.convert(h, v.dtype),
      dx = o.sub(o.sliceInDim(t, 0, 1, n), o.sliceInDim(t, 0, 0, n - 1)),
      p = o.sliceInDim(dx, 0, 0, n - 2),
      q = o.sliceInDim(dx, 0, 1, n - 1),
      first = o.div(o.sub(cut(1, 2), cut(0, 1)), full(o.sliceInDim(dx, 0, 0, 1), cut(0, 1))),
      end = o.div(o.sub(cut(n - 1, n), cut(n - 2, n - 1)), full(o.sliceInDim(dx, 0, n - 2, n - 1), cut(0, 1)));
    if (n === 2) return o.concatenate([first, end], a);
    const s = o.add(p, q),
      inner = o.add(
        o.add(
          o.mul(cut(0, n - 2), full(o.neg(o.div(q, o.mul(p, s))), cut(0, n - 2))),
          o.mul(cut(1, n - 1), full(o.div(o.sub(q, p), o.mul(p, q)), cut(0, n - 2))),
        ),
        o.mul(cut(2, n), full(o.div(p, o.mul(q, s)), cut(0, n - 2))),
      );
    return o.concatenate([first, inner, end], a);
  };
  const all = axes.map((a, i) => one(a, spacings[i]));
  return all.length === 1 ? all[0]! : all;
}
