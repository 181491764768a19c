// Counts: Poisson, binomial and multinomial numbers, by JAX's algorithms, so that values agree (Knuth, 1969; Hörmann, 1993).
import type { Shape } from "../core/aval.ts";
import { type DType, canonicalize, dtypeOf } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import { scan, whileLoop } from "../lax/control.ts";
import { asArray, broadcastTo, promoteInexact, shapeOf } from "../numpy/convert.ts";
import { iinfo } from "../numpy/dtypeInfo.ts";
import type { DTypeLike } from "../numpy/options.ts";
import * as np from "../numpy/index.ts";
import { split, uniform } from "./draws.ts";
import { floatOption, shapeFor, typed } from "./keys.ts";

/** Options of `poisson`. */
export interface CountOptions {
  /** Default the shape of the parameters. */
  readonly shape?: number | Shape | null;
  /** Default int32. */
  readonly dtype?: DTypeLike;
}
const lgamma = (x: Value): Value => bind1(primitiveNamed("lgamma"), [x], {});
const int = (x: number): Value => np.array(x, { dtype: "int32" });
const keysOf = (key: Value, n: number): Value[] => {
  const all = split(key, n);
  return Array.from({ length: n }, (_x, i) => all.get(i));
};
/** A loop over attempts until all elements are done, at most `most` times. */
function attempts<S extends object>(init: S, going: (s: S) => Value, step: (s: S) => S, most: number): S {
  interface Counted {
    readonly i: Value;
    readonly s: S;
  }
  const end = whileLoop(
    ((c: Counted) => np.logicalAnd(going(c.s), c.i.lt(most))) as never,
    ((c: Counted) => ({ i: c.i.add(1), s: step(c.s) })) as never,
    { i: int(0), s: init } as never,
  ) as unknown as Counted;
  return end.s;
}
const MOST = 2 ** 31 - 1;

/** Multiplies uniform numbers until their product is below e^−λ. */
function knuth(key: Value, lam: Value, dtype: DType, most: number): Value {
  interface State {
    readonly k: Value;
    readonly key: Value;
    readonly log: Value;
  }
  const floor = np.negative(lam);
  const step = (s: State): State => {
    const [next, draw] = keysOf(s.key, 2) as [Value, Value];
    const u = uniform(draw, { shape: lam.shape, dtype: "float32" });
    return { k: np.where(s.log.gt(floor), s.k.add(1), s.k).astype(dtype), key: next, log: s.log.add(np.log(u)) };
  };
  const init: State = { k: np.zeros(lam.shape, { dtype }), key, log: np.zeros(lam.shape, { dtype: "float32" }) };
  return attempts(init, (s) => np.any(s.log.gt(floor)), step, most)
    .k.sub(1)
    .astype(dtype);
}
/** Transformed rejection, for large λ. */
function rejection(key: Value, lam: Value, dtype: DType, most: number): Value {
  interface State {
    readonly k: Value;
    readonly accepted: Value;
    readonly key: Value;
  }
  const logLam = np.log(lam);
  const b = np.add(0.931, np.multiply(2.53, np.sqrt(lam)));
  const a = np.add(-0.059, np.multiply(0.02483, b));
  const inverseAlpha = np.add(1.1239, np.divide(1.1328, b.sub(3.4)));
  const vr = np.subtract(0.9277, np.divide(3.6224, b.sub(2)));
  const step = (s: State): State => {
    const [next, k0, k1] = keysOf(s.key, 3) as [Value, Value, Value];
    const u = uniform(k0, { shape: lam.shape, dtype: lam.dtype }).sub(0.5);
    const v = uniform(k1, { shape: lam.shape, dtype: lam.dtype });
    const us = np.subtract(0.5, np.abs(u));
    const k = np.floor(a.mul(2).div(us).add(b).mul(u).add(lam).add(0.43));
    const left = np.log(v.mul(inverseAlpha).div(a.div(us.mul(us)).add(b)));
    const right = np
      .negative(lam)
      .add(k.mul(logLam))
      .sub(lgamma(k.add(1)));
    const quick = us.ge(0.07).and(v.le(vr));
    const rejected = k.lt(0).or(us.lt(0.013).and(v.gt(us)));
    const accept = quick.or(np.logicalNot(rejected).and(left.le(right)));
    return { k: np.where(accept, k, s.k), accepted: s.accepted.or(accept), key: next };
  };
  const init: State = { k: np.full(lam.shape, -1, { dtype: lam.dtype }), accepted: np.zeros(lam.shape, { dtype: "bool" }), key };
  return attempts(init, (s) => np.any(np.logicalNot(s.accepted)), step, most).k.astype(dtype);
}
/** Poisson-distributed counts of mean `lam`.
 * @example random.poisson(random.key(0), 4, { shape: [3] }) // [0, 1, 5] */
