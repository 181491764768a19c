// jax.experimental.ode: initial value problems by Dormand and Prince's method of order 5 with steps of adaptive length (J. Comput. Appl. Math. 6, 1980),
// the answers between steps by a quartic (Shampine, Math. Comp. 46, 1986), gradients by the adjoint equation, solved backwards (Chen et al., 2018).
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { isInexact } from "../core/dtypes.ts";
import { flatten } from "../core/pytree.ts";
import type { AnyFunction, ArrayLike, Arrays, Loose, LooseArgs } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { ravelPytree } from "../flattenUtil.ts";
import { scan, whileLoop } from "../lax/control.ts";
import { promoteInexact } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { leafValue, requireFunction } from "../transforms/args.ts";
import { vjp } from "../transforms/autodiff.ts";
import { customVjp } from "../transforms/customVjp.ts";
import { closureConvert } from "../transforms/functional.ts";

/** Options of `odeint`. */
export interface OdeintOptions {
  /** The relative error of a step, 1.4e-8 by default, which single precision cannot reach: say what is needed. */
  readonly rtol?: number;
  /** The absolute error of a step, 1.4e-8 by default. */
  readonly atol?: number;
  /** The most steps between two times; Infinity by default. What is not reached by then is what the last step says of it. */
  readonly mxstep?: number;
  /** The longest step; Infinity by default. */
  readonly hmax?: number;
}
type Slope = (y: Value, t: Value) => Value;
interface Limits {
  readonly rtol: number;
  readonly atol: number;
  readonly mxstep: number;
  readonly hmax: number;
}

/** Row i: how far the slopes before count towards the place of slope i + 1. The last row is the step itself. */
const STAGES = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const TIMES = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1];
/** The step less one of order 4 by the same slopes. */
const ERROR = [
  35 / 384 - 1951 / 21600,
  0,
  500 / 1113 - 22642 / 50085,
  125 / 192 - 451 / 720,
  -2187 / 6784 + 12231 / 42400,
  11 / 84 - 649 / 6300,
  -1 / 60,
];
/** Half of the step. */
const MIDDLE = [
  6025192743 / 30085553152 / 2,
  0,
  51252292925 / 65400821598 / 2,
  -2691868925 / 45128329728 / 2,
  187940372067 / 1594534317056 / 2,
  -1776094331 / 19743644256 / 2,
  11237099 / 235043384 / 2,
];
const weighted = (weights: readonly number[], slopes: readonly Value[]): Value =>
  slopes.flatMap((k, i) => (weights[i] === 0 ? [] : [k.mul(weights[i]!)])).reduce((sum, k) => sum.add(k));
const norm = (x: Value): Value => np.sqrt(np.square(np.abs(x)).sum());

/** A step: the place after it, the slope there, how wrong it is, and the place in its middle. */
function advance(f: Slope, y: Value, slope: Value, t: Value, dt: Value): { y: Value; slope: Value; error: Value; middle: Value } {
  const slopes = [slope];
  let next = y;
  STAGES.forEach((weights, i) => {
    next = y.add(weighted(weights, slopes).mul(dt));
    slopes.push(f(next, t.add(dt.mul(TIMES[i]!))));
  });
  return { y: next, slope: slopes.at(-1)!, error: weighted(ERROR, slopes).mul(dt), middle: y.add(weighted(MIDDLE, slopes).mul(dt)) };
}
/** The quartic through both ends and the middle of a step with the slopes at its ends, highest power first; its variable goes from 0 to 1. */
function quartic(y0: Value, y1: Value, middle: Value, slope0: Value, slope1: Value, dt: Value): Value[] {
  const [d0, d1] = [slope0.mul(dt), slope1.mul(dt)];
  return [
    d1.sub(d0).mul(2).sub(y1.add(y0).mul(8)).add(middle.mul(16)),
    d0.mul(5).sub(d1.mul(3)).add(y0.mul(18)).add(y1.mul(14)).sub(middle.mul(32)),
    d1.sub(d0.mul(4)).sub(y0.mul(11)).sub(y1.mul(5)).add(middle.mul(16)),
    d0,
    y0,
  ];
}
/** A first step's length: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, II.4. */
function firstStep(f: Slope, y: Value, slope: Value, t: Value, { rtol, atol, hmax }: Limits): Value {
  const scale = np.abs(y).mul(rtol).add(atol),
    d0 = norm(y.div(scale)),
    d1 = norm(slope.div(scale)),
    h0 = np.where(np.logicalOr(d0.lt(1e-5), d1.lt(1e-5)), 1e-6, d0.mul(0.01).div(d1)),
    d2 = norm(
      f(y.add(slope.mul(h0)), t.add(h0))
        .sub(slope)
        .div(scale),
    ).div(h0),
    h1 = np.where(np.logicalAnd(d1.le(1e-15), d2.le(1e-15)), np.maximum(h0.mul(1e-3), 1e-6), np.power(np.divide(0.01, np.maximum(d1, d2)), 1 / 5));
  return np.clip(np.minimum(h0.mul(100), h1), 0, hmax).astype(t.dtype);
}
/** A step's length from the one before and its error, in units of what is allowed: never more than ten times, nor less than a fifth. */
const nextStep = (dt: Value, ratio: Value): Value =>
  np.where(ratio.eq(0), dt.mul(10), dt.mul(np.minimum(10, np.maximum(np.power(ratio, -1 / 5).mul(0.9), np.where(ratio.lt(1), 1, 0.2)))));

