// Exploring: noise on actions and priors, and rewards for what was not seen before in an episode.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { topK } from "../lax/index.ts";
import { dirichlet } from "../random/families.ts";
import { normal } from "../random/draws.ts";
import { vmap } from "../transforms/vectorize.ts";
import { checked, floats, matrix, vector } from "./check.ts";

const gaussianNoise = (key: Value, like: Value, stddev: ArrayLike): Value => normal(key, like.shape).mul(stddev);
/** A continuous action, floats of any shape, with Gaussian noise.
 * @example rl.addGaussianNoise(random.key(0), np.array([1, 2]), 0) // [1, 2] */
export function addGaussianNoise(key: Value, action: ArrayLike, stddev: ArrayLike): Value {
  const a = floats("addGaussianNoise", "action", action);
  return a.add(gaussianNoise(key, a, stddev));
}
/**
 * A continuous action with noise of an Ornstein-Uhlenbeck process, which remembers itself (Uhlenbeck and Ornstein, 1930).
 * @param action floats [A]
 * @param noiseTm1 the noise of the step before, [A]
 * @param damping how much of it is forgotten, 0 to 1
 * @param stddev deviation of what is new
 * @returns the noisy action, [A]
 * @example rl.addOrnsteinUhlenbeckNoise(random.key(0), np.array([1]), np.array([0.5]), 0.5, 0) // [1.25]
 */
export function addOrnsteinUhlenbeckNoise(key: Value, action: ArrayLike, noiseTm1: ArrayLike, damping: ArrayLike, stddev: ArrayLike): Value {
  const a = checked("addOrnsteinUhlenbeckNoise", { action: vector(action), noiseTm1: vector(noiseTm1) });
  return a.action.add(
    np
      .subtract(1, damping)
      .mul(a.noiseTm1)
      .add(gaussianNoise(key, a.action, stddev)),
  );
}
/**
 * Priors with noise of a symmetric Dirichlet distribution, as AlphaZero has it at the root of its search (Silver et al., 2017).
 * @param prior probabilities of the actions, floats [B, A]
 * @param dirichletAlpha concentration of the noise
 * @param dirichletFraction part of the noise, 0 to 1
 * @returns [B, A]
 * @example np.sum(rl.addDirichletNoise(random.key(0), np.array([[0.25, 0.75]]), 0.5, 0.25), { axis: 1 }) // [1]
 */
export function addDirichletNoise(key: Value, prior: ArrayLike, dirichletAlpha: ArrayLike, dirichletFraction: ArrayLike): Value {
  const { prior: p } = checked("addDirichletNoise", { prior: matrix(prior) });
  const [batch, actions] = p.shape as [number, number];
  const noise = dirichlet(key, np.full([actions], dirichletAlpha), { shape: [batch] });
  return np.subtract(1, dirichletFraction).mul(p).add(np.multiply(dirichletFraction, noise));
}

/** The nearest points to each query, nearest first. */
export interface KNNQueryResult {
  /** [Q, K, D] */
  readonly neighbors: Value;
  /** int32 [Q, K] */
  readonly neighborIndices: Value;
  /** Distances with a minus, [Q, K]. */
  readonly neighborNegDistances: Value;
}
/** Options of `knnQuery`. */
export interface KnnQueryOptions {
  /** The distance of two points, [D] each. The squared Euclidean one. */
  readonly metric?: (x: Value, y: Value) => Value;
}
const squaredDistance = (x: Value, y: Value): Value => np.sum(np.square(x.sub(y)));
/**
 * The `numNeighbors` points of `data` that are nearest to each query, or all where there are fewer.
 * @param data floats [N, D]
 * @param queryPoints floats [Q, D]
 * @example rl.knnQuery(np.array([[0], [4], [9]]), np.array([[5]]), 2).neighborNegDistances // [[-1, -16]]
 */
