// Instructions that XLA rewrote without keeping where they came from (a product of a matrix and a vector): the jaxpr's equation of the same kind and the same
// sizes is what they compute. As many instructions as equations are each other's in the order in which they stand; where the numbers differ, they have to
// be products of one line, or nothing is said.
import type { NodeId } from "../../engine/report/types.ts";
import type { HloInstruction, HloModule } from "../../xla/hlo.ts";
import { showShape } from "../../xla/shape.ts";
import type { BridgePlaces } from "./places.ts";
import type { BridgeEquation, BridgeRecord } from "./record.ts";

/**
 * JAX's primitives by HLO's operation, where the names differ by more than a dash. Only what a compiler does not make up by itself: sums, products, copies and
 * transpositions of the same sizes may be its own, and would get a line by chance.
 */
const PRIMITIVES: Readonly<Record<string, RegExp>> = {
  dot: /^dot_general$/,
  convolution: /^conv_general_dilated$/,
  reduce: /^(?:reduce_(?!precision|window)\w+|argmax|argmin)$/,
  "reduce-window": /^(?:reduce_window\w*|cumsum|cumprod|cummax|cummin|cumlogsumexp)$/,
  scatter: /^scatter/,
  sine: /^sin$/,
  cosine: /^cos$/,
  exponential: /^exp$/,
  "exponential-minus-one": /^expm1$/,
  "log-plus-one": /^log1p$/,
  power: /^pow$/,
};
const SAME = /^(?:tanh|rsqrt|cbrt|log|logistic|atan2|sort|fft|cholesky|triangular-solve)$/;
/** Of which one equation may become several instructions. */
const DIVISIBLE: ReadonlySet<string> = new Set(["dot", "convolution"]);
const computes = (n: HloInstruction, e: BridgeEquation): boolean =>
  PRIMITIVES[n.op]?.test(e.op) ?? (SAME.test(n.op) && n.op.replaceAll("-", "_") === e.op);
/** "f32[512,1]" as sizes without order, since XLA swaps operands and writes a vector as a matrix; with the type of the elements where it is asked for. */
function sizes(type: string, typed: boolean): string {
  const [, dtype = "", dims = ""] = /^(\w+)\[([^\]]*)\]/.exec(type) ?? [];
  const list = dims.split(",").filter((d) => d !== "" && d !== "1");
  return `${typed ? dtype : ""}[${list.sort().join(",")}]`;
}
/**
 * Equations of instructions that have neither a name nor a place.
 * @param placed the equations that an instruction with a place is of
 */
export function equationsOfUnplaced(
  r: Pick<BridgeRecord, "regions">,
  module: HloModule,
  places: BridgePlaces,
  placed: (n: HloInstruction) => readonly NodeId[],
): ReadonlyMap<string, NodeId> {
  const all = [...module.computations.values()].flatMap((c) => c.instructions);
  let left = all.filter((n) => n.opName === "" && !n.places.length && (n.op in PRIMITIVES || SAME.test(n.op)));
  const out = new Map<string, NodeId>();
  if (!left.length) return out;
  const equations = r.regions.flatMap((g) => g.eqns).filter((e) => !e.regions.length);
  const byId = new Map(equations.map((e) => [`e${e.id}`, e]));
  // What only passes a value on carries its maker's name too: it takes no equation away.
  const taken = new Set(all.flatMap((n) => placed(n).filter((id) => byId.has(id) && computes(n, byId.get(id)!))));
  for (const typed of [true, false]) {
    const groups = grouped(left, (n) => `${n.op} ${sizes(showShape(n.shape), typed)}`);
    for (const group of groups.values()) {
      const [first] = group;
      const wanted = sizes(showShape(first!.shape), typed);
      const open = equations.filter((e) => !taken.has(`e${e.id}`) && computes(first!, e) && sizes(e.types[0] ?? "", typed) === wanted);
      const lines = new Set(open.map((e) => places.positions(e.stack)[0]).map((p) => p && `${p.file}:${p.line}`));
      if (open.length !== group.length && !(lines.size === 1 && DIVISIBLE.has(first!.op))) continue;
      group.forEach((n, i) => out.set(n.name, `e${open[Math.min(i, open.length - 1)]!.id}`));
      for (const e of open) taken.add(`e${e.id}`);
    }
    left = left.filter((n) => !out.has(n.name));
  }
  return out;
}
function grouped<T>(list: readonly T[], key: (x: T) => string): Map<string, T[]> {
  const out = new Map<string, T[]>();
  for (const x of list) {
    const have = out.get(key(x));
    if (have) have.push(x);
    else out.set(key(x), [x]);
  }
  return out;
}
