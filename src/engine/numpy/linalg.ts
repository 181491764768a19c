// numpy.linalg: decompositions, solves, norms and matrix functions, with NumPy's signatures.
import { type DType, canonicalize, realPart } from "../core/dtypes.ts";
import { ShapeError, ConcretizationTypeError } from "../core/errors.ts";
import { bind } from "../core/trace.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { NDArray, type Value } from "../core/value.ts";
import { customJvp } from "../transforms/custom.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, castTo, options, promoteInexact } from "./convert.ts";
import * as f from "./factor.ts";
import * as linear from "./linear.ts";
import * as manipulation from "./manipulation.ts";
import * as reductions from "./reductions.ts";
import type { Axis, Order, VecdotOptions } from "./options.ts";
import type {
  CholeskyOptions,
  CondOptions,
  EighOptions,
  LstsqOptions,
  MatrixRankOptions,
  MultiDotOptions,
  NormOptions,
  PinvOptions,
  QROptions,
  SVDOptions,
  SlogdetOptions,
} from "./linalgOptions.ts";
import type { Tail } from "../core/signature.ts";
import { detOf, parity } from "./determinants.ts";

export { cross, matmul, outer, tensordot } from "./linear.ts";
export { matrixTranspose } from "./manipulation.ts";
const m = f.matrices;

/** Sums of products along an axis; the first is conjugated.
 * @example np.linalg.vecdot([1, 2], [3, 4]) // 11 */
export const vecdot = (x: ArrayLike, y: ArrayLike, ...rest: Tail<[axis: number], VecdotOptions>): Value =>
  linear.vecdot(x, y, options<VecdotOptions>("vecdot", ["axis"], rest));
/** In the array standard's form the matrix axes are the last two.
 * @example np.linalg.diagonal([[1, 2], [3, 4]]) // [1, 4] */
export const diagonal = (x: ArrayLike, opts: { offset?: number } = {}): Value =>
  manipulation.diagonal(asArray(x), { offset: opts.offset ?? 0, axis1: -2, axis2: -1 });
/** The sum of the diagonals of matrices in the last two axes.
 * @example np.linalg.trace([[1, 2], [3, 4]]) // 5 */
export const trace = (x: ArrayLike, opts: { offset?: number; dtype?: DType } = {}): Value =>
  manipulation.trace(asArray(x), { offset: opts.offset ?? 0, axis1: -2, axis2: -1, ...(opts.dtype ? { dtype: opts.dtype } : {}) });

/** The lower triangle L with L Lᴴ = a, of Hermitian positive matrices; NaN where they are not.
 * @example np.linalg.cholesky([[4, 2], [2, 5]]) // [[2, 0], [1, 2]] */
export function cholesky(a: ArrayLike, ...rest: Tail<[], CholeskyOptions>): Value {
  const q = options<CholeskyOptions>("cholesky", [], rest),
    v = f.square("cholesky", a),
    l = f.cholesky(q.symmetrizeInput === false ? v : f.symmetrize(v));
  return q.upper ? m.adjoint(l) : l;
}
/** `[Q, R]` of matrices […, m, n]: Q has orthonormal columns, R is upper triangular. With mode "r", R alone.
 * @example const [q, r] = np.linalg.qr([[3, 1], [4, 2]]); np.round(q.matmul(r), { decimals: 3 }) // [[3, 1], [4, 2]] */
