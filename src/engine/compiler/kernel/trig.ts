// sin, cos, tan and their inverses of float32, and atan2. Arguments up to LARGE are brought into ±π/4 by subtracting multiples of π/2 in parts (W. Cody, W. Waite);
// beyond, where that loses digits, the library's functions are called. Coefficients are minimax fits of our own; docs/NUMERICS.md has the measured errors.
import { type F32, inF32 } from "./formula.ts";
import type { Expr } from "./ir.ts";

/** Quotients by π/2 below this have 13 bits, so that their products with the parts of π/2 are exact. */
const LARGE = 8000;
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.549533620476723e-8, 2.5633440682570896e-12] as const;
const MAGIC = 12582912; // 1.5·2²³: adding it rounds to an integer, which stands in the low bits

/** x = n·π/2 + r; `n` has n in its low bits. */
function quadrant(k: F32, x: Expr): { n: Expr; r: Expr } {
  const t = k.add(k.mul(x, k.c(2 / Math.PI)), k.c(MAGIC)),
    whole = k.sub(t, k.c(MAGIC));
  return { n: k.bits(t), r: HALF_PI.reduce<Expr>((r, part) => k.sub(r, k.mul(whole, k.c(part))), x) };
}
/** Coefficients of the series in r², highest first: sin r = r + r³·…, cos r = 1 − r²/2 + r⁴·…, atan w = w + w³·…. */
export const SINE = [-1.95173e-4, 8.332178e-3, -1.6666655e-1] as const;
export const COSINE = [2.4438452e-5, -1.3887368e-3, 4.1666646e-2] as const;
const sinePolynomial = (k: F32, r: Expr, z: Expr): Expr => k.add(k.mul(k.poly(z, SINE), k.mul(r, z)), r);
const cosinePolynomial = (k: F32, z: Expr): Expr => k.add(k.mul(k.poly(z, COSINE), k.mul(z, z)), k.sub(k.c(1), k.mul(z, k.c(0.5))));
const isOdd = (k: F32, n: Expr): Expr => k.b.binary("ne", k.int("and", n, 1), k.i(0));
const isLarge = (k: F32, x: Expr): Expr => k.lt(k.c(LARGE), k.abs(x));

function sineOf(k: F32, x: Expr, quarters: 0 | 1): Expr {
  const { n, r } = quadrant(k, x),
    z = k.mul(r, r),
    at = quarters ? k.int("add", n, quarters) : n;
  const y = k.select(isOdd(k, at), cosinePolynomial(k, z), sinePolynomial(k, r, z));
  return k.float(k.b.op("xor", [k.bits(y), k.int("shl", k.int("and", at, 2), 30)], "int32"));
}
/** Below this a function that is x + O(x³) is x, whose zero has a sign. */
const tiny = (k: F32, y: Expr, limit = 1e-4): Expr => k.select(k.lt(k.abs(k.x), k.c(limit)), k.x, y);

export const sin = inF32((k) => k.lib("sin", tiny(k, sineOf(k, k.x, 0)), isLarge(k, k.x), k.x));
export const cos = inF32((k) => k.lib("cos", sineOf(k, k.x, 1), isLarge(k, k.x), k.x));
export const tan = inF32((k) => {
  const { n, r } = quadrant(k, k.x),
    z = k.mul(r, r);
  const t = k.add(
    k.mul(k.poly(z, [4.3762913e-3, 8.9491434e-5, 1.0835857e-2, 2.1282166e-2, 5.4059923e-2, 1.3332663e-1, 3.333335e-1]), k.mul(r, z)),
    r,
  );
  return k.lib("tan", tiny(k, k.select(isOdd(k, n), k.div(k.c(-1), t), t)), isLarge(k, k.x), k.x);
});

export const ARC_TANGENT = [
  -1.7936183e-3, 1.091459e-2, -3.1177817e-2, 5.7957564e-2, -8.403449e-2, 1.0952185e-1, -1.4264241e-1, 1.9998549e-1, -3.33333e-1,
] as const;
/** atan of w in 0 … 1. */
const atanPolynomial = (k: F32, w: Expr): Expr => {
  const z = k.mul(w, w);
  const p = k.poly(z, ARC_TANGENT);
  return k.add(k.mul(p, k.mul(w, z)), w);
};
export const atan = inF32((k) => {
  const a = k.abs(k.x),
    beyond = k.lt(k.c(1), a),
    y = atanPolynomial(k, k.select(beyond, k.div(k.c(1), a), a));
  return k.signed(k.select(beyond, k.sub(k.c(Math.PI / 2), y), y), k.x);
});
/** asin of w in 0 … ½, from w and its square. */
const asinPolynomial = (k: F32, w: Expr, z: Expr): Expr =>
  k.add(k.mul(k.poly(z, [3.7516475e-2, 1.4438589e-2, 3.180772e-2, 4.4516955e-2, 7.500504e-2, 1.666666e-1]), k.mul(w, z)), w);
/** asin |x| = y, or π/2 − 2y where |x| is above a half. */
function halfAngle(k: F32): { above: Expr; y: Expr } {
  const a = k.abs(k.x),
    above = k.lt(k.c(0.5), a),
    z = k.select(above, k.mul(k.sub(k.c(1), a), k.c(0.5)), k.mul(a, a));
  return { above, y: asinPolynomial(k, k.select(above, k.sqrt(z), a), z) };
}
export const asin = inF32((k) => {
  const { above, y } = halfAngle(k);
  return k.signed(k.select(above, k.sub(k.c(Math.PI / 2), k.add(y, y)), y), k.x);
});
export const acos = inF32((k) => {
  const { above, y } = halfAngle(k),
    twice = k.add(y, y);
  const far = k.select(k.lt(k.x, k.c(0)), k.sub(k.c(Math.PI), twice), twice);
  return k.select(above, far, k.sub(k.c(Math.PI / 2), k.signed(y, k.x)));
});
