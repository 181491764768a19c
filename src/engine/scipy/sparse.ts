// scipy.sparse.linalg: linear systems by products with the matrix alone. Unknowns may be pytrees; derivatives are those of the solution, not of the
// iterations, by lax.customLinearSolve.
import { type Tree, flatten } from "../core/pytree.ts";
import { isComplex } from "../core/dtypes.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { customLinearSolve } from "../lax/solvers.ts";
import { foriLoop, whileLoop } from "../lax/control.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";

/** A square matrix, or the function that multiplies by it. */
// A user's function takes and returns trees of their own.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type LinearOperator = ArrayLike | ((x: any) => Tree);
/** Options of the iterative solvers. */
export interface IterativeOptions {
  /** Where to start; zeros by default. */
  readonly x0?: Tree | null;
  /** The residual's norm at which the iteration ends, relative to b's. */
  readonly tol?: number;
  /** The same, absolute. */
  readonly atol?: number;
  /** Most iterations; ten times the number of unknowns by default. */
  readonly maxiter?: number | null;
  /** An approximation of the inverse. */
  readonly M?: LinearOperator | null;
}
/** Options of `gmres`. */
export interface GmresOptions extends IterativeOptions {
  /** How many directions are kept before a restart. */
  readonly restart?: number;
  /** How the small problem is solved, by JAX's names; the solution is the same. */
  readonly solveMethod?: "batched" | "incremental";
}
type Multiply = (v: Value) => Value;
type Solve = (multiply: Multiply, b: Value, x0: Value) => Value;

/** Trees as one vector, and back. */
function vectors(fn: string, b: Tree): { pack: (t: Tree) => Value; unpack: (v: Value) => Tree; size: number } {
  const [leaves, def] = flatten(b);
  const shapes = leaves.map((l) => asArray(l, fn, "b"));
  const ends: number[] = [];
  shapes.forEach((s) => ends.push((ends.at(-1) ?? 0) + s.size));
  const size = ends.at(-1) ?? 0;
  return {
    size,
    pack: (t) => {
      const parts = flatten(t)[0].map((l) => np.reshape(asArray(l, fn), [-1]));
      const whole = parts.length === 1 ? parts[0]! : np.concatenate(parts);
      if (whole.size !== size) throw new ShapeError(`${fn}: a vector of ${size} numbers is expected, as b is, got ${whole.size}`);
      return whole;
    },
    unpack: (v) => def.unflatten(shapes.map((s, i) => np.reshape(v.get(`${ends[i]! - s.size}:${ends[i]}`), s.shape).astype(s.dtype))),
  };
}
function operator(fn: string, name: string, A: LinearOperator, pack: (t: Tree) => Value, unpack: (v: Value) => Tree): Multiply {
  if (typeof A === "function") return (v) => pack(A(unpack(v)));
  const m = asArray(A, fn, name);
  if (m.ndim !== 2 || m.shape[0] !== m.shape[1]) throw new ShapeError(`${fn}: ${name} is a square matrix or a function, got ${m.aval}`);
  return (v) => np.matmul(m, v);
}
const dot = (x: Value, y: Value): Value => np.vdot(x, y);
const norm2 = (x: Value): Value => np.real(dot(x, x));
interface Setting {
  readonly precondition: Multiply;
  readonly maxiter: number;
  readonly atol2: (b: Value) => Value;
}
function solveBy(fn: string, A: LinearOperator, b: Tree, options: IterativeOptions, symmetric: boolean, method: (s: Setting) => Solve): Tree {
  const { pack, unpack, size } = vectors(fn, b);
  const multiply = operator(fn, "A", A, pack, unpack);
  const { tol = 1e-5, atol = 0, M = null } = options;
  const right = pack(b);
  const promoted = right.dtype.startsWith("int") || right.dtype === "bool" ? right.astype("float32") : right;
  const solve = method({
    precondition: M === null ? (v) => v : operator(fn, "M", M, pack, unpack),
    maxiter: options.maxiter ?? 10 * size,
    atol2: (v) => np.maximum(norm2(v).mul(tol * tol), atol * atol),
  });
  const start = options.x0 === undefined || options.x0 === null ? np.zerosLike(promoted) : pack(options.x0).astype(promoted.dtype);
  // Transposed systems have another solution: what was given to start from is of no use there.
  const x = customLinearSolve(
    multiply as never,
    promoted as never,
    ((f: Multiply, v: Value) => solve(f, v, start)) as never,
    {
      transposeSolve: ((f: Multiply, v: Value) => solve(f, v, np.zerosLike(v))) as never,
      symmetric: symmetric && !isComplex(promoted.dtype),
    } as never,
  ) as unknown as Value;
  return unpack(x);
}

