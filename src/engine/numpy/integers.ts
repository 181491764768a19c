// Number theory and the parts of floating-point numbers.
import { DTypeError } from "../core/errors.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, broadcastShapes, broadcastTo, castTo, promote, promoteInexact } from "./convert.ts";

/** Mantissa in [0.5, 1) and exponent with x = mantissa · 2^exponent.
 * @example np.frexp([8, 0.5]) // [[0.5, 0.5], [4, 0]] */
export function frexp(x: ArrayLike): [Value, Value] {
  const [v] = promoteInexact("frexp", [asArray(x, "frexp")]) as [Value],
    wide = v.dtype === "float64",
    f = wide ? v : castTo(v, "float32"),
    u = wide ? "uint64" : "uint32",
    special = o.or(o.eq(f, o.zerosLike(f.aval)), o.not(o.isFinite_(f))),
    // Subnormal numbers are scaled into the normal range first.
    tiny = o.lt(o.abs(f), o.like(f, wide ? 2 ** -1022 : 2 ** -126)),
    g = o.select(tiny, o.mul(f, o.like(f, 2 ** 64)), f),
    bits = o.shiftRightLogical(o.bitcast(o.callAll("stop_gradient", [g])[0]!, u), o.lit(u, wide ? 52 : 23)),
    raw = o.convert(o.and(bits, o.lit(u, wide ? 2047 : 255)), "int32"),
    e = o.select(
      special,
      o.zerosLike(raw.aval),
      o.sub(o.sub(raw, o.like(raw, wide ? 1022 : 126)), o.select(tiny, o.full(raw.shape, "int32", 64), o.zerosLike(raw.aval))),
    ),
    half = o.convert(e, f.dtype),
    part = o.floor(o.mul(half, o.like(half, 0.5)));
  const mantissa = o.mul(o.mul(f, o.exp2(o.neg(part))), o.exp2(o.neg(o.sub(half, part))));
  return [castTo(o.select(special, f, mantissa), v.dtype), e];
}
/** Euclid's algorithm, as a loop in the program.
 * @example np.gcd(np.array([12], { dtype: "int32" }), np.array([8], { dtype: "int32" })) // [4] */
export function gcd(x: ArrayLike, y: ArrayLike): Value {
  const [p0, q0] = promote("gcd", [asArray(x), asArray(y)]) as [Value, Value],
    shape = broadcastShapes("gcd", [p0.shape, q0.shape]),
    [p, q] = [p0, q0].map((v) => o.abs(broadcastTo(castTo(v, v.dtype), shape))) as [Value, Value];
  if (!p.dtype.includes("int")) throw new DTypeError(`gcd: the operands have dtype ${p.dtype}, expected integers`);
  const avals = [p.aval.strengthen(), q.aval.strengthen()],
    axes = shape.map((_n, i) => i),
    condJaxpr = stage((_a, b) => [bind1(primitiveNamed("reduce_or"), [o.ne(b!, o.zerosLike(b!.aval))], { axes })], avals),
    bodyJaxpr = stage((a, b) => {
      const zero = o.eq(b!, o.zerosLike(b!.aval));
      return [o.select(zero, a!, b!), o.select(zero, o.zerosLike(b!.aval), o.rem(a!, o.select(zero, o.full(shape, b!.dtype, 1), b!)))];
    }, avals);
  return bind1(primitiveNamed("while"), [p, q], { condJaxpr, condNconsts: 0, bodyJaxpr, bodyNconsts: 0 });
}
/** The least common multiple of integers.
 * @example np.lcm(np.array([4], { dtype: "int32" }), np.array([6], { dtype: "int32" })) // [12] */
export function lcm(x: ArrayLike, y: ArrayLike): Value {
  const [p, q] = promote("lcm", [asArray(x), asArray(y)]) as [Value, Value],
    g = gcd(p, q),
    zero = o.eq(g, o.zerosLike(g.aval)),
    [a, b] = [p, q].map((v) => o.abs(broadcastTo(castTo(v, v.dtype), g.shape))) as [Value, Value];
  return o.select(zero, o.zerosLike(g.aval), o.mul(a, o.div(b, o.select(zero, o.full(g.shape, g.dtype, 1), g))));
}
