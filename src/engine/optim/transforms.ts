// optim.transforms: the transformations that chains are made of, as Optax has them in one place.
export { type ShouldSkipUpdateFunction, ema, MultiSteps, skipLargeUpdates, skipNotFinite, trace } from "./accumulation.ts";
export { addDecayedWeights, addNoise, keepParamsNonnegative, zeroNans } from "./adding.ts";
export { adaptiveGradClip, clip, clipByBlockRms, clipByGlobalNorm, perExampleGlobalNormClip, perExampleLayerNormClip } from "./clipping.ts";
export { applyIfFinite, chain, conditionallyMask, conditionallyTransform, flatten, namedChain } from "./combining.ts";
export { freeze, selectiveTransform } from "./freezing.ts";
export { masked, partition } from "./masking.ts";
export { measureWithEma, monitor, snapshot } from "./monitoring.ts";
