// Collectives over a named vmap axis: sums, extrema, gathers and exchanges between the examples. On one device an axis is a batch axis.
import { ShapedArray } from "../core/aval.ts";
import { ShapeError, UnboundAxisError } from "../core/errors.ts";
import { type Jaxpr, subJaxprs } from "../core/jaxpr.ts";
import {
  type BatchDim,
  type BatchRule,
  type Params,
  type Primitive,
  type Tangent,
  Zero,
  absent,
  allZero,
  definePrimitive,
  isLinear,
  type Linear,
} from "../core/primitive.ts";
import { axisSizeOf } from "../core/axes.ts";
import { bind } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type BatchTrace, type CollectiveRule, defineCollective, setAxisUser } from "./batching.ts";

interface AxesParams {
  readonly axes: readonly string[];
  readonly axisIndexGroups: null;
}
const unbound = (name: string, axes: readonly string[]): never => {
  throw new UnboundAxisError(
    `${name}: the axis name "${axes.join(", ")}" is not bound here; call it in a function under vmap(f, { axisName: "${axes[0]}" })`,
  );
};
const axesOf = (p: Params): readonly string[] => (p.axes ?? [p.axisName]) as readonly string[];

/** What a collective needs: its types, its derivative, and what it does with the examples of its axis. */
interface Spec<P extends object> {
  readonly abstract: (avals: readonly ShapedArray[], p: P) => readonly ShapedArray[];
  readonly jvp: "linear" | "zero";
  readonly transpose?: (cts: readonly Tangent[], p: P) => readonly Tangent[];
  /** An operand with the examples in front; the rest of the axes, where there are several. */
  readonly over: (x: Value, p: P, size: number) => [Value, BatchDim];
  /** An operand that is the same for all examples. */
  readonly same: (x: Value, p: P, size: number) => Value;
  /** The parameters when the batch axis is another one. */
  readonly shift?: (p: P) => P;
}
function collective<P extends object>(name: string, s: Spec<P>): Primitive<P> {
  const p: Primitive<P> = definePrimitive<P>({
    name,
    multipleResults: true,
    abstract: s.abstract,
    impl: (_a, params) => unbound(name, axesOf(params as Params)),
    jvp: (primals, dots, params) => {
      const outs = bind(p, primals, params);
      if (s.jvp === "zero" || allZero(dots)) return [outs, outs.map((v) => new Zero(v.aval.strengthen()))];
      return [outs, bind(p, dots.map(o.instantiate), params)];
    },
    transpose: s.transpose
      ? (cts, args, params) =>
          allZero(cts) ? args.map((a) => (isLinear(a) ? new Zero((a as Linear).aval) : null)) : s.transpose!(cts.map(o.instantiate), params)
      : absent("it is not linear"),
    batch: (args, dims, params) =>
      [
        bind(
          p,
          args.map((a, i) => o.frontAxis(a, dims[i]!)),
          s.shift?.(params) ?? params,
        ),
        dims.map((d) => (d === null ? null : 0)),
      ] as ReturnType<BatchRule<P>>,
    lower: (_g, _i, params) => unbound(name, axesOf(params as Params)),
  });
  const rule: CollectiveRule = (trace: BatchTrace, args, dims, params) => {
    const axes = axesOf(params);
    if (trace.axisName === null || !axes.includes(trace.axisName)) return null;
    const rest = axes.filter((a) => a !== trace.axisName),
      results = args.map((a, i): [Value, BatchDim] =>
        dims[i] === null ? [s.same(a, params as P, trace.size), null] : s.over(o.moveaxis(a, dims[i]!, 0), params as P, trace.size),
      );
    if (!rest.length) return [results.map((r) => r[0]), results.map((r) => r[1])];
    return [
      bind(
        p,
        results.map((r) => r[0]),
        { ...params, axes: rest } as unknown as P,
      ),
      results.map((r) => r[1]),
    ];
  };
  defineCollective(name, rule);
  return p;
}
const same = (avals: readonly ShapedArray[]): readonly ShapedArray[] => avals.map((a) => a.strengthen());
export const psum: Primitive<AxesParams> = collective<AxesParams>("psum", {
  abstract: same,
  jvp: "linear",
  transpose: (cts, p) => bind(psum, cts as Value[], p),
  over: (x) => [o.reduceSum(x, [0]), null],
  same: (x, _p, n) => o.mul(x, o.like(x, n)),
});
export const pmax = collective<AxesParams>("pmax", { abstract: same, jvp: "zero", over: (x) => [o.reduceMax(x, [0]), null], same: (x) => x });
export const pmin = collective<AxesParams>("pmin", { abstract: same, jvp: "zero", over: (x) => [o.reduceMin(x, [0]), null], same: (x) => x });

