// Reductions over axes and windows. A reducer of one operation is the primitive of that kind, any other a program of scalars.
import { type ShapedArray } from "../../../core/aval.ts";
import type { ClosedJaxpr } from "../../../core/jaxpr.ts";
import { neutral } from "../../../core/neutral.ts";
import { stage } from "../../../core/staging.ts";
import { NDArray, type Value } from "../../../core/value.ts";
import type { ReduceKind } from "../../../graph/graph.ts";
import * as o from "../../../primitives/ops.ts";
import { type Call, type Row, type Rows, combinerOf, wordOf } from "../row.ts";
import { ELEMENTWISE } from "./elementwise.ts";

const KINDS: Readonly<Record<string, ReduceKind>> = { add: "add", multiply: "mul", maximum: "max", minimum: "min", and: "and", or: "or", xor: "xor" };
const BOOLEAN: Readonly<Record<string, ReduceKind>> = { ...KINDS, add: "or", multiply: "and", maximum: "or", minimum: "and" };
const PRIMITIVES: Readonly<Record<ReduceKind, string>> = {
  add: "reduce_sum",
  mul: "reduce_prod",
  max: "reduce_max",
  min: "reduce_min",
  and: "reduce_and",
  or: "reduce_or",
  xor: "reduce_xor",
};
const combiner = (c: Call): string | null => {
  const applies = c.attribute("applies");
  return typeof applies === "string" ? applies : combinerOf(c.op.regions[0]);
};
const kindOf = (name: string | null, x: Value): ReduceKind | undefined => (name === null ? undefined : (x.dtype === "bool" ? BOOLEAN : KINDS)[name]);
/** Whether a value is known, and changes nothing when it is combined. */
const isNeutral = (v: Value, kind: ReduceKind): boolean =>
  v instanceof NDArray && v.ndim === 0 && Number(v.item()) === Number(neutral(kind, v.dtype));

/** The reducer as a program of scalars. */
function reducer(c: Call, inits: readonly Value[]): ClosedJaxpr {
  const applies = c.attribute("applies");
  if (typeof applies !== "string") return c.closed(0);
  const row = ELEMENTWISE[applies] ?? c.fail(`applies ${applies}, which is not read yet`);
  const avals = [...inits, ...inits].map((v) => v.aval.strengthen());
  return stage((...args) => [row(args, c)].flat(), avals, "reducer");
}
const halves = (ins: readonly Value[]): [readonly Value[], readonly Value[]] => [ins.slice(0, ins.length / 2), ins.slice(ins.length / 2)];

const reduce: Row = (ins, c) => {
  const [xs, inits] = halves(ins);
  const dimensions = c.integers("dimensions");
  const [x, init] = [xs[0]!, inits[0]!];
  const name = combiner(c);
  const kind = xs.length === 1 ? kindOf(name, x) : undefined;
  if (kind === undefined)
    return argReduce(xs, dimensions, c) ?? o.callAll("reduce", ins, { computation: null, jaxpr: reducer(c, inits), dimensions });
  const out = dimensions.length ? o.callAll(PRIMITIVES[kind], [x], { axes: dimensions, ...(kind === "add" ? { outSharding: null } : {}) })[0]! : x;
  return isNeutral(init, kind) ? out : ELEMENTWISE[name!]!([out, o.broadcastInDim(init, out.shape, [])], c);
};
/**
 * JAX's argmax and argmin: pairs of a value and its place, of which the one with the extreme value stays; a NaN stays, and of equal ones the
 * first. They are told by the form of their reducer, whose results are selected by `(a > b or a ≠ a)`, and by that or `a = b and i < j`.
 */
function argReduce(xs: readonly Value[], dimensions: readonly number[], c: Call): readonly Value[] | null {
  const block = c.op.regions[0];
  if (xs.length !== 2 || dimensions.length !== 1 || block?.operations.length !== 10) return null;
  const shape = block.operations.map((op) => (op.name === "compare" ? wordOf(op.attributes.get("comparison_direction")) : op.name)).join(" ");
  const m = /^(GT|LT) NE or EQ LT and or select select return$/.exec(shape);
  const places = c.op.operands[1]!;
  if (!m || !c.countsAlong(places, dimensions[0]!)) return null;
  const kind = m[1] === "GT" ? "max" : "min";
  const indexDtype = xs[1]!.dtype;
  return [
    o.callAll(`reduce_${kind}`, [xs[0]!], { axes: dimensions })[0]!,
    o.callAll(kind === "max" ? "argmax" : "argmin", [xs[0]!], { axes: dimensions, indexDtype })[0]!,
  ];
}

