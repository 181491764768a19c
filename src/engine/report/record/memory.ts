// Who holds the memory of a call when it is fullest: arguments, results and constants all the time, temporaries from the step that writes them to the last
// that reads them. Read from the plan: what it says is what the program does.
import type { Place, Plan } from "../../compiler/plan/types.ts";
import { bytesOf } from "../../graph/graph.ts";
import type { Argument, Holder, Kernel, Memory } from "../types.ts";
import type { FlatStep } from "./steps.ts";

interface Interval {
  readonly offset: number;
  readonly bytes: number;
  readonly from: number;
  to: number;
  readonly step: FlatStep;
}
export interface MemoryContext {
  readonly arguments: readonly Argument[];
  readonly results: readonly Argument[];
  readonly kernels: readonly Kernel[];
  readonly code: number;
}
export function memoryOf(plan: Plan, steps: readonly FlatStep[], c: MemoryContext): Memory {
  const intervals = lifetimes(steps);
  const at = fullest(intervals, steps.length);
  const live = intervals.filter((i) => i.from <= at && at <= i.to);
  const fixed: Holder[] = [
    ...plan.params.map((t, i): Holder => ({
      bytes: bytesOf(t),
      what: c.arguments[i]?.captured ? "constant" : "argument",
      text: c.arguments[i]?.name ?? `argument ${i}`,
    })),
    ...plan.outs.map((t, i): Holder => ({ bytes: bytesOf(t), what: "result", text: c.results[i]?.name ?? `result ${i}` })),
    ...plan.constants.map((v): Holder => ({ bytes: v.nbytes, what: "constant", text: `constant ${v.aval}` })),
    ...(c.code ? [{ bytes: c.code, what: "code" as const, text: "generated code" }] : []),
  ];
  const kernels = new Map(c.kernels.map((k) => [k.id, k]));
  const temporaries = live.map((i): Holder => {
    const kernel = i.step.step.kernel === undefined ? undefined : kernels.get(i.step.step.kernel);
    const line = kernel?.lines[0];
    return {
      bytes: i.bytes,
      what: i.step.step.kind === "copy" ? "carry" : "temporary",
      ...(i.step.step.node ? { node: i.step.step.node } : {}),
      ...(line ? { line: line.line, file: line.file } : {}),
      text: kernel?.label ?? "carried value of a loop",
      from: i.from,
      to: i.to,
    };
  });
  const holders = [...fixed, ...temporaries].filter((h) => h.bytes > 0).sort((a, b) => b.bytes - a.bytes);
  const peak = holders.filter((h) => h.what !== "code").reduce((s, h) => s + h.bytes, 0);
  const reuse = plan.unplannedBytes - plan.arenaBytes;
  return { peak, predicted: peak, holders, ...(reuse > 0 ? { saved: { reuse } } : {}) };
}
/** From the step that writes a place of the arena to the last that reads it; inside a loop, to the loop's end where it came from before it. */
function lifetimes(steps: readonly FlatStep[]): Interval[] {
  const all: Interval[] = [];
  const current = new Map<number, Interval>();
  const read = (place: Place, t: number): void => {
    const value = place.kind === "arena" ? current.get(place.offset) : undefined;
    if (!value) return;
    value.to = Math.max(value.to, t);
    const loop = steps[t]!.loop;
    if (loop && value.from < loop[0]) value.to = Math.max(value.to, loop[1] - 1);
  };
  steps.forEach((step, t) => {
    for (const place of step.reads) read(place, t);
    for (const { place, bytes } of step.writes) {
      if (place.kind !== "arena") continue;
      const before = current.get(place.offset);
      // Written over in place: the same memory, held on.
      if (before && before.bytes === bytes && (before.to === t || step.loop?.[0] !== undefined)) {
        read(place, t);
        continue;
      }
      const value: Interval = { offset: place.offset, bytes, from: t, to: t, step };
      current.set(place.offset, value);
      all.push(value);
    }
  });
  return all;
}
function fullest(intervals: readonly Interval[], steps: number): number {
  const change = new Float64Array(steps + 1);
  for (const i of intervals) {
    change[i.from] = (change[i.from] ?? 0) + i.bytes;
    change[i.to + 1] = (change[i.to + 1] ?? 0) - i.bytes;
  }
  let held = 0;
  let most = 0;
  let at = 0;
  for (let t = 0; t < steps; t++) {
    held += change[t] ?? 0;
    if (held > most) {
      most = held;
      at = t;
    }
  }
  return at;
}
