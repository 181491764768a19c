// jax.live_arrays: arrays that are there, and not deleted.
import { NDArray, watchArrays } from "./core/value.ts";
import { deviceNamed } from "./backends/devices.ts";

/** Options of `liveArrays`. */
export interface LiveArraysOptions {
  /** Whether to stop looking after this call. */
  readonly stop?: boolean;
}
let known: Set<WeakRef<NDArray>> | null = null;
let most = 0;
function sweep(): NDArray[] {
  const there: NDArray[] = [];
  for (const ref of known!) {
    const a = ref.deref();
    if (a && !a.isDeleted) there.push(a);
    else known!.delete(ref);
  }
  // Twice as many may come before it is looked through again: each is looked at a bounded number of times.
  most = Math.max(1024, 2 * known!.size);
  return there;
}
/**
 * The arrays that are there and not deleted, the oldest first, to find what a program keeps: of all platforms or of one ("cpu", "webgpu"). Arrays of JavaScript's
 * memory that no program has used yet count to the default device.
 *
 * Nothing is remembered of arrays before the first call, so that programs which never ask pay nothing: **call it once where the program begins**; that call gives
 * an empty list. From then on each new array costs about a microsecond, and JavaScript keeps it until the running task ends: a loop that looks for a leak should
 * `await` now and then. `liveArrays(null, { stop: true })` ends the looking. Throws TypeError for a platform that is not here.
 * @example (liveArrays(), [np.ones([2]), liveArrays(null, { stop: true }).length > 0][1]) // true
 */
export function liveArrays(platform: string | null = null, options: LiveArraysOptions = {}): NDArray[] {
  if (platform !== null) deviceNamed(platform, "liveArrays");
  if (!known) {
    known = new Set();
    watchArrays((a) => {
      known!.add(new WeakRef(a));
      if (known!.size > most) sweep();
    });
  }
  const there = sweep();
  if (options.stop) {
    watchArrays(null);
    known = null;
  }
  return platform === null ? there : there.filter((a) => a.device.platform === platform);
}
