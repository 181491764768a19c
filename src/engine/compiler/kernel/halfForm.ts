// float16 and bfloat16, which are held as float32: rounding to them (nearest, ties to even) and their bits, by formulas that every emitter writes in
// its own instructions. Source of the float16 conversions: F. Giesen, "half ↔ float conversions" (2012): one multiplication or addition does denormals.

/** The instructions that the formulas are made of, on scalars or on lanes. Masks are what `choose` takes. */
export interface HalfForm<V> {
  readonly integer: (value: number) => V;
  readonly float: (value: number) => V;
  /** The same bits as the other type. */
  readonly bits: (x: V) => V;
  readonly value: (x: V) => V;
  readonly choose: (mask: V, yes: V, no: V) => V;
  readonly shift: (op: "shl" | "shr_u", x: V, by: number) => V;
  readonly op: (op: HalfOp, ...args: readonly V[]) => V;
}
export type HalfOp = "add" | "sub" | "and" | "or" | "below" | "addFloat" | "subFloat" | "mulFloat" | "same";
const SIGN = -0x80000000;
const INFINITY = 0x7f800000;
const QUIET_NAN = 0x7fc00000;

/** A float32 rounded to `dropped` fewer bits of its significand. */
function roundBits<V>(f: HalfForm<V>, bits: V, dropped: number): V {
  const odd = f.op("and", f.shift("shr_u", bits, dropped), f.integer(1));
  const rounded = f.op("add", f.op("add", bits, f.integer(2 ** (dropped - 1) - 1)), odd);
  return f.op("and", rounded, f.integer(-(2 ** dropped)));
}
export function roundToBfloat16<V>(f: HalfForm<V>, x: V): V {
  const rounded = roundBits(f, f.bits(x), 16);
  return f.value(f.choose(f.op("same", x, x), rounded, f.integer(QUIET_NAN)));
}
/** Normal numbers lose 13 bits; below 2⁻¹⁴ adding 0.5 rounds to multiples of 2⁻²⁴; from 65520 on they are infinite. */
export function roundToFloat16<V>(f: HalfForm<V>, x: V): V {
  const bits = f.bits(x);
  const sign = f.op("and", bits, f.integer(SIGN));
  const size = f.op("and", bits, f.integer(0x7fffffff));
  const normal = roundBits(f, size, 13);
  const small = f.bits(f.op("subFloat", f.op("addFloat", f.value(size), f.float(0.5)), f.float(0.5)));
  const inRange = f.choose(f.op("below", normal, f.integer(0x47800000)), normal, f.integer(INFINITY));
  const finite = f.choose(f.op("below", size, f.integer(0x38800000)), small, inRange);
  return f.value(f.op("or", f.choose(f.op("same", x, x), finite, f.integer(QUIET_NAN)), sign));
}
/** The 16 bits of a bfloat16, as an integer. */
export const bfloat16Bits = <V>(f: HalfForm<V>, x: V): V => f.shift("shr_u", f.bits(x), 16);
export const bfloat16Value = <V>(f: HalfForm<V>, bits: V): V => f.value(f.shift("shl", bits, 16));
/** The 16 bits of a float16 that is held as float32, so that nothing is left to round. */
export function float16Bits<V>(f: HalfForm<V>, x: V): V {
  const bits = f.bits(x);
  const sign = f.op("and", f.shift("shr_u", bits, 16), f.integer(0x8000));
  const size = f.op("and", bits, f.integer(0x7fffffff));
  const normal = f.shift("shr_u", f.op("sub", size, f.integer(112 * 2 ** 23)), 13);
  const small = f.op("sub", f.bits(f.op("addFloat", f.value(size), f.float(0.5))), f.integer(126 * 2 ** 23));
  const special = f.op("or", f.op("and", f.shift("shr_u", size, 13), f.integer(0x3ff)), f.integer(0x7c00));
  const finite = f.choose(f.op("below", size, f.integer(0x38800000)), small, normal);
  return f.op("or", f.choose(f.op("below", size, f.integer(INFINITY)), finite, special), sign);
}
export function float16Value<V>(f: HalfForm<V>, bits: V): V {
  const moved = f.shift("shl", f.op("and", bits, f.integer(0x7fff)), 13);
  const scaled = f.bits(f.op("mulFloat", f.value(moved), f.float(2 ** 112)));
  const size = f.choose(f.op("below", moved, f.integer(0x7c00 * 2 ** 13)), scaled, f.op("or", moved, f.integer(INFINITY)));
  return f.value(f.op("or", size, f.shift("shl", f.op("and", bits, f.integer(0x8000)), 16)));
}
