// The mathematics functions that generated code imports, by name: (f64, …) → f64.
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from "../../core/half.ts";
import { complexParts } from "./complexMath.ts";
import * as special from "./special.ts";

type MathFunction = (...args: number[]) => number;
const f32 = new Float32Array(1),
  i32 = new Int32Array(f32.buffer),
  f64 = new Float64Array(1),
  i64 = new BigInt64Array(f64.buffer);
function nextafter32(x: number, y: number): number {
  if (x !== x || y !== y) return NaN;
  if (x === y) return y;
  f32[0] = x;
  if (x === 0) i32[0] = y > 0 ? 1 : -0x7fffffff;
  else i32[0]! += x < y === x > 0 ? 1 : -1;
  return f32[0];
}
function nextafter64(x: number, y: number): number {
  if (x !== x || y !== y) return NaN;
  if (x === y) return y;
  f64[0] = x;
  if (x === 0) i64[0] = y > 0 ? 1n : -0x7fffffffffffffffn;
  else i64[0]! += x < y === x > 0 ? 1n : -1n;
  return f64[0];
}
/** nextafter for types of 16 bits, given their rounding grid through bit conversions. */
const nextafter16 =
  (toBits: (x: number) => number, fromBits: (b: number) => number): MathFunction =>
  (x, y) => {
    if (x !== x! || y !== y!) return NaN;
    if (x === y) return y!;
    if (x === 0) return fromBits(y! > 0 ? 1 : 0x8001);
    return fromBits(toBits(x!) + (x! < y! === x! > 0 ? 1 : -1));
  };
/** Rounds to fewer exponent and mantissa bits: nearest even, overflow to infinity, underflow to zero. */
function reducePrecision(exponentBits: number, mantissaBits: number): MathFunction {
  const bias = 2 ** (exponentBits - 1) - 1,
    maxExponent = bias,
    minExponent = 1 - bias;
  return (x) => {
    if (x === 0 || x !== x || !Number.isFinite(x)) return x!;
    const e = Math.floor(Math.log2(Math.abs(x!))),
      exponent = 2 ** e > Math.abs(x!) ? e - 1 : 2 ** (e + 1) <= Math.abs(x!) ? e + 1 : e,
      unit = 2 ** (exponent - mantissaBits),
      q = x! / unit,
      f = Math.floor(q),
      d = q - f;
    const rounded = (d > 0.5 || (d === 0.5 && f % 2 !== 0) ? f + 1 : f) * unit,
      a = Math.abs(rounded);
    if (a >= 2 ** (maxExponent + 1)) return Math.sign(x!) * Infinity;
    return a < 2 ** minExponent ? Math.sign(x!) * 0 : rounded;
  };
}
const TABLE: Readonly<Record<string, MathFunction>> = {
  exp: Math.exp,
  exp2: (x) => 2 ** x!,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  cbrt: Math.cbrt,
  atan2: Math.atan2,
  hypot: (x, y) => Math.hypot(x!, y!),
  rem: (x, y) => x! % y!,
  pow: cPow,
  erf: special.erf,
  erfc: special.erfc,
  erfInv: special.erfInv,
  lgamma: special.lgamma,
  digamma: special.digamma,
  besselI0e: special.besselI0e,
  besselI1e: special.besselI1e,
  igamma: special.igamma,
  igammac: special.igammac,
  igammaGradA: special.igammaGradA,
  randomGammaGrad: special.randomGammaGrad,
  zeta: special.zeta,
  polygamma: special.polygamma,
  betainc: special.betainc,
  nextafter32,
  nextafter64,
  nextafter_bfloat16: nextafter16(numberToBfloat16, bfloat16ToNumber),
  nextafter_float16: nextafter16(numberToFloat16, float16ToNumber),
  fromFloat16: float16ToNumber,
  toFloat16: numberToFloat16,
  roundFloat16: (x) => float16ToNumber(numberToFloat16(x!)),
};
/** C's pow: unlike JavaScript's, 1^NaN and (±1)^±∞ are 1. */
function cPow(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

/** The function behind an import name. */
export function mathFunction(name: string): MathFunction {
  const f = TABLE[name];
  if (f) return f;
  const precision = /^reducePrecision:(\d+):(\d+)$/.exec(name);
  if (precision) return reducePrecision(Number(precision[1]), Number(precision[2]));
  const complex = /^c_(\w+)\.(re|im)$/.exec(name);
  if (complex) return complexParts(complex[1]!, complex[2] === "re" ? 0 : 1);
  throw new Error(`the mathematics library has no function ${name}`);
}
