// Elements that lie far apart: how a load or store moves with the loops around it, and whether the lines of memory that it goes over stay in the first cache
// until their other elements are asked for.
import type { Ix, LoopVar } from "../kernel/ix.ts";
import { strideOf } from "../kernel/strides.ts";

/** Bytes of a line of memory, and of the first cache as far as one array can count on it. */
export const LINE = 64;
const FIRST_CACHE = 2 ** 15;
/** Elements from which on a step is in another line; of most types a line holds so many. */
const FAR = 16;

/** The innermost loop that an index moves with, and by how many elements; null where it stays. */
export function stepOf(ix: Ix): { readonly v: LoopVar; readonly stride: number } | null {
  let found: LoopVar | null = null;
  for (const { atom } of ix.terms) if (atom.kind === "var" && atom.v.depth > (found?.depth ?? 0)) found = atom.v;
  return found && { v: found, stride: Math.abs(strideOf(ix, found)) };
}
/** Whether neighbouring turns are in other lines, and these are too many to be kept. */
export function farApart(ix: Ix): boolean {
  const step = stepOf(ix);
  return step !== null && step.stride >= FAR && step.v.extent * LINE > FIRST_CACHE;
}
