// What the runner and the command line need beyond the public API: one entry point, bundled beside the engine it belongs to.
export { record, positionOf, concrete } from "./recorder.ts";
export { EXPORTERS, textReport, showTime } from "./exporters.ts";
export { parseReport, parseReportText } from "./schemaV1.ts";
export { parameterNames } from "../core/parameters.ts";
export { hideFramesOf, setSourceMapper, framePath, userFrame, type Frame, type SourceMapper } from "../core/source.ts";
export { truth } from "../core/truth.ts";
export { onJitCall, onJitCreate, onLargeConstant, onRetrace, type Jitted, type JitCall } from "../transforms/jit.ts";
export { JitLensError } from "../core/errors.ts";
export { flattenArgs } from "../transforms/args.ts";
export { showCause } from "../transforms/retrace.ts";
export { allPrimitives } from "../core/primitive.ts";
export { compile } from "../backends/programs.ts";
