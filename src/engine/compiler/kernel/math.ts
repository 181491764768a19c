// f32 transcendental functions as kernel expressions, so that they vectorize and fuse like arithmetic.
// exp, log: Cephes (S. Moshier). tanh, erf: the rational minimax forms that Eigen and XLA use. Errors are within a few ulp.
import type { Expr, ExprBuilder, ScalarOp } from "./ir.ts";

/** Runs `f` on an f32 expression and gives the result the operand's type again (half types round). */
const inF32 =
  (f: (k: F32) => Expr) =>
  (b: ExprBuilder, x: Expr): Expr =>
    b.cast(f(new F32(b, b.cast(x, "float32"))), x.dtype);

/** Short names for building f32 formulas. */
class F32 {
  constructor(
    readonly b: ExprBuilder,
    readonly x: Expr,
  ) {}
  c(v: number): Expr {
    return this.b.const(Math.fround(v), "float32");
  }
  i(v: number): Expr {
    return this.b.const(v | 0, "int32");
  }
  #op(op: ScalarOp, x: Expr, y: Expr): Expr {
    return this.b.op(op, [x, y], x.dtype);
  }
  add(x: Expr, y: Expr): Expr {
    return this.#op("add", x, y);
  }
  sub(x: Expr, y: Expr): Expr {
    return this.#op("sub", x, y);
  }
  mul(x: Expr, y: Expr): Expr {
    return this.#op("mul", x, y);
  }
  div(x: Expr, y: Expr): Expr {
    return this.#op("div", x, y);
  }
  clamp(x: Expr, lo: number, hi: number): Expr {
    return this.#op("min", this.#op("max", x, this.c(lo)), this.c(hi));
  }
  abs(x: Expr): Expr {
    return this.b.op("abs", [x], x.dtype);
  }
  lt(x: Expr, y: Expr): Expr {
    return this.b.binary("lt", x, y);
  }
  eq(x: Expr, y: Expr): Expr {
    return this.b.binary("eq", x, y);
  }
  select(p: Expr, t: Expr, f: Expr): Expr {
    return this.b.select(p, t, f);
  }
  /** Horner's scheme, highest coefficient first. */
  poly(x: Expr, coefficients: readonly number[]): Expr {
    return coefficients.slice(1).reduce((acc, k) => this.add(this.mul(acc, x), this.c(k)), this.c(coefficients[0]!));
  }
  bits(x: Expr): Expr {
    return this.b.bitcast(x, "int32");
  }
  float(x: Expr): Expr {
    return this.b.bitcast(x, "float32");
  }
  int(op: "add" | "sub" | "and" | "or" | "shl" | "shr_a" | "shr_l", x: Expr, n: number): Expr {
    return this.#op(op, x, this.i(n));
  }
}

function expOf(k: F32, x: Expr): Expr {
  const v = k.clamp(x, -104, 89.5),
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
  return k.mul(k.mul(y, power(half)), power(rest));
}
export const exp = inF32((k) => expOf(k, k.x));

function logOf(k: F32, x: Expr): Expr {
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

function tanhOf(k: F32, x: Expr): Expr {
  const v = k.clamp(x, -7.90531110763549805, 7.90531110763549805),
    z = k.mul(v, v);
  const p = k.mul(
    v,
    k.poly(
      z,
      [
        -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5, 6.37261928875436e-4,
        4.89352455891786e-3,
      ],
    ),
  );
  const q = k.poly(z, [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3]);
  return k.select(k.lt(k.abs(x), k.c(0.0004)), x, k.div(p, q));
}
export const tanh = inF32((k) =>
  k.select(k.lt(k.abs(k.x), k.c(7.90531110763549805)), tanhOf(k, k.x), k.select(k.eq(k.x, k.x), k.b.op("copysign", [k.c(1), k.x], "float32"), k.x)),
);

export const erf = inF32((k) => {
  const v = k.clamp(k.x, -4, 4),
    z = k.mul(v, v);
  const p = k.mul(
    v,
    k.poly(
      z,
      [
        -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4, -2.95459980854025e-3,
        -1.60960333262415e-2,
      ],
    ),
  );
  return k.div(p, k.poly(z, [-1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2]));
});
/** e^x − 1 = 2t / (1 − t) with t = tanh(x/2), which keeps the digits near zero. */
export const expm1 = inF32((k) => {
  const t = tanhOf(k, k.mul(k.x, k.c(0.5))),
    near = k.div(k.add(t, t), k.sub(k.c(1), t));
  return k.select(k.lt(k.abs(k.x), k.c(0.5)), near, k.sub(expOf(k, k.x), k.c(1)));
});
/** log(1 + x) with the rounding error of 1 + x corrected: W. Kahan's formula. */
export const log1p = inF32((k) => {
  const u = k.add(k.c(1), k.x),
    d = k.sub(u, k.c(1)),
    l = logOf(k, u);
  return k.select(k.eq(u, k.c(1)), k.x, k.select(k.lt(u, k.c(Infinity)), k.mul(l, k.div(k.x, d)), u));
});

// Exact range reduction for every argument: the library's, in f64.
export const sin = (b: ExprBuilder, x: Expr): Expr => b.call("sin", [x], x.dtype);
export const cos = (b: ExprBuilder, x: Expr): Expr => b.call("cos", [x], x.dtype);
