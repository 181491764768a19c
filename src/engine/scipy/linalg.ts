// scipy.linalg: factorizations, matrix functions and special matrices, with SciPy's signatures.
import { complexOf, isComplex } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, castTo, oneOf, options, promote } from "../numpy/convert.ts";
import { customLinearSolve } from "../lax/solvers.ts";
import * as f from "../numpy/factor.ts";
import * as np from "../numpy/index.ts";
import * as o from "../primitives/ops.ts";
import { describe } from "../transforms/args.ts";
import type {
  CholeskyOptions,
  EighOptions,
  EighTridiagonalOptions,
  LuOptions,
  LuSolveOptions,
  PolarOptions,
  QROptions,
  SVDOptions,
  SchurOptions,
  SolveOptions,
  SolveTriangularOptions,
  CheckOptions,
  OverwriteOptions,
} from "./options.ts";
import type { Tail } from "../core/signature.ts";

export * from "./matrices.ts";
const m = f.matrices;
/** The determinant of matrices [..., n, n].
 * @example scipy.linalg.det([[1, 2], [3, 4]]) // -2 */
export const det = (a: ArrayLike, _options: OverwriteOptions = {}): Value => np.linalg.det(a);
/** The inverse of matrices [..., n, n].
 * @example scipy.linalg.inv([[2, 0], [0, 4]]) // [[0.5, 0], [0, 0.25]] */
export const inv = (a: ArrayLike, _options: OverwriteOptions = {}): Value => np.linalg.inv(a);
/** The Cholesky factor of a Hermitian positive definite matrix: upper, or with `lower` the lower one. NaN where it is not definite.
 * @example scipy.linalg.cholesky([[4, 2], [2, 5]]) // [[2, 1], [0, 2]] */
export const cholesky = (a: ArrayLike, ...rest: Tail<[lower: boolean], CholeskyOptions>): Value => {
  const q = options<CholeskyOptions>("cholesky", ["lower"], rest);
  const l = f.cholesky(f.square("cholesky", a));
  return q.lower ? l : m.adjoint(f.cholesky(m.adjoint(f.square("cholesky", a))));
};
/** `[factor, lower]`, as `choSolve` takes it.
 * @example scipy.linalg.choFactor([[4, 0], [0, 9]])[0] // [[2, 0], [0, 3]] */
export const choFactor = (a: ArrayLike, ...rest: Tail<[lower: boolean], CholeskyOptions>): [Value, boolean] => {
  const q = options<CholeskyOptions>("choFactor", ["lower"], rest);
  return [cholesky(a, q), q.lower ?? false];
};
/** x of A x = b, from `choFactor(A)` and b [n] or [n, k].
 * @example scipy.linalg.choSolve(scipy.linalg.choFactor([[4, 0], [0, 9]]), [4, 9]) // [1, 1] */
export function choSolve([c, lower]: readonly [ArrayLike, boolean], b: ArrayLike, _options: OverwriteOptions = {}): Value {
  const [x, y0] = f.pair("choSolve", c, b),
    vector = y0.ndim === x.ndim - 1,
    y = vector ? o.expandDims(y0, y0.ndim) : y0;
  const first = f.triangularSolve(x, y, { leftSide: true, lower, transposeA: !lower, conjugateA: !lower }),
    r = f.triangularSolve(x, first, { leftSide: true, lower, transposeA: lower, conjugateA: lower });
  return vector ? o.squeeze(r, [r.ndim - 1]) : r;
}
/** Packed LU factors and pivots, as `luSolve` takes them.
 * @example scipy.linalg.luFactor([[2, 1], [4, 3]])[0] // [[4, 3], [0.5, -0.5]] */
export const luFactor = (a: ArrayLike, _options: OverwriteOptions = {}): [Value, Value] => {
  const [x, p] = f.lu(f.square("luFactor", a));
  return [x, p];
};
/** x of A x = b, from `luFactor(A)` and b [n] or [n, k]; `trans` 1 solves with Aᵀ, 2 with Aᴴ.
 * @example scipy.linalg.luSolve(scipy.linalg.luFactor([[2, 0], [0, 4]]), [2, 2]) // [1, 0.5] */