const conjugateGradients =
  ({ precondition, maxiter, atol2 }: Setting): Solve =>
  (A, b, x0) => {
    interface State {
      readonly x: Value;
      readonly r: Value;
      readonly p: Value;
      readonly gamma: Value;
      readonly k: Value;
    }
    const bound = atol2(b);
    const r = b.sub(A(x0));
    const z = precondition(r);
    const gammaOf = (u: Value, v: Value): Value => np.real(dot(u, v)).astype(b.dtype);
    const init: State = { x: x0, r, p: z, gamma: gammaOf(r, z), k: np.array(0, { dtype: "int32" }) };
    const going = (s: State): Value => np.logicalAnd(norm2(s.r).gt(bound), s.k.lt(maxiter));
    const step = (s: State): State => {
      const Ap = A(s.p);
      const alpha = s.gamma.div(gammaOf(s.p, Ap));
      const next = s.r.sub(alpha.mul(Ap));
      const z2 = precondition(next);
      const gamma = gammaOf(next, z2);
      return { x: s.x.add(alpha.mul(s.p)), r: next, p: z2.add(gamma.div(s.gamma).mul(s.p)), gamma, k: s.k.add(1) };
    };
    return (whileLoop(going as never, step as never, init as never) as unknown as State).x;
  };
const biconjugate =
  ({ precondition, maxiter, atol2 }: Setting): Solve =>
  (A, b, x0) => {
    interface State {
      readonly x: Value;
      readonly r: Value;
      readonly alpha: Value;
      readonly omega: Value;
      readonly rho: Value;
      readonly p: Value;
      readonly q: Value;
      /** Negative: it broke down. */
      readonly k: Value;
    }
    const bound = atol2(b);
    const shadow = b.sub(A(x0));
    const one = np.onesLike(np.sum(b));
    const init: State = { x: x0, r: shadow, alpha: one, omega: one, rho: one, p: shadow, q: shadow, k: np.array(0, { dtype: "int32" }) };
    const going = (s: State): Value => np.logicalAnd(norm2(s.r).gt(bound), np.logicalAnd(s.k.lt(maxiter), s.k.ge(0)));
    const step = (s: State): State => {
      const rho = dot(shadow, s.r);
      const beta = rho.div(s.rho).mul(s.alpha).div(s.omega);
      const p = s.r.add(beta.mul(s.p.sub(s.omega.mul(s.q))));
      const pHat = precondition(p);
      const q = A(pHat);
      const alpha = rho.div(dot(shadow, q));
      const half = s.r.sub(alpha.mul(q));
      const enough = norm2(half).lt(bound);
      const sHat = precondition(half);
      const t = A(sHat);
      const omega = dot(t, half).div(dot(t, t));
      const x = s.x.add(alpha.mul(pHat));
      const broken = np.logicalOr(omega.eq(0), np.logicalOr(alpha.eq(0), rho.eq(0)));
      return {
        x: np.where(enough, x, x.add(omega.mul(sHat))),
        r: np.where(enough, half, half.sub(omega.mul(t))),
        alpha,
        omega,
        rho,
        p,
        q,
        k: np.where(broken, -1, s.k.add(1)).astype("int32"),
      };
    };
    return (whileLoop(going as never, step as never, init as never) as unknown as State).x;
  };
