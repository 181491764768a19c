// How an operand of a product lies in memory, so that it is packed in the order in which it is read, or not at all.
import { sameShape } from "../../core/aval.ts";
import { type Node, isElementwise } from "../../graph/graph.ts";
import type { KernelContext } from "./build.ts";
import type { Expr } from "./ir.ts";
import { type Ix, varIx } from "./ix.ts";
import { strideOf } from "./strides.ts";

/** What an operand is computed of element by element, and lies like it. */
function origin(k: KernelContext, operand: Node): Node {
  let n = operand;
  const through = (x: Node): Node | undefined =>
    k.inGroup.has(x) && isElementwise(x) ? x.inputs.find((i) => sameShape(i.shape, x.shape)) : undefined;
  for (let next: Node | undefined = n; next; next = through(n)) n = next;
  return n;
}
/**
 * The axes of a copy, in the order in which its source lies in memory: what lies side by side is innermost. As they are where that is not known.
 * @param index of the operand, at a place of the copy
 * @param depth of the loops around it
 */
export function orderOf(k: KernelContext, operand: Node, index: (at: readonly Ix[]) => Ix[], extents: readonly number[], depth: number): number[] {
  const vars = extents.map((extent, i) => k.b.loopVar(extent, depth + 1 + i));
  const e = k.real(origin(k, operand), index(vars.map(varIx)));
  const axes = [...extents.keys()];
  if (e.kind !== "load") return axes;
  const strides = vars.map((v) => (v.extent === 1 ? Number.MAX_VALUE : Math.abs(strideOf(e.index, v))));
  return strides.some(Number.isNaN) ? axes : axes.sort((a, b) => strides[b]! - strides[a]! || a - b);
}

export interface Layout {
  /** Elements between rows (columns, on the right), and between steps of what is contracted; NaN where they are not the same everywhere. */
  readonly apart: number;
  readonly step: number;
  /** Whether it is in memory as it is multiplied. */
  readonly isStored: boolean;
}
/**
 * How an operand lies in memory. What is computed of it on the way has the same shape, and is not built to find out.
 * @param read the value of a node that has the operand's shape, at a row (or column) and a step
 * @param depth of the loops around the product
 */
export function layoutOf(
  k: KernelContext,
  operand: Node,
  read: (of: Node) => (at: Ix, c: Ix) => Expr,
  rows: number,
  steps: number,
  depth: number,
): Layout {
  const n = origin(k, operand);
  const at = k.b.loopVar(rows, depth + 1);
  const c = k.b.loopVar(steps, depth + 2);
  const e = read(n)(varIx(at), varIx(c));
  if (e.kind !== "load") return { apart: NaN, step: NaN, isStored: false };
  return { apart: strideOf(e.index, at), step: strideOf(e.index, c), isStored: n === operand && e.stored === "float32" && !e.fresh };
}
/** Whether rows (columns, on the right) lie side by side, rather than what is contracted. */
export const liesAlong = ({ apart, step }: Layout): boolean => apart === 1 && step !== 1;
