// Functions of WGSL that kernels call, each with those it needs. Implementations may assume that there is no NaN, compare it as they like, and flush
// subnormals: so NaN is told by its bits, and what must hold at the extremes is written out.
import { FUNCTIONS } from "./functions.ts";

export interface Helper {
  readonly text: string;
  readonly needs?: readonly string[];
}
const fn = (text: string, ...needs: readonly string[]): Helper => ({ text, needs });

const BASIC: Readonly<Record<string, Helper>> = {
  nan: fn("var<private> NAN_BITS: u32 = 0x7fc00000u;\nfn nan() -> f32 { return bitcast<f32>(NAN_BITS); }"),
  inf: fn("var<private> INF_BITS: u32 = 0x7f800000u;\nfn inf() -> f32 { return bitcast<f32>(INF_BITS); }"),
  // A value that no compiler takes apart: nobody but the driver knows that there is one work group in the third direction.
  rounded: fn("var<private> NOTHING: u32;\nfn rounded(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ NOTHING); }"),
  is_nan: fn("fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }"),
  // Floats in the order of their keys; both zeros have one.
  ordered: fn("fn ordered(x: f32) -> i32 {\n  let b = bitcast<i32>(x);\n  return select(b, -(b & 0x7fffffff), b < 0);\n}"),
  // A word whose order is the float's: NaN comes last, both zeros are one.
  sort_key: fn(
    `fn sort_key(x: f32) -> u32 {
  if (is_nan(x)) { return 0xffffffffu; }
  let b = bitcast<u32>(x);
  if ((b & 0x7fffffffu) == 0u) { return 0x80000000u; }
  return select(b | 0x80000000u, ~b, b >= 0x80000000u);
}`,
    "is_nan",
  ),
  // IEEE 754-2019's maximum: NaN comes out wherever one goes in, and 0 is above −0.
  fmax: fn(
    `fn fmax(x: f32, y: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (is_nan(y)) { return y; }
  if (x == y) { return bitcast<f32>(bitcast<u32>(x) & bitcast<u32>(y)); }
  return select(y, x, x > y);
}`,
    "is_nan",
  ),
  fmin: fn(
    `fn fmin(x: f32, y: f32) -> f32 {
  if (is_nan(x)) { return x; }
  if (is_nan(y)) { return y; }
  if (x == y) { return bitcast<f32>(bitcast<u32>(x) | bitcast<u32>(y)); }
  return select(y, x, x < y);
}`,
    "is_nan",
  ),
  with_sign: fn("fn with_sign(x: f32, y: f32) -> f32 { return bitcast<f32>((bitcast<u32>(x) & 0x7fffffffu) | (bitcast<u32>(y) & 0x80000000u)); }"),
  // Conversions saturate, and NaN becomes 0.
  to_i32: fn(
    `fn to_i32(x: f32) -> i32 {
  if (is_nan(x)) { return 0; }
  if (x >= 2147483648.0f) { return 2147483647; }
  if (x < -2147483648.0f) { return i32(-2147483648); }
  return i32(x);
}`,
    "is_nan",
  ),
  to_u32: fn(
    `fn to_u32(x: f32) -> u32 {
  if (is_nan(x) || x <= 0.0f) { return 0u; }
  if (x >= 4294967296.0f) { return 4294967295u; }
  return u32(x);
}`,
    "is_nan",
  ),
  // Rounding to the 16-bit types: to nearest, ties to even.
  dropped: fn("fn dropped(b: u32, n: u32) -> u32 {\n  let up = (1u << (n - 1u)) - 1u + ((b >> n) & 1u);\n  return ((b + up) >> n) << n;\n}"),
  round_bfloat16: fn(
    "fn round_bfloat16(x: f32) -> f32 { return bitcast<f32>(select(dropped(bitcast<u32>(x), 16u), 0x7fc00000u, is_nan(x))); }",
    "dropped",
    "is_nan",
  ),
  // From 65520 on float16 is infinite; below 2⁻¹⁴ it has multiples of 2⁻²⁴.
  round_float16: fn(
    `fn round_float16(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let sign = bits & 0x80000000u;
  let size = bits & 0x7fffffffu;
  if (is_nan(x)) { return bitcast<f32>(sign | 0x7fc00000u); }
  if (size < 0x38800000u) { return bitcast<f32>(bitcast<u32>(round(abs(x) * 16777216.0f) * 5.9604644775390625e-8f) | sign); }
  let normal = dropped(size, 13u);
  return bitcast<f32>(sign | select(0x7f800000u, normal, normal < 0x47800000u));
}`,
    "dropped",
    "is_nan",
  ),
  // The 16 bits of a float16 that is held as f32, so that nothing is left to round, and back.
  float16_bits: fn(
    `fn float16_bits(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let sign = (bits >> 16u) & 0x8000u;
  let size = bits & 0x7fffffffu;
  if (size < 0x38800000u) { return sign | u32(abs(x) * 16777216.0f); }
  if (size >= 0x7f800000u) { return sign | 0x7c00u | ((size >> 13u) & 0x3ffu); }
  return sign | ((size - 0x38000000u) >> 13u);
}`,
  ),
  float16_value: fn(
    `fn float16_value(h: u32) -> f32 {
  let sign = (h & 0x8000u) << 16u;
  let size = h & 0x7fffu;
  if (size < 0x400u) { return bitcast<f32>(bitcast<u32>(f32(size) * 5.9604644775390625e-8f) | sign); }
  if (size >= 0x7c00u) { return bitcast<f32>(sign | 0x7f800000u | ((size & 0x3ffu) << 13u)); }
  return bitcast<f32>(sign | ((size << 13u) + 0x38000000u));
}`,
  ),
};
const HELPERS: Readonly<Record<string, Helper>> = { ...BASIC, ...FUNCTIONS };

/** Texts of helpers and of what they need, each before what uses it. */
export function helperTexts(names: Iterable<string>): string {
  const done = new Set<string>();
  const texts: string[] = [];
  const add = (name: string): void => {
    if (done.has(name)) return;
    done.add(name);
    const helper = HELPERS[name];
    if (!helper) throw new Error(`there is no WGSL helper ${name}`);
    helper.needs?.forEach(add);
    texts.push(helper.text);
  };
  for (const n of [...names].sort()) add(n);
  return texts.length ? `${texts.join("\n")}\n` : "";
}
