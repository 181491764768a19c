// Types that the machine has no instructions for: each operation on float16 or bfloat16 converts there and back, one element at a time. The whole program is
// computed in float32 instead; arguments and results keep their types.
import { sizeOf } from "../../../core/aval.ts";
import type { DType } from "../../../core/dtypes.ts";
import { type GraphBuilder, type Node, isElementwise } from "../../../graph/graph.ts";
import { typeEdit } from "../edits.ts";
import type { Facts } from "../facts.ts";
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
  change: () => ({ kind: "rewrite", rewrite: (g, n, inputs) => widened(g, n, inputs) }),
  say({ at, first, dtype, count, ms, from }, o, f) {
    const name = valueName(first, f);
    const lines = from?.every((l) => l.file === at.file) ? from.map((l) => l.line) : [];
    return {
      text: `${count} operations compute in ${dtype}, which has no instructions here: it is emulated, each element converted to float32 and back at each operation, without lanes. ${dtype} comes in with ${name}; that costs about ${percent(ms, f.total)} of the time.`,
      remedy: `Compute in float32 and convert to ${dtype} only what is stored: ${times(o.factor)} times faster, and results differ by ${(o.error ?? 0).toPrecision(2)} at most because less is rounded.`,
      change: `all operations on ${dtype} in float32`,
      action: editOr("Use float32", typeEdit(f.text(at), lines, dtype, "float32"), "Copy the type", '.astype("float32")'),
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
/** The operation in float32. Parameters are widened where they are read; what must keep its type (results, carried values) is narrowed by whoever reads it. */
function widened(g: GraphBuilder, n: Node, inputs: readonly Node[]): Node | null {
  const wide = (x: Node): Node => (HALF.has(x.dtype) ? g.convert(x, "float32") : x);
  const isHalf = n.types.some((t) => HALF.has(t.dtype)) || n.inputs.some((i) => HALF.has(i.dtype));
  if (!isHalf || n.types.length !== 1) return null;
  if (n.is("convert")) {
    const x = unwrapped(inputs[0]!);
    // There and back again is nothing.
    return HALF.has(n.dtype) ? keep(g, wide(x), n.dtype) : g.convert(x, n.dtype);
  }
  if (!(isElementwise(n) || n.is("reduce", "dot", "broadcast", "reshape", "transpose", "slice", "concatenate", "reverse"))) return null;
  const types = n.types.map((t) => (HALF.has(t.dtype) ? { ...t, dtype: "float32" as const } : t));
  const made = g.node(
    n.op,
    inputs.map((i) => wide(unwrapped(i))),
    n.attrs,
    types,
  );
  return HALF.has(n.dtype) ? keep(g, made, n.dtype) : made;
}
/** A wide value under its narrow type: readers that know take the wide one. */
const keep = (g: GraphBuilder, wide: Node, dtype: DType): Node => g.convert(wide, dtype);
/** The wide value under a conversion that `keep` made: it is dead when all readers know. */
const unwrapped = (x: Node): Node => (x.is("convert") && HALF.has(x.dtype) && x.inputs[0]!.dtype === "float32" ? x.inputs[0]! : x);
