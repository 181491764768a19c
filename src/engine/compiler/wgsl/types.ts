// How values are held in WGSL, and how constants are written. Half types are held as f32, narrow integers as i32 or u32 in their type's range.
import { type DType, isFloat, isUnsigned, itemsize } from "../../core/dtypes.ts";

export type WgslType = "f32" | "i32" | "u32" | "bool";
/** Throws for types that have no form on a GPU; `supports.ts` asks first. */
export function wgslType(d: DType): WgslType {
  if (d === "bool") return "bool";
  if (itemsize(d) > 4) throw new Error(`${d} has no registers in WGSL`);
  return isFloat(d) ? "f32" : isUnsigned(d) ? "u32" : "i32";
}
/** The helper functions that a text uses: asking for one's name adds it. */
export type Use = (helper: string) => string;

/** A constant. NaN and infinities are no constants of WGSL: they come from variables that no compiler looks into. */
export function constantText(value: number | bigint, d: DType, use: Use): string {
  switch (wgslType(d)) {
    case "bool":
      return value ? "true" : "false";
    case "u32":
      return `${Number(value) >>> 0}u`;
    case "i32": {
      const n = Number(value) | 0;
      return n === -(2 ** 31) ? "i32(-2147483648)" : `${n}i`;
    }
    case "f32":
      return floatText(Number(value), use);
  }
}
const LARGEST = 2 ** 128 - 2 ** 104;
function floatText(v: number, use: Use): string {
  const x = Math.fround(v);
  if (Number.isNaN(x)) return `${use("nan")}()`;
  if (!Number.isFinite(x)) return x > 0 ? `${use("inf")}()` : `(-${use("inf")}())`;
  if (Object.is(x, -0)) return "bitcast<f32>(0x80000000u)";
  const short = Number(x.toPrecision(9));
  const text = `${Math.fround(short) === x && Math.abs(short) <= LARGEST ? short : x}f`;
  return x < 0 ? `(${text})` : text;
}
/** Zero, for variables that are assigned before they are read. */
export const zeroText = (t: WgslType): string => ({ f32: "0.0f", i32: "0i", u32: "0u", bool: "false" })[t];