export function knnQuery(data: ArrayLike, queryPoints: ArrayLike, numNeighbors: number, options: KnnQueryOptions = {}): KNNQueryResult {
  const a = checked("knnQuery", { data: matrix(data), queryPoints: matrix(queryPoints) });
  const metric = options.metric ?? squaredDistance;
  const distances = vmap((q: Value) => vmap((d: Value) => metric(q, d))(a.data))(a.queryPoints);
  const [nearest, at] = topK(np.negative(distances), Math.min(numNeighbors, a.data.shape[0]!));
  return { neighbors: np.take(a.data, at, { axis: 0 }), neighborIndices: at, neighborNegDistances: nearest };
}
/** What `episodicMemoryIntrinsicRewards` remembers. */
export interface IntrinsicRewardState {
  /** Embeddings that were seen, [M, D]; free rows are infinite. */
  readonly memory: Value;
  readonly nextMemoryIndex: ArrayLike;
  readonly distanceSum: ArrayLike;
  readonly distanceCount: ArrayLike;
}
/** Options of `episodicMemoryIntrinsicRewards`. */
export interface EpisodicMemoryOptions {
  /** What was remembered; null at the start of an episode. */
  readonly intrinsicRewardState?: IntrinsicRewardState | null;
  /** Keeps distances from being divided by 0. 1e-3. */
  readonly constant?: number;
  /** ε of the kernel. 1e-4. */
  readonly epsilon?: number;
  /** Distances up to here count as 0. 8e-3. */
  readonly clusterDistance?: number;
  /** Where things are more alike than this, there is no reward. 8. */
  readonly maxSimilarity?: number;
  /** Rows of the memory, of which the oldest are overwritten. 30 000. */
  readonly maxMemorySize?: number;
}
/**
 * Rewards for states that are unlike what the episode has seen ("Never Give Up", Puigdomènech Badia et al., 2020).
 * @param embeddings embeddings of new states, floats [B, D]
 * @param numNeighbors how many of the nearest are compared
 * @param rewardScale β
 * @returns rewards, [B], and the state for the next call
 * @example rl.episodicMemoryIntrinsicRewards(np.array([[1, 0], [5, 5]]), 1, 1, { maxMemorySize: 10 })[0] // [17.39, 122.6]
 */
export function episodicMemoryIntrinsicRewards(
  embeddings: ArrayLike,
  numNeighbors: number,
  rewardScale: ArrayLike,
  options: EpisodicMemoryOptions = {},
): [rewards: Value, state: IntrinsicRewardState] {
  const { constant = 1e-3, epsilon = 1e-4, clusterDistance = 8e-3, maxSimilarity = 8, maxMemorySize = 30_000 } = options;
  const { embeddings: e } = checked("episodicMemoryIntrinsicRewards", { embeddings: matrix(embeddings) });
  const [count, size] = e.shape as [number, number];
  const state = options.intrinsicRewardState ?? emptyMemory(maxMemorySize, size, numNeighbors);
  const rows = state.memory.shape[0]!,
    start = np.remainder(state.nextMemoryIndex, rows).astype("int32");
  const distances = knnQuery(state.memory, e, numNeighbors).neighborNegDistances;
  const distanceSum = np.add(state.distanceSum, np.sum(distances)),
    distanceCount = np.add(state.distanceCount, distances.size);
  const rate = distances.div(distanceSum.div(distanceCount).add(constant)),
    kernel = np.divide(epsilon, np.maximum(rate.sub(clusterDistance), 0).add(epsilon));
  const similarity = np.sqrt(np.sum(kernel, { axis: -1 })).add(constant);
  const rewards = np.where(similarity.gt(maxSimilarity), 0, np.divide(1, similarity)).mul(rewardScale);
  const at = np.remainder(np.arange(count).add(start), rows);
  const memory = state.memory.at(at).set(e);
  return [rewards, { memory, nextMemoryIndex: start.add(count % maxMemorySize), distanceSum, distanceCount }];
}
/** Free rows, after as many of zeros as are compared: the first states have something to be compared with. */
const emptyMemory = (rows: number, size: number, neighbors: number): IntrinsicRewardState => ({
  memory: np.full([rows, size], Infinity).at(`:${neighbors}`).set(0),
  ...{ nextMemoryIndex: np.zeros([], { dtype: "int32" }), distanceSum: np.zeros([]), distanceCount: np.zeros([], { dtype: "int32" }) },
});
