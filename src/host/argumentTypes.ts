// Argument types as people write them: `f32[32,64], i32[8]`, and trees of them in JavaScript's notation: `{ w: f32[3,4], b: f32[4] }`, `[f32[2], f32[2]]`.
import { dtypeOf } from "../engine/report/dtypeNames.ts";

export type TypeTree =
  | { readonly kind: "array"; readonly dtype: string; readonly shape: readonly number[] }
  /** `round`: it was written with (…), as Python's tuples are. */
  | { readonly kind: "tuple"; readonly items: readonly TypeTree[]; readonly round?: boolean }
  | { readonly kind: "dict"; readonly entries: readonly (readonly [string, TypeTree])[] }
  | { readonly kind: "value"; readonly value: number | boolean | string | null };
export const SYNTAX =
  'One type an argument, separated by commas: f32[32,64], i32[8], f32[] (a scalar). Objects and tuples as in JavaScript: { w: f32[64,10], b: f32[10] }, [f32[2], f32[2]]. Static values as they are: 3, true, "relu".';
const DTYPES = "f32, f16, bf16, f64, i8, i16, i32, i64, u8, u16, u32, u64, bool, c64, c128",
  LONGEST = 100_000,
  DEEPEST = 100;

interface Token {
  readonly text: string;
  /** Where it stands, from 1. */
  readonly at: number;
}
class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  constructor(text: string) {
    if (text.length > LONGEST) throw new Error(`argument types: ${text.length} characters; at most ${LONGEST} are read`);
    this.#tokens = [...text.matchAll(/([A-Za-z_$][\w$]*(?:<\w+>)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|"[^"]*"|'[^']*'|\S)/gi)].map((m) => ({
      text: m[0],
      at: m.index + 1,
    }));
  }
  parse(): TypeTree[] {
    const out: TypeTree[] = [];
    while (this.#peek() !== undefined) {
      out.push(this.#one());
      if (this.#peek() !== undefined) this.#expect(",");
    }
    return out;
  }
  #peek(): string | undefined {
    return this.#tokens[this.#next]?.text;
  }
  #fail(expected: string, token = this.#tokens[this.#next]): never {
    const rest = this.#tokens
      .slice(token ? this.#tokens.indexOf(token) : this.#tokens.length)
      .slice(0, 4)
      .map((t) => t.text)
      .join("");
    throw new Error(`argument types: expected ${expected} ${token ? `before "${rest}" (character ${token.at})` : "at the end"}. ${SYNTAX}`);
  }
  #expect(text: string): void {
    if (this.#peek() !== text) this.#fail(`"${text}"`);
    this.#next++;
  }
  #list<T>(close: string, item: () => T): T[] {
    const out: T[] = [];
    while (this.#peek() !== close) {
      out.push(item());
      if (this.#peek() === ",") this.#next++;
      else if (this.#peek() !== close) this.#fail(`"," or "${close}"`);
    }
    this.#next++;
    return out;
  }
  #one(): TypeTree {
    const token = this.#tokens[this.#next];
    if (!token) return this.#fail("a type");
    if (++this.#depth > DEEPEST) throw new Error(`argument types: more than ${DEEPEST} levels at character ${token.at}`);
    try {
      this.#next++;
      return this.#from(token);
    } finally {
      this.#depth--;
    }
  }
  #from(token: Token): TypeTree {
    const t = token.text;
    if (t === "[") return { kind: "tuple", items: this.#list("]", () => this.#one()) };
    if (t === "(") return { kind: "tuple", items: this.#list(")", () => this.#one()), round: true };
    if (t === "{") return { kind: "dict", entries: this.#list("}", () => this.#entry()) };
    if (/^-?\d/.test(t)) return { kind: "value", value: Number(t) };
    if (/^(?:true|false)$/i.test(t)) return { kind: "value", value: t.toLowerCase() === "true" };
    if (t === "null" || t === "None") return { kind: "value", value: null };
    if (/^["']./.test(t)) return { kind: "value", value: t.slice(1, -1) };
    if (!/^[A-Za-z_$]/.test(t)) return this.#fail("a type", token);
    if (!isDtype(t)) throw new Error(`argument types: "${t}" (character ${token.at}) is no dtype; there are ${DTYPES}. ${SYNTAX}`);
    if (this.#peek() !== "[") return this.#fail(`"[" after ${t}, as in ${t}[2,3] (or ${t}[] for a scalar)`);
    this.#next++;
    return { kind: "array", dtype: t, shape: this.#list("]", () => this.#size()) };
  }
  #entry(): readonly [string, TypeTree] {
    const key = this.#peek();
    if (key === undefined || !/^[\w$"']/.test(key)) return this.#fail("a key");
    this.#next++;
    this.#expect(":");
    return [key.replace(/^["']|["']$/g, ""), this.#one()];
  }
  #size(): number {
    const text = this.#peek(),
      n = Number(text);
    if (text === undefined || !/^\d+$/.test(text) || !Number.isSafeInteger(n)) this.#fail("a whole number");
    this.#next++;
    return n;
  }
}
function isDtype(name: string): boolean {
  try {
    dtypeOf(name);
    return true;
  } catch {
    return false;
  }
}
/** Throws an Error that says what was expected and where. */
export const parseArgumentTypes = (text: string): TypeTree[] => new Parser(text).parse();
