// Small pieces of graphs that several rules build.
import { scalarArray } from "../../core/arrays.ts";
import { type Shape, ShapedArray } from "../../core/aval.ts";
import type { DType } from "../../core/dtypes.ts";
import type { GraphBuilder, Node } from "../../graph/graph.ts";

/** A number, spread over a shape. */
export const filled = (g: GraphBuilder, value: number, dtype: DType, shape: Shape = []): Node =>
  g.splat(g.constant(scalarArray(value, new ShapedArray([], dtype))), shape);
/** A slice of one element of an axis, the axis left out. */
export function component(g: GraphBuilder, x: Node, axis: number, at: number): Node {
  const start = x.shape.map((_s, i) => (i === axis ? at : 0));
  const limit = x.shape.map((s, i) => (i === axis ? at + 1 : s));
  const one = g.slice(
    x,
    start,
    limit,
    x.shape.map(() => 1),
  );
  return g.reshape(
    one,
    x.shape.filter((_s, i) => i !== axis),
  );
}
/** x to a power that is a multiple of one half: by squaring, and a root. */
export function halfPower(g: GraphBuilder, x: Node, power: number): Node {
  const whole = Math.floor(Math.abs(power));
  const factors: Node[] = [];
  let square = x;
  for (let rest = whole; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2) factors.push(square);
    if (rest > 1) square = g.binary("mul", square, square);
  }
  if (Math.abs(power) !== whole) factors.push(g.unary("sqrt", x));
  const product = factors.length ? factors.reduce((a, b) => g.binary("mul", a, b)) : filled(g, 1, x.dtype, x.shape);
  return power < 0 ? g.binary("div", filled(g, 1, x.dtype, x.shape), product) : product;
}
