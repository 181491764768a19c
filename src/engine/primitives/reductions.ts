// Reductions and cumulative operations.
import { ShapedArray } from "../core/aval.ts";
import { type DType, type Kind, isComplex, isInexact } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import { type Linear, type Primitive, type Tangent, Zero, definePrimitive, isZero } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { batchFront, checkKinds, notLinear, numeric, zeroJvp } from "./define.ts";
import * as o from "./ops.ts";
import { constantLike } from "./elementwise.ts";
import type { GraphBuilder, Node, OpAttrs, ReduceKind } from "../graph/graph.ts";

export interface ReduceParams {
  readonly axes: readonly number[];
  readonly outSharding?: null;
}
const shift = (p: ReduceParams): ReduceParams => ({ ...p, axes: p.axes.map((a) => a + 1) });
const keep = (x: ShapedArray, axes: readonly number[]): number[] => x.shape.map((_n, i) => i).filter((i) => !axes.includes(i));
/** Spreads a reduced value back over the axes that were reduced. */
const unreduce = (v: Value, like: ShapedArray, axes: readonly number[]): Value => o.broadcastInDim(v, like.shape, keep(like, axes));

interface ReductionSpec {
  readonly dtypes: readonly Kind[];
  readonly kind: (d: DType) => ReduceKind;
  readonly jvp: "zero" | ((v: { x: Value; dx: Value; out: Value; axes: readonly number[] }) => Value);
  readonly transpose?: Primitive<ReduceParams>["transpose"];
}
function reduction(name: string, spec: ReductionSpec): Primitive<ReduceParams> {
  const p: Primitive<ReduceParams> = definePrimitive<ReduceParams>({
    name,
    multipleResults: false,
    abstract: ([x], { axes }) => {
      checkKinds(name, spec.dtypes, x!, "the operand");
      for (const a of axes) if (a < 0 || a >= x!.ndim) throw new ShapeError(`${name}: axis ${a} is out of range for ${x}, which has ${x!.ndim} axes`);
      return [x!.withShape(x!.shape.filter((_n, i) => !axes.includes(i)))];
    },
    jvp: ([x], [dx], params) => {
      const out = bind1(p, [x!], params);
      return [
        [out],
        [isZero(dx) || spec.jvp === "zero" ? new Zero(out.aval.strengthen()) : spec.jvp({ x: x!, dx: dx as Value, out, axes: params.axes })],
      ];
    },
    transpose: spec.transpose ?? notLinear,
    batch: batchFront(() => p, shift),
    lower: (g, [x], { axes }) => {
      const kind = spec.kind(x!.dtype);
      if (!isComplex(x!.dtype) || (kind !== "max" && kind !== "min")) return [g.reduce(x!, axes, kind)];
      return [g.binary("complex", g.reduce(g.unary("real", x!), axes, kind), g.reduce(deciding(g, x!, axes, kind), axes, kind))];
    },
  });
  return p;
}
/** Of complex values, which are ordered by their real parts first: the imaginary parts where the real part is the extreme one, the worst value elsewhere. */
function deciding(g: GraphBuilder, x: Node, axes: readonly number[], kind: "max" | "min"): Node {
  const re = g.unary("real", x),
    im = g.unary("imag", x),
    kept = x.shape.map((_n, i) => i).filter((i) => !axes.includes(i)),
    extreme = g.broadcast(g.reduce(re, axes, kind), x.shape, kept),
    worst = constantLike(g, im, kind === "max" ? -Infinity : Infinity);
  return g.select(g.compare("eq", re, extreme), im, worst);
}
const fixed = (k: ReduceKind) => (): ReduceKind => k;
const orForBool =
  (k: ReduceKind, b: ReduceKind) =>
  (d: DType): ReduceKind =>
    d === "bool" ? b : k;

