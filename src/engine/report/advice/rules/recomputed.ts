// A value that is computed again wherever it is read, though storing it once would cost less: the edges to its readers are pinned apart.
import { sentence } from "../../../core/sentence.ts";
import { isElementwise, type Node } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Line, Rule } from "../types.ts";
import { percent, times, valueName } from "../words.ts";

interface Recomputed extends Candidate {
  /** Values that one piece of the person's code makes: a function called for two arrays is one cause. */
  readonly nodes: readonly Node[];
  /** How often each element is computed. */
  readonly evaluations: number;
  readonly ms: number;
}
const LEAST_EVALUATIONS = 1.6;
const MOST_PINS = 24;

export const recomputed: Rule<Recomputed> = {
  name: "computed again",
  find(f) {
    const found = new Map<string, Recomputed>();
    for (const n of f.nodes()) {
      const fused = f.decisions(n).filter((d) => d.fused);
      if (fused.length === 0 || n.is("broadcast", "reshape", "slice", "iota")) continue;
      const evaluations = f.evaluations(n);
      if (evaluations < LEAST_EVALUATIONS) continue;
      // The last of a chain that is computed as often: what reads it is computed less often.
      if (!fused.some((d) => f.isResult(d.consumer) || f.evaluations(d.consumer) < 0.8 * evaluations)) continue;
      const at = lineOfMost(n, f);
      const own = f.line(n);
      const key = `${n.op} ${at.file}:${at.line} ${own.line} ${n.shape.join()}`;
      const before = found.get(key);
      const ms = f.msWith(n) + (before?.ms ?? 0);
      const most = Math.max(ms * (1 - 1 / evaluations), 0.5 * blocked(n, f));
      found.set(key, { at, others: [own], nodes: [...(before?.nodes ?? []), n], evaluations, ms, most, key: `store ${at.file}:${at.line}` });
    }
    return [...found.values()];
  },
  change: (c, f) => ({ kind: "pins", pins: pinsOf(c, f) }),
  say(c, _o, f) {
    const [node] = c.nodes;
    const name = valueName(node!, f);
    const words = [name, times(c.evaluations), percent(c.ms, f.total)];
    return {
      text: isElementwise(node!)
        ? sentence(
            "Each element of {0} is computed {1} times: it is evaluated again at each read, because the kernel that reads it computes it on the spot. That is {2} of the program's time.",
            ...words,
          )
        : sentence(
            "Each element of {0} is computed {1} times: it is evaluated again at each read, by index arithmetic that leaves the kernel without lanes, because the kernel that reads it computes it on the spot. That is {2} of the program's time.",
            ...words,
          ),
      remedy: sentence(
        "Compute {0} once and store it: pin its edges apart, so that it gets a kernel of its own, or make it a result of a function of its own.",
        name,
      ),
      change: sentence("{0} stored: its edges pinned apart", name),
      action: { label: sentence("Store {0}", name), kind: "pin", pins: pinsOf(c, f) },
    };
  },
};
const pinsOf = ({ nodes }: Recomputed, f: Facts): string[] =>
  nodes.flatMap((n) =>
    f
      .decisions(n)
      .slice(0, MOST_PINS)
      .map((d) => `${d.producer.id}>${d.consumer.id}=split`),
  );
/** Of a value that is only read at other places (a wrapped border): what the kernels take that read it, for they run without lanes. */
function blocked(n: Node, f: Facts): number {
  if (isElementwise(n)) return 0;
  return f.kernelsOf(n).reduce((s, k) => s + f.kernelMs(k), 0);
}
/** The line of what costs most of the value. */
function lineOfMost(n: Node, f: Facts): Line {
  const byLine = new Map<string, { at: Line; ms: number }>();
  for (const m of f.inlinedWith(n)) {
    const at = f.line(m);
    const have = byLine.get(`${at.file}:${at.line}`) ?? { at, ms: 0 };
    byLine.set(`${at.file}:${at.line}`, { at, ms: have.ms + f.ms(m) });
  }
  const [top] = [...byLine.values()].sort((a, b) => b.ms - a.ms);
  return top && top.ms > 0 ? top.at : f.line(n);
}