/** The places [T, N] at the times [T] of what is at y [N] at the first. */
function integrate(f: Slope, start: Value, times: Value, limits: Limits): Value {
  const t0 = times.get(0),
    slope = f(start, t0);
  const step = (s: State): State => {
    const tried = advance(f, s.y, s.slope, s.t, s.dt),
      allowed = np.maximum(np.abs(s.y), np.abs(tried.y)).mul(limits.rtol).add(limits.atol),
      ratio = np.sqrt(np.square(np.abs(tried.error.div(allowed))).mean()),
      good = ratio.le(1),
      pick = (a: Value, b: Value): Value => np.where(good, a, b);
    return {
      y: pick(tried.y, s.y),
      slope: pick(tried.slope, s.slope),
      t: pick(s.t.add(s.dt), s.t),
      dt: np.clip(nextStep(s.dt, ratio), 0, limits.hmax).astype(s.dt.dtype),
      from: pick(s.t, s.from),
      between: pick(np.stack(quartic(s.y, tried.y, tried.middle, s.slope, tried.slope, s.dt)), s.between),
      steps: s.steps.add(1),
    };
  };
  const state: State = {
    y: start,
    slope,
    t: t0,
    dt: firstStep(f, start, slope, t0, limits),
    from: t0,
    between: np.stack([0, 1, 2, 3, 4].map(() => start)),
    steps: np.zeros([], { dtype: "int32" }),
  };
  const until =
    (target: Value) =>
    (s: State): Value => {
      const goes = np.logicalAnd(s.t.lt(target), s.dt.gt(0));
      return limits.mxstep === Infinity ? goes : np.logicalAnd(goes, s.steps.lt(limits.mxstep));
    };
  const [, rest] = scan(
    (s: State, target: Value): [State, Value] => {
      const there = whileLoop(until(target), step, { ...s, steps: np.zerosLike(s.steps) }),
        along = target.sub(there.from).div(there.t.sub(there.from));
      return [there, np.polyval(there.between, along)];
    },
    state,
    times.get("1:"),
  );
  return np.concatenate([start.get(null), rest]);
}
interface State {
  readonly y: Value;
  readonly slope: Value;
  readonly t: Value;
  readonly dt: Value;
  /** Where the last good step began, and its quartic [5, N]. */
  readonly from: Value;
  readonly between: Value;
  readonly steps: Value;
}

type Flow = (y: Value, t: Value, ...params: Value[]) => Value;
/** Integrates a flow of vectors; differentiable in reverse by the adjoint equation, any number of times. */
function solve(flow: Flow, limits: Limits, y: Value, times: Value, params: readonly Value[]): Value {
  const solved = customVjp(
    Object.defineProperty((y0: Value, ts: Value, ...ps: Value[]): Value => integrate((v, t) => flow(v, t, ...ps), y0, ts, limits), "name", {
      value: "odeint",
    }),
  );
  solved.defvjp(
    (y0: Value, ts: Value, ...ps: Value[]) => {
      // By the rule itself: what comes before a gradient is differentiated as well where there is a second one.
      const ys = solved(y0, ts, ...ps);
      return [ys, [ys, ts, ...ps]] as const;
    },
    ([ys, ts, ...ps]: Value[], g: Value) => adjoint(flow, limits, ys!, ts!, ps, g),
  );
  return solved(y, times, ...params);
}
/** Cotangents of the start, the times and the parameters: place and cotangents go back together, from each time to the one before. */
function adjoint(flow: Flow, limits: Limits, ys: Value, ts: Value, ps: readonly Value[], g: Value): [Value, Value, ...(Value | null)[]] {
  const counted = ps.map((p) => isInexact(p.dtype)),
    smooth = ps.filter((_p, i) => counted[i]);
  interface Back {
    readonly y: Value;
    readonly t: Value;
    readonly params: Value[];
  }
  const last = ts.shape[0]! - 1,
    zero: Back = { y: g.get(last), t: np.zerosLike(ts.get(0)), params: smooth.map((p) => np.zeros(p.shape, { dtype: p.dtype })) };
  const [end, atTimes] = scan(
    (back: Back, i: Value): [Back, Value] => {
      const at = ys.get(i),
        time = ts.get(i),
        atTime = np.real(np.vdot(flow(at, time, ...ps), np.conj(g.get(i)))).astype(ts.dtype);
      const [vector, unravel] = ravelPytree([at, back.y, back.t.sub(atTime), back.params]);
      const backwards: Flow = (v, s, ...now) => {
        const [y, cotangent] = unravel(v) as [Value, Value],
          [slope, pull] = vjp((...xs: Value[]) => flow(...(xs as [Value, Value])), y, s.neg(), ...now),
          [dy, dt, ...rest] = pull(cotangent) as unknown as Value[];
        return ravelPytree([slope.neg(), dy!, dt!, rest.filter((_r, k) => counted[k])])[0];
      };
      const there = solve(backwards, limits, vector, np.stack([time.neg(), ts.get(i.sub(1)).neg()]), ps).get(1),
        [, y, t, params] = unravel(there) as [Value, Value, Value, Value[]];
      return [{ y: y.add(g.get(i.sub(1))), t, params }, atTime];
    },
    zero,
    np.arange(last, 0, -1),
  );
  let next = 0;
  return [end.y, np.concatenate([end.t.get(null), np.flip(atTimes)]), ...counted.map((c) => (c ? end.params[next++]! : null))];
}

