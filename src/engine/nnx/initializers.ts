// nnx.initializers: those of nn, and flax's makers of ones and zeros.
import { type Initializer, ones, zeros } from "../nn/initializers.ts";
export * from "../nn/initializers.ts";

/** The initializer of ones. Source: flax.nnx.initializers.ones_init.
 * @example nnx.initializers.onesInit()(random.key(0), [2]) // [1, 1] */
export const onesInit = (): Initializer => ones;
/** The initializer of zeros. Source: flax.nnx.initializers.zeros_init.
 * @example nnx.initializers.zerosInit()(random.key(0), [2]) // [0, 0] */
export const zerosInit = (): Initializer => zeros;
