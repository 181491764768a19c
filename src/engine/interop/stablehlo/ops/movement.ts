// Constants, and operations that bring elements to other places.
import type { Value } from "../../../core/value.ts";
import * as o from "../../../primitives/ops.ts";
import { constantOf } from "../constants.ts";
import { type Call, type Fields, type Row, type Rows, combinerOf } from "../row.ts";

const iota: Row = (_ins, c) => o.iota(c.out.dtype, c.out.shape, c.integer("iota_dimension"));

/** Index vectors in the last axis, as the primitives take them. */
function indicesLast(indices: Value, fields: Fields): Value {
  // An axis of 0 is not written.
  const axis = fields.integer("index_vector_dim", 0);
  return axis === indices.ndim ? o.reshape(indices, [...indices.shape, 1]) : o.moveaxis(indices, axis, indices.ndim - 1);
}
const gather: Row = ([x, indices], c) => {
  const d = c.fields("dimension_numbers");
  return o.callAll("gather", [x!, indicesLast(indices!, d)], {
    dimensionNumbers: {
      offsetDims: d.integers("offset_dims"),
      collapsedSliceDims: d.integers("collapsed_slice_dims"),
      startIndexMap: d.integers("start_index_map"),
      operandBatchingDims: d.integers("operand_batching_dims"),
      startIndicesBatchingDims: d.integers("start_indices_batching_dims"),
    },
    sliceSizes: c.integers("slice_sizes"),
    // StableHLO moves starts so that their windows fit.
    mode: "clip",
    fillValue: null,
    indicesAreSorted: c.is("indices_are_sorted"),
    uniqueIndices: false,
  });
};
const SCATTERS: Readonly<Record<string, string>> = {
  set: "scatter",
  add: "scatter-add",
  subtract: "scatter-sub",
  multiply: "scatter-mul",
  maximum: "scatter-max",
  minimum: "scatter-min",
};
const BOOLEAN_SCATTERS: Readonly<Record<string, string>> = { or: "scatter-max", and: "scatter-min", add: "scatter-max", multiply: "scatter-min" };
function scatterOf(x: Value, c: Call): string {
  const combiner = combinerOf(c.region(0)) ?? "";
  const own = x.dtype === "bool" ? (BOOLEAN_SCATTERS[combiner] ?? SCATTERS[combiner]) : SCATTERS[combiner];
  return (
    own ??
    c.fail(`combines by ${combiner || "a function of several operations"}, which is not read yet; expected ${Object.keys(SCATTERS).join(", ")}`)
  );
}
const scatter: Row = (ins, c) => {
  if (ins.length !== 3) return c.fail("with several operands is not read yet");
  const [x, indices, updates] = ins as [Value, Value, Value];
  const d = c.fields("scatter_dimension_numbers");
  return o.callAll(scatterOf(x, c), [x, indicesLast(indices, d), updates], {
    dimensionNumbers: {
      updateWindowDims: d.integers("update_window_dims"),
      insertedWindowDims: d.integers("inserted_window_dims"),
      scatterDimsToOperandDims: d.integers("scatter_dims_to_operand_dims"),
      operandBatchingDims: d.integers("input_batching_dims"),
      scatterIndicesBatchingDims: d.integers("scatter_indices_batching_dims"),
    },
    // StableHLO leaves out updates whose windows do not fit.
    mode: "fill_or_drop",
    indicesAreSorted: c.is("indices_are_sorted"),
    uniqueIndices: c.is("unique_indices"),
    updateJaxpr: null,
    updateConsts: [],
  });
};
const pad: Row = ([x, value], c) => {
  const [low, high, interior] = ["edge_padding_low", "edge_padding_high", "interior_padding"].map((name) => c.integers(name));
  return o.pad(
    x!,
    value!,
    x!.shape.map((_n, i) => [low![i]!, high![i]!, interior![i]!] as const),
  );
};
export const MOVEMENT: Rows = {
  constant: (_ins, c) => constantOf(c.attribute("value"), c.out, c.op.line),
  iota,
  broadcast_in_dim: ([x], c) => o.broadcastInDim(x!, c.out.shape, c.integers("broadcast_dimensions")),
  reshape: ([x], c) => o.reshape(x!, c.out.shape),
  transpose: ([x], c) => o.transpose(x!, c.integers("permutation")),
  slice: ([x], c) => o.slice(x!, c.integers("start_indices"), c.integers("limit_indices"), c.integers("strides")),
  pad,
  reverse: ([x], c) => o.rev(x!, c.integers("dimensions")),
  concatenate: (ins, c) => o.concatenate(ins, c.integer("dimension")),
  dynamic_slice: ([x, ...starts], c) => o.dynamicSlice(x!, starts, c.integers("slice_sizes")),
  dynamic_update_slice: ([x, update, ...starts]) => o.dynamicUpdateSlice(x!, update!, starts),
  gather,
  scatter,
};
