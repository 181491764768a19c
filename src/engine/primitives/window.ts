// Windows: sums and extrema over sliding windows, and the pair that carries their derivatives: gathering from, and scattering to, each
// window's extremum.
import { type Shape, ShapedArray } from "../core/aval.ts";
import { type DType, isFloat } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import { type BatchRule, type Linear, type Primitive, Zero, definePrimitive, isLinear, isZero } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { type Graph, GraphBuilder, type Node, type ReduceKind, type WindowAttrs } from "../graph/graph.ts";
import { checkKinds, notLinear, numeric } from "./define.ts";
import * as o from "./ops.ts";
import { zeroValue } from "./movement.ts";

type Pads = readonly (readonly [number, number])[];
export interface WindowParams {
  readonly windowDimensions: readonly number[];
  readonly windowStrides: readonly number[];
  readonly padding: Pads;
  readonly baseDilation: readonly number[];
  readonly windowDilation: readonly number[];
}
export type SelectPrimitive = "ge" | "le";
export const dilated = (n: number, d: number): number => (n === 0 ? 0 : (n - 1) * d + 1);

/** The shape of a window reduction; throws ShapeError naming what has the wrong length. */
export function windowShape(name: string, x: ShapedArray, p: WindowParams): Shape {
  for (const [what, list] of Object.entries({
    windowDimensions: p.windowDimensions,
    windowStrides: p.windowStrides,
    padding: p.padding,
    baseDilation: p.baseDilation,
    windowDilation: p.windowDilation,
  }))
    if (list.length !== x.ndim) throw new ShapeError(`${name}: ${what} has ${list.length} entries, ${x} has ${x.ndim} axes; give one for each axis`);
  return x.shape.map((n, i) => {
    const padded = dilated(n, p.baseDilation[i]!) + p.padding[i]![0] + p.padding[i]![1],
      window = dilated(p.windowDimensions[i]!, p.windowDilation[i]!);
    return padded < window ? 0 : Math.floor((padded - window) / p.windowStrides[i]!) + 1;
  });
}
export const windowAttrs = (p: WindowParams): WindowAttrs => ({
  window: p.windowDimensions,
  strides: p.windowStrides,
  padding: p.padding,
  baseDilation: p.baseDilation,
  windowDilation: p.windowDilation,
});
/** The same window with a leading axis that it does not cover. */
export const shiftWindow = <P extends WindowParams>(p: P): P => ({
  ...p,
  windowDimensions: [1, ...p.windowDimensions],
  windowStrides: [1, ...p.windowStrides],
  padding: [[0, 0], ...p.padding],
  baseDilation: [1, ...p.baseDilation],
  windowDilation: [1, ...p.windowDilation],
});

/** Padding with which a window sum over the strided cotangent adds up what each operand element contributed to. */
function backPadding(shape: Shape, outShape: Shape, p: WindowParams): Pads {
  return shape.map((n, i) => {
    const window = dilated(p.windowDimensions[i]!, p.windowDilation[i]!),
      low = window - p.padding[i]![0] - 1,
      spread = dilated(outShape[i]!, p.windowStrides[i]!);
    return [low, dilated(n, p.baseDilation[i]!) + window - 1 - spread - low] as const;
  });
}
export const reduceWindowSum: Primitive<WindowParams> = definePrimitive<WindowParams>({
  name: "reduce_window_sum",
  multipleResults: false,
  abstract: ([x], p) => {
    checkKinds("reduce_window_sum", numeric, x!, "the operand");
    return [x!.withShape(windowShape("reduce_window_sum", x!, p))];
  },
  jvp: ([x], [dx], p) => {
    const out = bind1(reduceWindowSum, [x!], p);
    return [[out], [isZero(dx) ? new Zero(out.aval.strengthen()) : bind1(reduceWindowSum, [dx as Value], p)]];
  },
  transpose: ([ct], [x], p) => {
    const aval = (x as Linear).aval;
    if (isZero(ct)) return [new Zero(aval)];
    const c = ct as Value,
      pads = backPadding(aval.shape, c.shape, p),
      zero = o.lit(c.dtype, zeroValue(c.dtype));
    const spread = o.pad(
      c,
      zero,
      pads.map(([low, high], i) => [low, high, p.windowStrides[i]! - 1] as const),
    );
    return [
      bind1(reduceWindowSum, [spread], {
        ...p,
        windowStrides: p.baseDilation,
        padding: p.padding.map(() => [0, 0] as const),
        baseDilation: p.baseDilation.map(() => 1),
      }),
    ];
  },
  batch: ([x], [d], p) => [[bind1(reduceWindowSum, [o.moveaxis(x!, d!, 0)], shiftWindow(p))], [0]],
  lower: (g, [x], p, [out]) => [windowNode(g, x!, p, out!, x!.dtype === "bool" ? "or" : "add")],
});
const windowNode = (g: GraphBuilder, x: Node, p: WindowParams, out: ShapedArray, kind: ReduceKind): Node =>
  g.node("reduce_window", [x], { ...windowAttrs(p), kind }, [{ shape: out.shape, dtype: x.dtype }]);

