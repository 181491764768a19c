// Matrices by name: of blocks, with constant diagonals, of polynomials, of binomials.
import { dtypeOf } from "../core/dtypes.ts";
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray, oneOf, options, promote } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { vmap } from "../transforms/vectorize.ts";
import type { ConvolutionMatrixOptions, DftOptions, HankelOptions, HelmertOptions, PascalOptions, ToeplitzOptions } from "./options.ts";

// ---- special matrices
/** The block diagonal matrix of these matrices.
 * @example scipy.linalg.blockDiag([[1, 2]], [[3]]) // [[1, 2, 0], [0, 0, 3]] */

export function blockDiag(...arrays: ArrayLike[]): Value {
  const vs = promote(
      "blockDiag",
      arrays.map((a) => np.atleast2d(asArray(a)) as Value),
    ),
    columns = vs.reduce((s, v) => s + v.shape.at(-1)!, 0);
  let at = 0;
  const rows = vs.map((v) => {
    const w = v.shape.at(-1)!,
      r = o.pad(v, o.like(v, 0), [
        [0, 0, 0],
        [at, columns - at - w, 0],
      ]);
    at += w;
    return r;
  });
  return o.concatenate(rows, 0);
}
/** The matrix whose (i, j) element is picked from a vector. */
const pick = (v: Value, shape: readonly [number, number], at: (i: Value, j: Value) => Value): Value =>
  np.take(v, at(o.iota("int32", shape, 0), o.iota("int32", shape, 1)));
/** A function of vectors that gives a matrix: stacks of vectors, along leading axes, give a stack of matrices. */
function ofStacks(vectors: readonly Value[], one: (...vs: Value[]) => Value): Value {
  if (vectors.every((v) => v.ndim <= 1)) return one(...vectors);
  const lead = np.broadcastShapes(...vectors.map((v) => v.shape.slice(0, -1))),
    count = lead.reduce((p, n) => p * n, 1),
    flat = vectors.map((v) => o.reshape(np.broadcastTo(v, [...lead, v.shape.at(-1)!]), [count, v.shape.at(-1)!])),
    matrices = vmap(one)(...flat) as Value;
  return o.reshape(matrices, [...lead, ...matrices.shape.slice(1)]);
}
const vectorOf = (a: ArrayLike): Value => np.atleast1d(asArray(a)) as Value;
/** The circulant matrix with first column c.
 * @example scipy.linalg.circulant([1, 2, 3]) // [[1, 3, 2], [2, 1, 3], [3, 2, 1]] */
export const circulant = (c: ArrayLike): Value =>
  ofStacks([vectorOf(c)], (v) => pick(v, [v.shape[0]!, v.shape[0]!], (i, j) => np.remainder(i.sub(j), v.shape[0]!)));
/** The Toeplitz matrix with first column c and first row r, by default c's conjugate; batches along leading axes.
 * @example scipy.linalg.toeplitz([1, 2, 3]) // [[1, 2, 3], [2, 1, 2], [3, 2, 1]] */
export function toeplitz(c: ArrayLike, ...rest: Tail<[r: ArrayLike | null], ToeplitzOptions>): Value {
  const q = options<ToeplitzOptions>("toeplitz", ["r"], rest),
    x = asArray(c),
    y = q.r === undefined || q.r === null ? o.conj(x) : asArray(q.r),
    [c1, r1] = promote("toeplitz", [np.atleast1d(x), np.atleast1d(y)]) as [Value, Value];
  return ofStacks([c1, r1], (a, b) => {
    const [n, k] = [a.shape[0]!, b.shape[0]!];
    return pick(o.concatenate([o.rev(a, [0]), o.sliceInDim(b, 0, 1, Math.max(k, 1))], 0), [n, k], (i, j) => j.sub(i).add(n - 1));
  });
}
/** The Hankel matrix with first column c and last row r, by default zeros.
 * @example scipy.linalg.hankel([1, 2, 3]) // [[1, 2, 3], [2, 3, 0], [3, 0, 0]] */
export function hankel(c: ArrayLike, ...rest: Tail<[r: ArrayLike | null], HankelOptions>): Value {
  const q = options<HankelOptions>("hankel", ["r"], rest),
    x = vectorOf(c),
    y = q.r === undefined || q.r === null ? o.zerosLike(x.aval) : vectorOf(q.r);
  return ofStacks(promote("hankel", [x, y]), (a, b) =>
    pick(o.concatenate([a, o.sliceInDim(b, 0, 1, b.shape[0]!)], 0), [a.shape[0]!, b.shape[0]!], (i, j) => i.add(j)),
  );
}
/** The companion matrix of a polynomial, from its coefficients, the highest first.
 * @example scipy.linalg.companion([1, -3, 2]) // [[3, -2], [1, 0]] */
