// Reductions over axes and windows, and products of arrays.
import type { ReduceKind, WindowAttrs } from "../../../graph/graph.ts";
import { type Form, type Forms, blockOf } from "./form.ts";
import { type Block, type Ref, type Written, type Writer, i64, i64s, pairs, typed } from "./writer.ts";

const KINDS: Readonly<Record<ReduceKind, string>> = { add: "add", mul: "multiply", max: "maximum", min: "minimum", and: "and", or: "or", xor: "xor" };

const windowOf = (a: WindowAttrs): Written => ({
  window_dimensions: i64s(a.window),
  window_strides: i64s(a.strides),
  base_dilations: i64s(a.baseDilation),
  window_dilations: i64s(a.windowDilation),
  padding: pairs(a.padding),
});
/** log(eˣ + eʸ), exact at ±∞. */
function logAddExp(w: Writer, type: Ref["type"]): Block {
  return {
    takes: [type, type],
    gives: ([x, y]) => {
      const most = w.same("maximum", x!, y!);
      const rest = w.same("log_plus_one", w.same("exponential", w.same("negate", w.same("abs", w.same("subtract", x!, y!)))));
      return [w.select(w.compare("eq", w.same("abs", most), w.full(Infinity, type)), most, w.same("add", most, rest))];
    },
  };
}
/** All elements up to each: a window as long as the axis, which hangs over its beginning (or end). */
const cumulative: Form<"cumulative"> = (w, n, [x]) => {
  const { axis, reverse, kind } = n.attrs;
  const length = n.shape[axis]!;
  if (length === 0) return [x!];
  const scalar = typed([], n.dtype);
  const ones = n.shape.map(() => 1);
  const attributes = windowOf({
    window: n.shape.map((_m, i) => (i === axis ? length : 1)),
    strides: ones,
    baseDilation: ones,
    windowDilation: ones,
    padding: n.shape.map((_m, i) => (i !== axis ? [0, 0] : reverse ? [0, length - 1] : [length - 1, 0])),
  });
  const [init, block] =
    kind === "logsumexp" ? [w.full(-Infinity, scalar), logAddExp(w, scalar)] : [w.neutral(kind, n.dtype), w.combine(KINDS[kind], n.dtype)];
  return w.all("stablehlo.reduce_window", [x!, init], [n.type], attributes, [block]);
};
/** Pairs of a value and its place, of which the one with the extreme value stays: a NaN before all, of equal ones the first. As JAX writes it. */
const argReduce: Form<"arg_reduce"> = (w, n, [x]) => {
  const { axis, kind } = n.attrs;
  const { dtype, shape } = x!.type;
  const [value, place] = [typed([], dtype), typed([], n.dtype)];
  const block: Block = {
    takes: [value, place, value, place],
    gives: ([a, i, b, j]) => {
      const better = w.compare(kind === "max" ? "gt" : "lt", a!, b!);
      const wins = w.same("or", better, w.compare("ne", a!, a!));
      const first = w.same("and", w.compare("eq", a!, b!), w.compare("lt", i!, j!));
      const stays = w.same("or", wins, first);
      return [w.select(wins, a!, b!), w.select(stays, i!, j!)];
    },
  };
  const places = w.iota(typed(shape, n.dtype), axis);
  const ins = [x!, places, w.neutral(kind, dtype), w.full(0, place)];
  const kept = shape.filter((_m, i) => i !== axis);
  const found = w.all("stablehlo.reduce", ins, [typed(kept, dtype), typed(kept, n.dtype)], { dimensions: i64s([axis]) }, [block])[1]!;
  // The graph's operation may keep the axis.
  return [kept.length === n.shape.length ? found : w.op("reshape", [found], n.type)];
};
const axes = (list: readonly number[]): string => `[${list.join(", ")}]`;
/** What an axis is: its batch, its features, or the number of a space. */
function layout(spec: readonly number[], first: string, second: string): string {
  const names: string[] = [];
  spec.forEach((at, i) => (names[at] = i === 0 ? first : i === 1 ? second : String(i - 2)));
  return `[${names.join(", ")}]`;
}
export const REDUCTION: Forms<
  "reduce" | "arg_reduce" | "generic_reduce" | "cumulative" | "reduce_window" | "generic_reduce_window" | "dot" | "conv"
> = {
  reduce: (w, n, [x]) =>
    w.all("stablehlo.reduce", [x!, w.neutral(n.attrs.kind, n.dtype)], [n.type], { dimensions: i64s(n.attrs.dims) }, [
      w.combine(KINDS[n.attrs.kind], n.dtype),
    ]),
  arg_reduce: argReduce,
  generic_reduce: (w, n, ins, region) => w.all("stablehlo.reduce", ins, n.types, { dimensions: i64s(n.attrs.dims) }, [blockOf(n.attrs.body, region)]),
  cumulative,
  reduce_window: (w, n, [x]) =>
    w.all("stablehlo.reduce_window", [x!, w.neutral(n.attrs.kind, n.dtype)], [n.type], windowOf(n.attrs), [w.combine(KINDS[n.attrs.kind], n.dtype)]),
  generic_reduce_window: (w, n, ins, region) => w.all("stablehlo.reduce_window", ins, n.types, windowOf(n.attrs), [blockOf(n.attrs.body, region)]),
  dot(w, n, ins) {
    const { lhsBatch, rhsBatch, lhsContract, rhsContract } = n.attrs;
    const numbers = [
      `lhs_batching_dimensions = ${axes(lhsBatch)}`,
      `rhs_batching_dimensions = ${axes(rhsBatch)}`,
      `lhs_contracting_dimensions = ${axes(lhsContract)}`,
      `rhs_contracting_dimensions = ${axes(rhsContract)}`,
    ];
    return [w.op("dot_general", ins, n.type, { dot_dimension_numbers: `#stablehlo.dot<${numbers.join(", ")}>` })];
  },
  conv(w, n, ins) {
    const a = n.attrs;
    const numbers = `${layout(a.lhsSpec, "b", "f")}x${layout(a.rhsSpec, "o", "i")}->${layout(a.outSpec, "b", "f")}`;
    return [
      w.op("convolution", ins, n.type, {
        batch_group_count: i64(a.batchGroups),
        dimension_numbers: `#stablehlo.conv<${numbers}>`,
        feature_group_count: i64(a.featureGroups),
        lhs_dilation: i64s(a.lhsDilation),
        rhs_dilation: i64s(a.rhsDilation),
        padding: pairs(a.padding),
        window_strides: i64s(a.strides),
      }),
    ];
  },
};