export function qr(a: ArrayLike, mode: "r" | { readonly mode: "r" }): Value;
export function qr(a: ArrayLike, ...rest: Tail<[mode: NonNullable<QROptions["mode"]>], QROptions>): [Value, Value];
export function qr(a: ArrayLike, ...rest: Tail<[mode: NonNullable<QROptions["mode"]>], QROptions>): Value | Value[] {
  const { mode = "reduced" } = options<QROptions>("qr", ["mode"], rest),
    v = f.matrix("qr", a);
  if (mode === "raw") {
    const [packed, taus] = bind(primitiveNamed("geqrf"), [v], {}) as [Value, Value];
    return [m.swap(packed), taus];
  }
  if (!["reduced", "r", "full", "complete"].includes(mode))
    throw new ShapeError(`qr: the mode is "${mode}", expected "reduced", "complete", "r" or "raw"`);
  const [q, r] = f.qr(v, mode === "full" || mode === "complete") as [Value, Value];
  return mode === "r" ? r : [q, r];
}
/** `[U, singular values, Vᴴ]` of matrices […, m, n], the largest first; with `computeUv: false` the singular values alone.
 * @example np.linalg.svd([[3, 0], [0, 4]], { computeUv: false }) // [4, 3] */
export function svd(a: ArrayLike, options: SVDOptions & { readonly computeUv: false }): Value;
export function svd(
  a: ArrayLike,
  ...rest: Tail<[fullMatrices: boolean, computeUv: true, hermitian: boolean, subsetByIndex: readonly [number, number] | null], SVDOptions>
): [Value, Value, Value];
export function svd(
  a: ArrayLike,
  ...rest: Tail<[fullMatrices: boolean, computeUv: boolean, hermitian: boolean, subsetByIndex: readonly [number, number] | null], SVDOptions>
): Value | Value[] {
  const q = options<SVDOptions>("svd", ["fullMatrices", "computeUv", "hermitian", "subsetByIndex"], rest),
    v = f.matrix("svd", a),
    uv = q.computeUv ?? true;
  if (q.hermitian) {
    const [vectors, w] = f.eigh(f.symmetrize(v), true),
      order = argsortDescending(o.abs(w)),
      s = o.takeAlong(o.abs(w), order, w.ndim - 1);
    if (!uv) return s;
    const u = m.permuteColumns(vectors, order),
      sign = o.takeAlong(o.sign(w), order, w.ndim - 1);
    return [u, s, m.adjoint(m.scaleColumns(u, m.toComplexLike(sign, u)))];
  }
  const r = f.svd(v, uv && (q.fullMatrices ?? true), uv, q.subsetByIndex ?? null);
  return uv ? [r[1]!, r[0]!, r[2]!] : r[0]!;
}
const argsortDescending = (x: Value): Value =>
  bind(primitiveNamed("sort"), [o.neg(x), o.iota("int32", x.shape, x.ndim - 1)], { dimension: x.ndim - 1, isStable: true, numKeys: 1 })[1]!;
/** The singular values, the largest first.
 * @example np.linalg.svdvals([[3, 0], [0, 4]]) // [4, 3] */
export const svdvals = (a: ArrayLike): Value => svd(a, { computeUv: false });
/** Eigenvalues and right eigenvectors of general matrices; complex.
 * @example np.linalg.eig([[2, 0], [0, 3]]) // [[2+0i, 3+0i], [[1+0i, 0+0i], [0+0i, 1+0i]]] */
export const eig = (a: ArrayLike): [Value, Value] => f.eig(f.square("eig", a), false, true) as readonly Value[] as [Value, Value];
/** The eigenvalues of general matrices; complex.
 * @example np.linalg.eigvals([[0, -1], [1, 0]]) // [0-1i, 0+1i] */
export const eigvals = (a: ArrayLike): Value => f.eig(f.square("eigvals", a), false, false)[0]!;
/** Ascending eigenvalues and eigenvectors of Hermitian matrices.
 * @example np.linalg.eigh([[2, 0], [0, 1]]) // [[1, 2], [[0, 1], [1, 0]]] */