export function luSolve([packed, pivots]: readonly [ArrayLike, ArrayLike], b: ArrayLike, ...rest: Tail<[trans: number], LuSolveOptions>): Value {
  const q = options<LuSolveOptions>("luSolve", ["trans"], rest);
  const [x, y0] = f.pair("luSolve", packed, b),
    n = x.shape.at(-1)!,
    permutation = o.callAll("lu_pivots_to_permutation", [castTo(asArray(pivots), "int32")], { permutationSize: n })[0]!,
    vector = y0.ndim === 1,
    r = f.luSolve(x, permutation, vector ? o.expandDims(y0, 1) : y0, q.trans ?? 0);
  return vector ? o.squeeze(r, [r.ndim - 1]) : r;
}
/** P, L and U with A = P L U; with permuteL, P L and U.
 * @example scipy.linalg.lu([[2, 1], [4, 3]])[2] // [[4, 3], [0, -0.5]] */
export function lu(a: ArrayLike, ...rest: Tail<[permuteL: boolean], LuOptions>): readonly Value[] {
  const q = options<LuOptions>("lu", ["permuteL"], rest);
  const v = f.matrix("lu", a),
    [packed, , permutation] = f.lu(v),
    [rows, columns] = v.shape.slice(-2) as [number, number],
    k = Math.min(rows, columns),
    last = packed.ndim - 1,
    lead = v.shape.slice(0, -2);
  const lower = o.add(m.tril(o.sliceInDim(packed, last, 0, k), -1), m.eyeLike([...lead, rows, k], v.dtype)),
    upper = m.triu(o.sliceInDim(packed, last - 1, 0, k)),
    eye = m.eyeLike([...lead, rows, rows], v.dtype);
  // The permutation is real whatever the matrix is; JAX's type.
  const P0 = m.swap(m.permuteRows(eye, permutation)),
    P = q.permuteL || !isComplex(P0.dtype) ? P0 : o.real(P0);
  return q.permuteL ? [m.matmul(P, lower), upper] : [P, lower, upper];
}
/** Q and R of a matrix [m, n]; `mode` is "full" (the default), "economic", "r"; with `pivoting` also the permutation of columns.
 * @example const [q, r] = scipy.linalg.qr([[3, 1], [4, 2]]); np.round(q!.matmul(r!), { decimals: 3 }) // [[3, 1], [4, 2]] */
export function qr(a: ArrayLike, ...rest: Tail<[], QROptions>): readonly Value[] {
  const q = options<QROptions>("qr", [], rest),
    mode = q.mode ?? "full",
    v = f.matrix("qr", a),
    r = f.qr(v, mode !== "economic", q.pivoting ?? false);
  if (!["full", "economic", "r"].includes(mode)) throw new ShapeError(`qr: the mode is "${mode}", expected "full", "economic" or "r"`);
  return mode === "r" ? r.slice(1) : r;
}
/** [Q c or c Q, R].
 * @example const [q, r] = scipy.linalg.qrMultiply([[3, 1], [4, 2]], [[1, 0], [0, 1]]); np.round(q!.matmul(r!), { decimals: 3 }) // [[3, 1], [4, 2]] */
export function qrMultiply(
  a: ArrayLike,
  c: ArrayLike,
  q: { mode?: string; pivoting?: boolean; conjugate?: boolean; overwriteA?: boolean; overwriteC?: boolean } = {},
): readonly Value[] {
  const [Q, R, p] = f.qr(f.matrix("qrMultiply", a), false, q.pivoting ?? false) as [Value, Value, Value | undefined],
    v = asArray(c),
    u = q.conjugate ? o.conj(Q) : Q;
  const row = v.ndim === 1,
    x = row ? ((q.mode ?? "right") === "left" ? o.expandDims(v, 1) : o.expandDims(v, 0)) : v,
    r = (q.mode ?? "right") === "left" ? np.matmul(u, x) : np.matmul(x, u);
  return [row ? np.ravel(r) : r, R, ...(p ? [p] : [])];
}
/** U, singular values (descending), Vᴴ of matrices [..., m, n]; the values alone without `computeUv`. By default U and V are square.
 * @example scipy.linalg.svd([[3, 0], [0, 4]], { computeUv: false }) // [4, 3] */
