// Reductions with any reducer, given as a program of scalars: reduce over whole axes, reduce_window over sliding windows.
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { ShapedArray } from "../core/aval.ts";
import { MissingRuleError } from "../core/errors.ts";
import { type Primitive, type Tangent, Zero, absent, allZero, definePrimitive } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { bind } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { GraphBuilder, type Node, type ReduceKind } from "../graph/graph.ts";
import { lowerInto, lowerRegion } from "../graph/lower.ts";
import { notLinear } from "../primitives/define.ts";
import { broadcastInDim, instantiate, lit, pad, reshape, sliceInDim, spreadBatch, transpose } from "../primitives/ops.ts";
import { type WindowParams, shiftWindow, windowAttrs, windowShape } from "../primitives/window.ts";
import { batchJaxpr } from "../transforms/batching.ts";
import { jvpFlat, jvpJaxpr } from "../transforms/jvp.ts";

/** The reducer of (value, tangent) pairs: value accumulators and elements first, as the primitive hands them over. */
function jvpReducer(reducer: ClosedJaxpr): ClosedJaxpr {
  const n = reducer.outAvals.length,
    j = jvpJaxpr(
      reducer,
      reducer.inAvals.map(() => true),
      true,
    ).jaxpr;
  // Arguments come as accumulators (values, tangents), then elements (values, tangents).
  return stage(
    (...xs) => {
      const cut = (k: number): Value[] => xs.slice(k * n, (k + 1) * n);
      return evalClosed(j, [...cut(0), ...cut(2), ...cut(1), ...cut(3)]);
    },
    [...reducer.inAvals.slice(0, n), ...reducer.inAvals.slice(0, n), ...reducer.inAvals.slice(n), ...reducer.inAvals.slice(n)],
  );
}
type Operands = { readonly xs: readonly Value[]; readonly inits: readonly Value[] };
const halves = <T>(args: readonly T[]): [T[], T[]] => [args.slice(0, args.length / 2), args.slice(args.length / 2)];
function jvpOf<P extends { readonly jaxpr: ClosedJaxpr }>(
  p: Primitive<P>,
  args: readonly Value[],
  dots: readonly Tangent[],
  params: P,
): [readonly Value[], readonly Tangent[]] {
  const [xs, inits] = halves(args),
    [dx, di] = halves(dots),
    n = xs.length;
  if (allZero(dots)) {
    const outs = bind(p, args, params);
    return [outs, outs.map((v) => new Zero(v.aval.strengthen()))];
  }
  const outs = bind(p, [...xs, ...dx.map(instantiate), ...inits, ...di.map(instantiate)], { ...params, jaxpr: jvpReducer(params.jaxpr) });
  return [outs.slice(0, n), outs.slice(n)];
}
function fronted(name: string, args: readonly Value[], dims: readonly (number | null)[], size: number): Operands {
  const [xs, inits] = halves(args),
    [dx, di] = halves(dims);
  if (di.some((d) => d !== null))
    throw new MissingRuleError(
      `vmap does not work through ${name} with mapped initial values; map the operands only, and combine the initial value afterwards`,
    );
  return {
    xs: xs.map((x, i) => spreadBatch(x, dx[i]!, size)),
    inits,
  };
}
/** Folds axes by halves: each step reduces the second half into the first, elementwise. */
function reduceTree(xs: readonly Value[], inits: readonly Value[], { jaxpr, dimensions }: ReduceParams): readonly Value[] {
  const shape = xs[0]!.shape,
    kept = shape.map((_n, i) => i).filter((i) => !dimensions.includes(i)),
    rest = kept.map((i) => shape[i]!),
    width = rest.reduce((a, b) => a * b, 1);
  let n = dimensions.reduce((m, d) => m * shape[d]!, 1),
    parts = xs.map((x) => reshape(transpose(x, [...dimensions, ...kept]), [n, width]));
  if (n === 0) return inits.map((v) => broadcastInDim(v, rest, []));
  while (n > 1) {
    const half = Math.ceil(n / 2),
      first = parts.map((x) => sliceInDim(x, 0, 0, half)),
      second = parts.map((x, i) =>
        pad(sliceInDim(x, 0, half, n), inits[i]!, [
          [0, 2 * half - n, 0],
          [0, 0, 0],
        ]),
      ),
      flat = [...first, ...second].map((x) => reshape(x, [half * width])),
      each = batchJaxpr(
        jaxpr,
        { size: half * width, axisName: null },
        flat.map(() => true),
        true,
      ).jaxpr;
    parts = evalClosed(each, flat).map((x) => reshape(x, [half, width]));
    n = half;
  }
  return parts.map((x) => reshape(x, rest));
}

export interface ReduceParams {
  readonly computation: unknown;
  readonly jaxpr: ClosedJaxpr;
  readonly dimensions: readonly number[];
}
/** reduce(operands…, initial values…): folds whole axes with a program of scalars. */
export const reducePrimitive: Primitive<ReduceParams> = definePrimitive<ReduceParams>({
  name: "reduce",
  calls: { how: "parts", programs: ["jaxpr"] },
  forTransforms: ["computation"],
  multipleResults: true,
  abstract: (avals, { dimensions }) => halves(avals)[0].map((a) => a.withShape(a.shape.filter((_n, i) => !dimensions.includes(i)))),
  // With constant initial values by a tree of halves, which reverse mode can go through; as JAX does, it takes them for the reducer's identity.
  jvp: (args, dots, params) =>
    allZero(halves(dots)[1]) ? jvpFlat((...vs) => reduceTree(...halves(vs), params), args, dots) : jvpOf(reducePrimitive, args, dots, params),
  transpose: notLinear,
  batch: (args, dims, params, { size }) => {
    const { xs, inits } = fronted("reduce", args, dims, size),
      outs = bind(reducePrimitive, [...xs, ...inits], { ...params, dimensions: params.dimensions.map((d) => d + 1) });
    return [outs, outs.map(() => 0)];
  },
  lower: (g, inputs, { jaxpr, dimensions }, outs) =>
    g.results(
      g.node(
        "generic_reduce",
        inputs,
        { dims: dimensions, body: lowerRegion(g, jaxpr, "reducer") },
        outs.map((a) => ({ shape: a.shape, dtype: a.dtype })),
      ),
    ),
  printParams: ({ computation }) => ({
    computation: `<function ${typeof computation === "function" && computation.name ? computation.name : "<lambda>"}>`,
  }),
});