const SMALLEST = 2 ** -23;
/** x / ‖x‖ and ‖x‖; both zero where the norm is no more than a threshold. */
function normalized(x: Value, threshold: ArrayLike = SMALLEST): [unit: Value, norm: Value] {
  const norm = np.sqrt(norm2(x));
  const some = np.greater(norm, threshold);
  return [np.where(some, x.div(np.where(some, norm, 1)), 0), np.where(some, norm, 0)];
}
const generalized =
  (restart: number) =>
  ({ precondition, maxiter, atol2 }: Setting): Solve =>
  (A, b, x0) => {
    const bound = np.sqrt(atol2(b));
    const residual = (x: Value): Value => precondition(b.sub(A(x)));
    const m = Math.min(restart, b.size);
    /** Arnoldi's process: an orthonormal basis of the Krylov space, orthogonalized twice, and the matrix in it. */
    const cycle = (x: Value): Value => {
      const [unit, size] = normalized(residual(x));
      const basis0 = np
        .zeros([m + 1, b.size], { dtype: b.dtype })
        .at(0)
        .set(unit);
      // Rows that were not reached stay unit vectors, so that the small problem always has a solution.
      const hessenberg0 = np.eye(m, m + 1, { dtype: b.dtype });
      const arnoldi = (k: Value, [basis, hessenberg]: readonly [Value, Value]): [Value, Value] => {
        let v = precondition(A(basis.get(k)));
        const threshold = np.sqrt(norm2(v)).mul(SMALLEST);
        const project = (): Value => {
          const h = np.matmul(np.conj(basis), v);
          v = v.sub(np.matmul(h, basis));
          return h;
        };
        const row = project().add(project());
        const [next, length] = normalized(v, threshold);
        const filled = row.at(k.add(1)).set(length.astype(b.dtype));
        // After a breakdown there is nothing left to find: the rows stay as they were.
        const alive = np.any(np.notEqual(basis.get(k), 0));
        return [basis.at(k.add(1)).set(np.where(alive, next, 0)), np.where(alive, hessenberg.at(k).set(filled), hessenberg)];
      };
      const [basis, hessenberg] = foriLoop(0, m, arnoldi as never, [basis0, hessenberg0] as never) as unknown as [Value, Value];
      const right = np
        .zeros([m + 1], { dtype: b.dtype })
        .at(0)
        .set(size.astype(b.dtype));
      const conjugated = np.conj(hessenberg);
      const y = np.linalg.solve(np.matmul(conjugated, np.transpose(hessenberg)), np.matmul(conjugated, right));
      return x.add(np.matmul(y, basis.get(":-1")));
    };
    interface State {
      readonly x: Value;
      readonly size: Value;
      readonly k: Value;
    }
    const going = (s: State): Value => np.logicalAnd(s.k.lt(maxiter), s.size.gt(bound));
    const step = (s: State): State => {
      const x = cycle(s.x);
      return { x, size: normalized(residual(x))[1], k: s.k.add(1) };
    };
    const init: State = { x: x0, size: normalized(residual(x0))[1], k: np.array(0, { dtype: "int32" }) };
    return (whileLoop(going as never, step as never, init as never) as unknown as State).x;
  };

/** Iterative solvers of Ax = b. */
export const linalg = {
  /** Conjugate gradients, for a Hermitian positive definite A: `[x, null]`.
   * @example scipy.sparse.linalg.cg(np.array([[2, 0], [0, 4]]), np.array([2, 2]))[0] // [1, 0.5] */
  cg<B extends Tree>(A: LinearOperator, b: B, options: IterativeOptions = {}): [x: B, info: null] {
    return [solveBy("scipy.sparse.linalg.cg", A, b, options, true, conjugateGradients) as B, null];
  },
  /** Stabilized biconjugate gradients (van der Vorst, 1992), for any A: `[x, null]`.
   * @example scipy.sparse.linalg.bicgstab(np.array([[2, 0], [0, 4]]), np.array([2, 2]))[0] // [1, 0.5] */
  bicgstab<B extends Tree>(A: LinearOperator, b: B, options: IterativeOptions = {}): [x: B, info: null] {
    return [solveBy("scipy.sparse.linalg.bicgstab", A, b, options, false, biconjugate) as B, null];
  },
  /** Generalized minimal residuals (Saad and Schultz, 1986), for any A: `[x, info]`, info −1 where it failed.
   * @example np.round(scipy.sparse.linalg.gmres(np.array([[2, 0], [0, 4]]), np.array([2, 2]))[0], { decimals: 3 }) // [1, 0.5] */
  gmres<B extends Tree>(A: LinearOperator, b: B, options: GmresOptions = {}): [x: B, info: Value] {
    const { restart = 20, solveMethod = "batched", ...rest } = options;
    if (solveMethod !== "batched" && solveMethod !== "incremental")
      throw new ArgumentError(`scipy.sparse.linalg.gmres: solveMethod is ${JSON.stringify(solveMethod)}, expected "batched" or "incremental"`);
    const x = solveBy("scipy.sparse.linalg.gmres", A, b, rest, false, generalized(restart)) as B;
    const bad = flatten(x)[0]
      .map((l) => np.any(np.isnan(l as Value)))
      .reduce<Value>((p, q) => np.logicalOr(p, q), np.array(false));
    return [x, np.where(bad, -1, 0)];
  },
};