export function svd(a: ArrayLike, ...rest: Tail<[fullMatrices: boolean, computeUv: boolean], SVDOptions>): Value | readonly Value[] {
  const q = options<SVDOptions>("svd", ["fullMatrices", "computeUv"], rest);
  return np.linalg.svd(a, { fullMatrices: q.fullMatrices ?? true, computeUv: q.computeUv ?? true });
}
/** Eigenvalues of Hermitian matrices [..., n, n], ascending, and eigenvectors as columns; the values alone with `eigvalsOnly`.
 * @example scipy.linalg.eigh([[2, 0], [0, 1]], { eigvalsOnly: true }) // [1, 2] */
export function eigh(a: ArrayLike, ...rest: Tail<[b: null, lower: boolean, eigvalsOnly: boolean], EighOptions>): Value | readonly Value[] {
  const q = options<EighOptions>("eigh", ["b", "lower", "eigvalsOnly"], rest);
  if (q.b !== undefined && q.b !== null)
    throw new TypeError(`eigh: b is ${describe(q.b)}, expected null: the generalized problem is not there, nor in JAX`);
  if (q.type !== undefined && q.type !== 1) throw new TypeError(`eigh: type is ${String(q.type)}, expected 1, the only one there`);
  if (q.eigvals !== undefined && q.eigvals !== null)
    throw new TypeError(`eigh: eigvals is ${describe(q.eigvals)}, expected null: parts of the spectrum are not there; take them from the result`);
  const v = f.square("eigh", a),
    [vectors, w] = f.eigh(f.symmetrize(v), q.lower ?? true);
  return q.eigvalsOnly ? w : [w, vectors];
}
/** The eigenvalues, and vectors, of a symmetric tridiagonal matrix with the diagonal d and the one beside it, e; all of them or a range of indices.
 * @example scipy.linalg.eighTridiagonal([2, 2], [1], { eigvalsOnly: true }) // [1, 3] */
export function eighTridiagonal(d: ArrayLike, e: ArrayLike, q: EighTridiagonalOptions = {}): Value | readonly Value[] {
  const select = oneOf("eighTridiagonal", "select", q.select ?? "a", ["a", "i", "v"]),
    range = select === "i" ? q.selectRange : null;
  if (select === "v") throw new TypeError('eighTridiagonal: select "v" is not there, nor in JAX; use "a" or "i"');
  if (select === "i" && !(range && range.length === 2 && range.every(Number.isInteger) && range[0] <= range[1]))
    throw new TypeError(
      `eighTridiagonal: selectRange is ${describe(q.selectRange)}, expected the first and the last index for select "i", as [0, 2]`,
    );
  const [x, y] = promote("eighTridiagonal", [asArray(d), asArray(e)]) as [Value, Value],
    n = x.shape[0]!,
    a = np.diag(x).add(n > 1 ? np.diag(np.real(y), { k: -1 }).add(np.diag(np.real(y), { k: 1 })) : 0),
    [vectors, w] = f.eigh(a, true);
  if (range && !(range[0] >= 0 && range[1] < n))
    throw new ShapeError(`eighTridiagonal: selectRange is [${range.join()}], expected indices from 0 to ${n - 1}`);
  const cut = (v: Value): Value => (range ? o.sliceInDim(v, v.ndim - 1, range[0], range[1] + 1) : v);
  return q.eigvalsOnly ? cut(w) : [cut(w), cut(vectors)];
}
/** x of A x = b, for A [..., n, n]; `assumeA` "pos" goes by Cholesky.
 * @example scipy.linalg.solve([[2, 0], [0, 4]], [2, 2]) // [1, 0.5] */
export function solve(a: ArrayLike, b: ArrayLike, ...rest: Tail<[lower: boolean], SolveOptions>): Value {
  const q = options<SolveOptions>("solve", ["lower"], rest);
  oneOf("solve", "assumeA", q.assumeA ?? "gen", ["gen", "sym", "her", "pos"]);
  if (q.assumeA !== "pos") return np.linalg.solve(a, b);
  // The factor is a means only: derivatives come from the system itself.
  const [x, y0] = f.pair("solve", a, b),
    y = y0.ndim === 1 ? o.expandDims(y0, 1) : y0,
    factor = f.cholesky(o.callAll("stop_gradient", [f.symmetrize(x)])[0]!);
  const r = customLinearSolve(
    (v: Value) => m.matmul(x, v),
    y,
    (_matvec: unknown, v: Value) => choSolve([factor, true], v),
    { symmetric: true },
  ) as Value;
  return y0.ndim === 1 ? o.squeeze(r, [r.ndim - 1]) : r;
}
/** x of A x = b for triangular A; `trans` 1 solves with Aᵀ, 2 with Aᴴ.
 * @example scipy.linalg.solveTriangular([[2, 0], [1, 2]], [2, 3], { lower: true }) // [1, 1] */
