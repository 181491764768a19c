// The methods of arrays and tracers, mirroring jax.Array's: each is the function of the same name.
import { Value } from "../core/value.ts";
import { type ArrayLike } from "./convert.ts";
import type {
  ArgOptions,
  AxesOptions,
  Axis,
  AxisOptions,
  ChooseOptions,
  ClipOptions,
  CompressOptions,
  CumulativeOptions,
  DTypeLike,
  ExtremumOptions,
  KeepAxesOptions,
  MeanOptions,
  MedianOptions,
  NonzeroOptions,
  ReductionOptions,
  RoundOptions,
  SearchsortedOptions,
  SortOptions,
  SumOptions,
  TakeOptions,
  VarianceOptions,
} from "./options.ts";
import type { DiagonalOptions, RepeatOptions, ReshapeOptions, TraceOptions, TransposeOptions } from "./shapeOptions.ts";
import type { Tail } from "../core/signature.ts";
import * as creation from "./creation.ts";
import * as indexing from "./indexing.ts";
import * as choosing from "./choosing.ts";
import * as linear from "./linear.ts";
import * as manipulation from "./manipulation.ts";
import * as reductions from "./reductions.ts";
import * as ufuncs from "./ufuncs.ts";
import * as division from "./division.ts";
import * as comparisons from "./comparisons.ts";
import * as sorting from "./sorting.ts";

