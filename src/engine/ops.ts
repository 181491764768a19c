// jax.ops: reductions by segment.
import { isComplex, kindOf, type DType } from "./core/dtypes.ts";
import { NDArray, type Value } from "./core/value.ts";
import { ConcretizationTypeError } from "./core/errors.ts";
import * as lax from "./lax/index.ts";
import { type ArrayLike, asArray, oneOf, options } from "./numpy/convert.ts";
import * as o from "./primitives/ops.ts";
import type { Tail } from "./core/signature.ts";

/** Options of the segment functions. */
export interface SegmentOptions {
  /** How many segments there are, which a traced program needs; by default the largest id + 1. */
  readonly numSegments?: number | null;
  /** A promise that ids are sorted; allows faster code. */
  readonly indicesAreSorted?: boolean;
  /** A promise that no id occurs twice; allows faster code. */
  readonly uniqueIndices?: boolean;
  /** Only null: rows are reduced in one go. */
  readonly bucketSize?: null;
  /** What becomes of rows whose id is outside: "drop" (the default; "fill" is another name), "clip" (the nearest segment) or "promise_in_bounds". */
  readonly mode?: string | null;
}
/** Data [n, …] reduced by segment: row i belongs to segment segmentIds[i]. */
type SegmentFunction = (
  data: ArrayLike,
  segmentIds: ArrayLike,
  ...rest: Tail<
    [numSegments: number | null, indicesAreSorted: boolean, uniqueIndices: boolean, bucketSize: null, mode: string | null],
    SegmentOptions
  >
) => Value;
type Scatter = typeof lax.scatterAdd;
function segment(fn: string, scatter: Scatter, neutral: (d: DType) => number): SegmentFunction {
  return (data, segmentIds, ...rest) => {
    const q = options<SegmentOptions>(fn, ["numSegments", "indicesAreSorted", "uniqueIndices", "bucketSize", "mode"], rest),
      x = asArray(data, fn),
      ids = asArray(segmentIds, fn);
    if (q.bucketSize !== undefined && q.bucketSize !== null)
      throw new TypeError(`ops.${fn}: bucketSize is ${String(q.bucketSize)}, expected null: rows are reduced in one go`);
    const mode = oneOf(`ops.${fn}`, "mode", q.mode ?? "drop", ["drop", "fill", "clip", "promise_in_bounds"]);
    let n = q.numSegments ?? null;
    if (n === null) {
      if (!(ids instanceof NDArray))
        throw new ConcretizationTypeError(`ops.${fn}: the number of segments depends on traced segmentIds (${ids.aval}); give { numSegments }`);
      n = ids.size ? Math.max(...Array.from(ids.dataSync() as Int32Array, Number)) + 1 : 0;
    }
    const rest1 = x.shape.slice(ids.ndim),
      init = o.full([n, ...rest1], x.dtype, neutral(x.dtype)),
      k = ids.ndim;
    return scatter(
      init,
      o.expandDims(ids, k),
      x,
      { updateWindowDims: rest1.map((_m, i) => k + i), insertedWindowDims: [0], scatterDimsToOperandDims: [0] },
      { mode, indicesAreSorted: q.indicesAreSorted ?? false, uniqueIndices: q.uniqueIndices ?? false },
    );
  };
}
const bits = (d: DType): number => Number(/\d+/.exec(d)?.[0] ?? 1);
const lowest = (d: DType): number => (kindOf(d) === "f" || isComplex(d) ? -Infinity : d === "bool" || d.startsWith("u") ? 0 : -(2 ** (bits(d) - 1))),
  highest = (d: DType): number =>
    kindOf(d) === "f" || isComplex(d) ? Infinity : d === "bool" ? 1 : 2 ** (d.startsWith("u") ? bits(d) : bits(d) - 1) - 1;
/** Sums of rows by segment; empty ones give 0. Data [n, …], ids [n]; gives [numSegments, …].
 * @example ops.segmentSum([1, 2, 3], np.int32([0, 0, 1])) // [3, 3] */
export const segmentSum = segment("segmentSum", lax.scatterAdd, () => 0),
  /** Products of rows by segment; empty ones give 1. Data [n, …], ids [n]; gives [numSegments, …].
   * @example ops.segmentProd([1, 2, 3], np.int32([0, 0, 1])) // [2, 3] */
  segmentProd = segment("segmentProd", lax.scatterMul, () => 1),
  /** The largest of the rows of each segment; empty ones give the lowest value. Data [n, …], ids [n]; gives [numSegments, …].
   * @example ops.segmentMax([1, 2, 3], np.int32([0, 0, 1])) // [2, 3] */
  segmentMax = segment("segmentMax", lax.scatterMax, lowest),
  /** The smallest of the rows of each segment; empty ones give the highest value. Data [n, …], ids [n]; gives [numSegments, …].
   * @example ops.segmentMin([1, 2, 3], np.int32([0, 0, 1])) // [1, 3] */
  segmentMin = segment("segmentMin", lax.scatterMin, highest);
