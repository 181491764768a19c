// Arrays repeated, laid on one another, and taken apart again.
import { allZero, definePrimitive, isLinear, isZero, type Linear, type Primitive, Zero } from "../core/primitive.ts";
import { bind, bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import type { Node } from "../graph/graph.ts";
import { batchFront, structural } from "./define.ts";
import { physical, range } from "./movement.ts";
import * as o from "./ops.ts";

interface TileParams {
  readonly reps: readonly number[];
}
/** Repeats the whole array along each axis. */
export const tile: Primitive<TileParams> = structural<TileParams>({
  name: "tile",
  abstract: (x, { reps }) => x.withShape(x.shape.map((n, i) => n * reps[i]!)),
  transpose: (ct, x, { reps }) =>
    o.reduceSum(
      o.reshape(
        ct,
        x.shape.flatMap((n, i) => [reps[i]!, n]),
      ),
      x.shape.map((_n, i) => 2 * i),
    ),
  batch: batchFront(
    () => tile,
    ({ reps }) => ({ reps: [1, ...reps] }),
  ),
  lower: (g, [x], { reps }) => {
    const spread = g.broadcast(
      x!,
      x!.shape.flatMap((n, i) => [reps[i]!, n]),
      x!.shape.map((_n, i) => 2 * i + 1),
    );
    return [
      g.reshape(
        spread,
        x!.shape.map((n, i) => n * reps[i]!),
      ),
    ];
  },
});

export const stack: Primitive<{ readonly axis: number }> = definePrimitive<{ readonly axis: number }>({
  name: "stack",
  multipleResults: false,
  abstract: (xs, { axis }) => {
    const s = [...xs[0]!.shape];
    s.splice(axis, 0, xs.length);
    return [xs[0]!.withShape(s)];
  },
  jvp: (xs, dots, params) => {
    const out = bind1(stack, xs, params);
    return [[out], [allZero(dots) ? new Zero(out.aval) : bind1(stack, dots.map(o.instantiate), params)]];
  },
  transpose: ([ct], args, { axis }) =>
    args.map((a, i) => (!isLinear(a) ? null : isZero(ct) ? new Zero(a.aval) : o.squeeze(o.sliceInDim(ct as Value, axis, i, i + 1), [axis]))),
  batch: (args, dims, { axis }, batch) => [
    [
      bind1(
        stack,
        args.map((a, i) => o.spreadBatch(a, dims[i]!, batch.size)),
        { axis: axis + 1 },
      ),
    ],
    [0],
  ],
  lower: (g, inputs, { axis }, [out]) => {
    const parts = inputs.map((x): Node => {
      const s = [...x.shape];
      s.splice(axis, 0, 1);
      return g.reshape(x, s);
    });
    return [parts.length === 1 ? parts[0]! : g.node("concatenate", parts, { dim: axis }, [{ shape: physical(out!), dtype: inputs[0]!.dtype }])];
  },
});
export const unstack: Primitive<{ readonly axis: number }> = definePrimitive<{ readonly axis: number }>({
  name: "unstack",
  multipleResults: true,
  abstract: ([x], { axis }) => range(x!.shape[axis]!).map(() => x!.withShape(x!.shape.filter((_n, i) => i !== axis))),
  jvp: ([x], [dx], params) => {
    const outs = bind(unstack, [x!], params);
    return [outs, isZero(dx) ? outs.map((v) => new Zero(v.aval)) : bind(unstack, [dx as Value], params)];
  },
  transpose: (cts, [x], { axis }) => [allZero(cts) ? new Zero((x as Linear).aval) : bind1(stack, cts.map(o.instantiate), { axis })],
  batch: ([x], [d], { axis }) => {
    const outs = bind(unstack, [o.moveaxis(x!, d!, 0)], { axis: axis + 1 });
    return [outs, outs.map(() => 0)];
  },
  lower: (g, [x], { axis }) =>
    range(x!.shape[axis]!).map((k) =>
      g.reshape(
        g.slice(
          x!,
          x!.shape.map((_n, i) => (i === axis ? k : 0)),
          x!.shape.map((m, i) => (i === axis ? k + 1 : m)),
          x!.shape.map(() => 1),
        ),
        x!.shape.filter((_n, i) => i !== axis),
      ),
    ),
});
