// Every element divided by a sum, then summed again: the division waits for the first sum, so what is divided is gone through once more. Sums of quotients
// with one divisor are quotients of sums: the few results are divided instead.
import { sentence } from "../../../core/sentence.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { dividedEdit } from "../edits.ts";
import { editOr, plain, times, valueName } from "../words.ts";

interface Divided extends Candidate {
  readonly quotient: Node;
  readonly sums: readonly Node<"reduce">[];
}
export const divided: Rule<Divided> = {
  name: "division that can come later",
  find(f) {
    const found: Divided[] = [];
    for (const q of f.nodes()) {
      if (!q.is("div") || !q.inputs[1]!.is("broadcast") || f.isResult(q)) continue;
      const spread = q.inputs[1];
      const sums = sumsOf(q, f);
      // The divisor is one number for all that each sum adds up.
      if (!sums?.length || !sums.every((s) => isEven(spread, s.attrs.dims, f))) continue;
      const most = sums.flatMap((s) => f.kernelsOf(s)).reduce((s, k, i, all) => (all.indexOf(k) === i ? s + f.kernelMs(k) : s), 0);
      found.push({ at: f.line(q), others: sums.map((s) => f.line(s)), quotient: q, sums, most: 0.7 * most });
    }
    return found;
  },
  change({ quotient, sums }) {
    // The divisor in the graph that is built.
    let spread: Node | null = null;
    return {
      kind: "rewrite",
      rewrite(g, n, inputs) {
        if (n === quotient) {
          spread = inputs[1]!;
          return inputs[0]!;
        }
        const s = sums.find((x) => x === n);
        if (!s || !spread) return null;
        const sum = g.node("reduce", inputs, s.attrs, s.types);
        return g.binary("div", sum, divisor(g, spread, s));
      },
    };
  },
  say({ at, quotient, sums }, o, f) {
    const e = valueName(quotient.inputs[0]!, f);
    const p = valueName(quotient, f);
    return {
      text: sentence(
        "{0} divides each element of {1} by a sum, and is then summed again: the first sum must be there before the division, so {1} is computed again in further passes over its operand.",
        p,
        e,
      ),
      remedy:
        sums.length === 1
          ? sentence(
              "Divide the sum afterwards instead of each element: add up {0} itself (times what it is multiplied by) and divide the results at the end. Then one pass is enough: {1} times faster.",
              e,
              times(o.factor),
            )
          : sentence(
              "Divide the {0} sums afterwards instead of each element: add up {1} itself (times what it is multiplied by) and divide the results at the end. Then one pass is enough: {2} times faster.",
              ...[sums.length, e, times(o.factor)],
            ),
      action: editOr(
        sentence("Divide the sums"),
        dividedEdit(f.text(at), at),
        sentence("Copy the division"),
        `${plain(e)}.mul(x).sum({ axis }).div(${plain(e)}.sum({ axis }))`,
      ),
      change: sums.length === 1 ? sentence("the division moved behind the sum") : sentence("the division moved behind the {0} sums", sums.length),
    };
  },
};
/** The sums that a quotient's readers end in, where it reaches them only through multiplications by something else. */
function sumsOf(q: Node, f: Facts): Node<"reduce">[] | null {
  const sums: Node<"reduce">[] = [];
  for (const u of f.users(q)) {
    if (u.is("reduce") && u.attrs.kind === "add") sums.push(u);
    else if (u.is("mul") && u.inputs.filter((i) => i === q).length === 1 && !f.isResult(u)) {
      const users = f.users(u);
      for (const r of users) {
        if (!r.is("reduce") || r.attrs.kind !== "add") return null;
        sums.push(r);
      }
    } else return null;
  }
  return [...new Set(sums)];
}
function isEven(spread: Node<"broadcast">, dims: readonly number[], f: Facts): boolean {
  const from = spread.inputs[0]!;
  // A dimension that is summed over comes from none of the divisor's, or from one of size 1.
  if (from.shape.length === 0 && f.known(from) !== null) return false;
  return spread.attrs.dims.every((d, i) => !dims.includes(d) || from.shape[i] === 1);
}
/** The divisor of each element of a sum. */
function divisor(g: GraphBuilder, spread: Node, s: Node<"reduce">): Node {
  const dims = s.attrs.dims;
  const kept = spread.shape.map((_x, i) => i).filter((i) => !dims.includes(i));
  const start = spread.shape.map(() => 0);
  const limit = spread.shape.map((x, i) => (dims.includes(i) ? 1 : x));
  const one = g.slice(
    spread,
    start,
    limit,
    spread.shape.map(() => 1),
  );
  return g.reshape(
    one,
    kept.map((i) => spread.shape[i]!),
  );
}