interface Window {
  readonly windowDimensions: readonly number[];
  readonly windowStrides: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly baseDilation: readonly number[];
  readonly windowDilation: readonly number[];
}
function windowOf(c: Call, x: ShapedArray): Window {
  const rank = x.ndim;
  return {
    windowDimensions: c.integers("window_dimensions"),
    windowStrides: c.perAxis("window_strides", rank, 1),
    padding: c.pairs("padding", rank),
    baseDilation: c.perAxis("base_dilations", rank, 1),
    windowDilation: c.perAxis("window_dilations", rank, 1),
  };
}
const CUMULATIVE: Readonly<Partial<Record<ReduceKind, string>>> = { add: "cumsum", mul: "cumprod", max: "cummax", min: "cummin" };
/** Sums of all elements up to each are written as a window as long as the axis: that is linear work, not quadratic. */
function cumulative(x: Value, kind: ReduceKind, w: Window): Value | null {
  const primitive = CUMULATIVE[kind];
  const ones = [...w.windowStrides, ...w.baseDilation, ...w.windowDilation].every((n) => n === 1);
  const axes = x.shape.map((_n, i) => i).filter((i) => w.windowDimensions[i] !== 1 || w.padding[i]!.some((p) => p !== 0));
  const [axis] = axes;
  if (!primitive || !ones || axes.length !== 1 || axis === undefined) return null;
  const n = x.shape[axis]!;
  const [low, high] = w.padding[axis]!;
  if (n < 2 || w.windowDimensions[axis] !== n || low + high !== n - 1 || (low !== 0 && high !== 0)) return null;
  return o.callAll(primitive, [x], { axis, reverse: low === 0 })[0]!;
}
const WINDOWS: Readonly<Partial<Record<ReduceKind, string>>> = { add: "reduce_window_sum", max: "reduce_window_max", min: "reduce_window_min" };
const BOOLEAN_WINDOWS: Readonly<Partial<Record<ReduceKind, string>>> = { or: "reduce_window_max", and: "reduce_window_min" };
const reduceWindow: Row = (ins, c) => {
  const [xs, inits] = halves(ins);
  const x = xs[0]!;
  const w = windowOf(c, x.aval);
  const kind = xs.length === 1 ? kindOf(combiner(c), x) : undefined;
  if (kind !== undefined && isNeutral(inits[0]!, kind)) {
    const primitive = (x.dtype === "bool" ? BOOLEAN_WINDOWS : WINDOWS)[kind];
    const found = x.dtype === "bool" ? null : cumulative(x, kind, w);
    if (found) return found;
    if (primitive) return o.callAll(primitive, [x], { ...w });
  }
  return o.callAll("reduce_window", ins, { ...w, jaxpr: reducer(c, inits), consts: [] });
};
/** Each source element goes to the place that its window selects. */
const selectAndScatter: Row = ([x, source, init], c) => {
  const { windowDimensions, windowStrides, padding } = windowOf(c, x!.aval);
  const w = { windowDimensions, windowStrides, padding };
  const select = c.region(0).operations.at(-2);
  const direction = wordOf(select?.attributes.get("comparison_direction"));
  const inOrder =
    select?.operands.join() ===
    c
      .region(0)
      .parameters.map((p) => p.name)
      .join();
  const adds = kindOf(combinerOf(c.region(1)), source!) === (source!.dtype === "bool" ? "or" : "add");
  if (c.region(0).operations.length === 2 && inOrder && /^[GL]E$/.test(direction) && adds && source!.dtype !== "bool" && isNeutral(init!, "add"))
    return o.callAll("select_and_scatter_add", [source!, x!], { selectPrim: direction.toLowerCase(), ...w });
  return o.callAll("select_and_scatter", [x!, source!, init!], { selectJaxpr: c.closed(0), scatterJaxpr: c.closed(1), ...w });
};
export const REDUCTION: Rows = { reduce, reduce_window: reduceWindow, select_and_scatter: selectAndScatter };
