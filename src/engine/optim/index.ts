// optim: Optax for this engine. Gradient transformations, optimizers that chain them, schedules, losses and projections.
export {
  type ExtraArgs,
  type GradientTransformation,
  type OptState,
  type ScalarOrSchedule,
  type Schedule,
  identity,
  setToZero,
  stateless,
  statelessWithTreeMap,
} from "./base.ts";
export * from "./accumulation.ts";
export * from "./adaptive.ts";
export * from "./adding.ts";
export * from "./clipping.ts";
export * from "./combining.ts";
export * from "./factored.ts";
export * from "./freezing.ts";
export * from "./gradients.ts";
export * from "./lbfgs.ts";
export * from "./linear.ts";
export {
  convexKlDivergence,
  cosineDistance,
  cosineSimilarity,
  ctcLoss,
  ctcLossWithForwardProbs,
  generalizedKlDivergence,
  hingeLoss,
  huberLoss,
  klDivergence,
  l2Loss,
  logCosh,
  ntxent,
  safeSoftmaxCrossEntropy,
  sigmoidBinaryCrossEntropy,
  sigmoidFocalLoss,
  smoothLabels,
  softmaxCrossEntropy,
  softmaxCrossEntropyWithIntegerLabels,
  squaredError,
} from "./losses/index.ts";
export { type Labels, type Mask, masked, partition, partition as multiTransform } from "./masking.ts";
export { microbatch } from "./microbatching.ts";
export { type MultiNormalDiagFromLogScale, multiNormal } from "./multiNormal.ts";
export {
  biasCorrection,
  globalNorm,
  safeIncrement,
  safeIncrement as safeInt32Increment,
  safeNorm,
  type SafeNormOptions,
  safeRootMeanSquares,
  updateInfinityMoment,
  updateMoment,
  updateMomentPerElemNorm,
} from "./numerics.ts";
export * from "./monitoring.ts";
export * from "./optimizers.ts";
export * from "./scaling.ts";
export * from "./schedules.ts";
export * from "./update.ts";
export * from "./zoom.ts";
export * as assignment from "./assignment.ts";
export * as contrib from "./contrib/index.ts";
export * as losses from "./losses/index.ts";
export * as microbatching from "./microbatching.ts";
export * as perturbations from "./perturbations.ts";
export * as projections from "./projections.ts";
export * as schedules from "./schedules.ts";
export * as secondOrder from "./secondOrder.ts";
export * as transforms from "./transforms.ts";
export * as tree from "./tree.ts";
export * as treeUtils from "./treeUtils.ts";
