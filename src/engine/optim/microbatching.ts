// optim.microbatching: a batch in small parts, one after the other, so that memory is needed for one part alone.
import { isFloat } from "../core/dtypes.ts";
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import { type Tree, flatten, leavesOf, structure } from "../core/pytree.ts";
import { broadcastPrefix, mapTree } from "../core/prefix.ts";
import type { AnyFunction, ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { foriLoop } from "../lax/control.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { valueAndGrad } from "../transforms/autodiff.ts";
import { evalShape } from "../transforms/inspect.ts";
import { vmap } from "../transforms/vectorize.ts";
import { mapLeaves } from "./base.ts";

/** How the results of the parts become one: array by array. */
export class Accumulator {
  constructor(
    /** What to start from, for a result of this shape and type and so many parts. */
    readonly init: (shape: readonly number[], dtype: string, parts: number) => Value,
    /** What was accumulated, with the result of one more part. */
    readonly update: (carry: Value, value: Value, index: Value) => Value,
    readonly finalize: (carry: Value, parts: number) => Value,
    /** Results of examples, along their first axis, as that of one part. */
    readonly aggregate: (values: Value) => Value,
  ) {}
}
/** Accumulators by name: sums, means (of floats), means of those parts that are real, and results one after the other along axis 0. */
export const AccumulationType = { MEAN: "mean", SUM: "sum", RUNNING_MEAN: "runningMean", CONCAT: "concat" } as const;
export type AccumulationType = (typeof AccumulationType)[keyof typeof AccumulationType];
/** One for all results, or a tree of them that is a prefix of the result's. */
export type Accumulators = AccumulationType | Accumulator | object;

const zeros = (shape: readonly number[], dtype: string): Value => np.zeros([...shape], { dtype });
function floatZeros(shape: readonly number[], dtype: string): Value {
  const x = zeros(shape, dtype);
  if (!isFloat(x.dtype))
    throw new DTypeError(`optim.microbatching: a mean of ${x.dtype} was asked for, expected floats. Instead: the accumulator "sum"`);
  return x;
}
const BY_NAME: Readonly<Record<AccumulationType, Accumulator>> = {
  sum: new Accumulator(
    zeros,
    (c, v) => c.add(v),
    (c) => c,
    (v) => np.sum(v, { axis: 0 }).astype(v.dtype),
  ),
  mean: new Accumulator(
    floatZeros,
    (c, v) => c.add(v),
    (c, parts) => c.div(parts),
    (v) => np.mean(v, { axis: 0 }),
  ),
  runningMean: new Accumulator(
    floatZeros,
    (c, v, i) => {
      const old = i.astype(c.dtype).div(i.add(1).astype(c.dtype));
      return c.mul(old).add(v.mul(np.subtract(1, old)));
    },
    (c) => c,
    (v) => np.mean(v, { axis: 0 }),
  ),
  concat: new Accumulator(
    (shape, dtype, parts) => zeros([parts, ...shape], dtype),
    (c, v, i) => c.at(i).set(v),
    (c) => np.swapaxes(c, 0, 1).reshape([-1, ...c.shape.slice(2)]),
    (v) => v,
  ),
};
function accumulatorsFor(given: Accumulators, like: Tree): Accumulator[] {
  const single = typeof given === "string" || given instanceof Accumulator;
  const each = single
    ? leavesOf(like).map(() => given)
    : broadcastPrefix(given, structure(like), "the accumulators", (v) => typeof v === "string" || v instanceof Accumulator);
  return each.map((a) => {
    const found = typeof a === "string" && Object.hasOwn(BY_NAME, a) ? BY_NAME[a as AccumulationType] : a;
    if (found instanceof Accumulator) return found;
    throw new ArgumentError(
      `optim.microbatching: ${String(a)} is no accumulator, expected one of ${Object.keys(BY_NAME).join(", ")}, or an Accumulator`,
    );
  });
}
/** Options of `reshapeBatchAxis`. */
export interface ReshapeBatchAxisOptions {
  /** The axis of examples. 0. */
  readonly axis?: number;
}
/** The axis of examples of every leaf as two: parts, and the examples of each. Examples go to the parts by turns: [B] → [B / m, m].
 * @example optim.microbatching.reshapeBatchAxis(np.arange(4), 2) // [[0, 2], [1, 3]] */
export const reshapeBatchAxis = <T>(tree: T, microbatchSize: number, options: ReshapeBatchAxisOptions = {}): T =>
  mapLeaves((x) => {
    const axis = options.axis ?? 0,
      size = x.shape[axis]!;
    if (size % microbatchSize !== 0)
      throw new ShapeError(
        `optim.microbatching: a batch of ${size} examples is no whole number of parts of ${microbatchSize}; choose a size that divides it`,
      );
    const split = x.reshape([...x.shape.slice(0, axis), microbatchSize, size / microbatchSize, ...x.shape.slice(axis + 1)]);
    return np.swapaxes(split, axis, axis + 1);
  }, tree);

/** Options of `microbatch`. */
export interface MicrobatchOptions {
  /** How results become one. "sum". */
  readonly accumulator?: Accumulators;
  /** The axis of examples, one for all of these arguments or one for each. 0. */
  readonly inAxes?: number | readonly number[];
  /** How many parts are gone through, also a traced number: the others are padding. All. */
  readonly numRealMicrobatches?: ArrayLike | null;
}
/**
 * The function that calls `fun` on parts of a batch and accumulates its results.
 * @param argnums which arguments have examples
 * @param microbatchSize examples in a part, which divides the batch; null: `fun` itself
 * @example optim.microbatch((x: Array) => np.sum(np.square(x)), 0, 2)(np.array([1, 2, 3, 4])) // 30
 */
export function microbatch<F extends AnyFunction>(
  fun: F,
  argnums: number | readonly number[],
  microbatchSize: number | null,
  options: MicrobatchOptions = {},
): F {
  if (microbatchSize === null) return fun;
  const { accumulator = "sum", inAxes = 0, numRealMicrobatches = null } = options;
  const numbers = typeof argnums === "number" ? [argnums] : argnums,
    axes = typeof inAxes === "number" ? numbers.map(() => inAxes) : inAxes;
  const microbatched = (...args: unknown[]): unknown => {
    const parted = [...args];
    numbers.forEach((n, k) => (parted[n] = reshapeBatchAxis(args[n], microbatchSize, { axis: axes[k]! })));
    const counts = new Set(numbers.flatMap((n, k) => (leavesOf(parted[n]) as Value[]).map((x) => x.shape[axes[k]!]!)));
    if (counts.size !== 1) throw new ShapeError(`optim.microbatching: the arguments have batches of several sizes, or none`);
    const [parts] = counts as unknown as Iterable<number>;
    const part = (index: ArrayLike): Tree => {
      const own = [...parted];
      numbers.forEach((n, k) => (own[n] = mapLeaves((x) => np.take(x, index, { axis: axes[k]! }), parted[n])));
      return fun(...own) as Tree;
    };
    const like = evalShape(part as AnyFunction, np.zeros([], { dtype: "int32" })) as Tree,
      [shapes, definition] = flatten(like) as [{ shape: number[]; dtype: string }[], ReturnType<typeof structure>];
    const all = accumulatorsFor(accumulator, like);
    const carry = foriLoop(
      0,
      numRealMicrobatches ?? parts!,
      (i: Value, c: Value[]) => {
        const values = leavesOf(part(i)) as ArrayLike[];
        return c.map((old, k) => all[k]!.update(old, asArray(values[k], "optim.microbatching"), i));
      },
      shapes.map((s, k) => all[k]!.init(s.shape, s.dtype, parts!)),
    );
    return definition.unflatten(carry.map((c, k) => all[k]!.finalize(c, parts!)));
  };
  return microbatched as unknown as F;
}
/** Options of `microVmap`. */
export interface MicroVmapOptions {
  /** The axis of examples of each argument; null: it has none. 0. */
  readonly inAxes?: number | readonly (number | null)[];
  /** Examples in a part; null: the whole batch. */
  readonly microbatchSize?: number | null;
  /** How results become one. "concat", as vmap does. */
  readonly accumulator?: Accumulators;
  readonly numRealMicrobatches?: ArrayLike | null;
}
/** `vmap` in parts, whose results are accumulated.
 * @example optim.microbatching.microVmap((x: Array) => x.mul(x), { microbatchSize: 2 })(np.array([1, 2, 3, 4])) // [1, 4, 9, 16] */
export function microVmap<F extends AnyFunction>(fun: F, options: MicroVmapOptions = {}): F {
  const { inAxes = 0, microbatchSize = null, accumulator = "concat", numRealMicrobatches = null } = options;
  const axes = typeof inAxes === "number" ? [inAxes] : inAxes;
  const mapped = (...args: unknown[]): unknown => {
    const outs = vmap(fun as AnyFunction, { inAxes: axes.length === 1 ? axes[0]! : [...axes] })(...args) as Tree,
      all = accumulatorsFor(accumulator, outs);
    return structure(outs).unflatten((leavesOf(outs) as Value[]).map((v, i) => all[i]!.aggregate(v)));
  };
  const batched = axes.flatMap((a, i) => (a === null ? [] : [i]));
  const rest = { accumulator, inAxes: batched.map((i) => axes[i]!), numRealMicrobatches };
  return microbatch(mapped as unknown as F, batched, microbatchSize, rest);
}
/** What `microGrad` gives of each example. */
export interface IndividualOutputs {
  readonly values: Value;
  readonly metrics: Tree;
  readonly aux: Tree;
}
/** Options of `microGrad`. */
export interface MicroGradOptions {
  readonly hasAux?: boolean;
  /** The arguments that are differentiated. 0. */
  readonly argnums?: number | readonly number[];
  /** The arguments that have examples along axis 0. 1. */
  readonly batchArgnums?: number | readonly number[];
  /** Whether the function sees each example as a batch of one. True. */
  readonly keepBatchDim?: boolean;
  readonly microbatchSize?: number | null;
  /** How the examples' gradients become one. "sum". */
  readonly accumulator?: Accumulators;
  /** What is made of each example's gradient, such as clipping. */
  readonly transformFn?: (gradient: Tree) => Tree;
  /** What is kept of each example's gradient. */
  readonly metricsFn?: (gradient: Tree) => Tree;
  readonly numRealMicrobatches?: ArrayLike | null;
}
/** Gradients of each example, transformed and accumulated: `(...args) → [gradient, { values, metrics, aux } of the examples]`.
 * @example const f = optim.microbatching.microGrad((w: Array, x: Array) => np.sum(w.mul(x))); f(np.array(2), np.array([1, 3]))[0] // 4 */
export function microGrad(fun: AnyFunction, options: MicroGradOptions = {}): (...args: unknown[]) => [gradient: Tree, outputs: IndividualOutputs] {
  const { hasAux = false, argnums = 0, batchArgnums = 1, keepBatchDim = true, microbatchSize = null, accumulator = "sum" } = options;
  const { transformFn = (g: Tree) => g, metricsFn = () => null, numRealMicrobatches = null } = options;
  const batched = typeof batchArgnums === "number" ? [batchArgnums] : batchArgnums;
  const withAux = (...args: unknown[]): unknown => (hasAux ? (fun(...args) as unknown) : [fun(...args), null]);
  const both = valueAndGrad(withAux as AnyFunction, { argnums, hasAux: true } as never) as unknown as (...args: unknown[]) => [[Value, Tree], Tree];
  const one = (...args: unknown[]): unknown => {
    const own = keepBatchDim ? args.map((a, i) => (batched.includes(i) ? mapTree((x: Value) => np.expandDims(x, 0), a) : a)) : args;
    const [[values, aux], gradient] = both(...own);
    return [transformFn(gradient), { values, metrics: metricsFn(gradient), aux }];
  };
  return (...args) => {
    const inAxes = args.map((_a, i) => (batched.includes(i) ? 0 : null));
    return microVmap(one, { inAxes, accumulator: [accumulator, "concat"], microbatchSize, numRealMicrobatches })(...args) as [
      Tree,
      IndividualOutputs,
    ];
  };
}
