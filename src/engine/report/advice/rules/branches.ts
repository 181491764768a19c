// A choice by one condition for the whole array: where computes both sides and throws one away. A branch computes the one that is wanted.
import { sentence } from "../../../core/sentence.ts";
import type { Node } from "../../../graph/graph.ts";
import { sizeOf } from "../../../core/aval.ts";
import { exclusive, graphOf } from "../graphs.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { percent, times, valueName } from "../words.ts";

interface Branches extends Candidate {
  readonly node: Node;
  /** What each side alone needs: true, false. */
  readonly sides: readonly [ReadonlySet<Node>, ReadonlySet<Node>];
  readonly ms: readonly [number, number];
}
export const branches: Rule<Branches> = {
  name: "both sides computed",
  tolerance: 1e-5,
  find(f) {
    const found: Branches[] = [];
    for (const n of f.nodes()) {
      if (!n.is("select") || sizeOf(n.shape) < 2 || !scalarOf(n.inputs[0]!)) continue;
      const of = (i: 1 | 2): ReadonlySet<Node> => {
        const x = n.inputs[i]!;
        return f.users(x).every((u) => u === n)
          ? exclusive(
              x,
              (m) => f.users(m),
              (m) => f.isResult(m),
              [n],
            )
          : new Set();
      };
      const sides = [of(1), of(2)] as const;
      const ms = [sum(sides[0], f), sum(sides[1], f)] as const;
      if (sides[0].size + sides[1].size === 0) continue;
      found.push({ at: f.line(n), others: [...sides[0], ...sides[1]].map((m) => f.line(m)), node: n, sides, ms, most: Math.max(...ms) });
    }
    return found;
  },
  change({ node, sides }) {
    // What nodes of the program have become in the graph that is built, as their readers see them.
    const became = new Map<Node, Node>();
    return {
      kind: "rewrite",
      rewrite(g, n, inputs) {
        n.inputs.forEach((i, k) => became.set(i, inputs[k]!));
        if (n !== node) return null;
        const read = [...new Set([1, 2].flatMap((i) => (sides[i - 1]!.size ? outside(sides[i - 1]!) : [node.inputs[i]!])))];
        const [onTrue, onFalse] = [0, 1].map((i) => graphOf(`branch ${1 - i}`, node.inputs[i + 1]!, read));
        const operands = read.map((r) => became.get(r)!);
        const index = g.convert(scalarOf(inputs[0]!)!, "int32");
        return g.node("case", [index, ...operands], { branches: [onFalse!, onTrue!] }, [node.type]);
      },
    };
  },
  say({ node, ms }, o, f) {
    const all = ms[0] + ms[1];
    const name = valueName(node, f);
    const share = percent(all, f.total);
    return {
      text:
        f.variable(node) === null
          ? sentence(
              "Line {0} chooses by one condition for the whole array, but np.where computes both sides (together {1} of the time) and one of them is thrown away.",
              f.line(node).line,
              share,
            )
          : sentence(
              "{0} is chosen by one condition for the whole array, but np.where computes both sides (together {1} of the time) and one of them is thrown away.",
              name,
              share,
            ),
      remedy: sentence(
        "Use lax.cond(condition, () => …, () => …), so that only the branch that is wanted is computed: {0} times faster with this call's condition.",
        times(o.factor),
      ),
      change: sentence("the choice of {0} as a branch", name),
    };
  },
};
const sum = (s: ReadonlySet<Node>, f: Facts): number => [...s].reduce((t, n) => t + f.ms(n), 0);
/** The one condition of a choice. */
function scalarOf(p: Node): Node | null {
  if (p.shape.length === 0) return p;
  return p.is("broadcast", "reshape") && sizeOf(p.inputs[0]!.shape) === 1 ? scalarOf(p.inputs[0]!) : null;
}
/** What some nodes read that is none of them. */
const outside = (nodes: ReadonlySet<Node>): Node[] => [...nodes].flatMap((n) => n.inputs.filter((i) => !nodes.has(i)));
