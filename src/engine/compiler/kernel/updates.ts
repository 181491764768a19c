// Stores that change an element by what it was: a scatter that adds. Where several iterations may meet at one element, a target with a grid carries them out
// atomically.
import { itemsize, realPart } from "../../core/dtypes.ts";
import type { Expr, Stmt } from "./ir.ts";
import { postOrder } from "./walk.ts";

/** The loads of the element that a store changes; null where it reads other elements that are being written. */
export function updatedLoads(s: Stmt & { readonly kind: "store" }): ReadonlySet<Expr> | null {
  if (itemsize(realPart(s.stored)) > 4) return null;
  const found = new Set<Expr>();
  let others = false;
  postOrder([s.value], (e) => {
    if (e.kind !== "load" || !e.fresh) return;
    if (e.buffer === s.buffer && e.part === s.part && e.index.key === s.index.key) found.add(e);
    else others = true;
  });
  return found.size > 0 && !others ? found : null;
}
export const isUpdate = (s: Stmt): boolean => s.kind === "store" && updatedLoads(s) !== null;
