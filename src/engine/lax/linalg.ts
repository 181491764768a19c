// lax.linalg: the factorizations as JAX's primitives have them.
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, castTo, options } from "../numpy/convert.ts";
import * as f from "../numpy/factor.ts";
import * as o from "../primitives/ops.ts";
import type {
  QdwhOptions,
  CholeskyOptions,
  EigOptions,
  EighOptions,
  OrmqrOptions,
  QROptions,
  SVDOptions,
  SchurOptions,
  SymmetricProductOptions,
  TriangularSolveOptions,
  TridiagonalOptions,
  TridiagonalSolveOptions,
} from "./options.ts";
import type { Tail } from "../core/signature.ts";

const m = f.matrices;
const one = (name: string, xs: readonly Value[], params: Readonly<Record<string, unknown>> = {}): Value => o.callAll(name, xs, params)[0]!;
/** The lower Cholesky factor of Hermitian positive definite matrices [..., n, n]; NaN where one is not definite.
 * @example lax.linalg.cholesky([[4, 2], [2, 5]]) // [[2, 0], [1, 2]] */
export const cholesky = (a: ArrayLike, q: CholeskyOptions = {}): Value => {
  const v = f.square("lax.linalg.cholesky", a);
  return f.cholesky(q.symmetrizeInput === false ? v : f.symmetrize(v));
};
/** The upper factor of Rᵀ R + w wᵀ, from the upper factor R [n, n] and w [n].
 * @example lax.linalg.choleskyUpdate(np.array([[2, 0], [0, 2]]), [1, 0]) // [[2.236, 0], [0, 2]] */
export const choleskyUpdate = (r: ArrayLike, w: ArrayLike): Value => one("cholesky_update", [asArray(r), asArray(w)]);
/** Packed factors, pivots, permutation.
 * @example lax.linalg.lu([[2, 1], [4, 3]])[0] // [[4, 3], [0.5, -0.5]] */
export const lu = (a: ArrayLike): readonly Value[] => f.lu(f.matrix("lax.linalg.lu", a));
/** The permutation of rows that pivots of an LU factorization (int32, [..., k]) stand for.
 * @example lax.linalg.luPivotsToPermutation(np.int32([1, 1]), 2) // [1, 0] */
export const luPivotsToPermutation = (pivots: ArrayLike, permutationSize: number): Value =>
  one("lu_pivots_to_permutation", [asArray(pivots)], { permutationSize });
/** Q and R of matrices [..., m, n], with `pivoting` also the permutation of columns. By default Q is [m, m].
 * @example const [q, r] = lax.linalg.qr([[3, 1], [4, 2]]); np.round(q!.matmul(r!), { decimals: 3 }) // [[3, 1], [4, 2]] */
export function qr(a: ArrayLike, ...rest: Tail<[], QROptions>): readonly Value[] {
  const q = options<QROptions>("lax.linalg.qr", [], rest);
  return f.qr(f.matrix("lax.linalg.qr", a), q.fullMatrices ?? true, q.pivoting ?? false);
}
/** Eigenvectors, then ascending eigenvalues.
 * @example lax.linalg.eigh([[2, 0], [0, 1]])[1] // [1, 2] */
export function eigh(a: ArrayLike, q: EighOptions = {}): readonly Value[] {
  const v = f.square("lax.linalg.eigh", a);
  return f.eigh(q.symmetrizeInput === false ? v : f.symmetrize(v), q.lower ?? true, q.subsetByIndex ?? null);
}
/** Eigenvalues of square matrices [..., n, n], complex; then left and right eigenvectors, those that are asked for.
 * @example lax.linalg.eig([[2, 0], [0, 3]])[0] // [2+0i, 3+0i] */
export const eig = (a: ArrayLike, q: EigOptions = {}): readonly Value[] =>
  f.eig(f.square("lax.linalg.eig", a), q.computeLeftEigenvectors ?? true, q.computeRightEigenvectors ?? true);
/** U, singular values, Vᴴ; the values alone without computeUv.
 * @example lax.linalg.svd(np.array([[3, 0], [0, 4]]), { computeUv: false }) // [4, 3] */
export function svd(a: ArrayLike, q: SVDOptions & { readonly computeUv: false }): Value;
export function svd(a: ArrayLike, q?: SVDOptions): [Value, Value, Value];
export function svd(a: ArrayLike, q: SVDOptions = {}): Value | Value[] {
  const uv = q.computeUv ?? true,
    r = f.svd(f.matrix("lax.linalg.svd", a), q.fullMatrices ?? true, uv, q.subsetByIndex ?? null);
  return uv ? [r[1]!, r[0]!, r[2]!] : r[0]!;
}
/** T and Z of A = Z T Zᴴ, the Schur form of square matrices; T alone without `computeSchurVectors`.
 * @example lax.linalg.schur(np.array([[2, 0], [0, 3]]))[0] // [[2, 0], [0, 3]] */
export const schur = (a: ArrayLike, q: SchurOptions = {}): readonly Value[] =>
  o.callAll("schur", [f.square("lax.linalg.schur", a)], {
    computeSchurVectors: q.computeSchurVectors ?? true,
    sortEigVals: q.sortEigVals ?? false,
    selectCallable: null,
  });
