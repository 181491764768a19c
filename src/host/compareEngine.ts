// A Python function on two compilers: JAX runs and measures it, then our own engine runs the same program on the same values in a process of its own.
import type { ProgramToRun, RunParams, RunResult, UserError } from "./protocol.ts";
import { type ActiveRun, type RunCallbacks, startRun } from "./run.ts";
import type { Spares } from "./spares.ts";

/** A run as it was asked for: with our own engine after it, or alone. */
export function startRunOrComparison(dist: string, p: RunParams, on: RunCallbacks, spares: Spares | null = null): ActiveRun {
  return p.compareEngine ? startComparison(dist, p, on, spares) : startRun(dist, p, on, spares);
}
function startComparison(dist: string, p: RunParams, on: RunCallbacks, spares: Spares | null): ActiveRun {
  let program: ProgramToRun | { readonly why: string } | null = null;
  let cancelled = false;
  let current = startRun(dist, { ...p, live: false }, { ...on, program: (found) => (program = found) }, spares);
  const both = async (): Promise<RunResult> => {
    const first = await current.result;
    if (first.kind !== "report" || cancelled) return first;
    if (!program || "why" in program) return { ...first, engine: notRun(p, program?.why ?? "its program was not taken") };
    on.progress("running the same program on JitLens's engine", 0.5);
    const { compareEngine: _asked, ...rest } = p;
    current = startRun(dist, { ...rest, live: false, program }, { progress: on.progress, output: on.output });
    const second = await current.result;
    if (second.kind === "report") return { ...first, engine: { report: second.report } };
    return second.kind === "error" ? { ...first, engine: second } : { kind: "cancelled" };
  };
  return {
    result: both(),
    cancel: () => {
      cancelled = true;
      current.cancel();
    },
    isWarm: false,
    edit: () => {},
    stopTrials: () => {},
    seen: () => {},
    close: () => current.close(),
  };
}
const notRun = (p: RunParams, why: string): UserError => ({
  kind: "error",
  message: `${p.site.name} cannot be compared with JitLens's engine: ${why}`,
  file: p.file,
  line: p.site.line + 1,
  column: p.site.column + 1,
  action: "Its profile with JAX is there all the same.",
});
