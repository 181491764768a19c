// Elements of an axis by indices that are known while tracing: neighbours are cut out together. Slices that are joined are copied in lanes, where a selection by
// index asks for each element.
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";

/** More pieces are more code than a selection by index. */
const MOST_RUNS = 8;
interface Run {
  readonly first: number;
  last: number;
}
/** @param indices all of them within the axis, at least one */
export function takeRuns(x: Value, axis: number, indices: readonly number[]): Value {
  const runs: Run[] = [];
  for (const i of indices) {
    const run = runs.at(-1);
    const step = run ? i - run.last : 0;
    // A run goes up or down, whichever its first two say.
    if (run && Math.abs(step) === 1 && (run.first === run.last || Math.sign(run.last - run.first) === step)) run.last = i;
    else runs.push({ first: i, last: i });
  }
  if (runs.length > MOST_RUNS) return x.take(indices, { axis });
  const parts = runs.map(({ first, last }) => {
    const part = o.sliceInDim(x, axis, Math.min(first, last), Math.max(first, last) + 1);
    return last < first ? o.rev(part, [axis]) : part;
  });
  return parts.length === 1 ? parts[0]! : o.concatenate(parts, axis);
}
