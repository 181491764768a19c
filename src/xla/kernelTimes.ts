// Kernel events of a profile: what each instruction took in each run. Events of loops hold those of their bodies: a loop's own time is what is left. On CPUs
// a product is dealt out to threads and its event ends when that is done; that it has been computed is told by an event of its own (JAX 0.8.3 and 0.10.2, not 0.6.2).
import { renamed } from "./counterparts.ts";
import type { HloModule } from "./hlo.ts";
import type { XEvent, XPlane } from "./xplane.ts";

export interface InstructionTime {
  /** Milliseconds of each run, all calls together. */
  readonly runs: readonly number[];
  /** Calls in one run. */
  readonly calls: number;
}
export interface KernelEvent {
  readonly op: string;
  readonly run: number;
  /** Milliseconds from the first event. */
  readonly start: number;
  readonly duration: number;
  /** Without the events inside it. */
  readonly own: number;
  readonly line: string;
}
export interface KernelTimes {
  readonly events: readonly KernelEvent[];
  readonly byOp: ReadonlyMap<string, InstructionTime>;
  /** Milliseconds from the first kernel's start to the last one's end, a run. */
  readonly runs: readonly { readonly start: number; readonly duration: number }[];
}
const text = (e: XEvent, key: string): string => {
  const v = e.stats.get(key);
  return v === undefined ? "" : typeof v === "object" ? new TextDecoder().decode(v) : String(v);
};
/** Nanoseconds as milliseconds. */
const ms = (ns: number): number => ns / 1e6;

/**
 * Times by the names of the text. Events that go by others are told by the program that the profile carries; what cannot be told keeps its name.
 * @param module the program: events of others do not count
 * @param runCount how often the program ran, for profiles whose events do not say which run they belong to (JAX before 0.8)
 */
export function kernelTimes(planes: readonly XPlane[], module: HloModule, runCount = 1): KernelTimes {
  const programs = new Set<number>();
  const found: { op: string; id: string; start: number; duration: number; own: number; line: string }[] = [];
  const ends = endsOf(planes);
  for (const plane of planes)
    for (const line of plane.lines) {
      const events = line.events.filter((e) => e.stats.has("hlo_op") && (!e.stats.has("hlo_module") || text(e, "hlo_module") === module.name));
      const durations = events.map((e) => Math.max(e.duration, (ends.get(number(e, "_p")) ?? 0) - e.start));
      const own = ownTimes(events, durations);
      events.forEach((e, i) => {
        programs.add(Number(e.stats.get("program_id") ?? -1));
        found.push({ op: lastOp(text(e, "hlo_op")), id: text(e, "run_id"), start: e.start, duration: durations[i]!, own: own[i]!, line: line.name });
      });
    }
  const names = new Set([...module.computations.values()].flatMap((c) => c.instructions.map((n) => n.name)));
  if (found.some((f) => !names.has(f.op))) {
    const others = renamed(planes, programs, module);
    for (const f of found) f.op = others.get(f.op) ?? f.op;
  }
  found.sort((a, b) => a.start - b.start);
  const origin = found[0]?.start ?? 0;
  const numbers = new Map<string, number>();
  for (const f of found) if (!numbers.has(f.id)) numbers.set(f.id, numbers.size);
  const told = found.some((f) => f.id !== "");
  const count = told ? numbers.size : found.length ? runCount : 0;
  const counted = told ? null : runsByCount(found, runCount);
  const events = found.map((f, i): KernelEvent => {
    const run = counted ? counted[i]! : numbers.get(f.id)!;
    return { op: f.op, run, start: ms(f.start - origin), duration: ms(f.duration), own: ms(f.own), line: f.line };
  });
  return { events, byOp: sums(events, count), runs: extents(events, count) };
}
/** Every run does the same: the events of an instruction are dealt to the runs in order. */
function runsByCount(found: readonly { readonly op: string }[], runs: number): number[] {
  const totals = new Map<string, number>();
  for (const f of found) totals.set(f.op, (totals.get(f.op) ?? 0) + 1);
  const seen = new Map<string, number>();
  return found.map(({ op }) => {
    const k = seen.get(op) ?? 0;
    seen.set(op, k + 1);
    return Math.floor((k * runs) / totals.get(op)!);
  });
}
/** On a GPU the stack of an operation is written with "::". */
const lastOp = (op: string): string => op.split("::").at(-1)!;

const number = (e: XEvent, key: string): number => Number(e.stats.get(key) ?? NaN);
/** When what was begun has been computed, by the number that both events carry. */
function endsOf(planes: readonly XPlane[]): ReadonlyMap<number, number> {
  const out = new Map<number, number>();
  for (const plane of planes)
    for (const line of plane.lines)
      for (const e of line.events) if (e.name.startsWith("end: ") && e.stats.has("_c")) out.set(number(e, "_c"), e.start);
  return out;
}
/** @param durations until it was computed, which may be after the event: what runs on the same thread meanwhile is not inside it */
function ownTimes(events: readonly XEvent[], durations: readonly number[]): number[] {
  const order = events.map((e, i) => ({ e, i })).sort((a, b) => a.e.start - b.e.start || b.e.duration - a.e.duration);
  const own = [...durations];
  const open: { end: number; i: number }[] = [];
  for (const { e, i } of order) {
    while (open.length && open.at(-1)!.end <= e.start) open.pop();
    const around = open.at(-1);
    if (around && e.start + e.duration <= around.end) own[around.i]! -= Math.min(durations[i]!, around.end - e.start);
    open.push({ end: e.start + e.duration, i });
  }
  return own.map((t) => Math.max(0, t));
}
function sums(events: readonly KernelEvent[], runs: number): Map<string, InstructionTime> {
  const totals = new Map<string, { runs: number[]; calls: number[] }>();
  for (const e of events) {
    let t = totals.get(e.op);
    if (!t) totals.set(e.op, (t = { runs: Array.from({ length: runs }, () => 0), calls: Array.from({ length: runs }, () => 0) }));
    t.runs[e.run]! += e.own;
    t.calls[e.run]!++;
  }
  return new Map([...totals].map(([op, t]) => [op, { runs: t.runs, calls: middle(t.calls) }]));
}
const middle = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
function extents(events: readonly KernelEvent[], runs: number): { start: number; duration: number }[] {
  return Array.from({ length: runs }, (_v, run) => {
    const own = events.filter((e) => e.run === run);
    const start = Math.min(...own.map((e) => e.start));
    return { start, duration: Math.max(...own.map((e) => e.start + e.duration)) - start };
  });
}
