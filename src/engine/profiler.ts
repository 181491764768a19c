// What the engine tells about itself: memory in use, traces and their causes.
export { memoryStats } from "./backends/wasm/storage.ts";
export { onLargeConstant, onRetrace } from "./transforms/jit.ts";
export { showCause, type RetraceCause, type RetraceEvent } from "./transforms/retrace.ts";
