// How types, numbers and attributes are written in graph text: what the printer and the parser share.
import { type DType, isComplex, isFloat } from "../core/dtypes.ts";
import type { TensorType } from "./graph.ts";

/** Element types as StableHLO writes them. */
export const ELEMENTS: Readonly<Partial<Record<DType, string>>> = {
  bool: "i1",
  int8: "i8",
  int16: "i16",
  int32: "i32",
  int64: "i64",
  uint8: "ui8",
  uint16: "ui16",
  uint32: "ui32",
  uint64: "ui64",
  float16: "f16",
  bfloat16: "bf16",
  float32: "f32",
  float64: "f64",
  complex64: "complex<f32>",
  complex128: "complex<f64>",
};
export const showTensor = (t: TensorType): string => `tensor<${[...t.shape, ELEMENTS[t.dtype] ?? t.dtype].join("x")}>`;

/** The shortest decimal that is the same float32. */
function shortest(v: number): string {
  for (let digits = 1; digits < 10; digits++) {
    const s = Number(v.toPrecision(digits));
    if (Math.fround(s) === v) return String(s);
  }
  return String(v);
}
/** A number so that reading it gives the same one, the sign of zero included. */
export function showNumber(v: number | bigint, dtype: DType): string {
  if (typeof v === "bigint") return String(v);
  if (dtype === "bool") return v ? "true" : "false";
  if (!isFloat(dtype) && !isComplex(dtype)) return String(v);
  if (Number.isNaN(v)) return "nan";
  if (!Number.isFinite(v)) return v > 0 ? "inf" : "-inf";
  if (Object.is(v, -0)) return "-0.0";
  const text = dtype === "float64" || dtype === "complex128" ? String(v) : shortest(v);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
/** An attribute's value; functions and graphs have none. */
export function showAttribute(v: unknown): string {
  if (Array.isArray(v)) return `[${v.map(showAttribute).join(", ")}]`;
  if (typeof v === "string") return JSON.stringify(v);
  if (typeof v === "bigint") return `${v} : i64`;
  if (typeof v === "number") return Number.isInteger(v) && !Object.is(v, -0) ? String(v) : showNumber(v, "float64");
  if (v === null || v === undefined) return "none";
  if (typeof v === "object")
    return `{${Object.entries(v)
      .map(([k, x]) => `${k} = ${showAttribute(x)}`)
      .join(", ")}}`;
  return String(v);
}
