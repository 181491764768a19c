// Elements that lie far apart: how a load or store moves with the loops around it, and whether the lines of memory that it goes over stay in the first cache
// until their other elements are asked for.
import type { Ix, LoopVar } from "../kernel/ix.ts";
import { strideOf } from "../kernel/strides.ts";

/** Bytes of a line of memory. */
export const LINE = 64;
/** Elements from which on a step is in another line; of most types a line holds so many. */
const FAR = 16;
/**
 * What caches keep of lines that lie a stride apart: a line may lie in one set only, and strides of a power of two meet few of the sets. Sets, and lines of
 * each, that one array can count on: of the first cache, and of the second.
 */
const FIRST = { sets: 64, lines: 8 };
const SECOND = { sets: 1024, lines: 16 };
type Sets = typeof FIRST;
/** Lines so many bytes apart that are kept at a time. */
const kept = ({ sets, lines }: Sets, bytes: number): number => (sets / Math.max(1, commonDivisor(bytes, sets * LINE) / LINE)) * lines;
const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/**
 * The innermost loop that an index moves with, and by how many elements. Null where the index stays, and where it has no one step: it is divided or wrapped,
 * and its pieces mostly lie side by side.
 */
export function stepOf(ix: Ix): { readonly v: LoopVar; readonly stride: number } | null {
  let found: LoopVar | null = null;
  for (const { atom } of ix.terms) if (atom.kind === "var" && atom.v.depth > (found?.depth ?? 0)) found = atom.v;
  const stride = found && Math.abs(strideOf(ix, found));
  return found === null || stride === null || Number.isNaN(stride) ? null : { v: found, stride };
}
/**
 * Bytes of lines that are moved for each byte of the elements that an index takes: where a step is in another line, the rest of it is moved as well, but for what
 * other loops take of it before it is driven out.
 * @param itemsize bytes of an element
 */
export function lineFactor(ix: Ix, itemsize: number): number {
  const inner = stepOf(ix);
  if (!inner) return 1;
  const perLine = LINE / itemsize;
  const farthest = Math.min(perLine, Math.max(1, inner.stride));
  if (inner.stride * itemsize < LINE || inner.v.extent > kept(SECOND, inner.stride * itemsize)) return farthest;
  const steps = ix.terms
    .flatMap(({ atom }) => (atom.kind === "var" && atom.v.extent > 1 ? [{ stride: Math.abs(strideOf(ix, atom.v)), extent: atom.v.extent }] : []))
    .filter((s) => s.stride > 0) // and none that differs from turn to turn, which is NaN
    .sort((a, b) => a.stride - b.stride);
  // Elements side by side, as far as loops go over them, and how far apart such pieces are.
  let side = 1;
  for (const { stride, extent } of steps) {
    if (stride > side) return Math.max(1, Math.min(perLine, stride) / Math.min(side, perLine));
    side = Math.max(side, stride * extent);
  }
  return 1;
}
/**
 * Where neighbouring turns are in other lines, and these are too many to be kept until their other elements are asked for: in the first cache ("strided"), or
 * in the second ("crowded"). Null where they are kept, or are the same.
 * @param itemsize bytes of an element
 */
export function farApart(ix: Ix, itemsize: number): "strided" | "crowded" | null {
  const step = stepOf(ix);
  if (step === null || step.stride < FAR) return null;
  const bytes = step.stride * itemsize;
  const lines = step.v.extent;
  return lines > kept(SECOND, bytes) ? "crowded" : lines > kept(FIRST, bytes) ? "strided" : null;
}
