// Streams of random numbers as state: a stream is a key and a count, and each call gives the key folded with the count.
import { StructureError } from "../core/errors.ts";
import type { Shape } from "../core/aval.ts";
import { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";
import { type Filter, toPredicate } from "./filters.ts";
import { Pytree } from "./module.ts";
import { iterGraph } from "./state.ts";
import { RngCount, RngKey } from "./variable.ts";

/** A seed, or a key. */
export type Seed = number | Value;
const keyOf = (seed: Seed): Value => (typeof seed === "number" ? random.key(seed) : seed.dtype === "uint32" ? random.wrapKeyData(seed) : seed);

/** A stream of keys. Source: flax.nnx.RngStream. */
export class RngStream extends Pytree {
  tag: string;
  key: RngKey;
  count: RngCount;
  constructor(key: Seed, tag: string) {
    super();
    const k = keyOf(key);
    this.tag = tag;
    this.key = new RngKey(k, { tag });
    this.count = new RngCount(np.zeros(k.shape, { dtype: "uint32" }), { tag });
  }
  /** The next key: the stream's key with the count folded in. */
  call(): Value {
    const key = random.foldIn(this.key.value, this.count.value);
    this.count.value = this.count.value.add(np.ones(this.count.shape, { dtype: "uint32" }));
    return key;
  }
  /** A stream of its own, from the next key; with `split`, one of that many keys, for functions that are mapped over them. */
  fork(split: number | Shape | null = null): RngStream {
    const key = this.call();
    return new RngStream(split === null ? key : random.split(key, split), this.tag);
  }
}
/**
 * Streams of keys by name: `new Rngs(0)` has the stream "default", which stands in for any that is asked for; `new Rngs({ params: 0, dropout: 1 })`
 * names them. Throws StructureError where neither is there. The keys are flax's. Source: flax.nnx.Rngs.
 */
export class Rngs extends Pytree {
  streams: Record<string, RngStream>;
  constructor(first: Seed | Readonly<Record<string, Seed>> | null = null, named: Readonly<Record<string, Seed>> = {}) {
    super();
    const seeds = { ...(first === null ? {} : typeof first === "number" || first instanceof Value ? { default: first } : first), ...named };
    this.streams = Object.fromEntries(Object.entries(seeds).map(([name, seed]) => [name, new RngStream(seed, name)]));
  }
  /** The stream of a name, or the default one. */
  stream(name: string): RngStream {
    const s = this.streams[name] ?? this.streams["default"];
    if (!s)
      throw new StructureError(
        `nnx.Rngs: there is no stream "${name}" and none called "default"; the streams are ${Object.keys(this.streams).join(", ") || "none"}. Make them with new nnx.Rngs({ ${name}: 0 })`,
      );
    return s;
  }
  /** The next key of a stream. */
  call(name = "default"): Value {
    return this.stream(name).call();
  }
  /** The next key for weights. */
  params(): Value {
    return this.call("params");
  }
  /** The next key for dropout. */
  dropout(): Value {
    return this.call("dropout");
  }
  /** The next key for the first carry of a recurrent layer. */
  carry(): Value {
    return this.call("carry");
  }
  /** The same streams, each going on by itself from its next key. With a number, streams of that many keys: all of them, or those that a record names. */
  fork(split: number | Readonly<Record<string, number>> | null = null): Rngs {
    const out = new Rngs();
    for (const [name, s] of Object.entries(this.streams))
      out.streams[name] = s.fork(split === null || typeof split === "number" ? split : (split[name] ?? null));
    return out;
  }
}
/** Which streams are meant, and how they are divided. */
export interface SplitRngsOptions {
  /** How many keys each stream gets. */
  readonly splits: number;
  /** Which streams; all by default. */
  readonly only?: Filter;
}
/**
 * Gives every stream below a node as many keys as a mapped function has examples, in place. `restore` of the result puts back what was there, with
 * one key drawn. Source: flax.nnx.split_rngs.
 * @example const r = new nnx.Rngs(0); nnx.splitRngs(r, { splits: 3 }); r.streams.default!.key.shape // [3]
 */
export function splitRngs(node: unknown, options: SplitRngsOptions): { restore(): void } {
  return replaceKeys(node, options.only, (key) => random.split(key, options.splits));
}
/** Which streams are meant. */
export interface ForkRngsOptions {
  /** Which streams; all by default. */
  readonly only?: Filter;
}
/** Gives every stream below a node the next key of its own, in place; `restore` puts back what was there. Source: flax.nnx.fork_rngs.
 * @example const r = new nnx.Rngs(0); const before = nnx.forkRngs(r); before.restore(); Object.keys(r.streams) // ["default"] */
export function forkRngs(node: unknown, options: ForkRngsOptions = {}): { restore(): void } {
  return replaceKeys(node, options.only, (key) => key);
}
/** Gives each stream that is meant what a key drawn from it becomes, and counts anew. */
function replaceKeys(node: unknown, only: Filter | undefined, becomes: (key: Value) => Value): { restore(): void } {
  const wanted = toPredicate(only ?? true),
    undo: (() => void)[] = [];
  for (const [path, v] of iterGraph(node)) {
    if (!(v instanceof RngStream) || !wanted([...path, "key"], v.key)) continue;
    const key = v.call(),
      before = [v.key.value, v.count.value] as const;
    v.key.value = becomes(key);
    v.count.value = np.zeros(v.key.shape, { dtype: "uint32" });
    undo.push(() => ([v.key.value, v.count.value] = before));
  }
  return { restore: () => undo.forEach((u) => u()) };
}
/** Starts streams again from seeds: `nnx.reseed(model, { dropout: 7 })`. Throws StructureError for a name that no stream has. Source: flax.nnx.reseed.
 * @example const r = new nnx.Rngs(0); nnx.reseed(r, { default: 7 }); np.arrayEqual(random.keyData(r.call()), random.keyData(new nnx.Rngs(7).call())) // true */
export function reseed(node: unknown, seeds: Readonly<Record<string, Seed>>): void {
  const left = new Set(Object.keys(seeds));
  for (const [, v] of iterGraph(node)) {
    const seed = v instanceof RngStream ? seeds[v.tag] : undefined;
    if (!(v instanceof RngStream) || seed === undefined) continue;
    left.delete(v.tag);
    const key = keyOf(seed);
    v.key.value = v.key.shape.length ? np.broadcastTo(key, v.key.shape) : key;
    v.count.value = np.zeros(v.key.shape, { dtype: "uint32" });
  }
  if (left.size) throw new StructureError(`nnx.reseed: no stream is called ${[...left].map((n) => `"${n}"`).join(", ")}`);
}
