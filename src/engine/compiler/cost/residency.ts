// How long ago what a kernel reads and writes was touched, in bytes that the program has moved since: after more than the caches hold it comes from memory.
// A place was touched when the kernel began that went through it: its first element is that far away. The steps are gone through twice, as runs that follow one another, and loops by two turns: the later ones say how it is most of the time.
import type { Schedule } from "../kernel/schedule.ts";
import { type Place, type Plan, type PlannedKernel, type Step } from "../plan/types.ts";
import { nodeBytes } from "../fusion/cost.ts";
import { itemsize } from "../../core/dtypes.ts";
import { routineOf } from "./routines.ts";
import { type Since, type Traffic, trafficOf } from "./traffic.ts";

interface Touch {
  readonly from: number;
  readonly to: number;
  /** Bytes that the program had moved by then. */
  at: number;
}
class Memory {
  moved = 0;
  readonly #slots = new Map<number, number>();
  readonly #arena = new Map<string, Touch>();
  since(p: Place, bytes: number): number {
    const at = p.kind === "slot" ? this.#slots.get(p.slot) : this.#lastIn(p.offset, p.offset + bytes);
    return at === undefined ? Infinity : this.moved - at;
  }
  touch(p: Place, bytes: number, at: number): void {
    if (p.kind === "slot") {
      this.#slots.set(p.slot, at);
      return;
    }
    const [from, to] = [p.offset, p.offset + bytes];
    this.#arena.set(`${from}:${to}`, { from, to, at });
  }
  /** Of places that overlap, the latest. */
  #lastIn(from: number, to: number): number | undefined {
    let last: number | undefined;
    for (const t of this.#arena.values()) if (t.from < to && from < t.to && (last === undefined || t.at > last)) last = t.at;
    return last;
  }
}
const TURNS = 2;
/** Of larger programs nothing is said: all places are looked through at each step. */
const MOST_KERNELS = 3000;
/** By number of the plan's kernel. @param schedules of the kernels that have one */
export function residency(plan: Plan, schedules: (k: PlannedKernel) => Schedule | null): ReadonlyMap<number, Since> {
  const found = new Map<number, Since>();
  if (plan.kernels.length > MOST_KERNELS) return found;
  const memory = new Memory();
  const known = new Map<PlannedKernel, Moved>();
  const movedBy = (k: PlannedKernel): Moved => {
    let moved = known.get(k);
    if (!moved) {
      const { arrays, again, parts } = trafficOf(k, schedules(k));
      known.set(k, (moved = { bytes: arrays.reduce((s, a) => s + a.lines + a.written, 0), again, parts }));
    }
    return moved;
  };
  const sizes = new Map<number, number>();
  /** No more than all that the program has can have been moved since: what is touched again and again is moved once. */
  let all = Infinity;
  const use = (places: readonly (readonly [Place, number])[], { bytes: moved, again, parts }: Moved): number[] => {
    // Of an array that a loop goes through part by part, a part was touched a run ago.
    const since = places.map(([p, bytes], i) => (parts.has(i) ? all : Math.min(all, memory.since(p, bytes))));
    const began = memory.moved;
    memory.moved += moved;
    places.forEach(([p, bytes], i) => {
      if (p.kind === "slot") sizes.set(p.slot, Math.max(sizes.get(p.slot) ?? 0, bytes));
      memory.touch(p, bytes, again.has(i) ? memory.moved : began);
    });
    return since;
  };
  const ran = new Map<PlannedKernel, number>();
  const idleOf = (k: PlannedKernel): number => {
    const before = ran.get(k);
    return Math.min(all, before === undefined ? Infinity : memory.moved - before);
  };
  const walk = (steps: readonly Step[]): void => {
    for (const s of steps) {
      if (s.kind === "kernel") {
        const { buffers } = s.kernel.kernel;
        const idle = idleOf(s.kernel);
        const places = use(
          s.places.map((p, i) => [p, (buffers[i]?.size ?? 0) * itemsize(buffers[i]?.dtype ?? "float32")]),
          movedBy(s.kernel),
        );
        found.set(s.kernel.id, { places, idle });
        ran.set(s.kernel, memory.moved);
      } else if (s.kind === "copy") {
        use(
          [
            [s.from, s.bytes],
            [s.to, s.bytes],
          ],
          { bytes: 2 * s.bytes, again: new Set(), parts: new Set() },
        );
      } else if (s.kind === "while") {
        for (let turn = 0; turn < TURNS; turn++) {
          walk(s.cond);
          walk(s.body);
        }
      } else if (s.kind === "case") for (const b of s.branches) walk(b);
      else {
        // A plain routine works in JavaScript's memory, at about a byte a nanosecond.
        const routine = s.kind === "library" ? routineOf(s.node) : null;
        const own = routine?.by === "plain" ? routine.ns : 0;
        const moved = movedBy(s.kernel);
        found.set(s.kernel.id, {
          places: use(
            [
              ...s.ins.map((p, i): [Place, number] => [p, s.node.inputs[i] ? nodeBytes(s.node.inputs[i]) : 0]),
              ...s.outs.map((p): [Place, number] => [p, nodeBytes(s.node)]),
            ],
            { ...moved, bytes: Math.max(own, moved.bytes) },
          ),
          idle: 0,
        });
      }
    }
  };
  walk(plan.steps);
  all = plan.arenaBytes + [...sizes.values()].reduce((a, b) => a + b, 0);
  walk(plan.steps);
  return found;
}
interface Moved extends Pick<Traffic, "again" | "parts"> {
  readonly bytes: number;
}