/** Window maximum or minimum. Its derivative is the tangent at each window's extremum. */
function extremum(kind: "max" | "min", select: SelectPrimitive): Primitive<WindowParams> {
  const name = `reduce_window_${kind}`;
  const p: Primitive<WindowParams> = definePrimitive<WindowParams>({
    name,
    multipleResults: false,
    abstract: ([x], w) => {
      checkKinds(name, numeric, x!, "the operand");
      return [x!.withShape(windowShape(name, x!, w))];
    },
    jvp: ([x], [dx], w) => {
      const out = bind1(p, [x!], w);
      return [[out], [isZero(dx) ? new Zero(out.aval.strengthen()) : bind1(selectAndGatherAdd, [dx as Value, x!], { ...w, selectPrim: select })]];
    },
    transpose: notLinear,
    batch: ([x], [d], w) => [[bind1(p, [o.moveaxis(x!, d!, 0)], shiftWindow(w))], [0]],
    lower: (g, [x], w, [out]) => [windowNode(g, x!, w, out!, x!.dtype === "bool" ? (kind === "max" ? "or" : "and") : kind)],
  });
  return p;
}

/** What a window that holds nothing but padding selects: the value that loses against every other. */
function loser(select: SelectPrimitive, d: DType): number | bigint | boolean {
  if (d === "bool") return select === "le";
  if (isFloat(d)) return select === "ge" ? -Infinity : Infinity;
  const bits = BigInt(/\d+/.exec(d)![0]),
    unsigned = d.startsWith("u"),
    wide = bits === 64n;
  const value = select === "ge" ? (unsigned ? 0n : -(2n ** (bits - 1n))) : unsigned ? 2n ** bits - 1n : 2n ** (bits - 1n) - 1n;
  return wide ? value : Number(value);
}
/** A reducer of (key, payload) pairs that keeps the pair whose key wins; the first of equal ones stays. */
function selectingBody(g: GraphBuilder, select: SelectPrimitive, key: DType, payload: DType): Graph {
  const b = new GraphBuilder("select");
  b.origin = g.origin;
  const [ka, pa, kb, pb] = [key, payload, key, payload].map((dtype) => b.param({ shape: [], dtype })) as [Node, Node, Node, Node];
  const keep = b.compare(select, ka, kb);
  return b.build([b.select(keep, ka, kb), b.select(keep, pa, pb)]);
}
/** The payload at each window's extremum. */
function atExtremum(g: GraphBuilder, keys: Node, payload: Node, p: WindowParams, select: SelectPrimitive, outShape: Shape, empty: Node): Node {
  const lowest = g.constant(o.lit(keys.dtype, loser(select, keys.dtype)) as NDArray);
  const pair = g.node(
    "generic_reduce_window",
    [keys, payload, lowest, empty],
    { ...windowAttrs(p), body: selectingBody(g, select, keys.dtype, payload.dtype) },
    [
      { shape: outShape, dtype: keys.dtype },
      { shape: outShape, dtype: payload.dtype },
    ],
  );
  return g.results(pair)[1]!;
}

interface GatherParams extends WindowParams {
  readonly selectPrim: SelectPrimitive;
}
const bothFront: (p: () => Primitive<GatherParams>) => BatchRule<GatherParams> =
  (p) =>
  ([t, x], [dt, dx], w, { size }) => {
    return [[bind1(p(), [o.spreadBatch(t!, dt!, size), o.spreadBatch(x!, dx!, size)], shiftWindow(w))], [0]];
  };
