// Many turns with little work in each: what a turn costs besides (calls of kernels, the test, carried values written and read again) weighs as much as the work.
// Several turns in one body share that.
import { sentence } from "../../../core/sentence.ts";
import type { Graph, Node } from "../../../graph/graph.ts";
import { sizeOf } from "../../../core/aval.ts";
import { repeated } from "../graphs.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { unrolling } from "../unrolling.ts";
import { count, timeText, times } from "../words.ts";

interface Turns extends Candidate {
  readonly loop: Node<"while">;
  readonly turns: number;
  /** How many become one. */
  readonly together: number;
  /** Milliseconds of the kernels of one turn. */
  readonly each: number;
}
const LEAST_TURNS = 32;
const MOST_ELEMENTS = 4096;
const MOST_NODES = 60;
const LITTLE_MS = 0.01;

export const turns: Rule<Turns> = {
  name: "many turns with little work",
  tolerance: 1e-4,
  find(f) {
    const found: Turns[] = [];
    for (const loop of f.nodes()) {
      if (!loop.is("while") || !isSmall(loop.attrs.body)) continue;
      const all = turnsOf(loop, f);
      const together = [8, 4, 5, 2, 3].find((k) => all !== null && all % k === 0);
      if (all === null || all < LEAST_TURNS || !together) continue;
      const region = f.regions.find((r) => r.graph === loop.attrs.body);
      const kernels = f.kernels.filter((k) => k.region === region);
      const ms = kernels.reduce((s, k) => s + f.kernelMs(k), 0);
      const each = ms / Math.max(1, f.callsIn(region?.name ?? ""));
      if (each > LITTLE_MS) continue;
      const between = Math.max(0, f.total - f.kernels.reduce((s, k) => s + f.kernelMs(k), 0));
      found.push({ at: f.line(loop), loop, turns: all, together, each, most: between + 0.5 * ms });
    }
    return found;
  },
  change: ({ loop, together }) => ({
    kind: "rewrite",
    rewrite: (g, n, inputs) =>
      n === loop ? g.node("while", inputs, { cond: loop.attrs.cond, body: repeated(loop.attrs.body, together) }, loop.types) : null,
  }),
  say({ loop, turns: all, together, each }, o, f) {
    return {
      text: sentence(
        "The loop makes {0} turns with little work in each ({1}): what a turn costs besides, the calls of its kernels and what is carried from one to the next, weighs as much.",
        count(all),
        timeText(each),
      ),
      remedy: sentence(
        "Unroll it by {0}: the option unroll of lax.scan and lax.foriLoop puts {0} steps into each of {1} turns. {2} times faster. Where the steps do not depend on each other, compute them at once with vmap instead.",
        ...[together, count(all / together), times(o.factor)],
      ),
      change: sentence("{0} turns in one body", together),
      ...unrolling(loop, together, f),
    };
  },
};
const isSmall = (body: Graph): boolean =>
  body.nodes.length <= MOST_NODES &&
  body.nodes.every((n) => !n.is("while", "case", "callback", "library") && (n.is("parameter", "constant") || sizeOf(n.shape) <= MOST_ELEMENTS));
/** How many turns a counted loop makes; null where it counts to no known number, or ends otherwise. */
function turnsOf(loop: Node<"while">, f: Facts): number | null {
  const { cond, body } = loop.attrs;
  const [test] = cond.outs;
  if (!test?.is("compare") || test.attrs.direction !== "lt") return null;
  const [counter, limit] = test.inputs as readonly [Node, Node];
  if (!counter.is("parameter")) return null;
  const next = body.outs[counter.attrs.index]!;
  const own = body.params[counter.attrs.index];
  if (!next.is("add") || !next.inputs.includes(own!) || !next.inputs.some((i) => i !== own && f.known(i) === 1)) return null;
  const from = f.known(loop.inputs[counter.attrs.index]!);
  const isKept = (p: Node<"parameter">): boolean => body.outs[p.attrs.index] === body.params[p.attrs.index];
  const to = !limit.is("parameter") ? f.known(limit) : isKept(limit) ? f.known(loop.inputs[limit.attrs.index]!) : null;
  return from === null || to === null || to <= from ? null : to - from;
}
