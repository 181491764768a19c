// nnx: modules in the manner of flax.nnx. A module is an object with its parameters in fields; nnx.jit, nnx.grad and the others take modules as
// arguments and set the variables that a function sets.
export { type SetMetadataOptions, setMetadata, withMetadata } from "./annotated.ts";
export * from "./attention.ts";
export { Bidirectional, GRUCell, LSTMCell, OptimizedLSTMCell, RNN, RNNCellBase, SimpleCell, flipSequences } from "./recurrent.ts";
export { Dict, type Layer, List, LoRA, LoRALinear, Sequential, call } from "./containers.ts";
export { Conv, ConvTranspose, avgPool, maxPool, minPool, pool } from "./convolution.ts";
export { cachedPartial, jvp, vjp } from "./derivatives.ts";
export { customVjp } from "../transforms/customVjp.ts";
export { display, tabulate } from "./display.ts";
export { canonicalizeDtype, promoteDtype } from "./dtypes.ts";
export { All, Any, Everything, type Filter, Not, Nothing, OfType, PathContains, WithTag, toPredicate } from "./filters.ts";
export { GraphDef } from "./graph.ts";
export { Einsum, Embed, type LayerOptions, Linear, LinearGeneral, PReLU } from "./linear.ts";
export { Carry, StateAxes, scan, vmap } from "./mapping.ts";
export { Module, Object, Pytree, data, isData, static } from "./module.ts";
export { BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm } from "./normalization.ts";
export { ModelAndOptimizer, Optimizer } from "./optimizer.ts";
export { RngStream, Rngs, forkRngs, reseed, splitRngs } from "./rngs.ts";
export * from "./state.ts";
export { recursiveMap, view, viewInfo, withAttributes, withRngs } from "./rebuild.ts";
export { SpectralNorm, WeightNorm } from "./reparameterization.ts";
export { Dropout } from "./stochastic.ts";
export { EMA, EMAParam, TrainState } from "./training.ts";
export { DiffState, cond, evalShape, foriLoop, grad, jit, remat, switch, valueAndGrad, whileLoop } from "./transforms.ts";
export {
  BatchStat,
  Cache,
  Intermediate,
  LoRAParam,
  MetricState,
  OptState,
  Param,
  Perturbation,
  RngCount,
  RngKey,
  RngState,
  Variable,
  registerVariableName,
  variableNameFromType,
  variableTypeFromName,
} from "./variable.ts";
export { Accuracy, Average, Metric, MultiMetric, Welford } from "./metrics.ts";
export * as metrics from "./metrics.ts";
export * as initializers from "./initializers.ts";
export {
  celu,
  elu,
  gelu,
  glu,
  hardSigmoid,
  hardSilu,
  hardSwish,
  hardTanh,
  identity,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  logsumexp,
  oneHot,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softSign,
  softmax,
  softplus,
  standardize,
  swish,
  tanh,
} from "../nn/index.ts";
