// Rows that are computed and not read: a slice of what was computed whole. The operands are sliced instead, and only what is wanted is computed.
import { sentence } from "../../../core/sentence.ts";
import { scalarArray } from "../../../core/arrays.ts";
import { ShapedArray, sizeOf } from "../../../core/aval.ts";
import { type GraphBuilder, type Node, isElementwise } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Rule } from "../types.ts";
import { joined, percent, shapeText, times, valueName } from "../words.ts";

/** What is taken of an axis: a part that is known, or as many elements from a place that the program computes. Null: all of it. */
type Part = { readonly start: number; readonly limit: number; readonly stride: number } | { readonly at: Node; readonly size: number } | null;
interface Rows extends Candidate {
  readonly slice: Node;
  readonly whole: Node;
  readonly ms: number;
  /** What is sliced in the end. */
  readonly leaves: Set<Node>;
}
const MOST_READ = 0.75;

export const rows: Rule<Rows> = {
  name: "rows computed and not read",
  tolerance: 1e-4,
  find(f) {
    const found: Rows[] = [];
    for (const n of f.nodes()) {
      if (!n.is("slice", "dynamic_slice")) continue;
      const whole = n.inputs[0]!;
      const share = sizeOf(n.shape) / Math.max(1, sizeOf(whole.shape));
      if (share > MOST_READ || !isAlone(whole, f)) continue;
      const axes = n.shape.flatMap((s, i) => (s === whole.shape[i] ? [] : [i]));
      const passed = new Set<Node>();
      walk(whole, axes, f, passed);
      // What is computed in the slice's own kernel is computed for its elements alone.
      const work = [...passed].filter((m) => !f.kernelsOf(n).some((k) => f.kernelsOf(m).includes(k)));
      const ms = work.reduce((s, m) => s + f.ms(m), 0);
      const [costliest] = work.sort((a, b) => f.ms(b) - f.ms(a));
      if (!costliest) continue;
      const others = [f.line(n), ...work.map((m) => f.line(m))];
      found.push({ at: f.line(costliest), others, slice: n, whole, ms, leaves: new Set(), most: ms * (1 - share), key: `rows of ${whole.id}` });
    }
    return found;
  },
  change: ({ slice, whole, leaves }, f) => ({
    kind: "rewrite",
    rewrite(g, n, inputs) {
      if (n !== slice) return null;
      leaves.clear();
      return pushed(g, whole, inputs[0]!, partsOf(n, inputs), f, leaves);
    },
  }),
  say({ slice, whole, ms, leaves }, o, f) {
    const name = valueName(whole, f);
    const words = [name, shapeText(whole.shape), percent(ms, f.total), shapeText(slice.shape)];
    return {
      text: sentence(
        "{0} is computed whole ({1}, {2} of the time), and only a part of it is read ({3}): the other rows are computed for nothing.",
        ...words,
      ),
      remedy: leaves.size
        ? sentence(
            "Slice first: take the part that is wanted of {0} and compute with that, instead of slicing the result. {1} times faster.",
            joined([...leaves].map((l) => valueName(l, f))),
            times(o.factor),
          )
        : sentence(
            "Slice first: take the part that is wanted of the operands and compute with that, instead of slicing the result. {0} times faster.",
            times(o.factor),
          ),
      change: sentence("the slice of {0} before the work", name),
    };
  },
};
/** Whether only one operation reads a value. */
const isAlone = (n: Node, f: Facts): boolean => f.users(n).length === 1 && !f.isResult(n) && !n.is("parameter", "constant");
/** Which axes of each operand an operation's result axes are; null where a part of the result is no part of the operands. −1: of none. */
function axesOf(n: Node): ((operand: number, axis: number) => number) | null {
  if (isElementwise(n)) return (i, a) => (n.inputs[i]!.shape.length ? a : -1);
  if (n.is("transpose")) return (_i, a) => n.attrs.permutation[a]!;
  if (n.is("reduce")) {
    const kept = n.inputs[0]!.shape.map((_s, i) => i).filter((i) => !n.attrs.dims.includes(i));
    return (_i, a) => kept[a]!;
  }
  if (n.is("broadcast"))
    return (_i, a) => {
      const at = n.attrs.dims.indexOf(a);
      return at >= 0 && n.inputs[0]!.shape[at] === n.shape[a] ? at : -1;
    };
  if (n.is("dot")) {
    const { lhsBatch, rhsBatch, lhsContract, rhsContract } = n.attrs;
    const free = [0, 1].map((i) => {
      const [batch, contract] = i === 0 ? [lhsBatch, lhsContract] : [rhsBatch, rhsContract];
      return n.inputs[i]!.shape.map((_s, k) => k).filter((k) => !batch.includes(k) && !contract.includes(k));
    });
    const batches = lhsBatch.length;
    return (i, a) => {
      if (a < batches) return (i === 0 ? lhsBatch : rhsBatch)[a]!;
      const left = a - batches < free[0]!.length;
      if (left) return i === 0 ? free[0]![a - batches]! : -1;
      return i === 1 ? free[1]![a - batches - free[0]!.length]! : -1;
    };
  }
  if (n.is("reshape")) {
    // Axes of one element come and go.
    const own = (x: Node): number[] => x.shape.flatMap((s, i) => (s === 1 ? [] : [i]));
    const [before, after] = [own(n.inputs[0]!), own(n)];
    if (before.length !== after.length || before.some((b, i) => n.inputs[0]!.shape[b] !== n.shape[after[i]!])) return null;
    return (_i, a) => before[after.indexOf(a)] ?? -1;
  }
  return null;
}
/** Everything that a slice moves past. */
function walk(n: Node, axes: readonly number[], f: Facts, passed: Set<Node>): void {
  const map = axesOf(n);
  if (!map || axes.length === 0) return;
  passed.add(n);
  n.inputs.forEach((i, k) => {
    if (isAlone(i, f))
      walk(
        i,
        axes.map((a) => map(k, a)).filter((a) => a >= 0),
        f,
        passed,
      );
  });
}
function partsOf(n: Node, inputs: readonly Node[]): Part[] {
  return inputs[0]!.shape.map((size, i): Part => {
    if (n.shape[i] === size) return null;
    if (!n.is("slice")) return { at: inputs[1 + i]!, size: n.shape[i]! };
    const stride = n.attrs.strides[i]!;
    const start = n.attrs.start[i]!;
    return { start, stride, limit: start + (n.shape[i]! - 1) * stride + 1 };
  });
}
const sizeOfPart = (p: Part, size: number): number =>
  p === null ? size : "at" in p ? p.size : Math.max(0, Math.ceil((p.limit - p.start) / p.stride));
