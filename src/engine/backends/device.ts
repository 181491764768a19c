// The one interface between the engine and what runs its programs. The evaluator, jit, the recorder and the ahead-of-time chain know this and
// nothing else of a device; docs/DEVICES.md says how to add one.
import type { DeviceInfo } from "../core/device.ts";
import type { NDArray, Storage } from "../core/value.ts";
import type { Compilation } from "../compiler/compile.ts";
import type { Target } from "../compiler/target.ts";

/**
 * Called around kernels while profiling: k ≥ 0 when kernel k of the plan starts, −1 − k when it ends. Numbers beyond the plan's kernels are its copies
 * (`timedCopies`). A device with a clock of its own calls it after the run, in the order of what happened, and says when that was (`performance.now()`).
 * What it gives at the start of a kernel that may be repeated (`Loaded.repeatable`) is how often that is run before its end is told: kernels that are as
 * short as a reading of the clock are timed many at a time. Nothing means once.
 */
export type Timer = (k: number, at?: number) => number | void;

/** What a kernel was turned into, as text that a person can read. */
export interface KernelCode {
  readonly language: string;
  readonly text: string;
  /** Work groups, and threads of each, where there is a grid. */
  readonly launch?: { readonly grid: readonly number[]; readonly block: readonly number[] };
}
/** What computes a kernel where the processor's own code could as well as WebAssembly; `because`: why it does not. */
export interface Route {
  readonly code: "native" | "wasm";
  readonly because?: string;
  /** How many threads share its loops, if more than one. */
  readonly threads?: number;
}
/** A program on a device: compiled, with its constants in the device's memory. */
export interface Loaded {
  /** By kernel of the plan, where the device's code has a text. */
  readonly code: ReadonlyMap<number, KernelCode>;
  /** Size of the generated code; 0 where a device generates none. */
  readonly bytes: number;
  /**
   * Runs the program on arrays that the device may move to itself, and gives the memory of each result. Arrays that are committed to another
   * device never come here: the caller refuses them.
   * @param given by argument: whether a result may have its memory, and be that memory. What the plan takes and was not given, or is somewhere else too, is copied.
   */
  run(args: readonly NDArray[], timer?: Timer, given?: readonly boolean[]): Storage[];
  /** Calls the timer as a program of many kernels that do nothing would: what it measures is its own cost. */
  idle?(timer: Timer): void;
  /**
   * Lets code that is still being made arrive, for so many milliseconds at the most. What computes each kernel then stays the same until the function that
   * it gives is called.
   */
  settle?(milliseconds: number): () => void;
  /** What computes each kernel, by number; null where there is no choice, or it was not wanted. */
  routes?(): ReadonlyMap<number, Route> | null;
  /** Waits until what was run is done, on devices that compute beside this thread. */
  finish?(): void;
  /** Kernels of the plan that another device computes, with the reason: the CPU, where a GPU has no kernel. */
  readonly onHost?: ReadonlyMap<number, string>;
  /** Kernels of the plan that may be run several times in a row, where the timer asks for it. */
  readonly repeatable?: ReadonlySet<number>;
  /** Whether a number that the timer is called with is a copy's, and not a kernel's. */
  isCopy?(k: number): boolean;
}
/** Runs a program and waits until it is done: what is to be timed as a whole. */
export function runToEnd(loaded: Loaded, args: readonly NDArray[], timer?: Timer, given?: readonly boolean[]): Storage[] {
  const outs = loaded.run(args, timer, given);
  loaded.finish?.();
  return outs;
}
/** What a device needs of a program: its graph as traced, and a plan where it runs plans. */
export type Loadable = Pick<Compilation, "traced" | "plan">;
export interface MemoryStats {
  readonly bytesInUse: number;
  readonly peakBytesInUse: number;
  readonly liveBuffers: number;
}
export interface Device extends DeviceInfo {
  /** Memory for an array, its elements unset. Throws OutOfMemoryError. */
  allocate(bytes: number): Storage;
  write(to: Storage, bytes: Uint8Array): void;
  /** The bytes, copied. Every device can do this. */
  read(from: Storage): Promise<Uint8Array>;
  /** The bytes at once, for devices that can; a view that is valid until the device runs again. */
  readSync?(from: Storage): Uint8Array;
  /** What plans are made for, where the device runs plans; null where it runs the graph. */
  readonly target: Target | null;
  load(program: Loadable): Loaded;
  /** A function of the mathematics library called so often in a row, as kernels call it, where they do: for measuring what that takes. */
  caller?(name: string, args: number): (times: number) => void;
  /** What runs the kernels and what it can, where that is not this machine's processor. */
  readonly adapter?: () => { readonly name: string; readonly limits: Readonly<Record<string, number>> };
  /** Why the device is not on this machine, in words, or null: devices that not every machine has. */
  readonly missing?: () => string | null;
  /** Opens what cannot be opened while a thread waits; `missing` tells how that ended. */
  readonly open?: () => Promise<void>;
  memoryStats(): MemoryStats;
}
