// Locations: `loc(…)` says which line of whose code an operation comes from, and under which names. Those with a number are defined anywhere in
// the text, so they are resolved once all of it is read.
import type { Frame } from "../../core/source.ts";
import type { NameStack, Source } from "../../core/trace.ts";
import type { Scanner } from "./scanner.ts";

export type Location =
  | { readonly kind: "unknown" }
  | { readonly kind: "alias"; readonly name: string }
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: "name"; readonly name: string; readonly child: Location | null }
  | { readonly kind: "call"; readonly callee: Location; readonly caller: Location }
  | { readonly kind: "fused"; readonly parts: readonly Location[] };

const ALIAS = /#loc\d*/y;
const PLACE = /:(\d+):(\d+)(?:\s+to\s+(?:\d+)?:\d+)?/y;

/** `loc(…)` after an operation or an argument, or null where there is none. */
export function readTrailing(s: Scanner): Location | null {
  if (!s.is("loc(")) return null;
  s.expect("loc");
  s.expect("(");
  const location = readLocation(s);
  s.expect(")");
  return location;
}
function readLocation(s: Scanner): Location {
  return s.inside(() => {
    const alias = s.match(ALIAS)?.[0];
    if (alias !== undefined) return { kind: "alias", name: alias };
    const text = s.string();
    if (text !== null) {
      const place = s.match(PLACE);
      if (place) return { kind: "file", file: text, line: Number(place[1]), column: Number(place[2]) };
      if (!s.accept("(")) return { kind: "name", name: text, child: null };
      const child = readLocation(s);
      s.expect(")");
      return { kind: "name", name: text, child };
    }
    const word = s.word();
    if (word === "unknown") return { kind: "unknown" };
    if (word === "callsite") {
      s.expect("(");
      const callee = readLocation(s);
      s.expect("at");
      const caller = readLocation(s);
      s.expect(")");
      return { kind: "call", callee, caller };
    }
    if (word !== "fused") return s.fail("a location");
    if (s.is("<")) s.balanced("<");
    return { kind: "fused", parts: s.list("[", () => readLocation(s)) };
  });
}
/** `#loc3 = loc(…)`, or null where no definition begins here. */
export function readDefinition(s: Scanner): readonly [string, Location] | null {
  const alias = s.match(ALIAS)?.[0];
  if (alias === undefined) return null;
  s.expect("=");
  return [alias, readTrailing(s) ?? s.fail("loc(…)")];
}

const MOST_FRAMES = 16;
/** What locations mean as sources of equations. */
export class Sources {
  readonly #known = new Map<Location, Source>();
  constructor(private readonly aliases: ReadonlyMap<string, Location>) {}
  of(location: Location | null): Source {
    if (!location) return NOWHERE;
    let source = this.#known.get(location);
    if (!source) {
      const frames: Frame[] = [];
      const outer = this.#resolved(location);
      const name = outer?.kind === "name" ? outer.name : "";
      this.#collect(outer?.kind === "name" ? outer.child : outer, "", frames, 0);
      source = { frames, nameStack: nameStackOf(name) };
      this.#known.set(location, source);
    }
    return source;
  }
  #resolved(location: Location | null): Location | null {
    for (let steps = 0; location?.kind === "alias"; steps++) {
      if (steps > MOST_FRAMES) return null;
      location = this.aliases.get(location.name) ?? null;
    }
    return location;
  }
  /** The frames of a location, innermost first: a name around a place is its function's. */
  #collect(at: Location | null, func: string, frames: Frame[], depth: number): void {
    const l = this.#resolved(at);
    if (!l || frames.length >= MOST_FRAMES || depth > 4 * MOST_FRAMES) return;
    if (l.kind === "file") frames.push({ file: l.file, line: l.line, column: l.column, func });
    else if (l.kind === "name") this.#collect(l.child, l.name, frames, depth + 1);
    else if (l.kind === "call") {
      this.#collect(l.callee, func, frames, depth + 1);
      this.#collect(l.caller, "", frames, depth + 1);
    } else if (l.kind === "fused") this.#collect(l.parts[0] ?? null, func, frames, depth + 1);
  }
}
const NOWHERE: Source = { frames: [], nameStack: [] };
/** `jit(step)/jvp()/tanh`: the program's name and the operation's own are no scopes. */
function nameStackOf(name: string): NameStack {
  const scopes = name.split("/").slice(0, -1);
  if (/^jit\(/.test(scopes[0] ?? "")) scopes.shift();
  return scopes.map((scope) => ({ kind: "scope", name: scope }));
}
