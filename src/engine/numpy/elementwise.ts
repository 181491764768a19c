// Functions of elements as NumPy calls them: operands promoted and spread over one another, then one operation.
import { DTypeError } from "../core/errors.ts";
import { isComplex } from "../core/dtypes.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, broadcastShapes, broadcastTo, operands, promote, promoteInexact, promoteNumeric, spread } from "./convert.ts";
import { bind1 } from "../core/trace.ts";
import { primitiveNamed } from "../core/primitive.ts";

/** Operands of one type spread over their common shape. */
export function spreadFull(fn: string, ps: readonly Value[]): Value[] {
  const s = broadcastShapes(
    fn,
    ps.map((p) => p.shape),
  );
  return ps.map((p) => broadcastTo(p, s, fn));
}
export const full2 = (fn: string, x: ArrayLike, y: ArrayLike): [Value, Value] => spreadFull(fn, promote(fn, [x, y])) as [Value, Value];
export const inexact2 = (fn: string, x: ArrayLike, y: ArrayLike): [Value, Value] => spreadFull(fn, promoteInexact(fn, [x, y])) as [Value, Value];
export const numeric2 = (fn: string, x: ArrayLike, y: ArrayLike): [Value, Value] => spread(fn, promoteNumeric(fn, [x, y])) as [Value, Value];
/** Refuses complex operands for functions that order or take signs. */
export const realOnly = (fn: string, xs: readonly Value[]): void => {
  const c = xs.find((v) => isComplex(v.dtype));
  if (c) throw new DTypeError(`${fn}: an operand is ${c.aval}, expected real values; take its real part, or its absolute value`);
};
export const prim = (name: string, ...xs: Value[]): Value => bind1(primitiveNamed(name), xs, {});
export type Unary = (x: ArrayLike) => Value;
export type Binary = (x: ArrayLike, y: ArrayLike) => Value;
/** Integers are converted to floats first. */
export const inexact =
  (fn: string, name: string = fn): Unary =>
  (x) =>
    prim(name, promoteInexact(fn, [x])[0]!);
export const binaryOp =
  (fn: string, name: string): Binary =>
  (x, y) => {
    const [a, b] = operands(fn, [x, y]);
    return prim(name, a!, b!);
  };
export const binaryInexact =
  (fn: string, name: string): Binary =>
  (x, y) => {
    const [a, b] = operands(fn, [x, y], true);
    return prim(name, a!, b!);
  };
