// Matrix algebra on stacks of matrices, as derivative rules write it: products, adjoints, triangles, identities.
import { type DType, isComplex } from "../core/dtypes.ts";
import type { Value } from "../core/value.ts";
import * as o from "./ops.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_x, i) => i);
/** Product of the last two axes; leading axes are batch axes and must be equal. */
export function matmul(a: Value, b: Value): Value {
  const n = a.ndim - 2,
    lead = range(n);
  return o.dotGeneral(
    a,
    b,
    [
      [[n + 1], [n]],
      [lead, lead],
    ],
    a.dtype,
  );
}
/** Swaps the last two axes. */
export const swap = (a: Value): Value => o.transpose(a, [...range(a.ndim - 2), a.ndim - 1, a.ndim - 2]);
/** The conjugate transpose. */
export const adjoint = (a: Value): Value => o.conj(swap(a));
/** Where column − row ≥ k (for the upper triangle) or ≤ k (for the lower). */
function triangle(a: Value, k: number, side: "upper" | "lower"): Value {
  const row = o.iota("int32", a.shape, a.ndim - 2),
    column = o.iota("int32", a.shape, a.ndim - 1),
    shifted = k ? o.add(row, o.lit("int32", k)) : row;
  return side === "upper" ? o.ge(column, shifted) : o.le(column, shifted);
}
export const tril = (a: Value, k = 0): Value => o.select(triangle(a, k, "lower"), a, o.zerosLike(a.aval));
export const triu = (a: Value, k = 0): Value => o.select(triangle(a, k, "upper"), a, o.zerosLike(a.aval));
/** Identity matrices in the shape of a stack. */
export const eyeLike = (shape: readonly number[], dtype: DType): Value =>
  o.convert(o.eq(o.iota("int32", shape, shape.length - 2), o.iota("int32", shape, shape.length - 1)), dtype);
/** The diagonals of square matrices. */
export const diagonal = (a: Value): Value => o.reduceSum(o.mul(a, eyeLike(a.shape, a.dtype)), [a.ndim - 1]);
/** A vector as a column, or a row, of matrices. */
export const column = (v: Value): Value => o.expandDims(v, v.ndim);
export const row = (v: Value): Value => o.expandDims(v, v.ndim - 1);
export const spread = (v: Value, shape: readonly number[]): Value =>
  o.broadcastInDim(
    v,
    shape,
    shape.map((_n, i) => i),
  );
/** Scales columns (of the last axis) by a vector. */
export const scaleColumns = (a: Value, v: Value): Value => o.mul(a, spread(row(v), a.shape));
export const scaleRows = (a: Value, v: Value): Value => o.mul(a, spread(column(v), a.shape));
export const half = (a: Value): Value => o.mul(a, o.like(a, 0.5));
export const toComplexLike = (a: Value, like: Value): Value => (isComplex(like.dtype) && !isComplex(a.dtype) ? o.convert(a, like.dtype) : a);
/** Rows of a matrix in the order of a permutation: one permutation a matrix. */
export function permuteRows(a: Value, permutation: Value): Value {
  const index = o.broadcastInDim(permutation, a.shape, range(permutation.ndim));
  return o.takeAlong(a, index, a.ndim - 2);
}
export function permuteColumns(a: Value, permutation: Value): Value {
  const index = o.broadcastInDim(permutation, a.shape, [...range(permutation.ndim - 1), a.ndim - 1]);
  return o.takeAlong(a, index, a.ndim - 1);
}
