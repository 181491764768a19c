// Operations with attributes: a row each. The table is total over StructuredAttrs, so that an operation without a row does not compile.
import { type Shape, sameShape, sizeOf } from "../../core/aval.ts";
import { isFloat, isInteger, itemsize } from "../../core/dtypes.ts";
import type { Graph, StructuredAttrs, TensorType, WindowAttrs } from "../graph.ts";
import { type Row, elements, need, needAxes, needLength, sameType, show, typed } from "./row.ts";

type Rest<A> = Partial<Omit<Row<A>, "kind" | "infer">> & Pick<Row<A>, "infer">;
/** A row with what most operations of its kind have in common filled in. */
function row<K extends keyof StructuredAttrs>(
  kind: Row["kind"],
  stablehlo: string,
  arity: number | null,
  attributes: Row<StructuredAttrs[K]>["attributes"],
  rest: Rest<StructuredAttrs[K]>,
): Row<StructuredAttrs[K]> {
  const category = kind === "source" ? "input" : kind === "structure" ? "movement" : kind;
  return {
    kind,
    category,
    stablehlo,
    arity,
    attributes,
    flops: 0,
    transcendental: false,
    folds: false,
    scalar: null,
    work: () => 0,
    regions: () => [],
    ...rest,
  };
}
const perElement = { flops: 1, work: elements } as const;
const isIndex = (t: TensorType): boolean => isInteger(t.dtype);
const dilated = (n: number, d: number): number => (n === 0 ? 0 : (n - 1) * d + 1);
const without = (shape: Shape, axes: readonly number[]): Shape => shape.filter((_n, i) => !axes.includes(i));
/** What a region takes and gives. */
function needRegion(g: Graph, takes: readonly TensorType[], gives: readonly TensorType[], what: string): void {
  const list = (ts: readonly TensorType[]): string => ts.map(show).join(", ");
  const params = g.params.map((p) => p.type);
  const outs = g.outs.map((o) => o.type);
  need(
    params.length === takes.length && params.every((p, i) => sameType(p, takes[i]!)),
    () => `${what} takes (${list(params)}), expected (${list(takes)})`,
  );
  need(
    outs.length === gives.length && outs.every((o, i) => sameType(o, gives[i]!)),
    () => `${what} gives (${list(outs)}), expected (${list(gives)})`,
  );
}
const scalars = (ts: readonly TensorType[]): TensorType[] => ts.map((t) => typed([], t.dtype));

