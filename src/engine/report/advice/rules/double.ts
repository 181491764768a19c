// Double precision: loops of float64 have no lanes here, and its functions are called one by one. The whole program is computed in float32 instead, and the
// difference of the results is said: whether seven digits are enough is the person's to know.
import { sentence } from "../../../core/sentence.ts";
import type { DType } from "../../../core/dtypes.ts";
import { type Node, isElementwise } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import { retyped } from "../retype.ts";
import type { Candidate, Rule } from "../types.ts";
import { percent, times, valueName } from "../words.ts";

const DOUBLE: ReadonlySet<DType> = new Set<DType>(["float64"]);
interface Double extends Candidate {
  readonly first: Node;
  readonly count: number;
  readonly ms: number;
}
const isDouble = (n: Node): boolean => n.types.some((t) => DOUBLE.has(t.dtype));

export const double: Rule<Double> = {
  name: "double precision",
  // What float32 cannot tell apart is no smaller difference than this.
  tolerance: 1e-4,
  find(f) {
    const work = [...f.nodes()].filter((n) => isDouble(n) && (isElementwise(n) || n.is("reduce", "dot")) && !n.is("convert"));
    const kernels = [...new Set(work.flatMap((n) => f.kernelsOf(n)))];
    const ms = kernels.reduce((s, k) => s + f.kernelMs(k), 0);
    const [dearest] = [...work].sort((a, b) => f.ms(b) - f.ms(a));
    if (!dearest || ms === 0) return [];
    return [
      { at: f.line(source(dearest, f)), others: work.map((n) => f.line(n)), first: source(dearest, f), count: work.length, ms, most: 0.9 * ms },
    ];
  },
  change: () => ({ kind: "graph", transform: (g) => retyped(g, DOUBLE, "float32") }),
  say({ first, count, ms }, o, f) {
    return {
      text: sentence(
        "{0} operations compute in float64, which has no lanes here: one element at a time, twice the bytes of float32 ({1} of the time). It comes in with {2}.",
        ...[count, percent(ms, f.total), valueName(first, f)],
      ),
      remedy: sentence(
        "Where seven digits are enough, compute in float32: {0} times faster, and results differ by at most {1} of the largest.",
        times(o.factor),
        ((o.error ?? 0) / (o.notes?.scale || 1)).toPrecision(2),
      ),
      change: sentence("all operations on {0} in float32", "float64"),
      action: { label: sentence("Copy the type"), kind: "snippet", snippet: '.astype("float32")' },
    };
  },
};
/** Where the type comes from: the conversion, the argument or the constant that brings it in. */
function source(n: Node, f: Facts): Node {
  const seen = new Set<Node>();
  let at = n;
  for (let next: Node | undefined = n; next && !seen.has(next); next = at.inputs.find(isDouble)) {
    at = next;
    seen.add(at);
  }
  return f.frame(at) ? at : n;
}