interface NamedParams {
  readonly axisName: string;
  readonly axisSize: number;
}
const without = (s: readonly number[], i: number): number[] => s.filter((_n, k) => k !== i);
const inserted = (s: readonly number[], i: number, n: number): number[] => [...s.slice(0, i), n, ...s.slice(i)];
/** Merges the axis `i` into the one after it. */
const mergeAt = (x: Value, i: number): Value => o.reshape(x, [...x.shape.slice(0, i), x.shape[i]! * x.shape[i + 1]!, ...x.shape.slice(i + 2)]);
const splitAt = (x: Value, i: number, n: number): Value => o.reshape(x, [...x.shape.slice(0, i), n, x.shape[i]! / n, ...x.shape.slice(i + 1)]);

interface GatherParams extends NamedParams {
  readonly allGatherDimension: number;
  readonly tiled: boolean;
  readonly axisIndexGroups: null;
}
/** Every example gets the values of all, along a new axis, or joined along an old one (tiled). */
export const allGather: Primitive<GatherParams> = collective<GatherParams>("all_gather", {
  abstract: ([x], p) => [
    p.tiled
      ? x!.withShape(x!.shape.map((n, i) => (i === p.allGatherDimension ? n * p.axisSize : n)))
      : x!.withShape(inserted(x!.shape, p.allGatherDimension, p.axisSize)),
  ],
  jvp: "linear",
  transpose: ([ct], p) =>
    bind(psumScatter, [ct as Value], {
      axisName: p.axisName,
      axisSize: p.axisSize,
      scatterDimension: p.allGatherDimension,
      tiled: p.tiled,
      axisIndexGroups: null,
    }),
  over: (x, p) => {
    const m = o.moveaxis(x, 0, p.allGatherDimension);
    return [p.tiled ? mergeAt(m, p.allGatherDimension) : m, null];
  },
  same: (x, p, n) => {
    const s = inserted(x.shape, p.allGatherDimension, n),
      spread = o.broadcastInDim(
        x,
        s,
        s.map((_m, i) => i).filter((i) => i !== p.allGatherDimension),
      );
    return p.tiled ? mergeAt(spread, p.allGatherDimension) : spread;
  },
  shift: (p) => ({ ...p, allGatherDimension: p.allGatherDimension + 1 }),
});
interface ScatterParams extends NamedParams {
  readonly scatterDimension: number;
  readonly tiled: boolean;
  readonly axisIndexGroups: null;
}
/** The sum over the examples, of which each keeps its part. */
export const psumScatter: Primitive<ScatterParams> = collective<ScatterParams>("reduce_scatter", {
  abstract: ([x], p) => {
    const n = x!.shape[p.scatterDimension]!;
    if (p.tiled ? n % p.axisSize : n !== p.axisSize)
      throw new ShapeError(
        `psumScatter: axis ${p.scatterDimension} of ${x} has ${n} elements, expected ${p.tiled ? `a multiple of ${p.axisSize}` : p.axisSize}, the size of the axis "${p.axisName}"`,
      );
    return [
      p.tiled
        ? x!.withShape(x!.shape.map((m, i) => (i === p.scatterDimension ? m / p.axisSize : m)))
        : x!.withShape(without(x!.shape, p.scatterDimension)),
    ];
  },
  jvp: "linear",
  transpose: ([ct], p) =>
    bind(allGather, [ct as Value], {
      axisName: p.axisName,
      axisSize: p.axisSize,
      allGatherDimension: p.scatterDimension,
      tiled: p.tiled,
      axisIndexGroups: null,
    }),
  over: (x, p, n) => [scatterParts(o.reduceSum(x, [0]), p, n), 0],
  same: () => {
    throw new ShapeError("psumScatter: the operand does not depend on the examples");
  },
  shift: (p) => ({ ...p, scatterDimension: p.scatterDimension + 1 }),
});
const scatterParts = (sum: Value, p: ScatterParams, n: number): Value =>
  o.moveaxis(p.tiled ? splitAt(sum, p.scatterDimension, n) : sum, p.scatterDimension, 0);

