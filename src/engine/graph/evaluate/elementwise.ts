// Elementwise operations: each element of the result from the elements at the same place, rounded to the result's type.
import { type DType, isComplex, isFloat } from "../../core/dtypes.ts";
import { mathFunction } from "../math/mathlib.ts";
import type { Direction, StructuredAttrs, TensorType } from "../graph.ts";
import type { Complex, ScalarForms } from "../ops/row.ts";
import { type Element, type Tensor, build, cast, elementType, fromBytes, stored } from "./tensor.ts";

type Form = (x: Element, y: Element, d: DType) => Element;
/** The meaning of a scalar operation on elements of a type. */
export function formFor(forms: ScalarForms, d: DType, op: string): Form {
  const f = isComplex(d) ? forms.complex : isFloat(d) ? forms.real : d === "int64" || d === "uint64" ? forms.long : forms.int;
  if (!f) throw new Error(`${op} has no meaning for ${d}`);
  return f as Form; // the form is that of the type's elements
}
/** A scalar operation of one or two operands. */
export function scalarOperation(forms: ScalarForms, op: string, [x, y]: readonly Tensor[], out: TensorType): Tensor {
  const f = formFor(forms, x!.dtype, op);
  const { get } = elementType(x!.dtype);
  const second = (y ?? x)!;
  return build(out.shape, out.dtype, (i) => f(get(x!.data, i), get(second.data, i), x!.dtype));
}

const ORDER: Readonly<Record<Direction, (c: number) => boolean>> = {
  eq: (c) => c === 0,
  ne: (c) => c !== 0,
  lt: (c) => c < 0,
  le: (c) => c <= 0,
  gt: (c) => c > 0,
  ge: (c) => c >= 0,
};
/** −1, 0, 1; NaN where there is no order. */
const compareNumbers = (x: number | bigint, y: number | bigint): number => (x < y ? -1 : x > y ? 1 : x === y ? 0 : NaN);
/** Lexicographic, as NumPy orders complex numbers. */
const compareElements = (x: Element, y: Element): number =>
  typeof x === "object" ? compareNumbers(x[0], (y as Complex)[0]) || compareNumbers(x[1], (y as Complex)[1]) : compareNumbers(x, y as number);
/** A key in whose order −NaN < −∞ < … < −0 < +0 < … < NaN. */
function totalKey(x: number, d: DType): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  if (d !== "float64") view.setFloat32(0, x);
  const bits = d === "float64" ? view.getBigInt64(0) : BigInt(view.getInt32(0));
  return bits < 0n ? bits ^ (d === "float64" ? 2n ** 63n - 1n : 0x7fffffffn) : bits;
}

type Elementwise = "compare" | "select" | "clamp" | "betainc" | "convert" | "bitcast" | "reduce_precision";
export const ELEMENTWISE: { readonly [K in Elementwise]: (ins: readonly Tensor[], attrs: StructuredAttrs[K], out: TensorType) => Tensor } = {
  compare([x, y], { direction, total }, out) {
    const { get } = elementType(x!.dtype);
    const holds = ORDER[direction];
    const key = total && isFloat(x!.dtype) ? (v: Element): Element => totalKey(v as number, x!.dtype) : (v: Element): Element => v;
    return build(out.shape, "bool", (i) => Number(holds(compareElements(key(get(x!.data, i)), key(get(y!.data, i))))));
  },
  select([p, t, f], _a, out) {
    const { get } = elementType(t!.dtype);
    return build(out.shape, out.dtype, (i) => get(p!.data[i] ? t!.data : f!.data, i));
  },
  clamp([low, x, high], _a, out) {
    const { get } = elementType(out.dtype);
    const least = (a: number | bigint, b: number | bigint): number | bigint => (typeof a === "bigint" ? (a < b ? a : b) : Math.min(a, Number(b)));
    const most = (a: number | bigint, b: number | bigint): number | bigint => (typeof a === "bigint" ? (a > b ? a : b) : Math.max(a, Number(b)));
    const at = (t: Tensor | undefined, i: number): number => get(t!.data, i) as number;
    return build(out.shape, out.dtype, (i) => least(most(at(x, i), at(low, i)), at(high, i)));
  },
  betainc([a, b, x], _a, out) {
    const f = mathFunction("betainc");
    return build(out.shape, out.dtype, (i) => f(Number(a!.data[i]), Number(b!.data[i]), Number(x!.data[i])));
  },
  convert: ([x], _a, out) => cast(x!, out.dtype),
  bitcast([x], _a, out) {
    const s = stored(x!);
    return fromBytes(out, new Uint8Array(s.buffer, s.byteOffset, s.byteLength));
  },
  reduce_precision([x], { exponentBits, mantissaBits }, out) {
    const f = mathFunction(`reducePrecision:${exponentBits}:${mantissaBits}`);
    return build(out.shape, out.dtype, (i) => f(Number(x!.data[i])));
  },
};
