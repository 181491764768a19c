// xʸ of float32 in lanes: 2 to the power y·log₂|x|, which is kept in two float32 whose products are exact (12 bits each), so that a result near 2¹²⁷ has its
// digits as well. The method is that of fdlibm's pow; coefficients are minimax fits of our own. Special values are C's: 1^NaN and (±1)^±∞ are 1.
import { F32 } from "./formula.ts";
import { exp2Of } from "./hyperbolic.ts";
import type { Expr, ExprBuilder } from "./ir.ts";

/** 2/ln 2 in two parts: log₂ m = 2/ln 2 · (s + s³/3 + …) with s = (m − 1)/(m + 1). */
const FACTOR = 2.884765625;
const FACTOR_REST = 2 / Math.LN2 - FACTOR;
/** log₂ 1½ in two parts, the first of which can be added to an exponent exactly. */
const LOG2_NEAR = 0.5849609375;
const LOG2_NEAR_REST = Math.log2(1.5) - LOG2_NEAR;
/** From here on a power is 0, 1 or infinite, whatever x is. */
const LARGEST = 2 ** 32;

/** The leading 12 bits of a float32: a product of two such is exact. */
const lead = (k: F32, x: Expr): Expr => k.float(k.int("and", k.bits(x), -4096));

/** log₂ of a > 0 as high + low, high of 12 bits. */
function log2Parts(k: F32, a: Expr): { high: Expr; low: Expr } {
  const small = k.lt(a, k.c(2 ** -126)),
    bits = k.bits(k.select(small, k.mul(a, k.c(2 ** 24)), a));
  // m in √¾ … √3, near one of 1 and 1½: the nearer they are, the less the series weighs, which is not kept in two parts
  const steps = k.int("shr_a", k.int("sub", bits, 0x3f5db3d7), 23),
    m = k.float(k.b.op("sub", [bits, k.int("shl", steps, 23)], "int32"));
  const above = k.lt(k.c(Math.sqrt(1.5)), m),
    near = k.select(above, k.c(1.5), k.c(1));
  const exponent = k.sub(k.b.cast(steps, "float32"), k.select(small, k.c(24), k.c(0))),
    e = k.add(exponent, k.select(above, k.c(LOG2_NEAR), k.c(0)));
  const f = k.sub(m, near),
    g = k.add(m, near),
    gHigh = lead(k, g),
    gLow = k.sub(m, k.sub(gHigh, near));
  const s = k.div(f, g),
    sHigh = lead(k, s),
    sLow = k.div(k.sub(k.sub(f, k.mul(sHigh, gHigh)), k.mul(sHigh, gLow)), g);
  const z = k.mul(s, s),
    series = k.mul(k.poly(z, [0.34021854, 0.41170633, 0.5770829, 0.9617967]), k.mul(s, z));
  const high = k.mul(sHigh, k.c(FACTOR)),
    low = k.add(k.add(k.mul(sLow, k.c(FACTOR)), k.mul(s, k.c(FACTOR_REST))), k.add(series, k.select(above, k.c(LOG2_NEAR_REST), k.c(0))));
  const sum = lead(k, k.add(e, k.add(high, low)));
  return { high: sum, low: k.sub(low, k.sub(k.sub(sum, e), high)) };
}

export function pow(b: ExprBuilder, x: Expr, y: Expr): Expr {
  const k = new F32(b, x),
    a = k.abs(x),
    both = (p: Expr, q: Expr): Expr => b.op("and", [p, q], "bool"),
    either = (p: Expr, q: Expr): Expr => b.op("or", [p, q], "bool");
  const log = log2Parts(k, a);
  // Of an infinite or huge y all that matters is its sign.
  const bounded = k.clamp(y, -LARGEST, LARGEST),
    yHigh = lead(k, bounded);
  const high = k.mul(yHigh, log.high),
    low = k.add(k.mul(k.sub(bounded, yHigh), log.high), k.mul(bounded, log.low));
  const size = exp2Of(k, k.add(high, low), high, low);

  const zero = k.eq(a, k.c(0)),
    infinite = k.eq(a, k.c(Infinity)),
    negativePower = k.lt(y, k.c(0));
  const end = k.select(b.op("xor", [zero, negativePower], "bool"), k.c(0), k.c(Infinity));
  const magnitude = k.select(either(zero, infinite), end, size);
  const whole = (v: Expr): Expr => k.eq(b.op("trunc", [v], "float32"), v);
  const half = k.mul(y, k.c(0.5));
  const odd = both(whole(y), b.op("xor", [whole(half), b.const(1, "bool")], "bool"));
  const signed = k.select(odd, k.signed(magnitude, x), magnitude);
  const undefinedRoot = both(both(k.lt(x, k.c(0)), k.lt(a, k.c(Infinity))), b.binary("ne", b.op("trunc", [y], "float32"), y));
  const unordered = either(either(b.binary("ne", x, x), b.binary("ne", y, y)), undefinedRoot);
  return k.select(either(k.eq(y, k.c(0)), k.eq(x, k.c(1))), k.c(1), k.select(unordered, k.c(NaN), signed));
}
