// Random keys as optimizers take them: a key or the number that one is made from, by position or as the option `key`.
import { ArgumentError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { key as keyFrom } from "../random/index.ts";

/** Options of transformations that draw. */
export interface KeyOptions {
  /** A random key, or the number that one is made from. 0. */
  readonly key?: Value | number | null;
  /** The number that a key is made from: Optax's older name. */
  readonly seed?: number | null;
}
/** The key that the options of `who` name. ArgumentError where they name two. */
export function keyOf(who: string, { key = null, seed = null }: KeyOptions): Value {
  if (key !== null && seed !== null) throw new ArgumentError(`optim.${who}: give key or seed, not both`);
  const from = key ?? seed ?? 0;
  return typeof from === "number" ? keyFrom(from) : from;
}
