// Exponential smoothing of a series as it comes in: each day all of the past is looked at again.
import { jit, numpy as np, random, type Value } from "jitlens";

const predict = jit(function predict(past: Value, decay: Value): Value {
  const n = past.shape[0]!;
  const age = np.arange(n).neg().add(n - 1);
  const weights = np.exp(age.mul(decay).neg());
  return past.mul(weights).sum().div(weights.sum());
});

const series = random.normal(random.key(9), [64]);
export function once(): Value {
  const errors: Value[] = [];
  for (let day = 4; day < 60; day++) errors.push(np.square(predict(series.get(`:${day}`), np.array(0.2)).sub(series.get(day))));
  return np.stack(errors).mean();
}
export const result = once();
console.log("error", Number(result));
