// lax: the primitives as functions, with JAX's names and strict types (no promotion beyond scalars, no broadcasting).
import { primitiveNamed } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
import type { Shape } from "../core/aval.ts";
import type { DType } from "../core/dtypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";

export {
  conv,
  convGeneralDilated,
  convGeneralDilatedLocal,
  convGeneralDilatedPatches,
  convTranspose,
  convWithGeneralPadding,
  raggedDot,
} from "./convolution.ts";
export { customLinearSolve, customRoot } from "./solvers.ts";
export {
  allGather,
  allToAll,
  axisIndex,
  axisSize,
  pbroadcast,
  pmax,
  pmean,
  pmin,
  ppermute,
  pshuffle,
  psum,
  psumScatter,
  pswapaxes,
} from "./collectives.ts";
export * as linalg from "./linalg.ts";
export { FftType, fft } from "./fft.ts";
export { padtypeToPads } from "./padding.ts";
export { approxMaxK, approxMinK, reduce, reduceWindow } from "./windows.ts";
export { associativeScan } from "./associativeScan.ts";
export { cond, foriLoop, map, scan, switch, whileLoop } from "./control.ts";
export type { ConvOptions } from "./options.ts";
export * from "./elementwise.ts";
export * from "./movement.ts";
export * from "./reductions.ts";
export { gather, indexTake, scatter, scatterAdd, scatterApply, scatterMax, scatterMin, scatterMul, scatterSub } from "./gather.ts";

/** x; the compiler moves nothing across.
 * @example lax.optimizationBarrier(np.array([1, 2])) // [1, 2] */
export const optimizationBarrier = <T>(x: T): T => {
  const list = Array.isArray(x) ? (x as Value[]) : [x as unknown as Value],
    r = bind(
      primitiveNamed("optimization_barrier"),
      list.map((v) => asArray(v)),
      {},
    );
  return (Array.isArray(x) ? r : r[0]) as T;
};
/** There is one platform here: its function, or the default one.
 * @example lax.platformDependent(np.array(1), { default: (x: Array) => x.add(1) }) // 2 */
export function platformDependent<A extends readonly unknown[], R>(...args: [...A, functions: PlatformFunctions<A, R>]): R {
  const functions = args.at(-1) as PlatformFunctions<A, R>,
    f = functions.cpu ?? functions.default;
  if (typeof f !== "function") throw new TypeError("lax.platformDependent: give a function for cpu or a default one");
  return f(...(args.slice(0, -1) as unknown as A));
}
/** A function for each platform; `default` where there is none. */
export interface PlatformFunctions<A extends readonly unknown[], R> {
  readonly [platform: string]: ((...args: A) => R) | undefined;
}
/** XLA's own generator: a state (uint32[4] or uint64[2]) → the next state and bits of `shape`.
 * @example lax.rngBitGenerator(np.array([1, 2, 3, 4], { dtype: "uint32" }), [2])[1].shape // [2] */
export function rngBitGenerator(key: Value, shape: Shape, dtype: DType = "uint32"): [Value, Value] {
  const [state, bits] = bind(primitiveNamed("rng_bit_generator"), [asArray(key)], { shape, dtype, algorithm: "RNG_DEFAULT", outSharding: null });
  return [state!, bits!];
}
/** Uniform numbers in [a, b) from a state that nobody sees: another draw each call. Use random.uniform for one that repeats.
 * @example lax.rngUniform(np.array(0), np.array(1), [2]).shape // [2] */
export const rngUniform = (a: Value, b: Value, shape: Shape): Value => bind(primitiveNamed("rng_uniform"), [asArray(a), asArray(b)], { shape })[0]!;
/** How the random bits of lax.rngBitGenerator and the precision of contractions are named. */
export const RandomAlgorithm = { RNG_DEFAULT: "RNG_DEFAULT", RNG_THREE_FRY: "RNG_THREE_FRY", RNG_PHILOX: "RNG_PHILOX" } as const;
export const Precision = { DEFAULT: "default", HIGH: "high", HIGHEST: "highest" } as const;
