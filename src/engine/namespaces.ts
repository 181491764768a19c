// Modules that have types as well: a constant whose calls are checked, and a namespace of the types, by one name.
import * as checkpointModule from "./checkpoint/index.ts";
import * as checkifyModule from "./checkify/index.ts";
import * as dataModule from "./data/index.ts";
import * as nnxModule from "./nnx/index.ts";
import * as optimModule from "./optim/index.ts";
import type * as optimBase from "./optim/base.ts";
import * as rlModule from "./rl/index.ts";
import { checkpoint as remat } from "./transforms/checkpoint.ts";
import type { ArrayLike } from "./core/treeTypes.ts";
import type { Value } from "./core/value.ts";
import { checkedModule } from "./public.ts";

/**
 * As a function: recomputes in the backward pass what a policy does not keep (jax.checkpoint). As a module: checkpoints of training on a disk
 * (`checkpoint.save`, `checkpoint.restore`, …).
 * @example grad(checkpoint((x: Array) => np.sin(np.sin(x))))(1) // 0.36
 */
export const checkpoint: typeof remat & typeof checkpointModule = Object.assign(remat, checkedModule("checkpoint", checkpointModule));
/** Checks inside programs that are compiled: `checkify.checkify(f)` gives an error besides the result. */
export const checkify = checkedModule("checkify", checkifyModule);
export namespace checkify {
  export type CheckifyOptions = checkifyModule.CheckifyOptions;
  export type Error = checkifyModule.Error;
  export type ErrorCategory = checkifyModule.ErrorCategory;
  export type Errors = checkifyModule.Errors;
}
/** Examples in batches, and tables of numbers. */
export const data = checkedModule("data", dataModule);
export namespace data {
  export type CsvOptions = dataModule.CsvOptions;
  export type ExampleSource<E> = dataModule.ExampleSource<E>;
  export type ImageOptions = dataModule.ImageOptions;
  export type JpegDecoder = dataModule.JpegDecoder;
  export type LastBatch = dataModule.LastBatch;
  export type Loader<T> = dataModule.Loader<T>;
  export type LoaderOptions = dataModule.LoaderOptions;
  export type LoaderPosition = dataModule.LoaderPosition;
  export type PngDecoder = dataModule.PngDecoder;
  export type Shard = dataModule.Shard;
}
/** Modules in the manner of flax.nnx: layers, variables, transformations that take modules, optimizers. */
export const nnx = checkedModule("nnx", nnxModule);
export namespace nnx {
  export type Accuracy = nnxModule.Accuracy;
  export type Average = nnxModule.Average;
  export type BatchNorm = nnxModule.BatchNorm;
  export type BatchStat<T = Value> = nnxModule.BatchStat<T>;
  export type Bidirectional = nnxModule.Bidirectional;
  export type Cache<T = Value> = nnxModule.Cache<T>;
  export type Conv = nnxModule.Conv;
  export type ConvTranspose = nnxModule.ConvTranspose;
  export type Dict<T = unknown> = nnxModule.Dict<T>;
  export type DiffState = nnxModule.DiffState;
  export type Dropout = nnxModule.Dropout;
  export type EMA = nnxModule.EMA;
  export type EMAParam<T = Value> = nnxModule.EMAParam<T>;
  export type Einsum = nnxModule.Einsum;
  export type Embed = nnxModule.Embed;
  export type Filter = nnxModule.Filter;
  export type FlatState = nnxModule.FlatState;
  export type GRUCell = nnxModule.GRUCell;
  export type GraphDef = nnxModule.GraphDef;
  export type GraphState<M = unknown> = nnxModule.GraphState<M>;
  export type GroupNorm = nnxModule.GroupNorm;
  export type InstanceNorm = nnxModule.InstanceNorm;
  export type Intermediate<T = Value> = nnxModule.Intermediate<T>;
  export type LSTMCell = nnxModule.LSTMCell;
  export type Layer = nnxModule.Layer;
  export type LayerNorm = nnxModule.LayerNorm;
  export type LayerOptions = nnxModule.LayerOptions;
  export type Linear = nnxModule.Linear;
  export type LinearGeneral = nnxModule.LinearGeneral;
  export type List<T = unknown> = nnxModule.List<T>;
  export type LoRA = nnxModule.LoRA;
  export type LoRALinear = nnxModule.LoRALinear;
  export type LoRAParam<T = Value> = nnxModule.LoRAParam<T>;
  export type Metric = nnxModule.Metric;
  export type MetricState = nnxModule.MetricState;
  export type ModelAndOptimizer<M> = nnxModule.ModelAndOptimizer<M>;
  export type Module = nnxModule.Module;
  export type MultiHeadAttention = nnxModule.MultiHeadAttention;
  export type MultiMetric = nnxModule.MultiMetric;
  export type OptState<T = Value> = nnxModule.OptState<T>;
  export type OptimizedLSTMCell = nnxModule.OptimizedLSTMCell;
  export type Optimizer = nnxModule.Optimizer;
  export type PReLU = nnxModule.PReLU;
  export type Param<T = Value> = nnxModule.Param<T>;
  export type Perturbation<T = Value> = nnxModule.Perturbation<T>;
  export type Pytree = nnxModule.Pytree;
  export type RMSNorm = nnxModule.RMSNorm;
  export type RNN<C = Value> = nnxModule.RNN<C>;
  export type RNNCellBase<C = Value> = nnxModule.RNNCellBase<C>;
  export type RngCount = nnxModule.RngCount;
  export type RngKey = nnxModule.RngKey;
  export type RngState = nnxModule.RngState;
  export type RngStream = nnxModule.RngStream;
  export type Rngs = nnxModule.Rngs;
  export type Sequential = nnxModule.Sequential;
  export type SpectralNorm = nnxModule.SpectralNorm;
  export type TrainState<P = unknown> = nnxModule.TrainState<P>;
  export type WeightNorm = nnxModule.WeightNorm;
  export type SimpleCell = nnxModule.SimpleCell;
  export type State<M = nnxModule.Pytree> = nnxModule.State<M>;
  export type StateAxes = nnxModule.StateAxes;
  export type Variable<T = Value> = nnxModule.Variable<T>;
  export type Welford = nnxModule.Welford;
}
/** Optax's gradient transformations, optimizers, schedules, losses and projections. */
export const optim = checkedModule("optim", optimModule);
export namespace optim {
  export type GradientTransformation = optimBase.GradientTransformation;
  export type OptState = optimBase.OptState;
  export type ScalarOrSchedule = optimBase.ScalarOrSchedule;
  export type Schedule = optimBase.Schedule;
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
