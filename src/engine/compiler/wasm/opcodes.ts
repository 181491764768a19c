// The instructions that the emitter uses. SIMD instructions (prefix 0xfd) are numbered from 0x1000 up here, saturating casts (0xfc) from 0x2000.
import type { Bytes } from "./encoder.ts";

const simd = (n: number): number => 0x1000 + n;
const misc = (n: number): number => 0x2000 + n;
export const OP = {
  block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, br_if: 0x0d, br_table: 0x0e, return: 0x0f, call: 0x10, drop: 0x1a, select: 0x1b, local_get: 0x20, local_set: 0x21, local_tee: 0x22,
  i32_const: 0x41, i64_const: 0x42, f32_const: 0x43, f64_const: 0x44,
  i32_load: 0x28, i64_load: 0x29, f32_load: 0x2a, f64_load: 0x2b, i32_load8_s: 0x2c, i32_load8_u: 0x2d, i32_load16_s: 0x2e, i32_load16_u: 0x2f,
  i32_store: 0x36, i64_store: 0x37, f32_store: 0x38, f64_store: 0x39, i32_store8: 0x3a, i32_store16: 0x3b,
  i32_eqz: 0x45, i32_eq: 0x46, i32_ne: 0x47, i32_lt_s: 0x48, i32_lt_u: 0x49, i32_gt_s: 0x4a, i32_gt_u: 0x4b, i32_le_s: 0x4c, i32_le_u: 0x4d, i32_ge_s: 0x4e, i32_ge_u: 0x4f,
  i64_eq: 0x51, i64_ne: 0x52, i64_lt_s: 0x53, i64_lt_u: 0x54, i64_gt_s: 0x55, i64_gt_u: 0x56, i64_le_s: 0x57, i64_le_u: 0x58, i64_ge_s: 0x59, i64_ge_u: 0x5a,
  f32_eq: 0x5b, f32_ne: 0x5c, f32_lt: 0x5d, f32_gt: 0x5e, f32_le: 0x5f, f32_ge: 0x60, f64_eq: 0x61, f64_ne: 0x62, f64_lt: 0x63, f64_gt: 0x64, f64_le: 0x65, f64_ge: 0x66,
  i32_clz: 0x67, i32_popcnt: 0x69, i32_add: 0x6a, i32_sub: 0x6b, i32_mul: 0x6c, i32_div_s: 0x6d, i32_div_u: 0x6e, i32_rem_s: 0x6f, i32_rem_u: 0x70, i32_and: 0x71, i32_or: 0x72, i32_xor: 0x73, i32_shl: 0x74, i32_shr_s: 0x75, i32_shr_u: 0x76,
  i64_clz: 0x79, i64_popcnt: 0x7b, i64_add: 0x7c, i64_sub: 0x7d, i64_mul: 0x7e, i64_div_s: 0x7f, i64_div_u: 0x80, i64_rem_s: 0x81, i64_rem_u: 0x82, i64_and: 0x83, i64_or: 0x84, i64_xor: 0x85, i64_shl: 0x86, i64_shr_s: 0x87, i64_shr_u: 0x88,
  f32_abs: 0x8b, f32_neg: 0x8c, f32_ceil: 0x8d, f32_floor: 0x8e, f32_trunc: 0x8f, f32_nearest: 0x90, f32_sqrt: 0x91, f32_add: 0x92, f32_sub: 0x93, f32_mul: 0x94, f32_div: 0x95, f32_min: 0x96, f32_max: 0x97, f32_copysign: 0x98,
  f64_abs: 0x99, f64_neg: 0x9a, f64_ceil: 0x9b, f64_floor: 0x9c, f64_trunc: 0x9d, f64_nearest: 0x9e, f64_sqrt: 0x9f, f64_add: 0xa0, f64_sub: 0xa1, f64_mul: 0xa2, f64_div: 0xa3, f64_min: 0xa4, f64_max: 0xa5, f64_copysign: 0xa6,
  i32_wrap_i64: 0xa7, i64_extend_i32_s: 0xac, i64_extend_i32_u: 0xad, f32_convert_i32_s: 0xb2, f32_convert_i32_u: 0xb3, f32_convert_i64_s: 0xb4, f32_convert_i64_u: 0xb5, f32_demote_f64: 0xb6,
  f64_convert_i32_s: 0xb7, f64_convert_i32_u: 0xb8, f64_convert_i64_s: 0xb9, f64_convert_i64_u: 0xba, f64_promote_f32: 0xbb, i32_reinterpret_f32: 0xbc, i64_reinterpret_f64: 0xbd, f32_reinterpret_i32: 0xbe, f64_reinterpret_i64: 0xbf,
  i32_extend8_s: 0xc0, i32_extend16_s: 0xc1,
  i32_trunc_sat_f32_s: misc(0), i32_trunc_sat_f32_u: misc(1), i32_trunc_sat_f64_s: misc(2), i32_trunc_sat_f64_u: misc(3), i64_trunc_sat_f32_s: misc(4), i64_trunc_sat_f32_u: misc(5), i64_trunc_sat_f64_s: misc(6), i64_trunc_sat_f64_u: misc(7),
  memory_copy: misc(10), memory_fill: misc(11),
  v128_load: simd(0), v128_load32_splat: simd(9), v128_store: simd(11), i8x16_shuffle: simd(13), i32x4_splat: simd(17), f32x4_splat: simd(19), i32x4_extract_lane: simd(27), i32x4_replace_lane: simd(28), f32x4_extract_lane: simd(31), f32x4_replace_lane: simd(32),
  i32x4_eq: simd(55), i32x4_ne: simd(56), i32x4_lt_s: simd(57), i32x4_lt_u: simd(58), i32x4_gt_s: simd(59), i32x4_gt_u: simd(60), i32x4_le_s: simd(61), i32x4_le_u: simd(62), i32x4_ge_s: simd(63), i32x4_ge_u: simd(64),
  f32x4_eq: simd(65), f32x4_ne: simd(66), f32x4_lt: simd(67), f32x4_gt: simd(68), f32x4_le: simd(69), f32x4_ge: simd(70),
  v128_not: simd(77), v128_and: simd(78), v128_or: simd(80), v128_xor: simd(81), v128_bitselect: simd(82), v128_load32_lane: simd(86), v128_store32_lane: simd(90), v128_load32_zero: simd(92), v128_load64_zero: simd(93),
  i8x16_narrow_i16x8_u: simd(102), f32x4_ceil: simd(103), f32x4_floor: simd(104), f32x4_trunc: simd(105), f32x4_nearest: simd(106), i16x8_narrow_i32x4_u: simd(134), i16x8_extend_low_i8x16_u: simd(137),
  i32x4_abs: simd(160), i32x4_neg: simd(161), i32x4_extend_low_i16x8_u: simd(169), i32x4_shl: simd(171), i32x4_shr_s: simd(172), i32x4_shr_u: simd(173), i32x4_add: simd(174), i32x4_sub: simd(177), i32x4_mul: simd(181), i32x4_min_s: simd(182), i32x4_min_u: simd(183), i32x4_max_s: simd(184), i32x4_max_u: simd(185),
  f32x4_abs: simd(224), f32x4_neg: simd(225), f32x4_sqrt: simd(227), f32x4_add: simd(228), f32x4_sub: simd(229), f32x4_mul: simd(230), f32x4_div: simd(231), f32x4_min: simd(232), f32x4_max: simd(233),
  i32x4_trunc_sat_f32x4_s: simd(248), i32x4_trunc_sat_f32x4_u: simd(249), f32x4_convert_i32x4_s: simd(250), f32x4_convert_i32x4_u: simd(251),
} as const;
export type OpName = keyof typeof OP;
export function writeOp(b: Bytes, op: OpName): void {
  const code = OP[op];
  if (code >= 0x2000) b.u8(0xfc).u32(code - 0x2000);
  else if (code >= 0x1000) b.u8(0xfd).u32(code - 0x1000);
  else b.u8(code);
}
