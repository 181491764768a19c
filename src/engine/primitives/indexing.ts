// Indexing: dynamic slices and gather. Their transposes add or write into zeros through scatter.ts.
import { type Shape, ShapedArray } from "../core/aval.ts";
import { isInexact, isInteger } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { type Primitive, type Linear, Zero, definePrimitive, isLinear, isZero } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import type { GatherAttrs } from "../graph/graph.ts";
import * as o from "./ops.ts";
import { scatter, scatterAdd, type ScatterDimensionNumbers } from "./scatter.ts";
import { type GatherMode, MODE_NAMES, showDims } from "./indexmode.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_x, i) => i);

interface DynamicSliceParams {
  readonly sliceSizes: readonly number[];
}
/** A window of fixed size at a computed start; the start is clamped so that the window fits. */
export const dynamicSlice: Primitive<DynamicSliceParams> = definePrimitive<DynamicSliceParams>({
  name: "dynamic_slice",
  multipleResults: false,
  abstract: ([x, ...starts], { sliceSizes }) => {
    if (starts.length !== x!.ndim || sliceSizes.length !== x!.ndim)
      throw new ShapeError(`dynamic_slice: ${x} has ${x!.ndim} axes, got ${starts.length} start indices and ${sliceSizes.length} sizes`);
    for (const s of starts)
      if (!isInteger(s.dtype) || s.ndim) throw new DTypeError(`dynamic_slice: a start index has type ${s}, expected an integer scalar`);
    sliceSizes.forEach((n, i) => {
      if (n < 0 || n > x!.shape[i]!) throw new ShapeError(`dynamic_slice: a window of ${n} does not fit in axis ${i} of ${x}`);
    });
    return [x!.withShape(sliceSizes)];
  },
  jvp: ([x, ...starts], [dx], params) => {
    const out = bind1(dynamicSlice, [x!, ...starts], params);
    return [[out], [isZero(dx) ? new Zero(out.aval.strengthen()) : bind1(dynamicSlice, [dx as Value, ...starts], params)]];
  },
  transpose: ([ct], [x, ...starts]) => [
    !isLinear(x) ? null : isZero(ct) ? new Zero(x.aval) : o.dynamicUpdateSlice(o.zerosLike(x.aval), ct as Value, starts as Value[]),
    ...starts.map(() => null),
  ],
  batch: ([x, ...starts], [dx, ...ds], { sliceSizes }, batch) => {
    if (ds.every((d) => d === null))
      return [[o.dynamicSlice(o.moveaxis(x!, dx!, 0), [o.lit(starts[0]?.dtype ?? "int32", 0), ...starts], [batch.size, ...sliceSizes])], [0]];
    const rank = sliceSizes.length,
      indices = batchedStarts(starts, ds, batch.size);
    const dims: GatherDimensionNumbers = {
      offsetDims: range(rank),
      collapsedSliceDims: [],
      startIndexMap: range(rank),
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
    };
    return batchGather(
      x!,
      indices,
      dx!,
      0,
      { dimensionNumbers: dims, sliceSizes, mode: "clip", fillValue: null, indicesAreSorted: true, uniqueIndices: true },
      batch.size,
    );
  },
  lower: (g, [x, ...starts], { sliceSizes }, [out]) => {
    const key = out!.dtype === "key<fry>";
    return [
      g.node("dynamic_slice", [x!, ...starts, ...(key ? [g.constant(o.lit("int32", 0) as never)] : [])], {}, [
        { shape: key ? [...sliceSizes, 2] : sliceSizes, dtype: x!.dtype },
      ]),
    ];
  },
});
/** [batch, rank] start indices from scalars, some of them mapped. */
export function batchedStarts(starts: readonly Value[], dims: readonly (number | null)[], size: number): Value {
  const columns = starts.map((s, i) =>
    dims[i] === null ? o.broadcastInDim(s, [size, 1], []) : o.reshape(o.convert(s, starts[0]!.dtype), [size, 1]),
  );
  return columns.length === 0
    ? o.full([size, 0], "int32", 0)
    : o.concatenate(
        columns.map((c) => o.convert(c, columns[0]!.dtype)),
        1,
      );
}

