// Discrete distributions of actions, as collections of functions of their parameters: logits or preferences [..., A]. Draws are indices [...].
import { ArgumentError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray, options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { logSoftmax, softmax as softmaxOf } from "../nn/index.ts";
import { categorical } from "../random/draws.ts";
import { floats } from "./check.ts";
import { oneHot } from "./base.ts";

/** The functions of a discrete distribution; `P` are its parameters. */
export interface DiscreteDistribution<P extends readonly unknown[] = [parameters: ArrayLike]> {
  /** Indices of actions: int32. −1 where probabilities are no numbers. */
  sample(key: Value, ...parameters: P): Value;
  /** Probabilities of the actions. */
  probs(...parameters: P): Value;
  /** Logarithms of probabilities; −∞ for an index that is no action. */
  logprob(sample: ArrayLike, ...parameters: P): Value;
  entropy(...parameters: P): Value;
}
/** A discrete distribution with relative entropies of two parameters. */
export interface LogitsDistribution extends DiscreteDistribution {
  /** Σ p·(log p − log q). */
  kl(pLogits: ArrayLike, qLogits: ArrayLike): Value;
}
/** x·exp(logP), with 0 and no gradient where exp(logP) is 0. */
const timesExp = (x: Value, logP: Value): Value => {
  const p = np.exp(logP);
  return np.where(p.eq(0), 0, np.where(p.eq(0), 0, x).mul(p));
};
/** A sum of what an index chooses; what it does not choose may be infinite. */
function chosen(logProbs: Value, sample: ArrayLike): Value {
  const s = asArray(sample, "rl", "the sample"),
    actions = logProbs.shape.at(-1)!,
    hot = oneHot(s, actions, { dtype: logProbs.dtype });
  const sum = np.sum(np.where(hot.eq(0), 0, np.multiply(logProbs, hot)), { axis: -1 });
  return np.where(np.logicalOr(s.lt(0), s.gt(actions - 1)), -Infinity, sum);
}
function draw(key: Value, logits: Value, probs: Value): Value {
  const batch = logits.shape.slice(0, -1),
    valid = np.all(np.logicalAnd(np.isfinite(probs), probs.ge(0)), { axis: -1 });
  return np.where(valid, categorical(key, logits, { axis: -1, shape: [1, ...batch] }).get(0), -1).astype("int32");
}
/** −Σ p·log p. */
const entropyOf = (logProbs: Value): Value => np.negative(np.sum(timesExp(logProbs, logProbs), { axis: -1 }));
const normalized = (probs: Value): Value => probs.div(np.sum(probs, { axis: -1, keepdims: true }));

/** Indices drawn from probabilities, [..., A] → [...].
 * @example rl.categoricalSample(random.key(0), np.array([0, 0, 1])) // 2 */
export function categoricalSample(key: Value, probs: ArrayLike): Value {
  const p = normalized(floats("categoricalSample", "probs", probs));
  return draw(key, np.log(p), p);
}
/** Options of `softmax`. */
export interface SoftmaxDistributionOptions {
  /** Divides the logits: near 0 the distribution is greedy, at infinity uniform. 1. */
  readonly temperature?: ArrayLike;
}
/** The distribution softmax(logits / temperature).
 * @example rl.softmax().probs(np.array([0, 1])) // [0.2689, 0.7311] */
export function softmax(...rest: Tail<[temperature: ArrayLike], SoftmaxDistributionOptions>): LogitsDistribution {
  return clippedEntropySoftmax({ temperature: options<SoftmaxDistributionOptions>("rl.softmax", ["temperature"], rest).temperature ?? 1 });
}
/** Options of `clippedEntropySoftmax`. */
export interface ClippedEntropySoftmaxOptions extends SoftmaxDistributionOptions {
  /** The part of the largest possible entropy that entropies are held below. 1. */
  readonly entropyClip?: ArrayLike;
}
/** `softmax` with entropies of at most `entropyClip`·log A.
 * @example rl.clippedEntropySoftmax().probs(np.array([0, 1])) // [0.2689, 0.7311] */
export function clippedEntropySoftmax(
  ...rest: Tail<[temperature: ArrayLike, entropyClip: ArrayLike], ClippedEntropySoftmaxOptions>
): LogitsDistribution {
  const { temperature = 1, entropyClip } = options<ClippedEntropySoftmaxOptions>("rl.clippedEntropySoftmax", ["temperature", "entropyClip"], rest);
  const scaled = (logits: ArrayLike): Value => logSoftmax(floats("softmax", "logits", logits).div(temperature), { axis: -1 });
  return {
    sample: (key, logits) => draw(key, scaled(logits), softmaxOf(scaled(logits), { axis: -1 })),
    probs: (logits) => softmaxOf(scaled(logits), { axis: -1 }),
    logprob: (sample, logits) => chosen(scaled(logits), sample),
    entropy(logits) {
      const entropy = entropyOf(scaled(logits));
      return entropyClip === undefined ? entropy : np.minimum(entropy, np.multiply(entropyClip, Math.log(asArray(logits).shape.at(-1)!)));
    },
    kl: (p, q) => categoricalKlDivergence(p, q, temperature),
  };
}
/** All probability on the largest preferences, in equal parts. */
const best = (preferences: ArrayLike): Value => {
  const p = floats("greedy", "preferences", preferences);
  return normalized(p.eq(np.max(p, { axis: -1, keepdims: true })).astype("float32"));
};
function ofProbs<P extends readonly unknown[]>(probs: (...parameters: P) => Value): DiscreteDistribution<P> {
  return {
    sample: (key, ...p) => draw(key, np.log(probs(...p)), probs(...p)),
    probs,
    logprob: (sample, ...p) => chosen(np.log(probs(...p)), sample),
    entropy: (...p) => entropyOf(np.log(probs(...p))),
  };
}
/** The action of the largest preference; several that are equally large are equally likely.
 * @example rl.greedy().probs(np.array([0, 1])) // [0, 1] */
export const greedy = (): DiscreteDistribution => ofProbs(best);
/** Options of `epsilonGreedy`. */
export interface EpsilonGreedyOptions {
  /** The part of uniform choice, 0 to 1. Where it is missing, the functions take it after the preferences. */
  readonly epsilon?: ArrayLike | null;
}
/** Greedy with probability 1 − ε, else any action.
 * @example rl.epsilonGreedy(0.1).probs(np.array([0, 1])) // [0.05, 0.95] */
export function epsilonGreedy(
  ...rest: Tail<[epsilon: ArrayLike | null], EpsilonGreedyOptions>
): DiscreteDistribution<[preferences: ArrayLike, epsilon?: ArrayLike]> {
  const own = options<EpsilonGreedyOptions>("rl.epsilonGreedy", ["epsilon"], rest).epsilon ?? null;
  return ofProbs((preferences: ArrayLike, epsilon?: ArrayLike) => {
    const e = epsilon ?? own;
    if (e === null) throw new ArgumentError("rl.epsilonGreedy: epsilon is missing. Instead: rl.epsilonGreedy(0.1), or give it after the preferences");
    const p = best(preferences);
    return normalized(
      np
        .subtract(1, e)
        .mul(p)
        .add(np.divide(e, p.shape.at(-1)!)),
    );
  });
}
/** Σ p·(log p − log q) over the last axis, of two distributions by their logits and one temperature (1).
 * @example rl.categoricalKlDivergence(np.array([0, 1]), np.array([1, 2])) // 0 */
export function categoricalKlDivergence(pLogits: ArrayLike, qLogits: ArrayLike, temperature: ArrayLike = 1): Value {
  const log = (name: string, x: ArrayLike): Value => logSoftmax(floats("categoricalKlDivergence", name, x).div(temperature), { axis: -1 });
  const p = log("pLogits", pLogits);
  return np.sum(timesExp(p.sub(log("qLogits", qLogits)), p), { axis: -1 });
}
/** −Σ labels·log softmax(logits) over the last axis; labels are probabilities, those of zero count nothing.
 * @example rl.categoricalCrossEntropy(np.array([0, 1]), np.array([1, 2])) // 0.3133 */
export function categoricalCrossEntropy(labels: ArrayLike, logits: ArrayLike): Value {
  const p = normalized(floats("categoricalCrossEntropy", "labels", labels)),
    log = logSoftmax(floats("categoricalCrossEntropy", "logits", logits), { axis: -1 });
  return np.negative(np.sum(np.where(p.eq(0), 0, log).mul(p), { axis: -1 }));
}
/**
 * How much likelier actions are under one policy than under another one.
 * @param piLogitsT logits of the target policy, floats [..., A]
 * @param muLogitsT logits of the behaviour, [..., A]
 * @param aT actions, integers [...]
 * @returns ratios, [...]
 * @example rl.categoricalImportanceSamplingRatios(np.array([[0, 1]]), np.array([[1, 0]]), np.int32([1])) // [2.718]
 */
export function categoricalImportanceSamplingRatios(piLogitsT: ArrayLike, muLogitsT: ArrayLike, aT: ArrayLike): Value {
  const { logprob } = softmax();
  return np.exp(logprob(aT, piLogitsT).sub(logprob(aT, muLogitsT)));
}
