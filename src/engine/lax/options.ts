// The options of lax's functions, under JAX's names in camelCase.
import type { DTypeLike, Precision } from "../numpy/options.ts";

/** "SAME", "VALID", or how much is put before and behind each axis. */
export type Padding = string | readonly (readonly [number, number])[];
/** The axes of operand, kernel and result: three specs of letters, as ["NHWC", "HWIO", "NHWC"], or positions. */
export type ConvDimensionNumbers =
  | readonly [lhs: string, rhs: string, out: string]
  | { readonly lhsSpec: readonly number[]; readonly rhsSpec: readonly number[]; readonly outSpec: readonly number[] };

/** One axis. */
export interface AxisOptions {
  /** The axis; a negative one counts from the end. Default 0. */
  readonly axis?: number;
}
/** Functions that JAX can compute to several accuracies. */
export interface AccuracyOptions {
  /** Has no effect: there is one accuracy. */
  readonly accuracy?: unknown;
}
/** Places that are computed. */
export interface PlaceOptions {
  /** Whether negative start indices count from the end (the default), of all axes or of each; otherwise they are moved to 0. */
  readonly allowNegativeIndices?: boolean | readonly boolean[];
}
/** Of one axis. */
export interface PlaceInDimOptions extends AxisOptions {
  /** Whether a negative start index counts from the end (the default); otherwise it is moved to 0. */
  readonly allowNegativeIndices?: boolean;
}
/** Products: how exactly, and of which type. */
export interface ProductOptions {
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
}
/** Products whose dtype may be asked for. */
export interface TypedProductOptions extends ProductOptions {
  /** The dtype of the result. */
  readonly preferredElementType?: DTypeLike;
}
/** A dtype, and nothing else. */
export interface DTypeOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** reshape. */
export interface ReshapeOptions {
  /** The order in which the axes are read; by default as they stand. */
  readonly dimensions?: readonly number[] | null;
}
/** slice. */
export interface SliceOptions {
  /** The step along each axis. Default 1. */
  readonly strides?: readonly number[] | null;
}
/** sliceInDim. */
export interface SliceInDimOptions extends AxisOptions {
  /** The step. Default 1. */
  readonly stride?: number;
}
/** indexInDim and dynamicIndexInDim. */
export interface IndexInDimOptions extends PlaceInDimOptions {
  /** Keeps the axis, with size 1. Default true. */
  readonly keepdims?: boolean;
}
/** cumsum, cumprod, cummax, cummin and cumlogsumexp. */
export interface CumulativeOptions extends AxisOptions {
  /** Goes from the last element to the first. */
  readonly reverse?: boolean;
}
/** sortKeyVal. */
export interface SortKeyValOptions {
  /** The axis. Default the last one. */
  readonly dimension?: number;
  /** Equal keys keep their order; they always do here. */
  readonly isStable?: boolean;
}
/** sort. */
export interface SortOptions extends SortKeyValOptions {
  /** How many operands are keys, compared one after the other. Default 1. */
  readonly numKeys?: number;
}
/** topK. */
export interface TopKOptions {
  /** The axis. Default the last one. */
  readonly axis?: number;
}
/** dotGeneral. */
export interface DotGeneralOptions {
  /** The dtype in which products are added up, and of the result. */
  readonly preferredElementType?: DTypeLike | null;
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
}
/** gather and scatter. */
export interface GatherOptions {
  /** What an index past the end gives: "clip", "fill" or "promise_in_bounds". */
  readonly mode?: string | null;
  /** The value of mode "fill". Default NaN, or the largest integer. */
  readonly fillValue?: number | null;
  /** A promise that the indices are sorted; allows faster code. */
  readonly indicesAreSorted?: boolean;
  /** A promise that no index occurs twice; allows faster code. */
  readonly uniqueIndices?: boolean;
}
/** allGather. */
export interface AllGatherOptions {
  /** Where the new axis stands. Default 0. */
  readonly axis?: number;
  /** Joins along the axis instead of making a new one. */
  readonly tiled?: boolean;
}
/** psumScatter. */
export interface PsumScatterOptions {
  /** The axis that is spread over the examples. Default 0. */
  readonly scatterDimension?: number;
  /** Keeps the axis, divided by the number of examples. */
  readonly tiled?: boolean;
}
/** allToAll. */
export interface AllToAllOptions {
  /** Keeps the axes: one divided, one multiplied by the number of examples. */
  readonly tiled?: boolean;
}
/** reduceWindow. */
export interface ReduceWindowOptions {
  /** The step of windows along each axis. Default 1. */
  readonly windowStrides?: readonly number[] | null;
  /** What is put around the operand. Default "VALID": nothing. */
  readonly padding?: Padding;
  /** Distances of the operand's elements. Default 1. */
  readonly baseDilation?: readonly number[] | null;
  /** Distances of a window's elements. Default 1. */
  readonly windowDilation?: readonly number[] | null;
}
/** mul. */
export interface MulOptions {
  /** The dtype of the result: operands are converted to it before they are multiplied. Default theirs. */
  readonly outDtype?: DTypeLike | null;
}
/** approxMaxK and approxMinK. */
export interface ApproxTopKOptions {
  /** The axis. Default the last one. */
  readonly reductionDimension?: number;
  /** The share of the right elements that is wanted; here all are found. */
  readonly recallTarget?: number;
  /** The size of the whole operand, where this is a part. */
  readonly reductionInputSizeOverride?: number;
  /** Gives exactly k elements. Default true. */
  readonly aggregateToTopk?: boolean;
}
/** Convolutions. */
export interface ConvOptions {
  /** Distances of the operand's elements: a transposed convolution. Default 1. */
  readonly lhsDilation?: readonly number[] | null;
  /** Distances of the kernel's elements. Default 1. */
  readonly rhsDilation?: readonly number[] | null;
  /** What the axes mean. Default ["NCHW", "OIHW", "NCHW"]. */
  readonly dimensionNumbers?: ConvDimensionNumbers | null;
  /** Groups of input features with kernels of their own. */
  readonly featureGroupCount?: number;
  /** Groups of examples with kernels of their own. */
  readonly batchGroupCount?: number;
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
  /** The dtype in which products are added up, and of the result. */
  readonly preferredElementType?: DTypeLike | null;
}
/** convTranspose. */
export interface ConvTransposeOptions {
  /** Distances of the kernel's elements. Default 1. */
  readonly rhsDilation?: readonly number[] | null;
  /** What the axes mean. Default ["NHWC", "HWIO", "NHWC"]. */
  readonly dimensionNumbers?: ConvDimensionNumbers | null;
  /** Flips the kernel and exchanges its features: the gradient of a convolution. */
  readonly transposeKernel?: boolean;
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
  /** The dtype in which products are added up, and of the result. */
  readonly preferredElementType?: DTypeLike | null;
}
/** raggedDot. */
export interface RaggedDotOptions {
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
  /** The dtype in which products are added up, and of the result. */
  readonly preferredElementType?: DTypeLike | null;
  /** Only null is there. */
  readonly groupOffset?: null;
}
/** linalg.cholesky. */
export interface CholeskyOptions {
  /** Takes the mean of the matrix and its adjoint, so that gradients are symmetric. Default true. */
  readonly symmetrizeInput?: boolean;
}
/** linalg.qr. */
export interface QROptions {
  /** Exchanges columns, the longest first, and gives the order as well. */
  readonly pivoting?: boolean;
  /** A square Q. Default true. */
  readonly fullMatrices?: boolean;
  /** Has no effect: there is no such library here. */
  readonly useMagma?: boolean | null;
}
/** linalg.eigh. */
export interface EighOptions {
  /** Has no effect: there is one implementation. */
  readonly implementation?: unknown;
  /** Reads the lower triangle. Default true. */
  readonly lower?: boolean;
  /** Takes the mean of the matrix and its adjoint, so that gradients are symmetric. Default true. */
  readonly symmetrizeInput?: boolean;
  /** Ascending; they always are. */
  readonly sortEigenvalues?: boolean;
  /** The first and one past the last eigenvalue that is wanted. */
  readonly subsetByIndex?: readonly [number, number] | null;
}
/** linalg.eig. */
export interface EigOptions {
  /** Has no effect: there is one implementation. */
  readonly implementation?: unknown;
  /** Has no effect. */
  readonly useMagma?: boolean | null;
  /** Derivatives of eigenvectors are there where they are unique. */
  readonly enableEigvecDerivs?: boolean;
  /** Gives left eigenvectors as well. Default true. */
  readonly computeLeftEigenvectors?: boolean;
  /** Gives right eigenvectors as well. Default true. */
  readonly computeRightEigenvectors?: boolean;
}
/** linalg.svd. */
export interface SVDOptions {
  /** Has no effect: there is one algorithm. */
  readonly algorithm?: unknown;
  /** Square factors instead of the economic ones. */
  readonly fullMatrices?: boolean;
  /** Gives the singular vectors as well. Default true. */
  readonly computeUv?: boolean;
  /** The first and one past the last singular value that is wanted. */
  readonly subsetByIndex?: readonly [number, number] | null;
}
/** linalg.schur. */
export interface SchurOptions {
  /** Gives the vectors as well. Default true. */
  readonly computeSchurVectors?: boolean;
  /** Only false is there. */
  readonly sortEigVals?: boolean;
  /** Only null. */
  readonly selectCallable?: null;
}
/** linalg.ormqr. */
export interface OrmqrOptions {
  /** Multiplies from the left. Default true. */
  readonly left?: boolean;
  /** Multiplies with the adjoint. */
  readonly transpose?: boolean;
}
/** linalg.tridiagonal. */
export interface TridiagonalOptions {
  /** Reads the lower triangle. Default true. */
  readonly lower?: boolean;
}
/** linalg.tridiagonalSolve. */
export interface TridiagonalSolveOptions {
  /** Moves pivots that are zero a little away from it. */
  readonly perturbSingular?: boolean;
}
/** linalg.triangularSolve. */
export interface TriangularSolveOptions {
  /** Solves a x = b instead of x a = b. */
  readonly leftSide?: boolean;
  /** The matrix is a lower triangle. */
  readonly lower?: boolean;
  /** Solves with the transpose. */
  readonly transposeA?: boolean;
  /** Solves with the conjugate. */
  readonly conjugateA?: boolean;
  /** Takes the diagonal for ones. */
  readonly unitDiagonal?: boolean;
}
/** linalg.symmetricProduct. */
export interface SymmetricProductOptions {
  /** The factor of the product. Default 1. */
  readonly alpha?: number;
  /** The factor of the matrix that is added. Default 0. */
  readonly beta?: number;
  /** Gives both triangles. */
  readonly symmetrizeOutput?: boolean;
}
/** linalg.qdwh. The factors are computed by the singular value decomposition: how JAX would iterate does not matter. */
export interface QdwhOptions {
  /** Only null. */
  readonly dynamicShape?: null;
  /** A promise that the matrix is its own adjoint; has no effect. */
  readonly isHermitian?: boolean;
  /** Has no effect. */
  readonly maxIterations?: number | null;
  /** Has no effect. */
  readonly eps?: number | null;
}
