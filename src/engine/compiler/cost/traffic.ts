// Bytes that a kernel really touches: of each array the elements that its loops read or write, each once. An update in place touches its part of the
// array, a gather what it takes.
import { itemsize } from "../../core/dtypes.ts";
import type { Node } from "../../graph/graph.ts";
import { nodeBytes } from "../fusion/cost.ts";
import type { Schedule } from "../kernel/schedule.ts";
import type { PlannedKernel } from "../plan/types.ts";
import { walkKernel } from "./walk.ts";

export interface Traffic {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}
const sum = (xs: Iterable<number>): number => [...xs].reduce((a, b) => a + b, 0);

/** @param schedule of the kernel; null for a routine, which has no loops that we know of */
export function trafficOf(k: PlannedKernel, schedule: Schedule | null): Traffic {
  return schedule ? ofLoops(schedule) : ofNodes(k.nodes, k.outputs);
}
/** Elements of each buffer by the loops: reads of different places add up, to the whole buffer at most. */
function ofLoops(schedule: Schedule): Traffic {
  const { kernel } = schedule;
  const read = new Map<number, number>();
  const written = new Map<number, number>();
  const add = (to: Map<number, number>, buffer: number, elements: number): void => {
    const size = kernel.buffers[buffer]?.size ?? 0;
    to.set(buffer, Math.min(size, (to.get(buffer) ?? 0) + elements));
  };
  walkKernel(schedule, {
    value(e, { times, lanes }) {
      if (e.kind === "load") add(read, e.buffer, times * lanes);
    },
    statement(s, { times, lanes }) {
      if (s.kind === "store") add(written, s.buffer, times * lanes);
      else if (s.kind === "copy") {
        add(read, s.from, Infinity);
        add(written, s.to, Infinity);
      } else if (s.kind === "tile") {
        add(read, s.a, Infinity);
        add(read, s.b, Infinity);
        add(written, s.out, Infinity);
      }
    },
  });
  const bytes = (of: Map<number, number>): number =>
    sum(
      [...of].map(([buffer, elements]) => {
        const b = kernel.buffers[buffer]!;
        return b.role === "scratch" ? 0 : elements * itemsize(b.dtype);
      }),
    );
  return { bytesRead: bytes(read), bytesWritten: bytes(written) };
}
/** Routines and callbacks: all that goes in and all that comes out. */
function ofNodes(nodes: readonly Node[], outputs: readonly Node[]): Traffic {
  const inside = new Set(nodes);
  const reads = new Set(nodes.flatMap((n) => n.inputs.filter((i) => !inside.has(i) && !(i.is("constant") && i.shape.length === 0))));
  return { bytesRead: sum([...reads].map(nodeBytes)), bytesWritten: sum(outputs.map(nodeBytes)) };
}
