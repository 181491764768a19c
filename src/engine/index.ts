// JitLens's engine: a JAX in TypeScript. The transformations at the root, the modules where JAX has them.
import "./primitives/index.ts";
import "./transforms/jitPrimitive.ts";
import "./backends/wasm/backend.ts";
import "./backends/wasm/library/sorting.ts";
import "./backends/wasm/library/factorizations.ts";
import "./backends/wasm/library/eigen.ts";
import "./backends/wasm/library/fft.ts";
import "./report/stages.ts";
import "./numpy/methods.ts";

export * as numpy from "./numpy/index.ts";
export * as lax from "./lax/index.ts";
export * as nn from "./nn/index.ts";
export * as random from "./random/index.ts";
export * as scipy from "./scipy/index.ts";
export * as tree from "./tree.ts";
export * as interop from "./interop/index.ts";
export * as profiler from "./profiler.ts";

export { NDArray as Array, Value } from "./core/value.ts";
export { config } from "./core/config.ts";
export { ShapeDtypeStruct, ShapedArray } from "./core/aval.ts";
export * from "./core/errors.ts";
export { ClosedJaxpr, Jaxpr } from "./core/jaxpr.ts";
export { typecheckJaxpr } from "./core/typecheck.ts";
export { jit } from "./transforms/jit.ts";
export { grad, hessian, jacfwd, jacrev, jacrev as jacobian, jvp, linearize, valueAndGrad, vjp } from "./transforms/autodiff.ts";
export { checkingLeaks } from "./transforms/leaks.ts";
export { vmap } from "./transforms/vectorize.ts";
export { evalShape, makeJaxpr } from "./transforms/inspect.ts";
export { customJvp, customVjp } from "./transforms/custom.ts";
export { checkpoint, checkpoint as remat, checkpointName, checkpointPolicies } from "./transforms/checkpoint.ts";
export { closureConvert, customGradient, ensureCompileTimeEval, fwdAndBwd, linearTranspose, namedCall } from "./transforms/functional.ts";
export * as customBatching from "./transforms/customBatching.ts";
export { ioCallback, pureCallback } from "./callbacks.ts";
export * as debug from "./debug.ts";
export { devicePut, jaxprAsFun, namedScope, shapeDtypeStruct } from "./api.ts";
export * as internals from "./report/tools.ts";
