// Which jit function was clicked: the one whose `jit` call stands at the clicked place, exactly.
import type { Range, RunParams } from "../protocol.ts";
import type { Jitted } from "../../engine/transforms/jit.ts";

const holds = (r: Range, line: number, column: number): boolean =>
  (line > r.line || (line === r.line && column >= r.column)) && (line < r.endLine || (line === r.endLine && column <= r.endColumn));

/**
 * Whether a function was made by the clicked `jit(…)`. The innermost frame in the clicked file decides: it stands on the call's `jit`, also where the
 * engine's function is passed on by another module. A decorated method is known by its name, inside its class.
 */
export function isMadeAt(fn: Jitted, p: RunParams): boolean {
  const at = fn.jit.frames.find((f) => f.file === p.file),
    { site } = p;
  if (!at) return site.kind === "decorator" && fn.jit.name === site.name;
  const line = at.line - 1,
    column = at.column - 1;
  if (site.kind === "decorator") return fn.jit.name === site.name && (site.within === null || holds(site.within, line, column));
  return holds(site.callee, line, column) && !site.inner.some((r) => holds(r, line, column));
}
const KINDS: Readonly<Record<string, "an async" | "a generator" | "an async generator">> = {
  AsyncFunction: "an async",
  GeneratorFunction: "a generator",
  AsyncGeneratorFunction: "an async generator",
};
export const isAsyncOrGenerator = (fn: object): (typeof KINDS)[string] | undefined =>
  KINDS[(Object.getPrototypeOf(fn) as { constructor?: { name?: string } } | null)?.constructor?.name ?? ""];
