// Functions of real arguments: operands promoted to one float type, then a formula.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { floats } from "./floats.ts";

export const one =
  (fn: string, f: (x: Value) => Value) =>
  (x: ArrayLike): Value =>
    f(floats(fn, x)[0]!);
export const two =
  (fn: string, f: (x: Value, y: Value) => Value) =>
  (x: ArrayLike, y: ArrayLike): Value => {
    const [a, b] = floats(fn, x, y) as [Value, Value];
    return f(a, b);
  };
export const c = (x: Value, v: number): Value => o.like(x, v),
  HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);
