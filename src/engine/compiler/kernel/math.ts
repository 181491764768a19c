// f32 transcendental functions as kernel expressions, so that they vectorize and fuse like arithmetic.
// exp, log: Cephes (S. Moshier). tanh, erf: least squares fits of our own. Errors are within two ulp.
import { type F32, inF32 } from "./formula.ts";
import type { Expr } from "./ir.ts";

/** 2 to the power of its half by log2(e) has an exponent of no bits: 0. */
const NOTHING = -176;
/** eˣ · 2^−halvings. */
export function expOf(k: F32, x: Expr, halvings = 0): Expr {
  // From e⁻¹⁰⁴ on the result is 0. What lies far below (masks) is taken to where the factor is 0 itself: a product that underflows takes many times as long.
  const v = k.clamp(x, halvings ? -104 : NOTHING, 89.5),
    magic = k.c(12582912); // 1.5·2²³: adding it rounds to an integer
  const t = k.add(k.mul(v, k.c(Math.LOG2E)), magic),
    n = k.sub(t, magic),
    ni = k.int("sub", k.bits(t), 0x4b400000);
  const r = k.sub(k.sub(v, k.mul(n, k.c(0.693359375))), k.mul(n, k.c(-2.1219444e-4)));
  const y = k.add(
    k.add(k.mul(k.poly(r, [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]), k.mul(r, r)), r),
    k.c(1),
  );
  // 2ⁿ in two factors, so that denormal results come out right.
  const half = k.int("shr_a", ni, 1),
    rest = k.b.op("sub", [ni, half], "int32"),
    power = (m: Expr): Expr => k.float(k.int("shl", k.int("add", m, 127), 23));
  return k.mul(k.mul(y, power(half)), power(halvings ? k.int("sub", rest, halvings) : rest));
}
export const exp = inF32((k) => expOf(k, k.x));

export function logOf(k: F32, x: Expr): Expr {
  const tiny = k.lt(x, k.c(1.17549435e-38)),
    scaled = k.select(tiny, k.mul(x, k.c(8388608)), x),
    bits = k.bits(scaled);
  const e0 = k.b.cast(k.int("sub", k.int("and", k.int("shr_l", bits, 23), 0xff), 126), "float32"),
    e1 = k.sub(e0, k.select(tiny, k.c(23), k.c(0)));
  const m = k.float(k.int("or", k.int("and", bits, 0x007fffff), 0x3f000000)),
    small = k.lt(m, k.c(Math.SQRT1_2));
  const e = k.sub(e1, k.select(small, k.c(1), k.c(0))),
    f = k.sub(k.select(small, k.add(m, m), m), k.c(1)),
    z = k.mul(f, f);
  const p = k.mul(
    k.mul(
      k.poly(
        f,
        [
          7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1,
          3.3333331174e-1,
        ],
      ),
      f,
    ),
    z,
  );
  const y = k.sub(k.add(p, k.mul(e, k.c(-2.1219444e-4))), k.mul(z, k.c(0.5))),
    r = k.add(k.add(f, y), k.mul(e, k.c(0.693359375)));
  const special = k.select(k.eq(x, k.c(0)), k.c(-Infinity), k.select(k.eq(x, k.c(Infinity)), x, k.c(NaN)));
  return k.select(k.b.op("and", [k.lt(k.c(0), x), k.lt(x, k.c(Infinity))], "bool"), r, special);
}
export const log = inF32((k) => logOf(k, k.x));

/** 2 to the power t, for −126 < t ≤ 0. */
function halvedOf(k: F32, t: Expr): Expr {
  const whole = k.add(t, k.c(12582912)), // 1.5·2²³
    r = k.sub(t, k.sub(whole, k.c(12582912)));
  const y = k.poly(r, [1.32186722e-3, 9.67169832e-3, 5.55089302e-2, 0.24022238, 0.693146884, 1]);
  return k.mul(y, k.float(k.int("shl", k.int("add", k.bits(whole), 127), 23))); // the rest of the bits is shifted out
}
/** Near 0 a polynomial, else (1 − u) / (1 + u) with u = e^(−2|x|). */
export const tanh = inF32((k) => {
  const a = k.clamp(k.abs(k.x), 0, 10),
    z = k.mul(a, a);
  const near = k.add(k.mul(k.mul(a, z), k.poly(z, [-6.0887123e-3, 2.0990869e-2, -5.3849351e-2, 0.13332757, -0.33333328])), a);
  const u = halvedOf(k, k.mul(a, k.c(-2 * Math.LOG2E))),
    far = k.div(k.sub(k.c(1), u), k.add(k.c(1), u));
  return k.signed(k.select(k.lt(a, k.c(0.625)), near, far), k.x);
});
/** Near 0 a polynomial, else 1 − 2^p with a polynomial p of |x|: the logarithm of erfc. */
export const erf = inF32((k) => {
  const a = k.clamp(k.abs(k.x), 0, 4),
    z = k.mul(a, a);
  const near = k.add(k.mul(a, k.poly(z, [-5.6253962e-4, 4.9160235e-3, -2.670995e-2, 0.11280131, -0.37612319, 0.12837912])), a);
  const p = k.poly(a, [-1.6661343e-3, 2.1367414e-2, -0.12800735, -0.94403738, -1.6122549, -3.8185744e-3]);
  return k.signed(k.select(k.lt(a, k.c(1)), near, k.sub(k.c(1), halvedOf(k, p))), k.x);
});
/** With x = n·ln 2 + r: 2ⁿ·(eʳ − 1) + (2ⁿ − 1), by halves so that nothing overflows before the result does. A minimax fit of our own. */
export const expm1 = inF32((k) => {
  const v = k.clamp(k.x, -18, 89),
    t = k.add(k.mul(v, k.c(Math.LOG2E)), k.c(12582912)), // 1.5·2²³
    n = k.sub(t, k.c(12582912));
  const r = k.sub(k.sub(v, k.mul(n, k.c(0.693359375))), k.mul(n, k.c(-2.1219444e-4)));
  const p = k.add(k.mul(k.poly(r, [1.388252e-3, 8.366514e-3, 4.16672e-2, 0.16666543, 0.49999997]), k.mul(r, r)), r);
  const half = k.float(k.int("shl", k.int("add", k.bits(t), 126), 23)); // 2ⁿ⁻¹: the rest of t's bits is shifted out
  const y = k.add(k.mul(p, half), k.sub(half, k.c(0.5)));
  return k.select(k.lt(k.abs(k.x), k.c(2e-8)), k.x, k.add(y, y));
});
/** log(1 + x) with the rounding error of 1 + x corrected: W. Kahan's formula. */
export function log1pOf(k: F32, x: Expr): Expr {
  const u = k.add(k.c(1), x),
    d = k.sub(u, k.c(1)),
    l = logOf(k, u);
  return k.select(k.eq(u, k.c(1)), x, k.select(k.lt(u, k.c(Infinity)), k.mul(l, k.div(x, d)), u));
}
export const log1p = inF32((k) => log1pOf(k, k.x));