export function solveTriangular(
  a: ArrayLike,
  b: ArrayLike,
  ...rest: Tail<[trans: number | string, lower: boolean, unitDiagonal: boolean], SolveTriangularOptions>
): Value {
  const q = options<SolveTriangularOptions>("solveTriangular", ["trans", "lower", "unitDiagonal"], rest),
    [x, y0] = f.pair("solveTriangular", a, b),
    trans = q.trans ?? 0,
    t = trans === 1 || trans === "T" || trans === 2 || trans === "C",
    c = trans === 2 || trans === "C";
  const y = y0.ndim === x.ndim - 1 ? o.expandDims(y0, y0.ndim) : y0,
    r = f.triangularSolve(x, y, { leftSide: true, lower: q.lower ?? false, transposeA: t, conjugateA: c, unitDiagonal: q.unitDiagonal ?? false });
  return y0.ndim === y.ndim ? r : o.squeeze(r, [r.ndim - 1]);
}
/** H, and Q with A = Q H Qᴴ.
 * @example scipy.linalg.hessenberg([[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export function hessenberg(a: ArrayLike, q: OverwriteOptions & { calcQ?: boolean } = {}): Value | readonly Value[] {
  const v = f.square("hessenberg", a),
    n = v.shape.at(-1)!,
    [packed, taus] = o.callAll("hessenberg", [v]) as [Value, Value],
    h = m.triu(packed, -1);
  if (!q.calcQ) return h;
  if (n < 2) return [h, f.eye(v)];
  const last = v.ndim - 1,
    inner = o.callAll("householder_product", [o.sliceInDim(o.sliceInDim(packed, last - 1, 1, n), last, 0, n - 1), taus])[0]!,
    none = v.shape.slice(0, -2).map(() => [0, 0, 0] as const),
    corner = o.pad(m.eyeLike([...v.shape.slice(0, -2), 1, 1], v.dtype), o.like(v, 0), [...none, [0, n - 1, 0], [0, n - 1, 0]]);
  return [h, o.add(corner, o.pad(inner, o.like(v, 0), [...none, [1, 0, 0], [1, 0, 0]]))];
}
/** T and Z with A = Z T Zᴴ; output "real" or "complex".
 * @example scipy.linalg.schur([[2, 0], [0, 3]])[0] // [[2, 0], [0, 3]] */
export function schur(a: ArrayLike, ...rest: Tail<[output: string], SchurOptions>): readonly Value[] {
  const q = options<SchurOptions>("schur", ["output"], rest);
  const v = f.square("schur", a),
    x = oneOf("schur", "output", q.output ?? "real", ["real", "complex"]) === "complex" ? castTo(v, complexOf(v.dtype)) : v;
  return o.callAll("schur", [x], { computeSchurVectors: true, sortEigVals: false, selectCallable: null });
}
/** A real Schur form as a complex, triangular one.
 * @example np.real(scipy.linalg.rsf2csf([[2, 1], [0, 3]], [[1, 0], [0, 1]])[0]) // [[2, 1], [0, 3]] */
export function rsf2csf(T: ArrayLike, Z: ArrayLike, _options: CheckOptions = {}): readonly Value[] {
  const [t, z] = promote("rsf2csf", [asArray(T), asArray(Z)]) as [Value, Value],
    c = complexOf(t.dtype),
    [tt, q] = o.callAll("schur", [castTo(t, c)], { computeSchurVectors: true, sortEigVals: false, selectCallable: null }) as [Value, Value];
  return [tt, m.matmul(castTo(z, c), q)];
}

/**
 * Padé approximants of the exponential: coefficients of the numerator, and the norm up to which one is exact to working precision.
 * Source: Higham, "The scaling and squaring method for the matrix exponential revisited" (2005), tables 2.3 and 3.1.
 */
