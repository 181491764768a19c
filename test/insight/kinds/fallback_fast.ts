// A robust estimate where a sample has outliers, else the plain one: the one that is wanted.
import { jit, lax, numpy as np, random, type Value } from "jitlens";

const estimate = jit(function estimate(sample: Value, limit: Value): Value {
  const hasOutliers = np.abs(sample).max().gt(limit);
  const robust = (x: Value): Value => {
    const weights = np.exp(np.square(np.arctan(x)).mul(-0.5));
    return x.mul(weights).div(weights.sum({ axis: 1, keepdims: true })).mul(np.log1p(np.abs(x)));
  };
  return lax.cond(hasOutliers, robust, (x: Value): Value => x.mul(0.25), sample) as Value;
});

const sample = random.normal(random.key(68), [600, 500]);
export const once = (): Value => estimate(sample, np.array(50));
export const result = once();
console.log("mean", Number(result.mean()));