/** Writes a window at a computed start; the start is clamped so that the window fits. */
export const dynamicUpdateSlice: Primitive<Readonly<Record<never, never>>> = definePrimitive<Readonly<Record<never, never>>>({
  name: "dynamic_update_slice",
  multipleResults: false,
  abstract: ([x, u, ...starts]) => {
    if (x!.dtype !== u!.dtype)
      throw new DTypeError(`dynamic_update_slice: the operand is ${x!.dtype}, the update ${u!.dtype}; expected equal dtypes`);
    if (u!.ndim !== x!.ndim || starts.length !== x!.ndim || u!.shape.some((n, i) => n > x!.shape[i]!))
      throw new ShapeError(`dynamic_update_slice: an update ${u} does not fit in ${x} (with ${starts.length} start indices)`);
    return [x!];
  },
  jvp: ([x, u, ...starts], [dx, du]) => {
    const out = o.dynamicUpdateSlice(x!, u!, starts);
    return [
      [out],
      [isZero(dx) && isZero(du) ? new Zero(out.aval.strengthen()) : o.dynamicUpdateSlice(o.instantiate(dx!), o.instantiate(du!), starts)],
    ];
  },
  transpose: ([ct], [x, u, ...starts]) => {
    const s = starts as Value[],
      du = isLinear(u) ? u.aval : (u as Value).aval;
    return [
      isLinear(x) ? (isZero(ct) ? new Zero(x.aval) : o.dynamicUpdateSlice(ct as Value, o.zerosLike(du), s)) : null,
      isLinear(u) ? (isZero(ct) ? new Zero(du) : o.dynamicSlice(ct as Value, s, du.shape)) : null,
      ...starts.map(() => null),
    ];
  },
  batch: ([x, u, ...starts], [dx, du, ...ds], _p, batch) => {
    const size = batch.size;
    const bx = o.spreadBatch(x!, dx!, size),
      bu = o.spreadBatch(u!, du!, size);
    if (ds.every((d) => d === null)) return [[o.dynamicUpdateSlice(bx, bu, [o.lit(starts[0]?.dtype ?? "int32", 0), ...starts])], [0]];
    const rank = x!.ndim - (dx === null ? 0 : 1),
      shape = bx.shape.slice(1),
      window = bu.shape.slice(1);
    // Out-of-range starts are clamped before they become scatter indices.
    const clamped = batchedStarts(
      starts.map((s, i) => o.min(o.max(s, o.lit(s.dtype, 0)), o.lit(s.dtype, shape[i]! - window[i]!))),
      ds,
      size,
    );
    const dims: ScatterDimensionNumbers = {
      updateWindowDims: range(rank).map((i) => i + 1),
      insertedWindowDims: [],
      scatterDimsToOperandDims: range(rank).map((i) => i + 1),
      operandBatchingDims: [0],
      scatterIndicesBatchingDims: [0],
    };
    return [[bindScatterSet(bx, clamped, bu, dims)], [0]];
  },
  lower: (g, [x, u, ...starts]) => [
    g.node("dynamic_update_slice", [x!, u!, ...starts, ...(x!.shape.length > starts.length ? [g.constant(o.lit("int32", 0) as never)] : [])], {}, [
      x!.type,
    ]),
  ],
});
const bindScatterSet = (x: Value, indices: Value, updates: Value, dimensionNumbers: ScatterDimensionNumbers): Value =>
  bind1(scatter, [x, indices, updates], {
    dimensionNumbers,
    indicesAreSorted: true,
    uniqueIndices: true,
    mode: "clip",
    updateJaxpr: null,
    updateConsts: [],
  });

export interface GatherDimensionNumbers {
  readonly offsetDims: readonly number[];
  readonly collapsedSliceDims: readonly number[];
  readonly startIndexMap: readonly number[];
  readonly operandBatchingDims: readonly number[];
  readonly startIndicesBatchingDims: readonly number[];
}
export interface GatherParams {
  readonly dimensionNumbers: GatherDimensionNumbers;
  readonly sliceSizes: readonly number[];
  readonly mode: GatherMode;
  readonly fillValue: number | bigint | null;
  readonly indicesAreSorted: boolean;
  readonly uniqueIndices: boolean;
}

