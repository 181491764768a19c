// Systems of three diagonals.
import { ShapeError } from "../core/errors.ts";
import { isLinear, isZero, type Primitive, type Tangent, Zero } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { define, strong } from "./linalg.ts";
import * as m from "./matrix.ts";
import * as o from "./ops.ts";

interface TridiagonalSolveParams {
  readonly perturbSingular: boolean;
}
/** Moves a diagonal by one place: what the transposed system has below (or above) its own diagonal. */
const shiftDiagonal = (v: Value, by: 1 | -1): Value =>
  o.pad(v, o.like(v, 0), [...v.shape.slice(0, -1).map(() => [0, 0, 0] as const), by === 1 ? [1, -1, 0] : [-1, 1, 0]]);
/** T X for T given by its diagonals. */
function tridiagonalProduct(dl: Value, d: Value, du: Value, x: Value): Value {
  const none = x.shape.slice(0, -2).map(() => [0, 0, 0] as const),
    zero = o.like(x, 0),
    down = o.pad(x, zero, [...none, [1, -1, 0], [0, 0, 0]]),
    upward = o.pad(x, zero, [...none, [-1, 1, 0], [0, 0, 0]]);
  return o.add(o.add(m.scaleRows(down, dl), m.scaleRows(x, d)), m.scaleRows(upward, du));
}
/** Solves T X = B; T has `dl` below (its first entry unused), `d` on and `du` above (its last entry unused) the diagonal. */
export const tridiagonalSolve: Primitive<TridiagonalSolveParams> = define<TridiagonalSolveParams>("tridiagonal_solve", {
  single: true,
  abstract: ([dl, d, du, b]) => {
    for (const v of [dl!, du!])
      if (v.shape.join() !== d!.shape.join())
        throw new ShapeError(`tridiagonal_solve: the diagonals are ${dl}, ${d} and ${du}; they must have one shape`);
    if (b!.ndim !== d!.ndim + 1 || b!.shape.slice(0, -1).join() !== d!.shape.join())
      throw new ShapeError(`tridiagonal_solve: the right side is ${b}, the diagonals ${d}; expected [${d!.shape.join()}, columns]`);
    return [strong(b!, b!.shape)];
  },
  jvp: ([dl, d, du, b], [tl, td, tu, tb], p) => {
    const x = bind1(tridiagonalSolve, [dl!, d!, du!, b!], p);
    let rhs: Tangent = isZero(tb) ? new Zero(b!.aval.strengthen()) : tb!;
    if (!isZero(tl) || !isZero(td) || !isZero(tu))
      rhs = o.addTangents(rhs, o.neg(tridiagonalProduct(o.instantiate(tl!), o.instantiate(td!), o.instantiate(tu!), x)));
    return [[x], [isZero(rhs) ? new Zero(x.aval) : bind1(tridiagonalSolve, [dl!, d!, du!, rhs], p)]];
  },
  transpose: ([ct], [dl, d, du, b], p) => [
    null,
    null,
    null,
    !isLinear(b)
      ? null
      : isZero(ct)
        ? new Zero(b.aval)
        : bind1(tridiagonalSolve, [shiftDiagonal(du as Value, 1), d as Value, shiftDiagonal(dl as Value, -1), ct as Value], p),
  ],
});
