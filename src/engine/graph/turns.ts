// How often a loop turns, where its program says so: a counter that begins at a constant, goes up by one, and ends below another constant. So count the loops
// of scan and foriLoop.
import type { Graph, Node } from "./graph.ts";

/** A whole number that a scalar constant is; null for anything else. */
function wholeOf(n: Node | undefined): number | null {
  if (!n?.is("constant") || n.shape.length > 0) return null;
  const v = Number(n.attrs.value.dataSync()[0]);
  return Number.isSafeInteger(v) ? v : null;
}
const parameterOf = (n: Node | undefined, g: Graph): number => (n?.is("parameter") && g.params[n.attrs.index] === n ? n.attrs.index : -1);

/** The number of turns, or null where only the running loop knows. */
export function turnsOf(loop: Node<"while">): number | null {
  const { cond, body } = loop.attrs;
  const test = cond.outs[0];
  if (!test?.is("compare") || test.attrs.direction !== "lt") return null;
  const counter = parameterOf(test.inputs[0], cond);
  const end = wholeOf(test.inputs[1]);
  const first = wholeOf(loop.inputs[counter]);
  const next = body.outs[counter];
  if (end === null || first === null || !next || next.op !== "add" || !next.dtype.startsWith("int")) return null;
  const [x, y] = next.inputs;
  const goesUp = (parameterOf(x, body) === counter && wholeOf(y) === 1) || (parameterOf(y, body) === counter && wholeOf(x) === 1);
  return goesUp ? Math.max(0, end - first) : null;
}
