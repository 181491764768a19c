// Whether a kernel may be run several times in a row and leave what one run leaves: nothing that it reads is where it writes. Profiles time short kernels so.
import { itemsize } from "../../core/dtypes.ts";
import { type KernelStep, type Place, type Plan, type Step, samePlace } from "./types.ts";

interface Span {
  readonly place: Place;
  readonly bytes: number;
}
const overlap = (a: Span, b: Span): boolean =>
  a.place.kind === "arena" && b.place.kind === "arena"
    ? a.place.offset < b.place.offset + b.bytes && b.place.offset < a.place.offset + a.bytes
    : samePlace(a.place, b.place);

export function isRepeatable({ kernel: { kernel }, places }: KernelStep): boolean {
  const spans = kernel.buffers.map((b, i) => ({ place: places[i]!, bytes: b.size * itemsize(b.dtype), role: b.role }));
  const written = spans.filter((s) => s.role !== "in");
  return spans.every((s) => s.role !== "in" || !written.some((w) => overlap(s, w)));
}
/** Numbers of the plan's kernels that may be repeated. */
export function repeatableKernels(plan: Plan): ReadonlySet<number> {
  const found = new Set<number>();
  const walk = (steps: readonly Step[]): void => {
    for (const s of steps) {
      if (s.kind === "kernel" && isRepeatable(s)) found.add(s.kernel.id);
      else if (s.kind === "while") {
        walk(s.cond);
        walk(s.body);
      } else if (s.kind === "case") s.branches.forEach(walk);
    }
  };
  walk(plan.steps);
  return found;
}
