// rl: RLax for this engine. What agents learn from: temporal differences, returns, policy gradients, distributions of actions, transformations of values.
// Functions are of one transition or one trajectory; vmap makes them functions of batches.
export * from "./agents.ts";
export * from "./base.ts";
export * from "./bellman.ts";
export { type HuberLossOptions, clipGradient, huberLoss } from "./clipping.ts";
export type { TargetOptions } from "./check.ts";
export * from "./distributional.ts";
export * from "./distributions.ts";
export * from "./exploration.ts";
export * from "./gaussians.ts";
export * from "./losses.ts";
export * from "./mpo.ts";
export {
  type LambdaReturnsOptions,
  type NStepOptions,
  discountedReturns,
  generalOffPolicyReturnsFromActionValues,
  generalOffPolicyReturnsFromQAndV,
  importanceCorrectedTdErrors,
  lambdaReturns,
  nStepBootstrappedReturns,
  truncatedGeneralizedAdvantageEstimation,
} from "./multistep.ts";
export * from "./policyGradients.ts";
export * from "./popArt.ts";
export * from "./rewards.ts";
export * from "./transforms.ts";
export * from "./trees.ts";
export {
  type RetraceOptions,
  doubleQLearning,
  expectedSarsa,
  persistentQLearning,
  qLambda,
  qLearning,
  qvLearning,
  qvMax,
  retrace,
  retraceContinuous,
  sarsa,
  sarsaLambda,
  tdLambda,
  tdLearning,
} from "./valueLearning.ts";
export * from "./vtrace.ts";
