// What a machine's work costs, as data: nanoseconds of one instruction by class, of one call of a mathematical function, and bytes that memory moves.
// The numbers here are those of an ordinary machine, for where nothing was measured; report/record/calibrate.ts measures the machine at hand.
import { type Reach, besideNs, reachAt } from "./reach.ts";

/** Classes of instructions whose costs are measured apart. How many instructions an operation is, work.ts says. */
export const CLASSES = [
  /** Arithmetic of all lanes at once. */
  "lanes",
  "lanesDivide",
  /** Arithmetic of one element. */
  "scalar",
  "divide",
  /** Quotients and remainders of integers. */
  "quotient",
  /** Arithmetic of indices. */
  "integer",
  /** Loads and stores of neighbouring elements, all lanes at once. */
  "access",
  /** Loads and stores of one element at an index that is computed. */
  "single",
  /** The same along a stride, where the lines of memory that a loop goes over are more than the first cache holds. */
  "strided",
  /** The same where the stride is such that not even the second cache keeps them: a power of two, or very many lines. */
  "crowded",
  /** Bringing scalars into lanes, or lanes into scalars: all of them. */
  "pack",
  /** From or to a half type, one element. */
  "half",
  /** One iteration of a loop. */
  "iteration",
  /** Entering a loop and leaving it. */
  "loop",
  /** A multiplication and addition in a tile of a product. */
  "tile",
] as const;
export type CostClass = (typeof CLASSES)[number];
export interface CostTable {
  /** Nanoseconds of one instruction, where nothing has to be waited for. */
  readonly ns: Readonly<Record<CostClass, number>>;
  /** Nanoseconds until what needs a product or sum can begin, in a long chain of operations. */
  readonly wait: number;
  /** The same from one turn of a loop to the next: of what is added up. */
  readonly carry: number;
  /** Nanoseconds of one call of a function of the mathematics library. */
  readonly calls: Readonly<Record<string, number>>;
  /** Nanoseconds of a call of a function that was not measured. */
  readonly otherCall: number;
  /** What memory costs, by how long ago it was touched; nearest first. */
  readonly memory: readonly Reach[];
  /** How many times as long as on an ordinary machine routines of the library take, by what runs them. */
  readonly routines?: Readonly<Record<"lanes" | "plain", number>>;
  /** Nanoseconds of starting a kernel. */
  readonly launch: number;
  /** Of what was measured: by which part repeated runs differed, the middle half of them. A quiet machine stays below a tenth. */
  readonly spread?: number;
  /** Where the numbers come from. */
  readonly from: string;
}
export const ORDINARY: CostTable = {
  ns: {
    lanes: 0.1,
    lanesDivide: 1,
    scalar: 0.15,
    divide: 1.3,
    quotient: 1.5,
    integer: 0.1,
    access: 0.08,
    single: 0.15,
    strided: 0.6,
    crowded: 3,
    pack: 0.5,
    half: 0.5,
    iteration: 0.3,
    loop: 2,
    tile: 0.06,
  },
  wait: 1,
  carry: 0.9,
  calls: {},
  otherCall: 30,
  memory: [
    { bytes: 2 ** 19, read: 0, written: 0, code: 0.2 },
    { bytes: 2 ** 21, read: 0.02, written: 0.03, code: 0.5 },
    { bytes: 2 ** 24, read: 0.04, written: 0.06, code: 1 },
    { bytes: 2 ** 26, read: 0.08, written: 0.1, code: 2 },
  ],
  launch: 5,
  from: "an ordinary machine",
};
/** Nanoseconds of writing bytes and of reading as many: the instructions for it, in lanes, or what memory takes that is as far away as they all. */
export function memoryNs({ memory, ns }: CostTable, written: number, read: number): number {
  const far = reachAt(memory, written + read);
  return Math.max(besideNs(written * far.written, read * far.read), ((written + read) / VECTOR) * ns.access);
}
const VECTOR = 16;
