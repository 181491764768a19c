// What the runner and the command line need beyond the public API: one entry point, bundled beside the engine it belongs to.
export { record, positionOf } from "./record/record.ts";
export { complete } from "./record/complete.ts";
export { concrete } from "./record/values.ts";
export { parameterNames, setNameMapper } from "../core/parameters.ts";
export { hideFramesOf, setSourceMapper, userFrames, framePath, userFrame, type Frame, type SourceMapper } from "../core/source.ts";
export { nearest } from "../core/signature.ts";
export { keepContext } from "../core/keep.ts";
export { truth } from "../core/truth.ts";
export { onJitCall, onJitCreate, onLargeConstant, onRetrace, setJitNamer, type Jitted, type JitCall } from "../transforms/jit.ts";
export { JitLensError } from "../core/errors.ts";
export { flattenArgs, typesOf } from "../transforms/args.ts";
export { callCost, type CallCost } from "../transforms/callCost.ts";
export { showCause } from "../transforms/retrace.ts";
export { allPrimitives } from "../core/primitive.ts";
export { compile } from "../backends/programs.ts";
export { machineCeilings } from "./record/ceilings.ts";
export { machineCosts } from "./record/calibrate.ts";
export type { CostTable } from "../compiler/cost/table.ts";
