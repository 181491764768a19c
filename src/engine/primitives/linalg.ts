// Linear algebra: factorizations and solves on stacks of matrices. The work is done by the run-time library; the rules are here.
// Derivatives: Giles, "Collected matrix derivative results" (2008); Murray, "Differentiation of the Cholesky decomposition" (2016).
import { ShapedArray } from "../core/aval.ts";
import { type DType, complexOf, isComplex, isInexact, realPart } from "../core/dtypes.ts";
import { DTypeError, MissingRuleError, ShapeError } from "../core/errors.ts";
import {
  type BatchRule,
  type JvpRule,
  type LowerRule,
  type Primitive,
  type Tangent,
  Zero,
  absent,
  definePrimitive,
  isLinear,
  isZero,
} from "../core/primitive.ts";
import { bind, bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { type NoParams, notLinear } from "./define.ts";
import * as m from "./matrix.ts";
import * as o from "./ops.ts";

export const lead = (a: ShapedArray): readonly number[] => a.shape.slice(0, -2);
export function checkMatrix(name: string, a: ShapedArray, square = false): { rows: number; columns: number } {
  if (a.ndim < 2) throw new ShapeError(`${name}: the operand is ${a}, expected a matrix or a stack of matrices (at least 2 axes)`);
  if (!isInexact(a.dtype))
    throw new DTypeError(`${name}: the operand has dtype ${a.dtype}, expected a floating or complex one; use x.astype("float32")`);
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  if (square && rows !== columns) throw new ShapeError(`${name}: the matrices of ${a} are ${rows}×${columns}, expected square ones`);
  return { rows, columns };
}
/** Batching is one more leading axis on every operand. */
const batchLeading =
  <P extends object>(p: () => Primitive<P>): BatchRule<P> =>
  (args, dims, params, { size }) => {
    const outs = bind(
      p(),
      args.map((a, i) => o.spreadBatch(a, dims[i]!, size)),
      params,
    );
    return [outs, outs.map(() => 0)];
  };
/** The library routine of the primitive's own name. */
const library =
  (name: string): LowerRule<object> =>
  (g, inputs, params, outs) =>
    g.library(
      name,
      inputs,
      params as Readonly<Record<string, unknown>>,
      outs.map((a) => ({ shape: a.shape, dtype: a.dtype })),
    );
interface Spec<P extends object> {
  readonly abstract: (avals: readonly ShapedArray[], params: P) => readonly ShapedArray[];
  readonly jvp?: JvpRule<P>;
  readonly why?: string;
  readonly single?: boolean;
  readonly transpose?: Primitive<P>["transpose"];
}
export function define<P extends object>(name: string, s: Spec<P>): Primitive<P> {
  const p: Primitive<P> = definePrimitive<P>({
    name,
    multipleResults: !s.single,
    abstract: s.abstract,
    jvp: s.jvp ?? absent(s.why ?? "it has no derivative rule in JAX either"),
    transpose: s.transpose ?? notLinear,
    batch: batchLeading(() => p),
    lower: library(name) as LowerRule<P>,
  });
  return p;
}
export const strong = (a: ShapedArray, shape: readonly number[], dtype: DType = a.dtype): ShapedArray => new ShapedArray(shape, dtype);
export const zeros = (outs: readonly Value[]): Zero[] => outs.map((v) => new Zero(v.aval.strengthen()));

export interface TriangularSolveParams {
  readonly leftSide: boolean;
  readonly lower: boolean;
  readonly transposeA: boolean;
  readonly conjugateA: boolean;
  readonly unitDiagonal: boolean;
}
/** Solves op(A) X = B (leftSide) or X op(A) = B for triangular A. */
export const triangularSolve: Primitive<TriangularSolveParams> = define<TriangularSolveParams>("triangular_solve", {
  single: true,
  abstract: ([a, b], { leftSide }) => {
    const { rows } = checkMatrix("triangular_solve", a!, true);
    checkMatrix("triangular_solve", b!);
    const other = b!.shape.at(leftSide ? -2 : -1);
    if (other !== rows || lead(a!).join() !== lead(b!).join())
      throw new ShapeError(
        `triangular_solve: A is ${a} and B is ${b}; ${leftSide ? "rows" : "columns"} of B must match A, and leading axes must be equal`,
      );
    if (a!.dtype !== b!.dtype) throw new DTypeError(`triangular_solve: A has dtype ${a!.dtype}, B ${b!.dtype}; expected equal ones`);
    return [strong(b!, b!.shape)];
  },
  jvp: ([a, b], [da, db], p) => {
    const x = bind1(triangularSolve, [a!, b!], p),
      solve = (v: Value): Value => bind1(triangularSolve, [a!, v], p);
    const right: Tangent = isZero(db) ? new Zero(x.aval) : solve(db as Value);
    if (isZero(da)) return [[x], [right]];
    // op(A) X = B gives op(A) dX = dB − op(dA) X, where dA has the triangle's shape.
    const k = p.unitDiagonal ? 1 : 0,
      cut = p.lower ? m.tril(da as Value, -k) : m.triu(da as Value, k),
      t = p.transposeA ? m.swap(cut) : cut,
      op = o.neg(p.conjugateA ? o.conj(t) : t);
    return [[x], [o.addTangents(right, solve(p.leftSide ? m.matmul(op, x) : m.matmul(x, op)))]];
  },
  transpose: ([ct], [a, b], p) => [
    null,
    !isLinear(b) ? null : isZero(ct) ? new Zero(b.aval) : bind1(triangularSolve, [a as Value, ct as Value], { ...p, transposeA: !p.transposeA }),
  ],
});
export const solveWith = (a: Value, b: Value, p: Partial<TriangularSolveParams>): Value =>
  bind1(triangularSolve, [a, b], { leftSide: false, lower: false, transposeA: false, conjugateA: false, unitDiagonal: false, ...p });

/** The lower Cholesky factor, from the lower triangle. NaN where the matrix is not positive definite. */
export const cholesky: Primitive<NoParams> = define<NoParams>("cholesky", {
  single: true,
  abstract: ([a]) => {
    checkMatrix("cholesky", a!, true);
    return [strong(a!, a!.shape)];
  },
  jvp: ([a], [da]) => {
    const l = m.tril(bind1(cholesky, [a!], {}));
    if (isZero(da)) return [[l], [new Zero(l.aval)]];
    // dL = L Φ(L⁻¹ dA L⁻ᴴ), where Φ takes the lower triangle and halves the diagonal.
    const inner = solveWith(l, solveWith(l, da as Value, { lower: true, transposeA: true, conjugateA: true }), { leftSide: true, lower: true });
    const phi = o.div(m.tril(inner), o.add(m.eyeLike(l.shape, l.dtype), o.full(l.shape, l.dtype, 1)));
    return [[l], [m.matmul(l, phi)]];
  },
});
export const choleskyUpdate: Primitive<NoParams> = definePrimitive<NoParams>({
  name: "cholesky_update",
  multipleResults: false,
  abstract: ([r, w]) => {
    const { rows } = checkMatrix("cholesky_update", r!, true);
    if (r!.ndim !== 2 || w!.shape.join() !== `${rows}`)
      throw new ShapeError(`cholesky_update: the factor is ${r} and the vector ${w}; expected [n, n] and [n]`);
    return [strong(r!, r!.shape)];
  },
  jvp: absent("it has no derivative rule in JAX either"),
  transpose: notLinear,
  batch: absent("it has no batching rule in JAX either"),
  lower: library("cholesky_update"),
});

/** LU with partial pivoting: the packed factors, the row exchanges, and the permutation they make. */
export const lu: Primitive<NoParams> = define<NoParams>("lu", {
  abstract: ([a]) => {
    const { rows, columns } = checkMatrix("lu", a!),
      k = Math.min(rows, columns);
    return [strong(a!, a!.shape), strong(a!, [...lead(a!), k], "int32"), strong(a!, [...lead(a!), rows], "int32")];
  },
  jvp: ([a], [da]) => {
    const outs = bind(lu, [a!], {}),
      [packed, pivots, permutation] = outs as [Value, Value, Value];
    if (isZero(da)) return [outs, zeros(outs)];
    const [rows, columns] = a!.shape.slice(-2) as [number, number],
      k = Math.min(rows, columns),
      d = m.permuteRows(da as Value, permutation),
      none = a!.shape.slice(0, -2).map(() => [0, 0, 0] as const),
      zero = o.like(packed, 0),
      last = packed.ndim - 1;
    // Both factors are made square with identities, so that d(LU) = L tril(L⁻¹ dA U⁻¹, −1) + triu(…) U.
    const l0 = m.tril(o.sliceInDim(packed, last, 0, k), -1),
      lower = o.add(o.pad(l0, zero, [...none, [0, 0, 0], [0, rows - k, 0]]), m.eyeLike([...packed.shape.slice(0, -2), rows, rows], packed.dtype));
    const u0 = o.pad(m.triu(o.sliceInDim(packed, last - 1, 0, k)), zero, [...none, [0, columns - k, 0], [0, 0, 0]]),
      shape = [...packed.shape.slice(0, -2), columns, columns];
    const upper =
      columns > k
        ? o.add(u0, o.pad(m.eyeLike([...shape.slice(0, -2), columns - k, columns - k], packed.dtype), zero, [...none, [k, 0, 0], [k, 0, 0]]))
        : u0;
    const inner = solveWith(upper, solveWith(lower, d, { leftSide: true, lower: true, unitDiagonal: true }), {});
    return [outs, [o.add(m.matmul(lower, m.tril(inner, -1)), m.matmul(m.triu(inner), upper)), new Zero(pivots.aval), new Zero(permutation.aval)]];
  },
});
export const luPivotsToPermutation: Primitive<{ readonly permutationSize: number }> = define<{ readonly permutationSize: number }>(
  "lu_pivots_to_permutation",
  {
    single: true,
    why: "pivots are integers",
    abstract: ([p], { permutationSize }) => {
      if (p!.ndim < 1 || p!.dtype !== "int32")
        throw new DTypeError(`lu_pivots_to_permutation: the pivots are ${p}, expected int32 of at least 1 axis`);
      return [strong(p!, [...p!.shape.slice(0, -1), permutationSize])];
    },
  },
);

export const hessenberg: Primitive<NoParams> = define<NoParams>("hessenberg", {
  abstract: ([a]) => {
    const { rows } = checkMatrix("hessenberg", a!, true);
    return [strong(a!, a!.shape), taus(a!, Math.max(rows - 1, 0))];
  },
});
export const tridiagonal: Primitive<{ readonly lower: boolean }> = define<{ readonly lower: boolean }>("tridiagonal", {
  abstract: ([a]) => {
    const { rows } = checkMatrix("tridiagonal", a!, true),
      real = realPart(a!.dtype),
      off = Math.max(rows - 1, 0);
    return [strong(a!, a!.shape), strong(a!, [...lead(a!), rows], real), strong(a!, [...lead(a!), off], real), taus(a!, off)];
  },
});

export interface EighParams {
  readonly lower: boolean;
  readonly sortEigenvalues: boolean;
  readonly subsetByIndex: readonly [number, number] | null;
  readonly algorithm: null;
}
/** Eigenvectors and ascending eigenvalues of Hermitian matrices, from one triangle. */
export const eigh: Primitive<EighParams> = define<EighParams>("eigh", {
  abstract: ([a], { subsetByIndex: s }) => {
    const { rows } = checkMatrix("eigh", a!, true),
      n = s ? s[1] - s[0] : rows;
    return [strong(a!, [...lead(a!), rows, n]), strong(a!, [...lead(a!), n], realPart(a!.dtype))];
  },
  jvp: ([a], [da], p) => {
    const outs = bind(eigh, [a!], p),
      [v, w] = outs as [Value, Value];
    if (isZero(da)) return [outs, zeros(outs)];
    if (p.subsetByIndex) throw new MissingRuleError("eigh with subsetByIndex has no derivative: take all eigenvalues and index the result");
    const wc = m.toComplexLike(w, v),
      inner = m.matmul(m.adjoint(v), m.matmul(da as Value, v)),
      eye = m.eyeLike(inner.shape, inner.dtype);
    const gaps = o.sub(m.spread(m.row(wc), inner.shape), m.spread(m.column(wc), inner.shape)),
      factor = o.sub(o.div(o.full(eye.shape, eye.dtype, 1), o.add(eye, gaps)), eye);
    const dw = m.diagonal(inner);
    return [outs, [m.matmul(v, o.mul(factor, inner)), isComplex(dw.dtype) ? o.real(dw) : dw]];
  },
});
export interface EigParams {
  readonly computeLeftEigenvectors: boolean;
  readonly computeRightEigenvectors: boolean;
  readonly implementation: null;
}
/** Eigenvalues and, where asked for, left and right eigenvectors of general matrices; complex. */
export const eig: Primitive<EigParams> = define<EigParams>("eig", {
  abstract: ([a], p) => {
    const { rows } = checkMatrix("eig", a!, true),
      c = complexOf(a!.dtype),
      vectors = strong(a!, a!.shape, c);
    return [strong(a!, [...lead(a!), rows], c), ...(p.computeLeftEigenvectors ? [vectors] : []), ...(p.computeRightEigenvectors ? [vectors] : [])];
  },
  jvp: ([a], [da], p) => {
    const outs = bind(eig, [a!], p);
    if (isZero(da)) return [outs, zeros(outs)];
    if (p.computeLeftEigenvectors || p.computeRightEigenvectors)
      throw new MissingRuleError("eig has a derivative for its eigenvalues only, as in JAX; use eigvals, or eigh for Hermitian matrices");
    const [w, v] = bind(eig, [a!], { ...p, computeRightEigenvectors: true }) as [Value, Value];
    return [[w], [m.diagonal(generalSolve(v, m.matmul(m.toComplexLike(da as Value, v), v)))]];
  },
});
/** A X = B through LU. */
function generalSolve(a: Value, b: Value): Value {
  const [packed, , permutation] = bind(lu, [a], {}) as [Value, Value, Value];
  return solveWith(packed, solveWith(packed, m.permuteRows(b, permutation), { leftSide: true, lower: true, unitDiagonal: true }), { leftSide: true });
}
export const schur: Primitive<{ readonly computeSchurVectors: boolean; readonly sortEigVals: boolean; readonly selectCallable: null }> = define<{
  readonly computeSchurVectors: boolean;
  readonly sortEigVals: boolean;
  readonly selectCallable: null;
}>("schur", {
  abstract: ([a], p) => {
    checkMatrix("schur", a!, true);
    return p.computeSchurVectors ? [strong(a!, a!.shape), strong(a!, a!.shape)] : [strong(a!, a!.shape)];
  },
});

export interface SvdParams {
  readonly fullMatrices: boolean;
  readonly computeUv: boolean;
  readonly subsetByIndex: readonly [number, number] | null;
  readonly algorithm?: null;
}
/** Singular values, descending, and the factors U and Vᴴ where asked for. */
export const svd: Primitive<SvdParams> = define<SvdParams>("svd", {
  abstract: ([a], p) => {
    const { rows, columns } = checkMatrix("svd", a!),
      k = p.subsetByIndex ? p.subsetByIndex[1] - p.subsetByIndex[0] : Math.min(rows, columns),
      s = strong(a!, [...lead(a!), k], realPart(a!.dtype));
    return p.computeUv
      ? [s, strong(a!, [...lead(a!), rows, p.fullMatrices ? rows : k]), strong(a!, [...lead(a!), p.fullMatrices ? columns : k, columns])]
      : [s];
  },
  jvp: ([a], [da], p) => {
    const outs = bind(svd, [a!], p),
      [rows, columns] = a!.shape.slice(-2) as [number, number];
    if (isZero(da)) return [outs, zeros(outs)];
    if (p.subsetByIndex) throw new MissingRuleError("svd with subsetByIndex has no derivative: take all singular values and index the result");
    if (p.computeUv && p.fullMatrices && rows !== columns)
      throw new MissingRuleError("svd with full matrices has no derivative for matrices that are not square; pass fullMatrices: false");
    const [s, u, vh] = (p.computeUv ? outs : bind(svd, [a!], { ...p, computeUv: true, fullMatrices: false })) as [Value, Value, Value],
      uh = m.adjoint(u),
      v = m.adjoint(vh),
      d = da as Value;
    const inner = m.matmul(uh, m.matmul(d, v)),
      diag = m.diagonal(inner),
      ds = isComplex(diag.dtype) ? o.real(diag) : diag;
    if (!p.computeUv) return [[outs[0]!], [ds]];
    const n = inner.shape,
      sr = m.spread(m.row(s), n),
      sc = m.spread(m.column(s), n),
      eye = m.eyeLike(n, s.dtype),
      ones = o.full(n, s.dtype, 1);
    const factor = m.toComplexLike(o.sub(o.div(ones, o.add(o.mul(o.add(sr, sc), o.sub(sr, sc)), eye)), eye), inner),
      right = o.mul(m.toComplexLike(sr, inner), inner),
      left = o.mul(m.toComplexLike(sc, inner), inner);
    const zero = o.convert(o.eq(s, o.full(s.shape, s.dtype, 0)), s.dtype),
      inverse = o.sub(o.div(o.full(s.shape, s.dtype, 1), o.add(s, zero)), zero),
      turn = m.scaleColumns(m.half(o.mul(o.sub(inner, m.adjoint(inner)), m.eyeLike(n, inner.dtype))), m.toComplexLike(inverse, inner));
    let du = m.matmul(u, o.add(o.mul(factor, o.add(right, m.adjoint(right))), turn)),
      dv = m.matmul(v, o.mul(factor, o.add(left, m.adjoint(left))));
    const over = (x: Value): Value => o.div(x, m.toComplexLike(m.spread(m.row(s), x.shape), x));
    if (rows > columns) {
      const dav = m.matmul(d, v);
      du = o.add(du, over(o.sub(dav, m.matmul(u, m.matmul(uh, dav)))));
    }
    if (columns > rows) {
      const dau = m.matmul(m.adjoint(d), u);
      dv = o.add(dv, over(o.sub(dau, m.matmul(v, m.matmul(vh, dau)))));
    }
    return [outs, [ds, du, m.adjoint(dv)]];
  },
});

interface SymmetricProductParams {
  readonly alpha: number;
  readonly beta: number;
}
/** α A Aᵀ + β C. */
export const symmetricProduct: Primitive<SymmetricProductParams> = definePrimitive<SymmetricProductParams>({
  name: "symmetric_product",
  multipleResults: false,
  abstract: ([a, c]) => {
    const { rows } = checkMatrix("symmetric_product", a!);
    if (c!.shape.slice(-2).join() !== `${rows},${rows}`) throw new ShapeError(`symmetric_product: A is ${a}, C is ${c}; C must be ${rows}×${rows}`);
    return [strong(c!, c!.shape)];
  },
  jvp: absent("it has no derivative rule in JAX either"),
  transpose: notLinear,
  batch: batchLeading(() => symmetricProduct),
  lower: (g, [a, c], { alpha, beta }, [out]) => {
    const n = a!.shape.length - 2,
      axes = a!.shape.slice(0, -2).map((_x, i) => i),
      type = { shape: out!.shape, dtype: out!.dtype },
      scalar = (v: number): ReturnType<typeof g.splat> => g.splat(g.constant(o.lit(out!.dtype, v) as never), out!.shape);
    const product = g.node("dot", [a!, a!], { lhsContract: [n + 1], rhsContract: [n + 1], lhsBatch: axes, rhsBatch: axes }, [type]);
    return [g.binary("add", g.binary("mul", scalar(alpha), product), g.binary("mul", scalar(beta), c!))];
  },
});
export const taus = (a: ShapedArray, n: number): ShapedArray => strong(a, [...lead(a), n]);
