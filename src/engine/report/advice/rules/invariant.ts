// What a loop computes anew at each turn from values that do not change in it: it is computed once, before the loop.
import { sentence } from "../../../core/sentence.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import { flopsOf, isMovement } from "../../../graph/ops.ts";
import { carryingAlong, copiedWith, given, invariants } from "../graphs.ts";
import type { Candidate, Rule } from "../types.ts";
import { count, joined, partName, percent, times } from "../words.ts";

interface Invariant extends Candidate {
  readonly loop: Node<"while">;
  /** What the rest of the body reads of it. */
  readonly values: readonly Node[];
  readonly ms: number;
  readonly turns: number;
}
/** Scalar operations cheaper than reading a stored value: they are no work. */
const LEAST_FLOPS = 4;

export const invariant: Rule<Invariant> = {
  name: "computed anew at each turn",
  tolerance: 1e-5,
  find(f) {
    const found: Invariant[] = [];
    for (const loop of f.nodes()) {
      if (!loop.is("while")) continue;
      const { body } = loop.attrs;
      const same = invariants(body);
      const turns = f.callsIn(f.regions.find((r) => r.graph === body)?.name ?? "");
      const values = new Set<Node>();
      const visit = (n: Node): void => {
        if (!same.has(n) || n.is("parameter", "constant", "iota")) return;
        // What only spreads or moves is cheaper read where it was.
        if (isMovement(n) || n.is("get", "convert")) n.inputs.forEach(visit);
        else if (n.types.length === 1 && isWork(n, same)) values.add(n);
      };
      for (const n of body.nodes) if (!same.has(n)) n.inputs.forEach(visit);
      if (!values.size) continue;
      const all = withOperands([...values]);
      const ms = [...all].reduce((s, n) => s + f.ms(n), 0);
      const [costliest] = [...all].sort((a, b) => f.ms(b) - f.ms(a));
      if (turns < 2 || !costliest) continue;
      const others = [...values].map((n) => f.line(n));
      found.push({ at: f.line(costliest), others: [...others, f.line(loop)], loop, values: [...values], ms, turns, most: ms * (1 - 1 / turns) });
    }
    return found;
  },
  change: ({ loop, values }) => ({
    kind: "rewrite",
    rewrite: (g, n, inputs) => (n === loop ? hoisted(g, loop, values, inputs) : null),
  }),
  say({ values, ms, turns }, o, f) {
    const names = joined(values.map((n) => partName(n, f)));
    const words = [names, count(turns), percent(ms, f.total)];
    return {
      text:
        values.length > 1
          ? sentence(
              "{0} are computed anew at each of the loop's {1} turns ({2} of the time), from values that do not change in the loop: the same result each time.",
              ...words,
            )
          : sentence(
              "{0} is computed anew at each of the loop's {1} turns ({2} of the time), from values that do not change in the loop: the same result each time.",
              ...words,
            ),
      remedy: sentence(
        "Compute {0} once, before the loop, and let the body use it (a loop invariant, hoisted): {1} times faster.",
        names,
        times(o.factor),
      ),
      change: sentence("{0} before the loop", names),
    };
  },
};
/** Whether a value costs more than to be read: something in it is more than a few scalar operations. */
function isWork(n: Node, same: ReadonlySet<Node>): boolean {
  if (n.is("dot", "conv", "reduce", "library", "cumulative", "while", "arg_reduce", "gather", "reduce_window", "scatter")) return true;
  return flopsOf(n) >= LEAST_FLOPS || n.inputs.some((i) => same.has(i) && !i.is("parameter", "constant", "iota") && isWork(i, same));
}
function withOperands(values: readonly Node[]): ReadonlySet<Node> {
  const all = new Set(values);
  for (const n of all) for (const i of n.inputs) if (!i.is("parameter")) all.add(i);
  return all;
}
function hoisted(g: GraphBuilder, loop: Node<"while">, values: readonly Node[], inputs: readonly Node[]): Node {
  const outer = given(loop.attrs.body, inputs);
  const before = values.map((v) => copiedWith(g, v, outer));
  return carryingAlong(g, loop, inputs, before, (_inner, known, carried) => values.forEach((v, i) => known.set(v, carried[i]!)));
}
