// Masks of carried values that grow until the body of a loop keeps them.

const or = (a: readonly boolean[], b: readonly boolean[]): boolean[] => a.map((x, i) => x || b[i]!);
/** Grows a mask of carried values until the body keeps it. */
export function fixpoint(start: readonly boolean[], step: (m: readonly boolean[]) => readonly boolean[]): boolean[] {
  let mask = [...start];
  for (let i = 0; i <= start.length; i++) {
    const next = or(mask, step(mask));
    if (next.every((b, k) => b === mask[k])) return mask;
    mask = next;
  }
  return mask;
}
