// Reads JAX's jaxpr text: a recursive-descent parser of the grammar that core/print.ts prints. Parameters that the engine holds in another
// form than JAX (np.int64(3), <function …>) keep the text they came with, so that printing gives the same bytes.
import { RefAval, ShapedArray } from "../core/aval.ts";
import { type DType, dtypeFromShort, isComplex, isDType, isInteger } from "../core/dtypes.ts";
import { JaxprTypeError } from "../core/errors.ts";
import { type Atom, ClosedJaxpr, EMPTY_SOURCE, Eqn, Jaxpr, Literal, Var } from "../core/jaxpr.ts";
import { findPrimitive } from "../core/primitive.ts";
import { printJaxpr, rememberText } from "../core/print.ts";
import { typecheckJaxpr } from "../core/typecheck.ts";
import { normalizeParams } from "./params.ts";
import { matchBrackets, type Token, tokenize } from "./tokens.ts";

/** Programs inside programs, values inside values, at most. */
const MAX_DEPTH = 500;
const INTEGER = /^-?\d+$/,
  FLOAT = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)$/,
  NAME = /^[A-Za-z_]\w*$/;
class Parser {
  #i = 0;
  #depth = 0;
  readonly #match: Int32Array;
  /** How many of the tokens before each are the word that begins a program. */
  readonly #lambdas: Int32Array;
  /** Programs given a name by `let name = { … } in`: where they stand, until one is asked for; a name may be used before its `let`. */
  readonly #named = new Map<string, Jaxpr | number>();
  readonly tokens: readonly Token[];
  constructor(readonly source: string) {
    this.tokens = tokenize(source);
    this.#match = matchBrackets(this.tokens);
    this.#lambdas = new Int32Array(this.tokens.length + 1);
    this.tokens.forEach((t, i) => (this.#lambdas[i + 1] = this.#lambdas[i]! + (t.text === "lambda" ? 1 : 0)));
  }
  fail(message: string): never {
    const at = this.tokens[Math.min(this.#i, this.tokens.length - 1)]?.at ?? 0;
    throw new JaxprTypeError(`jaxpr text: ${message} (near character ${at})`);
  }
  /** Runs a rule that can be inside itself. */
  #inside<R>(rule: () => R): R {
    if (this.#depth >= MAX_DEPTH) this.fail(`programs and values are nested more than ${MAX_DEPTH} deep`);
    this.#depth++;
    try {
      return rule();
    } finally {
      this.#depth--;
    }
  }
  /** The whole text is one program. */
  all(): Jaxpr {
    const j = this.program();
    if (this.#i < this.tokens.length) this.fail(`text follows the program: "${this.peek()}"`);
    return j;
  }
  peek(k = 0): string {
    return this.tokens[this.#i + k]?.text ?? "";
  }
  next(): string {
    const t = this.tokens[this.#i];
    if (!t) this.fail("it ends in the middle of a program");
    this.#i++;
    return t.text;
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
      const name = this.tokens[k + 1]?.text ?? "";
      if (!NAME.test(name) || this.tokens[k + 3]?.text !== "{") this.fail(`expected "let name = { … } in", got "let ${name}"`);
      if (own.has(name)) this.fail(`the program "${name}" is named twice`);
      own.set(name, k + 3);
      k = this.#match[k + 3]! + 1;
    }
    const outer = new Map(this.#named);
    for (const [name, at] of own) this.#named.set(name, at);
    while (this.accept("let")) {
      const name = this.next();
      this.expect("=");
      this.#resolve(name);
      this.#i = this.#match[this.#i]! + 1;
      this.expect("in");
    }
    const main = this.jaxpr();
    this.#named.clear();
    for (const [name, j] of outer) this.#named.set(name, j);
    return main;
  }
  #resolve(name: string): Jaxpr {
    const found = this.#named.get(name)!;
    if (typeof found !== "number") return found;
    const back = this.#i;
    this.#i = found;
    const j = this.jaxpr();
    this.#i = back;
    this.#named.set(name, j);
    return j;
  }
  type(): ShapedArray {
    return this.#inside(() => this.#type());
  }
  #type(): ShapedArray {
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
      const n = this.next();
      if (!/^\d+$/.test(n) || !Number.isSafeInteger(Number(n))) this.fail(`"${n}" is no size of an axis, expected an integer of at least 0`);
      shape.push(Number(n));
      this.accept(",");
    }
    return new ShapedArray(shape, dtype);
  }
  binder(env: Map<string, Var>): Var {
    const name = this.#name();
    this.expect(":");
    const v = new Var(this.type());
    if (name !== "_") env.set(name, v);
    return v;
  }
  /** The name of a variable that is bound here. */
  #name(): string {
    const name = this.next();
    if (!NAME.test(name)) this.fail(`"${name}" is no name of a variable`);
    return name;
  }
  /** A variable that a reference is bound to. */
  #reference(env: ReadonlyMap<string, Var>): Var {
    const name = this.next(),
      v = env.get(name);
    if (!v) this.fail(`the variable "${name}" is not bound`);
    if (!(v.aval instanceof RefAval)) this.fail(`the variable "${name}" is ${v.aval}, expected a reference`);
    return v;
  }
  jaxpr(): Jaxpr {
    return this.#inside(() => this.#jaxpr());
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
      const from = this.#i;
      eqns.push(this.eqn(env));
      this.accept(";");
      if (this.#i === from) this.fail(`"${this.peek()}" begins no equation`);
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
      bad = (): never => this.fail(`"${t}" is no literal of type ${aval}`),
      number = (s: string): number => {
        if (!FLOAT.test(s)) bad();
        return s === "nan" ? NaN : /^[+-]?inf$/.test(s) ? (s.startsWith("-") ? -Infinity : Infinity) : Number(s);
      };
    if (aval.shape.length) this.fail(`the literal "${t}" has type ${aval}, expected a scalar`);
    if (aval.dtype === "bool") return t === "True" || t === "False" ? new Literal(t === "True", aval) : bad();
    if (isComplex(aval.dtype)) {
      const m = /^(.*?)([+-][^+-]*(?:e[+-]\d+)?)j$/.exec(t);
      return new Literal(m ? [number(m[1]!), number(m[2]!)] : [number(t), 0], aval);
    }
    if (!isInteger(aval.dtype)) return new Literal(number(t), aval);
    if (!INTEGER.test(t)) bad();
    return new Literal(aval.dtype === "int64" || aval.dtype === "uint64" ? BigInt(t) : Number(t), aval);
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
        const name = this.#name();
        this.expect(":");
        const v = new Var(this.type());
        pending.push([name, v]);
        outs.push(v);
      }
      if (this.accept("<-")) {
        const ref = this.#reference(env);
        for (const t of ["[", ".", ".", ".", "]"]) this.expect(t);
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
      const key = this.#name();
      this.expect("=");
      const start = this.#i,
        end = this.#valueEnd(),
        // The text of a value with programs in it is long, and nobody needs it.
        program = this.#lambdas[end]! > this.#lambdas[start]! || (end === start + 1 && this.#named.has(this.peek())),
        text = program
          ? this.peek()
          : start < end
            ? this.source.slice(this.tokens[start]!.at, this.tokens[end - 1]!.end)
            : this.fail(`the parameter ${key} has no value`);
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
  /** The end of a parameter's value: before the next key, the closing bracket, or the next line. Brackets are skipped whole. */
  #valueEnd(): number {
    let k = this.#i;
    while (k < this.tokens.length) {
      const t = this.tokens[k]!,
        before = this.tokens[k - 1]!;
      if (t.text === "]") break;
      if (k > this.#i && !/^(in|let)$/.test(before.text)) {
        const newLine = this.source.slice(before.end, t.at).includes("\n"),
          key = t.at > before.end && this.tokens[k + 1]?.text === "=" && /^\w+$/.test(t.text),
          // "let name = { … } in { … }" is one value, over its lines.
          inside = t.text === "in" || (before.text === "}" && t.text === "let");
        if ((newLine || key) && !inside) break;
      }
      k = this.#match[k]! >= 0 ? this.#match[k]! + 1 : k + 1;
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
    return this.#inside(() => this.#value(env));
  }
  #value(env: ReadonlyMap<string, Var>): unknown {
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
const camel = (k: string): string => k.replace(/_([a-z0-9])/g, (_m, c: string) => c.toUpperCase());
/**
 * A closed jaxpr from JAX's text. Variables bound as constants keep their place; their values are given as leading arguments.
 * Throws JaxprTypeError for a text that is no jaxpr, and for one whose types are not what its operations give.
 * @example jaxprAsFun(interop.parseJaxpr("{ lambda ; a:f32[]. let b:f32[] = mul a 2.0:f32[] in (b,) }"))(3) // [6]
 */
export function parseJaxpr(text: string): ClosedJaxpr {
  try {
    const j = new Parser(text).all(),
      jaxpr = new Jaxpr([], [...j.constvars, ...j.invars], j.eqns, j.outs, j.name, j.constvars.length);
    typecheckJaxpr(jaxpr);
    // What cannot be written again was not understood.
    printJaxpr(jaxpr);
    return new ClosedJaxpr(jaxpr, []);
  } catch (e) {
    // A rule of an operation met parameters or types that it cannot have.
    if (e instanceof JaxprTypeError) throw e;
    throw new JaxprTypeError(`jaxpr text: ${e instanceof Error ? e.message.split("\n")[0] : String(e)}`);
  }
}
