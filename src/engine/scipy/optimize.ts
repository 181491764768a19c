// scipy.optimize: minima of smooth functions by BFGS, with a line search that satisfies the strong Wolfe conditions (Nocedal and Wright, 2006, 3.5, 3.6, 6.1).
import { ArgumentError, ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { cond, whileLoop } from "../lax/control.ts";
import { asArray, promoteInexact } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { valueAndGrad } from "../transforms/autodiff.ts";

/** What `minimize` found. */
export interface OptimizeResults {
  /** The minimum's place. */
  readonly x: Value;
  /** Whether the gradient is small enough. */
  readonly success: Value;
  /** 0: converged; 1: most iterations reached; 2 and more: the line search failed. */
  readonly status: Value;
  readonly fun: Value;
  readonly jac: Value;
  /** The approximate inverse Hessian. */
  readonly hessInv: Value;
  /** Evaluations of the function, of its gradient, and iterations. */
  readonly nfev: Value;
  readonly njev: Value;
  readonly nit: Value;
}
/** Options of `minimize`. */
export interface MinimizeOptions {
  /** Further arguments of the function. */
  readonly args?: readonly unknown[];
  /** "BFGS", the only one there. */
  readonly method?: string;
  /** The gradient's norm at which the search ends; 1e-5 by default. */
  readonly tol?: number | null;
  readonly options?: {
    readonly maxiter?: number;
    readonly gtol?: number;
    /** Which norm: Infinity by default. */
    readonly norm?: number;
    readonly lineSearchMaxiter?: number;
  };
}
type Objective = (x: Value) => Value;
const int = (n: number): Value => np.array(n, { dtype: "int32" });

/** A point of the line: step, value, slope and gradient. */
interface Point {
  readonly a: Value;
  readonly phi: Value;
  readonly slope: Value;
  readonly g: Value;
}
const pick = (c: Value, x: Point, y: Point): Point => ({
  a: np.where(c, x.a, y.a),
  phi: np.where(c, x.phi, y.phi),
  slope: np.where(c, x.slope, y.slope),
  g: np.where(c, x.g, y.g),
});
interface Search {
  readonly done: Value;
  readonly failed: Value;
  readonly i: Value;
  readonly evaluations: Value;
  readonly last: Point;
  readonly found: Point;
}
interface Bracket {
  readonly done: Value;
  readonly failed: Value;
  readonly j: Value;
  readonly low: Point;
  readonly high: Point;
  readonly third: { readonly a: Value; readonly phi: Value };
  readonly found: Point;
}
const C1 = 1e-4;
const C2 = 0.9;
const MOST_ZOOMS = 30;
const SHORTEST = 1e-5;

/** The minimum of a cubic through three points, with the slope at the first. */
function cubic(p: Point, q: Point, r: { readonly a: Value; readonly phi: Value }): Value {
  const db = q.a.sub(p.a);
  const dc = r.a.sub(p.a);
  const u = q.phi.sub(p.phi).sub(p.slope.mul(db));
  const v = r.phi.sub(p.phi).sub(p.slope.mul(dc));
  const scale = np.square(db.mul(dc)).mul(db.sub(dc));
  const A = np.square(dc).mul(u).sub(np.square(db).mul(v)).div(scale);
  const B = np.power(db, 3).mul(v).sub(np.power(dc, 3).mul(u)).div(scale);
  return p.a.add(
    np
      .sqrt(B.mul(B).sub(A.mul(3).mul(p.slope)))
      .sub(B)
      .div(A.mul(3)),
  );
}
/** The minimum of a parabola through two points, with the slope at the first. */
const parabola = (p: Point, q: Point): Value => {
  const d = q.a.sub(p.a);
  return p.a.sub(p.slope.div(q.phi.sub(p.phi).sub(p.slope.mul(d)).div(np.square(d)).mul(2)));
};
interface Line {
  readonly look: (a: Value) => Point;
  readonly start: Point;
}
const tooHigh = (line: Line, p: Point): Value => p.phi.gt(line.start.phi.add(p.a.mul(C1).mul(line.start.slope)));
const flatEnough = (line: Line, p: Point): Value => np.abs(p.slope).le(line.start.slope.mul(-C2));

/** Narrows an interval that holds a good step. */
function zoom(line: Line, low: Point, high: Point): Bracket {
  const init: Bracket = {
    done: np.array(false),
    failed: np.array(false),
    j: int(0),
    low,
    high,
    third: { a: low.a.add(high.a).div(2), phi: low.phi.add(high.phi).div(2) },
    found: { ...low, a: np.onesLike(low.a) },
  };
  const step = (s: Bracket): Bracket => {
    const length = s.high.a.sub(s.low.a);
    const [left, right] = [np.minimum(s.high.a, s.low.a), np.maximum(s.high.a, s.low.a)];
    const inside = (a: Value, margin: number): Value => np.logicalAnd(a.gt(left.add(length.mul(margin))), a.lt(right.sub(length.mul(margin))));
    const byCubic = cubic(s.low, s.high, s.third);
    const byParabola = parabola(s.low, s.high);
    const useCubic = np.logicalAnd(s.j.gt(0), inside(byCubic, 0.2));
    const middle = s.low.a.add(s.high.a).div(2);
    const p = line.look(np.where(useCubic, byCubic, np.where(inside(byParabola, 0.1), byParabola, middle)));
    const toHigh = np.logicalOr(tooHigh(line, p), p.phi.ge(s.low.phi));
    const good = np.logicalAnd(flatEnough(line, p), np.logicalNot(toHigh));
    const turn = np.logicalAnd(p.slope.mul(s.high.a.sub(s.low.a)).ge(0), np.logicalNot(np.logicalOr(toHigh, good)));
    const toLow = np.logicalNot(np.logicalOr(toHigh, good));
    const replaced = np.logicalOr(toHigh, turn);
    const oldLow = np.logicalAnd(toLow, np.logicalNot(turn));
    const third = {
      a: np.where(replaced, s.high.a, np.where(oldLow, s.low.a, s.third.a)),
      phi: np.where(replaced, s.high.phi, np.where(oldLow, s.low.phi, s.third.phi)),
    };
    const j = s.j.add(1);
    return {
      done: np.logicalOr(s.done, good),
      failed: np.logicalOr(np.logicalOr(s.failed, length.le(SHORTEST)), j.ge(MOST_ZOOMS)),
      j,
      low: pick(toLow, p, s.low),
      high: pick(toHigh, p, pick(turn, s.low, s.high)),
      third,
      found: pick(good, p, s.found),
    };
  };
  const going = (s: Bracket): Value => np.logicalNot(np.logicalOr(s.done, s.failed));
  return whileLoop(going as never, step as never, init as never) as unknown as Bracket;
}
/** A step along p with enough decrease and a flat enough slope. */
function lineSearch(f: Objective, x: Value, p: Value, value: Value, before: Value, g: Value, maxiter: number): Search {
  const evaluate = valueAndGrad(f as (x: Value) => Value);
  const look = (a: Value): Point => {
    const [phi, gradient] = evaluate(x.add(a.mul(p))) as unknown as [Value, Value];
    return { a: a.astype(p.dtype), phi: phi.astype(p.dtype), slope: np.dot(gradient, p).astype(p.dtype), g: gradient.astype(p.dtype) };
  };
  const start: Point = { a: np.zeros([], { dtype: p.dtype }), phi: value, slope: np.dot(g, p), g };
  const line: Line = { look, start };
  const guess = value.sub(before).mul(2.02).div(start.slope);
  const first = np.where(guess.gt(1), 1, guess);
  const init: Search = { done: np.array(false), failed: np.array(false), i: int(1), evaluations: int(0), last: start, found: start };
  const step = (s: Search): Search => {
    const point = look(np.where(s.i.eq(1), first, s.last.a.mul(2)));
    const up = np.logicalOr(tooHigh(line, point), np.logicalAnd(point.phi.ge(s.last.phi), s.i.gt(1)));
    const good = np.logicalAnd(flatEnough(line, point), np.logicalNot(up));
    const turned = np.logicalAnd(point.slope.ge(0), np.logicalNot(np.logicalOr(up, good)));
    const bracketed = np.logicalOr(up, turned);
    const none = (): Bracket => ({
      done: np.array(false),
      failed: np.array(false),
      j: int(0),
      low: s.last,
      high: point,
      third: { a: point.a, phi: point.phi },
      found: s.found,
    });
    const z = cond(bracketed, (() => zoom(line, pick(up, s.last, point), pick(up, point, s.last))) as never, none as never) as unknown as Bracket;
    return {
      done: np.logicalOr(s.done, np.logicalOr(bracketed, good)),
      failed: np.logicalOr(s.failed, np.logicalAnd(bracketed, z.failed)),
      i: s.i.add(1),
      evaluations: s.evaluations.add(1).add(z.j),
      last: point,
      found: pick(bracketed, z.found, pick(good, point, s.found)),
    };
  };
  const going = (s: Search): Value => np.logicalAnd(np.logicalNot(np.logicalOr(s.done, s.failed)), s.i.le(maxiter));
  return whileLoop(going as never, step as never, init as never) as unknown as Search;
}
interface State {
  readonly converged: Value;
  readonly failed: Value;
  readonly status: Value;
  readonly k: Value;
  readonly evaluations: Value;
  readonly x: Value;
  readonly f: Value;
  readonly g: Value;
  readonly H: Value;
  readonly before: Value;
}
/** A minimum of a smooth function of a vector, near x0, by BFGS. Works under jit.
 * @example np.round(scipy.optimize.minimize((x: Array) => np.square(x.sub(3)).sum(), np.zeros([2]), { method: "BFGS" }).x, { decimals: 3 }) // [3, 3] */
export function minimize(fun: (x: Value, ...args: never[]) => ArrayLike, x0: ArrayLike, options: MinimizeOptions = {}): OptimizeResults {
  const fn = "scipy.optimize.minimize";
  const { args = [], method = "BFGS", tol = null } = options;
  if (method.toLowerCase() !== "bfgs") throw new ArgumentError(`${fn}: method is "${method}", expected "BFGS"`);
  const [start] = promoteInexact(fn, [asArray(x0, fn, "x0")]) as [Value];
  if (start.ndim !== 1) throw new ShapeError(`${fn}: x0 is a vector, got ${start.aval}`);
  const { maxiter = start.size * 200, gtol = tol ?? 1e-5, norm = Infinity, lineSearchMaxiter = 10 } = options.options ?? {};
  const f: Objective = (x) => {
    const v = np.asarray(fun(x, ...(args as never[])));
    if (v.ndim !== 0) throw new ShapeError(`${fn}: the function gives a number, got ${v.aval}`);
    return v;
  };
  const size = (g: Value): Value => np.linalg.norm(g, { ord: norm });
  const [f0, g0] = valueAndGrad(f as (x: Value) => Value)(start) as unknown as [Value, Value];
  const identity = np.eye(start.size, { dtype: start.dtype });
  const init: State = {
    converged: size(g0).lt(gtol),
    failed: np.array(false),
    status: int(0),
    k: int(0),
    evaluations: int(1),
    x: start,
    f: f0,
    g: g0,
    H: identity,
    before: f0.add(np.linalg.norm(g0).div(2)),
  };
  const step = (s: State): State => {
    const p = np.negative(np.matmul(s.H, s.g));
    const search = lineSearch(f, s.x, p, s.f, s.before, s.g, lineSearchMaxiter);
    // JAX's rule: a step is never so small that single precision loses it.
    const a = np.where(np.abs(search.found.a).lt(1e-8), np.sign(search.found.a).mul(1e-8), search.found.a);
    const move = a.mul(p);
    const y = search.found.g.sub(s.g);
    const rho = np.divide(1, np.dot(y, move));
    const w = identity.sub(rho.mul(np.outer(move, y)));
    const H = np.matmul(np.matmul(w, s.H), np.transpose(w)).add(rho.mul(np.outer(move, move)));
    const over = np.logicalAnd(np.logicalNot(search.done), search.i.gt(lineSearchMaxiter));
    return {
      converged: size(search.found.g).lt(gtol),
      failed: np.logicalOr(search.failed, np.logicalNot(search.done)),
      status: np.where(search.failed, 1, np.where(over, 3, 0)).astype("int32"),
      k: s.k.add(1),
      evaluations: s.evaluations.add(search.evaluations),
      x: s.x.add(move),
      f: search.found.phi,
      g: search.found.g,
      H: np.where(np.isfinite(rho), H, s.H),
      before: s.f,
    };
  };
  const going = (s: State): Value => np.logicalAnd(np.logicalNot(np.logicalOr(s.converged, s.failed)), s.k.lt(maxiter));
  const end = whileLoop(going as never, step as never, init as never) as unknown as State;
  const status = np.where(end.converged, 0, np.where(end.k.eq(maxiter), 1, np.where(end.failed, end.status.add(2), -1))).astype("int32");
  const success = np.logicalAnd(end.converged, np.logicalNot(end.failed));
  return { x: end.x, success, status, fun: end.f, jac: end.g, hessInv: end.H, nfev: end.evaluations, njev: end.evaluations, nit: end.k };
}