export function eigh(a: ArrayLike, ...rest: Tail<[UPLO: string | null, symmetrizeInput: boolean], EighOptions>): [Value, Value] {
  const q = options<EighOptions>("eigh", ["UPLO", "symmetrizeInput"], rest),
    uplo = q.UPLO ?? "L",
    v = f.square("eigh", a);
  if (uplo !== "L" && uplo !== "U") throw new ShapeError(`eigh: UPLO is "${uplo}", expected "L" or "U"`);
  const [vectors, w] = f.eigh(q.symmetrizeInput === false ? v : f.symmetrize(v), uplo === "L");
  return [w, vectors];
}
/** The eigenvalues of Hermitian matrices, ascending.
 * @example np.linalg.eigvalsh([[2, 1], [1, 2]]) // [1, 3] */
export const eigvalsh = (a: ArrayLike, ...rest: Tail<[UPLO: string | null, symmetrizeInput: boolean], EighOptions>): Value => eigh(a, ...rest)[0];

/** x with a x = b, for square matrices [..., n, n] and right sides [..., n] or [..., n, k].
 * @example np.linalg.solve([[2, 0], [0, 4]], [2, 2]) // [1, 0.5] */
export function solve(a: ArrayLike, b: ArrayLike): Value {
  const [x, y] = f.pair("solve", a, b);
  f.square("solve", x);
  if (y.ndim < 1 || y.shape[y.ndim === 1 ? 0 : y.ndim - 2] !== x.shape.at(-1))
    throw new ShapeError(`solve: the matrix is ${x.aval} and the right side ${y.aval}; the right side needs ${x.shape.at(-1)} rows`);
  return y.ndim === 1 ? o.squeeze(f.solveMatrix(x, f.matchLead(o.expandDims(y, 1), x.shape.slice(0, -2))), [x.ndim - 1]) : f.solveMatrix(x, y);
}
/** The inverse of square matrices; infinite or NaN where there is none.
 * @example np.linalg.inv([[2, 0], [0, 4]]) // [[0.5, 0], [0, 0.25]] */
export const inv = (a: ArrayLike): Value => {
  const v = f.square("inv", a);
  return f.solveMatrix(v, f.eye(v));
};
/** Sign (or phase) and logarithm of the absolute value of the determinant.
 * @example np.linalg.slogdet([[2, 0], [0, 3]]) // [1, 1.792] */
export function slogdet(a: ArrayLike, _options?: SlogdetOptions): [Value, Value] {
  const v = f.square("slogdet", a),
    [packed, pivots] = f.lu(v),
    d = m.diagonal(packed),
    odd = o.convert(parity(pivots), v.dtype),
    flip = o.sub(o.like(odd, 1), o.mul(o.like(odd, 2), odd)),
    last = d.ndim - 1;
  const phase = o.reduceProd(o.sign(d), [last]);
  return [o.mul(phase, flip), o.reduceSum(o.log(o.abs(d)), [last])];
}
/** The determinant. Its derivative is defined for singular matrices too: by cofactors. */
/** The determinant. Up to 3×3 the polynomial itself, so that its derivatives hold for every matrix.
 * @example np.linalg.det([[1, 2], [3, 4]]) // -2 */
export const det: (a: ArrayLike) => Value = (a) => {
  const v = f.square("det", a),
    n = v.shape.at(-1)!,
    e = (i: number, j: number): Value =>
      o.squeeze(o.sliceInDim(o.sliceInDim(v, v.ndim - 2, i, i + 1), v.ndim - 1, j, j + 1), [v.ndim - 2, v.ndim - 1]);
  if (n === 1) return e(0, 0);
  if (n === 2) return o.sub(o.mul(e(0, 0), e(1, 1)), o.mul(e(0, 1), e(1, 0)));
  if (n === 3) {
    const minor = (i: number, j: number): Value => o.sub(o.mul(e(1, i), e(2, j)), o.mul(e(1, j), e(2, i)));
    return o.add(o.sub(o.mul(e(0, 0), minor(1, 2)), o.mul(e(0, 1), minor(0, 2))), o.mul(e(0, 2), minor(0, 1)));
  }
  return detOf(v);
};
/** The pseudo-inverse, [..., n, m] of [..., m, n].
 * @example np.round(np.linalg.pinv([[1], [1]]), { decimals: 3 }) // [[0.5, 0.5]] */
