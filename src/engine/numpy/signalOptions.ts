// The options of functions over samples: differences, polynomials, interpolation, correlation; under NumPy's names in camelCase.
import type { ArrayLike } from "./convert.ts";
import type { AxesOptions, DTypeLike, Precision } from "./options.ts";

/** polyfit. */
export interface PolyfitOptions {
  /** Singular values below this share of the largest count as zero. */
  readonly rcond?: number | null;
  /** Gives residuals, rank, singular values and rcond as well. */
  readonly full?: boolean;
  /** Weights of the points. */
  readonly w?: ArrayLike | null;
  /** Gives the covariance of the coefficients as well; "unscaled" without scaling. */
  readonly cov?: boolean | string;
}
/** unwrap. */
export interface UnwrapOptions {
  /** The least jump that is taken for one. Default half a period. */
  readonly discont?: number | null;
  /** The axis. Default the last one. */
  readonly axis?: number;
  /** The period. Default 2π. */
  readonly period?: number;
}
/** gradient. */
export interface GradientOptions extends AxesOptions {
  /** The order of the differences at the edges; 1. */
  readonly edgeOrder?: number | null;
}
/** nanToNum. */
export interface NanToNumOptions {
  /** Has no effect: arrays are immutable. */
  readonly copy?: boolean;
  /** What stands for NaN. Default 0. */
  readonly nan?: ArrayLike;
  /** What stands for ∞. Default the largest number. */
  readonly posinf?: ArrayLike | null;
  /** What stands for −∞. Default the smallest number. */
  readonly neginf?: ArrayLike | null;
}
/** diff. */
export interface DiffOptions {
  /** How many times. Default 1. */
  readonly n?: number;
  /** The axis. Default the last one. */
  readonly axis?: number;
  /** Values before the first element. */
  readonly prepend?: ArrayLike | null;
  /** Values behind the last element. */
  readonly append?: ArrayLike | null;
}
/** ediff1d. */
export interface Ediff1dOptions {
  /** Values behind the differences. */
  readonly toEnd?: ArrayLike | null;
  /** Values before the differences. */
  readonly toBegin?: ArrayLike | null;
}
/** trapezoid. */
export interface TrapezoidOptions {
  /** The coordinates of the samples. */
  readonly x?: ArrayLike | null;
  /** The distance between samples. Default 1. */
  readonly dx?: number;
  /** The axis. Default the last one. */
  readonly axis?: number;
}
/** polyval. */
export interface PolyvalOptions {
  /** How many steps of JAX's loop are written out; the result is the same. */
  readonly unroll?: number;
}
/** vander. */
export interface VanderOptions {
  /** The number of columns; by default that of rows. */
  readonly N?: number | null;
  /** Powers grow from left to right. */
  readonly increasing?: boolean;
}
/** interp. */
export interface InterpOptions {
  /** The value before the first point; "extrapolate" goes on in a line. */
  readonly left?: ArrayLike | string | null;
  /** The value behind the last point; "extrapolate" goes on in a line. */
  readonly right?: ArrayLike | string | null;
  /** The period of the coordinates. */
  readonly period?: number | null;
}
/** corrcoef. */
export interface CorrcoefOptions {
  /** The dtype that is computed in. */
  readonly dtype?: DTypeLike;
  /** Further variables, joined to the first. */
  readonly y?: ArrayLike | null;
  /** Rows are variables, columns observations. Default true. */
  readonly rowvar?: boolean;
}
/** cov. */
export interface CovOptions extends CorrcoefOptions {
  /** Divides by N instead of N − 1. */
  readonly bias?: boolean;
  /** What is subtracted from the count in the divisor. Default 1, or 0 with bias. */
  readonly ddof?: number | null;
  /** How often each observation occurs: integers. */
  readonly fweights?: ArrayLike | null;
  /** The weight of each observation. */
  readonly aweights?: ArrayLike | null;
}
/** convolve and correlate. */
export interface ConvolveOptions {
  /** How much of the overlap: "full", "same" or "valid". */
  readonly mode?: string;
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
  /** The dtype in which products are added up, and of the result. */
  readonly preferredElementType?: DTypeLike | null;
}
/** polyder. */
export interface PolyderOptions {
  /** How often. Default 1. */
  readonly m?: number;
}
/** polyint. */
export interface PolyintOptions extends PolyderOptions {
  /** The constants of integration. Default 0. */
  readonly k?: ArrayLike | null;
}
