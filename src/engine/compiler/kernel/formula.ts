// What formulas of float32 are written with: short names for the expressions of the kernel IR.
import type { Expr, ExprBuilder, ScalarOp } from "./ir.ts";

/** Runs `f` on an f32 expression and gives the result the operand's type again (half types round). */
export const inF32 =
  (f: (k: F32) => Expr) =>
  (b: ExprBuilder, x: Expr): Expr =>
    b.cast(f(new F32(b, b.cast(x, "float32"))), x.dtype);

/** Short names for building f32 formulas. */
export class F32 {
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
  /** `usual`, but the library's function of `args` where `rare` holds. */
  lib(fn: string, usual: Expr, rare: Expr, ...args: readonly Expr[]): Expr {
    return this.b.unless(rare, usual, fn, args);
  }
  /** The sign of `y` on `x`. */
  signed(x: Expr, y: Expr): Expr {
    return this.#op("copysign", x, y);
  }
  neg(x: Expr): Expr {
    return this.b.op("neg", [x], x.dtype);
  }
  sqrt(x: Expr): Expr {
    return this.b.op("sqrt", [x], x.dtype);
  }
  int(op: "add" | "sub" | "and" | "or" | "shl" | "shr_a" | "shr_l", x: Expr, n: number): Expr {
    return this.#op(op, x, this.i(n));
  }
}