/** The general gather of XLA: windows of `sliceSizes` at the positions that the index vectors (last axis of `indices`) name. */
export const gather: Primitive<GatherParams> = definePrimitive<GatherParams>({
  name: "gather",
  multipleResults: false,
  abstract: ([x, indices], { dimensionNumbers: d, sliceSizes }) => {
    if (sliceSizes.length !== x!.ndim) throw new ShapeError(`gather: ${x} has ${x!.ndim} axes, sliceSizes names ${sliceSizes.length}`);
    if (!isInteger(indices!.dtype)) throw new DTypeError(`gather: the indices have dtype ${indices!.dtype}, expected integers`);
    if (indices!.shape.at(-1) !== d.startIndexMap.length)
      throw new ShapeError(
        `gather: the last axis of the indices ${indices} is ${indices!.shape.at(-1)}, startIndexMap has ${d.startIndexMap.length} entries`,
      );
    return [x!.withShape(gatherShape(indices!.shape, d, sliceSizes))];
  },
  jvp: ([x, i], [dx], params) => {
    const out = bind1(gather, [x!, i!], params);
    return [[out], [isZero(dx) ? new Zero(out.aval.strengthen()) : bind1(gather, [dx as Value, i!], { ...params, fillValue: 0 })]];
  },
  transpose: ([ct], [x, indices], { dimensionNumbers: d, mode, indicesAreSorted, uniqueIndices }) => {
    const aval = (x as Linear).aval;
    if (isZero(ct)) return [new Zero(aval), null];
    const dims: ScatterDimensionNumbers = {
      updateWindowDims: d.offsetDims,
      insertedWindowDims: d.collapsedSliceDims,
      scatterDimsToOperandDims: d.startIndexMap,
      operandBatchingDims: d.operandBatchingDims,
      scatterIndicesBatchingDims: d.startIndicesBatchingDims,
    };
    return [
      bind1(scatterAdd, [o.zerosLike(aval), indices as Value, ct as Value], {
        dimensionNumbers: dims,
        mode,
        indicesAreSorted,
        uniqueIndices,
        updateJaxpr: null,
        updateConsts: [],
      }),
      null,
    ];
  },
  batch: ([x, i], [dx, di], params, batch) => batchGather(x!, i!, dx!, di!, params, batch.size),
  lower: (g, [x, indices], params, [out], [xa]) => {
    const key = xa!.dtype === "key<fry>",
      { dimensionNumbers: d } = params;
    const attrs: GatherAttrs = {
      ...d,
      offsetDims: key ? [...d.offsetDims, out!.ndim] : d.offsetDims,
      sliceSizes: key ? [...params.sliceSizes, 2] : params.sliceSizes,
      mode: params.mode === "fill_or_drop" ? "fill" : "clip",
      fillValue: params.fillValue ?? defaultFill(out!),
    };
    return [g.node("gather", [x!, indices!], attrs, [{ shape: key ? [...out!.shape, 2] : out!.shape, dtype: x!.dtype }])];
  },
  printParams: ({ dimensionNumbers: d, mode }) => ({
    mode: MODE_NAMES[mode],
    dimensionNumbers: `GatherDimensionNumbers(offset_dims=${showDims(d.offsetDims)}, collapsed_slice_dims=${showDims(d.collapsedSliceDims)}, start_index_map=${showDims(d.startIndexMap)}, operand_batching_dims=${showDims(d.operandBatchingDims)}, start_indices_batching_dims=${showDims(d.startIndicesBatchingDims)})`,
  }),
});
/** What JAX fills with: NaN, the lowest integer, the highest unsigned integer, true. */
function defaultFill(a: ShapedArray): number | bigint {
  if (isInexact(a.dtype)) return NaN;
  if (a.dtype === "bool") return 1;
  const width = Number(/\d+/.exec(a.dtype)?.[0] ?? 32);
  return a.dtype.startsWith("u") ? 2n ** BigInt(width) - 1n : -(2n ** BigInt(width - 1));
}
export function gatherShape(indices: Shape, d: GatherDimensionNumbers, sliceSizes: readonly number[]): number[] {
  const window = sliceSizes.filter((_n, i) => !d.collapsedSliceDims.includes(i) && !d.operandBatchingDims.includes(i)),
    batch = indices.slice(0, -1);
  const rank = window.length + batch.length,
    out: number[] = [];
  let w = 0,
    b = 0;
  for (let i = 0; i < rank; i++) out.push(d.offsetDims.includes(i) ? window[w++]! : batch[b++]!);
  return out;
}
const up = (xs: readonly number[]): number[] => xs.map((x) => x + 1);
function batchGather(
  x: Value,
  indices: Value,
  dx: number | null,
  di: number | null,
  p: GatherParams,
  size: number,
): [readonly Value[], readonly number[]] {
  const d = p.dimensionNumbers;
  if (dx !== null && di === null) {
    // The batch axis of the operand becomes one more offset dimension, whole.
    const dims = {
      ...d,
      offsetDims: [0, ...up(d.offsetDims)],
      collapsedSliceDims: up(d.collapsedSliceDims),
      startIndexMap: up(d.startIndexMap),
      operandBatchingDims: up(d.operandBatchingDims),
    };
    return [[bind1(gather, [o.moveaxis(x, dx, 0), indices], { ...p, dimensionNumbers: dims, sliceSizes: [size, ...p.sliceSizes] })], [0]];
  }
  const bi = o.moveaxis(indices, di!, 0);
  if (dx === null)
    return [
      [
        bind1(gather, [x, bi], {
          ...p,
          dimensionNumbers: { ...d, offsetDims: up(d.offsetDims), startIndicesBatchingDims: up(d.startIndicesBatchingDims) },
        }),
      ],
      [0],
    ];
  const dims: GatherDimensionNumbers = {
    offsetDims: up(d.offsetDims),
    collapsedSliceDims: up(d.collapsedSliceDims),
    startIndexMap: up(d.startIndexMap),
    operandBatchingDims: [0, ...up(d.operandBatchingDims)],
    startIndicesBatchingDims: [0, ...up(d.startIndicesBatchingDims)],
  };
  return [[bind1(gather, [o.moveaxis(x, dx, 0), bi], { ...p, dimensionNumbers: dims, sliceSizes: [1, ...p.sliceSizes] })], [0]];
}