/** select_and_gather_add(tangents, operand): the tangents at each window's extremum of the operand. Linear in the tangents. */
export const selectAndGatherAdd: Primitive<GatherParams> = definePrimitive<GatherParams>({
  name: "select_and_gather_add",
  multipleResults: false,
  abstract: ([t, x], p) => {
    if (t!.shape.join() !== x!.shape.join())
      throw new ShapeError(`select_and_gather_add: the tangents are ${t}, the operand ${x}; their shapes must be equal`);
    return [t!.withShape(windowShape("select_and_gather_add", x!, p))];
  },
  jvp: ([t, x], [dt], p) => {
    const out = bind1(selectAndGatherAdd, [t!, x!], p);
    return [[out], [isZero(dt) ? new Zero(out.aval.strengthen()) : bind1(selectAndGatherAdd, [dt as Value, x!], p)]];
  },
  transpose: ([ct], [t, x], p) => {
    if (!isLinear(t)) return [null, null];
    if (isZero(ct)) return [new Zero(t.aval), null];
    // Dilation of the operand is undone by reading every so many-th element of the scattered result.
    const operand = x as Value,
      undilated = p.baseDilation.every((d) => d === 1),
      spreadX = undilated
        ? operand
        : o.pad(
            operand,
            o.lit(operand.dtype, loser(p.selectPrim, operand.dtype)),
            p.baseDilation.map((d) => [0, 0, d - 1] as const),
          );
    const r = bind1(selectAndScatterAdd, [ct as Value, spreadX], {
      selectPrim: p.selectPrim,
      windowDimensions: p.windowDimensions,
      windowStrides: p.windowStrides,
      padding: p.padding,
      ...(p.windowDilation.every((d) => d === 1) ? {} : { windowDilation: p.windowDilation }),
    });
    return [
      undilated
        ? r
        : o.slice(
            r,
            r.shape.map(() => 0),
            r.shape,
            p.baseDilation,
          ),
      null,
    ];
  },
  batch: bothFront(() => selectAndGatherAdd),
  lower: (g, [t, x], p, [out]) => [atExtremum(g, x!, t!, p, p.selectPrim, out!.shape, g.constant(o.lit(t!.dtype, zeroValue(t!.dtype)) as NDArray))],
});

interface ScatterWindowParams {
  readonly selectPrim: SelectPrimitive;
  readonly windowDimensions: readonly number[];
  readonly windowStrides: readonly number[];
  readonly padding: Pads;
  readonly windowDilation?: readonly number[];
}
const full = (p: ScatterWindowParams): WindowParams => ({
  ...p,
  baseDilation: p.windowDimensions.map(() => 1),
  windowDilation: p.windowDilation ?? p.windowDimensions.map(() => 1),
});
/** select_and_scatter_add(source, operand): adds each source element to the place of its window's extremum in the operand. */
export const selectAndScatterAdd: Primitive<ScatterWindowParams> = definePrimitive<ScatterWindowParams>({
  name: "select_and_scatter_add",
  multipleResults: false,
  abstract: ([s, x], p) => {
    const want = windowShape("select_and_scatter_add", x!, full(p));
    if (want.join() !== s!.shape.join())
      throw new ShapeError(`select_and_scatter_add: the source is ${s}, the windows over ${x} give [${want.join()}]; they must be equal`);
    return [new ShapedArray(x!.shape, s!.dtype)];
  },
  jvp: ([s, x], [ds], p) => {
    const out = bind1(selectAndScatterAdd, [s!, x!], p);
    return [[out], [isZero(ds) ? new Zero(out.aval) : bind1(selectAndScatterAdd, [ds as Value, x!], p)]];
  },
  transpose: ([ct], [s, x], p) => [
    !isLinear(s)
      ? null
      : isZero(ct)
        ? new Zero(s.aval)
        : bind1(selectAndGatherAdd, [ct as Value, x as Value], { ...full(p), selectPrim: p.selectPrim }),
    null,
  ],
  batch: ([s, x], [ds, dx], p, { size }) => {
    const wide: ScatterWindowParams = {
      ...p,
      windowDimensions: [1, ...p.windowDimensions],
      windowStrides: [1, ...p.windowStrides],
      padding: [[0, 0], ...p.padding],
      ...(p.windowDilation ? { windowDilation: [1, ...p.windowDilation] } : {}),
    };
    return [[bind1(selectAndScatterAdd, [o.spreadBatch(s!, ds!, size), o.spreadBatch(x!, dx!, size)], wide)], [0]];
  },
  lower: (g, [s, x], p) => {
    // The flat place of each window's extremum, −1 (dropped) where there is none; then one scatter-add.
    const n = x!.shape.reduce((a, b) => a * b, 1),
      count = s!.shape.reduce((a, b) => a * b, 1),
      places = g.reshape(g.iota({ shape: [n], dtype: "int32" }, 0), x!.shape);
    const at = atExtremum(g, x!, places, full(p), p.selectPrim, s!.shape, g.constant(o.lit("int32", -1) as NDArray));
    const zeros = g.splat(g.constant(o.lit(s!.dtype, zeroValue(s!.dtype)) as NDArray), [n]);
    const added = g.node(
      "scatter",
      [zeros, g.reshape(at, [count, 1]), g.reshape(s!, [count])],
      {
        updateWindowDims: [],
        insertedWindowDims: [0],
        scatterDimsToOperandDims: [0],
        operandBatchingDims: [],
        scatterIndicesBatchingDims: [],
        combine: s!.dtype === "bool" ? "or" : "add",
        mode: "drop",
      },
      [{ shape: [n], dtype: s!.dtype }],
    );
    return [g.reshape(added, x!.shape)];
  },
});
export const reduceWindowMax = extremum("max", "ge"),
  reduceWindowMin = extremum("min", "le");