/** The methods of arrays: each is numpy's function of the same name. */
export interface ArrayMethods {
  /** x + y; shapes broadcast, dtypes promote.
   * @example np.array([1, 2]).add(3) // [4, 5] */
  add(y: ArrayLike): Value;
  /** x − y.
   * @example np.array([1, 2]).sub(3) // [-2, -1] */
  sub(y: ArrayLike): Value;
  /** Another name of sub.
   * @example np.array([1, 2]).subtract(3) // [-2, -1] */
  subtract(y: ArrayLike): Value;
  /** x · y, elementwise.
   * @example np.array([1, 2]).mul([3, 4]) // [3, 8] */
  mul(y: ArrayLike): Value;
  /** Another name of mul.
   * @example np.array([1, 2]).multiply([3, 4]) // [3, 8] */
  multiply(y: ArrayLike): Value;
  /** x / y, as floats.
   * @example np.array([1, 2]).div(4) // [0.25, 0.5] */
  div(y: ArrayLike): Value;
  /** Another name of div.
   * @example np.array([1, 2]).divide(4) // [0.25, 0.5] */
  divide(y: ArrayLike): Value;
  /** The remainder, with the sign of y.
   * @example np.array([7, -7]).mod(3) // [1, 2] */
  mod(y: ArrayLike): Value;
  /** Another name of mod.
   * @example np.array([7, -7]).remainder(3) // [1, 2] */
  remainder(y: ArrayLike): Value;
  /** The quotient, rounded down.
   * @example np.array([7, -7]).floorDivide(2) // [3, -4] */
  floorDivide(y: ArrayLike): Value;
  /** x to the power y.
   * @example np.array([2, 3]).pow(2) // [4, 9] */
  pow(y: ArrayLike): Value;
  /** Another name of pow.
   * @example np.array([2, 3]).power(2) // [4, 9] */
  power(y: ArrayLike): Value;
  /** −x.
   * @example np.array([1, -2]).neg() // [-1, 2] */
  neg(): Value;
  /** |x|.
   * @example np.array([1, -2]).abs() // [1, 2] */
  abs(): Value;
  /** The product of (stacks of) matrices; vectors are rows or columns.
   * @example np.array([[1, 2], [3, 4]]).matmul([1, 1]) // [3, 7] */
  matmul(y: ArrayLike): Value;
  /** The product of matrices or vectors.
   * @example np.array([1, 2]).dot([3, 4]) // 11 */
  dot(y: ArrayLike): Value;
  /** The larger of two elements.
   * @example np.array([1, 5]).maximum(3) // [3, 5] */
  maximum(y: ArrayLike): Value;
  /** The smaller of two elements.
   * @example np.array([1, 5]).minimum(3) // [1, 3] */
  minimum(y: ArrayLike): Value;
  /** x = y, elementwise; bool.
   * @example np.array([1, 2]).eq(1) // [true, false] */
  eq(y: ArrayLike): Value;
  /** x ≠ y, elementwise; bool.
   * @example np.array([1, 2]).ne(1) // [false, true] */
  ne(y: ArrayLike): Value;
  /** x < y, elementwise; bool.
   * @example np.array([1, 2]).lt(2) // [true, false] */
  lt(y: ArrayLike): Value;
  /** x ≤ y, elementwise; bool.
   * @example np.array([1, 2]).le(2) // [true, true] */
  le(y: ArrayLike): Value;
  /** x > y, elementwise; bool.
   * @example np.array([1, 3]).gt(2) // [false, true] */
  gt(y: ArrayLike): Value;
  /** x ≥ y, elementwise; bool.
   * @example np.array([1, 2]).ge(2) // [false, true] */
  ge(y: ArrayLike): Value;
  /** x & y of integers or booleans.
   * @example np.array([true, false]).and(true) // [true, false] */
  and(y: ArrayLike): Value;
  /** x | y of integers or booleans.
   * @example np.array([true, false]).or(false) // [true, false] */
  or(y: ArrayLike): Value;
  /** x ^ y of integers or booleans.
   * @example np.array([true, false]).xor(true) // [false, true] */
  xor(y: ArrayLike): Value;
  /** Every bit turned round; of booleans, not.
   * @example np.array([true, false]).not() // [false, true] */
  not(): Value;
  /** The sum over axes.
   * @example np.array([[1, 2], [3, 4]]).sum({ axis: 0 }) // [4, 6] */
  sum(...rest: Tail<[axis: Axis], SumOptions>): Value;
  /** The product over axes.
   * @example np.array([1, 2, 3]).prod() // 6 */
  prod(...rest: Tail<[axis: Axis], SumOptions>): Value;
  /** The mean over axes; integers give floats.
   * @example np.array([[1, 2], [3, 4]]).mean({ axis: 1 }) // [1.5, 3.5] */
  mean(...rest: Tail<[axis: Axis], MeanOptions>): Value;
  /** The largest element over axes.
   * @example np.array([1, 3, 2]).max() // 3 */
  max(...rest: Tail<[axis: Axis], ExtremumOptions>): Value;
  /** The smallest element over axes.
   * @example np.array([1, 3, 2]).min() // 1 */
  min(...rest: Tail<[axis: Axis], ExtremumOptions>): Value;
  /** The standard deviation over axes.
   * @example np.array([1, 3]).std() // 1 */
  std(...rest: Tail<[axis: Axis], VarianceOptions>): Value;
  /** The variance over axes.
   * @example np.array([1, 3]).var() // 1 */
  var(...rest: Tail<[axis: Axis], VarianceOptions>): Value;
  /** Whether all elements are not zero; bool.
   * @example np.array([true, false]).all() // false */
  all(...rest: Tail<[axis: Axis], ReductionOptions>): Value;
  /** Whether an element is not zero; bool.
   * @example np.array([true, false]).any() // true */
  any(...rest: Tail<[axis: Axis], ReductionOptions>): Value;
  /** The largest element less the smallest.
   * @example np.array([3, 1, 7]).ptp() // 6 */
  ptp(...rest: Tail<[axis: Axis], KeepAxesOptions>): Value;
  /** The index of the first largest element.
   * @example np.array([1, 3, 2]).argmax() // 1 */
  argmax(...rest: Tail<[axis: number | null], ArgOptions>): Value;
  /** The index of the first smallest element.
   * @example np.array([1, 3, 0]).argmin() // 2 */
  argmin(...rest: Tail<[axis: number | null], ArgOptions>): Value;
  /** Sums up to each element.
   * @example np.array([1, 2, 3]).cumsum() // [1, 3, 6] */
  cumsum(...rest: Tail<[axis: number | null, dtype: DTypeLike], CumulativeOptions>): Value;
  /** Products up to each element.
   * @example np.array([1, 2, 3]).cumprod() // [1, 2, 6] */
  cumprod(...rest: Tail<[axis: number | null, dtype: DTypeLike], CumulativeOptions>): Value;
  /** The middle element.
   * @example np.array([5, 1, 3]).median() // 3 */
  median(...rest: Tail<[axis: Axis], MedianOptions>): Value;
  /** The same elements in another shape; one size may be −1. Sizes may also stand one by one.
   * @example np.arange(4).reshape([2, -1]) // [[0, 1], [2, 3]] */
  reshape(shape: number | readonly number[], options?: ReshapeOptions): Value;
  reshape(...shape: number[]): Value;
  /** The elements as one vector.
   * @example np.array([[1, 2], [3, 4]]).ravel() // [1, 2, 3, 4] */
  ravel(options?: ReshapeOptions): Value;
  /** Another name of ravel.
   * @example np.array([[1, 2], [3, 4]]).flatten() // [1, 2, 3, 4] */
  flatten(options?: ReshapeOptions): Value;
  /** The axes in another order, reversed by default. Axes may also stand one by one.
   * @example np.array([[1, 2], [3, 4]]).transpose() // [[1, 3], [2, 4]] */
  transpose(axes?: readonly number[] | null | TransposeOptions): Value;
  transpose(...axes: number[]): Value;
  /** Without axes of size 1.
   * @example np.array([[1], [2]]).squeeze() // [1, 2] */
  squeeze(...rest: Tail<[axis: Axis], AxesOptions>): Value;
  /** Two axes exchanged.
   * @example np.ones([2, 3, 4]).swapaxes(0, 2).shape // [4, 3, 2] */
  swapaxes(a: number, b: number): Value;
  /** Each element several times.
   * @example np.array([1, 2]).repeat(2) // [1, 1, 2, 2] */
  repeat(n: number | readonly number[] | Value, ...rest: Tail<[axis: number | null], RepeatOptions>): Value;
  /** The diagonals of matrices, as the last axis.
   * @example np.array([[1, 2], [3, 4]]).diagonal() // [1, 4] */
  diagonal(...rest: Tail<[offset: number, axis1: number, axis2: number], DiagonalOptions>): Value;
  /** The sums of diagonals.
   * @example np.array([[1, 2], [3, 4]]).trace() // 5 */
  trace(...rest: Tail<[offset: number, axis1: number, axis2: number], TraceOptions>): Value;
  /** x in another dtype; floats are truncated to integers.
   * @example np.array([1.7, 2.2]).astype("int32") // [1, 2] */
  astype(dtype: DTypeLike): Value;
  /** Rounded; halves go to the even one.
   * @example np.array([1.26, 2.74]).round(1) // [1.3, 2.7] */
  round(decimals?: number | RoundOptions): Value;
  /** Held between bounds; null for none.
   * @example np.array([-1, 0.5, 3]).clip(0, 1) // [0, 0.5, 1] */
  clip(...rest: Tail<[min: ArrayLike | null, max: ArrayLike | null], ClipOptions>): Value;
  /** The complex conjugate.
   * @example lax.complex(1, 2).conj() // 1-2i */
  conj(): Value;
  /** Another name of conj.
   * @example lax.complex(1, 2).conjugate() // 1-2i */
  conjugate(): Value;
  /** A copy.
   * @example np.array([1, 2]).copy() // [1, 2] */
  copy(): Value;
  /** Elements, or slices along an axis, at indices.
   * @example np.array([10, 20, 30]).take(np.int32([2, 0])) // [30, 10] */
  take(indices: ArrayLike, ...rest: Tail<[axis: number | null], TakeOptions>): Value;
  /** The positions of elements that are not zero, one array an axis. Under jit give `size`.
   * @example np.array([0, 5, 0, 7]).nonzero() // [[1, 3]] */
  nonzero(options?: NonzeroOptions): Value[];
  /** Sorted along an axis (a new array).
   * @example np.array([3, 1, 2]).sort() // [1, 2, 3] */
  sort(...rest: Tail<[axis: number | null], SortOptions>): Value;
  /** The indices that sort along an axis.
   * @example np.array([3, 1, 2]).argsort() // [1, 2, 0] */
  argsort(...rest: Tail<[axis: number | null], SortOptions>): Value;
  /** Where elements of v belong in this sorted vector.
   * @example np.array([1, 3, 5]).searchsorted([0, 3, 6]) // [0, 1, 3] */
  searchsorted(v: ArrayLike, ...rest: Tail<[side: "left" | "right"], SearchsortedOptions>): Value;
  /** The same bits under another dtype; a change of width changes the last axis.
   * @example np.float32([1]).view("int32") // [1065353216] */
  view(dtype: DTypeLike): Value;
  /** The indices that put the kth element in its sorted place.
   * @example np.array([3, 1, 2]).argpartition(0).get(0) // 1 */
  argpartition(kth: number, ...rest: Tail<[axis: number], AxisOptions>): Value;
  /** The slices along an axis where a condition holds.
   * @example np.array([1, 2, 3]).compress([true, false, true]) // [1, 3] */
  compress(condition: ArrayLike, ...rest: Tail<[axis: number | null], CompressOptions>): Value;
  /** From each of several arrays the elements whose index (this array) names it.
   * @example np.int32([0, 1]).choose([[1, 2], [10, 20]]) // [1, 20] */
  choose(choices: readonly ArrayLike[], ...rest: Tail<[out: null, mode: string], ChooseOptions>): Value;
  /** Elements at indices: integers, null (new axis), "...", slices as "1:3", arrays of integers or booleans.
   * @example np.array([[1, 2, 3], [4, 5, 6]]).get(":", "::2") // [[1, 3], [4, 6]] */
  get(...indices: readonly indexing.Index[]): Value;
  /** A place for updates: `x.at(i).set(y)` gives a new array.
   * @example np.array([1, 2, 3]).at(0).set(9) // [9, 2, 3] */
  at(...indices: readonly indexing.Index[]): indexing.IndexUpdate;
  /** The axes reversed. */
  readonly T: Value;
  /** The last two axes exchanged. */
  readonly mT: Value;
  /** The real part. */
  readonly real: Value;
  /** The imaginary part. */
  readonly imag: Value;
  /** The elements as one vector. */
  readonly flat: Value;
  /** The slices along the first axis. */
  [Symbol.iterator](): Iterator<Value>;
}
declare module "../core/value.ts" {
  interface Array extends ArrayMethods {}
}
type Fn = (x: Value, ...rest: never[]) => unknown;
const table: Readonly<Record<string, Fn>> = {
  add: ufuncs.add,
  sub: ufuncs.subtract,
  subtract: ufuncs.subtract,
  mul: ufuncs.multiply,
  multiply: ufuncs.multiply,
  div: ufuncs.divide,
  divide: ufuncs.divide,
  mod: division.remainder,
  remainder: division.remainder,
  floorDivide: division.floorDivide,
  pow: division.power,
  power: division.power,
  neg: ufuncs.negative,
  abs: ufuncs.absolute,
  matmul: linear.matmul,
  dot: linear.dot,
  maximum: ufuncs.maximum,
  minimum: ufuncs.minimum,
  eq: comparisons.equal,
  ne: comparisons.notEqual,
  lt: comparisons.less,
  le: comparisons.lessEqual,
  gt: comparisons.greater,
  ge: comparisons.greaterEqual,
  and: comparisons.bitwiseAnd,
  or: comparisons.bitwiseOr,
  xor: comparisons.bitwiseXor,
  not: comparisons.bitwiseNot,
  sum: reductions.sum,
  prod: reductions.prod,
  mean: reductions.mean,
  max: reductions.max,
  min: reductions.min,
  std: reductions.std,
  var: reductions.variance,
  all: reductions.all,
  any: reductions.any,
  ptp: reductions.ptp,
  argmax: reductions.argmax,
  argmin: reductions.argmin,
  cumsum: reductions.cumsum,
  cumprod: reductions.cumprod,
  median: sorting.median,
  ravel: manipulation.ravel,
  flatten: manipulation.ravel,
  squeeze: manipulation.squeeze,
  swapaxes: manipulation.swapaxes,
  repeat: manipulation.repeat,
  diagonal: manipulation.diagonal,
  trace: manipulation.trace,
  astype: creation.astype,
  round: ufuncs.round,
  clip: choosing.clip,
  conj: ufuncs.conjugate,
  conjugate: ufuncs.conjugate,
  copy: creation.copy,
  take: choosing.take,
  nonzero: choosing.nonzero,
  sort: sorting.sort,
  argsort: sorting.argsort,
  searchsorted: sorting.searchsorted,
  argpartition: sorting.argpartition,
  // reshape(2, 3) and reshape([2, 3]) both work, as do transpose(1, 0) and transpose([1, 0]).
  reshape: (x: Value, ...s: never[]) =>
    manipulation.reshape(x, s.length > 1 && s.every((n) => typeof n === "number") ? s : s[0]!, (typeof s[1] === "object" ? s[1] : {}) as object),
  transpose: (x: Value, ...s: never[]) => manipulation.transpose(x, ...(s.length > 0 && s.every((n) => typeof n === "number") ? [s] : s)),
  compress: (x: Value, c: never, ...r: never[]) => sorting.compress(c, x, ...r),
  choose: (x: Value, c: never, ...r: never[]) => sorting.choose(x, c, ...r),
  view: (x: Value, d: never) => sorting.view(x, d),
  get: (x: Value, ...i: never[]) => indexing.get(x, i),
  at: (x: Value, ...i: never[]) => new indexing.IndexUpdate(x, i),
};
for (const [name, fn] of Object.entries(table))
  Object.defineProperty(Value.prototype, name, {
    value: function (this: Value, ...rest: never[]) {
      return fn(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
const getters: Readonly<Record<string, (x: Value) => unknown>> = {
  T: (x) => manipulation.transpose(x),
  mT: manipulation.matrixTranspose,
  real: ufuncs.real,
  imag: ufuncs.imag,
  flat: manipulation.ravel,
};
for (const [name, f] of Object.entries(getters))
  Object.defineProperty(Value.prototype, name, {
    get(this: Value) {
      return f(this);
    },
    configurable: true,
  });
Object.defineProperty(Value.prototype, Symbol.iterator, {
  value: function* (this: Value) {
    if (this.ndim === 0) throw new TypeError("a scalar array cannot be iterated");
    yield* manipulation.unstack(this);
  },
  configurable: true,
});
