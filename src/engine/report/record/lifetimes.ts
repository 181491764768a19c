// Which memory is held from which step to which, who writes it and who reads it: read from the plan's steps and places.
import type { Place } from "../../compiler/plan/types.ts";
import type { FlatStep } from "./steps.ts";

export interface Interval {
  readonly place: Place;
  readonly bytes: number;
  readonly from: number;
  to: number;
  /** Steps that read it; a long list is cut. */
  readonly readers: number[];
  readonly step: FlatStep;
  /** What the step keeps for itself while it runs; undefined for values. */
  readonly scratch?: string;
}
const MOST_READERS = 64;
const note = (list: number[], t: number): void => {
  if (list.length < MOST_READERS && list.at(-1) !== t) list.push(t);
};

/** Values of the arena, from the step that writes a place to the last that reads it; inside a loop, to the loop's end where it came from before it. */
export function temporaries(steps: readonly FlatStep[]): Interval[] {
  const all: Interval[] = [];
  const current = new Map<number, Interval>();
  const read = (place: Place, t: number): void => {
    const value = place.kind === "arena" ? current.get(place.offset) : undefined;
    if (!value) return;
    value.to = Math.max(value.to, t);
    note(value.readers, t);
    const loop = steps[t]!.loop;
    if (loop && value.from < loop[0]) value.to = Math.max(value.to, loop[1] - 1);
  };
  steps.forEach((step, t) => {
    for (const place of step.reads) read(place, t);
    for (const { place, bytes, scratch } of step.writes) {
      if (place.kind !== "arena") continue;
      const before = current.get(place.offset);
      // Written over in place: the same memory, held on.
      if (scratch === undefined && before && before.bytes === bytes && (before.to === t || step.loop?.[0] !== undefined)) {
        read(place, t);
        continue;
      }
      const value: Interval = { place, bytes, from: t, to: t, readers: [], step, ...(scratch === undefined ? {} : { scratch }) };
      current.set(place.offset, value);
      all.push(value);
    }
  });
  return all;
}
/** By slot of the pointer table (arguments, results, constants): the steps that read it, and those that write it. */
export function slotUses(steps: readonly FlatStep[]): (slot: number) => { readonly readers: readonly number[]; readonly writers: readonly number[] } {
  const uses = new Map<number, { readers: number[]; writers: number[] }>();
  const at = (place: Place): { readers: number[]; writers: number[] } | null => {
    if (place.kind !== "slot") return null;
    let use = uses.get(place.slot);
    if (!use) uses.set(place.slot, (use = { readers: [], writers: [] }));
    return use;
  };
  steps.forEach((step, t) => {
    for (const place of step.reads) note(at(place)?.readers ?? [], t);
    for (const { place } of step.writes) note(at(place)?.writers ?? [], t);
  });
  return (slot) => uses.get(slot) ?? { readers: [], writers: [] };
}
/** The step at which most bytes are held. */
export function fullest(intervals: readonly Interval[], steps: number): number {
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
