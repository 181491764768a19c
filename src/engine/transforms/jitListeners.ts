// Who is told of jit functions: of their making, their calls, their traces, and constants that weigh much.
import type { Frame } from "../core/source.ts";
import type { Jitted } from "./jit.ts";
import type { RetraceEvent } from "./retrace.ts";

export const createListeners = new Set<(j: Jitted) => void>();
/** Tells of every function that is made by `jit`, also of those that are never called. */
export function onJitCreate(listener: (j: Jitted) => void): () => void {
  createListeners.add(listener);
  return () => createListeners.delete(listener);
}
/** A call that a listener may want to look at: the profiler's way in. */

export interface JitCall {
  readonly fn: Jitted;
  readonly self: unknown;
  readonly args: readonly unknown[];
}
/** Called before a call; what it gives is called when that ends, with its result: undefined where it ended by an error. */
type CallListener = (call: JitCall) => void | ((result: unknown) => void);
export const callListeners = new Set<CallListener>();
/** Calls `listener` at every call of a jit function; what it gives is called at the end of the call. Gives a function that ends it. */
export function onJitCall(listener: CallListener): () => void {
  callListeners.add(listener);
  return () => callListeners.delete(listener);
}
/** What `run` gives, whose calls no listener hears: measuring calls functions as the person's program does, with nobody beside it. */
export function unheard<R>(run: () => R): R {
  const listeners = [...callListeners];
  callListeners.clear();
  try {
    return run();
  } finally {
    for (const l of listeners) callListeners.add(l);
  }
}
export const traceListeners = new Set<(e: RetraceEvent) => void>();
/** Calls `listener` for every trace of a jit function, with its causes. Gives a function that ends it.
 * @example let traces = 0; const end = profiler.onRetrace(() => traces++), f = jit((x: Array) => x.add(1)); f(np.ones([2])); f(np.ones([2]));
 * f(np.ones([3])); end(); traces // 2 */
export function onRetrace(listener: (e: RetraceEvent) => void): () => void {
  traceListeners.add(listener);
  return () => traceListeners.delete(listener);
}
/** Constants that were baked into a program and are larger than `config.largeConstantBytes`. */
export interface LargeConstant {
  readonly function: string;
  readonly type: string;
  readonly bytes: number;
  readonly frame: Frame | undefined;
}
export const constantListeners = new Set<(c: LargeConstant) => void>();
/** Calls `listener` for every array above `config.largeConstantBytes` that a jit function closes over: it becomes a constant of the program. Gives a function that ends it.
 * @example const large: string[] = [], end = profiler.onLargeConstant((c) => large.push(c.type)), x = np.ones([1000, 1000]);
 * jit((y: Array) => y.add(x.sum()))(np.array(1)); end(); large // ["f32[1000,1000]"] */
export function onLargeConstant(listener: (c: LargeConstant) => void): () => void {
  constantListeners.add(listener);
  return () => constantListeners.delete(listener);
}
/** A name for a function that has none, by where `jit` was called; null where it is not known. */

export type JitNamer = (frames: readonly Frame[]) => string | null;
export let namer: JitNamer = () => null;
/** Installs what knows the names of jit functions: `const f = jit((x) => …)` is `f` to people, though JavaScript gives the function no name. */
export const setJitNamer = (n: JitNamer): void => void (namer = n);