export const reduceSum = reduction("reduce_sum", {
  dtypes: numeric,
  kind: orForBool("add", "or"),
  jvp: ({ dx, axes }) => o.reduceSum(dx, axes),
  transpose: ([ct], [x], { axes }) => {
    const a = (x as Linear).aval;
    return [isZero(ct) ? new Zero(a) : unreduce(ct as Value, a, axes)];
  },
});
/** Where the extremum stands; several places share it equally. */
const extremum = ({ x, dx, out, axes }: { x: Value; dx: Value; out: Value; axes: readonly number[] }): Value => {
  const at = o.convert(o.eq(x, unreduce(out, x.aval, axes)), x.dtype);
  return o.div(o.reduceSum(o.mul(dx, at), axes), o.reduceSum(at, axes));
};
export const reduceMax = reduction("reduce_max", { dtypes: numeric, kind: orForBool("max", "or"), jvp: extremum });
export const reduceMin = reduction("reduce_min", { dtypes: numeric, kind: orForBool("min", "and"), jvp: extremum });
export const reduceProd = reduction("reduce_prod", {
  dtypes: numeric,
  kind: orForBool("mul", "and"),
  // Exact with zeros among the factors: product of what stands before and after each element.
  jvp: ({ x, dx, axes }) => {
    const kept = keep(x.aval, axes),
      n = axes.reduce((m, a) => m * x.shape[a]!, 1),
      rest = kept.map((k) => x.shape[k]!),
      last = kept.length;
    const flat = (v: Value): Value => o.reshape(o.transpose(v, [...kept, ...axes]), [...rest, n]);
    const fx = flat(x),
      zeros = rest.map(() => [0, 0, 0] as const);
    if (n === 0) return o.zerosLike(o.reduceProd(x, axes).aval);
    const one = o.lit(x.dtype, isComplex(x.dtype) ? [1, 0] : 1),
      cut = (v: Value, reverse: boolean): Value => bind1(cumprod, [v], { axis: last, reverse });
    const before = o.pad(cut(fx, false), one, [...zeros, [1, -1, 0]]),
      after = o.pad(cut(fx, true), one, [...zeros, [-1, 1, 0]]);
    return o.reduceSum(o.mul(flat(dx), o.mul(before, after)), [last]);
  },
});
export const reduceAnd = reduction("reduce_and", { dtypes: ["b", "i", "u"], kind: fixed("and"), jvp: "zero" });
export const reduceOr = reduction("reduce_or", { dtypes: ["b", "i", "u"], kind: fixed("or"), jvp: "zero" });
export const reduceXor = reduction("reduce_xor", { dtypes: ["b", "i", "u"], kind: fixed("xor"), jvp: "zero" });

interface ArgParams {
  readonly axes: readonly number[];
  readonly indexDtype: DType;
}
function argReduction(name: "argmax" | "argmin", kind: "max" | "min"): Primitive<ArgParams> {
  const p: Primitive<ArgParams> = definePrimitive<ArgParams>({
    name,
    multipleResults: false,
    abstract: ([x], { axes, indexDtype }) => {
      if (x!.shape[axes[0]!] === 0) throw new ShapeError(`${name}: axis ${axes[0]} of ${x} is empty, so there is no extremum`);
      return [
        new ShapedArray(
          x!.shape.filter((_n, i) => !axes.includes(i)),
          indexDtype,
        ),
      ];
    },
    jvp: zeroJvp(() => p),
    transpose: notLinear,
    batch: batchFront(
      () => p,
      (q) => ({ ...q, axes: q.axes.map((a) => a + 1) }),
    ),
    lower: (g, [x], { axes }, [out]) => [
      g.node("arg_reduce", [isComplex(x!.dtype) ? deciding(g, x!, axes, kind) : x!], { axis: axes[0]!, kind }, [
        { shape: out!.shape, dtype: out!.dtype },
      ]),
    ],
  });
  return p;
}
/** Position of the first extremum along one axis; NaN counts as the extremum. */
export const argmax = argReduction("argmax", "max"),
  argmin = argReduction("argmin", "min");

