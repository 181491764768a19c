// float16 and bfloat16 as JavaScript numbers and back, rounding to nearest even as IEEE 754 says.
const f32 = new Float32Array(1),
  u32 = new Uint32Array(f32.buffer);

export function bfloat16ToNumber(bits: number): number {
  u32[0] = bits << 16;
  return f32[0]!;
}
export function numberToBfloat16(x: number): number {
  f32[0] = x;
  const b = u32[0]!;
  if (x !== x) return (b >>> 16) | 0x40;
  return ((b + 0x7fff + ((b >>> 16) & 1)) >>> 16) & 0xffff;
}
export function float16ToNumber(h: number): number {
  const sign = h >> 15 ? -1 : 1,
    exponent = (h >> 10) & 31,
    mantissa = h & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
export function numberToFloat16(x: number): number {
  if (x !== x) return 0x7e00;
  f32[0] = x;
  const sign = (u32[0]! >>> 16) & 0x8000,
    a = Math.abs(x);
  if (a >= 65520) return sign | 0x7c00;
  if (a < 2 ** -14) return sign | roundEven(a * 2 ** 24);
  const exponent = Math.floor(Math.log2(a)),
    e = a < 2 ** exponent ? exponent - 1 : a >= 2 ** (exponent + 1) ? exponent + 1 : exponent;
  return sign | (((e + 15) << 10) + roundEven((a / 2 ** e - 1) * 1024));
}
function roundEven(x: number): number {
  const f = Math.floor(x),
    d = x - f;
  return d > 0.5 || (d === 0.5 && f % 2 === 1) ? f + 1 : f;
}
