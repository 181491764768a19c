// Operations that move elements: to other places, with others between them, from computed places, or into parts of an array.
import { type Shape, sameShape, sizeOf } from "../../core/aval.ts";
import type { StructuredAttrs, TensorType } from "../graph.ts";
import { elements, need, needAxes, needLength, show, typed } from "./row.ts";
import { isIndex, row, without } from "./common.ts";

function gatherShape(x: TensorType, indices: TensorType, a: StructuredAttrs["gather"]): Shape {
  const rank = x.shape.length;
  needLength(a.sliceSizes, rank, "gather: sliceSizes");
  needAxes([...a.collapsedSliceDims, ...a.operandBatchingDims], rank, "gather: collapsed and batching axes");
  needAxes(a.startIndexMap, rank, "gather: startIndexMap");
  need(
    a.sliceSizes.every((s, i) => s >= 0 && s <= x.shape[i]!),
    () => `gather: slices of [${a.sliceSizes.join()}] do not fit into ${show(x)}`,
  );
  need(
    indices.shape.at(-1) === a.startIndexMap.length,
    () => `gather: the indices ${show(indices)} give ${indices.shape.at(-1)} coordinates, startIndexMap has ${a.startIndexMap.length}`,
  );
  const window = without(a.sliceSizes, [...a.collapsedSliceDims, ...a.operandBatchingDims]);
  const batch = indices.shape.slice(0, -1);
  needLength(a.offsetDims, window.length, "gather: offsetDims");
  needAxes(a.offsetDims, window.length + batch.length, "gather: offsetDims");
  let w = 0;
  let b = 0;
  return Array.from({ length: window.length + batch.length }, (_x, i) => (a.offsetDims.includes(i) ? window[w++]! : batch[b++]!));
}

