// What losses ask of their arguments.
import { isFloat, isInteger } from "../../core/dtypes.ts";
import { DTypeError, ShapeError } from "../../core/errors.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { asArray } from "../../numpy/convert.ts";

/** An array of floating point numbers, or an error that names the argument. */
export function floats(fn: string, name: string, x: ArrayLike): Value {
  const v = asArray(x, `optim.losses.${fn}`, name);
  if (!isFloat(v.dtype))
    throw new DTypeError(`optim.losses.${fn}: ${name} is ${v.dtype}, expected floating point numbers. Instead: ${name}.astype("float32")`);
  return v;
}
/** An array of integers, or an error that names the argument. */
export function integers(fn: string, name: string, x: ArrayLike): Value {
  const v = asArray(x, `optim.losses.${fn}`, name);
  if (!isInteger(v.dtype)) throw new DTypeError(`optim.losses.${fn}: ${name} is ${v.dtype}, expected integers. Instead: ${name}.astype("int32")`);
  return v;
}
/** Two arrays of one shape, or an error that names both. */
export function sameShape(fn: string, nameA: string, a: ArrayLike, nameB: string, b: ArrayLike): void {
  const [x, y] = [asArray(a, fn, nameA).shape, asArray(b, fn, nameB).shape];
  if (x.length !== y.length || x.some((d, i) => d !== y[i]))
    throw new ShapeError(`optim.losses.${fn}: ${nameA} and ${nameB} have one shape, got [${x.join(",")}] and [${y.join(",")}]`);
}