/** Output shape of a window that slides over `shape`. */
function windowShape(shape: Shape, a: WindowAttrs): Shape {
  for (const [what, list] of Object.entries({
    window: a.window,
    strides: a.strides,
    padding: a.padding,
    baseDilation: a.baseDilation,
    windowDilation: a.windowDilation,
  }))
    needLength(list, shape.length, what);
  need(
    [...a.window, ...a.strides, ...a.baseDilation, ...a.windowDilation].every((n) => Number.isInteger(n) && n > 0),
    () => "window, strides and dilations must be positive",
  );
  return shape.map((n, i) => {
    const room = dilated(n, a.baseDilation[i]!) + a.padding[i]![0] + a.padding[i]![1];
    const window = dilated(a.window[i]!, a.windowDilation[i]!);
    return room < window ? 0 : Math.floor((room - window) / a.strides[i]!) + 1;
  });
}
const WINDOW_NAMES = {
  window: "window_dimensions",
  strides: "window_strides",
  padding: "padding",
  baseDilation: "base_dilations",
  windowDilation: "window_dilations",
} as const;
/** The shape of a product: batch axes, then the free axes of both. */
function dotShape(x: TensorType, y: TensorType, a: StructuredAttrs["dot"]): Shape {
  const pairs = (l: readonly number[], r: readonly number[], what: string): void => {
    need(
      l.length === r.length && l.every((d, i) => x.shape[d] === y.shape[r[i]!]),
      () => `dot: ${what} [${l.join()}] of ${show(x)} and [${r.join()}] of ${show(y)} do not match`,
    );
  };
  needAxes([...a.lhsBatch, ...a.lhsContract], x.shape.length, "dot: the left operand's batch and contracted axes");
  needAxes([...a.rhsBatch, ...a.rhsContract], y.shape.length, "dot: the right operand's batch and contracted axes");
  pairs(a.lhsBatch, a.rhsBatch, "batch axes");
  pairs(a.lhsContract, a.rhsContract, "contracted axes");
  const free = (t: TensorType, ...used: (readonly number[])[]): Shape => without(t.shape, used.flat());
  return [...a.lhsBatch.map((d) => x.shape[d]!), ...free(x, a.lhsBatch, a.lhsContract), ...free(y, a.rhsBatch, a.rhsContract)];
}
function convShape(x: TensorType, w: TensorType, a: StructuredAttrs["conv"]): Shape {
  const rank = x.shape.length;
  for (const [spec, what] of [
    [a.lhsSpec, "lhsSpec"],
    [a.rhsSpec, "rhsSpec"],
    [a.outSpec, "outSpec"],
  ] as const) {
    needLength(spec, rank, `conv: ${what}`);
    needAxes(spec, rank, `conv: ${what}`);
  }
  const features = x.shape[a.lhsSpec[1]!]!;
  need(
    features === w.shape[a.rhsSpec[1]!]! * a.featureGroups,
    () => `conv: ${show(x)} has ${features} features, the kernel ${show(w)} takes ${w.shape[a.rhsSpec[1]!]} in each of ${a.featureGroups} groups`,
  );
  const out: number[] = [];
  out[a.outSpec[0]!] = x.shape[a.lhsSpec[0]!]! / a.batchGroups;
  out[a.outSpec[1]!] = w.shape[a.rhsSpec[0]!]!;
  for (let i = 0; i < rank - 2; i++) {
    const room = dilated(x.shape[a.lhsSpec[i + 2]!]!, a.lhsDilation[i]!) + a.padding[i]![0] + a.padding[i]![1];
    const window = dilated(w.shape[a.rhsSpec[i + 2]!]!, a.rhsDilation[i]!);
    out[a.outSpec[i + 2]!] = Math.max(0, Math.floor((room - window) / a.strides[i]!) + 1);
  }
  return out;
}
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
/** Results of a node with several take the types of its operands' first ones. */
const firstTypes = (inputs: readonly TensorType[]): readonly TensorType[] => inputs.slice(0, inputs.length / 2);