export function companion(a: ArrayLike): Value {
  return ofStacks([vectorOf(a)], (v) => {
    const n = v.shape[0]!,
      first = v.get("1:").neg().div(v.get(0));
    return o.concatenate([o.expandDims(first, 0), np.eye(n - 2, { M: n - 1, dtype: first.dtype })], 0);
  });
}
/** The matrix by which a vector of length n is convolved with a; `mode` is "full", "same" or "valid".
 * @example scipy.linalg.convolutionMatrix([1, 2], 2) // [[1, 0], [2, 1], [0, 2]] */
export function convolutionMatrix(a: ArrayLike, n: number, ...rest: Tail<[mode: string], ConvolutionMatrixOptions>): Value {
  const q = options<ConvolutionMatrixOptions>("convolutionMatrix", ["mode"], rest);
  return ofStacks([vectorOf(a)], (v) => {
    const k = v.shape[0]!,
      full = pick(o.concatenate([o.full([n - 1], v.dtype, 0), v, o.full([n - 1], v.dtype, 0)], 0), [k + n - 1, n], (i, j) => i.sub(j).add(n - 1)),
      mode = oneOf("convolutionMatrix", "mode", q.mode ?? "full", ["full", "same", "valid"]),
      cut = mode === "full" ? 0 : mode === "valid" ? Math.min(n, k) - 1 : Math.floor((Math.min(n, k) - 1) / 2);
    return mode === "full" ? full : o.sliceInDim(full, 0, cut, cut + (mode === "valid" ? Math.max(n, k) - Math.min(n, k) + 1 : Math.max(n, k)));
  });
}
/** The matrix of the discrete Fourier transform of length n; `scale` is null, "sqrtn" or "n".
 * @example np.real(scipy.linalg.dft(2)) // [[1, 1], [1, -1]] */
export function dft(n: number, ...rest: Tail<[scale: string | null], DftOptions>): Value {
  const q = options<DftOptions>("dft", ["scale"], rest);
  if (q.scale !== undefined && q.scale !== null) oneOf("dft", "scale", q.scale, ["sqrtn", "n"]);
  const k = np.arange(n),
    w = np.exp(np.multiply(np.outer(k, k).astype("float32"), o.lit("complex64", [0, (-2 * Math.PI) / n])));
  const scaled = q.scale === "sqrtn" ? w.div(Math.sqrt(n)) : q.scale === "n" ? w.div(n) : w;
  return q.dtype ? scaled.astype(dtypeOf(q.dtype)) : scaled;
}
/** The symmetric Fiedler matrix of a vector: |aᵢ − aⱼ|.
 * @example scipy.linalg.fiedler([1, 4]) // [[0, 3], [3, 0]] */
export const fiedler = (a: ArrayLike): Value =>
  ofStacks([vectorOf(a)], (v) => {
    const n = v.shape[0]!;
    return np.abs(o.broadcastInDim(v, [n, n], [0]).sub(o.broadcastInDim(v, [n, n], [1])));
  });
/** The Fiedler companion matrix of a polynomial, from its coefficients.
 * @example scipy.linalg.fiedlerCompanion([1, -3, 2]) // [[3, -2], [1, 0]] */
export function fiedlerCompanion(a: ArrayLike): Value {
  return ofStacks([vectorOf(a)], (v0) => {
    const n = v0.shape[0]! - 1,
      v = v0.div(v0.get(0)),
      c = Array.from({ length: n + 1 }, (_x, i) => v.get(i)),
      zero = o.lit(v.dtype, 0),
      one = o.lit(v.dtype, 1),
      M: Value[][] = Array.from({ length: n }, () => Array<Value>(n).fill(zero));
    if (n === 1) return c[1]!.neg().reshape([1, 1]);
    M[0]![0] = c[1]!.neg();
    for (let i = 0; i < n; i += 2) if (i + 1 < n) M[i]![i + 1] = c[i + 2]!.neg();
    M[1]![0] = one;
    for (let i = 2; i < n; i += 2) {
      M[i]![i - 1] = c[i + 1]!.neg();
    }
    for (let i = 0; i + 2 < n; i += 2) M[i]![i + 2] = one;
    for (let i = 3; i < n; i += 2) M[i]![i - 2] = one;
    return np.stack(M.map((r) => np.stack(r)));
  });
}
/** The Hadamard matrix of order n, a power of two; int32 unless `dtype` says otherwise.
 * @example scipy.linalg.hadamard(2) // [[1, 1], [1, -1]] */
