// What each line adds to tracing and compiling, by its part of the equations. A loop of the host that ran while the function was traced has become so many
// copies of its body: they are counted, and belong to the line of the loop.
import { type Eqn, type Jaxpr, subJaxprs } from "../../core/jaxpr.ts";
import type { Places } from "../places.ts";
import type { Place } from "../programLines.ts";
import type { FrameIndex, LineCompile } from "../types.ts";
import { showNameStack } from "../../core/trace.ts";
import { stackOf } from "./levels.ts";

/** A place in the source that ran so often while the function was traced is a loop. */
const A_LOOP = 4;

/** Equations of one stack of frames. */
interface Group {
  /** From the function inwards. */
  readonly path: readonly FrameIndex[];
  equations: number;
  /** How often each operation was written down there; a place that ran n times has n of each. */
  readonly times: Map<string, number>;
}
/**
 * @param outside frames that lie around the function, innermost first: where it is called
 * @param ms what tracing and compiling took
 */
export function compiledLines(main: Jaxpr, places: Places, home: Place, outside: readonly FrameIndex[], ms: number): LineCompile[] {
  const groups = groupsOf(main, places, outside);
  const runs = runsOf(groups);
  const lines = new Map<string, { place: Place; equations: number; copies: number }>();
  let all = 0;
  for (const g of groups) {
    const at = g.path.findIndex((_f, i) => (runs.get(prefix(g.path, i)) ?? 0) >= A_LOOP);
    const frame = g.path[at < 0 ? g.path.length - 1 : at];
    const place = frame === undefined ? home : places.frames[frame]!;
    const key = `${place.file}:${place.line}`;
    let line = lines.get(key);
    if (!line) lines.set(key, (line = { place: { file: place.file, line: place.line }, equations: 0, copies: 0 }));
    line.equations += g.equations;
    if (at >= 0) line.copies = Math.max(line.copies, runs.get(prefix(g.path, at))!);
    all += g.equations;
  }
  return [...lines.values()]
    .map(({ place, equations, copies }): LineCompile => ({
      ...place,
      equations,
      share: equations / all,
      ms: (ms * equations) / all,
      ...(copies ? { copies } : {}),
    }))
    .sort((a, b) => b.equations - a.equations);
}
const prefix = (path: readonly FrameIndex[], to: number): string => path.slice(0, to + 1).join();
function groupsOf(main: Jaxpr, places: Places, outside: readonly FrameIndex[]): readonly Group[] {
  const groups = new Map<string, Group>();
  const seen = new Set<Jaxpr>();
  const add = (e: Eqn): void => {
    const stack = stackOf(places, e);
    const frames = stack === undefined ? [] : places.stacks[stack]!;
    let inside = frames.length;
    for (let i = 1; i <= outside.length && inside > 1 && frames[inside - 1] === outside.at(-i); i++) inside--;
    const path = frames.slice(0, inside).reverse();
    const key = path.join();
    let g = groups.get(key);
    if (!g) groups.set(key, (g = { path, equations: 0, times: new Map() }));
    g.equations++;
    const operation = `${e.primitive.name} ${showNameStack(e.source.nameStack)}`;
    g.times.set(operation, (g.times.get(operation) ?? 0) + 1);
  };
  const walk = (j: Jaxpr): void => {
    if (seen.has(j)) return;
    seen.add(j);
    for (const e of j.eqns) {
      add(e);
      for (const inner of subJaxprs(e.params)) walk(inner);
    }
  };
  walk(main);
  return [...groups.values()];
}
/** How often each place ran: what lies inside it ran at least as often. */
function runsOf(groups: readonly Group[]): ReadonlyMap<string, number> {
  const runs = new Map<string, number>();
  for (const g of groups) {
    const own = Math.min(...g.times.values());
    g.path.forEach((_f, i) => {
      const key = prefix(g.path, i);
      runs.set(key, Math.min(runs.get(key) ?? Infinity, own));
    });
  }
  return runs;
}