const OPTIONS = ["rtol", "atol", "mxstep", "hmax"];
const isOptions = (v: unknown): v is OdeintOptions =>
  typeof v === "object" &&
  v !== null &&
  Object.getPrototypeOf(v) === Object.prototype &&
  Object.keys(v).length > 0 &&
  Object.keys(v).every((k) => OPTIONS.includes(k));
/**
 * Solves dy/dt = func(y, t, ...args) from y0, a pytree of floats, at the first of the times t [T], which grow: the pytree at each time, stacked along new first
 * axes [T, …]. Options come last, in an object: `odeint(f, y0, t, a, b, { rtol: 1e-4 })`. Reverse mode solves the adjoint equation, backwards in time, so memory does not
 * grow with steps; derivatives flow to y0, t, args and what func closes over. There is no forward mode. Throws ShapeError where t is not a vector or func gives
 * something unlike y0, ArgumentError for tolerances that are not positive. jax.experimental.ode.odeint.
 * @example experimental.ode.odeint((y: Array) => y.neg(), np.array(1), [0, 1, 2], { rtol: 1e-6, atol: 1e-6 }) // [1, 0.3679, 0.1353]
 */
export function odeint<const Y, A extends readonly unknown[]>(
  func: (y: NoInfer<Arrays<Y>>, t: Value, ...args: A) => NoInfer<Loose<Y>>,
  y0: Y,
  t: ArrayLike,
  ...args: [...LooseArgs<[...A]>, options?: OdeintOptions]
): Arrays<Y>;
export function odeint(func: AnyFunction, y0: unknown, t: ArrayLike, ...args: unknown[]): unknown {
  requireFunction("odeint", func);
  const given = isOptions(args.at(-1)) ? (args.at(-1) as OdeintOptions) : {},
    own = given === args.at(-1) ? args.slice(0, -1) : args,
    limits: Limits = { rtol: given.rtol ?? 1.4e-8, atol: given.atol ?? 1.4e-8, mxstep: given.mxstep ?? Infinity, hmax: given.hmax ?? Infinity };
  for (const [name, value] of Object.entries(limits))
    if (!(value > 0)) throw new ArgumentError(`odeint: ${name} is ${String(value)}, expected a positive number`);
  const times = promoteInexact("odeint", [t])[0]!;
  if (times.ndim !== 1 || times.shape[0] === 0) throw new ShapeError(`odeint: t is ${times.aval}, expected a vector of at least one time`);
  const floats = (tree: unknown): unknown => {
    const [leaves, def] = flatten(tree);
    return def.unflatten(leaves.map((l) => promoteInexact("odeint", [leafValue(l, () => "odeint: y0")])[0]));
  };
  const [start, unravel] = ravelPytree(floats(y0)),
    [leaves, tree] = flatten(own);
  const flat: Flow = (v, time, ...xs) => {
    const slope = ravelPytree(floats(func(unravel(v), time, ...(tree.unflatten(xs) as unknown[]))))[0];
    if (slope.shape[0] !== start.shape[0])
      throw new ShapeError(
        `odeint: ${func.name || "the function"} gives ${slope.shape[0]} numbers for a y of ${start.shape[0]}; it must give what y is made of`,
      );
    return slope.astype(start.dtype);
  };
  const values = leaves.map((l) => leafValue(l, () => "odeint: an argument")),
    [hoisted, consts] = closureConvert(flat, start, times.get(0), ...values),
    ys = solve(hoisted as Flow, limits, start, times, [...values, ...consts]);
  return unstack(ys, unravel, times.shape[0]!);
}
/** Rows [T, N] as the pytree whose leaves have a first axis [T]. */
function unstack(rows: Value, unravel: (v: ArrayLike) => unknown, count: number): unknown {
  const [likes, def] = flatten(unravel(rows.get(0)));
  let at = 0;
  return def.unflatten(
    likes.map((l) => {
      const like = leafValue(l, () => "odeint"),
        n = like.shape.reduce((a, b) => a * b, 1);
      return rows
        .get(":", `${at}:${(at += n)}`)
        .reshape([count, ...like.shape])
        .astype(like.dtype);
    }),
  );
}
