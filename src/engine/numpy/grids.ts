// Indices as arrays: positions in flat arrays, open grids, the places of a mask.
import { canonicalize, isInteger } from "../core/dtypes.ts";
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, shapeOf, sizeArgument } from "./convert.ts";
import { diagIndices } from "./indexGrids.ts";
import { meshgrid, ones } from "./creation.ts";
import { clip, nonzero } from "./choosing.ts";
import { stack } from "./manipulation.ts";
import { floorDivide, mod } from "./division.ts";

/** Options of `ravelMultiIndex`. */
export interface RavelMultiIndexOptions {
  /** What an index out of range does: an error ("raise", the default, not under jit), around ("wrap"), or to the end ("clip"). */
  readonly mode?: "raise" | "wrap" | "clip";
  /** "C" (the default): the last axis is next to each other; "F": the first. */
  readonly order?: "C" | "F";
}
/** Positions in the flattened array of indices along each axis.
 * @example np.ravelMultiIndex([np.array([1], { dtype: "int32" }), np.array([2], { dtype: "int32" })], [3, 4]) // [6] */
export function ravelMultiIndex(multiIndex: readonly ArrayLike[], dims: readonly number[], options: RavelMultiIndexOptions = {}): Value {
  const { mode = "raise", order = "C" } = options;
  const sizes = shapeOf("ravelMultiIndex", dims);
  if (multiIndex.length !== sizes.length)
    throw new ShapeError(`ravelMultiIndex: ${sizes.length} axes need as many index arrays, got ${multiIndex.length}`);
  const indices = multiIndex.map((x, i) => {
    const v = asArray(x, "ravelMultiIndex", `index ${i}`);
    if (!isInteger(v.dtype)) throw new DTypeError(`ravelMultiIndex: index ${i} is ${v.dtype}, expected integers`);
    const size = sizes[i]!;
    if (mode === "clip") return clip(v, 0, size - 1);
    if (mode === "wrap") return mod(v, size);
    if (mode !== "raise") throw new ArgumentError(`ravelMultiIndex: mode is ${JSON.stringify(mode)}, expected "raise", "wrap" or "clip"`);
    if (v.lt(0).or(v.ge(size)).any().item())
      throw new RangeError(`ravelMultiIndex: index ${i} is out of range for an axis of ${size}. Instead: give { mode: "clip" } or "wrap"`);
    return v;
  });
  const strides = sizes.map((_d, i) => (order === "F" ? sizes.slice(0, i) : sizes.slice(i + 1)).reduce((a, b) => a * b, 1));
  return indices.map((v, i) => v.mul(strides[i]!)).reduce((a, b) => a.add(b));
}
/** Indices along each axis of positions in the flattened array; positions out of range go to the ends.
 * @example np.unravelIndex(6, [3, 4]) // [1, 2] */
export function unravelIndex(indices: ArrayLike, shape: number | readonly number[]): Value[] {
  const sizes = shapeOf("unravelIndex", shape);
  // JavaScript's numbers are floats; a whole one is a position all the same.
  const v = asArray(typeof indices === "number" && Number.isSafeInteger(indices) ? BigInt(indices) : indices, "unravelIndex");
  if (!isInteger(v.dtype)) throw new DTypeError(`unravelIndex: positions are integers, got ${v.dtype}`);
  const total = sizes.reduce((a, b) => a * b, 1);
  let rest = mod(clip(v, -total, total - 1), Math.max(1, total));
  const out: Value[] = [];
  for (let i = sizes.length - 1; i >= 0; i--) {
    out.unshift(mod(rest, sizes[i]!));
    rest = floorDivide(rest, sizes[i]!);
  }
  return out;
}
/** Vectors as an open grid: the i-th has its length on axis i and 1 elsewhere, so that `x.get(...ix(rows, columns))` is a block.
 * @example np.ix(np.arange(2), np.arange(3)).map((i) => i.shape) // [[2, 1], [1, 3]] */
