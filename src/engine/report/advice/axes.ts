// Along which axes values differ, and parts of them without the others: what rules ask that make products of matrices out of other things.
import { type GraphBuilder, type Node } from "../../graph/graph.ts";

/** Whether a value differs along an axis; where nobody knows it may. */
export function isAlong(n: Node, axis: number): boolean {
  if (n.shape[axis] === 1) return false;
  if (!n.is("broadcast")) return true;
  const at = n.attrs.dims.indexOf(axis);
  return at >= 0 && n.inputs[0]!.shape[at] !== 1;
}
/** What was spread out, as the person knows it. */
export const unspread = (n: Node): Node => (n.is("broadcast", "reshape", "convert") ? unspread(n.inputs[0]!) : n);
/** A value that repeats along all other axes, by the given ones alone, in their order. */
export function alongOnly(g: GraphBuilder, x: Node, axes: readonly number[]): Node {
  const one = g.slice(
    x,
    x.shape.map(() => 0),
    x.shape.map((s, i) => (axes.includes(i) ? s : 1)),
    x.shape.map(() => 1),
  );
  const sorted = [...axes].sort((a, b) => a - b);
  const flat = g.reshape(
    one,
    sorted.map((a) => x.shape[a]!),
  );
  const order = axes.map((a) => sorted.indexOf(a));
  return order.every((o, i) => o === i) ? flat : g.transpose(flat, order);
}
