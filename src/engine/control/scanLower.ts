// What a scan is in the graph: a while loop over a counter, that reads its slices in place and writes results into their arrays. With `unroll` several steps
// stand in one body, and those that are left over stand after the loop.
import type { ShapedArray } from "../core/aval.ts";
import type { NDArray } from "../core/value.ts";
import { GraphBuilder, type Node } from "../graph/graph.ts";
import { lowerInto, physicalType } from "../graph/lower.ts";
import { lit } from "../primitives/ops.ts";
import { type ScanParams, splitOperands } from "./scanSplit.ts";

/** What a step changes: carried values, and the arrays that results are written into. */
interface State {
  readonly carry: readonly Node[];
  readonly ys: readonly Node[];
}
export function lowerScan(g: GraphBuilder, inputs: readonly Node[], p: ScanParams, outAvals: readonly ShapedArray[]): Node[] {
  const together = Math.max(1, Math.min(p.unroll, p.length));
  const turns = Math.floor(p.length / together);
  const [consts, init, xs] = splitOperands(inputs, p);
  let state: State = {
    carry: init,
    ys: outAvals.slice(p.numCarry).map((a) => {
      const t = physicalType(a);
      return g.splat(g.constant(zeroOf(t.dtype)), t.shape);
    }),
  };
  // One turn of all steps is no loop.
  const isLoop = together === 1 || turns > 1;
  if (isLoop) state = loop(g, p, { consts, xs }, state, turns * together, together);
  for (let k = isLoop ? turns * together : 0; k < p.length; k++) state = step(g, p, int(g, p.reverse ? p.length - 1 - k : k), { consts, xs }, state);
  return [...state.carry, ...state.ys];
}
/** What all steps read alike. */
interface Read {
  readonly consts: readonly Node[];
  readonly xs: readonly Node[];
}
/** Steps 0 to `end`, so many in each turn. */
function loop(g: GraphBuilder, p: ScanParams, { consts, xs }: Read, start: State, end: number, together: number): State {
  const all = [int(g, 0), ...consts, ...start.carry, ...xs, ...start.ys];
  const types = all.map((n) => n.type);
  const test = new GraphBuilder("condition");
  const tested = types.map((t) => test.param(t));
  const cond = test.build([test.compare("lt", tested[0]!, int(test, end))]);
  const b = new GraphBuilder("body");
  b.origin = test.origin = g.origin;
  const [i, ...carried] = types.map((t) => b.param(t)) as [Node, ...Node[]];
  const [pc, pk, rest] = splitOperands(carried, p);
  const px = rest.slice(0, xs.length);
  let state: State = { carry: pk, ys: rest.slice(xs.length) };
  for (let k = 0; k < together; k++) {
    const at = k === 0 ? i : b.binary("add", i, int(b, k));
    state = step(b, p, p.reverse ? b.binary("sub", int(b, p.length - 1), at) : at, { consts: pc, xs: px }, state);
  }
  const body = b.build([b.binary("add", i, int(b, together)), ...pc, ...state.carry, ...px, ...state.ys]);
  const results = g.results(g.node("while", all, { cond, body }, types));
  const from = 1 + consts.length;
  return { carry: results.slice(from, from + pk.length), ys: results.slice(from + pk.length + xs.length) };
}
/** One step: `at` is which row of the arrays it reads and writes. */
function step(g: GraphBuilder, p: ScanParams, at: Node, { consts, xs }: Read, { carry, ys }: State): State {
  const zero = int(g, 0);
  const index = (n: Node): Node[] => [at, ...n.shape.slice(1).map(() => zero)];
  const slices = xs.map((x) => {
    const row = x.shape.slice(1);
    return g.reshape(g.node("dynamic_slice", [x, ...index(x)], {}, [{ shape: [1, ...row], dtype: x.dtype }]), row);
  });
  const outs = lowerInto(g, p.jaxpr.jaxpr, [], [...consts, ...carry, ...slices]);
  const rows = outs.slice(p.numCarry);
  return {
    carry: outs.slice(0, p.numCarry),
    ys: ys.map((y, k) => g.node("dynamic_update_slice", [y, g.reshape(rows[k]!, [1, ...rows[k]!.shape]), ...index(y)], {}, [y.type])),
  };
}
const int = (g: GraphBuilder, n: number): Node => g.constant(lit("int32", n) as NDArray);
const zeroOf = (d: Node["dtype"]): NDArray => lit(d, d === "bool" ? false : d.startsWith("complex") ? [0, 0] : 0) as NDArray;
