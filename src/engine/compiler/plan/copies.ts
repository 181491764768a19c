// Copies between places: what a region computed elsewhere than where it is wanted.
import { sizeOf } from "../../core/aval.ts";
import { type Node, bytesOf } from "../../graph/graph.ts";
import { type CopyStep, type Place, type Plan, type Step, samePlace } from "./types.ts";

/** Smaller copies take less time than a clock reading. */
const TIMED_BYTES = 1024;
/** The copies that a profile times, by the number that the timer is called with: those after the kernels'. */
export function timedCopies(plan: Plan): ReadonlyMap<CopyStep, number> {
  const ids = new Map<CopyStep, number>();
  const walk = (steps: readonly Step[]): void => {
    for (const s of steps) {
      if (s.kind === "copy" && s.bytes >= TIMED_BYTES) ids.set(s, plan.kernels.length + ids.size);
      else if (s.kind === "while") {
        walk(s.cond);
        walk(s.body);
      } else if (s.kind === "case") s.branches.forEach(walk);
    }
  };
  walk(plan.steps);
  return ids;
}
/** Copies what is not yet in its place. The targets are no sources of later copies. */
export const copies = (from: readonly Place[], to: readonly Place[], values: readonly Node[]): CopyStep[] =>
  from.flatMap((p, i): CopyStep[] => {
    const value = values[i]!;
    const { type } = value;
    return samePlace(p, to[i]!) || sizeOf(type.shape) === 0
      ? []
      : [{ kind: "copy", to: to[i]!, from: p, bytes: bytesOf(type), value, carried: null }];
  });
