// The native route of one program: which of its kernels the processor's own code computes. A program starts in WebAssembly; once it has taken enough time to be
// worth it, its dearest kernels are written as C, compiled beside it, and called as soon as they are there.
import { kernelCost } from "../../compiler/cost/kernelCost.ts";
import { ORDINARY } from "../../compiler/cost/table.ts";
import { trafficOf } from "../../compiler/cost/traffic.ts";
import { type CKernel, emitC, neededFunction } from "../../compiler/c/kernel.ts";
import { buildGroup } from "../../compiler/kernel/buildGroup.ts";
import { scheduleKernel } from "../../compiler/kernel/schedule.ts";
import { type KernelStep, type Plan, type Step, samePlace } from "../../compiler/plan/types.ts";
import { WASM } from "../../compiler/target.ts";
import { type Sentence, sentence } from "../../core/sentence.ts";
import { itemsize } from "../../core/dtypes.ts";
import { Compiler, targetOf } from "./compiler.ts";
import { type Koffi, type NativeFunction, findKoffi, loadKernel } from "./koffi.ts";
import { startPool } from "./pool.ts";
import type { Toolchain } from "./toolchain.ts";

/** Sources that are with the compiler at a time. */
const AT_A_TIME = 3;
/** What has become of this process's kernels: how many were made, and why a compiler or its library failed on others. For runs that have to be native. */
export const nativeTally: { made: number; readonly failures: string[] } = { made: 0, failures: [] };

export interface NativeKernel {
  readonly call: NativeFunction;
  /** Its C. */
  readonly text: string;
  /** Bytes that it needs behind the arena. */
  readonly scratch: number;
  /** Whether threads share its loops. */
  readonly isShared: boolean;
}
/** Why a kernel stays in WebAssembly whatever happens, or null. */
export function staysInWasm(step: KernelStep): Sentence | null {
  const { kernel } = step.kernel;
  const fn = neededFunction(kernel);
  if (fn !== null) return sentence("it calls {0}, which is there in JavaScript alone", fn);
  return null;
}
/** The steps that have a kernel, those inside loops and branches too, by the kernel's number. */
export function kernelSteps(plan: Plan): Map<number, KernelStep> {
  const found = new Map<number, KernelStep>();
  const walk = (steps: readonly Step[]): void => {
    for (const s of steps) {
      if (s.kind === "kernel") found.set(s.kernel.id, s);
      else if (s.kind === "while") for (const part of [s.cond, s.body]) walk(part);
      else if (s.kind === "case") s.branches.forEach(walk);
    }
  };
  walk(plan.steps);
  return found;
}

