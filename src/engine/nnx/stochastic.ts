// Dropout.
import { StructureError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";
import { Module } from "./module.ts";
import { RngStream, Rngs } from "./rngs.ts";

/** Where random numbers come from: streams, a stream, or a key. */
export type RngSource = Rngs | RngStream | Value;
/** The next key of a source. */
export function keyFrom(source: RngSource, name: string): Value {
  if (source instanceof Rngs) return source.call(name);
  return source instanceof RngStream ? source.call() : source;
}
/** A stream of its own for a layer, from streams. */
export const forked = (source: Rngs | RngStream | null | undefined, name: string): RngStream | null =>
  source ? (source instanceof Rngs ? source.stream(name) : source).fork() : null;

/** Options of Dropout. */
export interface DropoutOptions {
  /** Axes along which all elements are dropped together. */
  readonly broadcastDims?: readonly number[];
  /** Drops nothing. Default false. */
  readonly deterministic?: boolean;
  /** The stream that keys come from. Default "dropout". */
  readonly rngCollection?: string;
  /** Where the keys come from; without it, each call needs its own. */
  readonly rngs?: Rngs | RngStream | null;
}
/** How Dropout is called. */
export interface DropoutCallOptions {
  /** Drops nothing. */
  readonly deterministic?: boolean;
  /** Where this call's key comes from. */
  readonly rngs?: RngSource | null;
}
/** Sets a share `rate` of the elements to zero and divides the others by 1 − rate. Source: flax.nnx.Dropout. */
export class Dropout extends Module {
  deterministic: boolean;
  readonly broadcastDims: readonly number[];
  readonly rngCollection: string;
  rngs: RngStream | null;
  constructor(
    readonly rate: number,
    options: DropoutOptions = {},
  ) {
    super();
    this.deterministic = options.deterministic ?? false;
    this.broadcastDims = options.broadcastDims ?? [];
    this.rngCollection = options.rngCollection ?? "dropout";
    this.rngs = forked(options.rngs, this.rngCollection);
  }
  /** The input with elements dropped. Throws StructureError where there is no key. */
  call(inputs: ArrayLike, options: DropoutCallOptions = {}): Value {
    const x = asArray(inputs, "nnx.Dropout");
    if (this.rate === 0 || (options.deterministic ?? this.deterministic)) return x;
    if (this.rate === 1) return np.zerosLike(x);
    const source = options.rngs ?? this.rngs;
    if (!source)
      throw new StructureError(
        "nnx.Dropout: there is no stream of random numbers; give { rngs } to the constructor or the call, or call model.eval()",
      );
    const keep = 1 - this.rate,
      shape = x.shape.map((n, i) => (this.broadcastDims.some((d) => (d < 0 ? d + x.ndim : d) === i) ? 1 : n)),
      mask = np.broadcastTo(random.bernoulli(keyFrom(source, this.rngCollection), keep, shape), x.shape);
    return np.where(mask, x.div(keep), 0);
  }
}
