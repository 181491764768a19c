// A report on a large sample: mean, spread and range in one pass.
import { jit, numpy as np, random, type Value } from "jitlens";

const report = jit(function report(x: Value): [Value, Value, Value] {
  const y = np.tanh(x);
  return [y.mean(), np.square(y).mean(), y.max().sub(y.min())];
});

const sample = random.normal(random.key(36), [1500000]);
export const once = (): Value[] => report(sample);
export const result = once();
