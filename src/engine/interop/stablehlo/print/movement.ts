// Operations that move elements. Gathers and scatters are StableHLO's, with what JAX's modes ask for written around them.
import { isUnsigned, itemsize } from "../../../core/dtypes.ts";
import type { GatherAttrs, ScatterAttrs } from "../../../graph/graph.ts";
import type { Forms } from "./form.ts";
import { type Block, type Ref, type Writer, i64, i64s, typed } from "./writer.ts";

const axes = (list: readonly number[]): string => `[${list.join(", ")}]`;
/** Index vectors lie in the last axis. */
const vectorAxis = (indices: Ref): number => indices.type.shape.length - 1;
/** How far each coordinate of a window may move. */
const room = (shape: readonly number[], map: readonly number[], sizes: readonly number[]): number[] => map.map((d) => shape[d]! - sizes[d]!);
/** Small integers do not hold every limit. */
const wideIndices = (w: Writer, indices: Ref): Ref =>
  itemsize(indices.type.dtype) < 4 ? w.convert(indices, isUnsigned(indices.type.dtype) ? "uint32" : "int32") : indices;
const limits = (w: Writer, indices: Ref, most: readonly number[]): Ref =>
  w.broadcast(w.integers(most, indices.type.dtype), indices.type.shape, [vectorAxis(indices)]);

function gather(w: Writer, x: Ref, indices: Ref, a: GatherAttrs, shape: readonly number[]): Ref {
  const numbers = [
    `offset_dims = ${axes(a.offsetDims)}`,
    `collapsed_slice_dims = ${axes(a.collapsedSliceDims)}`,
    ...(a.operandBatchingDims.length
      ? [`operand_batching_dims = ${axes(a.operandBatchingDims)}`, `start_indices_batching_dims = ${axes(a.startIndicesBatchingDims)}`]
      : []),
    `start_index_map = ${axes(a.startIndexMap)}`,
    `index_vector_dim = ${vectorAxis(indices)}`,
  ];
  return w.op("gather", [x, indices], typed(shape, x.type.dtype), {
    dimension_numbers: `#stablehlo.gather<${numbers.join(", ")}>`,
    slice_sizes: i64s(a.sliceSizes),
    indices_are_sorted: "false",
  });
}
/** Whether each window of a gather lies inside, spread over the result. */
function isInside(w: Writer, given: Ref, a: GatherAttrs, x: Ref, shape: readonly number[]): Ref {
  const indices = wideIndices(w, given);
  const most = limits(w, indices, room(x.type.shape, a.startIndexMap, a.sliceSizes));
  const each = w.same("and", w.compare("ge", indices, w.full(0, indices.type)), w.compare("le", indices, most));
  const batch = indices.type.shape.slice(0, -1);
  const all = w.all("stablehlo.reduce", [each, w.full(1, typed([], "bool"))], [typed(batch, "bool")], { dimensions: i64s([vectorAxis(indices)]) }, [
    w.combine("stablehlo.and", "bool"),
  ])[0]!;
  return w.broadcast(
    all,
    shape,
    shape.map((_n, i) => i).filter((i) => !a.offsetDims.includes(i)),
  );
}
const COMBINE: Readonly<Record<Exclude<ScatterAttrs["combine"], "set">, string>> = {
  add: "add",
  mul: "multiply",
  max: "maximum",
  min: "minimum",
  and: "and",
  or: "or",
  xor: "xor",
};
function scatter(w: Writer, [x, given, updates]: readonly Ref[], a: ScatterAttrs): Ref {
  const { shape, dtype } = x!.type;
  let indices = given!;
  if (a.mode === "clip") {
    indices = wideIndices(w, indices);
    // Windows are as large as the update along the axes that it has; 1 along the others.
    const inserted = new Set([...a.insertedWindowDims, ...a.operandBatchingDims]);
    let next = 0;
    const sizes = shape.map((_n, d) => (inserted.has(d) ? 1 : updates!.type.shape[a.updateWindowDims[next++]!]!));
    const most = limits(w, indices, room(shape, a.scatterDimsToOperandDims, sizes));
    indices = w.op("clamp", [w.full(0, indices.type), indices, most], indices.type);
  }
  const numbers = [
    `update_window_dims = ${axes(a.updateWindowDims)}`,
    `inserted_window_dims = ${axes(a.insertedWindowDims)}`,
    ...(a.operandBatchingDims.length
      ? [`input_batching_dims = ${axes(a.operandBatchingDims)}`, `scatter_indices_batching_dims = ${axes(a.scatterIndicesBatchingDims)}`]
      : []),
    `scatter_dims_to_operand_dims = ${axes(a.scatterDimsToOperandDims)}`,
    `index_vector_dim = ${vectorAxis(indices)}`,
  ];
  const scalar = typed([], dtype);
  const block: Block = {
    takes: [scalar, scalar],
    gives: ([old, now]) => [a.combine === "set" ? now! : w.same(COMBINE[a.combine], old!, now!)],
  };
  const attributes = {
    scatter_dimension_numbers: `#stablehlo.scatter<${numbers.join(", ")}>`,
    indices_are_sorted: "false",
    unique_indices: "false",
  };
  return w.all("stablehlo.scatter", [x!, indices, updates!], [x!.type], attributes, [block])[0]!;
}
export const MOVEMENT: Forms<
  | "broadcast"
  | "reshape"
  | "transpose"
  | "slice"
  | "pad"
  | "reverse"
  | "concatenate"
  | "dynamic_slice"
  | "dynamic_update_slice"
  | "gather"
  | "scatter"
> = {
  broadcast: (w, n, [x]) => [w.broadcast(x!, n.shape, n.attrs.dims)],
  reshape: (w, n, ins) => [w.op("reshape", ins, n.type)],
  transpose: (w, n, ins) => [w.op("transpose", ins, n.type, { permutation: i64s(n.attrs.permutation) })],
  slice(w, n, ins) {
    const { start, strides } = n.attrs;
    const limit = start.map((s, i) => (n.shape[i] === 0 ? s : s + (n.shape[i]! - 1) * strides[i]! + 1));
    return [w.op("slice", ins, n.type, { start_indices: i64s(start), limit_indices: i64s(limit), strides: i64s(strides) })];
  },
  pad: (w, n, ins) => [
    w.op("pad", ins, n.type, {
      edge_padding_low: i64s(n.attrs.low),
      edge_padding_high: i64s(n.attrs.high),
      interior_padding: i64s(n.attrs.interior),
    }),
  ],
  reverse: (w, n, ins) => [w.op("reverse", ins, n.type, { dimensions: i64s(n.attrs.dims) })],
  concatenate: (w, n, ins) => [w.op("concatenate", ins, n.type, { dimension: i64(n.attrs.dim) })],
  dynamic_slice: (w, n, ins) => [w.op("dynamic_slice", ins, n.type, { slice_sizes: i64s(n.shape) })],
  dynamic_update_slice: (w, n, ins) => [w.op("dynamic_update_slice", ins, n.type)],
  gather(w, n, [x, indices]) {
    const found = gather(w, x!, indices!, n.attrs, n.shape);
    if (n.attrs.mode === "clip") return [found];
    return [w.select(isInside(w, indices!, n.attrs, x!, n.shape), found, w.full(n.attrs.fillValue, n.type))];
  },
  scatter: (w, n, ins) => [scatter(w, ins, n.attrs)],
};
