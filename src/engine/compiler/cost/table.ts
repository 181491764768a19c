// What a machine's work costs, as data: nanoseconds of one instruction by class, of one call of a mathematical function, and bytes that memory moves.
// The numbers here are those of an ordinary machine, for where nothing was measured; report/record/calibrate.ts measures the machine at hand.

/** Classes of instructions whose costs are measured apart. */
export const CLASSES = [
  /** Arithmetic of all lanes at once. */
  "lanes",
  "lanesDivide",
  /** Arithmetic of one element. */
  "scalar",
  "divide",
  /** Integers of 64 bits, quotients and remainders of indices. */
  "integer",
  /** Loads and stores of neighbouring elements, all lanes at once. */
  "access",
  /** Loads and stores of one element at an index that is computed. */
  "single",
  /** The same, far from the one before: another line of the cache each time. */
  "strided",
  /** Bringing scalars into lanes, or lanes into scalars: all of them. */
  "pack",
  /** From or to a half type, one element. */
  "half",
  /** One iteration of a loop. */
  "iteration",
  /** A multiplication and addition in a tile of a product. */
  "tile",
] as const;
export type CostClass = (typeof CLASSES)[number];
export interface CostTable {
  /** Nanoseconds of one instruction. */
  readonly ns: Readonly<Record<CostClass, number>>;
  /** Nanoseconds of one call of a function of the mathematics library. */
  readonly calls: Readonly<Record<string, number>>;
  /** Nanoseconds of a call of a function that was not measured. */
  readonly otherCall: number;
  /** Bytes that memory moves in a nanosecond; what is written counts twice (`memoryNs`). */
  readonly bandwidth: number;
  /** Bytes up to which arrays stay in the caches, where moving them costs what loading them costs. */
  readonly cache: number;
  /** How many times as long as on an ordinary machine routines of the library take. */
  readonly routines?: number;
  /** Nanoseconds of starting a kernel. */
  readonly launch: number;
  /** Of what was measured: by which part repeated runs differed, the middle half of them. A quiet machine stays below a tenth. */
  readonly spread?: number;
  /** Where the numbers come from. */
  readonly from: string;
}
export const ORDINARY: CostTable = {
  ns: {
    lanes: 0.35,
    lanesDivide: 2,
    scalar: 0.4,
    divide: 2,
    integer: 0.5,
    access: 0.4,
    single: 0.6,
    strided: 1.5,
    pack: 2,
    half: 3,
    iteration: 0.3,
    tile: 0.06,
  },
  calls: {},
  otherCall: 30,
  bandwidth: 12,
  cache: 2 ** 20,
  launch: 60,
  from: "an ordinary machine",
};
/** Nanoseconds of moving bytes through memory: what is written is read into the caches first. */
export const memoryNs = ({ bandwidth }: CostTable, read: number, written: number): number => (read + 2 * written) / bandwidth;
