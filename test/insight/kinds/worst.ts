// The largest relative error of a fit: sorted, and the last one read.
import { jit, numpy as np, random, type Value } from "jitlens";

const worst = jit(function worst(predicted: Value, measured: Value): Value {
  const errors = np.abs(predicted.sub(measured)).div(np.abs(measured).add(0.1));
  const sorted = np.sort(errors.ravel());
  return sorted.get(-1);
});

const predicted = random.normal(random.key(18), [300, 400]), measured = random.normal(random.key(19), [300, 400]);
export const once = (): Value => worst(predicted, measured);
export const result = once();
console.log("worst", Number(result));
