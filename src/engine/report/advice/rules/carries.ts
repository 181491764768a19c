// Values of a loop that change places at each turn: what was the second is the first in the next one. Each turn copies them. With as many turns in one body as
// it takes until they are at their places again, nothing is copied.
import { sentence } from "../../../core/sentence.ts";
import type { Graph, Node } from "../../../graph/graph.ts";
import type { WhileStep, Step } from "../../../compiler/plan/types.ts";
import { given, inlined, repeated } from "../graphs.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Line, Rule } from "../types.ts";
import { memoryNs } from "../../../compiler/cost/table.ts";
import { showBytes } from "../../../compiler/fusion/cost.ts";
import { unrolling } from "../unrolling.ts";
import { percent, times } from "../words.ts";

interface Carries extends Candidate {
  readonly loop: Node<"while">;
  readonly bytes: number;
  readonly copies: number;
  /** How many turns become one, and how many are left over. */
  readonly together: number;
  readonly rest: number;
}
const LEAST_BYTES = 4096;
const MOST_TOGETHER = 6;

export const carries: Rule<Carries> = {
  name: "carried values copied at each turn",
  find(f) {
    const found: Carries[] = [];
    const visit = (steps: readonly Step[]): void => {
      for (const s of steps) {
        if (s.kind === "case") s.branches.forEach(visit);
        if (s.kind !== "while") continue;
        visit(s.body);
        const copies = s.body.filter((x) => x.kind === "copy");
        const bytes = copies.reduce((sum, x) => sum + x.bytes, 0);
        // What is copied though nothing changes places would be copied in a body of two turns as well.
        const together = period(s.node.attrs.body);
        if (bytes < LEAST_BYTES || together < 2 || together > MOST_TOGETHER) continue;
        const turns = f.callsIn(f.regions.find((r) => r.parent === s.node.id && r.role === "body")?.name ?? "");
        const moved = (turns * memoryNs(f.costs, bytes, bytes)) / 1e6;
        found.push({
          at: lineOf(s, f),
          others: [f.line(s.node)],
          loop: s.node,
          bytes,
          copies: copies.length,
          together,
          rest: turns % together,
          most: Math.max(moved, betweenKernels(f)),
        });
      }
    };
    visit(f.context.compiled.compilation.plan.steps);
    return found;
  },
  change: ({ loop, together, rest }) => ({
    kind: "rewrite",
    rewrite(g, n, inputs) {
      if (n !== loop) return null;
      const { cond, body } = loop.attrs;
      // What is left over comes first. Of a loop that ends otherwise than by counting the results may differ, and the trial says so.
      let start = inputs;
      for (let k = 0; k < rest; k++) start = inlined(g, body, given(body, start));
      return g.node("while", start, { cond, body: repeated(body, together) }, loop.types);
    },
  }),
  say({ loop, bytes, copies, most, together }, o, f) {
    const moved = showBytes(bytes);
    const share = percent(most, f.total);
    return {
      text:
        copies === 1
          ? sentence(
              "At each turn of the loop a carried value of {0} is copied: what one turn gives back changes places among the carried values (about {1} of the time).",
              moved,
              share,
            )
          : sentence(
              "At each turn of the loop {0} carried values of together {1} are copied: what one turn gives back changes places among the carried values (about {2} of the time).",
              ...[copies, moved, share],
            ),
      remedy:
        together === 2
          ? sentence(
              "Do two steps a turn (half as many turns): after two, the values are at their places again, without a copy. {0} times faster.",
              times(o.factor),
            )
          : sentence(
              "Do {0} steps a turn (unroll the loop by {0}): after {0}, the values are at their places again, without a copy. {1} times faster.",
              together,
              times(o.factor),
            ),
      change: sentence("{0} turns in one body", together),
      ...unrolling(loop, together, f),
    };
  },
};
/** After how many turns what changes places is where it was, or gone: of (a, b) → (b, new) two, of (a, b, c) → (b, c, new) three; 1 where nothing does. */
function period({ outs }: Graph): number {
  const from = (j: number): number => {
    const o = outs[j]!;
    return o.is("parameter") ? o.attrs.index : j;
  };
  const steps = outs.map((_o, j) => {
    let n = 1;
    for (let [at, next] = [j, from(j)]; next !== at && next !== j && n <= outs.length; [at, next] = [next, from(next)]) n++;
    return n;
  });
  return Math.max(1, ...steps);
}
/** Milliseconds of a run that lie in no kernel. */
const betweenKernels = (f: Facts): number => Math.max(0, f.total - f.kernels.reduce((s, k) => s + f.kernelMs(k), 0));
/** The line that gives the body's values back: that of the value that is carried on to another place, or of what is computed from it last. */
function lineOf(s: WhileStep, f: Facts): Line {
  const { body } = s.node.attrs;
  const moved = body.outs.findIndex((o, i) => o.is("parameter") && o.attrs.index !== i);
  const last = [...body.nodes].reverse().find((n) => !n.is("parameter", "constant") && f.frame(n) && body.outs.includes(n) && n.shape.length > 0);
  return f.line(last ?? (moved >= 0 ? body.outs[moved]! : s.node));
}
