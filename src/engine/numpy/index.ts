// The NumPy API: everything users reach as `numpy.…` (or `np.…`).
import "./methods.ts";
import "./inspect.ts";
import { DTYPES, canonicalize, dtypeOf, isComplex, realPart, type DType } from "../core/dtypes.ts";
import { promoteTypes as promoteAvals } from "../core/promotion.ts";
import { Value } from "../core/value.ts";
import { asArray, castTo, options, promoteInexact, type ArrayLike } from "./convert.ts";
import { variance } from "./reductions.ts";
import { isfinite, isnan } from "./ufuncs.ts";
import type { CloseOptions, DTypeLike, EqualOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

export * from "./creation.ts";
export * from "./ufuncs.ts";
export * from "./comparisons.ts";
export { logaddexp, logaddexp2 } from "./logaddexp.ts";
export { divmod, floatPower, floorDivide, fmod, mod, modf, pow, power, remainder } from "./division.ts";
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
export { load, save, savez } from "./files.ts";
export * from "./manipulation.ts";
export { pad } from "./padding.ts";
export { arraySplit, dsplit, hsplit, split, vsplit } from "./splitting.ts";
export { argwhere, clip, flatnonzero, nonzero, take, takeAlongAxis, where } from "./choosing.ts";
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
  bincount,
  convolve,
  correlate,
  diagflat,
  diff,
  ediff1d,
  extract,
  geomspace,
  interp,
  iscomplex,
  isin,
  isreal,
  nanToNum,
  polyadd,
  polyder,
  polyint,
  polysub,
  polyval,
  select,
  spacing,
  trapezoid,
  unwrap,
  vander,
} from "./signal.ts";
export { bartlett, blackman, hamming, hanning, i0, kaiser } from "./windows.ts";
export { diagIndices, indices, trilIndices, trilIndicesFrom, triuIndices, triuIndicesFrom } from "./indexGrids.ts";
export { corrcoef, cov } from "./statistics.ts";
export { applyAlongAxis, applyOverAxes, fromfunction, gradient, piecewise, vectorize } from "./functional.ts";
export { delete, fillDiagonal, insert, place, put, putAlongAxis } from "./editing.ts";
export { intersect1d, setdiff1d, setxor1d, trimZeros, union1d, unique, uniqueAll, uniqueCounts, uniqueInverse, uniqueValues } from "./sets.ts";
export { histogram, histogram2d, histogramBinEdges, histogramdd } from "./histogram.ts";
export { poly, polydiv, polyfit, polymul, roots } from "./polynomial.ts";
export { frexp, gcd, lcm } from "./integers.ts";
export { type PackbitsOptions, type UnpackbitsOptions, packbits, unpackbits } from "./bits.ts";
export { type CanCastOptions, type DTypeKind, type FloatInfo, type IntegerInfo, canCast, finfo, iinfo, isdtype } from "./dtypeInfo.ts";
export {
  type GridRange,
  type MaskIndicesOptions,
  type RavelMultiIndexOptions,
  diagIndicesFrom,
  ix,
  maskIndices,
  mgrid,
  ogrid,
  ravelMultiIndex,
  unravelIndex,
} from "./grids.ts";
export * as linalg from "./linalg.ts";
export * as fft from "./fft.ts";
export { variance as var };

/** A dtype as a callable, as in NumPy: np.float32(x), and as the name of a dtype. */
const scalarType = (d: DType): ((x: ArrayLike) => Value) & { dtype: DType; toString(): string } =>
  Object.assign((x: ArrayLike): Value => castTo(asArray(x, d), canonicalize(d)), { dtype: d, toString: () => d });
/** Casts to float32; also the name of the dtype.
 * @example np.float32([1.5, 2]) // [1.5, 2] */
export const float32 = scalarType("float32");
/** Casts to float64 (float32 without x64); also the name of the dtype.
 * @example np.float64([1.5, 2]) // [1.5, 2] */
export const float64 = scalarType("float64");
/** Casts to float16; also the name of the dtype.
 * @example np.float16([1.5, 2]) // [1.5, 2] */
export const float16 = scalarType("float16");
/** Casts to bfloat16; also the name of the dtype.
 * @example np.bfloat16([1.5, 2]) // [1.5, 2] */
export const bfloat16 = scalarType("bfloat16");
/** Casts to int8; also the name of the dtype.
 * @example np.int8([1.5, 2]) // [1, 2] */
export const int8 = scalarType("int8");
/** Casts to int16; also the name of the dtype.
 * @example np.int16([1.5, 2]) // [1, 2] */
export const int16 = scalarType("int16");
/** Casts to int32; also the name of the dtype.
 * @example np.int32([1.5, 2]) // [1, 2] */
export const int32 = scalarType("int32");
/** Casts to int64 (int32 without x64); also the name of the dtype.
 * @example np.int64([1.5, 2]) // [1, 2] */
export const int64 = scalarType("int64");
/** Casts to uint8; also the name of the dtype.
 * @example np.uint8([1.5, 2]) // [1, 2] */
export const uint8 = scalarType("uint8");
/** Casts to uint16; also the name of the dtype.
 * @example np.uint16([1.5, 2]) // [1, 2] */
export const uint16 = scalarType("uint16");
/** Casts to uint32; also the name of the dtype.
 * @example np.uint32([1.5, 2]) // [1, 2] */
