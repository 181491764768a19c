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
  /** x + y; shapes broadcast, dtypes promote. */
  add(y: ArrayLike): Value;
  /** x − y. */
  sub(y: ArrayLike): Value;
  /** Another name of sub. */
  subtract(y: ArrayLike): Value;
  /** x · y, elementwise. */
  mul(y: ArrayLike): Value;
  /** Another name of mul. */
  multiply(y: ArrayLike): Value;
  /** x / y, as floats. */
  div(y: ArrayLike): Value;
  /** Another name of div. */
  divide(y: ArrayLike): Value;
  /** The remainder, with the sign of y. */
  mod(y: ArrayLike): Value;
  /** Another name of mod. */
  remainder(y: ArrayLike): Value;
  /** The quotient, rounded down. */
  floorDivide(y: ArrayLike): Value;
  /** x to the power y. */
  pow(y: ArrayLike): Value;
  /** Another name of pow. */
  power(y: ArrayLike): Value;
  /** −x. */
  neg(): Value;
  /** |x|. */
  abs(): Value;
  /** The product of (stacks of) matrices; vectors are rows or columns. */
  matmul(y: ArrayLike): Value;
  /** The product of matrices or vectors. */
  dot(y: ArrayLike): Value;
  /** The larger of two elements. */
  maximum(y: ArrayLike): Value;
  /** The smaller of two elements. */
  minimum(y: ArrayLike): Value;
  /** x = y, elementwise; bool. */
  eq(y: ArrayLike): Value;
  /** x ≠ y, elementwise; bool. */
  ne(y: ArrayLike): Value;
  /** x < y, elementwise; bool. */
  lt(y: ArrayLike): Value;
  /** x ≤ y, elementwise; bool. */
  le(y: ArrayLike): Value;
  /** x > y, elementwise; bool. */
  gt(y: ArrayLike): Value;
  /** x ≥ y, elementwise; bool. */
  ge(y: ArrayLike): Value;
  /** x & y of integers or booleans. */
  and(y: ArrayLike): Value;
  /** x | y of integers or booleans. */
  or(y: ArrayLike): Value;
  /** x ^ y of integers or booleans. */
  xor(y: ArrayLike): Value;
  /** Every bit turned round; of booleans, not. */
  not(): Value;
  /** The sum over axes. */
  sum(...rest: Tail<[axis: Axis], SumOptions>): Value;
  /** The product over axes. */
  prod(...rest: Tail<[axis: Axis], SumOptions>): Value;
  /** The mean over axes; integers give floats. */
  mean(...rest: Tail<[axis: Axis], MeanOptions>): Value;
  /** The largest element over axes. */
  max(...rest: Tail<[axis: Axis], ExtremumOptions>): Value;
  /** The smallest element over axes. */
  min(...rest: Tail<[axis: Axis], ExtremumOptions>): Value;
  /** The standard deviation over axes. */
  std(...rest: Tail<[axis: Axis], VarianceOptions>): Value;
  /** The variance over axes. */
  var(...rest: Tail<[axis: Axis], VarianceOptions>): Value;
  /** Whether all elements are not zero; bool. */
  all(...rest: Tail<[axis: Axis], ReductionOptions>): Value;
  /** Whether an element is not zero; bool. */
  any(...rest: Tail<[axis: Axis], ReductionOptions>): Value;
  /** The largest element less the smallest. */
  ptp(...rest: Tail<[axis: Axis], KeepAxesOptions>): Value;
  /** The index of the first largest element. */
  argmax(...rest: Tail<[axis: number | null], ArgOptions>): Value;
  /** The index of the first smallest element. */
  argmin(...rest: Tail<[axis: number | null], ArgOptions>): Value;
  /** Sums up to each element. */
  cumsum(...rest: Tail<[axis: number | null, dtype: DTypeLike], CumulativeOptions>): Value;
  /** Products up to each element. */
  cumprod(...rest: Tail<[axis: number | null, dtype: DTypeLike], CumulativeOptions>): Value;
  /** The middle element. */
  median(...rest: Tail<[axis: Axis], MedianOptions>): Value;
  /** The same elements in another shape; one size may be −1. Sizes may also stand one by one. */
  reshape(shape: number | readonly number[], options?: ReshapeOptions): Value;
  reshape(...shape: number[]): Value;
  /** The elements as one vector. */
  ravel(options?: ReshapeOptions): Value;
  /** Another name of ravel. */
  flatten(options?: ReshapeOptions): Value;
  /** The axes in another order, reversed by default. Axes may also stand one by one. */
  transpose(axes?: readonly number[] | null | TransposeOptions): Value;
  transpose(...axes: number[]): Value;
  /** Without axes of size 1. */
  squeeze(...rest: Tail<[axis: Axis], AxesOptions>): Value;
  /** Two axes exchanged. */
  swapaxes(a: number, b: number): Value;
  /** Each element several times. */
  repeat(n: number | readonly number[] | Value, ...rest: Tail<[axis: number | null], RepeatOptions>): Value;
  /** The diagonals of matrices, as the last axis. */
  diagonal(...rest: Tail<[offset: number, axis1: number, axis2: number], DiagonalOptions>): Value;
  /** The sums of diagonals. */
  trace(...rest: Tail<[offset: number, axis1: number, axis2: number], TraceOptions>): Value;
  /** x in another dtype; floats are truncated to integers. */
  astype(dtype: DTypeLike): Value;
  /** Rounded; halves go to the even one. */
  round(decimals?: number | RoundOptions): Value;
  /** Held between bounds; null for none. */
  clip(...rest: Tail<[min: ArrayLike | null, max: ArrayLike | null], ClipOptions>): Value;
  /** The complex conjugate. */
  conj(): Value;
  /** Another name of conj. */
  conjugate(): Value;
  /** A copy. */
  copy(): Value;
  /** Elements, or slices along an axis, at indices. */
  take(indices: ArrayLike, ...rest: Tail<[axis: number | null], TakeOptions>): Value;
  /** The positions of elements that are not zero, one array an axis. Under jit give `size`. */
  nonzero(options?: NonzeroOptions): Value[];
  /** Sorted along an axis (a new array). */
  sort(...rest: Tail<[axis: number | null], SortOptions>): Value;
  /** The indices that sort along an axis. */
  argsort(...rest: Tail<[axis: number | null], SortOptions>): Value;
  /** Where elements of v belong in this sorted vector. */
  searchsorted(v: ArrayLike, ...rest: Tail<[side: "left" | "right"], SearchsortedOptions>): Value;
  /** The same bits under another dtype; a change of width changes the last axis. */
  view(dtype: DTypeLike): Value;
  /** The indices that put the kth element in its sorted place. */
  argpartition(kth: number, ...rest: Tail<[axis: number], AxisOptions>): Value;
  /** The slices along an axis where a condition holds. */
  compress(condition: ArrayLike, ...rest: Tail<[axis: number | null], CompressOptions>): Value;
  /** From each of several arrays the elements whose index (this array) names it. */
  choose(choices: readonly ArrayLike[], ...rest: Tail<[out: null, mode: string], ChooseOptions>): Value;
  /** Elements at indices: integers, null (new axis), "...", slices as "1:3", arrays of integers or booleans. */
  get(...indices: readonly indexing.Index[]): Value;
  /** A place for updates: `x.at(i).set(y)` gives a new array. */
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
