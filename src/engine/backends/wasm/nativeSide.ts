// What a program in WebAssembly does about its native route: it decides when to start on it, holds the words that say which kernels are called there, and is called
// by the program's code for each of them.
import type { Plan } from "../../compiler/plan/types.ts";
import { findKoffi } from "../native/koffi.ts";
import { poolAddress, poolThreads } from "../native/pool.ts";
import { NativeRoute, kernelSteps, staysInWasm } from "../native/route.ts";
import { type NativeMode, nativeMode } from "../native/settings.ts";
import type { Route } from "../device.ts";
import { heap } from "./heap.ts";

/** What a program has to have taken before anything is compiled for it. */
const WORTH_MS = 3;
/** Kernels that are predicted to take less are not worth the way there, which takes a tenth of a microsecond. */
const LEAST_MS = 0.001;
/** Who says that it wants to wait does so for a compiler, but not for ever. */
const PATIENCE_MS = 120_000;

let buffer: ArrayBufferLike | null = null;
let address = 0;
/** Where the memory of all arrays lies. */
function base(): number {
  const now = heap.memory.buffer;
  if (now !== buffer) {
    const koffi = findKoffi();
    if ("failed" in koffi) throw new Error(koffi.failed);
    address = Number(koffi.address(now));
    buffer = now;
  }
  return address;
}

export class NativeSide {
  /** Kernels that may be called natively: the program's code asks for these alone. */
  readonly kernels: ReadonlySet<number>;
  /** A word for each kernel, 1 where its native code is there. */
  readonly routes: Uint32Array;
  /** Bytes behind the arena that native kernels need. */
  scratch = 0;
  readonly #steps;
  readonly #none: Uint32Array;
  #route: NativeRoute | { readonly failed: string } | null = null;
  #spent = 0;
  /** While something is measured: nothing changes over. */
  #isSettled = false;
  #isOff = false;
  #taken = 0;
  readonly #functions: ((frame: number) => number)[] = [];
  constructor(
    plan: Plan,
    readonly mode: NativeMode,
  ) {
    this.#steps = kernelSteps(plan);
    this.kernels = new Set([...this.#steps].filter(([, s]) => s.kernel.kernel.body.length > 0 && staysInWasm(s) === null).map(([id]) => id));
    this.routes = new Uint32Array(plan.kernels.length);
    this.#none = new Uint32Array(plan.kernels.length);
  }
  /** Called by the program's code. Gives 1 where WebAssembly has to compute the kernel after all. */
  readonly call = (kernel: number, frame: number): number => {
    const gaveUp = this.#functions[kernel]!(frame);
    // What had to be computed twice once would be again.
    if (gaveUp) this.routes[kernel] = 0;
    return gaveUp;
  };
  /** The words of a run: all 0 while the configuration has been switched off since the program was loaded. */
  get words(): Uint32Array {
    return this.#isOff ? this.#none : this.routes;
  }
  /** Before a run. Gives what `end` takes. */
  begin(): number {
    this.#isOff = nativeMode() === "off";
    if (this.#isSettled || this.#isOff) return 0;
    const route = this.#route;
    if (route === null) {
      if (this.mode === "background" && this.#spent < WORTH_MS) return performance.now();
      this.#start();
      if (this.mode !== "background") this.#wait(PATIENCE_MS);
    } else if (!(route instanceof NativeRoute) || (route.isDone && this.#taken === route.ready.size)) return 0;
    this.#goOn();
    return 0;
  }
  #start(): void {
    this.#route ??= NativeRoute.start(this.#steps, this.mode === "all" ? 0 : LEAST_MS);
  }
  #wait(milliseconds: number): void {
    if (this.#route instanceof NativeRoute) this.#route.wait(milliseconds);
  }
  settle(milliseconds: number): () => void {
    this.#start();
    this.#wait(milliseconds);
    this.#goOn();
    const before = this.#isSettled;
    this.#isSettled = true;
    return () => (this.#isSettled = before);
  }
  /** What computes each kernel of the program. */
  routesOf(): Map<number, Route> {
    return new Map(
      [...this.#steps.keys()].map((id): [number, Route] => {
        const shares = this.routes[id] && this.#route instanceof NativeRoute && this.#route.ready.get(id)?.isShared;
        if (this.routes[id]) return [id, { code: "native", ...(shares && poolThreads() > 1 ? { threads: poolThreads() } : {}) }];
        const because = this.reasonOf(id);
        return [id, because === null ? { code: "wasm" } : { code: "wasm", because }];
      }),
    );
  }
  /** After a run. */
  end(began: number): void {
    if (began > 0) this.#spent += performance.now() - began;
  }
  #goOn(): void {
    const route = this.#route;
    if (!(route instanceof NativeRoute)) return;
    route.poll();
    if (this.#taken === route.ready.size) return;
    for (const [id, k] of route.ready) {
      if (this.#functions[id]) continue;
      const { call } = k;
      this.#functions[id] = (frame) => call(base(), frame, poolAddress());
      this.routes[id] = 1;
      this.scratch = Math.max(this.scratch, k.scratch);
    }
    this.#taken = route.ready.size;
  }
  /** Why a kernel is not called natively, in a sentence, where that is known. */
  reasonOf(kernel: number): string | null {
    const route = this.#route;
    if (this.routes[kernel]) return null;
    const step = this.#steps.get(kernel);
    const stays = step && staysInWasm(step);
    if (stays) return stays.text;
    if (route === null) return null;
    if (!(route instanceof NativeRoute)) return route.failed;
    if (this.#functions[kernel]) return "its values needed functions that are there in JavaScript alone";
    return route.failed ?? route.reasons.get(kernel)?.text ?? (route.isDone ? null : "it was still being compiled");
  }
  /** The C of a kernel that is called natively, else null. */
  textOf(kernel: number): string | null {
    return this.routes[kernel] && this.#route instanceof NativeRoute ? (this.#route.ready.get(kernel)?.text ?? null) : null;
  }
}
