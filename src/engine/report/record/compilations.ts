// Every compilation of the run: of which function, for which arguments, why it was necessary, which call asked for it, what it cost.
import { type Frame, framePath } from "../../core/source.ts";
import { compiledOf } from "../../backends/programs.ts";
import { type RetraceCause, type RetraceEvent, showCause } from "../../transforms/retrace.ts";
import type { Places } from "../places.ts";
import type { Cause, Compilation } from "../types.ts";

const KIND: Readonly<Record<RetraceCause["kind"], Cause["kind"]>> = {
  "first call": "first",
  shape: "shape",
  dtype: "dtype",
  "weak type": "weakType",
  "static value": "static",
  "tree structure": "tree",
  configuration: "config",
  this: "static",
  "closed-over tracer": "newFunction",
  "closed-over constant": "newFunction",
  "function made anew": "newFunction",
  evicted: "evicted",
};
/** @param measured the program that the Report is about, `p0` */
export function compilations(events: readonly RetraceEvent[], places: Places, measured: RetraceEvent["jaxpr"] | null): Compilation[] {
  return events.map((e, index): Compilation => {
    const stack = places.stack(e.frames.map(positionOf));
    return {
      index,
      function: nameOf(e, places),
      call: stack ?? null,
      signature: e.signature,
      ...(e.jaxpr === measured ? { program: "p0" } : {}),
      phases: { trace: e.milliseconds, ...compilePhases(e) },
      causes: e.causes.map((c): Cause => ({
        kind: KIND[c.kind],
        ...(c.argument ? { argument: c.argument } : {}),
        ...(c.before ? { before: c.before } : {}),
        ...(c.now ? { now: c.now } : {}),
        text: showCause(c),
      })),
    };
  });
}
/** What compiling cost, where the program was compiled: one that only became part of another was not. */
function compilePhases(e: RetraceEvent): { readonly lower?: number; readonly compile?: number } {
  const compiled = compiledOf(e.jaxpr);
  if (!compiled) return {};
  const { lower, passes, plan } = compiled.compilation.phases;
  return { lower, compile: passes + plan + compiled.codegen };
}
const positionOf = (f: Frame) => ({ file: framePath(f), line: f.line, column: f.column, func: f.func });

/** An arrow function has no name of its own: `const f = jit((x) => …)` is called f. */
function nameOf(e: RetraceEvent, places: Places): string {
  if (e.function !== "" && e.function !== "<lambda>") return e.function;
  const at = e.madeAt && places.frames[places.frame(positionOf(e.madeAt))];
  const line = at && places.lineText(at);
  return (line !== undefined && at && variableBefore(line, at.column)) || e.function;
}
/** The variable or property that the expression at a column becomes the value of. */
export function variableBefore(line: string, column: number): string | null {
  const before = line.slice(0, Math.max(0, column - 1));
  return /([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::[^=;]*)?[=:]\s*(?:[\w$]+\s*\.\s*)*$/u.exec(before)?.[1] ?? null;
}
