// Where an operation belongs by its name stack and by the person's functions: "transpose(jvp(block0))/mlp" is the backward pass of block0's mlp.
import type { Node, Report } from "../types.ts";

export interface Scope {
  readonly direction: "forward" | "backward" | "";
  readonly names: readonly string[];
  /** The person's functions, the outermost first. */
  readonly functions: readonly string[];
  /** Its line ("model.ts:24"): what stands at the same one may belong together, as the leaves of a tree.map do. */
  readonly place?: string;
}
/** The parts of a name stack between slashes outside of brackets. */
export function splitScope(scope: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= scope.length; i++) {
    const c = scope[i];
    if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (i === scope.length || (c === "/" && depth <= 0)) {
      if (i > from) parts.push(scope.slice(from, i));
      from = i + 1;
    }
  }
  return parts;
}
const TRANSFORM = /^(jvp|transpose)\((.*)\)$/;
export class Scopes {
  readonly #parsed = new Map<string, Pick<Scope, "direction" | "names">>();
  readonly #places = new Map<number, string>();
  readonly #functions = new Map<number, readonly string[]>();
  constructor(readonly report: Pick<Report, "stacks" | "frames" | "files">) {}
  of(n: Node): Scope {
    const where = n.stack === undefined ? {} : { place: this.#placeOf(n.stack) };
    return { ...this.#parse(n.scope), functions: n.stack === undefined ? [] : this.#functionsOf(n.stack), ...where };
  }
  #placeOf(stack: number): string {
    let place = this.#places.get(stack);
    if (place === undefined) {
      const frame = this.report.frames[this.report.stacks[stack]?.[0] ?? -1];
      place = frame ? `${this.report.files[frame.file]?.path.split("/").at(-1) ?? ""}:${frame.line}` : "";
      this.#places.set(stack, place);
    }
    return place;
  }
  #parse(scope: string): Pick<Scope, "direction" | "names"> {
    const known = this.#parsed.get(scope);
    if (known) return known;
    let direction: Scope["direction"] = "";
    const names = splitScope(scope).flatMap((part) => {
      let name = part;
      for (let m = TRANSFORM.exec(name); m; m = TRANSFORM.exec(name)) {
        if (m[1] === "transpose") direction = "backward";
        else direction ||= "forward";
        name = m[2]!;
      }
      return name ? splitScope(name) : [];
    });
    const parsed = { direction, names };
    this.#parsed.set(scope, parsed);
    return parsed;
  }
  #functionsOf(stack: number): readonly string[] {
    let functions = this.#functions.get(stack);
    if (!functions) {
      functions = (this.report.stacks[stack] ?? [])
        .map((f) => this.report.frames[f]?.func ?? "")
        .filter((name) => /^[\p{L}_$]/u.test(name))
        .reverse();
      this.#functions.set(stack, functions);
    }
    return functions;
  }
}