interface Approximant {
  readonly norm: number;
  readonly c: readonly number[];
}
const SINGLE: readonly Approximant[] = [
  { norm: 0.4258730016922831, c: [120, 60, 12, 1] },
  { norm: 1.880152677804762, c: [30240, 15120, 3360, 420, 30, 1] },
  { norm: 3.92572478313866, c: [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1] },
];
const DOUBLE: readonly Approximant[] = [
  {
    norm: 5.371920351148152,
    c: [
      64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640,
      1323241920, 40840800, 960960, 16380, 182, 1,
    ],
  },
];
/** Odd and even part of the numerator. */
function padeParts(a: Value, eye: Value, c: readonly number[]): [Value, Value] {
  const a2 = m.matmul(a, a);
  let power = eye,
    odd = eye.mul(c[1]!),
    even = eye.mul(c[0]!);
  for (let k = 2; k < c.length; k += 2) {
    power = k === 2 ? a2 : m.matmul(power, a2);
    even = even.add(power.mul(c[k]!));
    if (k + 1 < c.length) odd = odd.add(power.mul(c[k + 1]!));
  }
  return [m.matmul(a, odd), even];
}
/** The matrix exponential of [..., n, n], by scaling, squaring and Padé's approximant. Source: Higham, "The scaling and squaring method for the matrix exponential revisited" (2005).
 * @example scipy.linalg.expm([[0, 1], [0, 0]]) // [[1, 1], [0, 1]] */
export function expm(A: ArrayLike, q: { upperTriangular?: boolean; maxSquarings?: number } = {}): Value {
  const v = f.square("expm", A),
    eye = f.eye(v),
    maxSquarings = q.maxSquarings ?? 16,
    table = v.dtype === "float64" || v.dtype === "complex128" ? DOUBLE : SINGLE,
    largest = table.at(-1)!.norm,
    norm = np.max(np.sum(o.abs(v), { axis: -2 }), { axis: -1 });
  const squarings = np.maximum(np.floor(np.log2(norm.div(largest))), 0),
    spread = (x: Value): Value => o.convert(o.expandDims(o.expandDims(x, x.ndim), x.ndim + 1), f.realOf(v).dtype),
    a = v.div(np.exp2(spread(squarings)));
  let u: Value | null = null,
    w: Value | null = null;
  // The cheapest approximant that is exact for a matrix's norm.
  for (const t of [...table].reverse()) {
    const [odd, even] = padeParts(a, eye, t.c),
      small = spread(norm).lt(t.norm);
    u = u ? np.where(small, odd, u) : odd;
    w = w ? np.where(small, even, w) : even;
  }
  const p = w!.add(u!),
    d = w!.sub(u!);
  let r = q.upperTriangular ? f.triangularSolve(d, p, { leftSide: true }) : f.solveMatrix(d, p);
  // Each matrix is squared as often as it was halved.
  for (let i = 0; i < maxSquarings; i++) r = np.where(spread(squarings).gt(i), m.matmul(r, r), r);
  return np.where(spread(squarings).gt(maxSquarings), NaN, r);
}
/** expm(A) and its derivative in the direction E.
 * @example (scipy.linalg.expmFrechet([[0, 0], [0, 0]], [[1, 0], [0, 1]]) as Array[])[1]! // [[1, 0], [0, 1]] */
export function expmFrechet(A: ArrayLike, E: ArrayLike, q: { method?: string | null; computeExpm?: boolean } = {}): Value | readonly Value[] {
  const [a, e] = f.pair("expmFrechet", A, E),
    n = a.shape.at(-1)!,
    zero = o.zerosLike(a.aval),
    big = expm(o.concatenate([o.concatenate([a, e], a.ndim - 1), o.concatenate([zero, a], a.ndim - 1)], a.ndim - 2)),
    last = big.ndim - 1,
    part = (i: number, j: number): Value => o.sliceInDim(o.sliceInDim(big, last - 1, i, i + n), last, j, j + n);
  return q.computeExpm === false ? part(0, n) : [part(0, 0), part(0, n)];
}
/** A function of a matrix through its complex Schur form (Parlett's recurrence).
 * @example np.real(scipy.linalg.funm([[1, 0], [0, 4]], np.sqrt)) // [[1, 0], [0, 2]] */
