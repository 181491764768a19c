// A robust estimate where a sample has outliers, else the plain one: both are made of every sample.
import { jit, numpy as np, random, type Value } from "jitlens";

const estimate = jit(function estimate(sample: Value, limit: Value): Value {
  const hasOutliers = np.abs(sample).max().gt(limit);
  const weights = np.exp(np.square(np.arctan(sample)).mul(-0.5));
  const robust = sample.mul(weights).div(weights.sum({ axis: 1, keepdims: true })).mul(np.log1p(np.abs(sample)));
  const plain = sample.mul(0.25);
  return np.where(hasOutliers, robust, plain);
});

const sample = random.normal(random.key(68), [600, 500]);
export const once = (): Value => estimate(sample, np.array(50));
export const result = once();
console.log("mean", Number(result.mean()));
