// What the functions of lax are made with: primitives by name, and operands of one dtype.
import type { AccuracyOptions } from "./options.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import { Value } from "../core/value.ts";
import { type ArrayLike, asArray, castTo } from "../numpy/convert.ts";

export type Plain = Readonly<Record<string, unknown>>;
export const prim = (name: string, xs: readonly Value[], params: Plain = {}): Value => bind1(primitiveNamed(name), xs, params);
/** Numbers take the dtype of the arrays beside them. */
export function unify(fn: string, xs: readonly unknown[]): Value[] {
  const strong = xs.find((x): x is Value => x instanceof Value && !x.weakType) ?? xs.find((x): x is Value => x instanceof Value);
  return xs.map((x, i) => {
    const v = asArray(x, `lax.${fn}`, `operand ${i}`);
    return strong && (!(x instanceof Value) || x.weakType) && v.dtype !== strong.dtype ? castTo(v, strong.dtype) : v;
  });
}
export const one =
  (name: string, fn: string) =>
  (x: ArrayLike): Value =>
    prim(name, [asArray(x, `lax.${fn}`)]);
/** As `one`, of functions that JAX computes to an accuracy that may be asked for. */
export const approximate =
  (name: string, fn: string) =>
  (x: ArrayLike, _options: AccuracyOptions = {}): Value =>
    prim(name, [asArray(x, `lax.${fn}`)]);
export const two =
  (name: string, fn: string) =>
  (x: ArrayLike, y: ArrayLike): Value =>
    prim(name, unify(fn, [x, y]));