export function poisson(k: Value, lam: ArrayLike, options: CountOptions = {}): Value {
  const { k: key } = typed("poisson", k);
  const dtype = dtypeOf(options.dtype ?? canonicalize("int64"));
  const given = asArray(lam, "random.poisson", "lam");
  const shape = options.shape === undefined || options.shape === null ? given.shape : shapeOf("poisson", options.shape);
  const mean = broadcastTo(given.astype("float32"), shape);
  const most = Math.min(MOST, Number(iinfo(dtype).max));
  const small = np.isnan(mean).or(mean.lt(10));
  const few = knuth(key, np.where(small, mean, 0).astype("float32"), dtype, most);
  const many = rejection(key, np.where(small, 1e5, mean).astype("float32"), dtype, most);
  return np.where(mean.eq(0), 0, np.where(small, few, many)).astype(dtype);
}

/** Options of `binomial`. */
export interface BinomialOptions {
  /** Default the shape of the parameters. */
  readonly shape?: number | Shape | null;
  /** A floating type. */
  readonly dtype?: DTypeLike;
}
/** log k! less Stirling's formula, for k = 0 … 9. */
const STIRLING = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211, 0.0138761288230707, 0.0118967099458917,
  0.010411265261972, 0.00925546218271273, 0.00833056343336287,
];
function stirlingTail(k0: Value): Value {
  const known = k0.le(9);
  const k = np.clip(k0, 0, 9);
  const square = k.add(1).mul(k.add(1));
  const series = np.subtract(1 / 12, np.subtract(1 / 360, np.divide(1 / 1260, square)).div(square)).div(k.add(1));
  return np.where(known, np.take(np.array(STIRLING, { dtype: k.dtype }), np.floor(k).astype("int32")), series);
}
/** Adds up waiting times between successes, where few are expected. */
function inversion(key: Value, count: Value, prob: Value): Value {
  interface State {
    readonly k: Value;
    readonly sum: Value;
    readonly key: Value;
  }
  const log = np.log1p(np.negative(prob));
  const step = (s: State): State => {
    const [draw, next] = keysOf(s.key, 2) as [Value, Value];
    const wait = np.ceil(np.log(uniform(draw, { shape: prob.shape, dtype: prob.dtype })).div(log));
    return { k: np.where(s.sum.le(count), s.k.add(1), s.k), sum: s.sum.add(wait), key: next };
  };
  const zero = np.zeros(prob.shape, { dtype: prob.dtype });
  return attempts({ k: zero, sum: zero, key }, (s) => np.any(s.sum.le(count)), step, MOST).k.sub(1);
}
/** Transformed rejection with squeezes, where many successes are expected. */
function squeezed(key: Value, count: Value, prob: Value): Value {
  interface State {
    readonly k: Value;
    readonly accepted: Value;
    readonly key: Value;
  }
  const deviation = np.sqrt(count.mul(prob).mul(np.subtract(1, prob)));
  const b = np.add(1.15, np.multiply(2.53, deviation));
  const a = np.add(-0.0873, np.multiply(0.0248, b)).add(np.multiply(0.01, prob));
  const c = count.mul(prob).add(0.5);
  const vr = np.subtract(0.92, np.divide(4.2, b));
  const r = prob.div(np.subtract(1, prob));
  const alpha = np.add(2.83, np.divide(5.1, b)).mul(deviation);
  const m = np.floor(count.add(1).mul(prob));
  const rest = count.sub(m).add(1);
  const step = (s: State): State => {
    const [next, k0, k1] = keysOf(s.key, 3) as [Value, Value, Value];
    const u = uniform(k0, { shape: prob.shape, dtype: prob.dtype }).sub(0.5);
    const v = uniform(k1, { shape: prob.shape, dtype: prob.dtype });
    const us = np.subtract(0.5, np.abs(u));
    const quick = us.ge(0.07).and(v.le(vr));
    const k = np.floor(a.mul(2).div(us).add(b).mul(u).add(c));
    const outside = k.lt(0).or(k.gt(count));
    const left = np.log(v.mul(alpha).div(a.div(us.mul(us)).add(b)));
    const over = count.sub(k).add(1);
    const right = m
      .add(0.5)
      .mul(np.log(m.add(1).div(r.mul(rest))))
      .add(count.add(1).mul(np.log(rest.div(over))))
      .add(k.add(0.5).mul(np.log(r.mul(over).div(k.add(1)))))
      .add(stirlingTail(m))
      .add(stirlingTail(count.sub(m)))
      .sub(stirlingTail(k))
      .sub(stirlingTail(count.sub(k)));
    const accept = quick.or(np.logicalNot(outside).and(left.le(right)));
    return { k: np.where(accept, k, s.k), accepted: s.accepted.or(accept), key: next };
  };
  const init: State = { k: np.full(prob.shape, -1, { dtype: prob.dtype }), accepted: np.zeros(prob.shape, { dtype: "bool" }), key };
  return attempts(init, (s) => np.any(np.logicalNot(s.accepted)), step, MOST).k;
}
/** Successes among `n` trials of probability `p`, as floats; NaN where a parameter makes no sense.
 * @example random.binomial(random.key(0), 10, 0.5) // 6 */
