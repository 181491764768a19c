// Values of a loop that change places at each turn: what was the second is the first in the next one. Each turn copies them. Two turns in one body leave most at
// their places.
import type { Node } from "../../../graph/graph.ts";
import type { WhileStep, Step } from "../../../compiler/plan/types.ts";
import { repeated } from "../graphs.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Line, Rule } from "../types.ts";
import { percent, times } from "../words.ts";

interface Carries extends Candidate {
  readonly loop: Node<"while">;
  readonly bytes: number;
  readonly copies: number;
}
const LEAST_BYTES = 4096;

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
        if (bytes < LEAST_BYTES || !s.node.attrs.body.outs.some((o, i) => o.is("parameter") && o.attrs.index !== i)) continue;
        const turns = f.callsIn(f.regions.find((r) => r.parent === s.node.id && r.role === "body")?.name ?? "");
        const moved = (turns * 2 * bytes) / f.costs.bandwidth / 1e6;
        found.push({
          at: lineOf(s, f),
          others: [f.line(s.node)],
          loop: s.node,
          bytes,
          copies: copies.length,
          most: Math.max(moved, betweenKernels(f)),
        });
      }
    };
    visit(f.context.compiled.compilation.plan.steps);
    return found;
  },
  change: ({ loop }) => ({
    kind: "rewrite",
    // Where the number of turns is odd the results differ, and the trial says so.
    rewrite: (g, n, inputs) =>
      n === loop ? g.node("while", inputs, { cond: loop.attrs.cond, body: repeated(loop.attrs.body, 2) }, loop.types) : null,
  }),
  say({ bytes, copies, most }, o, f) {
    const mib = (bytes / 2 ** 20).toFixed(1);
    return {
      text: `At each turn of the loop ${copies === 1 ? "a carried value of" : `${copies} carried values of together`} ${mib} MiB ${copies === 1 ? "is" : "are"} copied: what one turn gives back changes places among the carried values (about ${percent(most, f.total)} of the time).`,
      remedy: `Do two steps a turn (half as many turns): after two, the values are at their places again, without a copy. ${times(o.factor)} times faster.`,
      change: "two turns in one body",
    };
  },
};
/** Milliseconds of a run that lie in no kernel. */
const betweenKernels = (f: Facts): number => Math.max(0, f.total - f.kernels.reduce((s, k) => s + f.kernelMs(k), 0));
/** The line that gives the body's values back: that of the value that is carried on to another place, or of what is computed from it last. */
function lineOf(s: WhileStep, f: Facts): Line {
  const { body } = s.node.attrs;
  const moved = body.outs.findIndex((o, i) => o.is("parameter") && o.attrs.index !== i);
  const last = [...body.nodes].reverse().find((n) => !n.is("parameter", "constant") && f.frame(n) && body.outs.includes(n) && n.shape.length > 0);
  return f.line(last ?? (moved >= 0 ? body.outs[moved]! : s.node));
}
