// Gather and scatter in XLA's general form, and the simpler functions on top of them.
import { Value } from "../core/value.ts";
import type { Shape } from "../core/aval.ts";
import * as o from "../primitives/ops.ts";
import { parseMode } from "../primitives/indexmode.ts";
import { type ArrayLike, asArray, castTo } from "../numpy/convert.ts";
import { remainder } from "../numpy/division.ts";
import { type Plain, prim } from "./helpers.ts";
import type { GatherOptions } from "./options.ts";

/** Slices at computed places, as XLA has it.
 * @example lax.gather(np.array([10, 20, 30]), np.int32([[2], [0]]), { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] }, [1]) // [30, 10] */
export function gather(
  x: ArrayLike,
  indices: ArrayLike,
  d: {
    offsetDims: readonly number[];
    collapsedSliceDims: readonly number[];
    startIndexMap: readonly number[];
    operandBatchingDims?: readonly number[];
    startIndicesBatchingDims?: readonly number[];
  },
  sliceSizes: readonly number[],
  opts: GatherOptions = {},
): Value {
  return prim("gather", [asArray(x), asArray(indices)], {
    dimensionNumbers: { operandBatchingDims: [], startIndicesBatchingDims: [], ...d },
    sliceSizes,
    mode: parseMode(opts.mode, "fill_or_drop"),
    fillValue: opts.fillValue ?? null,
    indicesAreSorted: opts.indicesAreSorted ?? false,
    uniqueIndices: opts.uniqueIndices ?? false,
  });
}
const scatterOf =
  (name: string) =>
  (x: ArrayLike, indices: ArrayLike, updates: ArrayLike, d: Plain, opts: GatherOptions = {}): Value =>
    prim(name, [asArray(x), asArray(indices), asArray(updates)], {
      dimensionNumbers: { operandBatchingDims: [], scatterIndicesBatchingDims: [], ...d },
      mode: parseMode(opts.mode, "fill_or_drop"),
      indicesAreSorted: opts.indicesAreSorted ?? false,
      uniqueIndices: opts.uniqueIndices ?? false,
      updateJaxpr: null,
      updateConsts: [],
    });
/** x with slices replaced at computed places.
 * @example lax.scatter(np.zeros([3]), np.int32([[1]]), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }) // [0, 5, 0] */
export const scatter = scatterOf("scatter");
/** x with slices added at computed places.
 * @example lax.scatterAdd(np.zeros([3]), np.int32([[1], [1]]), np.array([5, 6]), { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }) // [0, 11, 0] */
export const scatterAdd = scatterOf("scatter-add");
/** x with slices subtracted at computed places.
 * @example lax.scatterSub(np.zeros([3]), np.int32([[1]]), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }) // [0, -5, 0] */
export const scatterSub = scatterOf("scatter-sub");
/** x with slices multiplied at computed places.
 * @example lax.scatterMul(np.ones([3]), np.int32([[1], [1]]), np.array([5, 6]), { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }) // [1, 30, 1] */
export const scatterMul = scatterOf("scatter-mul");
/** x with smaller slices taken at computed places.
 * @example lax.scatterMin(np.ones([3]), np.int32([[1]]), np.array([-5]), { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }) // [1, -5, 1] */
export const scatterMin = scatterOf("scatter-min");
/** x with larger slices taken at computed places.
 * @example lax.scatterMax(np.ones([3]), np.int32([[1]]), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }) // [1, 5, 1] */
export const scatterMax = scatterOf("scatter-max");

/** The elements (or slices) at the index vectors of several axes.
 * @example lax.indexTake(np.array([10, 20, 30]), [np.int32([2, 0])], [0]) // [30, 10] */
export function indexTake(x: ArrayLike, indices: readonly ArrayLike[], axes: readonly number[]): Value {
  const v = asArray(x),
    idx = indices.map((i) => asArray(i)),
    stacked = o.concatenate(
      idx.map((i) => o.expandDims(o.convert(i, idx[0]!.dtype), 1)),
      1,
    ),
    rest = v.shape.map((_n, k) => k).filter((k) => !axes.includes(k));
  const sizes = o.concatenate(
    axes.map((a) => o.full([stacked.shape[0]!, 1], stacked.dtype, v.shape[a]!)),
    1,
  );
  const wrapped = remainder(stacked, sizes);
  return prim("gather", [v, wrapped], {
    dimensionNumbers: {
      offsetDims: rest.map((_k, i) => i + 1),
      collapsedSliceDims: axes,
      startIndexMap: axes,
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
    },
    sliceSizes: v.shape.map((n, k) => (axes.includes(k) ? 1 : n)),
    mode: "fill_or_drop",
    fillValue: null,
    indicesAreSorted: false,
    uniqueIndices: false,
  });
}
/** Applies a function to the windows that the indices name; a window named twice is changed once.
 * @example lax.scatterApply(np.array([1, 2, 3]), np.int32([[2]]), (v) => v.mul(10), { updateWindowDims: [], insertedWindowDims: [0],
 * scatterDimsToOperandDims: [0] }) // [1, 2, 30] */
export function scatterApply(
  x: ArrayLike,
  indices: ArrayLike,
  fn: (v: Value) => ArrayLike,
  d: Plain,
  opts: GatherOptions & { updateShape?: Shape } = {},
): Value {
  const v = asArray(x),
    i = asArray(indices),
    dn = { operandBatchingDims: [] as number[], scatterIndicesBatchingDims: [] as number[], ...d } as unknown as {
      updateWindowDims: readonly number[];
      insertedWindowDims: readonly number[];
      scatterDimsToOperandDims: readonly number[];
      operandBatchingDims: readonly number[];
      scatterIndicesBatchingDims: readonly number[];
    };
  const shape = opts.updateShape ?? i.shape.slice(0, -1);
  let w = 0;
  const sliceSizes = v.shape.map((_n, k) =>
    dn.insertedWindowDims.includes(k) || dn.operandBatchingDims.includes(k) ? 1 : shape[dn.updateWindowDims[w++]!]!,
  );
  const read = prim("gather", [v, i], {
    dimensionNumbers: {
      offsetDims: dn.updateWindowDims,
      collapsedSliceDims: dn.insertedWindowDims,
      startIndexMap: dn.scatterDimsToOperandDims,
      operandBatchingDims: dn.operandBatchingDims,
      startIndicesBatchingDims: dn.scatterIndicesBatchingDims,
    },
    sliceSizes,
    mode: parseMode(opts.mode, "fill_or_drop"),
    fillValue: opts.fillValue ?? null,
    indicesAreSorted: opts.indicesAreSorted ?? false,
    uniqueIndices: opts.uniqueIndices ?? false,
  });
  return scatter(v, i, castTo(asArray(fn(read)), v.dtype), dn, opts);
}