export interface ReduceWindowParams extends WindowParams {
  readonly jaxpr: ClosedJaxpr;
  readonly consts: readonly unknown[];
}
/** reduce_window(operands…, initial values…): folds each window with a program of scalars; padding counts as the initial value. */
export const reduceWindowPrimitive: Primitive<ReduceWindowParams> = definePrimitive<ReduceWindowParams>({
  name: "reduce_window",
  calls: { how: "parts", programs: ["jaxpr"] },
  multipleResults: true,
  abstract: (avals, p) => halves(avals)[0].map((a) => new ShapedArray(windowShape("reduce_window", a, p), a.dtype, a.weakType)),
  jvp: (args, dots, params) => jvpOf(reduceWindowPrimitive, args, dots, params),
  transpose: notLinear,
  batch: (args, dims, params, { size }) => {
    const { xs, inits } = fronted("reduce_window", args, dims, size),
      outs = bind(reduceWindowPrimitive, [...xs, ...inits], shiftWindow(params));
    return [outs, outs.map(() => 0)];
  },
  lower: (g, inputs, p, outs) =>
    g.results(
      g.node(
        "generic_reduce_window",
        inputs,
        { ...windowAttrs(p), body: lowerRegion(g, p.jaxpr, "reducer") },
        outs.map((a) => ({ shape: a.shape, dtype: a.dtype })),
      ),
    ),
});

export interface SelectScatterParams {
  readonly selectJaxpr: ClosedJaxpr;
  readonly scatterJaxpr: ClosedJaxpr;
  readonly windowDimensions: readonly number[];
  readonly windowStrides: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
}
const COMBINERS: Readonly<Record<string, ReduceKind>> = { add: "add", add_any: "add", mul: "mul", max: "max", min: "min", or: "or", and: "and" };
/** select_and_scatter(operand, source, initial value): each source element is combined into the place that `select` picks in its window. */
export const selectAndScatter: Primitive<SelectScatterParams> = definePrimitive<SelectScatterParams>({
  name: "select_and_scatter",
  calls: { how: "parts", programs: ["selectJaxpr", "scatterJaxpr"] },
  multipleResults: false,
  abstract: ([x]) => [x!.strengthen()],
  jvp: absent("it has no derivative rule in JAX either; select_and_scatter_add has"),
  transpose: notLinear,
  batch: absent("it has no batching rule in JAX either; select_and_scatter_add has"),
  lower: (g, [x, source, init], p) => {
    const [e] = p.scatterJaxpr.eqns,
      combine = e && p.scatterJaxpr.eqns.length === 1 ? COMBINERS[e.primitive.name] : undefined;
    if (!combine) throw new MissingRuleError("select_and_scatter: the scatter function must be one of add, mul, max, min, or, and");
    const shape = x!.shape,
      n = shape.reduce((a, b) => a * b, 1),
      count = source!.shape.reduce((a, b) => a * b, 1),
      ones = shape.map(() => 1),
      places = g.reshape(g.iota({ shape: [n], dtype: "int32" }, 0), shape);
    // Pairs (value, place); the place −1 stands for padding, which never wins.
    const b = new GraphBuilder("select"),
      element = (): [Node, Node] => [b.param({ shape: [], dtype: x!.dtype }), b.param({ shape: [], dtype: "int32" })],
      [ka, pa] = element(),
      [kb, pb] = element(),
      zero = b.constant(lit("int32", 0) as NDArray);
    const chosen = lowerInto(b, p.selectJaxpr.jaxpr, [], [ka, kb])[0]!,
      keep = b.binary("or", b.compare("lt", pb, zero), b.binary("and", b.compare("ge", pa, zero), chosen)),
      body = b.build([b.select(keep, ka, kb), b.select(keep, pa, pb)]);
    const pair = g.node(
      "generic_reduce_window",
      [x!, places, init!, g.constant(lit("int32", -1) as NDArray)],
      { window: p.windowDimensions, strides: p.windowStrides, padding: p.padding, baseDilation: ones, windowDilation: ones, body },
      [
        { shape: source!.shape, dtype: x!.dtype },
        { shape: source!.shape, dtype: "int32" },
      ],
    );
    const added = g.node(
      "scatter",
      [g.splat(init!, [n]), g.reshape(g.results(pair)[1]!, [count, 1]), g.reshape(source!, [count])],
      {
        updateWindowDims: [],
        insertedWindowDims: [0],
        scatterDimsToOperandDims: [0],
        operandBatchingDims: [],
        scatterIndicesBatchingDims: [],
        combine,
        mode: "drop",
      },
      [{ shape: [n], dtype: x!.dtype }],
    );
    return [g.reshape(added, shape)];
  },
});
