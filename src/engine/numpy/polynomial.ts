// Polynomials: fitting, division, roots.
import { isComplex, type DType } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, options, promoteInexact } from "./convert.ts";
import { eigvals, inv, lstsq } from "./linalg.ts";
import { outer } from "./linear.ts";
import { sqrt } from "./ufuncs.ts";
import { sum } from "./reductions.ts";
import { convolve, vander } from "./signal.ts";
import { known, trimZeros } from "./sets.ts";
import type { PolyfitOptions } from "./signalOptions.ts";
import type { Tail } from "../core/signature.ts";

const EPSILON: Partial<Record<DType, number>> = { float64: 2 ** -52, complex128: 2 ** -52 };
/** Coefficients, highest power first, of the least squares fit of a degree.
 * @example np.round(np.polyfit(np.array([0, 1, 2]), np.array([1, 3, 5]), 1) as Array, 2) // [2, 1] */
export function polyfit(
  x: ArrayLike,
  y: ArrayLike,
  deg: number,
  ...rest: Tail<[rcond: number | null, full: boolean, w: ArrayLike | null, cov: boolean | string], PolyfitOptions>
): Value | Value[] {
  const q = options<PolyfitOptions>("polyfit", ["rcond", "full", "w", "cov"], rest),
    [a, b] = promoteInexact("polyfit", [asArray(x), asArray(y)]) as [Value, Value];
  if (a.ndim !== 1 || b.shape[0] !== a.shape[0])
    throw new ShapeError(`polyfit: x is ${a.aval} and y ${b.aval}; expected a vector, and as many values along the first axis of y`);
  const w = q.w === undefined || q.w === null ? null : o.convert(asArray(q.w), a.dtype),
    V = vander(a, deg + 1),
    lhs = w ? V.mul(w.get(":", null)) : V,
    rhs = w ? b.mul(b.ndim === 2 ? w.get(":", null) : w) : b,
    scale = sqrt(sum(lhs.mul(lhs), { axis: 0 })) as Value;
  const [c0, residuals, rank, s] = lstsq(lhs.div(scale), rhs, { rcond: q.rcond ?? a.size * (EPSILON[a.dtype] ?? 2 ** -23) }) as [
      Value,
      Value,
      Value,
      Value,
    ],
    c = c0.ndim === 2 ? c0.div(scale.get(":", null)) : c0.div(scale);
  if (q.full) return [c, residuals, rank, s, asArray(q.rcond ?? a.size * 2 ** -23)];
  if (q.cov === undefined || q.cov === false || q.cov === null) return c;
  if (q.cov !== true && q.cov !== "unscaled") throw new TypeError(`polyfit: cov is ${JSON.stringify(q.cov)}, expected true, false or "unscaled"`);
  const base = inv(lhs.div(scale).T.matmul(lhs.div(scale))).div(outer(scale, scale));
  if (q.cov === "unscaled") return [c, base];
  if (a.size <= deg + 1)
    throw new ShapeError(
      `polyfit: ${a.size} points for ${deg + 1} coefficients; a scaled covariance needs more points than coefficients, or use cov: "unscaled"`,
    );
  const factor = residuals.div(a.size - deg - 1);
  return [c, b.ndim === 1 ? base.mul(factor) : base.get(":", ":", null).mul(factor)];
}
/** Quotient and remainder.
 * @example np.polydiv([1, 3, 2], [1, 1]) // [[1, 2], [0, 0, 0]] */
export function polydiv(u: ArrayLike, v: ArrayLike, q: { trimLeadingZeros?: boolean } = {}): [Value, Value] {
  const [a, b] = promoteInexact("polydiv", [asArray(u), asArray(v)]) as [Value, Value],
    m = a.shape[0]! - 1,
    n = b.shape[0]! - 1,
    lead = b.get(0),
    parts: Value[] = [];
  let r = a;
  for (let k = 0; k <= m - n; k++) {
    const d = r.get(k).div(lead);
    parts.push(d);
    r = r.at(`${k}:${k + n + 1}`).add(b.mul(d).neg());
  }
  const quotient = parts.length
    ? o.concatenate(
        parts.map((p) => o.reshape(p, [1])),
        0,
      )
    : o.full([1], a.dtype, 0);
  return [quotient, q.trimLeadingZeros ? trimZeros(r, { trim: "f" }) : r];
}
/** The product of polynomials, coefficients highest power first.
 * @example np.polymul([1, 1], [1, 2]) // [1, 3, 2] */
export const polymul = (a: ArrayLike, b: ArrayLike, q: { trimLeadingZeros?: boolean } = {}): Value => {
  const [x, y] = promoteInexact("polymul", [a, b]) as [Value, Value],
    cut = (v: Value): Value => {
      const t = q.trimLeadingZeros ? trimZeros(v, { trim: "f" }) : v;
      return t.size ? t : o.full([1], v.dtype, 0);
    };
  return convolve(cut(x), cut(y));
};
/** The polynomial with given roots, or the characteristic one of a matrix.
 * @example np.poly([1, 2]) // [1, -3, 2] */
export function poly(roots: ArrayLike): Value {
  const [v] = promoteInexact("poly", [roots]) as [Value],
    r = v.ndim === 2 ? eigvals(v) : v;
  if (v.ndim > 2 || (v.ndim === 2 && v.shape[0] !== v.shape[1]))
    throw new ShapeError(`poly: got ${v.aval}, expected a vector of roots or a square matrix`);
  let c = o.full([1], r.dtype, 1);
  for (let i = 0; i < r.size; i++) c = convolve(c, o.concatenate([o.full([1], r.dtype, 1), o.neg(o.sliceInDim(r, 0, i, i + 1))], 0));
  return c;
}
/** The roots, by the companion matrix. Zeros in front are dropped, those behind are roots at 0.
 * @example np.sort(np.real(np.roots([1, -3, 2]))) // [1, 2] */
export function roots(p: ArrayLike, q: { stripZeros?: boolean } = {}): Value {
  const [c0] = promoteInexact("roots", [asArray(p)]) as [Value],
    c = q.stripZeros === false ? c0 : trimZeros(c0, { trim: "f" }),
    data = Array.from(known("roots", c).dataSync() as Float32Array, Number),
    per = isComplex(c.dtype) ? 2 : 1;
  let zeros = 0;
  while (zeros < c.size - 1 && data.slice((c.size - 1 - zeros) * per, (c.size - zeros) * per).every((x) => x === 0)) zeros++;
  const d = o.sliceInDim(c, 0, 0, c.size - zeros),
    n = d.size - 1,
    type = c.dtype === "float64" || c.dtype === "complex128" ? "complex128" : "complex64",
    rest = o.full([zeros], type, 0);
  if (n < 1) return rest;
  const first = o.div(o.neg(o.sliceInDim(d, 0, 1, n + 1)), o.broadcastInDim(o.sliceInDim(d, 0, 0, 1), [n], [0])),
    below = o.convert(o.eq(o.iota("int32", [n - 1, n], 0), o.iota("int32", [n - 1, n], 1)), d.dtype),
    found = eigvals(o.concatenate([o.expandDims(first, 0), below], 0));
  return zeros ? o.concatenate([o.convert(found, type), rest], 0) : found;
}
