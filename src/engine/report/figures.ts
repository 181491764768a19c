// The figures of a Report that are exact: the same at each run of the same program on the same device, whatever else the machine does.
import type { Report } from "./types.ts";

export interface Figures {
  readonly kernels?: number;
  /** Kernels started in one run: one in a loop counts once a turn. */
  readonly launches?: number;
  readonly bytes?: number;
  readonly flops?: number;
  /** Most bytes held at a time. */
  readonly peak?: number;
  readonly compilations: number;
}
/** What a source does not know is absent. */
export function figuresOf(r: Report): Figures {
  // A Python file's other functions stand in the list too: they are not this one's.
  const own = new Set(r.compilations.flatMap((c) => (c.program === undefined ? [] : [c.function])));
  const lists = r.programs.flatMap((p) => (p.kernels ? [p.kernels] : []));
  const all = lists.flat();
  const sum = (f: (k: (typeof all)[number]) => number): number => all.reduce((s, k) => s + f(k), 0);
  return {
    ...(lists.length
      ? {
          kernels: all.length,
          launches: sum((k) => k.calls),
          bytes: sum((k) => (k.bytesRead + k.bytesWritten) * k.calls),
          flops: sum((k) => k.flops * k.calls),
        }
      : {}),
    ...(r.memory ? { peak: r.memory.peak } : {}),
    compilations: own.size ? r.compilations.filter((c) => own.has(c.function)).length : r.compilations.length,
  };
}
