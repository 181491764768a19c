// JitLens's engine: a JAX in TypeScript. The transformations at the root, the modules where JAX has them.
import "./primitives/index.ts";
import "./transforms/jitPrimitive.ts";
import "./transforms/calls.ts";
import "./backends/programs.ts";
import "./backends/library/index.ts";
import "./report/stages.ts";
import "./numpy/methods.ts";
import * as numpyModule from "./numpy/index.ts";
import * as laxModule from "./lax/index.ts";
import * as nnModule from "./nn/index.ts";
import * as randomModule from "./random/index.ts";
import * as scipyModule from "./scipy/index.ts";
import * as opsModule from "./ops.ts";
import * as imageModule from "./image.ts";
import * as treeModule from "./tree.ts";
import * as flattenUtilModule from "./flattenUtil.ts";
import * as testUtilModule from "./testUtil.ts";
import * as customBatchingModule from "./customBatching.ts";
import * as refModule from "./ref.ts";
import * as debugModule from "./debug.ts";
import * as experimentalModule from "./experimental/index.ts";
import * as exportModule from "./exporting.ts";
import { Array as AnyArray } from "./core/value.ts";
import { IndexUpdate } from "./numpy/indexing.ts";
import { checkMethods, checkedModule } from "./public.ts";

checkMethods("Array", AnyArray.prototype);
checkMethods("IndexUpdate", IndexUpdate.prototype);

export { checkify, checkpoint, data, nnx, optim, rl } from "./namespaces.ts";
export * as interop from "./interop/index.ts";
export * as core from "./extend.ts";
export * as profiler from "./profiler.ts";

import "./core/subscripts.ts";
export { Array, Value } from "./core/value.ts";
export type { AnyFunction, ArrayArgs, ArrayLike, Arrays, Leaf, Loose, LooseArgs } from "./core/treeTypes.ts";
export type { IndexUpdate } from "./numpy/indexing.ts";
export type { GradientTransformation, OptState, ScalarOrSchedule, Schedule } from "./optim/base.ts";
export { version } from "./version.ts";
export { config } from "./core/config.ts";
export { clearCaches } from "./core/caches.ts";
export { ShapeDtypeStruct, ShapedArray } from "./core/aval.ts";
export * from "./core/errors.ts";
export { ClosedJaxpr, Jaxpr } from "./core/jaxpr.ts";
export { typecheckJaxpr } from "./core/typecheck.ts";
export { jit } from "./transforms/jit.ts";
export { grad, jvp, linearize, valueAndGrad, vjp } from "./transforms/autodiff.ts";
export { hessian, jacfwd, jacrev, jacrev as jacobian } from "./transforms/jacobians.ts";
export { checkingLeaks, checkingLeaks as checkTracerLeaks } from "./transforms/leaks.ts";
export { vmap } from "./transforms/vectorize.ts";
export { evalShape, makeJaxpr } from "./transforms/inspect.ts";
export { customJvp } from "./transforms/custom.ts";
export { customVjp } from "./transforms/customVjp.ts";
export { checkpoint as remat, checkpointName, checkpointPolicies, type CheckpointPolicy } from "./transforms/checkpoint.ts";
export { closureConvert, customGradient, ensureCompileTimeEval, fwdAndBwd, linearTranspose, namedCall } from "./transforms/functional.ts";
export { ioCallback, pureCallback } from "./callbacks.ts";
export * from "./contexts.ts";
export { liveArrays, type LiveArraysOptions } from "./live.ts";
export * from "./devices.ts";
export { jaxprAsFun, namedScope, shapeDtypeStruct, typeOf, typeOf as typeof } from "./api.ts";
export * as internals from "./report/tools.ts";

// The modules, with every call checked against its signature: a misspelt option or an argument too many is refused by name.
/** NumPy's functions, as jax.numpy has them; usually imported as np. */
export const numpy = checkedModule("numpy", numpyModule);
/** The primitives and control flow: what numpy is made of, with fewer conveniences. */
export const lax = checkedModule("lax", laxModule);
/** Neural networks' functions: activations, softmax, attention, initializers. */
export const nn = checkedModule("nn", nnModule);
/** Random numbers from explicit keys: the same key gives the same numbers. */
export const random = checkedModule("random", randomModule);
/** SciPy's functions: linalg, special, stats, signal, fft, ndimage, cluster, integrate. */
export const scipy = checkedModule("scipy", scipyModule);
/** Sums, products, maxima and minima of segments. */
export const ops = checkedModule("ops", opsModule);
/** Images: resizing, scaling and translating. */
export const image = checkedModule("image", imageModule);
/** Pytrees: containers of arrays. */
export const tree = checkedModule("tree", treeModule);
/** Pytrees as vectors. */
export const flattenUtil = checkedModule("flattenUtil", flattenUtilModule);
/** Derivatives held against finite differences. */
export const testUtil = checkedModule("testUtil", testUtilModule);
/** Functions with a vectorization of their own. */
export const customBatching = checkedModule("customBatching", customBatchingModule);
/** Mutable references to arrays. */
export const ref = checkedModule("ref", refModule);
export { Ref, freeze, newRef } from "./ref.ts";
/** What JAX keeps under jax.experimental: differential equations, `experimental.ode.odeint`. */
export const experimental = checkedModule("experimental", experimentalModule);
/** Looking into programs while they run. */
export const debug = checkedModule("debug", debugModule);
/** Traced functions as bytes, and back: `export.export(jit(f))(...args).serialize()`. */
const exporting = checkedModule("export", exportModule);
export { exporting as export };
