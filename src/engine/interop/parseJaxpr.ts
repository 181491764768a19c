// Reads JAX's jaxpr text: a recursive-descent parser of the grammar that core/print.ts prints. Parameters that the engine holds in another
// form than JAX (np.int64(3), <function …>) keep the text they came with, so that printing gives the same bytes.
import { RefAval, ShapedArray } from "../core/aval.ts";
import { type DType, dtypeFromShort, isComplex, isDType } from "../core/dtypes.ts";
import { JaxprTypeError, JitLensError } from "../core/errors.ts";
import { type Atom, ClosedJaxpr, EMPTY_SOURCE, Eqn, Jaxpr, Literal, Var } from "../core/jaxpr.ts";
import { findPrimitive } from "../core/primitive.ts";
import { rememberText } from "../core/print.ts";
import { normalizeParams } from "./params.ts";

const TOKEN = /\s+|#[^\n]*|(key<[a-z]+>|GatherScatterMode\.\w+|<-|[A-Za-z_][\w.<>-]*|-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)|[{}()[\];:=,]|\S)/gy;
interface Token {
  readonly text: string;
  readonly at: number;
  readonly end: number;
  /** Whether it stands apart from the token before it, and on another line. */
  readonly spaced: boolean;
  readonly newLine: boolean;
}
function tokenize(text: string): Token[] {
  const out: Token[] = [];
  let spaced = false,
    newLine = false;
  for (const m of text.matchAll(TOKEN)) {
    if (m[1] === undefined) {
      spaced = true;
      newLine ||= m[0].includes("\n");
      continue;
    }
    out.push({ text: m[1], at: m.index, end: m.index + m[1].length, spaced, newLine });
    spaced = newLine = false;
  }
  return out;
}
const OPEN = "([{",
  CLOSE = ")]}";
