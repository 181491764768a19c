// How long ago what a kernel reads and writes was touched, in bytes that the program has moved since: after more than the caches hold it comes from memory.
// The steps are gone through twice, as runs that follow one another, and loops by two turns: the later ones say how it is most of the time.
import type { Schedule } from "../kernel/schedule.ts";
import { type Place, type Plan, type PlannedKernel, type Step } from "../plan/types.ts";
import { nodeBytes } from "../fusion/cost.ts";
import { itemsize } from "../../core/dtypes.ts";
import { routineNs } from "./routines.ts";
import { trafficOf } from "./traffic.ts";

/** Bytes moved since each of a kernel's buffers (of a routine: operands, then results) was touched. */
export type Since = readonly number[];
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
  touch(p: Place, bytes: number): void {
    if (p.kind === "slot") {
      this.#slots.set(p.slot, this.moved);
      return;
    }
    const [from, to] = [p.offset, p.offset + bytes];
    this.#arena.set(`${from}:${to}`, { from, to, at: this.moved });
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
  const bytesOf = new Map<PlannedKernel, number>();
  const movedBy = (k: PlannedKernel): number => {
    let n = bytesOf.get(k);
    if (n === undefined) {
      const { arrays } = trafficOf(k, schedules(k));
      bytesOf.set(k, (n = arrays.reduce((s, a) => s + a.lines + a.written, 0)));
    }
    return n;
  };
  const use = (places: readonly (readonly [Place, number])[], moved: number): Since => {
    const since = places.map(([p, bytes]) => memory.since(p, bytes));
    memory.moved += moved;
    for (const [p, bytes] of places) memory.touch(p, bytes);
    return since;
  };
  const walk = (steps: readonly Step[]): void => {
    for (const s of steps) {
      if (s.kind === "kernel") {
        const { buffers } = s.kernel.kernel;
        found.set(
          s.kernel.id,
          use(
            s.places.map((p, i) => [p, (buffers[i]?.size ?? 0) * itemsize(buffers[i]?.dtype ?? "float32")]),
            movedBy(s.kernel),
          ),
        );
      } else if (s.kind === "copy") {
        use(
          [
            [s.from, s.bytes],
            [s.to, s.bytes],
          ],
          2 * s.bytes,
        );
      } else if (s.kind === "while") {
        for (let turn = 0; turn < TURNS; turn++) {
          walk(s.cond);
          walk(s.body);
        }
      } else if (s.kind === "case") for (const b of s.branches) walk(b);
      else {
        // A routine works in JavaScript's memory, at about a byte a nanosecond.
        const own = s.kind === "library" ? routineNs(s.node) : 0;
        found.set(
          s.kernel.id,
          use(
            [...s.ins.map((p, i): [Place, number] => [p, s.node.inputs[i] ? nodeBytes(s.node.inputs[i]) : 0]), ...s.outs.map((p): [Place, number] => [p, nodeBytes(s.node)])],
            Math.max(own, movedBy(s.kernel)),
          ),
        );
      }
    }
  };
  for (let run = 0; run < 2; run++) walk(plan.steps);
  return found;
}