export class NativeRoute {
  /** What is called, by kernel. */
  readonly ready = new Map<number, NativeKernel>();
  /** Why the others are not, where that is known. */
  readonly reasons = new Map<number, Sentence>();
  readonly #compiler: Compiler;
  readonly #koffi: Koffi;
  /** Steps whose source has not been written yet, the dearest last. */
  #left: KernelStep[] | null = null;
  #pending = 0;
  private constructor(
    readonly steps: ReadonlyMap<number, KernelStep>,
    readonly leastMs: number,
    compiler: Compiler,
    koffi: Koffi,
  ) {
    this.#compiler = compiler;
    this.#koffi = koffi;
  }
  /**
   * Starts on a program. Gives the reason, in a sentence, where there is no way.
   * @param leastMs kernels that are predicted to take less stay in WebAssembly
   */
  static start(steps: ReadonlyMap<number, KernelStep>, leastMs: number): NativeRoute | { readonly failed: string } {
    const koffi = findKoffi();
    if ("failed" in koffi) return koffi;
    const compiler = Compiler.get();
    return "failed" in compiler ? compiler : new NativeRoute(steps, leastMs, compiler, koffi);
  }
  /** Why nothing is compiled, once that is known. */
  failed: string | null = null;
  get isDone(): boolean {
    return this.failed !== null || (this.#left?.length === 0 && this.#pending === 0);
  }
  /** Goes on with what there is to do. Costs a load of memory where that is nothing. */
  poll(): void {
    if (this.isDone) return;
    this.#compiler.poll();
    const toolchain = this.#compiler.toolchain();
    if (!toolchain) return;
    if ("failed" in toolchain) {
      this.failed = toolchain.failed;
      return;
    }
    if (!this.#left) {
      this.#left = this.#worthwhile();
      this.#pending++;
      startPool(this.#compiler, this.#koffi, toolchain, () => this.#pending--);
    }
    for (let next = this.#pending < AT_A_TIME ? this.#left.pop() : undefined; next; next = this.#pending < AT_A_TIME ? this.#left.pop() : undefined)
      this.#compile(next, toolchain);
  }
  /** Waits until all kernels are there, or the time is over. */
  wait(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    for (this.poll(); !this.isDone && performance.now() < end; this.poll()) this.#compiler.sleep(Math.max(1, end - performance.now()));
  }
  #worthwhile(): KernelStep[] {
    const dear: { step: KernelStep; ms: number }[] = [];
    for (const [id, step] of this.steps) {
      const why = staysInWasm(step);
      if (why) {
        this.reasons.set(id, why);
        continue;
      }
      const schedule = scheduleKernel(step.kernel.kernel, WASM);
      const { ms } = kernelCost(schedule, trafficOf(step.kernel, schedule), ORDINARY);
      if (ms < this.leastMs) this.reasons.set(id, sentence("it is too short to be worth the call"));
      else dear.push({ step, ms });
    }
    return dear.sort((a, b) => a.ms - b.ms).map((d) => d.step);
  }
  #compile(step: KernelStep, t: Toolchain): void {
    const { id } = step.kernel;
    const fail = (why: string): void => {
      nativeTally.failures.push(why);
      this.reasons.set(id, sentence("the C compiler failed: {0}", why));
    };
    try {
      const code = sourceOf(step, t);
      if (code.mayFail && overwrites(step)) {
        this.reasons.set(id, sentence("it writes over what it reads, and might have to be computed again"));
        return;
      }
      const take = (made: { readonly library: string } | { readonly failed: string }): void => {
        if ("failed" in made) return fail(made.failed);
        try {
          this.ready.set(id, { call: loadKernel(this.#koffi, made.library), text: code.text, scratch: code.scratch, isShared: code.isShared });
          nativeTally.made++;
        } catch (e) {
          fail(e instanceof Error ? e.message : String(e));
        }
      };
      const made = this.#compiler.library(code.source, t, (later) => {
        this.#pending--;
        take(later);
      });
      if (made) take(made);
      else this.#pending++;
    } catch (e) {
      // A kernel that cannot be written as C is one of WebAssembly's.
      fail(e instanceof Error ? e.message : String(e));
    }
  }
}
/** Whether a result lies where an operand does. */
function overwrites({ kernel, places }: KernelStep): boolean {
  const { buffers } = kernel.kernel;
  return buffers.some((b, i) => b.role === "out" && buffers.some((o, j) => j !== i && o.role === "in" && samePlace(places[i]!, places[j]!)));
}
/** A kernel as C. Products are built anew, with a tile that fits the processor's registers; what they pack lies behind the arena. */
function sourceOf(step: KernelStep, t: Toolchain): CKernel {
  const { kernel, group } = step.kernel;
  const target = targetOf(t);
  const { width } = t;
  const end = `at[${kernel.buffers.length}]`;
  // Where it writes over what it reads, turns of its loops wait for one another.
  if (group.kind !== "matmul")
    return emitC(kernel, { target, width, offsets: kernel.buffers.map((_b, i) => `at[${i}]`), behind: overwrites(step) ? null : end });
  const built = buildGroup([...group.nodes], group, step.updates !== null, target);
  let scratch = 0;
  const offsets = built.nodes.map((n, i) => {
    if (n) {
      const at = step.values.indexOf(n);
      if (at < 0) throw new Error(`the value of ${n.op} has no place`);
      return `at[${at}]`;
    }
    const { size, dtype } = built.kernel.buffers[i]!;
    const here = scratch;
    scratch += Math.ceil((size * itemsize(dtype)) / target.alignment) * target.alignment;
    return `${end} + ${here}u`;
  });
  const code = emitC(built.kernel, { target, width, offsets, behind: overwrites(step) ? null : `${end} + ${scratch}u` });
  return { ...code, scratch: scratch + code.scratch };
}
