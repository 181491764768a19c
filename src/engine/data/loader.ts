// Batches of examples, epoch after epoch. The order of every epoch follows from a key and the epoch's number alone, so that a run can be repeated, and go on
// where it was left.
import { ArgumentError, ShapeError, StructureError } from "../core/errors.ts";
import { type Tree, leavesOf } from "../core/pytree.ts";
import { mapTree } from "../core/prefix.ts";
import type { Arrays } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { foldIn, permutation } from "../random/draws.ts";
import { ahead } from "./ahead.ts";
import { type LoaderWorker, type ModuleAddress, checkWorker, readers } from "./workers.ts";

/** Examples that are read one by one, such as files: each is a pytree of arrays, all of one structure and shapes. */
export interface ExampleSource<E> {
  /** How many there are. */
  readonly length: number;
  /** The example at an index, 0 … length − 1. */
  get(index: number): E | Promise<E>;
}
/** What a loader takes its examples from: a pytree of arrays with examples along their first axis, or a source. */
export type LoaderSource<T> = T | ExampleSource<T>;
/** What becomes of the last examples of an epoch where they are fewer than a batch: a smaller batch, nothing, or a batch filled up from the epoch's beginning. */
export type LastBatch = "keep" | "drop" | "wrap";
/** Which part of the examples this process reads. */
export interface Shard {
  /** 0 … count − 1. */
  readonly index: number;
  readonly count: number;
}
/** Where a loader is: the batch that comes next. */
export interface LoaderPosition {
  readonly epoch: number;
  readonly batch: number;
}
/** Options of `Loader`. */
export interface LoaderOptions {
  /** Examples in a batch. */
  readonly batchSize: number;
  /** A random key by which examples are put into another order in each epoch; null: in their own order. */
  readonly shuffle?: Value | null;
  /** How many times the examples are gone through; null: without end. 1. */
  readonly epochs?: number | null;
  /** What becomes of the last examples. "keep"; "drop" and "wrap" give batches of one shape, so that jit compiles once. */
  readonly lastBatch?: LastBatch;
  /** How many batches are made ahead by `for await`: of a source 2, of arrays in memory 0. */
  readonly prefetch?: number | null;
  /**
   * Examples are read by threads of their own, for `for await`: the module that gives the same source as the loader's first argument, or its address. Batches have
   * the order and values that they have without; errors of the source come at their batch's turn. The threads end with the loop. Node.js only.
   */
  readonly worker?: LoaderWorker | ModuleAddress | null;
  /** The part of the examples for this process: every `count`-th one of each epoch's order, from `index` on. */
  readonly shard?: Shard | null;
}
const isSource = (x: unknown): x is ExampleSource<unknown> =>
  typeof x === "object" && x !== null && typeof (x as { get?: unknown }).get === "function" && typeof (x as { length?: unknown }).length === "number";
/** An array has a length along its first axis, and `get`: it is no source, but a tree of one leaf. */
const isTree = (x: unknown): boolean => !isSource(x) || "aval" in (x as object);

/**
 * Batches of a data set, for loops:
 *
 *     const loader = new data.Loader({ x, y }, { batchSize: 32, shuffle: random.key(0), epochs: 3 });
 *     for (const { x, y } of loader) step(x, y);
 *
 * Examples that lie in memory are taken by `for` or `for await`; those of a source, which may be read from files, by `for await`, some batches ahead.
 * Throws ShapeError where leaves have first axes of different lengths, ArgumentError for sizes that cannot be.
 */
