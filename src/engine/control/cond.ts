// cond: one of several programs, by an index. The branches take the same operands and give the same types.
import type { ShapedArray } from "../core/aval.ts";
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { type Primitive, type Tangent, Zero, definePrimitive, isLinear, isZero } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { bind, withTrace } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { lowerRegion, physicalType } from "../graph/lower.ts";
import { broadcastInDim, frontAxis, lit, max, min, moveaxis, selectN, zerosLike } from "../primitives/ops.ts";
import { batchJaxpr } from "../transforms/batching.ts";
import { jvpJaxpr } from "../transforms/jvp.ts";
import { definePartialRule, partialEvalJaxpr } from "../transforms/partial.ts";
import { runShared } from "../transforms/jitPrimitive.ts";
import { transposeJaxpr } from "../transforms/transpose.ts";

export interface CondParams {
  readonly branches: readonly ClosedJaxpr[];
}
const union = (masks: readonly (readonly boolean[])[]): boolean[] => masks[0]!.map((_b, i) => masks.some((m) => m[i]));

export const condPrimitive: Primitive<CondParams> = definePrimitive<CondParams>({
  name: "cond",
  calls: { how: "branches", programs: ["branches"] },
  multipleResults: true,
  abstract: (_a, { branches }) => branches[0]!.outAvals,
  impl: ([index, ...ops], { branches }) =>
    runShared(branches[Math.min(Math.max(Number((index as NDArray).item()), 0), branches.length - 1)]!, ops as NDArray[]),
  jvp: ([index, ...ops], [, ...dots], { branches }) => {
    const nonzero = dots.map((d) => !isZero(d)),
      out = union(branches.map((b) => jvpJaxpr(b, nonzero).nonzeroOut)),
      jvps = branches.map((b) => jvpJaxpr(b, nonzero, out).jaxpr);
    const outs = bind(condPrimitive, [index!, ...ops, ...dots.filter((d): d is Value => !isZero(d))], { branches: jvps }),
      n = branches[0]!.outAvals.length;
    let at = n;
    return [outs.slice(0, n), branches[0]!.outAvals.map((a, i): Tangent => (out[i] ? outs[at++]! : new Zero(a.strengthen())))];
  },
  transpose: (cts, [index, ...ops], { branches }) => {
    const linear = ops.map(isLinear),
      nonzero = cts.map((c) => !isZero(c)),
      outs = bind(condPrimitive, [index as Value, ...ops.filter((o): o is Value => !isLinear(o)), ...cts.filter((c): c is Value => !isZero(c))], {
        branches: branches.map((b) => transposeJaxpr(b, linear, nonzero)),
      });
    let at = 0;
    return [null, ...ops.map((_o, i) => (linear[i] ? outs[at++]! : null))];
  },
  batch: ([index, ...ops], [di, ...ds], { branches }, batch) => {
    const fronts = ops.map((o, i) => frontAxis(o, ds[i]!)),
      batched = branches.map(
        (b) =>
          batchJaxpr(
            b,
            batch,
            ds.map((d) => d !== null),
            true,
          ).jaxpr,
      );
    if (di === null) return [bind(condPrimitive, [index!, ...fronts], { branches: batched }), branches[0]!.outAvals.map(() => 0)];
    // Each example chooses for itself: all branches are computed, and each element selected.
    const results = batched.map((b) => evalClosed(b, fronts)),
      which = min(max(moveaxis(index!, di!, 0), lit("int32", 0)), lit("int32", branches.length - 1));
    return [results[0]!.map((r, i) => selectN(broadcastInDim(which, r.shape, [0]), ...results.map((x) => x[i]!))), results[0]!.map(() => 0)];
  },
  lower: (g, [index, ...ops], { branches }, outs) =>
    g.results(g.node("case", [index!, ...ops], { branches: branches.map((b, i) => lowerRegion(g, b, `branch ${i}`)) }, outs.map(physicalType))),
});
definePartialRule("cond", (trace, [index, ...ops], params) => {
  const { branches } = params as unknown as CondParams,
    unknownIn = ops.map((o) => trace.unknown(o));
  if (trace.unknown(index!)) return trace.record(condPrimitive as never, [index!, ...ops], params);
  const force = union(branches.map((b) => partialEvalJaxpr(b, unknownIn).unknownOut)),
    splits = branches.map((b) => partialEvalJaxpr(b, unknownIn, force)),
    all: ShapedArray[] = splits.flatMap((s) => [...s.residuals]),
    knownIns = branches[0]!.inAvals.filter((_a, i) => !unknownIn[i]),
    unknownIns = branches[0]!.inAvals.filter((_a, i) => unknownIn[i]),
    nKnown = force.filter((f) => !f).length;
  const start = splits.map((_s, k) => splits.slice(0, k).reduce((n, s) => n + s.residuals.length, 0));
  // Every branch gives a place for the residuals of all; those of the others are zeros.
  const known = splits.map((s, k) =>
    stage((...xs) => {
      const r = evalClosed(s.known, xs),
        own = r.slice(nKnown);
      return [...r.slice(0, nKnown), ...all.map((a, i) => (own[i - start[k]!] && i >= start[k]! ? own[i - start[k]!]! : zerosLike(a)))];
    }, knownIns),
  );
  const unknown = splits.map((s, k) =>
    stage(
      (...xs) => evalClosed(s.unknown, [...xs.slice(start[k]!, start[k]! + s.residuals.length), ...xs.slice(all.length)]),
      [...all, ...unknownIns],
    ),
  );
  const knownOuts = withTrace(trace.parent, () => bind(condPrimitive, [index!, ...ops.filter((_o, i) => !unknownIn[i])], { branches: known }));
  const unknownOuts = trace.record(condPrimitive as never, [index!, ...knownOuts.slice(nKnown), ...ops.filter((_o, i) => unknownIn[i])], {
    branches: unknown,
  });
  let k = 0,
    u = 0;
  return force.map((f) => (f ? unknownOuts[u++]! : knownOuts[k++]!));
});
