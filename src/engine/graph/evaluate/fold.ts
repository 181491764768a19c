// Constants computed at compile time: a scalar operation on known values, with the meaning and the rounding that it has everywhere else.
import { type DType, isComplex } from "../../core/dtypes.ts";
import type { OpName } from "../graph.ts";
import { rowOf } from "../ops.ts";
import { scalarOperation } from "./elementwise.ts";
import { build, scalarOf } from "./tensor.ts";

/** The result of an operation on scalars of type `from`, or null where its row does not say that it folds. */
export function foldScalars(op: OpName, values: readonly (number | bigint)[], from: DType, to: DType): number | bigint | null {
  const { folds, scalar } = rowOf(op);
  if (!folds || !scalar || isComplex(from) || isComplex(to)) return null;
  const operands = values.map((v) => build([], from, () => v));
  const result = scalarOf(scalarOperation(scalar, op, operands, { shape: [], dtype: to }));
  return typeof result === "object" ? null : result;
}