export const uint32 = scalarType("uint32");
/** Casts to uint64 (uint32 without x64); also the name of the dtype.
 * @example np.uint64([1.5, 2]) // [1, 2] */
export const uint64 = scalarType("uint64");
/** Casts to bool: whether x is not zero; also the name of the dtype.
 * @example np.bool([0, 2]) // [false, true] */
export const bool = scalarType("bool");
/** Casts to complex64; also the name of the dtype.
 * @example np.complex64([1.5, 2]) // [1.5+0i, 2+0i] */
export const complex64 = scalarType("complex64");
/** Casts to complex128 (complex64 without x64); also the name of the dtype.
 * @example np.complex128([1.5, 2]) // [1.5+0i, 2+0i] */
export const complex128 = scalarType("complex128");
/** Another name of float32.
 * @example np.single([1.5, 2]) // [1.5, 2] */
export const single = float32;
/** Another name of float64.
 * @example np.double([1.5, 2]) // [1.5, 2] */
export const double = float64;
/** Another name of complex64.
 * @example np.csingle([1.5, 2]) // [1.5+0i, 2+0i] */
export const csingle = complex64;
/** Another name of complex128.
 * @example np.cdouble([1.5, 2]) // [1.5+0i, 2+0i] */
export const cdouble = complex128;
/** The default float: float64, which is float32 without x64.
 * @example np.float([1.5, 2]) // [1.5, 2] */
export const float = float64;
/** The default integer: int64, which is int32 without x64.
 * @example np.int([1.5, 2]) // [1, 2] */
export const int = int64;
/** The default unsigned integer.
 * @example np.uint([1.5, 2]) // [1, 2] */
export const uint = uint64;
/** The default complex type.
 * @example np.complex([1.5, 2]) // [1.5+0i, 2+0i] */
export const complex = complex128;
export const pi = Math.PI,
  e = Math.E,
  inf = Infinity,
  nan = NaN,
  eulerGamma = 0.5772156649015329,
  newaxis = null;
export { Value as ndarray };

const typed = (x: unknown): { dtype: DType; weakType: boolean } =>
  typeof x === "string" || typeof x === "function" ? { dtype: dtypeOf(x), weakType: false } : x instanceof Value ? x.aval : asArray(x).aval;
/** The dtype that arrays, numbers and dtypes have in common.
 * @example np.resultType("int32", "float16") // "float16" */
export const resultType = (...xs: (ArrayLike | DTypeLike)[]): DType => canonicalize(promoteAvals(xs.map(typed)).dtype);
/** The dtype that two dtypes have in common.
 * @example np.promoteTypes("int8", "uint8") // "int16" */
export const promoteTypes = (a: DTypeLike | ArrayLike, b: DTypeLike | ArrayLike): DType => resultType(a, b);
/** The full name of a dtype, after x64's rule.
 * @example np.dtype("float") // "float32" */
export const dtype = (d: unknown): DType => dtypeOf(d);
/** Whether x is a number, or an array without axes.
 * @example np.isscalar(3) // true */
export const isscalar = (x: unknown): boolean =>
  typeof x === "number" || typeof x === "boolean" || typeof x === "bigint" || (x instanceof Value && x.ndim === 0);
const CATEGORY: Readonly<Record<string, string>> = { b: "bool", i: "signedinteger", u: "unsignedinteger", f: "floating", c: "complexfloating" };
/** Whether a dtype belongs to another, or to a kind: "integer", "floating", "inexact", "number", ….
 * @example np.issubdtype("float32", "floating") // true */
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
/** Whether the dtype is not complex.
 * @example np.isrealobj([1, 2]) // true */
export const isrealobj = (x: ArrayLike): boolean => !asArray(x).dtype.startsWith("complex");
/** Whether the dtype is complex.
 * @example np.iscomplexobj([1, 2]) // false */
export const iscomplexobj = (x: ArrayLike): boolean => asArray(x).dtype.startsWith("complex");
/** Whether all elements are close; a bool scalar.
 * @example np.allclose([1, 2], [1, 2.000001]) // true */
export function allclose(a: ArrayLike, b: ArrayLike, ...rest: Tail<[rtol: ArrayLike, atol: ArrayLike, equalNan: boolean], CloseOptions>): Value {
  const opts = options<CloseOptions>("allclose", ["rtol", "atol", "equalNan"], rest);
  return isclose(a, b, opts).all();
}
/** |x − y| ≤ atol + rtol · |y|, elementwise; bool.
 * @example np.isclose([1, 2], [1, 2.1]) // [true, false] */
export function isclose(x: ArrayLike, y: ArrayLike, ...rest: Tail<[rtol: ArrayLike, atol: ArrayLike, equalNan: boolean], CloseOptions>): Value {
  const opts = options<CloseOptions>("isclose", ["rtol", "atol", "equalNan"], rest);
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
/** Whether shapes and all elements are equal; a bool scalar.
 * @example np.arrayEqual([1, 2], [1, 2]) // true */
export function arrayEqual(x: ArrayLike, y: ArrayLike, ...rest: Tail<[equalNan: boolean], EqualOptions>): Value {
  const opts = options<EqualOptions>("arrayEqual", ["equalNan"], rest);
  const a = asArray(x),
    b = asArray(y);
  if (a.shape.join() !== b.shape.join()) return asArray(false);
  const e = a.eq(b);
  return (opts.equalNan ? e.or(a.ne(a).and(b.ne(b))) : e).all();
}
