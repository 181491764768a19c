// Comparisons, and operations of truth values and of bits.
import { isUnsigned } from "../core/dtypes.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, castTo, operands, spread } from "./convert.ts";
import { type Binary, numeric2, prim, type Unary } from "./elementwise.ts";

/** A primitive of two operands, promoted to one dtype and broadcast against each other. */
const ofOperands =
  (fn: string, name: string): Binary =>
  (x, y) => {
    const [a, b] = operands(fn, [x, y]);
    return prim(name, a!, b!);
  };
/** x = y, elementwise; bool.
 * @example np.equal([1, 2], [1, 3]) // [true, false] */
export const equal = ofOperands("equal", "eq");
/** x ≠ y, elementwise; bool.
 * @example np.notEqual([1, 2], [1, 3]) // [false, true] */
export const notEqual = ofOperands("notEqual", "ne");
/** x < y, elementwise; bool.
 * @example np.less([1, 2], 2) // [true, false] */
export const less = ofOperands("less", "lt");
/** x ≤ y, elementwise; bool.
 * @example np.lessEqual([1, 2, 3], 2) // [true, true, false] */
export const lessEqual = ofOperands("lessEqual", "le");
/** x > y, elementwise; bool.
 * @example np.greater([1, 2, 3], 2) // [false, false, true] */
export const greater = ofOperands("greater", "gt");
/** x ≥ y, elementwise; bool.
 * @example np.greaterEqual([1, 2, 3], 2) // [false, true, true] */
export const greaterEqual = ofOperands("greaterEqual", "ge");
const truth = (x: ArrayLike, fn: string): Value => {
  const v = asArray(x, fn);
  return v.dtype === "bool" ? v : o.ne(v, o.like(v, 0));
};
const logical =
  (fn: string, name: string): Binary =>
  (x, y) => {
    const [a, b] = spread(fn, [truth(x, fn), truth(y, fn)]);
    return prim(name, a!, b!);
  };
/** Whether both are not zero; bool.
 * @example np.logicalAnd([true, true], [true, false]) // [true, false] */
export const logicalAnd = logical("logicalAnd", "and");
/** Whether one of them is not zero; bool.
 * @example np.logicalOr([true, false], [false, false]) // [true, false] */
export const logicalOr = logical("logicalOr", "or");
/** Whether exactly one of them is not zero; bool.
 * @example np.logicalXor([true, true], [true, false]) // [false, true] */
export const logicalXor = logical("logicalXor", "xor");
/** Whether x is zero; bool.
 * @example np.logicalNot([true, false]) // [false, true] */
export const logicalNot: Unary = (x) => o.not(truth(x, "logicalNot"));
/** x & y of integers or booleans.
 * @example np.bitwiseAnd(np.int32(6), 3) // 2 */
export const bitwiseAnd = ofOperands("bitwiseAnd", "and");
/** x | y of integers or booleans.
 * @example np.bitwiseOr(np.int32(6), 3) // 7 */
export const bitwiseOr = ofOperands("bitwiseOr", "or");
/** x ^ y of integers or booleans.
 * @example np.bitwiseXor(np.int32(6), 3) // 5 */
export const bitwiseXor = ofOperands("bitwiseXor", "xor");
/** x · 2ʸ of integers, by shifting bits.
 * @example np.leftShift(np.int32(1), 3) // 8 */
export const leftShift: Binary = (x, y) => {
  const [a, b] = numeric2("leftShift", x, y);
  return prim("shift_left", a, b);
};
/** Shifts right; signed integers keep their sign.
 * @example np.rightShift(np.int32(8), 2) // 2 */
export const rightShift: Binary = (x, y) => {
  const [a, b] = numeric2("rightShift", x, y);
  return prim(isUnsigned(a.dtype) ? "shift_right_logical" : "shift_right_arithmetic", a, b);
};
/** Every bit turned round; of booleans, not.
 * @example np.bitwiseNot(np.int32(0)) // -1 */
export const bitwiseNot: Unary = (x) => o.not(asArray(x, "bitwiseNot"));
/** Another name of bitwiseNot.
 * @example np.invert(np.int32(0)) // -1 */
export const invert = bitwiseNot;
/** Another name of bitwiseNot.
 * @example np.bitwiseInvert(np.int32(0)) // -1 */
export const bitwiseInvert = bitwiseNot;
/** Another name of leftShift.
 * @example np.bitwiseLeftShift(np.int32(1), 3) // 8 */
export const bitwiseLeftShift = leftShift;
/** Another name of rightShift.
 * @example np.bitwiseRightShift(np.int32(8), 2) // 2 */
export const bitwiseRightShift = rightShift;
/** How many bits of |x| are set.
 * @example np.bitwiseCount(np.int32(7)) // 3 */
export const bitwiseCount: Unary = (x) => {
  const v = asArray(x, "bitwiseCount");
  return castTo(v.dtype === "bool" ? v : prim("population_count", isUnsigned(v.dtype) ? v : o.abs(v)), "uint8");
};
