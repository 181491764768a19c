// exp2, the hyperbolic functions and their inverses of float32, from exp, log and log1p (math.ts) where those keep the digits, else by series.
import { type F32, inF32 } from "./formula.ts";
import type { Expr } from "./ir.ts";
import { expOf, log1pOf, logOf } from "./math.ts";

const MAGIC = 12582912; // 1.5·2²³: adding it rounds to an integer, which stands in the low bits

/** 2 to the power x = high + low. */
export function exp2Of(k: F32, x: Expr, high: Expr, low: Expr | null): Expr {
  // At −254 the factors of 2ⁿ are 0 (math.ts).
  const v = k.clamp(x, -254, 129),
    t = k.add(v, k.c(MAGIC)),
    whole = k.sub(t, k.c(MAGIC)),
    n = k.int("sub", k.bits(t), 0x4b400000);
  const r = low ? k.clamp(k.add(k.sub(high, whole), low), -1, 1) : k.sub(v, whole);
  const y = k.add(k.mul(k.poly(r, [1.5196671e-5, 1.5466772e-4, 1.3333934e-3, 9.618038e-3, 5.5504102e-2, 2.402265e-1, 6.931472e-1]), r), k.c(1));
  // 2ⁿ in two factors, so that subnormal results come out right.
  const half = k.int("shr_a", n, 1),
    rest = k.b.op("sub", [n, half], "int32");
  return k.mul(k.mul(y, k.float(k.int("shl", k.int("add", half, 127), 23))), k.float(k.int("shl", k.int("add", rest, 127), 23)));
}
export const exp2 = inF32((k) => exp2Of(k, k.x, k.x, null));
/** With h = e^|x| / 2, which is finite as long as the result is. */
export const cosh = inF32((k) => {
  const h = expOf(k, k.abs(k.x), 1);
  return k.add(h, k.div(k.c(0.25), h));
});
export const sinh = inF32((k) => {
  const a = k.abs(k.x),
    h = expOf(k, a, 1),
    z = k.mul(k.x, k.x);
  const near = k.add(k.mul(k.poly(z, [2.8169513e-6, 1.983616e-4, 8.33335e-3, 1.6666667e-1]), k.mul(a, z)), a);
  return k.signed(k.select(k.lt(a, k.c(1)), near, k.sub(h, k.div(k.c(0.25), h))), k.x);
});
export const asinh = inF32((k) => {
  const a = k.abs(k.x),
    z = k.mul(a, a);
  const near = log1pOf(k, k.add(a, k.div(z, k.add(k.c(1), k.sqrt(k.add(z, k.c(1))))))),
    far = k.add(logOf(k, a), k.c(Math.LN2));
  return k.signed(k.select(k.lt(a, k.c(1e4)), near, far), k.x);
});
export const acosh = inF32((k) => {
  const t = k.sub(k.x, k.c(1));
  const near = log1pOf(k, k.add(t, k.sqrt(k.add(k.add(t, t), k.mul(t, t))))),
    far = k.add(logOf(k, k.x), k.c(Math.LN2));
  return k.select(k.lt(k.x, k.c(1)), k.c(NaN), k.select(k.lt(k.x, k.c(1e4)), near, far));
});
export const atanh = inF32((k) => {
  const a = k.abs(k.x);
  return k.signed(k.mul(k.c(0.5), log1pOf(k, k.div(k.add(a, a), k.sub(k.c(1), a)))), k.x);
});
