// Scalar operations of one and two operands, and the others on each element: most have StableHLO's own of the same name, some are CHLO's, a few are made of others.
import { isComplex, isUnsigned, itemsize } from "../../../core/dtypes.ts";
import type { BinaryOp, UnaryOp } from "../../../graph/ops.ts";
import { rowOf } from "../../../graph/ops.ts";
import type { Form, Forms } from "./form.ts";
import { none } from "./form.ts";
import type { Ref } from "./writer.ts";

/** StableHLO's operation that the row names. */
const own: Form<UnaryOp | BinaryOp> = (w, n, ins) => [w.op(rowOf(n.op).stablehlo, ins, n.type)];
/** One of CHLO, the operations of client libraries that XLA expands. */
const chlo: Form<UnaryOp | BinaryOp> = (w, n, ins) => [w.op(`chlo.${rowOf(n.op).stablehlo}`, ins, n.type)];
const unsignedTo =
  (forUnsigned: Form<UnaryOp>): Form<UnaryOp> =>
  (w, n, ins, region) =>
    (isUnsigned(n.inputs[0]!.dtype) || n.inputs[0]!.dtype === "bool" ? forUnsigned : own)(w, n, ins, region);

export const UNARY: Forms<UnaryOp> = {
  abs: unsignedTo((_w, _n, ins) => ins),
  neg: own,
  sign: unsignedTo((w, n, [x]) => [w.same("minimum", x!, w.full(1, n.type))]),
  floor: own,
  ceil: own,
  round_even: own,
  round_away: own,
  sqrt: own,
  rsqrt: own,
  cbrt: own,
  exp: own,
  exp2: (w, n, [x]) => [w.same("exponential", w.same("multiply", x!, w.full(Math.LN2, n.type)))],
  expm1: own,
  log: own,
  log1p: own,
  logistic: own,
  tanh: own,
  sin: own,
  cos: own,
  tan: chlo,
  asin: chlo,
  acos: chlo,
  atan: chlo,
  sinh: chlo,
  cosh: chlo,
  asinh: chlo,
  acosh: chlo,
  atanh: chlo,
  erf: chlo,
  erfc: chlo,
  erf_inv: chlo,
  lgamma: chlo,
  digamma: chlo,
  bessel_i0e: none("StableHLO has no Bessel function of order 0; JAX writes its polynomials out"),
  bessel_i1e: chlo,
  not: own,
  popcnt: own,
  clz: own,
  is_finite: (w, n, [x]) => {
    const finite = (part: Ref): Ref => w.op("is_finite", [part], n.type);
    return [isComplex(x!.type.dtype) ? w.same("and", finite(w.real(x!)), finite(w.imag(x!))) : finite(x!)];
  },
  real: (w, _n, [x]) => [isComplex(x!.type.dtype) ? w.real(x!) : x!],
  imag: (w, n, [x]) => [isComplex(x!.type.dtype) ? w.imag(x!) : w.full(0, n.type)],
  conj: (w, n, [x]) => [w.op("complex", [w.real(x!), w.same("negate", w.imag(x!))], n.type)],
};
/** Both operands one by one, in more bits: the upper half of their product. */
const mulhi: Form<BinaryOp> = (w, n, [x, y], region) => {
  const bits = 8 * itemsize(n.dtype);
  if (bits === 64) return none("StableHLO has no upper half of a product of 64-bit integers")(w, n, [], region);
  const wide = isUnsigned(n.dtype) ? "uint64" : "int64";
  const product = w.same("multiply", w.convert(x!, wide), w.convert(y!, wide));
  return [
    w.convert(w.same(isUnsigned(n.dtype) ? "shift_right_logical" : "shift_right_arithmetic", product, w.full(BigInt(bits), product.type)), n.dtype),
  ];
};
const written = none("StableHLO has no such function; JAX writes a loop for it");
export const BINARY: Forms<BinaryOp> = {
  add: own,
  sub: own,
  mul: own,
  div: own,
  rem: own,
  pow: own,
  max: own,
  min: own,
  and: own,
  or: own,
  xor: own,
  shl: own,
  shr_a: own,
  shr_l: own,
  atan2: own,
  nextafter: chlo,
  complex: own,
  mulhi,
  igamma: written,
  igammac: written,
  igamma_grad_a: written,
  random_gamma_grad: written,
  zeta: chlo,
  polygamma: chlo,
};
export const ELEMENTWISE: Forms<"compare" | "select" | "clamp" | "betainc" | "convert" | "bitcast" | "reduce_precision"> = {
  /** Complex numbers are ordered by their real parts, of equal ones by the imaginary parts. */
  compare: (w, n, [x, y]) => {
    const { direction, total } = n.attrs;
    if (!isComplex(x!.type.dtype) || direction === "eq" || direction === "ne") return [w.compare(direction, x!, y!, total)];
    const [a, b] = [w.real(x!), w.real(y!)];
    return [w.select(w.compare("eq", a, b), w.compare(direction, w.imag(x!), w.imag(y!)), w.compare(direction, a, b))];
  },
  select: (w, n, ins) => [w.op("select", ins, n.type)],
  clamp: (w, n, ins) => [w.op("clamp", ins, n.type)],
  betainc: none("StableHLO has no incomplete beta function; JAX writes a loop for it"),
  convert: (w, n, [x]) => {
    const from = x!.type.dtype;
    if (n.dtype === "bool") return [w.compare("ne", x!, w.full(0, x!.type))];
    return [w.convert(isComplex(from) && !isComplex(n.dtype) ? w.real(x!) : x!, n.dtype)];
  },
  bitcast: (w, n, ins) => [w.op("bitcast_convert", ins, n.type)],
  reduce_precision: (w, n, ins) => [
    w.op("reduce_precision", ins, n.type, { exponent_bits: `${n.attrs.exponentBits} : i32`, mantissa_bits: `${n.attrs.mantissaBits} : i32` }),
  ],
};
