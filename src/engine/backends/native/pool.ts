// The threads that native kernels share their loops among: one pool of a process, compiled like a kernel and called like one.
import { builtin } from "../../core/host.ts";
import type { Compiler } from "./compiler.ts";
import { type Koffi, type PoolFunction, loadPool } from "./koffi.ts";
import { POOL_SOURCE } from "./poolSource.ts";
import { nativeThreads } from "./settings.ts";
import type { Toolchain } from "./toolchain.ts";

/** Null until it is asked for; where it cannot be had, kernels run in one thread. */
let pool: PoolFunction | "under way" | "missing" | null = null;
let threads = 1;
let address = 0;

/** Makes the pool. Calls `done`, now or later, when it is there or cannot be. */
export function startPool(compiler: Compiler, koffi: Koffi, t: Toolchain, done: () => void): void {
  if (pool !== null || threadsWanted() < 2) return done();
  const take = (made: { readonly library: string } | { readonly failed: string }): void => {
    try {
      pool = "failed" in made ? "missing" : loadPool(koffi, made.library);
    } catch {
      pool = "missing";
    }
    done();
  };
  pool = "under way";
  const made = compiler.library(POOL_SOURCE, t, take);
  if (made) take(made);
}
/** The address that kernels call it by, or 0 where one thread computes. */
export function poolAddress(): number {
  if (typeof pool !== "function") return 0;
  const wanted = threadsWanted();
  if (wanted !== threads) {
    address = wanted > 1 ? Number(pool(wanted)) : 0;
    threads = wanted;
  }
  return address;
}
/** How many threads kernels are shared among now. */
export const poolThreads = (): number => (poolAddress() === 0 ? 1 : threads);
/** The system's processors, asked once. */
let processors = 0;
function threadsWanted(): number {
  const wanted = nativeThreads();
  if (wanted > 0) return Math.min(wanted, MOST);
  processors ||= (builtin("os") as { availableParallelism?(): number; cpus(): unknown[] } | undefined)?.availableParallelism?.() ?? 1;
  return Math.min(processors, MOST_UNASKED);
}
const MOST = 64;
/** Waking many for a loop takes longer than the loop: more were not tried. */
const MOST_UNASKED = 8;
