// A power with a constant exponent: the general one is a logarithm and an exponential for each element; a few multiplications (and a root)
// cost a fraction of that.
import { type Sentence, sentence } from "../../../core/sentence.ts";
import type { Node } from "../../../graph/graph.ts";
import { halfPower } from "../build.ts";
import type { Candidate, Rule } from "../types.ts";
import { powerEdit } from "../edits.ts";
import { codeOf, editOr, partName, percent, times } from "../words.ts";

interface Power extends Candidate {
  /** Powers of one value: a polynomial has several. The dearest first. */
  readonly nodes: readonly Node[];
  readonly exponents: readonly number[];
  readonly ms: number;
}
const LARGEST = 32;

export const power: Rule<Power> = {
  name: "power by multiplications",
  find(f) {
    const found = new Map<Node, { node: Node; exponent: number }[]>();
    for (const n of f.nodes()) {
      if (!n.is("pow") || (n.dtype !== "float32" && n.dtype !== "float64")) continue;
      const exponent = f.known(n.inputs[1]!);
      if (exponent === null || Math.abs(exponent) > LARGEST || (exponent * 2) % 1 !== 0) continue;
      const list = found.get(n.inputs[0]!) ?? [];
      found.set(n.inputs[0]!, [...list, { node: n, exponent }]);
    }
    return [...found.values()].map((all): Power => {
      all.sort((a, b) => f.ms(b.node) - f.ms(a.node));
      const nodes = all.map((p) => p.node);
      const ms = nodes.reduce((s, n) => s + f.ms(n), 0);
      const [at, ...others] = nodes.map((n) => f.line(n));
      return { at: at!, others, nodes, exponents: all.map((p) => p.exponent), ms, most: ms };
    });
  },
  change: ({ nodes, exponents }) => ({
    kind: "rewrite",
    rewrite(g, n, [x]) {
      const i = nodes.indexOf(n);
      return i < 0 ? null : halfPower(g, x!, exponents[i]!);
    },
  }),
  say({ at, nodes, exponents, ms }, o, f) {
    const [exponent] = exponents as [number];
    const x = partName(nodes[0]!.inputs[0]!, f);
    const code = codeOf(nodes[0]!.inputs[0]!, f);
    const name = code !== null && isName(code) ? code : /\bx\b/.test(code ?? "") ? "base" : "x";
    // An expression that is read several times gets a name.
    const first = code === null || code === name ? "" : `const ${name} = ${code};\n`;
    const share = percent(ms, f.total);
    if (nodes.length > 1) {
      const list = [...exponents].sort((a, b) => a - b).join(", ");
      return {
        text: sentence(
          "pow is called for {0} powers of {1} (exponents {2}): each is a general power, a logarithm and an exponential for each element, and together they cost {3} of the program's time.",
          ...[nodes.length, x, list, share],
        ),
        remedy: sentence(
          "Use multiplications instead of powers, each power from the one before ({0} = {1}·{1}), or Horner's scheme for a polynomial, ((c₃·{1} + c₂)·{1} + c₁)·{1} + c₀: {2} times faster.",
          ...[`${name}²`, name, times(o.factor)],
        ),
        change: sentence("the powers of {0} by multiplications", x),
        action: {
          label: sentence("Copy Horner's scheme"),
          kind: "snippet",
          snippet: `${first}const sum = coefficients.reduceRight((s, c) => s.mul(${name}).add(c));`,
        },
      };
    }
    const how = wordsOf(exponent);
    return {
      text: sentence(
        "pow with the constant exponent {0} is a general power (a logarithm and an exponential for each element) that costs {1} of the program's time.",
        exponent,
        share,
      ),
      remedy: sentence("Use {0} of {1} instead of a power: {2} took {3} times less.", how, x, formula(exponent, name), times(o.factor)),
      change: sentence("pow({0}, {1}) by {2}", x, exponent, how),
      action: editOr(
        sentence("Multiply"),
        powerEdit(f.text(at), at, exponent),
        sentence("Copy the multiplications"),
        `${first}${snippet(exponent, name)}`,
      ),
    };
  },
};
const isName = (s: string): boolean => /^[A-Za-z_$][\w$]*$/.test(s);
const wordsOf = (e: number): Sentence =>
  e % 1 === 0 ? sentence("multiplications") : Math.abs(e) < 1 ? sentence("a square root") : sentence("multiplications and a square root (np.sqrt)");
/** The powers of two that a whole exponent is the sum of. */
function powersOf(whole: number): number[] {
  return Array.from({ length: 6 }, (_v, i) => 2 ** i).filter((p) => whole & p);
}
function formula(exponent: number, x: string): string {
  const whole = Math.floor(Math.abs(exponent));
  const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const parts = powersOf(whole).map((p) => (p === 1 ? x : `${x}${[...String(p)].map((d) => SUPER[Number(d)]).join("")}`));
  if (exponent % 1 !== 0) parts.push(`√${x}`);
  const product = parts.join("·") || "1";
  return exponent < 0 ? `1 / (${product})` : product;
}
function snippet(exponent: number, x: string): string {
  const whole = Math.floor(Math.abs(exponent));
  const lines: string[] = [];
  const parts: string[] = [];
  let last = x;
  for (let p = 1; p <= whole; p *= 2) {
    if (p > 1) {
      lines.push(`const ${x}${p} = np.square(${last});`);
      last = `${x}${p}`;
    }
    if (whole & p) parts.push(last);
  }
  if (exponent % 1 !== 0) parts.push(`np.sqrt(${x})`);
  const [first = "np.onesLike(x)", ...rest] = parts;
  const product = rest.reduce((s, p) => `${s}.mul(${p})`, first);
  return [...lines, exponent < 0 ? `const result = np.reciprocal(${product});` : `const result = ${product};`].join("\n");
}