export const MOVEMENT = {
  broadcast: row<"broadcast">(
    "movement",
    "broadcast_in_dim",
    1,
    { dims: "broadcast_dimensions" },
    {
      infer: ([x], { dims }, [t]) => {
        needLength(dims, x!.shape.length, "broadcast: dims");
        needAxes(dims, t!.shape.length, "broadcast: dims");
        need(
          dims.every((d, i) => x!.shape[i] === 1 || x!.shape[i] === t!.shape[d]),
          () => `broadcast: ${show(x!)} along [${dims.join()}] does not spread over ${show(t!)}`,
        );
        return [typed(t!.shape, x!.dtype)];
      },
    },
  ),
  reshape: row<"reshape">(
    "movement",
    "reshape",
    1,
    {},
    {
      infer: ([x], _a, [t]) => {
        need(sizeOf(x!.shape) === sizeOf(t!.shape), () => `reshape: ${show(x!)} and ${show(t!)} differ in size`);
        return [typed(t!.shape, x!.dtype)];
      },
    },
  ),
  transpose: row<"transpose">(
    "movement",
    "transpose",
    1,
    { permutation: "permutation" },
    {
      infer: ([x], { permutation }) => {
        needLength(permutation, x!.shape.length, "transpose: the permutation");
        needAxes(permutation, x!.shape.length, "transpose: the permutation");
        return [
          typed(
            permutation.map((p) => x!.shape[p]!),
            x!.dtype,
          ),
        ];
      },
    },
  ),
  slice: row<"slice">(
    "movement",
    "slice",
    1,
    { start: "start_indices", strides: "strides" },
    {
      infer: ([x], { start, strides }, [t]) => {
        needLength(start, x!.shape.length, "slice: start");
        needLength(strides, x!.shape.length, "slice: strides");
        needLength(t!.shape, x!.shape.length, "slice: the result's shape");
        const fits = (n: number, i: number): boolean =>
          strides[i]! > 0 && start[i]! >= 0 && n >= 0 && (n === 0 || start[i]! + (n - 1) * strides[i]! < x!.shape[i]!);
        need(
          t!.shape.every(fits),
          () => `slice: [${t!.shape.join()}] elements from [${start.join()}] by [${strides.join()}] do not lie in ${show(x!)}`,
        );
        return [typed(t!.shape, x!.dtype)];
      },
    },
  ),
  pad: row<"pad">(
    "movement",
    "pad",
    2,
    { low: "edge_padding_low", high: "edge_padding_high", interior: "interior_padding" },
    {
      infer: ([x, v], { low, high, interior }) => {
        for (const list of [low, high, interior]) needLength(list, x!.shape.length, "pad: the padding");
        need(v!.shape.length === 0 && v!.dtype === x!.dtype, () => `pad: the padding value is ${show(v!)}, expected a scalar of ${x!.dtype}`);
        const shape = x!.shape.map((n, i) => low[i]! + high[i]! + (n === 0 ? 0 : n + (n - 1) * interior[i]!));
        need(
          shape.every((n) => n >= 0) && interior.every((n) => n >= 0),
          () => `pad: ${show(x!)} by [${low.join()}], [${high.join()}], [${interior.join()}] is less than nothing`,
        );
        return [typed(shape, x!.dtype)];
      },
    },
  ),
  reverse: row<"reverse">(
    "movement",
    "reverse",
    1,
    { dims: "dimensions" },
    {
      infer: ([x], { dims }) => {
        needAxes(dims, x!.shape.length, "reverse: the dimensions");
        return [x!];
      },
    },
  ),
  concatenate: row<"concatenate">(
    "movement",
    "concatenate",
    null,
    { dim: "dimension" },
    {
      infer: (xs, { dim }) => {
        const [first] = xs;
        needAxes([dim], first!.shape.length, "concatenate: the dimension");
        need(
          xs.every((x) => x.dtype === first!.dtype && sameShape(without(x.shape, [dim]), without(first!.shape, [dim]))),
          () => `concatenate: the operands are ${xs.map(show).join(", ")}, expected equal types except along ${dim}`,
        );
        return [
          typed(
            first!.shape.map((n, i) => (i === dim ? xs.reduce((s, x) => s + x.shape[dim]!, 0) : n)),
            first!.dtype,
          ),
        ];
      },
    },
  ),
  dynamic_slice: row<"dynamic_slice">(
    "movement",
    "dynamic_slice",
    null,
    {},
    {
      infer: ([x, ...starts], _a, [t]) => {
        needLength(starts, x!.shape.length, "dynamic_slice: the starts");
        needLength(t!.shape, x!.shape.length, "dynamic_slice: the result's shape");
        need(
          starts.every((s) => s.shape.length === 0 && isIndex(s)),
          () => `dynamic_slice: the starts are ${starts.map(show).join(", ")}, expected integer scalars`,
        );
        need(
          t!.shape.every((n, i) => n <= x!.shape[i]!),
          () => `dynamic_slice: ${show(t!)} does not fit into ${show(x!)}`,
        );
        return [typed(t!.shape, x!.dtype)];
      },
    },
  ),
  dynamic_update_slice: row<"dynamic_update_slice">(
    "movement",
    "dynamic_update_slice",
    null,
    {},
    {
      infer: ([x, u, ...starts]) => {
        needLength(starts, x!.shape.length, "dynamic_update_slice: the starts");
        need(
          starts.every((s) => s.shape.length === 0 && isIndex(s)),
          () => `dynamic_update_slice: the starts are ${starts.map(show).join(", ")}, expected integer scalars`,
        );
        need(
          u!.dtype === x!.dtype && u!.shape.length === x!.shape.length && u!.shape.every((n, i) => n <= x!.shape[i]!),
          () => `dynamic_update_slice: ${show(u!)} does not fit into ${show(x!)}`,
        );
        return [x!];
      },
    },
  ),
  gather: row<"gather">(
    "movement",
    "gather",
    2,
    {
      offsetDims: "offset_dims",
      collapsedSliceDims: "collapsed_slice_dims",
      startIndexMap: "start_index_map",
      operandBatchingDims: "operand_batching_dims",
      startIndicesBatchingDims: "start_indices_batching_dims",
      sliceSizes: "slice_sizes",
      mode: "mode",
      fillValue: "fill_value",
    },
    {
      infer: ([x, indices], a) => {
        need(isIndex(indices!), () => `gather: the indices are ${show(indices!)}, expected integers`);
        return [typed(gatherShape(x!, indices!, a), x!.dtype)];
      },
    },
  ),
  scatter: row<"scatter">(
    "movement",
    "scatter",
    3,
    {
      updateWindowDims: "update_window_dims",
      insertedWindowDims: "inserted_window_dims",
      scatterDimsToOperandDims: "scatter_dims_to_operand_dims",
      operandBatchingDims: "input_batching_dims",
      scatterIndicesBatchingDims: "scatter_indices_batching_dims",
      combine: "combine",
      mode: "mode",
    },
    {
      flops: 1,
      work: (n) => (n.attrs.combine === "set" ? 0 : elements(n.inputs[2]!)),
      infer: ([x, indices, u], a) => {
        need(isIndex(indices!), () => `scatter: the indices are ${show(indices!)}, expected integers`);
        need(u!.dtype === x!.dtype, () => `scatter: the updates are ${u!.dtype}, the operand ${x!.dtype}`);
        needAxes([...a.insertedWindowDims, ...a.operandBatchingDims], x!.shape.length, "scatter: inserted and batching axes");
        needAxes(a.updateWindowDims, u!.shape.length, "scatter: updateWindowDims");
        needAxes(a.scatterDimsToOperandDims, x!.shape.length, "scatter: scatterDimsToOperandDims");
        need(
          indices!.shape.at(-1) === a.scatterDimsToOperandDims.length,
          () =>
            `scatter: the indices ${show(indices!)} give ${indices!.shape.at(-1)} coordinates, scatterDimsToOperandDims has ${a.scatterDimsToOperandDims.length}`,
        );
        const batch = without(u!.shape, a.updateWindowDims);
        need(
          sameShape(batch, indices!.shape.slice(0, -1)),
          () => `scatter: the updates ${show(u!)} have batch axes [${batch.join()}], the indices ${show(indices!)}`,
        );
        const room = without(x!.shape, [...a.insertedWindowDims, ...a.operandBatchingDims]);
        needLength(a.updateWindowDims, room.length, "scatter: updateWindowDims");
        need(
          a.updateWindowDims.every((d, i) => u!.shape[d]! <= room[i]!),
          () => `scatter: windows of ${show(u!)} do not fit into ${show(x!)}`,
        );
        return [x!];
      },
    },
  ),
};