/** Each level reads to the end of its value first: what is deeper than any real program is refused. */
const DEEPEST = 200;
class Parser {
  #i = 0;
  #depth = 0;
  /** Programs given a name by `let name = { … } in`: where they stand, until one is asked for; a name may be used before its `let`. */
  readonly #named = new Map<string, Jaxpr | number>();
  readonly tokens: readonly Token[];
  constructor(readonly source: string) {
    this.tokens = tokenize(source);
  }
  peek(k = 0): string {
    return this.tokens[this.#i + k]?.text ?? "";
  }
  /** The next token. Every loop takes one, so that reading ends where the text does. */
  next(): string {
    const token = this.tokens[this.#i++];
    if (!token) throw new JaxprTypeError("jaxpr text: it ends in the middle of a program");
    return token.text;
  }
  get isAtEnd(): boolean {
    return this.#i >= this.tokens.length;
  }
  expect(t: string): void {
    const got = this.next();
    if (got !== t)
      throw new JaxprTypeError(
        `jaxpr text: expected "${t}" before "${this.tokens
          .slice(this.#i, this.#i + 6)
          .map((x) => x.text)
          .join(" ")}", got "${got}"`,
      );
  }
  accept(t: string): boolean {
    if (this.peek() !== t) return false;
    this.#i++;
    return true;
  }
  /** A program with the ones it names in front. */
  program(): Jaxpr {
    const own = new Map<string, number>();
    for (let k = this.#i; this.tokens[k]?.text === "let"; k++) {
      const name = this.tokens[k + 1]?.text;
      if (name === undefined) break;
      own.set(name, k + 3);
      k = this.#balanced(k + 3);
    }
    const outer = new Map(this.#named);
    for (const [name, at] of own) this.#named.set(name, at);
    while (this.accept("let")) {
      const name = this.next();
      this.expect("=");
      this.#resolve(name);
      this.#i = this.#balanced(this.#i);
      this.expect("in");
    }
    const main = this.jaxpr();
    this.#named.clear();
    for (const [name, j] of outer) this.#named.set(name, j);
    return main;
  }
  /** The index after the bracket that closes the one at `k`. */
  #balanced(k: number): number {
    let depth = 0;
    do {
      const t = this.tokens[k]?.text ?? "";
      if (t === "{") depth++;
      if (t === "}") depth--;
      k++;
    } while (depth > 0 && k < this.tokens.length);
    return k;
  }
  #resolve(name: string): Jaxpr {
    const found = this.#named.get(name);
    if (found === undefined) throw new JaxprTypeError(`jaxpr text: there is no program "${name}"`);
    if (typeof found !== "number") return found;
    const back = this.#i;
    this.#i = found;
    const j = this.jaxpr();
    this.#i = back;
    this.#named.set(name, j);
    return j;
  }
  type(): ShapedArray {
    const short = this.next();
    if (short === "Ref") {
      this.expect("{");
      const inner = this.type();
      this.expect("}");
      return new RefAval(inner);
    }
    const dtype = dtypeFromShort(short);
    if (!dtype) throw new JaxprTypeError(`jaxpr text: "${short}" is no dtype`);
    const shape: number[] = [];
    this.expect("[");
    while (!this.accept("]")) {
      const size = this.next();
      if (!/^\d{1,15}$/.test(size)) throw new JaxprTypeError(`jaxpr text: "${size}" is no size of an axis`);
      shape.push(Number(size));
      this.accept(",");
    }
    return new ShapedArray(shape, dtype);
  }
  binder(env: Map<string, Var>): Var {
    const name = this.next();
    this.expect(":");
    const v = new Var(this.type());
    if (name !== "_") env.set(name, v);
    return v;
  }
  jaxpr(): Jaxpr {
    if (++this.#depth > DEEPEST) throw new JaxprTypeError(`jaxpr text: programs are nested more than ${DEEPEST} deep`);
    try {
      return this.#jaxpr();
    } finally {
      this.#depth--;
    }
  }
  #jaxpr(): Jaxpr {
    const env = new Map<string, Var>(),
      constvars: Var[] = [],
      invars: Var[] = [],
      eqns: Eqn[] = [];
    this.expect("{");
    this.expect("lambda");
    while (!this.accept(";")) constvars.push(this.binder(env));
    while (this.peek() !== "." && this.peek() !== "let") invars.push(this.binder(env));
    this.accept(".");
    this.expect("let");
    while (this.peek() !== "in") {
      eqns.push(this.eqn(env));
      this.accept(";");
    }
    this.expect("in");
    this.expect("(");
    const outs: Atom[] = [];
    while (!this.accept(")")) {
      outs.push(this.atom(env));
      this.accept(",");
    }
    this.expect("}");
    return new Jaxpr(constvars, invars, eqns, outs);
  }
  atom(env: ReadonlyMap<string, Var>): Atom {
    const t = this.next();
    if (this.peek() === ":" && !env.has(t)) return this.literal(t);
    if (t === "(") {
      const parts: string[] = [];
      let s = "";
      while ((s = this.next()) !== ")") parts.push(s);
      return this.literal(parts.join(""));
    }
    const v = env.get(t);
    if (!v) throw new JaxprTypeError(`jaxpr text: the variable "${t}" is not bound`);
    return v;
  }
  literal(t: string): Literal {
    this.expect(":");
    const aval = this.type(),
      number = (s: string): number => (s === "nan" ? NaN : s === "inf" || s === "+inf" ? Infinity : s === "-inf" ? -Infinity : Number(s));
    if (aval.dtype === "bool") return new Literal(t === "True", aval);
    if (isComplex(aval.dtype)) {
      const m = /^(.*?)([+-][^+-]*(?:e[+-]\d+)?)j$/.exec(t);
      return new Literal(m ? [number(m[1]!), number(m[2]!)] : [number(t), 0], aval);
    }
    return new Literal(aval.dtype === "int64" || aval.dtype === "uint64" ? integer(t) : number(t), aval);
  }
  eqn(env: Map<string, Var>): Eqn {
    // b[...] <- d  writes a reference; e:f32[] <- b[...]  reads it.
    if (this.peek(1) === "[" && this.peek(5) === "]" && this.peek(6) === "<-") {
      const ref = this.#reference(env);
      this.#i += 6;
      const value = this.atom(env);
      return this.#make("swap", [ref, value], [new Var(value.aval)], {}, new Map());
    }
    const outs: Var[] = [],
      pending: [string, Var][] = [];
    if (this.hasBinders()) {
      while (this.peek() !== "=" && this.peek() !== "<-") {
        const name = this.next();
        this.expect(":");
        const v = new Var(this.type());
        pending.push([name, v]);
        outs.push(v);
      }
      if (this.accept("<-")) {
        const ref = this.#reference(env);
        this.#i += 5;
        for (const [n, v] of pending) env.set(n, v);
        return this.#make("get", [ref], outs, {}, new Map());
      }
      this.expect("=");
    }
    const name = this.next(),
      raw: Record<string, unknown> = {},
      texts = new Map<string, string>();
    if (this.peek() === "[") this.#params(env, raw, texts);
    const inputs: Atom[] = [];
    // Operands end where the next equation's binder (a name, a colon, a type, …) or a closing word begins.
    while (this.isOperand(env)) inputs.push(this.atom(env));
    for (const [n, v] of pending) if (n !== "_") env.set(n, v);
    return this.#make(name, inputs, outs, raw, texts);
  }
  #reference(env: ReadonlyMap<string, Var>): Var {
    const name = this.next(),
      ref = env.get(name);
    if (!ref) throw new JaxprTypeError(`jaxpr text: the variable "${name}" is not bound`);
    return ref;
  }
  #make(name: string, inputs: readonly Atom[], outs: readonly Var[], raw: Record<string, unknown>, texts: ReadonlyMap<string, string>): Eqn {
    const primitive = findPrimitive(name);
    if (!primitive) throw new JaxprTypeError(`jaxpr text: there is no primitive "${name}"`);
    const params = normalizeParams(
      name,
      raw,
      inputs.map((a) => a.aval),
      outs.map((v) => v.aval),
    );
    rememberText(params, texts);
    return new Eqn(primitive, inputs, outs, params, EMPTY_SOURCE);
  }
  /** The parameters in brackets. Each value's text reaches to the next key, the closing bracket or the end of its line. */
  #params(env: ReadonlyMap<string, Var>, raw: Record<string, unknown>, texts: Map<string, string>): void {
    this.expect("[");
    while (!this.accept("]")) {
      const key = this.next();
      this.expect("=");
      const start = this.#i,
        end = this.#valueEnd(),
        text = this.source.slice(this.tokens[start]!.at, this.tokens[end - 1]!.end),
        program = text.includes("{ lambda") || this.#named.has(text);
      if (key === "name") {
        raw.name = text;
        this.#i = end;
        continue;
      }
      try {
        raw[camel(key)] = this.value(env);
        if (this.#i !== end) throw new JaxprTypeError(`jaxpr text: "${text}" is not understood`);
      } catch (e) {
        if (program) throw e;
        raw[camel(key)] = text;
      }
      this.#i = end;
      if (!program) texts.set(camel(key), text);
    }
  }
  #valueEnd(): number {
    let k = this.#i,
      depth = 0;
    for (; k < this.tokens.length; k++) {
      const t = this.tokens[k]!,
        before = this.tokens[k - 1]!;
      if (depth === 0 && k > this.#i && (t.text === "]" || t.newLine || (t.spaced && this.tokens[k + 1]?.text === "=" && /^\w+$/.test(t.text)))) {
        if (t.text === "]" || !/^(in|let)$/.test(before.text)) break;
      }
      if (OPEN.includes(t.text)) depth++;
      else if (CLOSE.includes(t.text)) depth--;
      // "let name = { … } in { … }" is one value.
      if (depth === 0 && t.text === "in" && k > this.#i) continue;
      if (depth === 0 && t.text === "}" && this.tokens[k + 1]?.text === "in") {
        k++;
        continue;
      }
    }
    return k;
  }
  hasBinders(): boolean {
    return this.peek(1) === ":";
  }
  isOperand(env: ReadonlyMap<string, Var>): boolean {
    const t = this.peek();
    if (t === "in" || t === ";" || t === "" || t === "}") return false;
    if (t === "(") return true;
    if (/^-?(\d|inf$|nan$)/.test(t) || ((t === "True" || t === "False") && this.peek(1) === ":")) return true;
    return env.has(t) && this.peek(1) !== ":" && !(this.peek(1) === "[" && this.peek(2) === ".");
  }
  value(env: ReadonlyMap<string, Var>): unknown {
    const t = this.peek();
    if (t === "{" && this.peek(1) === "lambda") return new ClosedJaxpr(this.jaxpr(), []);
    if (t === "let") return new ClosedJaxpr(this.program(), []);
    if (t === "(" || t === "[") {
      const close = t === "(" ? ")" : "]",
        list: unknown[] = [];
      this.next();
      while (!this.accept(close)) {
        list.push(this.value(env));
        this.accept(",");
      }
      return list;
    }
    if (!/^-?\w/.test(t)) throw new JaxprTypeError(`jaxpr text: "${t}" is no parameter`);
    this.next();
    if (t === "None") return null;
    if (t === "True" || t === "False") return t === "True";
    if (t === "nan") return NaN;
    if (t === "inf" || t === "-inf") return t === "inf" ? Infinity : -Infinity;
    if (/^-?\d/.test(t)) return Number(t);
    if (this.#named.has(t)) return new ClosedJaxpr(this.#resolve(t), []);
    if (this.peek() === "(") {
      // Name(key=value, …): a record, or np.int64(3): a number
      this.next();
      const record: Record<string, unknown> = {};
      let positional: unknown;
      while (!this.accept(")")) {
        if (this.peek(1) === "=") {
          const k = camel(this.next());
          this.expect("=");
          record[k] = this.value(env);
        } else positional = this.value(env);
        this.accept(",");
      }
      return positional !== undefined ? positional : record;
    }
    return isDType(t) ? (t as DType) : t;
  }
}
function integer(t: string): bigint {
  if (!/^-?\d{1,20}$/.test(t)) throw new JaxprTypeError(`jaxpr text: "${t}" is no integer`);
  return BigInt(t);
}
const camel = (k: string): string => k.replace(/_([a-z0-9])/g, (_m, c: string) => c.toUpperCase());
/**
 * A closed jaxpr from JAX's text. Variables bound as constants keep their place; their values are given as leading arguments.
 * Throws JaxprTypeError for anything else, whatever the text is.
 */
export function parseJaxpr(text: string): ClosedJaxpr {
  try {
    const parser = new Parser(text),
      j = parser.program();
    if (!parser.isAtEnd) throw new JaxprTypeError(`jaxpr text: "${parser.peek()}" stands behind the program`);
    return new ClosedJaxpr(new Jaxpr([], [...j.constvars, ...j.invars], j.eqns, j.outs, j.name, j.constvars.length), []);
  } catch (e) {
    if (e instanceof JitLensError) throw e;
    // What the rules of a primitive make of parameters that no printer has written.
    throw new JaxprTypeError(`jaxpr text: it is not understood (${e instanceof Error ? e.message : String(e)})`);
  }
}
