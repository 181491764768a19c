// Where an operation belongs by its name stack and by the person's functions: "transpose(jvp(block0))/mlp" is the backward pass of block0's mlp.
import type { Node, Report } from "../types.ts";

export interface Scope {
  readonly direction: "forward" | "backward" | "";
  readonly names: readonly string[];
  /** The person's functions, the outermost first. */
  readonly functions: readonly string[];
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
  readonly #functions = new Map<number, readonly string[]>();
  constructor(readonly report: Pick<Report, "stacks" | "frames">) {}
  of(n: Node): Scope {
    return { ...this.#parse(n.scope), functions: n.stack === undefined ? [] : this.#functionsOf(n.stack) };
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
