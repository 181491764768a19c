// What a machine's work costs, as data: nanoseconds of one instruction by class, of one call of a mathematical function, and bytes that memory moves.
// The numbers here are those of an ordinary machine, for where nothing was measured; report/record/calibrate.ts measures the machine at hand.

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
  /** Bytes that memory gives in a nanosecond. */
  readonly bandwidth: number;
  /** How many times as long as a byte that is read one takes that is written: its line is read into the caches first. */
  readonly writing: number;
  /** How many times as long memory takes that was not touched for long: it is in no cache of the machine either. */
  readonly cold: number;
  /** Nanoseconds until the first line of an array comes from beyond the caches; what follows is fetched ahead. */
  readonly miss: number;
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
    lanes: 0.1,
    lanesDivide: 1,
    scalar: 0.15,
    divide: 1.3,
    quotient: 1.5,
    integer: 0.1,
    access: 0.08,
    single: 0.15,
    strided: 0.6,
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
  bandwidth: 20,
  writing: 1.5,
  cold: 2,
  miss: 30,
  cache: 2 ** 20,
  launch: 5,
  from: "an ordinary machine",
};
/** Nanoseconds of moving bytes through memory. */
export const memoryNs = ({ bandwidth, writing }: CostTable, read: number, written: number): number => (read + writing * written) / bandwidth;
