// Sums of numbers that are given by their logarithms.
import { isComplex } from "../core/dtypes.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { customJvp } from "../transforms/custom.ts";
import { remainder } from "./division.ts";
import { isnan } from "./ufuncs.ts";
import { type Binary, inexact2 } from "./elementwise.ts";

/** An imaginary part brought between −bound and bound. */
export const wrapped = (v: Value, bound: number): Value => {
  const turned = remainder(o.add(v, o.like(v, bound)), o.like(v, 2 * bound));
  return o.sub(turned, o.like(v, bound));
};
/**
 * log_b(bˣ + bʸ) for the base whose power function is `power`. Its derivatives are bˣ / (bˣ + bʸ): a rule of its own, because what comes out of
 * max and |x − y| is wrong at x = y from the second order on.
 */
function logOfSum(name: string, power: (v: Value) => Value, perNat: number): (x: Value, y: Value) => Value {
  const finite = (v: Value): Value => o.select(o.eq(v, o.like(v, Infinity)), o.zerosLike(v.aval), v),
    scaled = (v: Value): Value => (perNat === 1 ? v : o.mul(v, o.like(v, perNat)));
  const value = (x: Value, y: Value): Value => {
    const top = o.max(x, y);
    if (isComplex(x.dtype)) {
      const sum = o.add(top, scaled(o.log1p(power(o.sub(o.add(x, y), o.mul(top, o.like(top, 2)))))));
      return o.complex(o.real(sum), wrapped(o.imag(sum), Math.PI * perNat));
    }
    const d = o.sub(x, y);
    return o.select(isnan(d), o.add(x, y), o.add(top, scaled(o.log1p(power(o.neg(o.abs(d)))))));
  };
  Object.defineProperty(value, "name", { value: name });
  const f = customJvp(value).defjvp(([x, y]: [Value, Value], [dx, dy]: [Value, Value]) => {
    const out = f(x, y),
      share = (v: Value): Value => power(o.sub(finite(v), finite(out)));
    return [out, o.add(o.mul(dx, share(x)), o.mul(dy, share(y)))];
  });
  return f;
}
const logaddexpOf = logOfSum("logaddexp", o.exp, 1),
  logaddexp2Of = logOfSum("logaddexp2", o.exp2, Math.LOG2E);
/** log(eˣ + eʸ) without overflow.
 * @example np.logaddexp(0, 0) // 0.6931 */
export const logaddexp: Binary = (x, y) => logaddexpOf(...inexact2("logaddexp", x, y));
/** log₂(2ˣ + 2ʸ) without overflow.
 * @example np.logaddexp2(3, 3) // 4 */
export const logaddexp2: Binary = (x, y) => logaddexp2Of(...inexact2("logaddexp2", x, y));