export function pinv(a: ArrayLike, ...rest: Tail<[rtol: ArrayLike | null, hermitian: boolean], PinvOptions>): Value {
  const q = options<PinvOptions>("pinv", ["rtol", "hermitian"], rest),
    v = f.matrix("pinv", a);
  // A Hermitian matrix stands for its Hermitian part: gradients are then Hermitian, too.
  return pinvOf(q.hermitian ? f.symmetrize(v) : v, q.rtol ?? q.rcond ?? null);
}
const epsilon = (d: DType): number =>
  (({ float64: 2 ** -52, complex128: 2 ** -52, float16: 2 ** -10, bfloat16: 2 ** -7 }) as Partial<Record<DType, number>>)[d] ?? 2 ** -23;
function pinvOf(v: Value, rtol: ArrayLike | null): Value {
  if (v.size === 0) return o.full([...v.shape.slice(0, -2), v.shape.at(-1)!, v.shape.at(-2)!], v.dtype, 0);
  // The derivative does not go through the singular vectors, which are not differentiable where values coincide.
  const core = customJvp(function pinv(x: Value): Value {
    const [s, u, vh] = f.svd(x, false, true) as [Value, Value, Value],
      limit = rtol === null ? o.like(s, 10 * Math.max(...x.shape.slice(-2)) * epsilon(x.dtype)) : castTo(asArray(rtol), s.dtype),
      largest = o.expandDims(o.reduceMax(s, [s.ndim - 1]), s.ndim - 1),
      cut = largest.mul(limit.ndim ? o.expandDims(limit, limit.ndim) : limit),
      keep = s.gt(cut);
    const inverse = o.select(keep, o.div(o.full(s.shape, s.dtype, 1), o.select(keep, s, o.full(s.shape, s.dtype, 1))), o.full(s.shape, s.dtype, 0));
    return m.matmul(m.scaleColumns(m.adjoint(vh), m.toComplexLike(inverse, x)), m.adjoint(u));
  });
  core.defjvp(([x]: [Value], [dx]: [Value]) => {
    const p = core(x) as Value,
      h = m.adjoint,
      mm = m.matmul,
      rows = x.shape.at(-2)!,
      columns = x.shape.at(-1)!;
    const d1 = o.neg(mm(p, mm(dx, p))),
      outer = mm(x, p),
      inner = mm(p, x),
      id = (y: Value, n: number): Value => m.eyeLike([...y.shape.slice(0, -2), n, n], y.dtype);
    const d2 = mm(mm(p, mm(h(p), h(dx))), o.sub(id(outer, rows), outer)),
      d3 = mm(o.sub(id(inner, columns), inner), mm(h(dx), mm(h(p), p)));
    return [p, o.add(d1, o.add(d2, d3))];
  });
  return core(v) as Value;
}
/** How many singular values are not (nearly) zero.
 * @example np.linalg.matrixRank([[1, 2], [2, 4]]) // 1 */
export function matrixRank(a: ArrayLike, ...rest: Tail<[rtol: ArrayLike | null, hermitian: boolean], MatrixRankOptions>): Value {
  const q = options<MatrixRankOptions>("matrixRank", ["rtol", "hermitian"], rest),
    x = asArray(a, "matrixRank");
  // A vector has rank 1 unless it is zero.
  if (x.ndim < 2) return o.convert(reductions.any(o.ne(x, o.zerosLike(x.aval))), canonicalize("int64"));
  const v = f.matrix("matrixRank", x),
    s = q.hermitian ? o.abs(eigvalsh(v)) : svdvals(v),
    limit = q.rtol ?? q.tol,
    largest = o.reduceMax(s, [s.ndim - 1]);
  // A bound for each matrix of a stack; one of more axes broadcasts.
  const cut = largest.mul(
    limit === undefined || limit === null ? o.like(s, Math.max(...v.shape.slice(-2)) * epsilon(v.dtype)) : castTo(asArray(limit), s.dtype),
  );
  const counted = o.convert(s.gt(o.expandDims(cut, cut.ndim)), canonicalize("int64"));
  return o.reduceSum(counted, [counted.ndim - 1]);
}
/** A square matrix to an integer power; negative ones through the inverse.
 * @example np.linalg.matrixPower([[1, 1], [0, 1]], 3) // [[1, 3], [0, 1]] */