interface ExchangeParams extends NamedParams {
  readonly splitAxis: number;
  readonly concatAxis: number;
  readonly tiled: boolean;
  readonly axisIndexGroups: null;
}
/** Part i of every example goes to example i. */
export const allToAll: Primitive<ExchangeParams> = collective<ExchangeParams>("all_to_all", {
  abstract: ([x], p) => {
    const n = x!.shape[p.splitAxis]!;
    if (p.tiled ? n % p.axisSize : n !== p.axisSize)
      throw new ShapeError(
        `allToAll: axis ${p.splitAxis} of ${x} has ${n} elements, expected ${p.tiled ? `a multiple of ${p.axisSize}` : p.axisSize}, the size of the axis "${p.axisName}"`,
      );
    return [
      p.tiled
        ? x!.withShape(x!.shape.map((m, i) => (i === p.splitAxis ? m / p.axisSize : m)).map((m, i) => (i === p.concatAxis ? m * p.axisSize : m)))
        : x!.withShape(inserted(without(x!.shape, p.splitAxis), p.concatAxis, p.axisSize)),
    ];
  },
  jvp: "linear",
  transpose: ([ct], p) => bind(allToAll, [ct as Value], { ...p, splitAxis: p.concatAxis, concatAxis: p.splitAxis }),
  over: (x, p, n) => {
    const parts = p.tiled ? splitAt(x, p.splitAxis + 1, n) : x,
      front = o.moveaxis(parts, p.splitAxis + 1, 0),
      m = o.moveaxis(front, 1, p.concatAxis + 1);
    return [p.tiled ? mergeAt(m, p.concatAxis + 1) : m, 0];
  },
  same: () => {
    throw new ShapeError("allToAll: the operand does not depend on the examples");
  },
  shift: (p) => ({ ...p, splitAxis: p.splitAxis + 1, concatAxis: p.concatAxis + 1 }),
});
interface PermuteParams {
  readonly axisName: string;
  readonly perm: readonly (readonly [number, number])[];
}
/** Sends values along pairs (from, to); examples that nothing is sent to get zeros. */
export const ppermute: Primitive<PermuteParams> = collective<PermuteParams>("ppermute", {
  abstract: same,
  jvp: "linear",
  transpose: ([ct], p) => bind(ppermute, [ct as Value], { ...p, perm: p.perm.map(([a, b]) => [b, a] as const) }),
  over: (x, p, n) => {
    const from = new Map(p.perm.map(([a, b]) => [b, a])),
      row = (i: number): Value => (from.has(i) ? o.sliceInDim(x, 0, from.get(i)!, from.get(i)! + 1) : o.full([1, ...x.shape.slice(1)], x.dtype, 0));
    return [
      o.concatenate(
        Array.from({ length: n }, (_v, i) => row(i)),
        0,
      ),
      0,
    ];
  },
  same: () => {
    throw new ShapeError("ppermute: the operand does not depend on the examples");
  },
});
/** The position of the example along its axis. */
export const axisIndex: Primitive<{ readonly axisName: string }> = definePrimitive<{ readonly axisName: string }>({
  name: "axis_index",
  multipleResults: false,
  abstract: () => [new ShapedArray([], "int32")],
  impl: (_a, p) => unbound("axisIndex", [p.axisName]),
  jvp: absent("it has no operands"),
  transpose: absent("it has no operands"),
  // Other axes do not matter to it.
  batch: (_a, _d, p) => [bind(axisIndex, [], p), [null]],
  lower: (_g, _i, p) => unbound("axisIndex", [p.axisName]),
});
defineCollective("axis_index", (trace, _a, _d, params) => (trace.axisName === params.axisName ? [[o.iota("int32", [trace.size], 0)], [0]] : null));

const users = new WeakMap<Jaxpr, Set<string>>();
/** Names of the axes that the collectives in a program speak of. */
function axesIn(j: Jaxpr): Set<string> {
  let found = users.get(j);
  if (!found) {
    users.set(j, (found = new Set()));
    for (const e of j.eqns) {
      if (COLLECTIVES.has(e.primitive.name)) for (const a of axesOf(e.params)) found.add(a);
      for (const s of subJaxprs(e.params)) for (const a of axesIn(s)) found.add(a);
    }
  }
  return found;
}
const COLLECTIVES: ReadonlySet<string> = new Set(["psum", "pmax", "pmin", "all_gather", "reduce_scatter", "all_to_all", "ppermute", "axis_index"]);
setAxisUser((params, axis) => subJaxprs(params).some((j) => axesIn(j).has(axis)));

// ---- for users
type Axis = string | readonly string[];
const names = (a: Axis): readonly string[] => (typeof a === "string" ? [a] : a);
const sizeFor = (what: string, axis: string): number => axisSizeOf(axis) ?? unbound(what, [axis]);
export { names, sizeFor };
export type { Axis };
