// Custom calls: LAPACK's routines, which JAX calls for factorizations on the CPU, by our own primitives; and what XLA expands by itself.
import type { ShapedArray } from "../../../core/aval.ts";
import { isComplex } from "../../../core/dtypes.ts";
import type { Value } from "../../../core/value.ts";
import * as o from "../../../primitives/ops.ts";
import { adjoint } from "../../../primitives/matrix.ts";
import { fieldsOf } from "../attributes.ts";
import { type Call, Fields, type Row, type Rows } from "../row.ts";

const config = (c: Call): Fields => new Fields(fieldsOf(c.attribute("mhlo.backend_config") ?? c.attribute("backend_config")));
/** Characters of LAPACK's interface come as their codes. */
const letter = (c: Call, name: string): string => String.fromCharCode(config(c).integer(name, 0));
/** What LAPACK says of how it went: 0, well. Where ours fails, its results are NaN, as JAX makes them. */
const fine = (c: Call): Value => o.zerosLike(c.gives.at(-1)!);
/** Results in LAPACK's order, or nothing where JAX asks for none. */
const typed = (aval: ShapedArray): Value => o.zerosLike(aval);

const potrf: Row = ([a], c) => {
  const lower = (x: Value): Value => o.callAll("cholesky", [x])[0]!;
  return [letter(c, "uplo") === "U" ? adjoint(lower(adjoint(a!))) : lower(a!), fine(c)];
};
const getrf: Row = ([a], c) => {
  const [packed, pivots] = o.callAll("lu", [a!]);
  // LAPACK counts rows from 1.
  return [packed!, o.add(pivots!, o.full(pivots!.shape, pivots!.dtype, 1)), fine(c)];
};
const syevd: Row = ([a], c) => {
  const [v, w] = o.callAll("eigh", [a!], { lower: letter(c, "uplo") !== "U", sortEigenvalues: true, subsetByIndex: null, algorithm: null });
  return [v!, w!, fine(c)];
};
const gesdd: Row = ([a], c) => {
  const mode = letter(c, "mode");
  const [, , u, vh] = c.gives;
  const computeUv = mode !== "N";
  const outs = o.callAll("svd", [a!], { fullMatrices: mode === "A", computeUv, subsetByIndex: null, algorithm: null });
  return [a!, outs[0]!, ...(computeUv ? [outs[1]!, outs[2]!] : [typed(u!), typed(vh!)]), fine(c)];
};
const trsm: Row = ([a, b], c) => {
  const transpose = letter(c, "trans_x");
  return o.callAll("triangular_solve", [a!, b!], {
    leftSide: letter(c, "side") === "L",
    lower: letter(c, "uplo") === "L",
    transposeA: transpose !== "N",
    conjugateA: transpose === "C",
    unitDiagonal: letter(c, "diag") === "U",
  });
};
const gtsv: Row = ([lower, diagonal, upper, b], c) => [
  lower!,
  diagonal!,
  upper!,
  o.callAll("tridiagonal_solve", [lower!, diagonal!, upper!, b!], { perturbSingular: false })[0]!,
  fine(c),
];
const approxTopK: Row = ([x], c) => {
  const f = config(c);
  const called = c.attribute("called_computations");
  const comparator = Array.isArray(called) ? JSON.stringify(called[0]) : "";
  return o.callAll("approx_top_k", [x!], {
    k: f.integer("top_k", 0),
    reductionDimension: f.integer("reduction_dim", -1),
    recallTarget: 1,
    isMaxK: comparator.includes("_gt_"),
    reductionInputSizeOverride: -1,
    aggregateToTopk: true,
  });
};
/** LAPACK's name of a routine begins with a letter for the type of its elements. */
const LAPACK: Rows = {
  potrf,
  getrf,
  geqrf: ([a]) => o.callAll("geqrf", [a!]),
  orgqr: (ins) => o.callAll("householder_product", ins),
  ungqr: (ins) => o.callAll("householder_product", ins),
  syevd,
  heevd: syevd,
  gesdd,
  trsm,
  gtsv,
};
const identity: Row = (ins) => ins;
const TARGETS: Rows = {
  ApproxTopK: approxTopK,
  Sharding: identity,
  annotate_device_placement: identity,
};
/** What a custom call is, or undefined. */
export function targetOf(name: string): Row | undefined {
  const routine = /^lapack_[sdcz]([a-z]+)_ffi$/.exec(name)?.[1];
  return routine === undefined ? TARGETS[name] : LAPACK[routine];
}
const customCall: Row = (ins, c) => {
  const name = c.symbol("callee");
  return (targetOf(name) ?? c.fail(`@${name} is not read yet`))(ins, c);
};
/** StableHLO's own operations of linear algebra, which JAX writes for other processors. */
const cholesky: Row = ([a], c) => (c.is("lower") ? o.callAll("cholesky", [a!]) : adjoint(o.callAll("cholesky", [adjoint(a!)])[0]!));
const triangularSolve: Row = ([a, b], c) => {
  const transpose = c.word("transpose_a");
  return o.callAll("triangular_solve", [a!, b!], {
    leftSide: c.is("left_side"),
    lower: c.is("lower"),
    transposeA: transpose === "TRANSPOSE" || transpose === "ADJOINT",
    conjugateA: transpose === "ADJOINT" && isComplex(a!.dtype),
    unitDiagonal: c.is("unit_diagonal"),
  });
};
export const CUSTOM: Rows = { custom_call: customCall, cholesky, triangular_solve: triangularSolve };
