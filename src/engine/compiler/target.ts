// What code is generated for, as data: the types, shapes and costs that fusion, the schedule and the memory plan ask about.
// A number that depends on the machine stands here and nowhere else.
import { type DType, itemsize } from "../core/dtypes.ts";
import type { ScalarOp } from "./kernel/ir.ts";
import { laneInstruction, laneShift } from "./wasm/instructions.ts";

/** How a kernel's work may be spread. */
export interface Parallelism {
  /** Threads that run iterations of a `parallel` loop. */
  readonly threads: number;
  /** Iterations of one loop carried out by one instruction; 1 where there are none. */
  readonly lanes: number;
  /** Whether outer loops may become a grid of work groups. */
  readonly grid: boolean;
  /** Threads of one work group, which share the iterations of a loop of kind `group`; 1 where there are none. */
  readonly group: number;
}
/** The tile of the matrix product that is kept in registers, and from which size on packing pays. */
export interface TileShape {
  readonly rows: number;
  readonly columns: number;
  /** The least extent of the contracted axis. */ readonly leastDepth: number;
  /** The least number of multiplications (rows · columns · depth of the whole product). */ readonly leastWork: number;
  /** Elements of a right operand from which on fewer rows than a tile has go through tiles: a reduction would read each line of it several times. */
  readonly largeMatrix: number;
  /** Steps of the contracted axis for which a panel of rows and one of columns stay in the first cache; up to twice as many are done at once. */
  readonly depth: number;
  /** Bytes of packed columns that stay in the second cache while all rows pass by. */
  readonly cacheBytes: number;
}
/** The block of a matrix product that a work group computes on a grid: shared memory holds the factors of some steps, a thread keeps its sums in registers. */
export interface BlockShape {
  readonly rows: number;
  readonly columns: number;
  /** Steps whose factors are in shared memory at a time. */
  readonly depth: number;
  /** Rows, and columns, of one thread. */
  readonly each: number;
  /** Products with fewer rows, columns or steps are computed element by element. */
  readonly least: number;
}
export interface Costs {
  /** Arithmetic that takes as long as moving one byte to memory and back. */
  readonly flopsPerByte: number;
  /** The same of values that stay in the caches, and how large such a value is, in bytes. */
  readonly cached: { readonly bytes: number; readonly flopsPerByte: number };
  /** Above this much arithmetic per element, an element is not computed more than twice. */
  readonly cheapFlops: number;
  /** Values of at most this many elements are cheaper to compute again than to store in a kernel of their own. */
  readonly smallElements: number;
  /** Microseconds of starting a kernel. */
  readonly launch: number;
}
export interface Limits {
  /** Buffers (operands, results, scratch) of one kernel. */
  readonly buffers: number;
  /** Scalar operations of one kernel's innermost element, as `flopsPerElement` counts them: beyond, code is slow to compile or too large. */
  readonly operations: number;
  /** Values that one kernel computes: what builds and emits it follows chains of them. */
  readonly nodes: number;
  /** Variables of one function. */
  readonly locals: number;
  /** Bytes of one function's code. */
  readonly codeBytes: number;
  /** Parameters of one function; kernels with more buffers read their addresses from a table. */
  readonly parameters: number;
}
export interface Target {
  readonly name: string;
  /** The types that kernels compute with; others need a host step. */
  readonly dtypes: ReadonlySet<DType>;
  /** The type that sums of a type are accumulated in. */
  readonly accumulate: (d: DType) => DType;
  /** Types whose elements fill one lane. */
  readonly laneTypes: ReadonlySet<DType>;
  /** Types whose elements fill two, so that half as many iterations are carried out at a time; booleans beside them are as wide. Empty where there are none. */
  readonly wideTypes: ReadonlySet<DType>;
  /** Whether an operation on a type is carried out in lanes by instructions of the target. */
  readonly hasLaneForm: (op: ScalarOp, d: DType) => boolean;
  /** Whether it shifts all lanes by the same amount. */
  readonly hasLaneShift: (op: ScalarOp, d: DType) => boolean;
  readonly hasLaneBitcast: (from: DType, to: DType) => boolean;
  readonly parallelism: Parallelism;
  /** Null where products have no template of packed panels: they are reductions. */
  readonly tile: TileShape | null;
  /** Null on targets without work groups. `rows / each · columns / each` threads are a work group. */
  readonly block: BlockShape | null;
  /** Sums longer than this are accumulated in blocks: a naive float32 sum loses digits. */
  readonly sumBlock: number;
  /** Copies of a vector loop's body, so that sums do not wait for one another. */
  readonly unroll: number;
  /** Bytes that every buffer's address is a multiple of. */
  readonly alignment: number;
  /** Bytes of the smallest element that a store can write without its neighbours. */
  readonly smallestElement: number;
  readonly limits: Limits;
  readonly costs: Costs;
}

const INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"] as const;
const FLOATS = ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"] as const;

/** One thread of WebAssembly with 128-bit SIMD. Limits are V8's; costs are those of bench/NOTES.md. */
export const WASM: Target = {
  name: "wasm",
  dtypes: new Set<DType>(["bool", ...INTEGERS, ...FLOATS]),
  accumulate: (d) => (d === "float16" || d === "bfloat16" ? "float32" : d),
  laneTypes: new Set<DType>(["float32", "float16", "bfloat16", "int32", "uint32", "int16", "uint16", "int8", "uint8", "bool"]),
  wideTypes: new Set<DType>(["float64", "int64", "uint64"]),
  hasLaneForm: (op, d) => op === "copysign" || laneInstruction(op, d) !== null,
  hasLaneShift: (op, d) => laneShift(op, d) !== null,
  hasLaneBitcast: (from) => itemsize(from) >= 4,
  parallelism: { threads: 1, lanes: 4, grid: false, group: 1 },
  tile: { rows: 4, columns: 8, leastDepth: 4, leastWork: 4096, largeMatrix: 2 ** 16, depth: 512, cacheBytes: 2 ** 18 },
  block: null,
  sumBlock: 1024,
  unroll: 4,
  alignment: 64,
  smallestElement: 1,
  limits: { buffers: 4096, operations: 4096, nodes: 1024, locals: 50_000, codeBytes: 7_654_321, parameters: 1000 },
  costs: { flopsPerByte: 2, cached: { bytes: 2 ** 22, flopsPerByte: 0.5 }, cheapFlops: 6, smallElements: 64, launch: 0.02 },
};

/** Work groups of a GPU by WebGPU's own limits, which every adapter has. Costs are those of an ordinary GPU; what 64 bits need is computed on the CPU. */
export const WGSL: Target = {
  name: "wgsl",
  dtypes: new Set<DType>(["bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "float16", "bfloat16", "float32", "complex64"]),
  accumulate: (d) => (d === "float16" || d === "bfloat16" ? "float32" : d),
  laneTypes: new Set(),
  wideTypes: new Set(),
  hasLaneForm: () => false,
  hasLaneShift: () => false,
  hasLaneBitcast: () => false,
  parallelism: { threads: 1, lanes: 1, grid: true, group: 64 },
  tile: null,
  block: { rows: 32, columns: 32, depth: 16, each: 4, least: 16 },
  sumBlock: Infinity,
  unroll: 1,
  alignment: 256,
  smallestElement: 4,
  limits: { buffers: 8, operations: 4096, nodes: 1024, locals: 50_000, codeBytes: 1_000_000, parameters: 8 },
  costs: { flopsPerByte: 10, cached: { bytes: 0, flopsPerByte: 10 }, cheapFlops: 16, smallElements: 1024, launch: 10 },
};

/** The widths of vectors in 32-bit elements: SSE and NEON, AVX2, AVX-512. */
export type VectorWidth = 4 | 8 | 16;
const nativeTarget = (rows: number, columns: number): Target => ({
  ...WASM,
  name: "native",
  tile: { rows, columns, leastDepth: 4, leastWork: 4096, largeMatrix: 2 ** 16, depth: 256, cacheBytes: 2 ** 19 },
});
/**
 * C for the processor at hand, by the width of its vectors. Kernels are scheduled as for WebAssembly, four lanes at a time, so that the two fall into the same sums:
 * how many of these fit one instruction is the emitter's to use. What differs is the tile of products: as many sums as leave registers for their factors.
 */
export const NATIVE: Readonly<Record<VectorWidth, Target>> = { 4: nativeTarget(4, 8), 8: nativeTarget(6, 16), 16: nativeTarget(12, 32) };
