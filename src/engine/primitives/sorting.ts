// Sorting: several operands together by their first keys, and the largest k.
import { ShapedArray } from "../core/aval.ts";
import { isInexact } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import { type Primitive, Zero, allZero, definePrimitive, isZero } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { notLinear } from "./define.ts";
import * as o from "./ops.ts";

export interface SortParams {
  readonly dimension: number;
  readonly isStable: boolean;
  readonly numKeys: number;
}
const along = o.takeAlong;
export const sort: Primitive<SortParams> = definePrimitive<SortParams>({
  name: "sort",
  multipleResults: true,
  abstract: (xs, { dimension }) => {
    for (const x of xs)
      if (x.shape.join() !== xs[0]!.shape.join())
        throw new ShapeError(`sort: the operands have shapes ${xs.map((v) => `[${v.shape.join()}]`).join(", ")}; they must be equal`);
    if (xs[0]!.ndim && dimension >= xs[0]!.ndim) throw new ShapeError(`sort: axis ${dimension} is out of range for ${xs[0]}`);
    return xs;
  },
  jvp: (xs, dots, params) => {
    if (allZero(dots)) {
      const outs = bind(sort, xs, params);
      return [outs, outs.map((v) => new Zero(v.aval.strengthen()))];
    }
    const outs = bind(sort, [...xs, o.iota("int32", xs[0]!.shape, params.dimension)], params),
      order = outs.at(-1)!;
    return [
      outs.slice(0, -1),
      dots.map((d, i) => (isZero(d) || !isInexact(xs[i]!.dtype) ? new Zero(xs[i]!.aval.strengthen()) : along(d as Value, order, params.dimension))),
    ];
  },
  transpose: notLinear,
  batch: (args, dims, params, batch) => {
    const spread = args.map((a, i) => o.spreadBatch(a, dims[i]!, batch.size));
    return [bind(sort, spread, { ...params, dimension: params.dimension + 1 }), args.map(() => 0)];
  },
  lower: (g, xs, { dimension, numKeys }) =>
    g.library(
      "sort",
      xs,
      { dimension, numKeys },
      xs.map((x) => x.type),
    ),
});
export interface TopKParams {
  readonly k: number;
  readonly axis: number;
}
/** The k largest along an axis, in falling order, and where they stand. */
export const topK: Primitive<TopKParams> = definePrimitive<TopKParams>({
  name: "top_k",
  multipleResults: true,
  abstract: ([x], { k, axis }) => {
    const n = x!.shape[axis]!;
    if (k > n || k < 0) throw new ShapeError(`top_k: k is ${k}, axis ${axis} of ${x} has ${n} elements`);
    const s = x!.shape.map((m, i) => (i === axis ? k : m));
    return [new ShapedArray(s, x!.dtype), new ShapedArray(s, "int32")];
  },
  jvp: ([x], [dx], params) => {
    const [v, i] = bind(topK, [x!], params) as [Value, Value];
    return [
      [v, i],
      [isZero(dx) ? new Zero(v.aval) : along(dx as Value, i, params.axis), new Zero(i.aval)],
    ];
  },
  transpose: notLinear,
  batch: ([x], [d], { k, axis }) => [bind(topK, [o.moveaxis(x!, d!, 0)], { k, axis: axis + 1 }), [0, 0]],
  lower: (g, [x], { k, axis }, outs) =>
    g.library(
      "topK",
      [x!],
      { k, axis },
      outs.map((a) => ({ shape: a.shape, dtype: a.dtype })),
    ),
});
