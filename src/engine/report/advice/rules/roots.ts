// Powers that are no multiples of one half, yet need no general power: quarters are roots of roots, and a constant base is one exponential.
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
        text: `pow with the constant base ${base} is a general power (a logarithm and an exponential for each element) that costs ${share} of the program's time.`,
        remedy: `Use one exponential: np.exp(${y}.mul(Math.log(${base}))) took ${times(o.factor)} times less.`,
        change: `pow(${base}, ${y}) as an exponential`,
      };
    }
    const x = valueName(node.inputs[0]!, f);
    return {
      text: `pow with the constant exponent ${exponent} is a general power (a logarithm and an exponential for each element) that costs ${share} of the program's time.`,
      remedy: `Use multiplications and square roots of ${x} instead of a power: a quarter is the square root of a square root (np.sqrt(np.sqrt(${x}))). It took ${times(o.factor)} times less.`,
      change: `pow(${x}, ${exponent}) by roots and multiplications`,
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
