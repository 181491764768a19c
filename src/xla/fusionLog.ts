// What XLA says of its own fusions, as one structure for both of its ways to say it: the log of the CPU's pass, and the file of steps of the GPU's priority
// fusion. Names are those of the program before the pass; XLA names a fusion when it makes one, and takes it for a producer or consumer from then on.
import { type HloInstruction, type HloModule, parseHlo } from "./hlo.ts";
import { type PrioritySteps, readPriorityFusion } from "./priorityFusion.ts";

/** Microseconds, by XLA's model of the device. */
export interface FusionEstimate {
  readonly fused: number;
  readonly apart: number;
}
export interface Fusion {
  /** The instruction whose value it gives. */
  readonly root: string;
  readonly members: ReadonlySet<string>;
}
export interface FusionLog {
  readonly before: HloModule;
  /** Instructions of all its computations, by name. */
  readonly instructions: ReadonlyMap<string, HloInstruction>;
  readonly fusions: ReadonlyMap<string, Fusion>;
  /** Why a value was not taken into what reads it, by `edge(producer, consumer)`; the consumer may be a fusion, or LIBRARY for any that a library builds. */
  readonly refused: ReadonlyMap<string, string>;
  /** Why a value was taken into nothing at all. */
  readonly kept: ReadonlyMap<string, string>;
  /** By `edge(producer, consumer)` for what was fused, by the producer for what was not. */
  readonly estimates: ReadonlyMap<string, FusionEstimate>;
}
export const edge = (producer: string, consumer: string): string => `${producer}>${consumer}`;

export const LIBRARY = "*";
/** A verdict of the CPU's pass: what is looked at, what is not fused and why, what goes into what, and the name that a fusion gets. */
export type FusionEvent =
  | readonly ["consider", consumer: string]
  | readonly ["keep", producer: string, reason: string]
  | readonly ["fuse", producer: string, consumer: string]
  | readonly ["made", fusion: string];

class Fusions {
  readonly all = new Map<string, { readonly root: string; readonly members: Set<string> }>();
  root(name: string): string {
    return this.all.get(name)?.root ?? name;
  }
  members(name: string): ReadonlySet<string> {
    return this.all.get(name)?.members ?? new Set([name]);
  }
  join(producer: string, consumer: string, fusion: string): void {
    this.all.set(fusion, { root: this.root(consumer), members: new Set([...this.members(consumer), ...this.members(producer)]) });
  }
}
/** These are about all that reads a value, not about one reader. */
const OF_ALL = /^(?:operand can not be duplicated|not fusible)/;

/** Said before the pass says what it looks at. */
const OF_LIBRARIES = /custom fusions/;

/** @param before the program before the pass, as HLO text */
export function cpuFusionLog(before: string, events: readonly FusionEvent[]): FusionLog {
  const fusions = new Fusions();
  const refused = new Map<string, string>();
  const kept = new Map<string, string>();
  let consumer = "";
  let last: { readonly producer: string; readonly consumer: string } | null = null;
  for (const e of events) {
    if (e[0] === "consider") [, consumer] = e;
    else if (e[0] === "keep" && OF_ALL.test(e[2])) kept.set(fusions.root(e[1]), e[2]);
    else if (e[0] === "keep") refused.set(edge(fusions.root(e[1]), OF_LIBRARIES.test(e[2]) ? LIBRARY : consumer), e[2]);
    else if (e[0] === "fuse") {
      last = { producer: e[1], consumer: e[2] };
      if (fusions.all.has(last.consumer)) fusions.join(last.producer, last.consumer, last.consumer);
    } else if (last) fusions.join(last.producer, last.consumer, e[1]);
  }
  return { ...read(before), fusions: fusions.all, refused, kept, estimates: new Map() };
}
const UNSPECIFIC = /^the (?:producer|consumer) is not fusible$/;
/** @param text the file of steps: FusionProcessDumpProto as text */
export function gpuFusionLog(text: string): FusionLog {
  const { steps, before }: PrioritySteps = readPriorityFusion(text);
  const fusions = new Fusions();
  const kept = new Map<string, string>();
  const estimates = new Map<string, FusionEstimate>();
  for (const s of steps) {
    const producer = fusions.root(s.producer);
    if (s.kind === "ineligible") {
      // Of several reasons one that says more counts: at the end each value has a reader that is no kernel.
      if (!kept.has(producer) || !UNSPECIFIC.test(s.reason)) kept.set(producer, s.reason);
    } else if (s.kind === "priority") estimates.set(producer, { fused: s.fused, apart: s.apart });
    else {
      const estimate = estimates.get(producer);
      if (estimate) for (const c of fusions.members(s.consumer)) estimates.set(edge(producer, c), estimate);
      fusions.join(s.producer, s.consumer, s.fusion);
    }
  }
  return { ...read(before), fusions: fusions.all, refused: new Map(), kept, estimates };
}
function read(text: string): Pick<FusionLog, "before" | "instructions"> {
  const before = parseHlo(text);
  return { before, instructions: new Map([...before.computations.values()].flatMap((c) => c.instructions.map((n) => [n.name, n] as const))) };
}
