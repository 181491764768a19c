// How an index moves with a loop: whether it depends on it at all, and by how many elements neighbouring iterations differ.
import { isComplex, itemsize, realPart, type DType } from "../../core/dtypes.ts";
import { dependence } from "./ir.ts";
import { type Atom, type Ix, type LoopVar, sum } from "./ix.ts";

/** Whether an index changes with a loop variable, also through quotients and computed values. */
export const varies = (ix: Ix, v: LoopVar): boolean => dependence(ix).vars.has(v.id);
/** Whether an atom of an index changes with a loop variable. */
export function atomVaries(a: Atom, v: LoopVar): boolean {
  switch (a.kind) {
    case "var":
      return a.v === v;
    case "value":
      return a.expr.vars.has(v.id);
    default:
      return varies(a.of, v);
  }
}
/** Elements between neighbouring iterations of a loop, or NaN where they are not the same everywhere. */
export function strideOf(ix: Ix, v: LoopVar): number {
  let stride = 0;
  for (const { atom, coef } of ix.terms) {
    if (!atomVaries(atom, v)) continue;
    if (atom.kind !== "var") return NaN;
    stride += coef;
  }
  return stride;
}
const parts = new WeakMap<Ix, readonly [Ix, Ix]>();
/** Where a load or store goes in its buffer, in reals: complex elements are two of them. */
export function partIndex(x: { readonly stored: DType; readonly index: Ix; readonly part: number }): Ix {
  if (!isComplex(x.stored)) return x.index;
  let pair = parts.get(x.index);
  if (!pair) parts.set(x.index, (pair = [sum([[x.index, 2]]), sum([[x.index, 2]], 1)]));
  return x.part === 0 ? pair[0] : pair[1];
}
/** Bytes of what a load or store moves. */
export const partBytes = (stored: DType): number => itemsize(realPart(stored));
/** The innermost loop level that an atom needs. */
export const levelOf = (a: Atom): number => (a.kind === "var" ? a.v.depth : a.kind === "value" ? a.expr.depth : dependence(a.of).depth);
