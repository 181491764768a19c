// Elementwise kernels whose threads compute four neighbouring elements each: what lies together in memory is read and written by whole words, four at a time
// where elements are words. So no element of a small type is written by parts, which takes atomic operations.
import { isComplex } from "../../core/dtypes.ts";
import { type Expr, type Kernel, type Stmt, indexValues } from "./ir.ts";
import type { Ix, LoopVar } from "./ix.ts";
import { atomVaries, strideOf } from "./strides.ts";
import { updatedLoads } from "./updates.ts";
import { postOrder, roots } from "./walk.ts";

/** Elements of one thread. */
export const QUAD = 4;
/** The code of an element stands there four times: beyond so many values it is not memory that such a kernel waits for. */
const MOST_VALUES = 64;

type Store = Stmt & { readonly kind: "store" };
export interface Quads {
  /** The innermost loop of the grid. */
  readonly v: LoopVar;
  readonly stores: readonly Store[];
  /** Loads of four neighbours. */
  readonly wide: ReadonlySet<Expr>;
}
/** Whether an index goes up by one with a loop, from a multiple of four. */
function isAligned(ix: Ix, v: LoopVar): boolean {
  return strideOf(ix, v) === 1 && ix.constant % QUAD === 0 && ix.terms.every(({ atom, coef }) => atomVaries(atom, v) || coef % QUAD === 0);
}
/** @param grid the loops around @param body, what is done for each element; null where it is nothing for four at a time */
export function quadsOf({ buffers }: Kernel, grid: readonly LoopVar[], body: readonly Stmt[]): Quads | null {
  const v = grid.at(-1);
  if (!v || v.extent < QUAD) return null;
  const stores = body.filter((s): s is Store => s.kind === "store");
  if (stores.length < body.length || stores.some((s) => updatedLoads(s) || isComplex(s.stored) || indexValues(s.index).length > 0)) return null;
  if (!stores.every((s) => isAligned(s.index, v))) return null;
  // Where the last four are not whole, what is written beyond the end has to be nobody's: buffers end at a multiple of many words.
  const isAlone = (s: Store): boolean => grid.length === 1 && s.index.constant === 0 && buffers[s.buffer]?.size === v.extent;
  if (v.extent % QUAD !== 0 && !stores.every(isAlone)) return null;
  const wide = new Set<Expr>();
  let count = 0;
  let fresh = false;
  postOrder(roots(body), (e) => {
    count++;
    if (e.kind !== "load") return;
    fresh ||= e.fresh;
    if (!isComplex(e.stored) && isAligned(e.index, v)) wide.add(e);
  });
  return fresh || count > MOST_VALUES ? null : { v, stores, wide };
}
