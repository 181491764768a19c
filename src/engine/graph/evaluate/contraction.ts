// Products: every result element is a sum of products, accumulated like a reduction.
import { stridesOf } from "../../core/aval.ts";
import type { StructuredAttrs, TensorType } from "../graph.ts";
import { rowOf } from "../ops.ts";
import { type Tensor, cast, elementType, flatIndex, forEachIndex, stridesFor } from "./tensor.ts";
import { formFor } from "./elementwise.ts";
import { accumulators } from "./reduction.ts";

/** What sums of a type are made of: booleans are joined by or, and multiplied by and. */
const sumOf = (d: string): "or" | "add" => (d === "bool" ? "or" : "add");
const productOf = (d: string): "and" | "mul" => (d === "bool" ? "and" : "mul");

export const CONTRACTION: { readonly [K in "dot" | "conv"]: (ins: readonly Tensor[], attrs: StructuredAttrs[K], out: TensorType) => Tensor } = {
  dot([left, right], a, out) {
    const x = cast(left!, out.dtype);
    const y = cast(right!, out.dtype);
    const { get } = elementType(out.dtype);
    const multiply = formFor(rowOf(productOf(out.dtype)).scalar!, out.dtype, "mul");
    const acc = accumulators(out.shape, out.dtype, sumOf(out.dtype));
    const free = (t: Tensor, batch: readonly number[], contract: readonly number[]): number[] =>
      t.shape.map((_n, i) => i).filter((i) => !batch.includes(i) && !contract.includes(i));
    const xs = stridesFor(x);
    const ys = stridesFor(y);
    const xFree = free(x, a.lhsBatch, a.lhsContract);
    const yFree = free(y, a.rhsBatch, a.rhsContract);
    // Steps of both operands along the result's axes (batch, free of the left, free of the right) and along the contracted ones.
    const xSteps = [...a.lhsBatch, ...xFree].map((d) => xs[d]!).concat(yFree.map(() => 0));
    const ySteps = [...a.rhsBatch.map((d) => ys[d]!), ...xFree.map(() => 0), ...yFree.map((d) => ys[d]!)];
    const sum = a.lhsContract.map((d) => x.shape[d]!);
    const xSum = a.lhsContract.map((d) => xs[d]!);
    const ySum = a.rhsContract.map((d) => ys[d]!);
    forEachIndex(out.shape, (at, flat) => {
      const i = flatIndex(at, xSteps);
      const j = flatIndex(at, ySteps);
      forEachIndex(sum, (k) => acc.add(flat, multiply(get(x.data, i + flatIndex(k, xSum)), get(y.data, j + flatIndex(k, ySum)), out.dtype)));
    });
    return acc.done();
  },
  conv([left, right], a, out) {
    const x = cast(left!, out.dtype);
    const w = cast(right!, out.dtype);
    const { get } = elementType(out.dtype);
    const multiply = formFor(rowOf(productOf(out.dtype)).scalar!, out.dtype, "mul");
    const acc = accumulators(out.shape, out.dtype, sumOf(out.dtype));
    const xs = stridesOf(x.shape);
    const ws = stridesOf(w.shape);
    const rank = out.shape.length - 2;
    const features = w.shape[a.rhsSpec[1]!]!;
    const window = a.rhsSpec.slice(2).map((d) => w.shape[d]!);
    const perFeatureGroup = out.shape[a.outSpec[1]!]! / a.featureGroups;
    const perBatchGroup = out.shape[a.outSpec[1]!]! / a.batchGroups;
    const batch = out.shape[a.outSpec[0]!]!;
    forEachIndex(out.shape, (at, flat) => {
      const feature = at[a.outSpec[1]!]!;
      const example = at[a.outSpec[0]!]! + Math.floor(feature / perBatchGroup) * batch;
      const firstFeature = Math.floor(feature / perFeatureGroup) * features;
      forEachIndex([features, ...window], ([c, ...k]) => {
        let from = example * xs[a.lhsSpec[0]!]! + (firstFeature + c!) * xs[a.lhsSpec[1]!]!;
        let weight = feature * ws[a.rhsSpec[0]!]! + c! * ws[a.rhsSpec[1]!]!;
        for (let i = 0; i < rank; i++) {
          const axis = a.lhsSpec[i + 2]!;
          const place = at[a.outSpec[i + 2]!]! * a.strides[i]! + k[i]! * a.rhsDilation[i]! - a.padding[i]![0];
          if (place < 0 || place % a.lhsDilation[i]! !== 0 || place / a.lhsDilation[i]! >= x.shape[axis]!) return;
          from += (place / a.lhsDilation[i]!) * xs[axis]!;
          weight += k[i]! * ws[a.rhsSpec[i + 2]!]!;
        }
        acc.add(flat, multiply(get(x.data, from), get(w.data, weight), out.dtype));
      });
    });
    return acc.done();
  },
};
