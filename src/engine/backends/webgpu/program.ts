// A plan as what the GPU's thread carries out: every kernel's shaders, made once for each text; and what runs on the CPU instead, with the reason.
import { sizeOf } from "../../core/aval.ts";
import type { Kernel } from "../../compiler/kernel/ir.ts";
import { scheduleKernel } from "../../compiler/kernel/schedule.ts";
import { kernelText } from "../../compiler/kernel/text.ts";
import { timedCopies } from "../../compiler/plan/copies.ts";
import type { CaseStep, CopyStep, LibraryStep, Place, Plan, Step, WhileStep } from "../../compiler/plan/types.ts";
import type { Target } from "../../compiler/target.ts";
import { type EmittedPhase, emitKernel } from "../../compiler/wgsl/kernel.ts";
import type { Slot, Table } from "../../compiler/wgsl/memory.ts";
import { ROUTINES } from "../../compiler/wgsl/routines/index.ts";
import { tooLong, whyNot } from "../../compiler/wgsl/supports.ts";
import { turnsOf } from "../../graph/turns.ts";
import type { KernelCode } from "../device.ts";
import { HostStep } from "./hostStep.ts";
import type { Pipelines } from "./pipelines.ts";

/** What a binding takes: a slot of the program (tables stand after its constants), or memory of a run. */
export type Held = Exclude<Slot, Table>;
/** Dispatches of one kernel or copy, with the slots that each binding takes. */
export interface Launch {
  readonly kind: "launch";
  /** The kernel's number, or that of a copy that is timed; −1: it is not. */
  readonly mark: number;
  readonly parts: readonly { readonly pipeline: number; readonly slots: readonly Held[]; readonly x: number; readonly y: number }[];
}
export interface Loop {
  readonly kind: "while";
  readonly step: WhileStep;
  /** How often it turns, where that is known beforehand: then nobody asks. */
  readonly turns: number | null;
  readonly cond: readonly Action[];
  readonly body: readonly Action[];
}
export interface Choice {
  readonly kind: "case";
  readonly step: CaseStep;
  readonly branches: readonly (readonly Action[])[];
}
export type Action = Launch | Loop | Choice | HostStep;

export class GpuProgram {
  readonly actions: readonly Action[];
  readonly code = new Map<number, KernelCode>();
  /** Kernels that the CPU computes, with the reason. */
  readonly onHost = new Map<number, string>();
  bytes = 0;
  /** Bytes of the memory for parts of sums. */
  partials = 0;
  readonly tables: Table[] = [];
  readonly #tables = new Map<string, number>();
  readonly #copies: ReadonlyMap<CopyStep, number>;
  constructor(
    readonly plan: Plan,
    readonly target: Target,
    readonly pipelines: Pipelines,
  ) {
    this.#copies = timedCopies(plan);
    this.actions = this.#actions(plan.steps);
  }
  #actions(steps: readonly Step[]): Action[] {
    return steps.flatMap((s): Action[] => {
      switch (s.kind) {
        case "kernel":
          return this.#kernel(s);
        case "library":
          return this.#routine(s);
        case "callback":
          return [this.#host(s, "it calls JavaScript")];
        case "copy":
          return s.bytes > 0 ? [this.#launch(copyKernel(s.bytes), [s.to, s.from], this.#copies.get(s) ?? -1)] : [];
        case "while":
          return [{ kind: "while", step: s, turns: turnsOf(s.node), cond: this.#actions(s.cond), body: this.#actions(s.body) }];
        case "case":
          return [{ kind: "case", step: s, branches: s.branches.map((b) => this.#actions(b)) }];
        default:
          return s satisfies never;
      }
    });
  }
  #kernel(s: Step & { readonly kind: "kernel" }): Action[] {
    const { kernel, id } = s.kernel;
    if (kernel.body.length === 0) return [];
    const reason = whyNot(kernel, this.target) ?? this.pipelines.tooMany(s.places) ?? tooLong(scheduleKernel(kernel, this.target));
    if (reason !== null) return [this.#host(s, reason)];
    return [this.#launch(kernel, s.places, id)];
  }
  #routine(s: LibraryStep): Action[] {
    const { name } = s.node.attrs;
    const routine = Object.hasOwn(ROUTINES, name) ? ROUTINES[name] : undefined;
    const { maxStorageBufferBindingSize = 2 ** 27 } = this.pipelines.line.adapter.limits;
    const call = { node: s.node, ins: s.ins, outs: s.outs, group: this.target.parallelism.group, most: maxStorageBufferBindingSize };
    const phases = s.node.types.every((t) => sizeOf(t.shape) === 0)
      ? []
      : !routine
        ? `${name} is a routine of the library`
        : (this.pipelines.tooMany([...s.ins, ...s.outs], 2) ?? routine(call));
    if (typeof phases === "string") return [this.#host(s, phases)];
    return [this.#launched(phases, s.kernel.id, () => `;; ${name}`)];
  }
  /** The slot of a table; those of one key are one. */
  #table(t: Table): number {
    let slot = this.#tables.get(t.key);
    if (slot === undefined) {
      const { params, outs, constants } = this.plan;
      slot = params.length + outs.length + constants.length + this.#tables.size;
      this.#tables.set(t.key, slot);
      this.tables.push(t);
    }
    return slot;
  }
  #host(s: Step & { readonly kind: "kernel" | "library" | "callback" }, reason: string): HostStep {
    this.onHost.set(s.kernel.id, reason);
    return new HostStep(s);
  }
  #launch(kernel: Kernel, places: readonly Place[], mark: number): Launch {
    const phases = emitKernel(scheduleKernel(kernel, this.target), places, this.target);
    return this.#launched(phases, mark, () => `;; ${kernelText(kernel, this.target).replaceAll("\n", "\n;; ")}`);
  }
  /** @param above the kernel as a text, which stands before its shaders */
  #launched(phases: readonly EmittedPhase[], mark: number, above: () => string): Launch {
    for (const p of phases) {
      this.bytes += p.code.length;
      this.partials = Math.max(this.partials, p.partials);
    }
    if (mark >= 0 && mark < this.plan.kernels.length) this.code.set(mark, codeOf(phases, this.target, above));
    return {
      kind: "launch",
      mark,
      parts: phases.map((p) => ({
        pipeline: this.pipelines.of(p),
        slots: p.bindings.map(({ slot }) => (typeof slot === "object" ? this.#table(slot) : slot)),
        x: p.groups[0],
        y: p.groups[1],
      })),
    };
  }
}
const copyKernel = (bytes: number): Kernel => ({
  name: "copy",
  buffers: [
    { name: "to", dtype: "uint32", size: Math.ceil(bytes / 4), role: "out" },
    { name: "from", dtype: "uint32", size: Math.ceil(bytes / 4), role: "in" },
  ],
  body: [{ kind: "copy", to: 0, from: 1, bytes }],
});
/** The texts of a kernel's shaders, each once; the loop nest stands before them, as a comment. */
const codeOf = (phases: readonly EmittedPhase[], target: Target, above: () => string): KernelCode => ({
  language: "wgsl",
  // Of several phases the largest.
  launch: { grid: [...(phases.map((p) => p.groups).sort((a, b) => b[0] * b[1] - a[0] * a[1])[0] ?? [])], block: [target.parallelism.group] },
  get text() {
    const codes = [...new Set(phases.map((p) => p.code))];
    const shaders = codes.map((code, i) => `${codes.length > 1 ? `// ${i + 1} of ${codes.length}\n` : ""}${code}`);
    return `${above()}\n\n${shaders.join("\n")}`;
  },
});
