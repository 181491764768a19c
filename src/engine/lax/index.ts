// lax: the primitives as functions, with JAX's names and strict types (no promotion beyond scalars, no broadcasting).
import { primitiveNamed } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
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
  type ConvOptions,
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
export { associativeScan, cond, foriLoop, map, scan, switch, whileLoop } from "./control.ts";
export * from "./elementwise.ts";
export * from "./movement.ts";
export * from "./reductions.ts";
export { gather, indexTake, scatter, scatterAdd, scatterApply, scatterMax, scatterMin, scatterMul, scatterSub } from "./gather.ts";

export const optimizationBarrier = <T>(x: T): T => {
  const list = Array.isArray(x) ? (x as Value[]) : [x as unknown as Value],
    r = bind(
      primitiveNamed("optimization_barrier"),
      list.map((v) => asArray(v)),
      {},
    );
  return (Array.isArray(x) ? r : r[0]) as T;
};
/** There is one platform here: its function, or the default one. */
export function platformDependent(...args: unknown[]): unknown {
  const o2 = args.at(-1) as Record<string, (...xs: unknown[]) => unknown>,
    f = o2.cpu ?? o2.default;
  if (typeof f !== "function") throw new TypeError("lax.platformDependent: give a function for cpu or a default one");
  return f(...args.slice(0, -1));
}
