// Factorizations and solves as functions: what numpy.linalg, lax.linalg and scipy.linalg are written with.
import { inexactOf, isComplex } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as m from "../primitives/matrix.ts";
import * as o from "../primitives/ops.ts";
import type { TriangularSolveParams } from "../primitives/linalg.ts";
import { type ArrayLike, asArray, castTo, promoteInexact } from "./convert.ts";

/** A matrix operand: integers become the default float, float16 is computed as it is. */
export function matrix(fn: string, x: ArrayLike): Value {
  const v = asArray(x, fn),
    a = castTo(v, inexactOf(v.dtype));
  if (a.ndim < 2) throw new ShapeError(`${fn}: the operand is ${a.aval}, expected a matrix or a stack of matrices (at least 2 axes)`);
  return a;
}
export function square(fn: string, x: ArrayLike): Value {
  const a = matrix(fn, x),
    [r, c] = a.shape.slice(-2);
  if (r !== c) throw new ShapeError(`${fn}: the operand is ${a.aval}, expected square matrices (the last two axes equal)`);
  return a;
}
export const pair = (fn: string, a: ArrayLike, b: ArrayLike): [Value, Value] =>
  promoteInexact(fn, [asArray(a, fn, "the matrix"), asArray(b, fn, "the right side")]).map((v) => castTo(v, v.dtype)) as [Value, Value];
export const symmetrize = (a: Value): Value => m.half(o.add(a, m.adjoint(a)));

export const cholesky = (a: Value): Value => m.tril(o.callAll("cholesky", [a])[0]!);
export const lu = (a: Value): [Value, Value, Value] => o.callAll("lu", [a]) as unknown as [Value, Value, Value];
export const qr = (a: Value, fullMatrices: boolean, pivoting = false): readonly Value[] =>
  o.callAll("qr", [a], { fullMatrices, pivoting, useMagma: null });
export const eigh = (a: Value, lower: boolean, subsetByIndex: readonly [number, number] | null = null): [Value, Value] =>
  o.callAll("eigh", [a], { lower, sortEigenvalues: true, subsetByIndex, algorithm: null }) as unknown as [Value, Value];
export const svd = (a: Value, fullMatrices: boolean, computeUv: boolean, subsetByIndex: readonly [number, number] | null = null): readonly Value[] =>
  o.callAll("svd", [a], { fullMatrices, computeUv, subsetByIndex });
export const eig = (a: Value, left: boolean, right: boolean): readonly Value[] =>
  o.callAll("eig", [a], { computeLeftEigenvectors: left, computeRightEigenvectors: right, implementation: null });
export function triangularSolve(a: Value, b: Value, p: Partial<TriangularSolveParams> = {}): Value {
  const params = { leftSide: false, lower: false, transposeA: false, conjugateA: false, unitDiagonal: false, ...p };
  return o.callAll("triangular_solve", [a, b], params)[0]!;
}
/** A stack of matrices repeated over the leading axes of another. */
export function matchLead(a: Value, lead: readonly number[]): Value {
  const s = [...lead, ...a.shape.slice(-2)],
    k = s.length - a.ndim;
  return o.broadcastInDim(
    a,
    s,
    a.shape.map((_n, i) => i + k),
  );
}
/** A X = B by LU, for right sides with as many axes as A. */
export function solveMatrix(a: Value, b: Value): Value {
  const lead = a.ndim >= b.ndim ? a.shape.slice(0, -2) : b.shape.slice(0, -2),
    [packed, , permutation] = lu(matchLead(a, lead));
  return luSolve(packed, permutation, matchLead(b, lead), 0);
}
/** Solves from packed factors; trans 0: A, 1: Aᵀ, 2: Aᴴ. */
export function luSolve(packed: Value, permutation: Value, b: Value, trans: number): Value {
  if (trans === 0)
    return triangularSolve(packed, triangularSolve(packed, m.permuteRows(b, permutation), { leftSide: true, lower: true, unitDiagonal: true }), {
      leftSide: true,
    });
  const c = trans === 2,
    y = triangularSolve(packed, triangularSolve(packed, b, { leftSide: true, transposeA: true, conjugateA: c }), {
      leftSide: true,
      lower: true,
      unitDiagonal: true,
      transposeA: true,
      conjugateA: c,
    });
  return m.permuteRows(y, inversePermutation(permutation));
}
/** The permutation that undoes another. */
export function inversePermutation(p: Value): Value {
  const n = p.shape.at(-1)!,
    at = o.broadcastInDim(
      p,
      [...p.shape, n],
      p.shape.map((_n, i) => i),
    ),
    hit = o.eq(at, o.iota("int32", [...p.shape, n], p.ndim));
  return o.reduceSum(o.mul(o.convert(hit, "int32"), o.iota("int32", [...p.shape, n], p.ndim - 1)), [p.ndim - 1]);
}
export const eye = (a: Value): Value => m.eyeLike(a.shape, a.dtype);
export const realOf = (x: Value): Value => (isComplex(x.dtype) ? o.real(x) : x);
export { m as matrices };