export function matrixPower(a: ArrayLike, n: number): Value {
  let v = asArray(a, "matrixPower");
  if (v.ndim < 2 || v.shape.at(-1) !== v.shape.at(-2)) throw new ShapeError(`matrixPower: the operand is ${v.aval}, expected square matrices`);
  if (!Number.isInteger(n)) throw new TypeError(`matrixPower: the exponent is ${n}, expected an integer`);
  if (n === 0) return f.eye(v);
  if (n < 0) {
    v = inv(v);
    n = -n;
  }
  let result: Value | null = null;
  for (; n > 0; n >>= 1) {
    if (n & 1) result = result ? m.matmul(result, v) : v;
    if (n > 1) v = m.matmul(v, v);
  }
  return result!;
}
/** A chain of products in the order with the fewest operations.
 * @example np.linalg.multiDot([[[1, 2]], [[3], [4]], [[5]]]) // [[55]] */
export function multiDot(arrays: readonly ArrayLike[], _options?: MultiDotOptions): Value {
  const vs = [...arrays].map((a) => asArray(a, "multiDot"));
  if (vs.length < 2) throw new ShapeError(`multiDot: got ${vs.length} arrays, expected at least 2`);
  const dims = [vs[0]!.ndim === 1 ? 1 : vs[0]!.shape[0]!, ...vs.map((v, i) => (v.ndim === 1 ? (i === 0 ? v.shape[0]! : 1) : v.shape[1]!))],
    n = vs.length,
    cost = new Map<string, { c: number; at: number }>();
  const best = (i: number, j: number): { c: number; at: number } => {
    const key = `${i},${j}`,
      have = cost.get(key);
    if (have) return have;
    let r = { c: i === j ? 0 : Infinity, at: i };
    for (let k = i; k < j; k++) {
      const c = best(i, k).c + best(k + 1, j).c + dims[i]! * dims[k + 1]! * dims[j + 1]!;
      if (c < r.c) r = { c, at: k };
    }
    cost.set(key, r);
    return r;
  };
  const product = (i: number, j: number): Value => (i === j ? vs[i]! : linear.dot(product(i, best(i, j).at), product(best(i, j).at + 1, j)));
  return product(0, n - 1);
}

