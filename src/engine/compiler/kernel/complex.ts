// Complex arithmetic as pairs of real expressions. Transcendental functions go through the run-time's mathematics library.
import type { Expr, ExprBuilder } from "./ir.ts";
import type { Scalar } from "./scalar.ts";

type Pair = readonly [Expr, Expr];
const pair = (s: Scalar): Pair => s as Pair;

/** A library function of complex arguments: its real and imaginary parts by name. */
function library(b: ExprBuilder, fn: string, args: readonly Pair[]): Pair {
  const flat = args.flat(),
    d = flat[0]!.dtype;
  return [b.call(`c_${fn}.re`, flat, d), b.call(`c_${fn}.im`, flat, d)];
}
export function complexOp(b: ExprBuilder, op: string, args: readonly Scalar[]): Scalar {
  const x = pair(args[0]!),
    d = x[0].dtype,
    o = (k: "add" | "sub" | "mul" | "div", p: Expr, q: Expr): Expr => b.op(k, [p, q], d);
  switch (op) {
    case "real":
      return x[0];
    case "imag":
      return x[1];
    case "conj":
      return [x[0], b.op("neg", [x[1]], d)];
    case "neg":
      return [b.op("neg", [x[0]], d), b.op("neg", [x[1]], d)];
    case "abs":
      return b.call("hypot", [x[0], x[1]], d);
    case "is_finite":
      return b.op(
        "and",
        [b.binary("lt", b.op("abs", [x[0]], d), b.const(Infinity, d)), b.binary("lt", b.op("abs", [x[1]], d), b.const(Infinity, d))],
        "bool",
      );
    case "add":
    case "sub": {
      const y = pair(args[1]!);
      return [o(op, x[0], y[0]), o(op, x[1], y[1])];
    }
    case "mul": {
      const y = pair(args[1]!);
      return [o("sub", o("mul", x[0], y[0]), o("mul", x[1], y[1])), o("add", o("mul", x[0], y[1]), o("mul", x[1], y[0]))];
    }
    case "div":
    case "pow":
    case "atan2":
      return library(b, op, [x, pair(args[1]!)]);
    default:
      return library(b, op, args.map(pair));
  }
}