export function funm(A: ArrayLike, fn: (x: Value) => Value, _q: { disp?: boolean } = {}): Value | readonly Value[] {
  const v = f.square("funm", A),
    n = v.shape.at(-1)!,
    [T, Z] = schur(v, { output: "complex" }) as [Value, Value],
    at = (x: Value, i: number, j: number): Value => x.get(i, j),
    F: Value[][] = Array.from({ length: n }, () => []);
  const diagonal = fn(np.diagonal(T));
  for (let i = 0; i < n; i++) F[i]![i] = diagonal.get(i);
  for (let p = 1; p < n; p++)
    for (let i = 0; i < n - p; i++) {
      const j = i + p;
      let s = at(T, i, j).mul(F[j]![j]!.sub(F[i]![i]!));
      for (let k = i + 1; k < j; k++) s = s.add(at(T, i, k).mul(F[k]![j]!)).sub(F[i]![k]!.mul(at(T, k, j)));
      const gap = at(T, j, j).sub(at(T, i, i));
      F[i]![j] = np.where(gap.ne(0), s.div(np.where(gap.ne(0), gap, 1)), s);
    }
  const zero = o.lit(T.dtype, [0, 0]),
    full = np.stack(F.map((row, i) => np.stack(Array.from({ length: n }, (_x, j) => (j < i ? zero : row[j]!))))),
    r = m.matmul(m.matmul(Z, full), m.adjoint(Z));
  return _q.disp === false ? [r, o.lit("float32", 0)] : r;
}
/** The principal square root of a square matrix, complex.
 * @example np.real(scipy.linalg.sqrtm([[4, 0], [0, 9]])) // [[2, 0], [0, 3]] */
export function sqrtm(A: ArrayLike, _q: object = {}): Value {
  const v = f.square("sqrtm", A),
    n = v.shape.at(-1)!,
    [T, Z] = schur(v, { output: "complex" }) as [Value, Value],
    U: Value[][] = Array.from({ length: n }, () => []);
  for (let j = 0; j < n; j++) {
    U[j]![j] = np.sqrt(T.get(j, j));
    for (let i = j - 1; i >= 0; i--) {
      let s = T.get(i, j);
      for (let k = i + 1; k < j; k++) s = s.sub(U[i]![k]!.mul(U[k]![j]!));
      const d = U[i]![i]!.add(U[j]![j]!);
      U[i]![j] = np.where(d.eq(0), 0, s.div(np.where(d.eq(0), 1, d)));
    }
  }
  const zero = o.lit(T.dtype, [0, 0]),
    full = np.stack(U.map((row, i) => np.stack(Array.from({ length: n }, (_x, j) => (j < i ? zero : row[j]!)))));
  return m.matmul(m.matmul(Z, full), m.adjoint(Z));
}
/** Unitary and Hermitian factor: A = U P (side "right") or P U ("left").
 * @example scipy.linalg.polar([[2, 0], [0, 3]])[0] // [[1, 0], [0, 1]] */
export function polar(a: ArrayLike, ...rest: Tail<[side: string], PolarOptions>): readonly Value[] {
  const q = options<PolarOptions>("polar", ["side"], rest),
    v = f.matrix("polar", a),
    [s, u, vh] = f.svd(v, false, true) as [Value, Value, Value],
    sc = m.toComplexLike(s, v);
  return [m.matmul(u, vh), q.side === "left" ? m.matmul(m.scaleColumns(u, sc), m.adjoint(u)) : m.matmul(m.scaleColumns(m.adjoint(vh), sc), vh)];
}
/** X with A X + X B = C, by vectorization.
 * @example scipy.linalg.solveSylvester([[1, 0], [0, 2]], [[3, 0], [0, 4]], [[4, 5], [5, 6]]) // [[1, 1], [1, 1]] */
export function solveSylvester(A: ArrayLike, B: ArrayLike, C: ArrayLike, _q: object = {}): Value {
  const [a, b, c] = promote(
      "solveSylvester",
      [A, B, C].map((x) => f.matrix("solveSylvester", x)),
    ) as [Value, Value, Value],
    n = a.shape[0]!,
    k = b.shape[0]!;
  const K = np.kron(np.eye(k, { dtype: a.dtype }), a).add(np.kron(b.T, np.eye(n, { dtype: a.dtype })));
  return np.linalg.solve(K, np.reshape(c.T, [n * k])).reshape([k, n]).T;
}
