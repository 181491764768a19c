// A report on a large sample: mean, spread and range, each by a function of its own.
import { jit, numpy as np, random, type Value } from "jitlens";

const centre = jit(function centre(x: Value): Value {
  return np.tanh(x).mean();
});
const spread = jit(function spread(x: Value): Value {
  return np.square(np.tanh(x)).mean();
});
const range = jit(function range(x: Value): Value {
  return np.tanh(x).max().sub(np.tanh(x).min());
});

const sample = random.normal(random.key(36), [1500000]);
export const once = (): Value[] => [centre(sample), spread(sample), range(sample)];
export const result = once();
console.log("moments", result.map(Number));