/** The part of a value, computed from parts of its operands as far as that goes. `made` is the value in the graph that is built. */
function pushed(g: GraphBuilder, n: Node, made: Node, parts: readonly Part[], f: Facts, leaves: Set<Node>): Node {
  if (parts.every((p) => p === null)) return made;
  const map = isAlone(n, f) ? axesOf(n) : null;
  if (!map) {
    leaves.add(n);
    return cut(g, made, parts);
  }
  const operands = n.inputs.map((i, k) => {
    const own: Part[] = i.shape.map(() => null);
    parts.forEach((p, a) => {
      const at = p && map(k, a);
      if (at !== null && at >= 0) own[at] = p;
    });
    return pushed(g, i, made.inputs[k]!, own, f, leaves);
  });
  const shape = n.shape.map((s, i) => sizeOfPart(parts[i]!, s));
  return g.node(n.op, operands, n.attrs, [{ shape, dtype: n.dtype }]);
}
function cut(g: GraphBuilder, x: Node, parts: readonly Part[]): Node {
  const known = parts.map((p, i) => (p && "start" in p ? p : { start: 0, limit: x.shape[i]!, stride: 1 }));
  const fixed = parts.some((p) => p && "start" in p)
    ? g.slice(
        x,
        known.map((p) => p.start),
        known.map((p) => p.limit),
        known.map((p) => p.stride),
      )
    : x;
  const moving = parts.flatMap((p) => (p && "at" in p ? [p.at] : []));
  if (!moving.length) return fixed;
  const zero = g.constant(scalarArray(0, new ShapedArray([], moving[0]!.dtype)));
  const shape = parts.map((p, i) => (p && "at" in p ? p.size : fixed.shape[i]!));
  return g.node("dynamic_slice", [fixed, ...parts.map((p) => (p && "at" in p ? p.at : zero))], {}, [{ shape, dtype: x.dtype }]);
}
