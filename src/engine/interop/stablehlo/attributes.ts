// Attributes: what an operation is told beside its operands, in both of MLIR's forms.
import type { ShapedArray } from "../../core/aval.ts";
import { Scanner } from "./scanner.ts";
import { readType } from "./types.ts";

/** `dense<…>`: the elements as they are written, and their type where one follows. */
export class Dense {
  constructor(
    readonly text: string,
    readonly type: ShapedArray | null,
  ) {}
}
/** `#name<…>`, whose inside is read when somebody asks for it. */
export class Named {
  constructor(
    readonly name: string,
    readonly text: string,
    readonly line: number,
  ) {}
}
/** `@name`. */
export class SymbolRef {
  constructor(readonly name: string) {}
}
export type Attribute = number | bigint | boolean | string | Dense | Named | SymbolRef | readonly Attribute[] | Attributes;
export class Attributes extends Map<string, Attribute> {}

const NUMBER = /-?(?:0x[0-9A-Fa-f]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
const HASH = /#[\w.$-]+/y;
const AT = /@(?:"((?:[^"\\]|\\.)*)"|([\w.$-]+))/y;
const SUFFIX = /:\s*(?:[su]?i\d+|bf16|f\d\w*|index)\b/y;
/** `across [0]x[1]`: what stands between two lists of a product. */
const TIMES = /x(?=\s*\[)|x\s/y;

export function readSymbol(s: Scanner): string | null {
  const m = s.match(AT);
  return m ? (m[1] ?? m[2]!) : null;
}
/** @param typed whether a number's type may follow it (`1 : i64`), as it does inside braces */
export function readAttribute(s: Scanner, typed = true): Attribute {
  return s.inside(() => {
    if (s.is("[")) return s.list("[", () => readAttribute(s, typed));
    if (s.is("{")) return readBraces(s);
    if (s.is('"')) return withoutType(s, s.string() ?? s.fail("a string that ends"), typed);
    const symbol = readSymbol(s);
    if (symbol !== null) return new SymbolRef(symbol);
    const number = s.match(NUMBER)?.[0];
    if (number !== undefined) return withoutType(s, numberOf(number), typed);
    const line = s.line;
    const hash = s.match(HASH)?.[0];
    if (hash !== undefined) return new Named(hash.slice(1), s.is("<") ? s.balanced("<") : "", line);
    return readWord(s);
  });
}
const withoutType = <T>(s: Scanner, value: T, typed: boolean): T => {
  if (typed) s.match(SUFFIX);
  return value;
};
const numberOf = (text: string): number | bigint => {
  const n = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(n) ? BigInt(text) : n;
};
function readWord(s: Scanner): Attribute {
  if (s.is("tensor") || s.is("!")) {
    readType(s);
    return "";
  }
  const word = s.word();
  if (word === null) return s.fail("an attribute");
  if (word === "true" || word === "false") return word === "true";
  if (word === "dense" || word === "dense_resource") {
    const text = s.balanced("<");
    return new Dense(word === "dense" ? text.trim() : "elided", s.accept(":") ? readType(s) : null);
  }
  if (word === "array") {
    const [, items] = s.balanced("<").split(":");
    return items === undefined ? [] : items.split(",").map((i) => (/true|false/.test(i) ? i.includes("true") : numberOf(i.trim())));
  }
  return word;
}
/** `{a = 1, b}`: an attribute without a value is true. */
export function readBraces(s: Scanner): Attributes {
  return new Attributes(s.list("{", () => readEntry(s)));
}
function readEntry(s: Scanner): [string, Attribute] {
  const name = s.word() ?? s.string() ?? s.fail("an attribute's name");
  return [name, s.accept("=") ? readAttribute(s) : true];
}
/** A value in an operation's own form, where lists may be multiplied: `[0] x [1]`. */
export function readProduct(s: Scanner): Attribute {
  const first = readAttribute(s, false);
  return Array.isArray(first) && s.match(TIMES) ? [first, readAttribute(s, false)] : first;
}
/** The fields inside `#stablehlo.gather<offset_dims = [0], …>`. */
export function fieldsOf(a: Attribute | undefined): Attributes {
  if (a instanceof Attributes) return a;
  if (!(a instanceof Named)) return new Attributes();
  const s = new Scanner(`{${a.text}}`, a.line);
  return readBraces(s);
}