export interface CumulativeParams {
  readonly axis: number;
  readonly reverse: boolean;
}
type CumulativeKind = OpAttrs["cumulative"]["kind"];
function cumulative(
  name: string,
  kind: CumulativeKind,
  jvp: (v: { x: Value; dx: Value; out: Value; params: CumulativeParams }) => Value,
  transpose: Primitive<CumulativeParams>["transpose"] = notLinear,
): Primitive<CumulativeParams> {
  const p: Primitive<CumulativeParams> = definePrimitive<CumulativeParams>({
    name,
    multipleResults: false,
    abstract: ([x], { axis }) => {
      if (axis < 0 || axis >= x!.ndim) throw new ShapeError(`${name}: axis ${axis} is out of range for ${x}`);
      return [x!];
    },
    jvp: ([x], [dx], params) => {
      const out = bind1(p, [x!], params);
      return [[out], [isZero(dx) || !isInexact(out.dtype) ? new Zero(out.aval.strengthen()) : jvp({ x: x!, dx: dx as Value, out, params })]];
    },
    transpose,
    batch: batchFront(
      () => p,
      ({ axis, reverse }) => ({ axis: axis + 1, reverse }),
    ),
    lower: (g, [x], { axis, reverse }) => [x!.shape[axis] === 0 ? x! : g.node("cumulative", [x!], { axis, reverse, kind }, [x!.type])],
  });
  return p;
}
export const cumsum = cumulative(
  "cumsum",
  "add",
  ({ dx, params }) => o.cumsum(dx, params.axis, params.reverse),
  ([ct], _x, { axis, reverse }): readonly Tangent[] => [isZero(ct) ? ct : o.cumsum(ct as Value, axis, !reverse)],
);
/** Differentiates through an associative scan of (value, tangent) pairs, doubling the stride: exact where elements are zero or tied. */
function scanJvp(
  combine: (x: Value, dx: Value, y: Value, dy: Value) => [Value, Value],
  neutral: (d: DType) => number,
): Parameters<typeof cumulative>[2] {
  return ({ x, dx, params: { axis, reverse } }) => {
    const n = x.shape[axis]!;
    let v = x,
      t = dx;
    const shifted = (a: Value, by: number, fill: number): Value =>
      o.pad(
        a,
        o.like(a, fill),
        a.shape.map((_n, i): [number, number, number] => (i !== axis ? [0, 0, 0] : reverse ? [-by, by, 0] : [by, -by, 0])),
      );
    for (let by = 1; by < n; by *= 2) [v, t] = combine(shifted(v, by, neutral(x.dtype)), shifted(t, by, 0), v, t);
    return t;
  };
}
export const cumprod = cumulative(
  "cumprod",
  "mul",
  scanJvp(
    (x, dx, y, dy) => [o.mul(x, y), o.add(o.mul(dx, y), o.mul(x, dy))],
    () => 1,
  ),
);
const pick =
  (better: (x: Value, y: Value) => Value) =>
  (x: Value, dx: Value, y: Value, dy: Value): [Value, Value] => {
    const won = better(x, y),
      tied = o.eq(x, y);
    return [o.select(won, x, y), o.select(tied, o.mul(o.add(dx, dy), o.like(dx, 0.5)), o.select(won, dx, dy))];
  };
export const cummax = cumulative(
  "cummax",
  "max",
  scanJvp(pick(o.gt), () => -Infinity),
);
export const cummin = cumulative(
  "cummin",
  "min",
  scanJvp(pick(o.lt), () => Infinity),
);
/** d out_i = Σ_j≤i dx_j e^(x_j − out_i); both sums run on exponentials shifted by the running maximum. */
const combineLogsumexp = (p: Value, dp: Value, v: Value, t: Value): [Value, Value] => {
  const m = o.max(p, v),
    safe = o.select(o.eq(m, o.like(m, -Infinity)), o.zerosLike(m.aval), m),
    a = o.exp(o.sub(p, safe)),
    b = o.exp(o.sub(v, safe)),
    s = o.add(a, b),
    // Nothing but −∞ so far: the tangents add up, as the first one has only itself.
    none = o.eq(s, o.like(s, 0)),
    some = o.select(none, o.full(s.shape, s.dtype, 1), s),
    mean = o.div(o.add(o.mul(a, dp), o.mul(b, t)), some),
    total = o.select(none, o.full(s.shape, s.dtype, -Infinity), o.add(o.log(some), safe));
  return [total, o.select(none, o.add(dp, t), mean)];
};
export const cumlogsumexp = cumulative(
  "cumlogsumexp",
  "logsumexp",
  scanJvp(combineLogsumexp, () => -Infinity),
);
