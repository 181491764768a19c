// Which jit function was clicked: the one whose `jit` call stands at the clicked place, exactly.
import type { Range, RunParams, Site } from "../protocol.ts";
import type { Jitted } from "../../engine/transforms/jit.ts";

const holds = (r: Range, line: number, column: number): boolean =>
  (line > r.line || (line === r.line && column >= r.column)) && (line < r.endLine || (line === r.endLine && column <= r.endColumn));

/**
 * Whether a function was made by the clicked `jit(…)`. The innermost frame in the clicked file decides: it stands on the call's `jit`, also where the
 * engine's function is passed on by another module. A decorated method is known by its name, inside its class.
 */
export function isMadeAt(fn: Jitted, p: RunParams): boolean {
  const { site } = p,
    at = fn.jit.frames.find((f) => f.file === p.file);
  if (!at) return site.kind === "decorator" && fn.jit.name === site.name;
  const line = at.line - 1,
    column = at.column - 1;
  if (site.kind === "decorator") return fn.jit.name === site.name && (site.within === null || holds(site.within, line, column));
  return standsAt(site, line, column);
}
const standsAt = (site: Site, line: number, column: number): boolean =>
  holds(site.callee, line, column) && !site.inner.some((r) => holds(r, line, column));
/** What the clicked file calls the function that is made at these frames; null where it has no name there. */
export function nameAt(frames: readonly { readonly file: string; readonly line: number; readonly column: number }[], p: RunParams): string | null {
  const at = frames.find((f) => f.file === p.file),
    site = at && (p.sites ?? [p.site]).find((s) => s.kind === "call" && standsAt(s, at.line - 1, at.column - 1));
  return site && site.name !== "<lambda>" ? site.name : null;
}
const KINDS: Readonly<Record<string, "an async" | "a generator" | "an async generator">> = {
  AsyncFunction: "an async",
  GeneratorFunction: "a generator",
  AsyncGeneratorFunction: "an async generator",
};
export const isAsyncOrGenerator = (fn: object): (typeof KINDS)[string] | undefined =>
  KINDS[(Object.getPrototypeOf(fn) as { constructor?: { name?: string } } | null)?.constructor?.name ?? ""];
