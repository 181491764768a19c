// Types that the machine has no instructions for: each operation on float16 or bfloat16 converts there and back, one element at a time. The whole program is
// computed in float32 instead; arguments and results keep their types.
import { sentence } from "../../../core/sentence.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { DType } from "../../../core/dtypes.ts";
import { type Node, isElementwise } from "../../../graph/graph.ts";
import { typeEdit } from "../edits.ts";
import type { Facts } from "../facts.ts";
import { retyped } from "../retype.ts";
import type { Candidate, Line, Rule } from "../types.ts";
import { editOr, percent, times, valueName } from "../words.ts";

const HALF: ReadonlySet<DType> = new Set<DType>(["float16", "bfloat16"]);
interface Narrow extends Candidate {
  readonly first: Node;
  readonly dtype: DType;
  readonly count: number;
  readonly ms: number;
  /** Lines that bring the type in, where it comes in no other way. */
  readonly from: readonly Line[] | null;
}
export const narrow: Rule<Narrow> = {
  name: "type without instructions",
  // What is rounded less is other numbers: as many digits as the narrow type has.
  tolerance: 2e-2,
  find(f) {
    const nodes = [...f.nodes()].filter((n) => n.types.some((t) => HALF.has(t.dtype)) || n.inputs.some((i) => HALF.has(i.dtype)));
    const work = nodes.filter((n) => isElementwise(n) || n.is("reduce", "dot", "conv"));
    if (work.length < 2) return [];
    const first = broughtIn(work, f) ?? work[0]!;
    const dtype = HALF.has(first.dtype) ? first.dtype : first.inputs.find((i) => HALF.has(i.dtype))!.dtype;
    const ms = work.reduce((s, n) => s + f.ms(n), 0);
    const kernels = new Set(work.flatMap((n) => f.kernelsOf(n)));
    const most = [...kernels].reduce((s, k) => s + f.kernelMs(k), 0);
    const others = work.map((n) => f.line(n));
    const from = sources(nodes, f);
    return [{ at: f.line(first), others, first, dtype, count: work.length, ms: Math.max(ms, 0.5 * most), most: most * 0.98, from }];
  },
  change: () => ({ kind: "graph", transform: (g) => retyped(g, HALF, "float32") }),
  say({ at, first, dtype, count, ms, from }, o, f) {
    const name = valueName(first, f);
    const lines = from?.every((l) => l.file === at.file) ? from.map((l) => l.line) : [];
    return {
      text: sentence(
        "{0} operations compute in {1}, which has no instructions here: it is emulated, each element converted to float32 and back at each operation, without lanes. {1} comes in with {2}; that costs about {3} of the time.",
        ...[count, dtype, name, percent(ms, f.total)],
      ),
      remedy: sentence(
        "Compute in float32 and convert to {0} only what is stored: {1} times faster, and results differ by {2} at most because less is rounded.",
        ...[dtype, times(o.factor), (o.error ?? 0).toPrecision(2)],
      ),
      change: sentence("all operations on {0} in float32", dtype),
      action: editOr(sentence("Use float32"), typeEdit(f.text(at), lines, dtype, "float32"), sentence("Copy the type"), '.astype("float32")'),
    };
  },
};
/** The lines of the conversions that bring the type in; null where arguments have it, results keep it, or something is made in it. */
function sources(nodes: readonly Node[], f: Facts): Line[] | null {
  const isHalf = (n: Node): boolean => n.types.some((t) => HALF.has(t.dtype));
  const half = nodes.filter(isHalf);
  if (half.some((n) => f.isResult(n))) return null;
  const made = half.filter((n) => !n.inputs.some(isHalf) && !(n.is("constant") && n.shape.length === 0));
  return made.every((n) => n.is("convert")) ? made.map((n) => f.line(n)) : null;
}
/** The conversion that brought the type in: of the largest value, the first one of the person's code. */
function broughtIn(work: readonly Node[], f: Facts): Node | undefined {
  const from = work.filter((n) => n.is("convert") && HALF.has(n.dtype) && !HALF.has(n.inputs[0]!.dtype));
  const line = (n: Node): number => f.line(n).line;
  return from.sort((a, b) => sizeOf(b.shape) - sizeOf(a.shape) || line(a) - line(b))[0];
}
