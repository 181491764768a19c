// Whether a kernel may write a result over one of its operands: an elementwise kernel reads each element of it before it writes that element, and at no
// other place.
import { isComplex } from "../../core/dtypes.ts";
import type { BufferId, Expr, Kernel, Stmt } from "../kernel/ir.ts";
import type { Ix } from "../kernel/ix.ts";
import { postOrder, readBy } from "../kernel/walk.ts";

type Store = Stmt & { readonly kind: "store" };

/** @param out the result's buffer @param over the operand's */
export function mayOverwrite(kernel: Kernel, out: BufferId, over: BufferId): boolean {
  const to = kernel.buffers[out];
  const from = kernel.buffers[over];
  if (to?.role !== "out" || from?.role !== "in" || to.dtype !== from.dtype || to.size !== from.size || isComplex(to.dtype)) return false;
  const nest = storesOf(kernel.body);
  // As many turns as elements: each is written once.
  if (nest?.turns !== to.size) return false;
  const read = new Set<Expr>();
  let written: Ix | null = null;
  for (const s of nest.stores) {
    const before = read.size;
    postOrder(readBy(s), (e) => e.kind === "load" && e.buffer === over && read.add(e));
    // A value is loaded once a turn, so what an earlier statement has read is at hand.
    if (written && read.size > before) return false;
    if (s.buffer === out) written = s.index;
  }
  const { key } = written ?? { key: null };
  return [...read].every((e) => e.kind === "load" && !e.fresh && e.index.key === key);
}
/** Loops one inside the other with nothing but stores in the innermost; null for any other kernel. */
function storesOf(body: readonly Stmt[]): { readonly turns: number; readonly stores: readonly Store[] } | null {
  let turns = 1;
  let inner = body;
  for (let [only] = inner; inner.length === 1 && only?.kind === "loop"; [only] = inner) {
    turns *= only.v.extent;
    inner = only.body;
  }
  return inner.every((s): s is Store => s.kind === "store") ? { turns, stores: inner as readonly Store[] } : null;
}
