// Names of a Python file that lead to `jit`: what imports and assignments bind in which scope, and what an expression means where it stands.
import type { Node } from "web-tree-sitter";
import type { Open } from "../walk.ts";

/** What compiles a function when it is called with one, by its full path. */
const JITS: ReadonlySet<string> = new Set(["jax.jit", "jax.pjit", "jax.experimental.pjit.pjit", "equinox.filter_jit", "flax.nnx.jit"]);
const PARTIAL = "functools.partial";
const INTERESTING = [...JITS, PARTIAL];
/** A jit with its options, which waits for its function. */
const JIT_WITH_OPTIONS = "jax.jit";
const isPrefix = (path: string): boolean => INTERESTING.some((p) => p === path || p.startsWith(`${path}.`));

export const field = (n: Node | null | undefined, name: string): Node | null => n?.childForFieldName(name) ?? null;

/** What a name was given: a path, an expression to be looked at, or something else. */
type Given = { readonly path: string } | { readonly value: Node } | null;
interface Binding {
  readonly at: number;
  readonly given: Given;
}
export class Scope {
  readonly #names = new Map<string, Binding[]>();
  constructor(
    readonly parent: Scope | null,
    /** Names of a class are not seen by the functions inside it. */
    readonly isClass: boolean,
  ) {}
  bind(name: string, at: number, given: Given): void {
    const list = this.#names.get(name);
    if (list) list.push({ at, given });
    else this.#names.set(name, [{ at, given }]);
  }
  has(name: string): boolean {
    return this.#names.has(name);
  }
  /** The binding that counts at a place: the last one before it, else the last of all. */
  find(name: string, at: number): Binding | null {
    const list = this.#names.get(name);
    if (!list) return null;
    const before = list.filter((b) => b.at < at);
    return (before.length ? before : list).at(-1)!;
  }
}
const SCOPES = new Set([
  "function_definition",
  "lambda",
  "class_definition",
  "list_comprehension",
  "set_comprehension",
  "dictionary_comprehension",
  "generator_expression",
]);

/** The scopes of a file, made as their names are met. */
export class Scopes {
  readonly module = new Scope(null, false);
  readonly #inner = new Map<number, Scope>();
  /** Names that lead to a jit: what else to look for in the text. */
  readonly names = new Set<string>();

  /** The scope that a node stands in. */
  of(at: Open | null): Scope {
    for (let o = at; o; o = o.parent) {
      if (!SCOPES.has(o.type) || !o.node) continue;
      const known = this.#inner.get(o.node.id);
      if (known) return known;
      const made = new Scope(this.of(o.parent), o.type === "class_definition");
      this.#inner.set(o.node.id, made);
      return made;
    }
    return this.module;
  }
  bind(scope: Scope, name: string, at: number, given: Given): void {
    scope.bind(name, at, given);
    if (given && ("path" in given ? isPrefix(given.path) : this.pathOf(given.value, scope) !== null)) this.names.add(name);
  }
  /** The full path of what an expression is, as far as it leads to a jit; null for everything else. */
  pathOf(e: Node | null, scope: Scope, depth = 0): string | null {
    if (!e || depth > 20) return null;
    switch (e.type) {
      case "identifier":
        return this.#lookup(e.text, e.startIndex, scope, depth);
      case "attribute": {
        const object = this.pathOf(field(e, "object"), scope, depth + 1);
        const path = object === null ? null : `${object}.${field(e, "attribute")?.text ?? ""}`;
        return path !== null && isPrefix(path) ? path : null;
      }
      case "parenthesized_expression":
        return this.pathOf(e.namedChild(0), scope, depth + 1);
      case "call":
        return this.#called(e, scope, depth);
      default:
        return null;
    }
  }
  isJit(e: Node | null, scope: Scope): boolean {
    const path = this.pathOf(e, scope);
    return path !== null && JITS.has(path);
  }
  /** `partial(jax.jit, …)` and `jax.jit(static_argnums=0)` are a jit that waits for its function. */
  #called(e: Node, scope: Scope, depth: number): string | null {
    const callee = this.pathOf(field(e, "function"), scope, depth + 1);
    if (callee === null) return null;
    const positional = positionalOf(e);
    if (callee === PARTIAL) {
      const first = this.pathOf(positional[0] ?? null, scope, depth + 1);
      return first !== null && JITS.has(first) && positional.length === 1 ? JIT_WITH_OPTIONS : null;
    }
    return JITS.has(callee) && functionOf(e) === null && e.childForFieldName("arguments")?.type === "argument_list" ? JIT_WITH_OPTIONS : null;
  }
  #lookup(name: string, at: number, from: Scope, depth: number): string | null {
    for (let s: Scope | null = from; s; s = s.parent) {
      if (s.isClass && s !== from) continue;
      const b = s.find(name, at);
      if (!b) continue;
      if (!b.given) return null;
      return "path" in b.given ? b.given.path : this.pathOf(b.given.value, s, depth + 1);
    }
    return null;
  }
}
const argumentsOf = (call: Node): Node[] => {
  const list = field(call, "arguments");
  return list?.type === "argument_list" ? list.namedChildren.filter((n): n is Node => n !== null && n.type !== "comment") : [];
};
export const positionalOf = (call: Node): Node[] => argumentsOf(call).filter((n) => n.type !== "keyword_argument");
const FUNCTION_WORDS = new Set(["fun", "f", "func"]);
/** What a call of jit compiles: its first argument, or the one that is named so. */
export function functionOf(call: Node): Node | null {
  const [first] = positionalOf(call);
  if (first) return first.type === "dictionary_splat" || first.type === "ERROR" ? null : first;
  const named = argumentsOf(call).find((n) => n.type === "keyword_argument" && FUNCTION_WORDS.has(field(n, "name")?.text ?? ""));
  return field(named, "value");
}
