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
export { type Labels, type Mask, masked, partition } from "./masking.ts";
export {
  biasCorrection,
  globalNorm,
  safeIncrement,
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
export * as treeUtils from "./treeUtils.ts";
