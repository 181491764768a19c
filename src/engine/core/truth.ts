// The truth of an array in a condition, as Python's `bool(x)`: JavaScript takes every object for true, so the compiler of a user's file puts this
// question where a condition may be an array (`if`, `?:`, `&&`, `||`, `!`, `while`, `for`, `Boolean()`).
import { isComplex } from "./dtypes.ts";
import { ConcretizationTypeError, ShapeError } from "./errors.ts";
import { NDArray, Tracer, Value } from "./value.ts";

/**
 * What a condition takes a value for. An array of one element is true where that is not zero (NaN is true); anything that is no array stays as it is.
 * Throws ConcretizationTypeError for a traced array, and ShapeError where the truth of several elements, or of none, would be ambiguous.
 */
export function truth(v: unknown): unknown {
  return typeof v === "object" && v !== null && v instanceof Value ? truthOf(v) : v;
}
function truthOf(v: Value): boolean {
  const type = v.aval.toString();
  if (v instanceof Tracer) {
    // A value that is only being differentiated is known.
    const known = v.concrete();
    if (known) return truthOf(known);
    throw new ConcretizationTypeError(
      `a condition (if, ?:, &&, ||, !, while) needs the value of a traced array (${type}), but while ${v.owner.describe()} only its shape and dtype are known.${v.origin() ? `\n  This value ${v.origin()}.` : ""}\n  Instead: branch with lax.cond or np.where, loop with lax.whileLoop, combine with np.logicalAnd, np.logicalOr, np.logicalNot, or make the argument static (staticArgnums). To ask whether a value was given at all, compare it: x !== undefined`,
    );
  }
  if (!(v instanceof NDArray)) return true;
  if (v.size !== 1)
    throw new ShapeError(
      v.size === 0
        ? `the truth of an empty array (${type}) is ambiguous.\n  Instead: ask for its size, x.size > 0, or whether it was given at all, x !== undefined`
        : `the truth of an array of ${v.size} elements (${type}) is ambiguous.\n  Instead: x.any() or x.all(), or x !== undefined to ask whether it was given at all`,
    );
  const data = v.dataSync();
  return isComplex(v.dtype) ? Number(data[0]) !== 0 || Number(data[1]) !== 0 : Number(data[0]) !== 0;
}
