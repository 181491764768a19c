// The options of numpy.linalg's and numpy.fft's functions, under NumPy's names in camelCase.
import type { ArrayLike } from "./convert.ts";
import type { AxesOptions, AxisOptions, DTypeLike, Norm, Order, Precision } from "./options.ts";

/** tensorsolve. */
export interface TensorsolveOptions {
  /** The axes of a that are moved to its end first. */
  readonly axes?: readonly number[] | null;
}
/** cholesky. */
export interface CholeskyOptions {
  /** Gives the upper factor instead of the lower. */
  readonly upper?: boolean;
  /** Takes the mean of the matrix and its adjoint, so that gradients are symmetric. Default true. */
  readonly symmetrizeInput?: boolean;
}
/** qr. */
export interface QROptions {
  /** How much is given: "reduced" (the default), "complete" (a square Q), "r" (R alone) or "raw" (LAPACK's own form). */
  readonly mode?: "reduced" | "complete" | "full" | "r" | "raw";
}
/** svd. */
export interface SVDOptions {
  /** Square factors instead of the economic ones. */
  readonly fullMatrices?: boolean;
  /** Gives the singular vectors as well. Default true. */
  readonly computeUv?: boolean;
  /** A promise that the matrix is its own adjoint; allows a faster algorithm. */
  readonly hermitian?: boolean;
  /** The first and one past the last singular value that is wanted. */
  readonly subsetByIndex?: readonly [number, number] | null;
}
/** eigh and eigvalsh. */
export interface EighOptions {
  /** Which triangle is read: "L" or "U". */
  readonly UPLO?: string | null;
  /** Takes the mean of the matrix and its adjoint, so that gradients are symmetric. Default true. */
  readonly symmetrizeInput?: boolean;
}
/** pinv. */
export interface PinvOptions {
  /** Singular values below this share of the largest count as zero. */
  readonly rtol?: ArrayLike | null;
  /** A promise that the matrix is its own adjoint; allows a faster algorithm. */
  readonly hermitian?: boolean;
  /** An older name of rtol. */
  readonly rcond?: ArrayLike | null;
}
/** matrixRank. */
export interface MatrixRankOptions {
  /** Singular values below this share of the largest count as zero. */
  readonly rtol?: ArrayLike | null;
  /** A promise that the matrix is its own adjoint; allows a faster algorithm. */
  readonly hermitian?: boolean;
  /** An older name of rtol, as an absolute bound. */
  readonly tol?: ArrayLike | null;
}
/** slogdet. */
export interface SlogdetOptions {
  /** The factorization, by JAX's names: there is one here, "lu". */
  readonly method?: string | null;
}
/** multiDot. */
export interface MultiDotOptions {
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
}
/** norm, vectorNorm and matrixNorm. */
export interface NormOptions extends AxesOptions {
  /** The order of the norm: a number, ±Infinity, "fro" or "nuc". */
  readonly ord?: Order;
  /** Keeps reduced axes, with size 1. */
  readonly keepdims?: boolean;
}
/** cond. */
export interface CondOptions {
  /** The order of the norm. Default 2. */
  readonly p?: Order;
}
/** tensorinv. */
export interface TensorinvOptions {
  /** How many axes belong to the inverse. Default 2. */
  readonly ind?: number;
}
/** lstsq. */
export interface LstsqOptions {
  /** Singular values below this share of the largest count as zero. */
  readonly rcond?: number | null;
  /** Residuals as NumPy gives them: none for a matrix that has not full rank. */
  readonly numpyResid?: boolean;
}
/** Transforms along one axis. */
export interface FftOptions extends AxisOptions {
  /** The length: more is filled with zeros, less is cut. */
  readonly n?: number | null;
  /** Which direction is scaled: "backward" (the inverse, the default), "ortho" (both) or "forward". */
  readonly norm?: Norm;
}
/** Transforms along several axes. */
export interface FftnOptions {
  /** Lengths along the axes; shorter ones cut, longer ones fill with zeros. */
  readonly s?: readonly number[] | null;
  /** The axes; by default all, or the last ones that `s` speaks of. */
  readonly axes?: readonly number[] | null;
  /** Which direction is scaled: "backward" (the inverse, the default), "ortho" (both) or "forward". */
  readonly norm?: Norm;
}
/** fftshift and ifftshift. */
export interface FftshiftOptions {
  /** The axes; by default all. */
  readonly axes?: number | readonly number[] | null;
}
/** fftfreq and rfftfreq. */
export interface FftfreqOptions {
  /** The dtype of the result, a float type. */
  readonly dtype?: DTypeLike;
  /** The distance of samples. Default 1. */
  readonly d?: number;
}
