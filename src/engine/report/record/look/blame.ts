// Why an operation gave a NaN or an infinity that its operands did not have: in words, with the numbers that it was given.
import type { Tally } from "./tally.ts";

export interface Operand {
  /** What the person calls it: "x", or the operation that made it. */
  readonly name: string;
  readonly tally: Tally | null;
  /** The element that the bad one was computed from, where the operation goes element by element. */
  readonly at?: number;
}
type Why = (operands: readonly Operand[]) => string | null;
export const show = (v: number): string => (Number.isInteger(v) ? String(v) : String(Number(v.toPrecision(4))));
const lowest = ({ name, tally }: Operand): string => `${name} has min ${show(tally?.min ?? NaN)}`;
const highest = ({ name, tally }: Operand): string => `${name} has max ${show(tally?.max ?? NaN)}`;
const hasBelow = (o: Operand | undefined, least: number): o is Operand =>
  o !== undefined && (o.at === undefined ? (o.tally?.min ?? 0) < least : o.at < least);
const hasAbove = (o: Operand | undefined, most: number): o is Operand =>
  o !== undefined && (o.at === undefined ? (o.tally?.max ?? 0) > most : o.at > most);
const hasZero = (o: Operand | undefined): o is Operand =>
  o !== undefined && (o.at === undefined ? (o.tally?.min ?? 1) <= 0 && (o.tally?.max ?? -1) >= 0 : o.at === 0);
const infinite = (list: readonly Operand[]): Operand | undefined =>
  list.find((o) => (o.at === undefined ? (o.tally?.inf ?? 0) > 0 : Math.abs(o.at) === Infinity));
const negative =
  (op: string, least = 0, what = "a negative number"): Why =>
  ([x]) =>
    hasBelow(x, least) ? `${op} of ${what}: ${lowest(x)}` : null;
const outside =
  (op: string): Why =>
  ([x]) =>
    hasBelow(x, -1) ? `${op} of a number below -1: ${lowest(x)}` : hasAbove(x, 1) ? `${op} of a number above 1: ${highest(x)}` : null;
const ofInfinity =
  (text: (name: string) => string): Why =>
  (list) => {
    const o = infinite(list);
    return o ? text(o.name) : null;
  };
const cancels = ofInfinity((name) => `infinities that cancel: ${name} has infinite elements`);
const NAN: Readonly<Record<string, Why>> = {
  log: negative("log"),
  log1p: negative("log1p", -1, "a number below -1"),
  sqrt: negative("sqrt"),
  rsqrt: negative("rsqrt"),
  acos: outside("acos"),
  asin: outside("asin"),
  atanh: outside("atanh"),
  erf_inv: outside("erf_inv"),
  acosh: negative("acosh", 1, "a number below 1"),
  div: (list) => {
    const o = infinite(list);
    if (o) return `infinity divided by infinity: ${o.name} has infinite elements`;
    return hasZero(list[1]) ? `0 divided by 0: ${list[0]?.name ?? "the dividend"} and ${list[1].name} are both 0 somewhere` : null;
  },
  rem: (list) => (hasZero(list[1]) ? `a remainder by 0: ${list[1].name} has zeros` : null),
  pow: ([x, y]) =>
    hasBelow(x, 0)
      ? `a negative number to a power that is no whole number: ${lowest(x)}${y?.at === undefined ? "" : `, ${y.name} is ${show(y.at)}`}`
      : null,
  mul: ofInfinity((name) => `0 times infinity: ${name} has infinite elements`),
  dot_general: ofInfinity((name) => `0 times infinity, or infinities that cancel: ${name} has infinite elements`),
  add: cancels,
  sub: cancels,
  add_any: cancels,
  reduce_sum: cancels,
  cumsum: cancels,
  sin: ofInfinity((name) => `sin of infinity: ${name} has infinite elements`),
  cos: ofInfinity((name) => `cos of infinity: ${name} has infinite elements`),
  tan: ofInfinity((name) => `tan of infinity: ${name} has infinite elements`),
  cholesky: () => "cholesky of a matrix that is not positive definite",
};
/** The largest numbers of the types that overflow. */
const LARGEST: Readonly<Record<string, string>> = {
  float16: "65504",
  bfloat16: "3.4e38",
  float32: "3.4e38",
  float64: "1.8e308",
  complex64: "3.4e38",
};
const GROWS: ReadonlySet<string> = new Set([
  "exp", "exp2", "expm1", "sinh", "cosh", "pow", "integer_pow", "square", "mul", "add", "sub", "add_any", "dot_general", "conv_general_dilated",
  "reduce_sum", "reduce_prod", "cumsum", "cumprod", "convert_element_type",
]); // prettier-ignore
const zeroOf =
  (op: string): Why =>
  ([x]) =>
    hasZero(x) ? `${op} of 0: ${lowest(x)}` : null;
const INF: Readonly<Record<string, Why>> = {
  log: zeroOf("log"),
  log1p: ([x]) => (hasBelow(x, -0.9999999) ? `log1p of -1: ${lowest(x)}` : null),
  rsqrt: zeroOf("rsqrt"),
  div: ([, y]) => (hasZero(y) ? `a number divided by 0: ${y.name} has zeros` : null),
  pow: ([x, y]) => (hasZero(x) && hasBelow(y, 0) ? `0 to a negative power: ${x.name} has zeros` : null),
};
/** Operations whose elements are computed each from the elements in its place. */
export const ELEMENTWISE: ReadonlySet<string> = new Set([
  "log", "log1p", "sqrt", "rsqrt", "acos", "asin", "atanh", "acosh", "erf_inv", "div", "rem", "pow", "mul", "add", "sub", "add_any", "sin", "cos", "tan",
  "exp", "exp2", "expm1", "sinh", "cosh", "integer_pow", "square", "tanh", "logistic", "lgamma", "digamma", "convert_element_type",
]); // prettier-ignore
/** A clause that says what happened: "log of a negative number: x has min -0.3". */
export function blame(op: string, dtype: string, kind: "nan" | "inf", operands: readonly Operand[]): string {
  const why = (kind === "nan" ? NAN : INF)[op]?.(operands);
  if (why) return why;
  if (kind === "inf" && GROWS.has(op)) {
    const largest = [...operands].sort((a, b) => (b.tally?.max ?? 0) - (a.tally?.max ?? 0))[0];
    const limit = LARGEST[dtype];
    return `${op} gives more than ${dtype} holds${limit ? ` (${limit})` : ""}${largest ? `: ${highest(largest)}` : ""}`;
  }
  const ranges = operands.flatMap((o) => (o.tally?.finite ? [`${o.name} from ${show(o.tally.min)} to ${show(o.tally.max)}`] : []));
  return `${op} gives ${kind === "nan" ? "NaN" : "an infinity"}${ranges.length ? ` for ${ranges.slice(0, 2).join(", ")}` : ""}`;
}