/** ‖x‖_p of vectors along an axis. */
function vectorNormAlong(v: Value, axes: readonly number[], ord: Order, keepdims: boolean): Value {
  const a = o.abs(v),
    opts = { axis: axes as number[], keepdims };
  if (ord === null || ord === 2) return o.sqrt(reductions.sum(o.real2(v), opts));
  if (ord === Infinity || ord === "inf") return reductions.max(a, { ...opts, initial: 0 });
  if (ord === -Infinity || ord === "-inf") return reductions.min(a, { ...opts, initial: Infinity });
  if (ord === 0) return reductions.sum(o.convert(o.ne(v, o.zerosLike(v.aval)), a.dtype), opts);
  if (ord === 1) return reductions.sum(a, opts);
  if (typeof ord === "string") throw new ShapeError(`norm: the order "${ord}" is for matrices; for vectors give a number`);
  const p = Number(ord);
  return o.pow(reductions.sum(o.pow(a, o.like(a, p)), opts), o.like(a, 1 / p));
}
function matrixNormAlong(v: Value, [r, c]: readonly [number, number], ord: Order, keepdims: boolean): Value {
  const a = o.abs(v),
    back = (x: Value): Value => (keepdims ? [r, c].sort((p, q) => p - q).reduce((y, i) => o.expandDims(y, i), x) : x),
    drop = (i: number, j: number): number => (j > i ? j - 1 : j);
  if (ord === null || ord === "fro") return o.sqrt(reductions.sum(o.real2(v), { axis: [r, c], keepdims }));
  if (ord === 1 || ord === -1) return back((ord === 1 ? reductions.max : reductions.min)(reductions.sum(a, { axis: r }), { axis: drop(r, c) }));
  if (ord === Infinity || ord === -Infinity)
    return back((ord > 0 ? reductions.max : reductions.min)(reductions.sum(a, { axis: c }), { axis: drop(c, r) }));
  if (ord === 2 || ord === -2 || ord === "nuc") {
    const rest = v.shape.map((_n, i) => i).filter((i) => i !== r && i !== c),
      s = f.svd(o.transpose(v, [...rest, r, c]), false, false)[0]!;
    return back(ord === "nuc" ? reductions.sum(s, { axis: -1 }) : (ord === 2 ? reductions.max : reductions.min)(s, { axis: -1 }));
  }
  throw new ShapeError(`norm: the order ${String(ord)} is not defined for matrices; use 1, -1, 2, -2, inf, -inf, "fro" or "nuc"`);
}
/** The norm of a vector or matrix; without `ord` the root of the sum of squares over the axes.
 * @example np.linalg.norm([3, 4]) // 5 */
export function norm(x: ArrayLike, ...rest: Tail<[ord: Order, axis: Axis, keepdims: boolean], NormOptions>): Value {
  const q = options<NormOptions>("norm", ["ord", "axis", "keepdims"], rest),
    [v0] = promoteInexact("norm", [asArray(x, "norm")]),
    v = castTo(v0!, v0!.dtype),
    keepdims = q.keepdims ?? false,
    ord = q.ord ?? null;
  if (q.axis === undefined || q.axis === null) {
    if (ord === null) {
      const n = o.sqrt(reductions.sum(o.real2(v)));
      return keepdims
        ? o.reshape(
            n,
            v.shape.map(() => 1),
          )
        : n;
    }
    if (v.ndim !== 1 && v.ndim !== 2)
      throw new ShapeError(`norm: the operand is ${v.aval}; for more than 2 axes give the axis (one for vectors, two for matrices)`);
    return v.ndim === 1 ? vectorNormAlong(v, [0], ord, keepdims) : matrixNormAlong(v, [0, 1], ord, keepdims);
  }
  const axes = [q.axis].flat().map((a) => axisOf("norm", a as number, v.ndim));
  if (axes.length === 1) return vectorNormAlong(v, axes, ord, keepdims);
  if (axes.length !== 2) throw new ShapeError(`norm: the axis names ${axes.length} axes, expected one (vectors) or two (matrices)`);
  return matrixNormAlong(v, axes as unknown as [number, number], ord, keepdims);
}
/** The norm of matrices in the last two axes, "fro" by default.
 * @example np.linalg.matrixNorm([[3, 0], [0, 4]]) // 5 */
export const matrixNorm = (x: ArrayLike, opts: Omit<NormOptions, "axis"> = {}): Value =>
  norm(x, { axis: [-2, -1], keepdims: opts.keepdims ?? false, ord: opts.ord ?? "fro" });
/** The norm of vectors along axes, 2 by default.
 * @example np.linalg.vectorNorm([3, 4], { ord: 1 }) // 7 */
