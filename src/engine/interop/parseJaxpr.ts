// Reads JAX's jaxpr text: a recursive-descent parser of the grammar that core/print.ts prints.
import { ShapedArray } from "../core/aval.ts";
import { type DType, dtypeFromShort, isComplex, isDType } from "../core/dtypes.ts";
import { JaxprTypeError } from "../core/errors.ts";
import { type Atom, ClosedJaxpr, EMPTY_SOURCE, Eqn, Jaxpr, Literal, Var } from "../core/jaxpr.ts";
import { findPrimitive } from "../core/primitive.ts";
import { normalizeParams } from "./params.ts";

const TOKEN = /\s+|(key<[a-z]+>|GatherScatterMode\.\w+|[A-Za-z_][\w.<>-]*|-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)|[{}()[\];:=,]|\S)/gy;
function tokenize(text: string): string[] {
  const out: string[] = [];
  for (const m of text.matchAll(TOKEN)) if (m[1] !== undefined) out.push(m[1]);
  return out;
}
class Parser {
  #i = 0;
  readonly #named = new Map<string, Jaxpr>();
  constructor(readonly tokens: readonly string[]) {}
  peek(k = 0): string { return this.tokens[this.#i + k] ?? ""; }
  next(): string { return this.tokens[this.#i++] ?? ""; }
  expect(t: string): void { const got = this.next(); if (got !== t) throw new JaxprTypeError(`jaxpr text: expected "${t}" before "${this.tokens.slice(this.#i, this.#i + 6).join(" ")}", got "${got}"`); }
  accept(t: string): boolean { if (this.peek() !== t) return false; this.#i++; return true; }
  program(): Jaxpr {
    while (this.accept("let")) { const name = this.next(); this.expect("="); this.#named.set(name, this.jaxpr()); this.expect("in"); }
    return this.jaxpr();
  }
  type(): ShapedArray {
    const short = this.next(), dtype = dtypeFromShort(short);
    if (!dtype) throw new JaxprTypeError(`jaxpr text: "${short}" is no dtype`);
    const shape: number[] = [];
    this.expect("[");
    while (!this.accept("]")) { shape.push(Number(this.next())); this.accept(","); }
    return new ShapedArray(shape, dtype);
  }
  binder(env: Map<string, Var>): Var { const name = this.next(); this.expect(":"); const v = new Var(this.type()); if (name !== "_") env.set(name, v); return v; }
  jaxpr(): Jaxpr {

    const env = new Map<string, Var>(), constvars: Var[] = [], invars: Var[] = [], eqns: Eqn[] = [];
    this.expect("{"); this.expect("lambda");
    while (!this.accept(";")) constvars.push(this.binder(env));
    while (this.peek() !== "." && this.peek() !== "let") invars.push(this.binder(env));
    this.accept("."); this.expect("let");
    while (this.peek() !== "in") { eqns.push(this.eqn(env)); this.accept(";"); }
    this.expect("in"); this.expect("(");
    const outs: Atom[] = [];
    while (!this.accept(")")) { outs.push(this.atom(env)); this.accept(","); }
    this.expect("}");
    return new Jaxpr(constvars, invars, eqns, outs);
  }
  atom(env: ReadonlyMap<string, Var>): Atom {
    const t = this.next();
    if (this.peek() === ":" && !env.has(t)) return this.literal(t);
    if (t === "(" ) { const parts: string[] = []; let s = ""; while ((s = this.next()) !== ")") parts.push(s); return this.literal(parts.join("")); }
    const v = env.get(t);
    if (!v) throw new JaxprTypeError(`jaxpr text: the variable "${t}" is not bound`);
    return v;
  }
  literal(t: string): Literal {
    this.expect(":");
    const aval = this.type(), number = (s: string): number => (s === "nan" ? NaN : s === "inf" || s === "+inf" ? Infinity : s === "-inf" ? -Infinity : Number(s));
    if (aval.dtype === "bool") return new Literal(t === "True", aval);
    if (isComplex(aval.dtype)) { const m = /^(.*?)([+-][^+-]*(?:e[+-]\d+)?)j$/.exec(t); return new Literal(m ? [number(m[1]!), number(m[2]!)] : [number(t), 0], aval); }
    return new Literal(aval.dtype === "int64" || aval.dtype === "uint64" ? BigInt(t) : number(t), aval);
  }
  eqn(env: Map<string, Var>): Eqn {
    const outs: Var[] = [], pending: [string, Var][] = [];
    if (this.hasBinders()) {
      while (this.peek() !== "=") { const name = this.next(); this.expect(":"); const v = new Var(this.type()); pending.push([name, v]); outs.push(v); }
      this.expect("=");
    }
    const name = this.next(), raw: Record<string, unknown> = {};
    if (this.accept("[")) while (!this.accept("]")) { const key = this.next(); this.expect("="); raw[camel(key)] = this.value(env); }
    const inputs: Atom[] = [];
    // Operands end where the next equation's binder (a name, a colon, a type, …) or a closing word begins.
    while (this.isOperand(env)) inputs.push(this.atom(env));
    for (const [n, v] of pending) if (n !== "_") env.set(n, v);
    const primitive = findPrimitive(name);
    if (!primitive) throw new JaxprTypeError(`jaxpr text: there is no primitive "${name}"`);
    return new Eqn(primitive, inputs, outs, normalizeParams(name, raw, inputs.map((a) => a.aval), outs.map((v) => v.aval)), EMPTY_SOURCE);
  }
  hasBinders(): boolean { return this.peek(1) === ":"; }
  isOperand(env: ReadonlyMap<string, Var>): boolean {
    const t = this.peek();
    if (t === "in" || t === ";" || t === "" || t === "}") return false;
    if (t === "(") return true;
    if (/^-?(\d|inf$|nan$)/.test(t) || ((t === "True" || t === "False") && this.peek(1) === ":")) return true;
    return env.has(t) && this.peek(1) !== ":";
  }
  value(env: ReadonlyMap<string, Var>): unknown {
    const t = this.peek();
    if (t === "{") return new ClosedJaxpr(this.jaxpr(), []);
    if (t === "let") { const inner = new Parser(this.tokens); inner.#i = this.#i; const j = inner.program(); this.#i = inner.#i; return new ClosedJaxpr(j, []); }
    if (t === "(" || t === "[") {
      const close = t === "(" ? ")" : "]", list: unknown[] = [];
      this.next();
      while (!this.accept(close)) { list.push(this.value(env)); this.accept(","); }
      return list;
    }
    if (t === "<") { const parts: string[] = []; let depth = 0; do { const s = this.next(); if (s === "<") depth++; if (s === ">" || s.endsWith(">")) depth--; parts.push(s); } while (depth > 0); return parts.join(" "); }
    this.next();
    if (t === "None") return null;
    if (t === "True" || t === "False") return t === "True";
    if (t === "nan") return NaN;
    if (t === "inf" || t === "-inf") return t === "inf" ? Infinity : -Infinity;
    if (/^-?\d/.test(t)) return Number(t);
    const named = this.#named.get(t);
    if (named) return new ClosedJaxpr(named, []);
    if (this.peek() === "(") { // Name(key=value, …): a record, or np.int64(3): a number
      this.next();
      const record: Record<string, unknown> = {};
      let positional: unknown;
      while (!this.accept(")")) { if (this.peek(1) === "=") { const k = camel(this.next()); this.expect("="); record[k] = this.value(env); } else positional = this.value(env); this.accept(","); }
      return positional !== undefined ? positional : record;
    }
    return isDType(t) ? (t as DType) : t;
  }
}
const camel = (k: string): string => k.replace(/_([a-z0-9])/g, (_m, c: string) => c.toUpperCase());
/** A closed jaxpr from JAX's text. Its constants must be none (bind them as arguments instead). */
export function parseJaxpr(text: string): ClosedJaxpr {
  const j = new Parser(tokenize(text)).program();
  return new ClosedJaxpr(new Jaxpr([], [...j.constvars, ...j.invars], j.eqns, j.outs, j.name), []);
}
