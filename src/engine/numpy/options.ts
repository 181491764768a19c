// The options of NumPy's functions, under JAX's names in camelCase. A misspelt one is refused by the compiler, and at run time by name.
import type { DType } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";

export type Axis = number | readonly number[] | null;
/** A dtype by its name or a shorter one ("f32"), or as a function that casts to it (np.float32). */
export type DTypeLike = DType | (string & {}) | { readonly dtype: DType };
/** How exactly products of floats are computed, by JAX's names. One value, or one for each operand. */
export type Precision = string | null | readonly (string | null)[];
/** The order of a norm: a number, ±Infinity ("inf"), or "fro" and "nuc" for matrices. */
export type Order = number | string | null;
/** Which direction of a Fourier transform is scaled. */
export type Norm = "backward" | "ortho" | "forward" | null;
/** How much is put before and behind: one number, one pair, or a pair for each axis. */
export type PadWidth = number | readonly number[] | readonly (readonly number[])[];
/** How many bins, or their edges. */
export type Bins = number | ArrayLike;

/** A dtype, and nothing else. */
export interface DTypeOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** Several axes at once. */
export interface AxesOptions {
  /** The axis or axes; null means all of them (the default). Negative ones count from the end. */
  readonly axis?: Axis;
}
/** One axis. */
export interface AxisOptions {
  /** The axis; a negative one counts from the end. */
  readonly axis?: number;
}
/** One axis, or the array as one row. */
export interface FlatAxisOptions {
  /** The axis; null means that of the flattened array. */
  readonly axis?: number | null;
}
/** Reductions over axes. */
export interface KeepAxesOptions extends AxesOptions {
  /** Keeps reduced axes, with size 1. */
  readonly keepdims?: boolean;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** Reductions that can leave elements out. */
export interface ReductionOptions extends KeepAxesOptions {
  /** Which elements count; a boolean mask that broadcasts to the array. */
  readonly where?: ArrayLike | null;
}
/** sum, prod and those that ignore NaN. */
export interface SumOptions extends ReductionOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
  /** A value that takes part in the reduction; the result where there are no elements. */
  readonly initial?: ArrayLike | null;
  /** Adds small integers in the default integer type. Default true. */
  readonly promoteIntegers?: boolean;
}
/** max, min and those that ignore NaN. */
export interface ExtremumOptions extends ReductionOptions {
  /** A value that takes part in the reduction; the result where there are no elements. */
  readonly initial?: ArrayLike | null;
}
/** mean and nanmean. */
export interface MeanOptions extends ReductionOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** var, std and those that ignore NaN. */
export interface VarianceOptions extends MeanOptions {
  /** What is subtracted from the count in the divisor. Default 0. */
  readonly ddof?: number;
  /** Another name of ddof. */
  readonly correction?: number | null;
  /** The mean, where it is known already (with its axes kept). */
  readonly mean?: ArrayLike | null;
}
/** average. */
export interface AverageOptions extends KeepAxesOptions {
  /** Weights of the elements. */
  readonly weights?: ArrayLike | null;
  /** Gives `[average, sum of weights]`. */
  readonly returned?: boolean;
}
/** argmax, argmin and those that ignore NaN. */
export interface ArgOptions extends FlatAxisOptions {
  /** Keeps reduced axes, with size 1. */
  readonly keepdims?: boolean;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** cumsum, cumprod and those that ignore NaN. */
export interface CumulativeOptions extends FlatAxisOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** cumulativeSum and cumulativeProd, of the array standard. */
export interface CumulativeSumOptions extends AxisOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
  /** Puts the neutral element in front: one element more along the axis. */
  readonly includeInitial?: boolean;
}
/** Results whose size depends on values. */
export interface NonzeroOptions {
  /** A static size of the result, which a traced program needs: what is too long is cut, what is missing is filled. */
  readonly size?: number | null;
  /** The value for places that have none. */
  readonly fillValue?: number | readonly number[] | null;
}
/** take. */
export interface TakeOptions extends FlatAxisOptions {
  /** What an index past the end gives: "fill" (NaN or the largest integer, the default), "clip" or "wrap". */
  readonly mode?: string | null;
  /** The value for places that have none. */
  readonly fillValue?: number | null;
  /** A promise that no index occurs twice; allows faster code. */
  readonly uniqueIndices?: boolean;
  /** A promise that the indices are sorted; allows faster code. */
  readonly indicesAreSorted?: boolean;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** takeAlongAxis. */
export interface TakeAlongAxisOptions extends FlatAxisOptions {
  /** Whether negative indices count from the end (the default), or are outside. */
  readonly wrapNegativeIndices?: boolean;
  /** What an index past the end gives: "fill" (the default), "clip" or "promise_in_bounds". */
  readonly mode?: string | null;
  /** The value for places that have none. */
  readonly fillValue?: number | null;
}
/** clip. */
export interface ClipOptions {
  /** The lower bound; null for none. */
  readonly min?: ArrayLike | null;
  /** The upper bound; null for none. */
  readonly max?: ArrayLike | null;
}
/** Products of matrices and vectors. */
export interface ProductOptions {
  /** The dtype in which products are added up, and of the result. */
  readonly preferredElementType?: DTypeLike | null;
  /** How exactly products of floats are computed; here they are always exact. */
  readonly precision?: Precision;
  /** There is one device: only null is accepted. */
  readonly outSharding?: null;
}
/** tensordot. */
export interface TensordotOptions extends ProductOptions {
  /** How many trailing and leading axes are contracted, or which ones: `[axes of x, axes of y]`. Default 2. */
  readonly axes?: number | readonly (number | readonly number[])[];
}
/** vecdot. */
export interface VecdotOptions extends ProductOptions {
  /** The axis. Default the last one. */
  readonly axis?: number;
}
/** einsum. */
export interface EinsumOptions extends ProductOptions {
  /** How the order of contractions is chosen; the value is the same. */
  readonly optimize?: boolean | string | readonly unknown[];
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** cross. */
export interface CrossOptions {
  /** The axis of vectors in the first array. Default the last. */
  readonly axisa?: number;
  /** The axis of vectors in the second array. Default the last. */
  readonly axisb?: number;
  /** The axis of vectors in the result. Default the last. */
  readonly axisc?: number;
  /** The axis of vectors in both arrays and the result, instead of the three others. */
  readonly axis?: number | null;
}
/** sort and argsort. */
export interface SortOptions {
  /** The axis; null sorts the flattened array. Default the last one. */
  readonly axis?: number | null;
  /** The largest first. */
  readonly descending?: boolean;
  /** Equal elements keep their order; they always do here. */
  readonly stable?: boolean;
  /** There is one algorithm, and it is stable: only null is accepted, as in JAX. */
  readonly kind?: null;
  /** For fields of records, which there are not: only null is accepted. */
  readonly order?: null;
}
/** median and nanmedian. */
export interface MedianOptions extends KeepAxesOptions {
  /** Has no effect: arrays are immutable. */
  readonly overwriteInput?: boolean;
}
/** quantile, percentile and those that ignore NaN. */
export interface QuantileOptions extends MedianOptions {
  /** Between two elements: "linear" (the default), "lower", "higher", "nearest", "midpoint" or "inverted_cdf". */
  readonly method?: string;
  /** How much each element counts, for method "inverted_cdf": of the array's shape, or along its one axis. */
  readonly weights?: ArrayLike | null;
}
/** searchsorted. */
export interface SearchsortedOptions {
  /** Which place among equal elements. Default "left". */
  readonly side?: "left" | "right";
  /** Indices that sort the array. */
  readonly sorter?: ArrayLike | null;
  /** The algorithm, by JAX's names; the result is the same. */
  readonly method?: string;
}
/** digitize. */
export interface DigitizeOptions {
  /** Intervals include their right edge instead of the left. */
  readonly right?: boolean;
  /** The algorithm, by JAX's names; the result is the same. */
  readonly method?: string | null;
}
/** compress. */
export interface CompressOptions extends FlatAxisOptions {
  /** A static size of the result, which a traced program needs: what is too long is cut, what is missing is filled. */
  readonly size?: number | null;
  /** The value for places that have none. */
  readonly fillValue?: number | null;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** choose. */
export interface ChooseOptions {
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
  /** What an index past the end gives: "raise" (only where indices are known), "wrap" or "clip". */
  readonly mode?: string;
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
/** select. */
export interface SelectOptions {
  /** The value where no condition holds. Default 0. */
  readonly default?: ArrayLike;
}
/** One diagonal of a matrix. */
export interface DiagonalIndexOptions {
  /** The diagonal: 0 is the main one, positive ones lie above it. */
  readonly k?: number;
}
/** trilIndices and triuIndices. */
export interface TriangleIndicesOptions extends DiagonalIndexOptions {
  /** The number of columns; by default that of rows. */
  readonly m?: number | null;
}
/** bincount. */
export interface BincountOptions {
  /** Weights of the elements. */
  readonly weights?: ArrayLike | null;
  /** The least length of the result. */
  readonly minlength?: number;
  /** A static length of the result. */
  readonly length?: number | null;
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
/** delete. */
export interface DeleteOptions extends FlatAxisOptions {
  /** A promise that no index occurs twice; allows traced indices. */
  readonly assumeUniqueIndices?: boolean;
}
/** put. */
export interface PutOptions {
  /** What happens to an index past the end: "clip" (the default) or "wrap". */
  readonly mode?: string | null;
  /** Must be false: arrays are immutable, the result is a new one. */
  readonly inplace?: boolean;
}
/** setdiff1d and setxor1d. */
export interface SetOptions {
  /** A promise that no element occurs twice in an array. */
  readonly assumeUnique?: boolean;
  /** A static size of the result, which a traced program needs: what is too long is cut, what is missing is filled. */
  readonly size?: number | null;
  /** The value for places that have none. */
  readonly fillValue?: ArrayLike | null;
}
/** intersect1d. */
export interface IntersectOptions extends SetOptions {
  /** Gives the indices in both arrays as well. */
  readonly returnIndices?: boolean;
}
/** unique and those that give fixed parts of its result. */
export interface UniqueOptions extends FlatAxisOptions {
  /** Gives the index of each element's first occurrence as well. */
  readonly returnIndex?: boolean;
  /** Gives the indices that build the array again as well. */
  readonly returnInverse?: boolean;
  /** Gives how often each element occurs as well. */
  readonly returnCounts?: boolean;
  /** Takes NaNs for equal. Default true. */
  readonly equalNan?: boolean;
  /** A static size of the result, which a traced program needs: what is too long is cut, what is missing is filled. */
  readonly size?: number | null;
  /** The value for places that have none. */
  readonly fillValue?: ArrayLike | null;
  /** The result is sorted; it always is here. */
  readonly sorted?: boolean;
}
/** trimZeros. */
export interface TrimZerosOptions {
  /** The axis or axes that are trimmed. Default all. */
  readonly axis?: Axis;
  /** "f" trims the front, "b" the back. Default "fb". */
  readonly trim?: string;
}
/** histogramBinEdges. */
export interface HistogramBinsOptions {
  /** How many bins, or their edges. Default 10. */
  readonly bins?: Bins;
  /** The lowest and the highest edge (for each dimension of several); by default those of the data. */
  readonly range?: readonly (ArrayLike | null)[] | null;
  /** Weights of the elements. */
  readonly weights?: ArrayLike | null;
}
/** histogram, histogram2d and histogramdd. */
export interface HistogramOptions extends HistogramBinsOptions {
  /** Scales the histogram so that its integral is 1. */
  readonly density?: boolean | null;
}
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
/** arange. */
export interface ArangeOptions {
  /** The end, which is not reached. */
  readonly stop?: number | null;
  /** The step. Default 1. */
  readonly step?: number | null;
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** Values between two ends. */
export interface GridOptions extends AxisOptions {
  /** How many values. Default 50. */
  readonly num?: number;
  /** Whether the last value is the end. Default true. */
  readonly endpoint?: boolean;
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** linspace. */
export interface LinspaceOptions extends GridOptions {
  /** Gives `[values, step]`. */
  readonly retstep?: boolean;
}
/** logspace. */
export interface LogspaceOptions extends GridOptions {
  /** The base of the powers. Default 10. */
  readonly base?: number;
}
/** eye and tri. */
export interface MatrixOptions extends DiagonalIndexOptions {
  /** The number of columns; by default that of rows. */
  readonly M?: number | null;
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** meshgrid. */
export interface MeshgridOptions {
  /** Leaves the other axes at size 1. */
  readonly sparse?: boolean;
  /** "xy" (the default) puts the second array along rows, "ij" keeps the order. */
  readonly indexing?: "xy" | "ij";
  /** Has no effect: arrays are immutable. */
  readonly copy?: boolean;
}
/** transpose. */
export interface TransposeOptions {
  /** The order of the axes; by default reversed. */
  readonly axes?: readonly number[] | null;
}
/** concatenate. */
export interface JoinOptions {
  /** The axis along which arrays are joined; null joins them flattened. Default 0. */
  readonly axis?: number | null;
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** stack. */
export interface StackOptions extends AxisOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** repeat. */
export interface RepeatOptions extends FlatAxisOptions {
  /** A static length of the result, which a traced program needs. */
  readonly totalRepeatLength?: number | null;
}
/** rot90. */
export interface Rot90Options {
  /** How many quarter turns. Default 1. */
  readonly k?: number;
  /** The plane of the rotation. Default [0, 1]. */
  readonly axes?: readonly [number, number];
}
/** diagonal. */
export interface DiagonalOptions {
  /** The diagonal: 0 is the main one, positive ones lie above it. */
  readonly offset?: number;
  /** The first axis of the matrices. Default 0. */
  readonly axis1?: number;
  /** The second axis of the matrices. Default 1. */
  readonly axis2?: number;
}
/** trace. */
export interface TraceOptions extends DiagonalOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** linspace that gives the step as well. */
export interface LinspaceStepOptions extends LinspaceOptions {
  readonly retstep: true;
}
/** average that gives the sum of weights as well. */
export interface AverageReturnedOptions extends AverageOptions {
  readonly returned: true;
}
/** pad. */
export interface PadOptions {
  /** What is put around: "constant" (the default), "edge", "reflect", "symmetric", "wrap", "linear_ramp", "maximum", "minimum", "mean", "empty". */
  readonly mode?: string;
  /** The value of mode "constant". Default 0. */
  readonly constantValues?: PadWidth | ArrayLike;
  /** The last value of mode "linear_ramp". Default 0. */
  readonly endValues?: PadWidth;
  /** "even" or "odd", for "reflect" and "symmetric". */
  readonly reflectType?: string;
  /** How many elements at the edge "maximum", "minimum" and "mean" look at. */
  readonly statLength?: PadWidth | null;
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
/** reshape and ravel. */
export interface ReshapeOptions {
  /** The order in which elements are read and put: "C" (the last axis fastest, the default) or "F" (the first). */
  readonly order?: string;
  /** Has no effect: arrays are immutable. */
  readonly copy?: boolean | null;
}
/** isclose and allclose. */
export interface CloseOptions {
  /** How far apart elements may be, as a share of the second one. Default 1e-5. */
  readonly rtol?: ArrayLike;
  /** How far apart elements may be at least. Default 1e-8. */
  readonly atol?: ArrayLike;
  /** NaN equals NaN. */
  readonly equalNan?: boolean;
}
/** arrayEqual. */
export interface EqualOptions {
  /** NaN equals NaN. */
  readonly equalNan?: boolean;
}
/** ravel. */
export interface RavelOptions {
  /** The order in which elements are read: "C" (the last axis fastest, the default) or "F" (the first). */
  readonly order?: string;
}
/** indices. */
export interface IndicesOptions {
  /** The dtype of the result; int32 by default. */
  readonly dtype?: DTypeLike | null;
  /** One array an axis, of size 1 along the others. */
  readonly sparse?: boolean;
}
/** isin. */
export interface IsinOptions {
  /** A promise that no element occurs twice; allows faster code. */
  readonly assumeUnique?: boolean;
  /** True where the element does not occur. */
  readonly invert?: boolean;
  /** The algorithm, by JAX's names; the result is the same. */
  readonly method?: string;
}
/** angle. */
export interface AngleOptions {
  /** In degrees instead of radians. */
  readonly deg?: boolean;
}
/** tensorsolve. */
export interface TensorsolveOptions {
  /** The axes of a that are moved to its end first. */
  readonly axes?: readonly number[] | null;
}
/** round. */
export interface RoundOptions {
  /** How many digits stay behind the point. Default 0. */
  readonly decimals?: number;
}
