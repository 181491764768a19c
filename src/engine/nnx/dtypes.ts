// The dtype that a layer computes in.
import { canonicalize, isInexact, dtypeOf, type DType } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray, castTo } from "../numpy/convert.ts";
import type { DTypeLike } from "../numpy/options.ts";
import * as np from "../numpy/index.ts";

/** How operands get one dtype. */
export interface PromoteDtypeOptions {
  /** The dtype; by default what the operands promote to. */
  readonly dtype?: DTypeLike | null;
  /** Whether integers become floats. Default true. */
  readonly inexact?: boolean;
}
type Operand = ArrayLike | null;
/** The dtype of a computation with these operands; null ones do not count. Source: flax.nnx.nn.dtypes.canonicalize_dtype.
 * @example nnx.canonicalizeDtype([np.int32([1]), np.ones([2])]) // "float32" */
export function canonicalizeDtype(operands: readonly Operand[], options: PromoteDtypeOptions = {}): DType {
  if (options.dtype !== undefined && options.dtype !== null) return dtypeOf(options.dtype);
  const given = operands.filter((x) => x !== null).map((x) => asArray(x, "nnx")),
    dtype = np.resultType(...given);
  return (options.inexact ?? true) && !isInexact(dtype) ? canonicalize("float32") : dtype;
}
/** The operands in one dtype; null ones stay. Source: flax.nnx.nn.dtypes.promote_dtype.
 * @example nnx.promoteDtype([np.int32([1]), np.array([0.5])]) // [[1], [0.5]] */
export function promoteDtype<T extends readonly Operand[]>(
  operands: readonly [...T],
  options: PromoteDtypeOptions = {},
): { [K in keyof T]: null extends T[K] ? Value | null : Value } {
  const dtype = canonicalizeDtype(operands, options);
  return operands.map((x) => (x === null ? null : castTo(asArray(x, "nnx"), dtype))) as { [K in keyof T]: null extends T[K] ? Value | null : Value };
}