export function ix(...vectors: readonly ArrayLike[]): Value[] {
  return vectors.map((x, i) => {
    const v = asArray(x, "ix");
    if (v.ndim !== 1) throw new ShapeError(`ix: vectors are expected, argument ${i} has shape [${v.shape.join(",")}]`);
    const flat = v.dtype === "bool" ? nonzero(v)[0]! : v;
    return o.reshape(
      flat,
      vectors.map((_v, j) => (i === j ? flat.size : 1)),
    );
  });
}
/** Options of `maskIndices`. */
export interface MaskIndicesOptions {
  /** Passed on to the function: triu's and tril's diagonal. */
  readonly k?: number;
  /** A static number of indices, needed under jit. */
  readonly size?: number | null;
}
/** Where a function such as `triu` of an n × n array of ones leaves something: `[rows, columns]`.
 * @example np.maskIndices(2, np.triu) // [[0, 0, 1], [0, 1, 1]] */
export function maskIndices(n: number, maskFunc: (a: Value, k: number) => ArrayLike, options: MaskIndicesOptions = {}): Value[] {
  const side = sizeArgument("maskIndices", "n", n);
  const size = options.size ?? null;
  return nonzero(maskFunc(ones([side, side]), options.k ?? 0), size === null ? {} : { size });
}
/** The indices of the main diagonal of an array whose sides are equal, one array an axis.
 * @example np.diagIndicesFrom([[1, 2], [3, 4]]) // [[0, 1], [0, 1]] */
export function diagIndicesFrom(arr: ArrayLike): Value[] {
  const v = asArray(arr, "diagIndicesFrom");
  if (v.ndim < 2 || v.shape.some((d) => d !== v.shape[0]))
    throw new ShapeError(`diagIndicesFrom: at least two axes of one length are expected, got [${v.shape.join(",")}]`);
  return diagIndices(v.shape[0]!, v.ndim);
}
/** A range of a grid: "0:5", "0:1:0.1", or "0:1:5j" for five points with both ends, as Python's slices write them. */
export type GridRange = string;
function range(fn: string, text: GridRange): Value {
  const parts = String(text)
    .split(":")
    .map((p) => p.trim());
  const points = /^(\d+)j$/.exec(parts[2] ?? "");
  const numbers = [
    parts[0] === "" ? 0 : Number(parts[0]),
    Number(parts[1]),
    points ? Number(points[1]) : parts[2] === undefined || parts[2] === "" ? 1 : Number(parts[2]),
  ];
  if (parts.length < 2 || parts.length > 3 || numbers.some((x) => Number.isNaN(x)) || numbers[2] === 0)
    throw new ArgumentError(`${fn}: a range is written "start:stop" or "start:stop:step", got ${JSON.stringify(text)}`);
  const [start, stop, step] = numbers as [number, number, number];
  const whole = !points && numbers.every((x) => Number.isInteger(x));
  const dtype = whole ? canonicalize("int64") : canonicalize("float64");
  const length = points ? step : Math.max(0, Math.ceil((stop - start) / step));
  const stride = points ? (length > 1 ? (stop - start) / (length - 1) : 0) : step;
  return o.iota(dtype, [length], 0).mul(stride).add(start).astype(dtype);
}
/** Dense grids, one array an axis in one array: `mgrid("0:3", "0:2")` is NumPy's `mgrid[0:3, 0:2]`.
 * @example np.mgrid("0:2", "0:2") // [[[0, 0], [1, 1]], [[0, 1], [0, 1]]] */
export const mgrid = (...ranges: readonly GridRange[]): Value => {
  const axes = ranges.map((r) => range("mgrid", r));
  return axes.length === 1 ? axes[0]! : stack(meshgrid(...axes, { indexing: "ij" }));
};
/** Open grids, one array an axis: `ogrid("0:3", "0:2")` is NumPy's `ogrid[0:3, 0:2]`.
 * @example np.ogrid("0:2", "0:3").map((i) => i.shape) // [[2, 1], [1, 3]] */
export const ogrid = (...ranges: readonly GridRange[]): Value[] => {
  const axes = ranges.map((r) => range("ogrid", r));
  return axes.map((v, i) =>
    o.reshape(
      v,
      axes.map((_v, j) => (i === j ? v.size : 1)),
    ),
  );
};