/** The Hessenberg form of square matrices in packed form, and the scales of its Householder reflectors.
 * @example lax.linalg.hessenberg([[1, 2], [3, 4]])[0] // [[1, 2], [3, 4]] */
export const hessenberg = (a: ArrayLike): readonly Value[] => o.callAll("hessenberg", [f.square("lax.linalg.hessenberg", a)]);
/** The product of Householder reflectors, whose vectors are columns of a [..., m, n] and scales `taus` [..., k].
 * @example lax.linalg.householderProduct(np.array([[1], [0]]), np.array([0])) // [[1], [0]] */
export const householderProduct = (a: ArrayLike, taus: ArrayLike): Value =>
  one("householder_product", [f.matrix("lax.linalg.householderProduct", a), asArray(taus)]);
/** Q c (or c Q, or with Qᵀ), for the Q of a packed QR factorization.
 * @example lax.linalg.ormqr(np.array([[0], [1]]), np.array([1]), np.array([[3], [4]])) // [[-4], [-3]] */
export const ormqr = (a: ArrayLike, taus: ArrayLike, c: ArrayLike, q: OrmqrOptions = {}): Value =>
  one("ormqr", [asArray(a), asArray(taus), asArray(c)], { left: q.left ?? true, transpose: q.transpose ?? false });
/** The tridiagonal form of Hermitian matrices: packed reflectors, diagonal, off-diagonal, scales of the reflectors.
 * @example lax.linalg.tridiagonal(np.array([[1, 2], [2, 3]])).slice(1, 3) // [[1, 3], [2]] */
export const tridiagonal = (a: ArrayLike, q: TridiagonalOptions = {}): readonly Value[] =>
  o.callAll("tridiagonal", [f.square("lax.linalg.tridiagonal", a)], { lower: q.lower ?? true });
/** x of a tridiagonal system: lower, main and upper diagonal [..., n], right sides b [..., n, k].
 * @example lax.linalg.tridiagonalSolve(np.array([0, 1]), np.array([2, 2]), np.array([1, 0]), np.array([[3], [3]])) // [[1], [1]] */
export const tridiagonalSolve = (dl: ArrayLike, d: ArrayLike, du: ArrayLike, b: ArrayLike, q: TridiagonalSolveOptions = {}): Value =>
  one(
    "tridiagonal_solve",
    [dl, d, du, b].map((x) => asArray(x)),
    { perturbSingular: q.perturbSingular ?? false },
  );
/** x of a x = b (`leftSide`) or x a = b, for triangular matrices a [..., n, n]; b is a matrix or a vector.
 * @example lax.linalg.triangularSolve(np.array([[2, 0], [1, 2]]), np.array([[2], [3]]), { leftSide: true, lower: true }) // [[1], [1]] */
export function triangularSolve(a: ArrayLike, b: ArrayLike, q: TriangularSolveOptions = {}): Value {
  const x = f.square("lax.linalg.triangularSolve", a),
    y = asArray(b),
    vector = y.ndim === x.ndim - 1,
    lift = vector ? o.expandDims(y, q.leftSide ? y.ndim : y.ndim - 1) : y,
    conjugate = (q.conjugateA ?? false) && x.dtype.startsWith("complex");
  const r = f.triangularSolve(x, castTo(lift, x.dtype), {
    leftSide: q.leftSide ?? false,
    lower: q.lower ?? false,
    transposeA: q.transposeA ?? false,
    conjugateA: conjugate,
    unitDiagonal: q.unitDiagonal ?? false,
  });
  return vector ? o.squeeze(r, [q.leftSide ? r.ndim - 1 : r.ndim - 2]) : r;
}
/** alpha a aᵀ + beta c of matrices a [..., n, k] and symmetric c [..., n, n]: the lower triangle, or with `symmetrizeOutput` both.
 * @example lax.linalg.symmetricProduct(np.array([[1, 2]]), np.zeros([1, 1])) // [[5]] */
export function symmetricProduct(a: ArrayLike, c: ArrayLike, q: SymmetricProductOptions = {}): Value {
  const r = one("symmetric_product", [asArray(a), asArray(c)], { alpha: q.alpha ?? 1, beta: q.beta ?? 0 });
  return q.symmetrizeOutput ? o.add(m.tril(r), m.swap(m.tril(r, -1))) : r;
}
/** The polar factors: unitary U and Hermitian H with A = U H, the number of iterations, and whether they converged. Through the singular value decomposition.
 * @example lax.linalg.qdwh(np.array([[2, 0], [0, 3]]))[0] // [[1, 0], [0, 1]] */
export function qdwh(a: ArrayLike, _options?: QdwhOptions): readonly Value[] {
  const v = f.matrix("lax.linalg.qdwh", a),
    [s, u, vh] = f.svd(v, false, true) as [Value, Value, Value],
    unitary = m.matmul(u, vh),
    h = m.matmul(m.scaleColumns(m.adjoint(vh), m.toComplexLike(s, v)), vh);
  return [unitary, f.symmetrize(h), o.lit("int32", 6), o.lit("bool", true)];
}
