// The options of random's functions, under JAX's names in camelCase.
import type { Shape } from "../core/aval.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { DTypeLike } from "../numpy/options.ts";

/** split. */
export interface SplitOptions {
  /** How many keys, or their shape. Default 2. */
  readonly num?: number | Shape;
}
/** A dtype, and nothing else. */
export interface DTypeOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** Most distributions. */
export interface SampleOptions extends DTypeOptions {
  /** The shape of the result. By default that of the parameters, or a scalar. */
  readonly shape?: number | Shape | null;
}
/** uniform. */
export interface UniformOptions extends SampleOptions {
  /** The lower bound, which may be drawn. Default 0. */
  readonly minval?: ArrayLike;
  /** The upper bound, which is not drawn. Default 1. */
  readonly maxval?: ArrayLike;
}
/** bernoulli. */
export interface BernoulliOptions {
  /** The probability of true. Default 0.5. */
  readonly p?: ArrayLike;
  /** The shape of the result. By default that of the parameters, or a scalar. */
  readonly shape?: number | Shape | null;
  /** How uniform numbers are drawn, by JAX's names. */
  readonly mode?: string;
}
/** gumbel. */
export interface GumbelOptions extends SampleOptions {
  /** How uniform numbers are drawn, by JAX's names. */
  readonly mode?: string | null;
}
/** permutation. */
export interface PermutationOptions {
  /** The axis that is shuffled. Default 0. */
  readonly axis?: number;
  /** Each vector along the axis gets an order of its own. */
  readonly independent?: boolean;
}
/** categorical. */
export interface CategoricalOptions {
  /** The axis of categories. Default the last one. */
  readonly axis?: number;
  /** The shape of the result; it ends in that of the logits without the axis. */
  readonly shape?: Shape | null;
  /** Draws may repeat. Default true. */
  readonly replace?: boolean;
  /** How uniform numbers are drawn, by JAX's names. */
  readonly mode?: string | null;
}
/** choice. */
export interface ChoiceOptions {
  /** How exactly Gumbel noise is drawn, as in JAX; has no effect. */
  readonly mode?: string | null;
  /** The shape of the result. Default a scalar. */
  readonly shape?: number | Shape;
  /** Draws may repeat. Default true. */
  readonly replace?: boolean;
  /** The probabilities; equal ones by default. */
  readonly p?: ArrayLike | null;
  /** The axis along which slices are drawn. Default 0. */
  readonly axis?: number;
}
/** lognormal. */
export interface LognormalOptions extends SampleOptions {
  /** The standard deviation of the logarithm. Default 1. */
  readonly sigma?: ArrayLike;
}
/** ball. */
export interface BallOptions extends SampleOptions {
  /** Which norm the ball is of. Default 2. */
  readonly p?: number;
}
/** multivariateNormal. */
export interface MultivariateNormalOptions extends SampleOptions {
  /** The factorization of the covariance: "cholesky" (the default), "eigh" or "svd". */
  readonly method?: string;
}
/** orthogonal. */
export interface OrthogonalOptions extends SampleOptions {
  /** The number of columns; by default a square matrix. */
  readonly m?: number | null;
}
