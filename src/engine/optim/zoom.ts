// Line searches: how far to go along the update. Backtracking shortens the step until the loss falls enough; zoom (Nocedal and Wright, 2006, algorithms
// 3.5 and 3.6) finds an interval that holds a step with enough decrease and curvature, and narrows it. Both run as one loop, under jit too.
import type { Tree } from "../core/pytree.ts";
import { ArgumentError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import { Value } from "../core/value.ts";
import { cond, whileLoop } from "../lax/control.ts";
import * as np from "../numpy/index.ts";
import { valueAndGrad } from "../transforms/autodiff.ts";
import { type ExtraArgs, type GradientTransformation, type OptState, mapLeaves, needParams, transformation } from "./base.ts";
import { addScaled, choose, scaleTree, vdot, zerosOf } from "./numerics.ts";

const real = (x: ArrayLike): Value => np.asarray(x).astype("float32");
const INFINITY = (): Value => real(Infinity);
/** What a line search is given by `update`'s extra arguments. */
function searched(who: string, { value, grad, valueFn }: ExtraArgs): Required<Pick<ExtraArgs, "value" | "grad" | "valueFn">> {
  if (value === undefined || grad === undefined || valueFn === undefined)
    throw new ArgumentError(
      `optim.${who}: update needs the loss, its gradient and the loss function. Instead: tx.update(grads, state, params, { value, grad, valueFn })`,
    );
  return { value, grad, valueFn };
}
/** Not a number counts as no decrease at all. */
const atLeastZero = (error: Value): Value => np.where(np.isnan(error), Infinity, np.maximum(error, 0));

/** Options of `scaleByBacktrackingLinesearch`. */
export interface BacktrackingOptions {
  /** The part of the slope by which the loss must fall. */
  readonly slopeRtol?: number;
  readonly decreaseFactor?: number;
  /** How much longer than the last one the first try is. */
  readonly increaseFactor?: number;
  readonly maxLearningRate?: number;
  readonly atol?: number;
  readonly rtol?: number;
  /** Whether the gradient at the new point is kept in the state, for `valueAndGradFromState`. */
  readonly storeGrad?: boolean;
}
interface BacktrackingState {
  readonly learningRate: Value;
  readonly value: Value;
  readonly grad: Tree | null;
  readonly info: { readonly numLinesearchSteps: Value; readonly decreaseError: Value };
}
/** Shortens the step until Armijo's condition holds, for at most `maxBacktrackingSteps`. `update` needs `{ value, grad, valueFn }`.
 * @example const tx = optim.scaleByBacktrackingLinesearch(10), w = np.array([3, 4]), valueFn = (p: Array) => np.sum(p.mul(p)); tx.update(np.negative(w),
 * tx.init(w), w, { value: valueFn(w), grad: w.mul(2), valueFn })[0] // [-3, -4] */
export function scaleByBacktrackingLinesearch(maxBacktrackingSteps: number, options: BacktrackingOptions = {}): GradientTransformation {
  const { slopeRtol = 1e-4, decreaseFactor = 0.8, increaseFactor = 1.5, maxLearningRate = 1, atol = 0, rtol = 0, storeGrad = false } = options;
  const init = (params: Tree): BacktrackingState => ({
    learningRate: real(1),
    value: INFINITY(),
    grad: storeGrad ? zerosOf(params) : null,
    info: { numLinesearchSteps: np.array(0, { dtype: "int32" }), decreaseError: INFINITY() },
  });
  return transformation<BacktrackingState>(init, (updates, state, given, extra) => {
    const params = needParams("scaleByBacktrackingLinesearch", given);
    const { value, grad, valueFn } = searched("scaleByBacktrackingLinesearch", extra);
    const slope = np.real(vdot(updates, grad));
    const bound = np.multiply(1 + rtol, value);
    interface Search {
      readonly rate: Value;
      readonly value: Value;
      readonly error: Value;
      readonly tries: Value;
    }
    const first: Search = {
      rate: np.minimum(np.multiply(increaseFactor, state.learningRate), maxLearningRate),
      value: real(value),
      error: INFINITY(),
      tries: np.array(0, { dtype: "int32" }),
    };
    const again = (q: Search): Value => np.logicalAnd(np.logicalNot(q.error.le(atol)), q.tries.le(maxBacktrackingSteps));
    const shorten = (q: Search): Search => {
      const rate = np.where(q.tries.gt(0), np.multiply(decreaseFactor, q.rate), q.rate);
      const reached = np.asarray(valueFn(addScaled(params, rate, updates)));
      const error = atLeastZero(reached.sub(bound).sub(rate.mul(slopeRtol).mul(slope)));
      return { rate: real(rate), value: real(reached), error: real(error), tries: q.tries.add(1) };
    };
    const found = whileLoop(again as never, shorten as never, first as never) as unknown as Search;
    const learningRate = np.where(np.isinf(found.error), 0, found.rate);
    const newGrad = storeGrad ? valueAndGrad(valueFn as (p: Tree) => Value)(addScaled(params, found.rate, updates))[1] : null;
    const info = { numLinesearchSteps: found.tries, decreaseError: found.error };
    return [scaleTree(learningRate, updates), { learningRate, value: found.value, grad: newGrad as Tree, info }];
  });
}

/** Options of `scaleByZoomLinesearch`. */
export interface ZoomOptions {
  readonly maxLearningRate?: number | null;
  readonly tol?: number;
  readonly increaseFactor?: number;
  readonly slopeRtol?: number;
  readonly curvRtol?: number;
  /** Tolerance of the approximate decrease (Hager and Zhang, 2006), for steps whose decrease is lost in rounding; null for none. */
  readonly approxDecRtol?: number | null;
  /** The interval's length at which the search ends. */
  readonly stepsizePrecision?: number;
  /** The first step that is tried: 1, or the one found before. */
  readonly initialGuessStrategy?: "one" | "keep";
}
/** A point on the line: step, loss and slope there. */
interface Point {
  readonly step: Value;
  readonly value: Value;
  readonly slope: Value;
}
interface Zoom {
  readonly count: Value;
  readonly at: Point;
  readonly grad: Tree;
  readonly decreaseError: Value;
  readonly curvatureError: Value;
  readonly intervalFound: Value;
  readonly done: Value;
  readonly failed: Value;
  readonly low: Point;
  readonly high: Point;
  /** A third point, for cubic interpolation. */
  readonly third: { readonly step: Value; readonly value: Value };
  /** The best step with enough decrease so far. */
  readonly safe: { readonly step: Value; readonly value: Value; readonly grad: Tree };
}
interface ZoomState {
  readonly learningRate: Value;
  readonly value: Value;
  readonly grad: Tree;
  readonly info: { readonly numLinesearchSteps: Value; readonly decreaseError: Value; readonly curvatureError: Value };
}
/** Where the cubic through three points, with a slope at the first, is least; NaN where it has no minimum. */
function cubicMinimum(a: Point, b: Point, c: { readonly step: Value; readonly value: Value }): Value {
  const db = b.step.sub(a.step);
  const dc = c.step.sub(a.step);
  const restB = b.value.sub(a.value).sub(a.slope.mul(db));
  const restC = c.value.sub(a.value).sub(a.slope.mul(dc));
  const scale = db.mul(dc).pow(2).mul(db.sub(dc));
  const cubic = dc.pow(2).mul(restB).sub(db.pow(2).mul(restC)).div(scale);
  const square = db.pow(3).mul(restC).sub(dc.pow(3).mul(restB)).div(scale);
  const radical = square.mul(square).sub(cubic.mul(3).mul(a.slope));
  return a.step.add(np.negative(square).add(np.sqrt(radical)).div(cubic.mul(3)));
}
/** Where the parabola through two points, with a slope at the first, is least. */
function parabolaMinimum(a: Point, b: Point): Value {
  const d = b.step.sub(a.step);
  const square = b.value.sub(a.value).sub(a.slope.mul(d)).div(d.pow(2));
  return a.step.sub(a.slope.div(square.mul(2)));
}
/** A step with enough decrease and curvature, by bracketing and zooming. `update` needs `{ value, grad, valueFn }`.
 * @example const tx = optim.scaleByZoomLinesearch(10), w = np.array([3, 4]), valueFn = (p: Array) => np.sum(p.mul(p)); tx.update(np.negative(w), tx.init(w),
 * w, { value: valueFn(w), grad: w.mul(2), valueFn })[0] // [-3, -4] */
export function scaleByZoomLinesearch(maxLinesearchSteps: number, options: ZoomOptions = {}): GradientTransformation {
  const { maxLearningRate = null, tol = 0, increaseFactor = 2, slopeRtol = 1e-4, curvRtol = 0.9, approxDecRtol = 1e-6 } = options;
  const { stepsizePrecision = 1e-5, initialGuessStrategy = "keep" } = options;
  const init = (params: Tree): ZoomState => ({
    learningRate: real(1),
    value: INFINITY(),
    grad: zerosOf(params),
    info: { numLinesearchSteps: np.array(0, { dtype: "int32" }), decreaseError: INFINITY(), curvatureError: INFINITY() },
  });
  return transformation<ZoomState>(init, (updates, state, given, extra) => {
    const params = needParams("scaleByZoomLinesearch", given);
    const { value, grad, valueFn } = searched("scaleByZoomLinesearch", extra);
    const start: Point = { step: real(0), value: real(value), slope: real(np.real(vdot(updates, grad))) };
    const evaluate = valueAndGrad(valueFn as (p: Tree) => Value);
    /** Loss, gradient and slope at a step, and how far the two conditions are from holding. */
    const look = (step: Value) => {
      const [v, g] = evaluate(addScaled(params, step, updates)) as unknown as [Value, Tree];
      const at: Point = { step: real(step), value: real(v), slope: real(np.real(vdot(g, updates))) };
      let decrease = at.value.sub(start.value).sub(at.step.mul(slopeRtol).mul(start.slope));
      if (approxDecRtol !== null) {
        const byValue = at.value.sub(start.value).sub(np.abs(start.value).mul(approxDecRtol));
        const bySlope = at.slope.sub(start.slope.mul(2 * slopeRtol - 1));
        decrease = np.minimum(np.maximum(bySlope, byValue), decrease);
      }
      const decreaseError = real(atLeastZero(decrease));
      const curvatureError = real(atLeastZero(np.abs(at.slope).sub(np.abs(start.slope).mul(curvRtol))));
      return { at, grad: mapLeaves((x, like) => x.astype(like.dtype), g, grad), decreaseError, curvatureError };
    };
    const good = (l: { readonly decreaseError: Value; readonly curvatureError: Value }): Value =>
      np.maximum(l.decreaseError, l.curvatureError).le(tol);
    const lastTry = (q: Zoom): Value => q.count.add(1).ge(maxLinesearchSteps);

    const bracket = (q: Zoom): Zoom => {
      const wanted = np.where(q.count.eq(0), initialGuessStrategy === "one" ? 1 : state.learningRate, q.at.step.mul(increaseFactor));
      const atLimit = maxLearningRate === null ? np.array(false) : wanted.ge(maxLearningRate);
      const now = look(maxLearningRate === null ? wanted : np.minimum(wanted, maxLearningRate));
      const safe = choose(now.decreaseError.le(tol), { step: now.at.step, value: now.at.value, grad: now.grad }, q.safe);
      const high = np.logicalOr(now.decreaseError.gt(0), np.logicalAnd(now.at.value.ge(q.at.value), q.count.gt(0)));
      const low = np.logicalAnd(now.at.slope.ge(0), np.logicalNot(high));
      const intervalFound = np.logicalOr(np.logicalOr(high, low), good(now));
      const done = np.logicalOr(good(now), np.logicalAnd(atLimit, np.logicalNot(intervalFound)));
      const newLow = choose(low, now.at, q.at);
      return {
        ...now,
        count: q.count.add(1),
        intervalFound,
        done,
        failed: np.logicalAnd(lastTry(q), np.logicalNot(done)),
        low: newLow,
        high: choose(low, q.at, now.at),
        third: { step: newLow.step, value: newLow.value },
        safe,
      };
    };
    const zoom = (q: Zoom): Zoom => {
      const length = np.abs(q.high.step.sub(q.low.step));
      const left = np.minimum(q.high.step, q.low.step);
      const right = np.maximum(q.high.step, q.low.step);
      const within = (x: Value, margin: number): Value => np.logicalAnd(x.gt(left.add(length.mul(margin))), x.lt(right.sub(length.mul(margin))));
      const cubic = cubicMinimum(q.low, q.high, q.third);
      const parabola = parabolaMinimum(q.low, q.high);
      const middle = np.where(within(cubic, 0.2), cubic, np.where(within(parabola, 0.1), parabola, q.low.step.add(q.high.step).div(2)));
      const now = look(middle);
      const better = np.logicalAnd(now.decreaseError.le(tol), now.at.value.lt(q.safe.value));
      const safe = choose(better, { step: now.at.step, value: now.at.value, grad: now.grad }, q.safe);
      const done = good(now);
      const highToMiddle = np.logicalOr(now.decreaseError.gt(0), now.at.value.ge(q.low.value));
      const highToLow = np.logicalAnd(now.at.slope.mul(q.high.step.sub(q.low.step)).ge(0), np.logicalNot(highToMiddle));
      const high = choose(highToLow, q.low, choose(highToMiddle, now.at, q.high));
      const old = choose(np.logicalOr(highToMiddle, highToLow), q.high, q.low);
      const short = np.logicalAnd(length.le(stepsizePrecision), safe.step.gt(0));
      return {
        ...now,
        count: q.count.add(1),
        intervalFound: q.intervalFound,
        done,
        failed: np.logicalAnd(np.logicalOr(lastTry(q), short), np.logicalNot(done)),
        low: choose(highToMiddle, q.low, now.at),
        high,
        third: { step: old.step, value: old.value },
        safe,
      };
    };
    /** A failed search takes the best safe step, or none outside the function's domain. */
    const settle = (q: Zoom): Zoom => {
      const useSafe = np.logicalOr(q.safe.step.gt(0), np.isinf(q.decreaseError));
      const chosen = choose(useSafe, q.safe, { step: q.at.step, value: q.at.value, grad: q.grad });
      return { ...q, at: { ...q.at, step: chosen.step, value: chosen.value }, grad: chosen.grad };
    };
    const first: Zoom = {
      count: np.array(0, { dtype: "int32" }),
      at: start,
      grad,
      decreaseError: INFINITY(),
      curvatureError: INFINITY(),
      intervalFound: np.array(false),
      done: np.array(false),
      failed: np.array(false),
      low: start,
      high: start,
      third: { step: start.step, value: start.value },
      safe: { step: start.step, value: start.value, grad },
    };
    const step = (q: Zoom): Zoom => {
      const next = cond(q.intervalFound, zoom as never, bracket as never, q as never) as unknown as Zoom;
      return cond(next.failed, settle as never, ((x: Zoom) => x) as never, next as never) as unknown as Zoom;
    };
    const going = (q: Zoom): Value => np.logicalNot(np.logicalOr(q.done, q.failed));
    const end = whileLoop(going as never, step as never, first as never) as unknown as Zoom;
    const info = { numLinesearchSteps: end.count, decreaseError: end.decreaseError, curvatureError: end.curvatureError };
    return [scaleTree(end.at.step, updates), { learningRate: end.at.step, value: end.at.value, grad: end.grad, info }];
  });
}
/**
 * The loss and its gradient at the parameters, from a line search's state where it has them, else computed: after a line search they are known already.
 * `valueAndGradFromState(fn)(params, { state })`.
 * @example const valueFn = (p: Array): Array => np.sum(p.mul(p)), w = np.array([3, 4]); optim.valueAndGradFromState(valueFn)(w,
 * { state: optim.lbfgs().init(w) }) // [25, [6, 8]]
 */
export function valueAndGradFromState<P>(
  valueFn: (params: P) => ArrayLike,
): (params: P, options: { readonly state: OptState }) => [value: Value, grad: P] {
  const evaluate = valueAndGrad(valueFn as (p: P) => Value) as unknown as (p: P) => [Value, P];
  return (params, { state }) => {
    const kept = findSearch(state);
    if (!kept)
      throw new ArgumentError(
        "optim.valueAndGradFromState: the state holds no line search's value and gradient. Instead: use optim.lbfgs, or { storeGrad: true }",
      );
    const known = np.isfinite(kept.value);
    return cond(known, (() => [kept.value, kept.grad]) as never, (() => evaluate(params)) as never) as unknown as [Value, P];
  };
}
function findSearch(state: unknown): { value: Value; grad: Tree } | null {
  if (typeof state !== "object" || state === null || state instanceof Value) return null;
  const s = state as { value?: Value; grad?: Tree };
  if (s.value !== undefined && s.grad !== undefined && s.grad !== null) return { value: s.value, grad: s.grad };
  for (const inner of Object.values(state)) {
    const found = findSearch(inner);
    if (found) return found;
  }
  return null;
}
