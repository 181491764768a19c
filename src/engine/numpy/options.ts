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
/** argsort. */
export interface ArgsortOptions extends SortOptions {
  /** The dtype of the indices. Default the canonical integers. */
  readonly dtype?: DTypeLike | null;
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
/** select. */
export interface SelectOptions {
  /** The value where no condition holds. Default 0. */
  readonly default?: ArrayLike;
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
/** average that gives the sum of weights as well. */
export interface AverageReturnedOptions extends AverageOptions {
  readonly returned: true;
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
/** round. */
export interface RoundOptions {
  /** How many digits stay behind the point. Default 0. */
  readonly decimals?: number;
}