export function binomial(k: Value, n: ArrayLike, p: ArrayLike, options: BinomialOptions = {}): Value {
  const { k: key } = typed("binomial", k);
  const dtype = floatOption("binomial", options.dtype);
  const [given] = promoteInexact("binomial", [asArray(p, "random.binomial", "p")]) as [Value];
  const trials = asArray(n, "random.binomial", "n").astype(given.dtype);
  const shape = shapeFor("binomial", options.shape, trials, given);
  const count0 = broadcastTo(trials, shape);
  const prob = broadcastTo(given, shape);
  const less = prob.lt(0.5);
  const q0 = np.where(less, prob, np.subtract(1, prob));
  const senseless = np.isnan(count0).or(count0.lt(0));
  const endless = np.isinf(count0);
  const wrong = np.isnan(q0).or(q0.lt(0));
  const q = np.where(wrong, 0.01, q0).astype(prob.dtype);
  const rare = senseless.or(count0.mul(q).le(10));
  const count = np.floor(count0);
  const few = inversion(key, np.where(rare, count, 0).astype(prob.dtype), q);
  const many = squeezed(key, np.where(rare, 1e4, count).astype(prob.dtype), np.where(rare, 0.5, q).astype(prob.dtype));
  const invalid = wrong.or(senseless);
  const drawn = np.where(invalid, NaN, np.where(rare, few, many));
  const samples = np.where(endless.and(np.logicalNot(invalid)), Infinity, drawn);
  const asIs = less.or(senseless).or(np.isnan(q0)).or(endless);
  return np.where(asIs, samples, count.sub(samples)).astype(dtype);
}
/** Options of `multinomial`. */
export interface MultinomialOptions {
  /** How many categories a compiler may write out. The draws are the same. */
  readonly unroll?: number | boolean;
  readonly shape?: Shape | null;
  readonly dtype?: DTypeLike;
}
/** How `n` trials fall on the categories of the last axis, of probabilities `p`.
 * @example random.multinomial(random.key(0), 10, [0.2, 0.8]) // [1, 9] */
export function multinomial(k: Value, n: ArrayLike, p: ArrayLike, options: MultinomialOptions = {}): Value {
  const { k: key } = typed("multinomial", k);
  const [count0, prob0] = promoteInexact("multinomial", [asArray(n, "random.multinomial", "n"), asArray(p, "random.multinomial", "p")]) as [
    Value,
    Value,
  ];
  if (prob0.ndim === 0) throw new DTypeError("random.multinomial: p has the categories on its last axis, got a number");
  const shape = options.shape === undefined || options.shape === null ? prob0.shape : shapeOf("multinomial", options.shape);
  const count = broadcastTo(count0, shape.slice(0, -1));
  const prob = np.moveaxis(broadcastTo(prob0, shape), -1, 0);
  const left = np.flip(np.cumsum(np.flip(prob, { axis: 0 }), { axis: 0 }), { axis: 0 });
  const ratios = prob.div(np.where(left.eq(0), 1, left));
  const step = (remainder: Value, [ratio, sub]: readonly [Value, Value]): [Value, Value] => {
    const drawn = binomial(sub, remainder, np.clip(ratio, 0, 1), { dtype: remainder.dtype });
    return [remainder.sub(drawn), drawn];
  };
  const [, counts] = scan(step as never, count as never, [ratios, split(key, ratios.shape[0]!)] as never) as unknown as [Value, Value];
  return np.moveaxis(counts, 0, -1).astype(options.dtype === undefined ? canonicalize("float64") : dtypeOf(options.dtype));
}
