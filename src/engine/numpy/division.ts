// Division that rounds, and what it leaves.
import { isInexact, isInteger, isUnsigned } from "../core/dtypes.ts";
import { bind1 } from "../core/trace.ts";
import { Value } from "../core/value.ts";
import { primitiveNamed } from "../core/primitive.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, broadcastTo, operands, promoteInexact, promoteNumeric, spread } from "./convert.ts";
import { trunc } from "./ufuncs.ts";
import { type Binary, numeric2, realOnly, spreadFull } from "./elementwise.ts";

/** The divisor with 1 where it is 0, so that the remainder there is 0 and nothing traps. */
const divisor = (y: Value): Value => (isInteger(y.dtype) ? o.select(o.eq(y, o.like(y, 0)), o.filledLike(y.aval, 1), y) : y);
/** Python's quotient and remainder of floats: the quotient exactly from the remainder; x / 0 as it is. */
function floatDivmod(x: Value, y: Value): [Value, Value] {
  const m = o.rem(x, y),
    by = spreadLike(y, m),
    q = o.div(o.select(o.eq(by, o.like(by, 0)), spreadLike(x, m), o.sub(x, m)), y),
    off = o.and(o.ne(m, o.like(m, 0)), o.ne(o.sign(by), o.sign(m))),
    whole = o.select(off, o.sub(q, o.like(q, 1)), q);
  return [bind1(primitiveNamed("round"), [whole], { roundingMethod: 0 }), o.select(off, o.add(m, by), m)];
}
const spreadLike = (v: Value, like: Value): Value => broadcastTo(v, like.shape);
/** ⌊x / y⌋.
 * @example np.floorDivide([7, -7], 2) // [3, -4] */
export const floorDivide: Binary = (x, y) => {
  const [a, b] = numeric2("floorDivide", x, y);
  realOnly("floorDivide", [a, b]);
  if (isUnsigned(a.dtype)) return o.div(a, b);
  if (!isInteger(a.dtype)) return floatDivmod(a, b)[0];
  const q = o.div(a, b),
    differ = o.ne(spreadLike(o.sign(a), q), spreadLike(o.sign(b), q)),
    rest = o.ne(o.rem(a, b), o.like(a, 0));
  return o.select(o.and(differ, rest), o.sub(q, o.like(q, 1)), q);
};
/** The remainder with the sign of the divisor; 0 where an integer divisor is 0.
 * @example np.remainder(-7, 3) // 2 */
export const remainder: Binary = (x, y) => {
  const [a, b0] = numeric2("remainder", x, y);
  realOnly("remainder", [a, b0]);
  const b = divisor(b0),
    r = o.rem(a, b),
    zero = o.like(r, 0),
    differ = o.ne(o.lt(r, zero), spreadLike(o.lt(b, zero), r));
  return isUnsigned(a.dtype) ? r : o.select(o.and(differ, o.ne(r, zero)), o.add(r, b), r);
};
/** Another name of remainder.
 * @example np.mod([7, -7], 3) // [1, 2] */
export const mod = remainder;
/** The remainder with the sign of the dividend; 0 where an integer divisor is 0.
 * @example np.fmod([7, -7], 3) // [1, -1] */
export const fmod: Binary = (x, y) => {
  const [a, b] = numeric2("fmod", x, y);
  realOnly("fmod", [a, b]);
  return o.rem(a, divisor(b));
};
/** `[floorDivide(x, y), remainder(x, y)]`.
 * @example np.divmod(7, 3) // [2, 1] */
export const divmod = (x: ArrayLike, y: ArrayLike): [Value, Value] => {
  const [a, b] = numeric2("divmod", x, y);
  realOnly("divmod", [a, b]);
  return isInteger(a.dtype) ? [floorDivide(a, b), remainder(a, b)] : floatDivmod(a, b);
};
/** The fractional and the whole part, both with the sign of x; of an infinity the fractional part is NaN, as in JAX.
 * @example np.modf([1.5, -2.25]) // [[0.5, -0.25], [1, -2]] */
export const modf = (x: ArrayLike): [Value, Value] => {
  const [v] = promoteInexact("modf", [x]),
    whole = trunc(v!);
  return [o.sub(v!, whole), whole];
};
/** xʸ. A static non-negative integer exponent multiplies; integers to negative powers follow NumPy.
 * @example np.power([1, 2, 3], 2) // [1, 4, 9] */
export const power: Binary = (x, y) => {
  if (typeof y === "number" && Number.isInteger(y) && Math.abs(y) < 2 ** 31) {
    const v = promoteNumeric("power", [x])[0]!;
    if (isInexact(v.dtype) || y >= 0) return o.integerPow(v, y);
  }
  const [a, b] = promoteNumeric("power", [x, y]) as [Value, Value];
  if (isInteger(a.dtype)) return integerPower(...(spreadFull("power", [a, b]) as [Value, Value]));
  // An integer exponent stays one: the derivative in the base is then right at 0 too.
  const base = asArray(x, "power"),
    exponent = y instanceof Value ? y : b,
    [p, q] = spread("power", isInexact(base.dtype) && isInteger(exponent.dtype) ? [base, exponent] : [a, b]);
  return o.pow(p!, q!);
};
/** Another name of power.
 * @example np.pow(2, [1, 2, 3]) // [2, 4, 8] */
export const pow = power;
/** x to the power y, as floats.
 * @example np.floatPower([2, 3], 2) // [4, 9] */
export const floatPower: Binary = (x, y) => {
  const [a, b] = operands("floatPower", [x, y], true);
  return o.pow(a!, b!);
};
/** Square and multiply over the bits of the exponent (six: beyond that all but −1, 0 and 1 have overflowed), as JAX does. */
function integerPower(x: Value, y: Value): Value {
  const zero = o.like(y, 0),
    one = o.like(y, 1);
  let base = x,
    e = y,
    result = o.select(o.and(o.eq(x, o.like(x, 0)), o.ne(y, zero)), o.zerosLike(x.aval), o.filledLike(x.aval, 1));
  for (let i = 0; i < 6; i++) {
    result = o.select(o.eq(o.and(e, one), one), o.mul(result, base), result);
    base = o.mul(base, base);
    e = o.shiftRightLogical(e, one);
  }
  return result;
}
