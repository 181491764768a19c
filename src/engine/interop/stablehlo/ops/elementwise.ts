// Operations on each element: arithmetic, functions, comparisons, conversions.
import { isComplex } from "../../../core/dtypes.ts";
import type { Value } from "../../../core/value.ts";
import * as o from "../../../primitives/ops.ts";
import type { Call, Row, Rows } from "../row.ts";

const only = (name: string, args: readonly Value[], params = {}): Value => o.callAll(name, args, params)[0]!;
/** The primitive of another name, without parameters. */
const as =
  (primitive: string): Row =>
  (ins) =>
    only(primitive, ins);
/** Truth values are added and multiplied as `or` and `and`. */
const withBool =
  (primitive: string, forBool: string): Row =>
  (ins) =>
    only(ins[0]!.dtype === "bool" ? forBool : primitive, ins);
const round =
  (roundingMethod: number): Row =>
  (ins) =>
    only("round", ins, { roundingMethod });
const inTurn = (ins: readonly Value[]): Value[] => [...ins].reverse();

/** In the total order; the primitives are those of JAX, the others are made of them. */
const TOTAL: Readonly<Record<string, (ins: readonly Value[]) => Value>> = {
  EQ: (ins) => only("eq_to", ins),
  NE: (ins) => o.not(only("eq_to", ins)),
  LT: (ins) => only("lt_to", ins),
  LE: (ins) => only("le_to", ins),
  GT: (ins) => only("lt_to", inTurn(ins)),
  GE: (ins) => only("le_to", inTurn(ins)),
};
function compare(ins: readonly Value[], c: Call): Value {
  const direction = c.word("comparison_direction");
  if (!(direction in TOTAL)) return c.fail(`compares by ${JSON.stringify(direction)}, expected EQ, NE, LT, LE, GT or GE`);
  return c.word("compare_type") === "TOTALORDER" ? TOTAL[direction]!(ins) : only(direction.toLowerCase(), ins);
}
/** `e8m7`, or two numbers. */
function reducePrecision(ins: readonly Value[], c: Call): Value {
  const m = /^e(\d+)m(\d+)$/.exec(c.word("format"));
  const [exponentBits, mantissaBits] = m ? [Number(m[1]), Number(m[2])] : [c.integer("exponent_bits"), c.integer("mantissa_bits")];
  return only("reduce_precision", ins, { exponentBits, mantissaBits });
}
const infinite =
  (sign: 1 | -1): Row =>
  ([x]) =>
    o.eq(x!, o.lit(x!.dtype, sign * Infinity));

export const ELEMENTWISE: Rows = {
  abs: as("abs"),
  cbrt: as("cbrt"),
  ceil: as("ceil"),
  cosine: as("cos"),
  count_leading_zeros: as("clz"),
  exponential: as("exp"),
  exponential_minus_one: as("expm1"),
  floor: as("floor"),
  imag: ([x]) => (isComplex(x!.dtype) ? o.imag(x!) : o.zerosLike(x!.aval)),
  is_finite: as("is_finite"),
  log: as("log"),
  log_plus_one: as("log1p"),
  logistic: as("logistic"),
  negate: as("neg"),
  not: as("not"),
  popcnt: as("population_count"),
  real: ([x]) => (isComplex(x!.dtype) ? o.real(x!) : x!),
  round_nearest_afz: round(0),
  round_nearest_even: round(1),
  rsqrt: as("rsqrt"),
  sign: as("sign"),
  sine: as("sin"),
  sqrt: as("sqrt"),
  tan: as("tan"),
  tanh: as("tanh"),
  add: withBool("add", "or"),
  and: as("and"),
  atan2: as("atan2"),
  complex: as("complex"),
  divide: as("div"),
  maximum: withBool("max", "or"),
  minimum: withBool("min", "and"),
  multiply: withBool("mul", "and"),
  or: as("or"),
  power: as("pow"),
  remainder: as("rem"),
  shift_left: as("shift_left"),
  shift_right_arithmetic: as("shift_right_arithmetic"),
  shift_right_logical: as("shift_right_logical"),
  subtract: withBool("sub", "xor"),
  xor: as("xor"),
  compare,
  select: ([p, t, f]) => o.select(p!, t!, f!),
  clamp: as("clamp"),
  convert: ([x], c) => o.convert(x!, c.out.dtype),
  bitcast_convert: ([x], c) => o.bitcast(x!, c.out.dtype),
  reduce_precision: reducePrecision,
  optimization_barrier: (ins) => o.callAll("optimization_barrier", ins),
  "chlo.acos": as("acos"),
  "chlo.acosh": as("acosh"),
  "chlo.asin": as("asin"),
  "chlo.asinh": as("asinh"),
  "chlo.atan": as("atan"),
  "chlo.atanh": as("atanh"),
  "chlo.bessel_i1e": as("bessel_i1e"),
  "chlo.conj": ([x]) => o.conj(x!),
  "chlo.cosh": as("cosh"),
  "chlo.digamma": as("digamma"),
  "chlo.erf": as("erf"),
  "chlo.erf_inv": as("erf_inv"),
  "chlo.erfc": as("erfc"),
  "chlo.is_inf": ([x]) => o.eq(o.abs(x!), o.lit(x!.dtype, Infinity)),
  "chlo.is_neg_inf": infinite(-1),
  "chlo.is_pos_inf": infinite(1),
  "chlo.lgamma": as("lgamma"),
  "chlo.next_after": as("nextafter"),
  "chlo.polygamma": as("polygamma"),
  "chlo.sinh": as("sinh"),
  "chlo.square": as("square"),
  "chlo.tan": as("tan"),
  "chlo.zeta": as("zeta"),
};
