// Bytes that a kernel really touches: of each array the elements that its loops read or write, each once. An update in place touches its part of the
// array, a gather what it takes.
import { itemsize } from "../../core/dtypes.ts";
import type { Node } from "../../graph/graph.ts";
import { nodeBytes } from "../fusion/cost.ts";
import type { Ix } from "../kernel/ix.ts";
import type { Schedule } from "../kernel/schedule.ts";
import type { PlannedKernel } from "../plan/types.ts";
import { lineFactor } from "./strided.ts";
import { walkKernel } from "./walk.ts";

export interface Traffic {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** The same by array, with how large each is as a whole (a part of a large one is in no cache either), and the bytes of the lines that are read. */
  readonly arrays: readonly {
    readonly bytes: number;
    readonly read: number;
    readonly written: number;
    readonly lines: number;
    /** Bytes that the program has moved since the array was touched, where that is known (residency.ts). */
    readonly since: number;
  }[];
  /** Buffers of which elements are read several times: they are near until the kernel ends. */
  readonly again: ReadonlySet<number>;
  /** Buffers of which less than a half is touched. */
  readonly parts: ReadonlySet<number>;
  /** Bytes that the program has moved since the kernel ran. */
  readonly idle: number;
}
/** Bytes that the program has moved since each of a kernel's buffers (of a routine: operands, then results) was touched, and since the kernel ran. */
export interface Since {
  readonly places: readonly number[];
  readonly idle: number;
}
const JUST_NOW: Since = { places: [], idle: 0 };
const sum = (xs: Iterable<number>): number => [...xs].reduce((a, b) => a + b, 0);

/**
 * @param schedule of the kernel; null for a routine, which has no loops that we know of
 * @param since bytes that the program has moved since each buffer was touched: without, everything was touched just now
 */
export function trafficOf(k: PlannedKernel, schedule: Schedule | null, since = JUST_NOW): Traffic {
  return schedule ? ofLoops(schedule, since) : ofNodes(k.nodes, k.outputs);
}
/** Elements of each buffer by the loops: reads of different places add up, to the whole buffer at most. */
function ofLoops(schedule: Schedule, since: Since): Traffic {
  const { kernel } = schedule;
  const read = new Map<number, number>();
  const written = new Map<number, number>();
  const lines = new Map<number, number>();
  const loads = new Map<number, number>();
  const add = (to: Map<number, number>, buffer: number, elements: number): void => {
    const size = kernel.buffers[buffer]?.size ?? 0;
    to.set(buffer, Math.min(size, (to.get(buffer) ?? 0) + elements));
  };
  walkKernel(schedule, {
    value(e, { times, lanes }) {
      if (e.kind !== "load") return;
      const elements = distinct(e.index, times * lanes);
      add(read, e.buffer, elements);
      loads.set(e.buffer, (loads.get(e.buffer) ?? 0) + times * lanes);
      // Of elements that lie apart, whole lines are moved.
      add(lines, e.buffer, elements * lineFactor(e.index, itemsize(e.stored)));
    },
    statement(s, { times, lanes }) {
      if (s.kind === "store") add(written, s.buffer, times * lanes);
      else if (s.kind === "copy") {
        add(read, s.from, Infinity);
        add(lines, s.from, Infinity);
        add(written, s.to, Infinity);
      } else if (s.kind === "tile") {
        const operands = [
          [s.a, s.aIndex, s.rows],
          [s.b, s.bIndex, s.columns],
        ] as const;
        for (const [from, index, across] of operands) {
          const elements = across * s.k * distinct(index, times);
          add(read, from, elements);
          add(lines, from, elements);
        }
        add(written, s.out, s.rows * s.columns * distinct(s.outIndex, times));
      }
    },
  });
  const arrays = kernel.buffers.flatMap((b, i) => {
    const size = itemsize(b.dtype);
    if (b.role === "scratch") return [];
    return [
      {
        bytes: b.size * size,
        read: (read.get(i) ?? 0) * size,
        written: (written.get(i) ?? 0) * size,
        lines: (lines.get(i) ?? 0) * size,
        since: since.places[i] ?? 0,
      },
    ];
  });
  const again = new Set([...loads].flatMap(([b, n]) => (n > AGAIN * (kernel.buffers[b]?.size ?? 0) ? [b] : [])));
  const parts = new Set(
    kernel.buffers.flatMap((b, i) => (b.role !== "scratch" && Math.max(read.get(i) ?? 0, written.get(i) ?? 0) < b.size / 2 ? [i] : [])),
  );
  return { bytesRead: sum(arrays.map((a) => a.read)), bytesWritten: sum(arrays.map((a) => a.written)), arrays, again, parts, idle: since.idle };
}
/** Different places that an index takes: those that the loops it moves with lead it to. @param times how often it is taken */
function distinct({ terms }: Ix, times: number): number {
  let places = 1;
  for (const { atom } of terms) {
    if (atom.kind !== "value") places *= atom.max - atom.min + 1;
    else if (atom.expr.depth > 0) return times;
  }
  return Math.min(times, places);
}
/** How often an array's elements are read on average where they are read several times; borders are a few more. */
const AGAIN = 1.5;
/** Routines and callbacks: all that goes in and all that comes out. */
function ofNodes(nodes: readonly Node[], outputs: readonly Node[]): Traffic {
  const inside = new Set(nodes);
  const reads = new Set(nodes.flatMap((n) => n.inputs.filter((i) => !inside.has(i) && !(i.is("constant") && i.shape.length === 0))));
  const arrays = [
    ...[...reads].map((n) => ({ bytes: nodeBytes(n), read: nodeBytes(n), written: 0, lines: nodeBytes(n), since: 0 })),
    ...outputs.map((n) => ({ bytes: nodeBytes(n), read: 0, written: nodeBytes(n), lines: 0, since: 0 })),
  ];
  return {
    bytesRead: sum(arrays.map((a) => a.read)),
    bytesWritten: sum(arrays.map((a) => a.written)),
    arrays,
    again: new Set(),
    parts: new Set(),
    idle: 0,
  };
}
