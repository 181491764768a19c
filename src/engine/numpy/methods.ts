// The methods of arrays and tracers, mirroring jax.Array's: each is the function of the same name.
import { Value } from "../core/value.ts";
import type { DType } from "../core/dtypes.ts";
import { type ArrayLike } from "./convert.ts";
import type { NonzeroOptions } from "./options.ts";
import * as creation from "./creation.ts";
import * as indexing from "./indexing.ts";
import * as linear from "./linear.ts";
import * as manipulation from "./manipulation.ts";
import * as reductions from "./reductions.ts";
import * as ufuncs from "./ufuncs.ts";
import * as sorting from "./sorting.ts";

type Rest = readonly unknown[];
export interface ArrayMethods {
  add(y: ArrayLike): Value;
  sub(y: ArrayLike): Value;
  subtract(y: ArrayLike): Value;
  mul(y: ArrayLike): Value;
  multiply(y: ArrayLike): Value;
  div(y: ArrayLike): Value;
  divide(y: ArrayLike): Value;
  mod(y: ArrayLike): Value;
  remainder(y: ArrayLike): Value;
  floorDivide(y: ArrayLike): Value;
  pow(y: ArrayLike): Value;
  power(y: ArrayLike): Value;
  neg(): Value;
  abs(): Value;
  matmul(y: ArrayLike): Value;
  dot(y: ArrayLike): Value;
  maximum(y: ArrayLike): Value;
  minimum(y: ArrayLike): Value;
  eq(y: ArrayLike): Value;
  ne(y: ArrayLike): Value;
  lt(y: ArrayLike): Value;
  le(y: ArrayLike): Value;
  gt(y: ArrayLike): Value;
  ge(y: ArrayLike): Value;
  and(y: ArrayLike): Value;
  or(y: ArrayLike): Value;
  xor(y: ArrayLike): Value;
  not(): Value;
  sum(...r: Rest): Value;
  prod(...r: Rest): Value;
  mean(...r: Rest): Value;
  max(...r: Rest): Value;
  min(...r: Rest): Value;
  std(...r: Rest): Value;
  var(...r: Rest): Value;
  all(...r: Rest): Value;
  any(...r: Rest): Value;
  ptp(...r: Rest): Value;
  argmax(...r: Rest): Value;
  argmin(...r: Rest): Value;
  cumsum(...r: Rest): Value;
  cumprod(...r: Rest): Value;
  median(...r: Rest): Value;
  reshape(...r: Rest): Value;
  ravel(...r: Rest): Value;
  flatten(...r: Rest): Value;
  transpose(...r: Rest): Value;
  squeeze(...r: Rest): Value;
  swapaxes(a: number, b: number): Value;
  repeat(n: number | readonly number[] | Value, ...r: Rest): Value;
  diagonal(...r: Rest): Value;
  trace(...r: Rest): Value;
  astype(d: DType | string): Value;
  round(...r: Rest): Value;
  clip(...r: Rest): Value;
  conj(): Value;
  conjugate(): Value;
  copy(): Value;
  take(i: ArrayLike, ...r: Rest): Value;
  nonzero(o?: NonzeroOptions): Value[];
  sort(...r: Rest): Value;
  argsort(...r: Rest): Value;
  searchsorted(v: ArrayLike, ...r: Rest): Value;
  view(d: DType | string): Value;
  argpartition(k: number, ...r: Rest): Value;
  compress(c: ArrayLike, ...r: Rest): Value;
  choose(c: readonly ArrayLike[], ...r: Rest): Value;
  get(...indices: readonly indexing.Index[]): Value;
  at(...indices: readonly indexing.Index[]): indexing.IndexUpdate;
  readonly T: Value;
  readonly mT: Value;
  readonly real: Value;
  readonly imag: Value;
  readonly flat: Value;
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
  mod: ufuncs.remainder,
  remainder: ufuncs.remainder,
  floorDivide: ufuncs.floorDivide,
  pow: ufuncs.power,
  power: ufuncs.power,
  neg: ufuncs.negative,
  abs: ufuncs.absolute,
  matmul: linear.matmul,
  dot: linear.dot,
  maximum: ufuncs.maximum,
  minimum: ufuncs.minimum,
  eq: ufuncs.equal,
  ne: ufuncs.notEqual,
  lt: ufuncs.less,
  le: ufuncs.lessEqual,
  gt: ufuncs.greater,
  ge: ufuncs.greaterEqual,
  and: ufuncs.bitwiseAnd,
  or: ufuncs.bitwiseOr,
  xor: ufuncs.bitwiseXor,
  not: ufuncs.bitwiseNot,
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
  clip: indexing.clip,
  conj: ufuncs.conjugate,
  conjugate: ufuncs.conjugate,
  copy: creation.copy,
  take: indexing.take,
  nonzero: indexing.nonzero,
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
