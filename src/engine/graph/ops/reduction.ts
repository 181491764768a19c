// Reductions of every kind: over axes, along them, over sliding windows, with a graph as reducer.
import { type Shape, sizeOf } from "../../core/aval.ts";

import type { WindowAttrs } from "../graph.ts";
import { elements, need, needAxes, needLength, show, typed } from "./row.ts";
import { dilated, firstTypes, isIndex, needRegion, perElement, row, scalars, without } from "./common.ts";

const WINDOW_NAMES = {
  window: "window_dimensions",
  strides: "window_strides",
  padding: "padding",
  baseDilation: "base_dilations",
  windowDilation: "window_dilations",
} as const;

/** Output shape of a window that slides over `shape`. */
function windowShape(shape: Shape, a: WindowAttrs): Shape {
  for (const [what, list] of Object.entries({
    window: a.window,
    strides: a.strides,
    padding: a.padding,
    baseDilation: a.baseDilation,
    windowDilation: a.windowDilation,
  }))
    needLength(list, shape.length, what);
  need(
    [...a.window, ...a.strides, ...a.baseDilation, ...a.windowDilation].every((n) => Number.isInteger(n) && n > 0),
    () => "window, strides and dilations must be positive",
  );
  return shape.map((n, i) => {
    const room = dilated(n, a.baseDilation[i]!) + a.padding[i]![0] + a.padding[i]![1];
    const window = dilated(a.window[i]!, a.windowDilation[i]!);
    return room < window ? 0 : Math.floor((room - window) / a.strides[i]!) + 1;
  });
}

export const REDUCTION = {
  reduce: row<"reduce">(
    "reduction",
    "reduce",
    1,
    { dims: "dimensions", kind: "kind" },
    {
      flops: 1,
      work: (n) => elements(n.inputs[0]!),
      infer: ([x], { dims }) => {
        needAxes(dims, x!.shape.length, "reduce: the dimensions");
        return [typed(without(x!.shape, dims), x!.dtype)];
      },
    },
  ),
  arg_reduce: row<"arg_reduce">(
    "reduction",
    "arg_reduce",
    1,
    { axis: "dimension", kind: "kind" },
    {
      flops: 1,
      work: (n) => elements(n.inputs[0]!),
      infer: ([x], { axis }, [t]) => {
        needAxes([axis], x!.shape.length, "arg_reduce: the axis");
        need(isIndex(t!), () => `arg_reduce: the result is ${t!.dtype}, expected an integer type`);
        return [typed(without(x!.shape, [axis]), t!.dtype)];
      },
    },
  ),
  generic_reduce: row<"generic_reduce">(
    "reduction",
    "reduce",
    null,
    { dims: "dimensions", body: "body" },
    {
      flops: 1,
      work: (n) => elements(n.inputs[0]!),
      regions: ({ body }) => [body],
      infer: (inputs, { dims, body }) => {
        const xs = firstTypes(inputs);
        const inits = inputs.slice(xs.length);
        need(
          inits.every((t, i) => t.shape.length === 0 && t.dtype === xs[i]?.dtype),
          () => `generic_reduce: the operands are ${inputs.map(show).join(", ")}, expected arrays, then a scalar of each type`,
        );
        for (const x of xs) needAxes(dims, x.shape.length, "generic_reduce: the dimensions");
        needRegion(body, [...scalars(xs), ...scalars(xs)], scalars(xs), "the reducer");
        return xs.map((x) => typed(without(x.shape, dims), x.dtype));
      },
    },
  ),
  cumulative: row<"cumulative">(
    "reduction",
    "cumulative",
    1,
    { axis: "dimension", reverse: "reverse", kind: "kind" },
    {
      ...perElement,
      infer: ([x], { axis }) => {
        needAxes([axis], x!.shape.length, "cumulative: the axis");
        return [x!];
      },
    },
  ),
  reduce_window: row<"reduce_window">(
    "reduction",
    "reduce_window",
    1,
    { ...WINDOW_NAMES, kind: "kind" },
    {
      flops: 1,
      work: (n) => elements(n) * sizeOf(n.attrs.window),
      infer: ([x], a) => [typed(windowShape(x!.shape, a), x!.dtype)],
    },
  ),
  generic_reduce_window: row<"generic_reduce_window">(
    "reduction",
    "reduce_window",
    null,
    { ...WINDOW_NAMES, body: "body" },
    {
      flops: 1,
      work: (n) => elements(n) * sizeOf(n.attrs.window),
      regions: ({ body }) => [body],
      infer: (inputs, a) => {
        const xs = firstTypes(inputs);
        const inits = inputs.slice(xs.length);
        need(
          inits.every((t, i) => t.shape.length === 0 && t.dtype === xs[i]?.dtype),
          () => `generic_reduce_window: the operands are ${inputs.map(show).join(", ")}, expected arrays, then a scalar of each type`,
        );
        needRegion(a.body, [...scalars(xs), ...scalars(xs)], scalars(xs), "the reducer");
        return xs.map((x) => typed(windowShape(x.shape, a), x.dtype));
      },
    },
  ),
};
