// Small public functions that belong to no larger module.
import { type Shape, ShapeDtypeStruct, type ShapedArray } from "./core/aval.ts";
import { type DType, dtypeOf } from "./core/dtypes.ts";
import { type ClosedJaxpr, evalClosed } from "./core/jaxpr.ts";
import { withName } from "./core/trace.ts";
import type { Value } from "./core/value.ts";
import { asArray, type ArrayLike } from "./numpy/convert.ts";

/** A stand-in for an array: usable wherever only shape and dtype count.
 * @example shapeDtypeStruct([2, 3], "float32").shape // [2, 3] */
export const shapeDtypeStruct = (shape: Shape, dtype: DType | string): ShapeDtypeStruct => new ShapeDtypeStruct(shape, dtypeOf(dtype));
/** A jaxpr as a function of arrays that returns its outputs as an array.
 * @example jaxprAsFun(makeJaxpr((x: Array) => x.mul(2))(1))(5) // [10] */
export const jaxprAsFun =
  (closed: ClosedJaxpr) =>
  (...args: ArrayLike[]): Value[] =>
    evalClosed(
      closed,
      args.map((a) => asArray(a)),
    );
/** Runs `fn` so that the operations in it carry a name.
 * @example namedScope("layer1", () => np.sin(0)) // 0 */
export const namedScope = <R>(name: string, fn: () => R): R => withName("scope", name, fn);
/** What a transformation knows of a value: shape, dtype and whether its type is weak. JAX's `jax.typeof`.
 * @example String(typeOf(np.ones([2]))) // "f32[2]" */
export const typeOf = (x: ArrayLike): ShapedArray => asArray(x, "typeof").aval;