interface ApproxParams {
  readonly k: number;
  readonly reductionDimension: number;
  readonly recallTarget: number;
  readonly isMaxK: boolean;
  readonly reductionInputSizeOverride: number;
  readonly aggregateToTopk: boolean;
}
/**
 * How many elements come out along the axis. Where the last step of a TPU's search is left to the caller, it is how many groups the elements fall into for the
 * wanted recall. Source: Chern et al., "TPU-KNN" (2022), as XLA rounds it to a TPU's tiles.
 */
function approxCount(n: number, rank: number, p: ApproxParams): number {
  if (p.aggregateToTopk) return p.k;
  const tile = rank === 1 ? 1024 : 128,
    tiles = Math.ceil(n / tile),
    whole = p.reductionInputSizeOverride >= 0 ? p.reductionInputSizeOverride : n;
  if (n <= tile) return n;
  if (p.k === 1) return tile;
  if (p.recallTarget === 1) return n;
  const groups = Math.min(Math.max(Math.trunc((1 - p.k) / Math.log(p.recallTarget)), tile), whole),
    halvings = Math.min(Math.floor(Math.log2(Math.floor(whole / groups))), Math.floor(Math.log2(tiles)));
  return halvings <= 0 ? n : Math.ceil(tiles / 2 ** halvings) * tile;
}
/** The k largest (or smallest) along an axis. Exact, as JAX's is on the CPU. */
export const approxTopK: Primitive<ApproxParams> = definePrimitive<ApproxParams>({
  name: "approx_top_k",
  multipleResults: true,
  abstract: ([x], p) => {
    const axis = p.reductionDimension < 0 ? p.reductionDimension + x!.ndim : p.reductionDimension,
      shape = x!.shape.map((n, i) => (i === axis ? approxCount(n, x!.ndim, p) : n));
    if (p.k > x!.shape[axis]!) throw new ShapeError(`approx_top_k: k is ${p.k}, axis ${axis} of ${x} has ${x!.shape[axis]} elements`);
    return [new ShapedArray(shape, x!.dtype), new ShapedArray(shape, "int32")];
  },
  jvp: ([x], [dx], p) => {
    const [v, i] = bindApprox(x!, p),
      axis = p.reductionDimension < 0 ? p.reductionDimension + x!.ndim : p.reductionDimension;
    return [
      [v, i],
      [isZero(dx) ? new Zero(v.aval) : o.takeAlong(dx as Value, i, axis), new Zero(i.aval)],
    ];
  },
  transpose: notLinear,
  batch: ([x], [d], p) => {
    const axis = p.reductionDimension < 0 ? p.reductionDimension + x!.ndim - 1 : p.reductionDimension;
    return [bindApprox(o.moveaxis(x!, d!, 0), { ...p, reductionDimension: axis + 1 }), [0, 0]];
  },
  lower: (g, [x], p, outs) => {
    const axis = p.reductionDimension < 0 ? p.reductionDimension + x!.shape.length : p.reductionDimension,
      flipped = p.isMaxK ? x! : g.unary("neg", x!);
    const [v, i] = g.library(
      "topK",
      [flipped],
      { k: outs[0]!.shape[axis]!, axis },
      outs.map((a) => ({ shape: a.shape, dtype: a.dtype })),
    ) as [Node, Node];
    return [p.isMaxK ? v : g.unary("neg", v), i];
  },
});
const bindApprox = (x: Value, p: ApproxParams): [Value, Value] =>
  o.callAll("approx_top_k", [x], p as unknown as Record<string, unknown>) as [Value, Value];
