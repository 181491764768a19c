// Graph text back into a graph: what print.ts writes, exactly, and what a person writes in the same form. Errors name the line and what was
// expected. JavaScript functions (callbacks) have no text, and are refused.
import { fromTyped } from "../core/arrays.ts";
import { type DType, isComplex } from "../core/dtypes.ts";
import { sizeOf } from "../core/aval.ts";
import { type Element, build, stored } from "./evaluate/tensor.ts";
import { Graph, Node, type OpAttrs, type OpName, type TensorType } from "./graph.ts";
import { GraphError, opNames, rowOf } from "./ops.ts";
import { ELEMENTS } from "./text.ts";
import { verifyGraph } from "./verify.ts";

const DTYPE_OF = new Map(Object.entries(ELEMENTS).map(([d, text]) => [text, d as DType]));
/** Numbers, names, strings and single marks; comments end with their line. */
const TOKEN = /\s+|\/\/[^\n]*|(-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf\b))|([%@^]?[\w.]+(?:#\d+)?)|("(?:[^"\\]|\\.)*")|(->|[()[\]{}<>,:=])/gy;
interface Token {
  readonly text: string;
  readonly kind: "number" | "word" | "string" | "mark";
  readonly line: number;
}
function tokens(text: string): Token[] {
  const found: Token[] = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const m = TOKEN.exec(text);
    if (!m) throw new GraphError(`line ${line}: ${JSON.stringify(text.slice(at, at + 20))} is no graph text`);
    const kind = m[1] !== undefined ? "number" : m[2] !== undefined ? "word" : m[3] !== undefined ? "string" : "mark";
    if (m[1] ?? m[2] ?? m[3] ?? m[4]) found.push({ text: m[0], kind, line });
    line += m[0].split("\n").length - 1;
  }
  return found;
}

/** Reads one function. Nodes have the ids of the text; the graph is verified. Throws GraphError. */
export function parseGraph(text: string): Graph {
  const p = new Parser(tokens(text));
  const graph = p.func();
  verifyGraph(graph);
  return graph;
}

/** The values of one region by name. */
class Scope {
  readonly values = new Map<string, Node>();
  readonly nodes: Node[] = [];
  readonly params: Node[] = [];
}
class Parser {
  #at = 0;
  /** Ids of nodes that the text does not name: parameters of the function, results of nodes with several. */
  #next: number;
  constructor(private readonly tokens: readonly Token[]) {
    this.#next = 1 + tokens.reduce((most, t) => Math.max(most, Number(/^%(\d+)/.exec(t.text)?.[1] ?? -1)), -1);
  }
  // ---- tokens
  get #token(): Token | undefined {
    return this.tokens[this.#at];
  }
  #fail(expected: string): never {
    const t = this.#token ?? { text: "the end", line: this.tokens.at(-1)?.line ?? 1 };
    throw new GraphError(`line ${t.line}: got ${t.text}, expected ${expected}`);
  }
  #is(text: string): boolean {
    return this.#token?.text === text;
  }
  #skip(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }
  #expect(text: string): void {
    if (!this.#skip(text)) this.#fail(JSON.stringify(text));
  }
  #take(kind: Token["kind"], what: string): string {
    const t = this.#token;
    if (t?.kind !== kind) return this.#fail(what);
    this.#at++;
    return t.text;
  }
  /** Items with commas between them, up to a closing mark. */
  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.#skip(close)) {
      if (items.length) this.#expect(",");
      items.push(item());
    }
    return items;
  }
  // ---- the grammar
  func(): Graph {
    this.#expect("func.func");
    const name = this.#take("word", "the function's name").replace(/^@/, "");
    const scope = new Scope();
    this.#expect("(");
    this.#params(scope, ")");
    this.#expect("->");
    this.#expect("(");
    this.#list(")", () => this.#type());
    this.#expect("{");
    const graph = this.#body(scope, "return", name);
    this.#expect("}");
    if (this.#token) this.#fail("the end");
    return graph;
  }
  #params(scope: Scope, close: string): void {
    this.#list(close, () => {
      const name = this.#value();
      this.#expect(":");
      const id = /^%\d+$/.test(name) ? Number(name.slice(1)) : this.#next++;
      const n: Node = new Node<OpName>(id, "parameter", [], { index: scope.params.length }, [this.#type()], []);
      scope.params.push(n);
      scope.nodes.push(n);
      scope.values.set(name, n);
    });
  }
  #value(): string {
    const text = this.#take("word", "a value such as %3");
    return text.startsWith("%") ? text : this.#fail("a value such as %3");
  }
  #body(scope: Scope, end: string, name: string): Graph {
    while (!this.#skip(end)) this.#operation(scope);
    const outs: Node[] = [];
    while (this.#token?.text.startsWith("%")) {
      outs.push(this.#operand(scope));
      if (!this.#skip(",")) break;
    }
    if (outs.length) {
      this.#expect(":");
      do this.#type();
      while (this.#skip(","));
    }
    return new Graph(scope.params, scope.nodes, outs, name);
  }
  #operand(scope: Scope): Node {
    const name = this.#value();
    const known = scope.values.get(name);
    if (known) return known;
    const [of, index] = name.split("#");
    const whole = index === undefined ? undefined : scope.values.get(of!);
    const type = whole?.types[Number(index)];
    if (!whole || !type) {
      this.#at--;
      return this.#fail("a value that is defined above");
    }
    const n = new Node<OpName>(this.#next++, "get", [whole], { index: Number(index) }, [type], []);
    scope.nodes.push(n);
    scope.values.set(name, n);
    return n;
  }
  #operation(scope: Scope): void {
    const name = this.#value();
    if (this.#skip(":")) this.#take("number", "the number of results");
    this.#expect("=");
    const id = /^%\d+$/.test(name) ? Number(name.slice(1)) : this.#next++;
    const n = this.#is("stablehlo.constant") ? this.#constant(id) : this.#generic(id, scope);
    scope.nodes.push(n);
    scope.values.set(name, n);
  }
  #constant(id: number): Node {
    this.#expect("stablehlo.constant");
    this.#expect("dense");
    this.#expect("<");
    const elements: Element[] = [];
    while (!this.#skip(">")) {
      if (this.#token?.kind === "mark" && ["[", "]", ","].includes(this.#token.text)) this.#at++;
      else if (this.#token?.kind === "string") this.#fail("elements: the text leaves them out, print it with { exact: true }");
      else elements.push(this.#element());
    }
    this.#expect(":");
    const type = this.#type();
    const count = sizeOf(type.shape);
    if (elements.length !== count && (elements.length !== 1 || count === 0))
      this.#fail(`${count} elements before this, there are ${elements.length}`);
    const at = (i: number): Element => this.#typed(elements.length === 1 ? elements[0]! : elements[i]!, type.dtype);
    const value = fromTyped(stored(build(type.shape, type.dtype, at)), type.shape, type.dtype);
    return new Node<OpName>(id, "constant", [], { value }, [type], []);
  }
  /** A number, a pair, true or false. Whole numbers stay exact. */
  #element(): Element {
    if (this.#skip("(")) {
      const re = Number(this.#element());
      this.#expect(",");
      const im = Number(this.#element());
      this.#expect(")");
      return [re, im];
    }
    const t = this.#token;
    if (t?.text === "true" || t?.text === "false") {
      this.#at++;
      return Number(t.text === "true");
    }
    return this.#number();
  }
  #number(): number | bigint {
    const t = this.#token;
    if (t?.text === "nan") {
      this.#at++;
      return NaN;
    }
    const text = this.#take("number", "a number");
    if (text.endsWith("inf")) return text.startsWith("-") ? -Infinity : Infinity;
    return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
  }
  #typed(v: Element, d: DType): Element {
    if (typeof v === "object") return isComplex(d) ? v : this.#fail(`elements of ${d} before this`);
    if (d === "int64" || d === "uint64") return typeof v === "bigint" ? v : this.#fail(`whole numbers before this`);
    return isComplex(d) ? [Number(v), 0] : Number(v);
  }
  #type(): TensorType {
    this.#expect("tensor");
    this.#expect("<");
    let text = "";
    // Sizes and the element type are one word, `complex<f32>` two.
    while (!this.#is(">")) text += this.#take(this.#token?.kind ?? "word", "a tensor type");
    this.#expect(">");
    if (text.includes("<")) {
      text += ">";
      this.#expect(">");
    }
    const m = /^((?:\d+x)*)([a-z][\w<>]*)$/.exec(text);
    const dtype = m && DTYPE_OF.get(m[2]!);
    if (!m || !dtype) {
      this.#at--;
      return this.#fail(`a type such as tensor<2x3xf32> instead of tensor<${text}>`);
    }
    return { shape: m[1]!.split("x").filter(Boolean).map(Number), dtype };
  }
  #generic(id: number, scope: Scope): Node {
    const at = this.#at;
    const full = this.#take("string", 'an operation such as "stablehlo.add"');
    const name = full.slice(1, -1).replace(/^stablehlo\./, "");
    this.#expect("(");
    const inputs = this.#list(")", () => this.#operand(scope));
    const attributes = this.#skip("{") ? this.#attributes() : {};
    const regions = this.#skip("(") ? this.#regions() : [];
    this.#expect(":");
    this.#expect("(");
    this.#list(")", () => this.#type());
    this.#expect("->");
    const types = this.#skip("(") ? this.#list(")", () => this.#type()) : [this.#type()];
    const found = operationOf(name, attributes, regions);
    if (!found) {
      this.#at = at;
      return this.#fail(`an operation with these attributes (${Object.keys(attributes).join(", ") || "none"}) and ${regions.length} regions`);
    }
    return new Node<OpName>(id, found.op, inputs, found.attrs, types, []);
  }
  #attributes(): Record<string, unknown> {
    const entries = this.#list("}", () => {
      const key = this.#take("word", "an attribute's name");
      this.#expect("=");
      return [key, this.#attribute()] as const;
    });
    return Object.fromEntries(entries);
  }
  #attribute(): unknown {
    if (this.#skip("[")) return this.#list("]", () => this.#attribute());
    if (this.#skip("{")) return this.#attributes();
    const t = this.#token;
    if (t?.kind === "string") {
      this.#at++;
      return JSON.parse(t.text);
    }
    if (t?.text === "true" || t?.text === "false" || t?.text === "none") {
      this.#at++;
      return t.text === "none" ? null : t.text === "true";
    }
    const v = this.#number();
    if (this.#skip(":")) {
      this.#expect("i64");
      return v;
    }
    return Number(v);
  }
  #regions(): Graph[] {
    const graphs: Graph[] = [];
    do {
      this.#expect("{");
      this.#expect("^bb0");
      this.#expect("(");
      const scope = new Scope();
      this.#params(scope, ")");
      this.#expect(":");
      graphs.push(this.#body(scope, "stablehlo.return", "region"));
      this.#expect("}");
    } while (this.#skip(","));
    this.#expect(")");
    return graphs;
  }
}
/** The operation of a name whose row has exactly these attributes; what a row calls otherwise is a region or a list of them. */
function operationOf(
  name: string,
  given: Readonly<Record<string, unknown>>,
  regions: readonly Graph[],
): { op: OpName; attrs: OpAttrs[OpName] } | null {
  for (const op of opNames()) {
    const row = rowOf(op);
    if (row.stablehlo !== name || (row.kind === "source" && op !== "iota") || op === "get") continue;
    const names = Object.entries(row.attributes as Readonly<Record<string, string>>);
    const written = names.filter(([, text]) => text in given);
    const graphs = names.filter(([, text]) => !(text in given)).map(([key]) => key);
    if (written.length !== Object.keys(given).length) continue;
    const attrs: Record<string, unknown> = Object.fromEntries(written.map(([key, text]) => [key, given[text]]));
    if (graphs.length === 1 && graphs[0] === "branches") attrs.branches = regions;
    else if (graphs.length !== regions.length) continue;
    else graphs.forEach((key, i) => (attrs[key] = regions[i]));
    return { op, attrs: attrs as unknown as OpAttrs[OpName] }; // the names are those of the row, the verifier looks at the values
  }
  return null;
}
