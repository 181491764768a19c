// The NumPy API: everything users reach as `numpy.…` (or `np.…`).
import "./methods.ts";
import "./inspect.ts";
import { DTYPES, canonicalize, dtypeOf, isComplex, realPart, type DType } from "../core/dtypes.ts";
import { promoteTypes as promoteAvals } from "../core/promotion.ts";
import { Value } from "../core/value.ts";
import { asArray, castTo, promoteInexact, type ArrayLike } from "./convert.ts";
import { variance } from "./reductions.ts";
import { isfinite, isnan } from "./ufuncs.ts";
import type { DTypeLike } from "./options.ts";

export * from "./creation.ts";
export * from "./ufuncs.ts";
export {
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  average,
  countNonzero,
  cumprod,
  cumsum,
  cumulativeProd,
  cumulativeSum,
  max,
  mean,
  min,
  nanargmax,
  nanargmin,
  nancumprod,
  nancumsum,
  nanmax,
  nanmean,
  nanmin,
  nanprod,
  nanstd,
  nansum,
  nanvar,
  prod,
  ptp,
  std,
  sum,
} from "./reductions.ts";
export * from "./manipulation.ts";
export { argwhere, clip, flatnonzero, nonzero, take, takeAlongAxis, where } from "./indexing.ts";
export { cross, dot, einsum, inner, kron, matmul, matvec, outer, tensordot, vdot, vecdot, vecmat } from "./linear.ts";
export {
  argpartition,
  argsort,
  choose,
  compress,
  digitize,
  lexsort,
  median,
  nanmedian,
  nanpercentile,
  nanquantile,
  partition,
  percentile,
  quantile,
  searchsorted,
  sort,
  sortComplex,
} from "./sorting.ts";
export {
  arrayEquiv,
  bartlett,
  bincount,
  blackman,
  convolve,
  corrcoef,
  correlate,
  cov,
  diagIndices,
  diagflat,
  diff,
  ediff1d,
  extract,
  geomspace,
  hamming,
  hanning,
  i0,
  indices,
  interp,
  iscomplex,
  isin,
  isreal,
  kaiser,
  nanToNum,
  polyadd,
  polyder,
  polyint,
  polysub,
  polyval,
  select,
  spacing,
  trapezoid,
  trilIndices,
  trilIndicesFrom,
  triuIndices,
  triuIndicesFrom,
  unwrap,
  vander,
} from "./signal.ts";
export { applyAlongAxis, applyOverAxes, fromfunction, gradient, piecewise, vectorize } from "./functional.ts";
export { delete, fillDiagonal, insert, place, put, putAlongAxis } from "./editing.ts";
export { intersect1d, setdiff1d, setxor1d, trimZeros, union1d, unique, uniqueAll, uniqueCounts, uniqueInverse, uniqueValues } from "./sets.ts";
export { histogram, histogram2d, histogramBinEdges, histogramdd } from "./histogram.ts";
export { poly, polydiv, polyfit, polymul, roots } from "./polynomial.ts";
export { frexp, gcd, lcm } from "./integers.ts";
export * as linalg from "./linalg.ts";
export * as fft from "./fft.ts";
export { variance as var };

/** A dtype as a callable, as in NumPy: np.float32(x), and as the name of a dtype. */
const scalarType = (d: DType): ((x: ArrayLike) => Value) & { dtype: DType; toString(): string } =>
  Object.assign((x: ArrayLike): Value => castTo(asArray(x, d), canonicalize(d)), { dtype: d, toString: () => d });
export const float32 = scalarType("float32"),
  float64 = scalarType("float64"),
  float16 = scalarType("float16"),
  bfloat16 = scalarType("bfloat16"),
  int8 = scalarType("int8"),
  int16 = scalarType("int16"),
  int32 = scalarType("int32"),
  int64 = scalarType("int64");
export const uint8 = scalarType("uint8"),
  uint16 = scalarType("uint16"),
  uint32 = scalarType("uint32"),
  uint64 = scalarType("uint64"),
  bool = scalarType("bool"),
  complex64 = scalarType("complex64"),
  complex128 = scalarType("complex128");
export const single = float32,
  double = float64,
  csingle = complex64,
  cdouble = complex128,
  float = float64,
  int = int64,
  uint = uint64,
  complex = complex128;
export const pi = Math.PI,
  e = Math.E,
  inf = Infinity,
  nan = NaN,
  eulerGamma = 0.5772156649015329,
  newaxis = null;
export { Value as ndarray };

const typed = (x: unknown): { dtype: DType; weakType: boolean } =>
  typeof x === "string" || typeof x === "function" ? { dtype: dtypeOf(x), weakType: false } : x instanceof Value ? x.aval : asArray(x).aval;
export const resultType = (...xs: (ArrayLike | DTypeLike)[]): DType => canonicalize(promoteAvals(xs.map(typed)).dtype);
export const promoteTypes = (a: DTypeLike | ArrayLike, b: DTypeLike | ArrayLike): DType => resultType(a, b);
export const dtype = (d: unknown): DType => dtypeOf(d);
export const isscalar = (x: unknown): boolean =>
  typeof x === "number" || typeof x === "boolean" || typeof x === "bigint" || (x instanceof Value && x.ndim === 0);
const CATEGORY: Readonly<Record<string, string>> = { b: "bool", i: "signedinteger", u: "unsignedinteger", f: "floating", c: "complexfloating" };
export function issubdtype(a: unknown, b: unknown): boolean {
  const d = dtypeOf(a),
    k = DTYPES[d].kind;
  if (typeof b === "string" && !(b in DTYPES)) {
    const c = CATEGORY[k]!;
    return (
      b === c ||
      (b === "integer" && (k === "i" || k === "u")) ||
      (b === "inexact" && (k === "f" || k === "c")) ||
      (b === "number" && k !== "b") ||
      b === "generic"
    );
  }
  return d === dtypeOf(b);
}
export const isrealobj = (x: ArrayLike): boolean => !asArray(x).dtype.startsWith("complex");
export const iscomplexobj = (x: ArrayLike): boolean => asArray(x).dtype.startsWith("complex");
export function allclose(a: ArrayLike, b: ArrayLike, opts: { rtol?: number; atol?: number; equalNan?: boolean } = {}): Value {
  return isclose(a, b, opts).all();
}
export function isclose(x: ArrayLike, y: ArrayLike, opts: { rtol?: ArrayLike; atol?: ArrayLike; equalNan?: boolean } = {}): Value {
  // Integers and booleans are compared as floats, which have differences.
  const [a, b] = promoteInexact("isclose", [x, y]) as [Value, Value],
    real = isComplex(a.dtype) ? realPart(a.dtype) : a.dtype,
    tolerance = (v: ArrayLike | undefined, otherwise: number): Value => castTo(asArray(v ?? otherwise, "isclose"), real),
    near = a
      .sub(b)
      .abs()
      .le(b.abs().mul(tolerance(opts.rtol, 1e-5)).add(tolerance(opts.atol, 1e-8))),
    same = isfinite(a).and(isfinite(b)).and(near).or(a.eq(b));
  return opts.equalNan ? same.or(isnan(a).and(isnan(b))) : same;
}
export function arrayEqual(x: ArrayLike, y: ArrayLike, opts: { equalNan?: boolean } = {}): Value {
  const a = asArray(x),
    b = asArray(y);
  if (a.shape.join() !== b.shape.join()) return asArray(false);
  const e = a.eq(b);
  return (opts.equalNan ? e.or(a.ne(a).and(b.ne(b))) : e).all();
}