export const STRUCTURED: { readonly [K in keyof StructuredAttrs]: Row<StructuredAttrs[K]> } = {
  parameter: row<"parameter">("source", "parameter", 0, { index: "index" }, { infer: (_i, _a, given) => given }),
  constant: row<"constant">(
    "source",
    "constant",
    0,
    { value: "value" },
    {
      infer: (_i, { value }) => [value.dtype === "key<fry>" ? typed([...value.shape, 2], "uint32") : typed(value.shape, value.dtype)],
    },
  ),
  iota: row<"iota">(
    "source",
    "iota",
    0,
    { dim: "iota_dimension" },
    {
      category: "elementwise",
      infer: (_i, { dim }, [t]) => {
        needAxes([dim], t!.shape.length, "iota: the dimension");
        return [t!];
      },
    },
  ),
  compare: row<"compare">(
    "elementwise",
    "compare",
    2,
    { direction: "comparison_direction", total: "total_order" },
    {
      ...perElement,
      infer: ([x, y]) => {
        need(sameType(x!, y!), () => `compare: the operands are ${show(x!)} and ${show(y!)}, expected equal types`);
        return [typed(x!.shape, "bool")];
      },
    },
  ),
  select: row<"select">(
    "elementwise",
    "select",
    3,
    {},
    {
      ...perElement,
      infer: ([p, t, f]) => {
        need(
          sameType(t!, f!) && p!.dtype === "bool" && sameShape(p!.shape, t!.shape),
          () => `select: the operands are ${show(p!)}, ${show(t!)} and ${show(f!)}, expected a bool and two equal types of one shape`,
        );
        return [t!];
      },
    },
  ),
  clamp: row<"clamp">(
    "elementwise",
    "clamp",
    3,
    {},
    {
      ...perElement,
      infer: ([lo, x, hi]) => {
        need(
          sameType(lo!, x!) && sameType(hi!, x!),
          () => `clamp: the operands are ${show(lo!)}, ${show(x!)} and ${show(hi!)}, expected equal types`,
        );
        return [x!];
      },
    },
  ),
  betainc: row<"betainc">(
    "elementwise",
    "regularized_incomplete_beta",
    3,
    {},
    {
      flops: 400,
      work: elements,
      infer: ([a, b, x]) => {
        need(
          sameType(a!, x!) && sameType(b!, x!) && isFloat(x!.dtype),
          () => `betainc: the operands are ${show(a!)}, ${show(b!)} and ${show(x!)}, expected equal floating types`,
        );
        return [x!];
      },
    },
  ),
  convert: row<"convert">("elementwise", "convert", 1, {}, { infer: ([x], _a, [t]) => [typed(x!.shape, t!.dtype)] }),
  bitcast: row<"bitcast">(
    "elementwise",
    "bitcast_convert",
    1,
    {},
    {
      infer: ([x], _a, [t]) => {
        need(itemsize(x!.dtype) === itemsize(t!.dtype), () => `bitcast: ${x!.dtype} and ${t!.dtype} differ in width`);
        return [typed(x!.shape, t!.dtype)];
      },
    },
  ),
  reduce_precision: row<"reduce_precision">(
    "elementwise",
    "reduce_precision",
    1,
    { exponentBits: "exponent_bits", mantissaBits: "mantissa_bits" },
    {
      ...perElement,
      infer: ([x], { exponentBits, mantissaBits }) => {
        need(
          isFloat(x!.dtype) && exponentBits > 0 && mantissaBits >= 0,
          () => `reduce_precision: ${exponentBits} exponent and ${mantissaBits} mantissa bits of ${x!.dtype}`,
        );
        return [x!];
      },
    },
  ),

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

  reduce: row<"reduce">(
    "reduction",
    "reduce",
    1,
    { dims: "dimensions", kind: "kind" },
    {
      flops: 1,
      work: (n) => elements(n.inputs[0]!),
      infer: ([x], { dims }) => {
        needAxes(dims, x!.shape.length, "reduce: the dimensions");
        return [typed(without(x!.shape, dims), x!.dtype)];
      },
    },
  ),
  arg_reduce: row<"arg_reduce">(
    "reduction",
    "arg_reduce",
    1,
    { axis: "dimension", kind: "kind" },
    {
      flops: 1,
      work: (n) => elements(n.inputs[0]!),
      infer: ([x], { axis }, [t]) => {
        needAxes([axis], x!.shape.length, "arg_reduce: the axis");
        need(isIndex(t!), () => `arg_reduce: the result is ${t!.dtype}, expected an integer type`);
        return [typed(without(x!.shape, [axis]), t!.dtype)];
      },
    },
  ),
  generic_reduce: row<"generic_reduce">(
    "reduction",
    "reduce",
    null,
    { dims: "dimensions", body: "body" },
    {
      flops: 1,
      work: (n) => elements(n.inputs[0]!),
      regions: ({ body }) => [body],
      infer: (inputs, { dims, body }) => {
        const xs = firstTypes(inputs);
        const inits = inputs.slice(xs.length);
        need(
          inits.every((t, i) => t.shape.length === 0 && t.dtype === xs[i]?.dtype),
          () => `generic_reduce: the operands are ${inputs.map(show).join(", ")}, expected arrays, then a scalar of each type`,
        );
        for (const x of xs) needAxes(dims, x.shape.length, "generic_reduce: the dimensions");
        needRegion(body, [...scalars(xs), ...scalars(xs)], scalars(xs), "the reducer");
        return xs.map((x) => typed(without(x.shape, dims), x.dtype));
      },
    },
  ),
  cumulative: row<"cumulative">(
    "reduction",
    "cumulative",
    1,
    { axis: "dimension", reverse: "reverse", kind: "kind" },
    {
      ...perElement,
      infer: ([x], { axis }) => {
        needAxes([axis], x!.shape.length, "cumulative: the axis");
        return [x!];
      },
    },
  ),
  reduce_window: row<"reduce_window">(
    "reduction",
    "reduce_window",
    1,
    { ...WINDOW_NAMES, kind: "kind" },
    {
      flops: 1,
      work: (n) => elements(n) * sizeOf(n.attrs.window),
      infer: ([x], a) => [typed(windowShape(x!.shape, a), x!.dtype)],
    },
  ),
  generic_reduce_window: row<"generic_reduce_window">(
    "reduction",
    "reduce_window",
    null,
    { ...WINDOW_NAMES, body: "body" },
    {
      flops: 1,
      work: (n) => elements(n) * sizeOf(n.attrs.window),
      regions: ({ body }) => [body],
      infer: (inputs, a) => {
        const xs = firstTypes(inputs);
        const inits = inputs.slice(xs.length);
        need(
          inits.every((t, i) => t.shape.length === 0 && t.dtype === xs[i]?.dtype),
          () => `generic_reduce_window: the operands are ${inputs.map(show).join(", ")}, expected arrays, then a scalar of each type`,
        );
        needRegion(a.body, [...scalars(xs), ...scalars(xs)], scalars(xs), "the reducer");
        return xs.map((x) => typed(windowShape(x.shape, a), x.dtype));
      },
    },
  ),

  dot: row<"dot">(
    "contraction",
    "dot_general",
    2,
    {
      lhsBatch: "lhs_batching_dimensions",
      rhsBatch: "rhs_batching_dimensions",
      lhsContract: "lhs_contracting_dimensions",
      rhsContract: "rhs_contracting_dimensions",
    },
    {
      flops: 2,
      work: (n) => 2 * elements(n) * sizeOf(n.attrs.lhsContract.map((d) => n.inputs[0]!.shape[d]!)),
      infer: ([x, y], a, [t]) => {
        need(x!.dtype === y!.dtype, () => `dot: the operands are ${show(x!)} and ${show(y!)}, expected one dtype`);
        return [typed(dotShape(x!, y!, a), t!.dtype)];
      },
    },
  ),
  conv: row<"conv">(
    "contraction",
    "convolution",
    2,
    {
      lhsSpec: "lhs_spec",
      rhsSpec: "rhs_spec",
      outSpec: "out_spec",
      strides: "window_strides",
      padding: "padding",
      lhsDilation: "lhs_dilation",
      rhsDilation: "rhs_dilation",
      featureGroups: "feature_group_count",
      batchGroups: "batch_group_count",
    },
    {
      flops: 2,
      work: (n) => (2 * elements(n) * sizeOf(n.inputs[1]!.shape)) / Math.max(1, n.inputs[1]!.shape[n.attrs.rhsSpec[0]!]!),
      infer: ([x, w], a, [t]) => {
        need(x!.dtype === w!.dtype, () => `conv: the operands are ${show(x!)} and ${show(w!)}, expected one dtype`);
        return [typed(convShape(x!, w!, a), t!.dtype)];
      },
    },
  ),

  library: row<"library">("library", "custom_call", null, { name: "name", params: "params" }, { ...perElement, infer: (_i, _a, given) => given }),
  callback: row<"callback">("callback", "custom_call", null, { call: "call", effectful: "has_side_effect" }, { infer: (_i, _a, given) => given }),
  while: row<"while">(
    "control",
    "while",
    null,
    { cond: "cond", body: "body" },
    {
      regions: ({ cond, body }) => [cond, body],
      infer: (carried, { cond, body }) => {
        needRegion(cond, carried, [typed([], "bool")], "the condition");
        needRegion(body, carried, carried, "the body");
        return carried;
      },
    },
  ),
  case: row<"case">(
    "control",
    "case",
    null,
    { branches: "branches" },
    {
      regions: ({ branches }) => branches,
      infer: ([index, ...operands], { branches }, given) => {
        need(
          index!.shape.length === 0 && (isIndex(index!) || index!.dtype === "bool"),
          () => `case: the index is ${show(index!)}, expected an integer scalar`,
        );
        need(branches.length > 0, () => "case: there are no branches");
        branches.forEach((b, i) => needRegion(b, operands, given, `branch ${i}`));
        return given;
      },
    },
  ),
  get: row<"get">("structure", "get_tuple_element", 1, { index: "index" }, { infer: (_i, _a, given) => given }),
  barrier: row<"barrier">("structure", "optimization_barrier", 1, {}, { infer: ([x]) => [x!] }),
};
