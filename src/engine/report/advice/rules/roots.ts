// Powers that are no multiples of one half, yet need no general power: quarters are roots of roots, and a constant base is one exponential.
import { sentence } from "../../../core/sentence.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import { filled, halfPower } from "../build.ts";
import type { Candidate, Rule } from "../types.ts";
import { percent, times, valueName } from "../words.ts";

interface Root extends Candidate {
  readonly node: Node;
  /** The exponent, a quarter more or less than a multiple of one half; or the base. */
  readonly exponent?: number;
  readonly base?: number;
}
const LARGEST = 32;

export const roots: Rule<Root> = {
  name: "power by roots or one exponential",
  find(f) {
    const found: Root[] = [];
    for (const n of f.nodes()) {
      if (!n.is("pow") || (n.dtype !== "float32" && n.dtype !== "float64")) continue;
      const [base, exponent] = n.inputs.map((i) => f.known(i));
      const most = f.ms(n);
      if (typeof exponent === "number" && (exponent * 4) % 2 !== 0 && Number.isInteger(exponent * 4) && Math.abs(exponent) <= LARGEST)
        found.push({ at: f.line(n), node: n, exponent, most });
      else if (typeof base === "number" && exponent === null && base > 0 && base !== 1 && base < Infinity)
        found.push({ at: f.line(n), node: n, base, most });
    }
    return found;
  },
  change: ({ node, exponent, base }) => ({
    kind: "rewrite",
    rewrite: (g, n, [x, y]) => (n !== node ? null : exponent === undefined ? exponential(g, y!, base!, n) : quarters(g, x!, exponent)),
  }),
  say({ node, exponent, base }, o, f) {
    const share = percent(f.ms(node), f.total);
    if (exponent === undefined) {
      const y = valueName(node.inputs[1]!, f);
      return {
        text: sentence(
          "pow with the constant base {0} is a general power (a logarithm and an exponential for each element) that costs {1} of the program's time.",
          ...[base!, share],
        ),
        remedy: sentence("Use one exponential: np.exp({0}.mul(Math.log({1}))) took {2} times less.", ...[y, base!, times(o.factor)]),
        change: sentence("pow({0}, {1}) as an exponential", base!, y),
      };
    }
    const x = valueName(node.inputs[0]!, f);
    return {
      text: sentence(
        "pow with the constant exponent {0} is a general power (a logarithm and an exponential for each element) that costs {1} of the program's time.",
        exponent,
        share,
      ),
      remedy: sentence(
        "Use multiplications and square roots of {0} instead of a power: a quarter is the square root of a square root (np.sqrt(np.sqrt({0}))). It took {1} times less.",
        x,
        times(o.factor),
      ),
      change: sentence("pow({0}, {1}) by roots and multiplications", x, exponent),
    };
  },
};
function exponential(g: GraphBuilder, y: Node, base: number, n: Node): Node {
  return g.unary("exp", g.binary("mul", y, filled(g, Math.log(base), n.dtype, n.shape)));
}
/** By the halves below, and a quarter more. */
function quarters(g: GraphBuilder, x: Node, exponent: number): Node {
  const size = Math.abs(exponent);
  const halves = Math.floor(size * 2) / 2;
  const quarter = g.unary("sqrt", g.unary("sqrt", x));
  const product = halves > 0 ? g.binary("mul", halfPower(g, x, halves), quarter) : quarter;
  return exponent > 0 ? product : g.binary("div", filled(g, 1, x.dtype, x.shape), product);
}
