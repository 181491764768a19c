// Types: `tensor<2x3xf32>` with the element types that the engine has.
import { ShapedArray } from "../../core/aval.ts";
import type { DType } from "../../core/dtypes.ts";
import { ELEMENTS } from "../../graph/text.ts";
import { type Scanner, StableHLOError } from "./scanner.ts";

const DTYPES: ReadonlyMap<string, DType> = new Map([
  ...Object.entries(ELEMENTS).map(([dtype, text]) => [text, dtype as DType] as const),
  // Signedness may be written out; positions in attributes have the type `index`.
  ...([8, 16, 32, 64] as const).map((bits) => [`si${bits}`, `int${bits}`] as const),
  ["index", "int64"],
]);
const TENSOR = /^((?:\d+x)*)([^,]+?)\s*(?:,.*)?$/s;

/** A type; null stands for a token, which orders effects and holds nothing. */
export type Type = ShapedArray | null;

export function readType(s: Scanner): Type {
  const line = s.line;
  if (s.accept("!stablehlo.token") || s.accept("!mhlo.token")) return null;
  const word = s.word();
  if (word === "tuple") {
    // Only calls that are not read have these: they are read over, so that the call can be named.
    s.list("<", () => readType(s));
    return null;
  }
  if (word !== "tensor") return s.fail("a type such as tensor<2x3xf32>");
  const text = s.balanced("<").trim();
  if (/^(?:\d+x)*\?/.test(text))
    throw new StableHLOError(`StableHLO text, line ${line}: the type tensor<${text}> has a size that is not known; export with fixed shapes`);
  const m = TENSOR.exec(text);
  const dtype = DTYPES.get(m?.[2]?.replace(/\s/g, "") ?? "");
  if (!m || !dtype) throw new StableHLOError(`StableHLO text, line ${line}: the engine has no element type ${m?.[2] ?? text}`);
  return new ShapedArray(m[1]!.split("x").slice(0, -1).map(Number), dtype);
}
/** One type, or several in parentheses. */
function readTypes(s: Scanner): Type[] {
  return s.is("(") ? s.list("(", () => readType(s)) : [readType(s)];
}
export interface Signature {
  readonly takes: readonly Type[];
  readonly gives: readonly Type[];
}
/** What stands behind an operation's colon: `T`, `T, T`, `T -> T`, `(T, T) -> (T, T)`. Without an arrow the last types are the results'. */
export function readSignature(s: Scanner, results: number): Signature {
  const takes = readTypes(s);
  while (s.accept(",")) takes.push(readType(s));
  if (s.accept("->")) return { takes, gives: readTypes(s) };
  return { takes, gives: results === 0 ? [] : takes.slice(-results) };
}
