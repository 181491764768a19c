// The precision of a contraction, as JAX names it. Kernels compute in the operands' own types: the name stands in the jaxpr, for tools and for reading.
import { config } from "./config.ts";
import { ArgumentError } from "./errors.ts";

const NAMES: Readonly<Record<string, string>> = {
  default: "DEFAULT",
  fastest: "DEFAULT",
  bfloat16: "DEFAULT",
  high: "HIGH",
  tensorfloat32: "HIGH",
  bfloat16_3x: "HIGH",
  highest: "HIGHEST",
  float32: "HIGHEST",
};
const PRINTED = /^Precision\.(DEFAULT|HIGH|HIGHEST)$/;
const one = (v: unknown): string => {
  const name = typeof v === "string" ? (PRINTED.test(v) ? v : NAMES[v] && `Precision.${NAMES[v]}`) : undefined;
  if (!name)
    throw new ArgumentError(
      `precision: got ${typeof v === "string" ? JSON.stringify(v) : String(v)}, expected ${Object.keys(NAMES)
        .map((n) => `"${n}"`)
        .join(", ")}, or a pair of those`,
    );
  return name;
};
/** The parameter of a contraction: one name for each operand; null where neither the call nor `config.defaultMatmulPrecision` says one. */
export function precisionParam(given: unknown): readonly [string, string] | null {
  const v = given ?? config.defaultMatmulPrecision;
  if (v === null || v === undefined) return null;
  if (Array.isArray(v)) {
    if (v.length !== 2) throw new ArgumentError(`precision: got a list of ${v.length}, expected one for each of the two operands`);
    return [one(v[0]), one(v[1])];
  }
  return [one(v), one(v)];
}