export class Loader<T> implements Iterable<Arrays<T>>, AsyncIterable<Arrays<T>> {
  /** Examples of this process in an epoch. */
  readonly length: number;
  /** Batches in an epoch. */
  readonly batches: number;
  readonly #options: Required<LoaderOptions>;
  readonly #prefetch: number;
  readonly #worker: LoaderWorker | null;
  readonly #source: ExampleSource<T> | null;
  readonly #tree: Tree;
  readonly #examples: number;
  constructor(source: LoaderSource<T>, options: LoaderOptions) {
    const what = "data.Loader";
    this.#options = { shuffle: null, epochs: 1, lastBatch: "keep", prefetch: null, shard: null, worker: null, ...options };
    const { batchSize, epochs, prefetch, shard, lastBatch, worker } = this.#options;
    whole(what, "batchSize", batchSize, 1);
    if (prefetch !== null) whole(what, "prefetch", prefetch, 0);
    if (epochs !== null && epochs !== Infinity) whole(what, "epochs", epochs, 0);
    if (!["keep", "drop", "wrap"].includes(lastBatch))
      throw new ArgumentError(`${what}: lastBatch is ${JSON.stringify(lastBatch)}, expected "keep", "drop" or "wrap"`);
    if (shard) {
      whole(what, "shard.count", shard.count, 1);
      whole(what, "shard.index", shard.index, 0);
      if (shard.index >= shard.count)
        throw new ArgumentError(`${what}: shard.index is ${shard.index} of ${shard.count} shards, expected at most ${shard.count - 1}`);
    }
    const inMemory = isTree(source);
    this.#source = inMemory ? null : (source as ExampleSource<T>);
    this.#prefetch = prefetch ?? (inMemory ? 0 : 2);
    this.#worker = typeof worker === "string" || (worker && "href" in worker) ? { module: worker } : worker;
    if (this.#worker) {
      if (inMemory)
        throw new ArgumentError(
          `${what}: worker reads the examples of a source; those of arrays in memory are there already. Instead: leave worker out; prefetch makes batches ahead`,
        );
      checkWorker(this.#worker);
    }
    this.#tree = inMemory ? mapTree((leaf: ArrayLike) => asArray(leaf, what), source) : null;
    this.#examples = this.#source ? whole(what, "source.length", this.#source.length, 0) : examplesOf(what, this.#tree);
    // Every process goes through as many batches as the others, or those that share a step would wait for each other: the shards' remainder is left out.
    this.length = shard ? Math.floor(this.#examples / shard.count) : this.#examples;
    this.batches = lastBatch === "drop" ? Math.floor(this.length / batchSize) : Math.ceil(this.length / batchSize);
  }
  /** The indices of the examples of a batch. */
  #indices(order: Int32Array, batch: number): Int32Array {
    const { batchSize, lastBatch } = this.#options,
      part = order.slice(batch * batchSize, (batch + 1) * batchSize);
    if (part.length === batchSize || lastBatch !== "wrap") return part;
    return Int32Array.from({ length: batchSize }, (_x, i) => (i < part.length ? part[i]! : order[(i - part.length) % order.length]!));
  }
  /** The order of an epoch: indices of this process's examples. */
  #order(epoch: number): Int32Array {
    const { shuffle, shard } = this.#options;
    const all = shuffle
      ? (permutation(foldIn(shuffle, epoch), this.#examples).dataSync() as Int32Array)
      : Int32Array.from({ length: this.#examples }, (_x, i) => i);
    return shard ? Int32Array.from({ length: this.length }, (_x, i) => all[i * shard.count + shard.index]!) : all;
  }
  /** The indices of all batches, from a position on. */
  *#plan({ epoch, batch }: LoaderPosition): Generator<Int32Array> {
    const epochs = this.#options.epochs ?? Infinity;
    if (this.batches === 0) return;
    for (let e = epoch; e < epochs; e++) {
      const order = this.#order(e);
      for (let b = e === epoch ? batch : 0; b < this.batches; b++) yield this.#indices(order, b);
    }
  }
  #gather(indices: Int32Array): Arrays<T> {
    const at = np.array(indices);
    return mapTree((leaf: Value) => np.take(leaf, at, { axis: 0 }), this.#tree) as Arrays<T>;
  }
  async #read(examples: Promise<readonly unknown[]>): Promise<Arrays<T>> {
    const [first, ...rest] = await examples;
    return mapTree((...leaves: ArrayLike[]) => np.stack(leaves.map((l) => asArray(l, "data.Loader"))), first, ...rest) as Arrays<T>;
  }
  /**
   * The batches from a position on: `{ epoch: 2, batch: 10 }` goes on where a run has stopped, with the order that it would have had.
   * ArgumentError for a loader of a source: its examples may come later, so `from` is to be gone through by `for await`.
   */
  *#sync(position: LoaderPosition): Generator<Arrays<T>> {
    if (this.#source) throw new ArgumentError("data.Loader: examples of a source may come later. Instead: for await (const batch of loader)");
    for (const indices of this.#plan(position)) yield this.#gather(indices);
  }
  async *#async(position: LoaderPosition): AsyncGenerator<Arrays<T>> {
    const source = this.#source,
      threads = source && this.#worker ? readers(this.#worker, this.#examples) : null;
    const examples = (s: ExampleSource<T>, indices: Int32Array): Promise<readonly unknown[]> =>
      threads ? threads.read(indices) : Promise.all(Array.from(indices, async (i) => s.get(i)));
    const made = (indices: Int32Array): Arrays<T> | Promise<Arrays<T>> => (source ? this.#read(examples(source, indices)) : this.#gather(indices));
    try {
      yield* ahead(this.#plan(position), made, this.#prefetch);
    } finally {
      await threads?.close();
    }
  }
  /** The batches from a position on, with the order that they would have had: a run goes on where it was left. */
  from(position: LoaderPosition): Iterable<Arrays<T>> & AsyncIterable<Arrays<T>> {
    whole("data.Loader", "epoch", position.epoch, 0);
    whole("data.Loader", "batch", position.batch, 0);
    return { [Symbol.iterator]: () => this.#sync(position), [Symbol.asyncIterator]: () => this.#async(position) };
  }
  [Symbol.iterator](): Iterator<Arrays<T>> {
    return this.#sync({ epoch: 0, batch: 0 });
  }
  [Symbol.asyncIterator](): AsyncIterator<Arrays<T>> {
    return this.#async({ epoch: 0, batch: 0 });
  }
}
function whole(what: string, name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ArgumentError(`${what}: ${name} is ${value}, expected an integer of at least ${least}`);
}
function examplesOf(what: string, tree: Tree): number {
  const leaves = leavesOf(tree) as Value[];
  if (!leaves.length) throw new StructureError(`${what}: the tree has no arrays`);
  leaves.forEach((l) => {
    if (l.ndim === 0) throw new ShapeError(`${what}: the tree has a scalar ${l.dtype}[], expected arrays with examples along their first axis`);
    if (l.shape[0] !== leaves[0]!.shape[0])
      throw new ShapeError(
        `${what}: the arrays have ${leaves[0]!.shape[0]} and ${l.shape[0]} examples along their first axes; they must be equally many`,
      );
  });
  return leaves[0]!.shape[0]!;
}
