// The options of SciPy's functions, under their names in camelCase.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { DTypeLike, Precision } from "../numpy/options.ts";

/** convolve and correlate. */
export interface ConvolveOptions {
  /** How much of the overlap: "full" (the default), "same" or "valid". */
  readonly mode?: string;
  /** The algorithm, by SciPy's names; the value is the same. */
  readonly method?: string;
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
}
/** convolve2d and correlate2d. */
export interface Convolve2dOptions {
  /** How much of the overlap: "full" (the default), "same" or "valid". */
  readonly mode?: string;
  /** What lies outside: "fill", the only one there. */
  readonly boundary?: string;
  /** The value outside: 0, the only one there. */
  readonly fillvalue?: number;
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
}
/** fftconvolve. */
export interface FftconvolveOptions {
  /** How much of the overlap: "full" (the default), "same" or "valid". */
  readonly mode?: string;
  /** The axes; by default all. */
  readonly axes?: number | readonly number[] | null;
}
/** detrend. */
export interface DetrendOptions {
  /** The axis. Default the last one. */
  readonly axis?: number;
  /** "linear" (the default) or "constant". */
  readonly type?: string;
  /** Where pieces begin that have a line each. */
  readonly bp?: number | readonly number[];
  /** Has no effect: arrays are immutable. */
  readonly overwriteData?: null;
}
/** dct and idct. */
export interface DctOptions {
  /** 2, the only one there. */
  readonly type?: number;
  /** The length: more is filled with zeros, less is cut. */
  readonly n?: number | null;
  /** The axis. Default the last one. */
  readonly axis?: number;
  /** "ortho" scales so that the transform is orthogonal. */
  readonly norm?: string | null;
}
/** dctn and idctn. */
export interface DctnOptions {
  /** 2, the only one there. */
  readonly type?: number;
  /** Lengths along the axes; shorter ones cut, longer ones fill with zeros. */
  readonly s?: readonly number[] | null;
  /** The axes; by default all, or the last ones that `s` speaks of. */
  readonly axes?: readonly number[] | null;
  /** "ortho" scales so that the transform is orthogonal. */
  readonly norm?: string | null;
}
/** stats.sem. */
export interface SemOptions {
  /** "propagate" (the default), or "omit": NaN does not count. */
  readonly nanPolicy?: string;
  /** The axis; null means the flattened array. Default 0. */
  readonly axis?: number | null;
  /** What is subtracted from the count. Default 1. */
  readonly ddof?: number;
  /** Keeps reduced axes, with size 1. */
  readonly keepdims?: boolean;
}
/** stats.rankdata. */
export interface RankdataOptions {
  /** Only "propagate", as in JAX. */
  readonly nanPolicy?: string;
  /** What equal values share: "average" (the default), "min", "max", "dense" or "ordinal". */
  readonly method?: string;
  /** The axis; by default the flattened array. */
  readonly axis?: number | null;
}
/** ndimage.mapCoordinates. */
export interface MapCoordinatesOptions {
  /** What lies outside: "constant" (the default), "nearest", "wrap", "mirror", "reflect". */
  readonly mode?: string;
  /** The value of mode "constant". Default 0. */
  readonly cval?: ArrayLike;
}
/** What SciPy has and nothing here depends on. */
export interface CheckOptions {
  /** Has no effect: values are not looked at. */
  readonly checkFinite?: boolean;
}
/** What SciPy has of memory, and nothing here depends on. */
export interface OverwriteOptions extends CheckOptions {
  /** Has no effect: arrays are immutable. */
  readonly overwriteA?: boolean;
  /** Has no effect: arrays are immutable. */
  readonly overwriteB?: boolean;
}
/** linalg.qr. */
export interface QROptions extends CheckOptions {
  /** "full" (the default), "economic", or "r" for R alone. */
  readonly mode?: string;
  /** Exchanges columns, the longest first, and gives the order as well. */
  readonly pivoting?: boolean;
  /** Has no effect: arrays are immutable. */
  readonly overwriteA?: boolean;
  /** Has no effect. */
  readonly lwork?: null;
}
/** linalg.eigh. */
export interface EighOptions extends CheckOptions {
  /** The generalized problem is not there: only null. */
  readonly b?: null;
  /** Reads the lower triangle. Default true. */
  readonly lower?: boolean;
  /** Gives the eigenvalues alone. */
  readonly eigvalsOnly?: boolean;
  /** Has no effect: arrays are immutable. */
  readonly overwriteA?: boolean;
  /** Has no effect: arrays are immutable. */
  readonly overwriteB?: boolean;
  /** Has no effect. */
  readonly turbo?: boolean;
  /** Only type 1 is there. */
  readonly type?: 1;
  /** Parts of the spectrum are not there: only null. */
  readonly eigvals?: null;
}
/** linalg.eighTridiagonal. */
export interface EighTridiagonalOptions {
  /** Gives the eigenvalues alone. */
  readonly eigvalsOnly?: boolean;
  /** Which eigenvalues: "a" (all, the default) or "i" (those that `selectRange` names, counted from the smallest). */
  readonly select?: "a" | "i";
  /** The first and the last index, for select "i". */
  readonly selectRange?: readonly [number, number] | null;
}
/** linalg.cholesky and choFactor. */
export interface CholeskyOptions extends OverwriteOptions {
  /** Gives the lower factor. Default false, as in SciPy. */
  readonly lower?: boolean;
}
/** linalg.luSolve. */
export interface LuSolveOptions extends OverwriteOptions {
  /** Solves with the transpose (1) or the adjoint (2). */
  readonly trans?: number;
}
/** linalg.lu. */
export interface LuOptions extends OverwriteOptions {
  /** Gives P L and U. */
  readonly permuteL?: boolean;
}
/** linalg.svd. */
export interface SVDOptions extends OverwriteOptions {
  /** Has no effect: there is one algorithm. */
  readonly lapackDriver?: string;
  /** Square factors instead of the economic ones. Default true. */
  readonly fullMatrices?: boolean;
  /** Gives the singular vectors as well. Default true. */
  readonly computeUv?: boolean;
}
/** linalg.solve. */
export interface SolveOptions extends OverwriteOptions {
  /** Has no effect. */
  readonly debug?: boolean;
  /** Which triangle of a symmetric matrix is read; both are the same. */
  readonly lower?: boolean;
  /** What the matrix is: "gen" (the default), "sym", "her" or "pos" (positive definite, which is faster). */
  readonly assumeA?: string;
}
/** linalg.schur. */
export interface SchurOptions {
  /** "real" (the default) or "complex". */
  readonly output?: string;
}
/** linalg.convolutionMatrix. */
export interface ConvolutionMatrixOptions {
  /** "full" (the default), "same" or "valid". */
  readonly mode?: string;
}
/** linalg.dft. */
export interface DftOptions {
  /** Divides by "sqrtn" or "n"; null, the default, by nothing. */
  readonly scale?: string | null;
  /** The dtype of the result. Default complex64, or complex128 with 64-bit types. */
  readonly dtype?: DTypeLike;
}
/** linalg.helmert. */
export interface HelmertOptions {
  /** Gives the first row as well. */
  readonly full?: boolean;
}
/** linalg.solveTriangular. */
export interface SolveTriangularOptions extends CheckOptions {
  /** Solves with the transpose (1, "T") or the adjoint (2, "C"). */
  readonly trans?: number | string;
  /** The matrix is a lower triangle. */
  readonly lower?: boolean;
  /** Takes the diagonal for ones. */
  readonly unitDiagonal?: boolean;
  /** Has no effect: arrays are immutable. */
  readonly overwriteB?: boolean;
  /** Has no effect. */
  readonly debug?: null;
}
/** linalg.polar. */
export interface PolarOptions {
  /** On which side the unitary factor stands: "right" (the default) or "left". */
  readonly side?: string;
  /** "qdwh" or "svd"; both are computed by the singular value decomposition. */
  readonly method?: string;
  /** Has no effect. */
  readonly eps?: number | null;
  /** Has no effect. */
  readonly maxIterations?: number | null;
}
/** linalg.toeplitz. */
export interface ToeplitzOptions {
  /** The first row; by default the conjugate of the column. */
  readonly r?: ArrayLike | null;
}
/** linalg.hankel. */
export interface HankelOptions {
  /** The last row; by default zeros. */
  readonly r?: ArrayLike | null;
}
/** linalg.pascal and invpascal. */
export interface PascalOptions {
  /** "symmetric" (the default), "lower" or "upper". */
  readonly kind?: string;
}
/** special.comb. */
export interface CombOptions {
  /** Only false is there. */
  readonly exact?: boolean;
  /** Elements may repeat. */
  readonly repetition?: boolean;
}
/** Distributions. */
export interface LocScaleOptions {
  /** The location. Default 0. */
  readonly loc?: ArrayLike;
  /** The scale. Default 1. */
  readonly scale?: ArrayLike;
}
