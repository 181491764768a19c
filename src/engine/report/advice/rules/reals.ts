// Complex numbers whose imaginary parts are all zero: real data that was made complex. Each product is four, each sum two, without lanes; the real parts alone are
// computed instead.
import { sentence } from "../../../core/sentence.ts";
import { isComplex, realPart } from "../../../core/dtypes.ts";
import type { Node } from "../../../graph/graph.ts";
import type { Rewrite } from "../../../compiler/passes/rewrite.ts";
import { filled } from "../build.ts";
import type { Candidate, Rule } from "../types.ts";
import { percent, times, valueName } from "../words.ts";

interface Reals extends Candidate {
  readonly reals: ReadonlySet<Node>;
  readonly first: Node;
  readonly count: number;
  readonly ms: number;
}
const isOne = (n: Node): boolean => isComplex(n.dtype);
/** What gives real numbers for real ones; square roots and logarithms do not. */
const CLOSED = ["add", "sub", "mul", "div", "neg", "conj", "exp", "sin", "cos", "tanh", "sinh", "cosh"] as const;
const MOVED = ["broadcast", "reshape", "transpose", "slice", "reverse", "concatenate", "dynamic_slice", "pad", "select"] as const;

export const reals: Rule<Reals> = {
  name: "complex numbers of real data",
  tolerance: 1e-5,
  find(f) {
    const own = new Set<Node>();
    for (const n of f.regions[0]!.graph.nodes) if (isReal(n, own)) own.add(n);
    const work = [...own].filter((n) => n.is(...CLOSED) || n.is("reduce", "dot"));
    const [first] = [...own].filter((n) => n.is("convert", "complex"));
    const ms = [...new Set(work.flatMap((n) => f.kernelsOf(n)))].reduce((s, k) => s + f.kernelMs(k), 0);
    if (!first || ms === 0) return [];
    return [{ at: f.line(first), others: work.map((n) => f.line(n)), reals: own, first, count: work.length, ms, most: 0.8 * ms }];
  },
  change: ({ reals: own }) => ({ kind: "rewrite", rewrite: realParts(own) }),
  say({ first, count, ms }, o, f) {
    return {
      text: sentence(
        "{0} operations compute with complex numbers whose imaginary parts are all zero: {1} makes real data complex, and each product is four products then, without lanes ({2} of the time).",
        ...[count, valueName(first, f), percent(ms, f.total)],
      ),
      remedy: sentence(
        "Compute with the real numbers, and convert to complex only where an imaginary part comes in: {0} times faster, the same results.",
        times(o.factor),
      ),
      change: sentence("the real parts alone"),
    };
  },
};
/** Whether a complex value is known to have no imaginary parts, where that is known of its operands. */
function isReal(n: Node, known: ReadonlySet<Node>): boolean {
  if (n.types.length !== 1 || !isOne(n)) return false;
  if (n.is("convert")) return !isOne(n.inputs[0]!) || known.has(n.inputs[0]!);
  if (n.is("constant")) return n.shape.length === 0 && Number(n.attrs.value.dataSync()[1]) === 0;
  if (n.is("complex")) return isZero(n.inputs[1]!);
  if (!(n.is(...CLOSED) || n.is(...MOVED) || n.is("dot") || (n.is("reduce") && n.attrs.kind === "add"))) return false;
  return n.inputs.every((i) => !isOne(i) || known.has(i));
}
const isZero = (n: Node): boolean =>
  n.is("broadcast", "reshape", "convert")
    ? isZero(n.inputs[0]!)
    : n.is("constant") && n.shape.length === 0 && Number(n.attrs.value.dataSync()[0]) === 0;
function realParts(own: ReadonlySet<Node>): Rewrite {
  return (g, n, inputs) => {
    /** The real parts of a value that is known to have no others: what was converted, unwrapped. */
    const real = (x: Node): Node => (!isOne(x) ? x : x.is("convert") && !isOne(x.inputs[0]!) ? x.inputs[0]! : g.unary("real", x));
    const [x] = n.inputs;
    // What of a real value is asked for is the value, or nothing.
    if (n.is("real", "abs") && own.has(x!)) return n.is("real") ? real(inputs[0]!) : g.unary("abs", real(inputs[0]!));
    if (n.is("imag") && own.has(x!)) return filled(g, 0, n.dtype, n.shape);
    if (!own.has(n) || n.is("constant")) return null;
    const dtype = realPart(n.dtype);
    const value = (v: Node): Node => g.convert(v, n.dtype);
    if (n.is("convert")) return value(g.convert(real(inputs[0]!), dtype));
    if (n.is("complex")) return value(inputs[0]!);
    if (n.is("conj")) return value(real(inputs[0]!));
    return value(
      g.node(
        n.op,
        inputs.map((i) => real(i)),
        n.attrs,
        [{ shape: n.shape, dtype }],
      ),
    );
  };
}
