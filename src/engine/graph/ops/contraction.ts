// Products of arrays.
import { type Shape, sizeOf } from "../../core/aval.ts";
import type { StructuredAttrs, TensorType } from "../graph.ts";
import { elements, need, needAxes, needLength, show, typed } from "./row.ts";
import { dilated, row, without } from "./common.ts";

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

export const CONTRACTION = {
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
};