export const hadamard = (n: number, q: { dtype?: string } = {}): Value => {
  let h: number[][] = [[1]];
  while (h.length < n) h = [...h.map((r) => [...r, ...r]), ...h.map((r) => [...r, ...r.map((x) => -x)])];
  return np.array(h, { dtype: q.dtype ?? "int32" });
};
/** The Helmert matrix of order n: without its first row unless `full`.
 * @example scipy.linalg.helmert(2) // [[0.7071, -0.7071]] */
export function helmert(n: number, ...rest: Tail<[full: boolean], HelmertOptions>): Value {
  const q = options<HelmertOptions>("helmert", ["full"], rest);
  const rows = Array.from({ length: n }, (_x, i) =>
    Array.from({ length: n }, (_y, j) =>
      i === 0 ? 1 / Math.sqrt(n) : j < i ? 1 / Math.sqrt(i * (i + 1)) : j === i ? -i / Math.sqrt(i * (i + 1)) : 0,
    ),
  );
  return np.array(q.full ? rows : rows.slice(1));
}
/** The Hilbert matrix of order n: 1 / (i + j + 1).
 * @example scipy.linalg.hilbert(2) // [[1, 0.5], [0.5, 0.3333]] */
export const hilbert = (n: number): Value => np.array(Array.from({ length: n }, (_x, i) => Array.from({ length: n }, (_y, j) => 1 / (i + j + 1))));
const choose = (n: number, k: number): number => {
  let r = 1;
  for (let i = 1; i <= k; i++) r = (r * (n - k + i)) / i;
  return Math.round(r);
};
/** The inverse of the Hilbert matrix of order n.
 * @example scipy.linalg.invhilbert(2) // [[4, -6], [-6, 12]] */
export const invhilbert = (n: number, _q: object = {}): Value =>
  np.array(
    Array.from({ length: n }, (_x, i) =>
      Array.from(
        { length: n },
        (_y, j) => ((i + j) % 2 ? -1 : 1) * (i + j + 1) * choose(n + i, n - j - 1) * choose(n + j, n - i - 1) * choose(i + j, i) ** 2,
      ),
    ),
  );
const pascalRows = (n: number, kind: string): number[][] =>
  Array.from({ length: n }, (_x, i) =>
    Array.from({ length: n }, (_y, j) =>
      kind === "symmetric" ? choose(i + j, i) : kind === "lower" ? (j <= i ? choose(i, j) : 0) : i <= j ? choose(j, i) : 0,
    ),
  );
/** The Pascal matrix of order n; `kind` is "symmetric" (the default), "lower" or "upper".
 * @example scipy.linalg.pascal(3) // [[1, 1, 1], [1, 2, 3], [1, 3, 6]] */
export const pascal = (n: number, ...rest: Tail<[kind: string], PascalOptions>): Value =>
  np.array(pascalRows(n, options<PascalOptions>("pascal", ["kind"], rest).kind ?? "symmetric"));
/** The inverse of the Pascal matrix of order n; `kind` as for `pascal`.
 * @example scipy.linalg.invpascal(2) // [[2, -1], [-1, 1]] */
export function invpascal(n: number, ...rest: Tail<[kind: string], PascalOptions>): Value {
  const kind = options<PascalOptions>("invpascal", ["kind"], rest).kind ?? "symmetric",
    sign = (i: number, j: number): number => ((i + j) % 2 ? -1 : 1),
    l = pascalRows(n, "lower").map((r, i) => r.map((x, j) => sign(i, j) * x));
  if (kind === "lower") return np.array(l);
  if (kind === "upper") return np.array(l[0]!.map((_x, j) => l.map((r) => r[j]!)));
  return np.array(l.map((_r, i) => l.map((_s, j) => l.reduce((t, r) => t + r[i]! * r[j]!, 0))));
}
/** The Leslie matrix of a population: fecundities [n] in the first row, survival [n − 1] below the diagonal.
 * @example scipy.linalg.leslie([0.5, 2], [0.8]) // [[0.5, 2], [0.8, 0]] */
export function leslie(fecundity: ArrayLike, survival: ArrayLike): Value {
  return ofStacks(promote("leslie", [vectorOf(fecundity), vectorOf(survival)]), (a, s) =>
    o.concatenate([o.expandDims(a, 0), o.concatenate([np.diag(s), o.full([a.shape[0]! - 1, 1], a.dtype, 0)], 1)], 0),
  );
}
