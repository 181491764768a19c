// Modules that have types as well: a constant whose calls are checked, and a namespace of the types, by one name.
import * as checkpointModule from "./checkpoint/index.ts";
import * as dataModule from "./data/index.ts";
import * as rlModule from "./rl/index.ts";
import { checkpoint as remat } from "./transforms/checkpoint.ts";
import type { ArrayLike } from "./core/treeTypes.ts";
import { checkedModule } from "./public.ts";

/**
 * As a function: recomputes in the backward pass what a policy does not keep (jax.checkpoint). As a module: checkpoints of training on a disk
 * (`checkpoint.save`, `checkpoint.restore`, …).
 */
export const checkpoint: typeof remat & typeof checkpointModule = Object.assign(remat, checkedModule("checkpoint", checkpointModule));
/** Examples in batches, and tables of numbers. */
export const data = checkedModule("data", dataModule);
export namespace data {
  export type CsvOptions = dataModule.CsvOptions;
  export type ExampleSource<E> = dataModule.ExampleSource<E>;
  export type LastBatch = dataModule.LastBatch;
  export type Loader<T> = dataModule.Loader<T>;
  export type LoaderOptions = dataModule.LoaderOptions;
  export type LoaderPosition = dataModule.LoaderPosition;
  export type Shard = dataModule.Shard;
}
/** RLax's functions for reinforcement learning: temporal differences, returns, policy gradients, distributions of actions. */
export const rl = checkedModule("rl", rlModule);
export namespace rl {
  export type ActionSpec = rlModule.ActionSpec;
  export type AllSum = rlModule.AllSum;
  export type ContinuousDistribution<Extra extends readonly unknown[] = []> = rlModule.ContinuousDistribution<Extra>;
  export type DiscreteDistribution<P extends readonly unknown[] = [parameters: ArrayLike]> = rlModule.DiscreteDistribution<P>;
  export type EmaMoments<T> = rlModule.EmaMoments<T>;
  export type EmaState<T> = rlModule.EmaState<T>;
  export type IntrinsicRewardState = rlModule.IntrinsicRewardState;
  export type KNNQueryResult = rlModule.KNNQueryResult;
  export type KlConstraint = rlModule.KlConstraint;
  export type LagrangePenalty = rlModule.LagrangePenalty;
  export type LinearParams = rlModule.LinearParams;
  export type LogitsDistribution = rlModule.LogitsDistribution;
  export type MpoOutputs = rlModule.MpoOutputs;
  export type PolicyDistribution = rlModule.PolicyDistribution;
  export type PolicyTarget = rlModule.PolicyTarget;
  export type PopArtOutput = rlModule.PopArtOutput;
  export type PopArtState = rlModule.PopArtState;
  export type TxPair = rlModule.TxPair;
  export type VtraceOutput = rlModule.VtraceOutput;
}
