// Determinants with derivatives that hold where a matrix is singular.
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { primitiveNamed } from "../core/primitive.ts";
import * as o from "../primitives/ops.ts";
import { customJvp } from "../transforms/custom.ts";
import * as f from "./factor.ts";
import { isfinite } from "./ufuncs.ts";

const m = f.matrices;
/** The packed factors of a matrix, the order of its rows, and the determinants of its leading blocks (signs of the exchanges included). */
function leadingDeterminants(v: Value): { packed: Value; permutation: Value; leading: Value } {
  const [packed, pivots, permutation] = f.lu(v),
    odd = o.convert(parity(pivots), v.dtype),
    sign = o.sub(o.like(odd, 1), o.mul(o.like(odd, 2), odd)),
    diagonal = m.diagonal(packed),
    leading = bind1(primitiveNamed("cumprod"), [diagonal], { axis: v.ndim - 2, reverse: false });
  return { packed, permutation, leading: o.mul(leading, o.broadcastInDim(sign, leading.shape, [...sign.shape.keys()])) };
}
export const detOf = customJvp(function det(v: Value): Value {
  const n = v.shape.at(-1)!;
  if (n === 0) return o.full(v.shape.slice(0, -2), v.dtype, 1);
  return o.squeeze(o.sliceInDim(leadingDeterminants(v).leading, v.ndim - 2, n - 1, n), [v.ndim - 2]);
}).defjvp(([v]: [Value], [dv]: [Value]) => [detOf(v), o.reduceSum(m.diagonal(cofactorSolve(v, dv)), [v.ndim - 2])]);
/**
 * det(A) A⁻¹ B for matrices of rank n − 1 at least, and zero for lower ranks, where all cofactors vanish. The last pivot, which may be zero, is
 * left out of the division: it stands in the determinant too.
 */
function cofactorSolve(v: Value, b: Value): Value {
  const n = v.shape.at(-1)!,
    axis = v.ndim - 2,
    { packed, permutation, leading } = leadingDeterminants(v),
    at = (k: number): Value => o.sliceInDim(leading, axis, k, k + 1),
    block = (x: Value): Value => o.broadcastInDim(x, [...x.shape, 1], [...x.shape.keys()]),
    i = o.iota("int32", packed.shape, axis),
    j = o.iota("int32", packed.shape, axis + 1),
    last = o.and(o.eq(i, o.like(i, n - 1)), o.eq(j, o.like(j, n - 1))),
    pivot = o.div(o.like(leading, 1), at(n - 2)),
    changed = o.select(last, o.broadcastInDim(block(pivot), packed.shape, [...packed.shape.keys()]), packed),
    ones = o.full([...v.shape.slice(0, -1), 1], v.dtype, 1),
    probe = f.triangularSolve(changed, ones, { leftSide: true }),
    low = o.reduceMax(o.convert(o.not(isfinite(probe)), "int32"), [axis, axis + 1]),
    singular = (like: Value): Value => o.broadcastInDim(o.ne(low, o.like(low, 0)), like.shape, [...low.shape.keys()]),
    identity = o.convert(o.eq(i, j), v.dtype),
    factors = o.select(singular(changed), identity, changed),
    lower = f.triangularSolve(factors, m.permuteRows(b, permutation), { leftSide: true, lower: true, unitDiagonal: true }),
    above = o.sliceInDim(lower, axis, 0, n - 1),
    scaled = o.concatenate(
      [o.mul(above, o.broadcastInDim(block(at(n - 1)), above.shape, [...above.shape.keys()])), o.sliceInDim(lower, axis, n - 1, n)],
      axis,
    ),
    x = f.triangularSolve(factors, scaled, { leftSide: true });
  return o.select(singular(x), o.zerosLike(x.aval), x);
}
/** The parity of a row permutation recorded as exchanges: 1 where it is odd. */
export function parity(pivots: Value): Value {
  const n = pivots.shape.at(-1)!,
    moved = o.ne(pivots, o.iota("int32", pivots.shape, pivots.ndim - 1));
  return n
    ? o.rem(o.reduceSum(o.convert(moved, "int32"), [pivots.ndim - 1]), o.full(pivots.shape.slice(0, -1), "int32", 2))
    : o.full(pivots.shape.slice(0, -1), "int32", 0);
}
