// What the engine tells about itself: memory in use, traces and their causes.
import { defaultDevice } from "./backends/devices.ts";
import type { MemoryStats } from "./backends/device.ts";

/** Bytes of arrays in the default device's memory, and its highest level so far. `device.memoryStats()` tells of another device.
 * @example profiler.memoryStats().bytesInUse >= 0 // true */
export const memoryStats = (): MemoryStats => defaultDevice().memoryStats();
export { onLargeConstant, onRetrace } from "./transforms/jitListeners.ts";
export { showCause, type RetraceCause, type RetraceEvent } from "./transforms/retrace.ts";