export function vectorNorm(x: ArrayLike, opts: NormOptions = {}): Value {
  const v = asArray(x, "vectorNorm"),
    ord = opts.ord ?? 2,
    keepdims = opts.keepdims ?? false;
  if (opts.axis === undefined || opts.axis === null) {
    const n = norm(o.reshape(v, [v.size]), { ord, axis: 0 });
    return keepdims
      ? o.reshape(
          n,
          v.shape.map(() => 1),
        )
      : n;
  }
  if (typeof opts.axis === "number") return norm(v, { ord, axis: opts.axis, keepdims });
  const [w] = promoteInexact("vectorNorm", [v]);
  return vectorNormAlong(
    w!,
    opts.axis.map((a) => axisOf("vectorNorm", a, v.ndim)),
    ord,
    keepdims,
  );
}
/** The condition number of matrices.
 * @example np.linalg.cond([[2, 0], [0, 1]]) // 2 */
export function cond(x: ArrayLike, ...rest: Tail<[p: Order], CondOptions>): Value {
  const { p = null } = options<CondOptions>("cond", ["p"], rest),
    v = f.matrix("cond", x);
  if (p !== null && p !== 2 && p !== -2) return o.mul(norm(v, { ord: p, axis: [-2, -1] }), norm(inv(v), { ord: p, axis: [-2, -1] }));
  const s = svdvals(v),
    n = s.shape.at(-1)!,
    first = o.squeeze(o.sliceInDim(s, s.ndim - 1, 0, 1), [s.ndim - 1]),
    last = o.squeeze(o.sliceInDim(s, s.ndim - 1, n - 1, n), [s.ndim - 1]);
  return p === -2 ? o.div(last, first) : o.div(first, last);
}
export { tensorinv, tensorsolve } from "./tensorSolves.ts";
/** The rank as a number, which `numpyResid` needs to be known while tracing. */
function fullRank(rank: Value): number {
  if (rank instanceof NDArray) return Number(rank.item());
  throw new ConcretizationTypeError(
    "lstsq: with numpyResid the number of residuals depends on a traced rank; leave numpyResid out under jit, vmap and grad",
  );
}
/** [x, residuals, rank, singular values] of the least squares problem.
 * @example np.round(np.linalg.lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5])[0], { decimals: 3 }) // [1, 2] */
export function lstsq(a: ArrayLike, b: ArrayLike, ...rest: Tail<[rcond: number | null], LstsqOptions>): readonly Value[] {
  const q = options<LstsqOptions>("lstsq", ["rcond"], rest),
    [x, y0] = f.pair("lstsq", a, b),
    vector = y0.ndim === 1,
    y = vector ? o.expandDims(y0, 1) : y0,
    [rows, columns] = x.shape as [number, number];
  if (x.ndim !== 2 || y.shape[0] !== rows)
    throw new ShapeError(`lstsq: the matrix is ${x.aval} and the right side ${y0.aval}; expected [m, n] and m rows`);
  const [s, u, vh] = f.svd(x, false, true) as [Value, Value, Value],
    limit = q.rcond ?? epsilon(x.dtype) * Math.max(rows, columns),
    // Without singular values (an empty matrix) there is nothing to keep.
    keep = s.size === 0 ? o.full(s.shape, "bool", 0) : o.ge(s, o.splat(o.mul(o.squeeze(o.sliceInDim(s, 0, 0, 1), [0]), o.like(s, limit)), s.shape)),
    safe = o.select(keep, s, o.full(s.shape, s.dtype, 1));
  const inverse = o.select(keep, o.div(o.full(s.shape, s.dtype, 1), safe), o.full(s.shape, s.dtype, 0)),
    sol = m.matmul(m.adjoint(vh), m.scaleRows(m.matmul(m.adjoint(u), y), m.toComplexLike(inverse, x)));
  const rank = o.reduceSum(o.convert(keep, "int32"), [0]),
    all = (): Value => reductions.sum(o.real2(o.sub(y, m.matmul(x, sol))), { axis: 0 }),
    // NumPy gives none where the rank is not full or nothing is over; how many there are then depends on values.
    none = q.numpyResid && (rows <= columns || fullRank(rank) < columns);
  return [vector ? o.squeeze(sol, [1]) : sol, none ? o.full([0], realPart(x.dtype), 0) : all(), rank, s];
}
