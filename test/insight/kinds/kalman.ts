// One step of a Kalman filter with many sensors: the gain times what the sensors saw beyond what was expected.
import { jit, numpy as np, random, type Value } from "jitlens";

const correct = jit(function correct(state: Value, cov: Value, sensors: Value, noise: Value, seen: Value): Value {
  const innovation = seen.sub(sensors.matmul(state));
  const spread = sensors.matmul(cov).matmul(sensors.T).add(noise);
  const gain = cov.matmul(sensors.T).matmul(np.linalg.inv(spread));
  return state.add(gain.matmul(innovation));
});

const root = random.normal(random.key(60), [24, 24]), cov = root.matmul(root.T).div(24), state = random.normal(random.key(61), [24]);
const sensors = random.normal(random.key(62), [160, 24]), noise = np.eye(160).mul(0.5), seen = random.normal(random.key(63), [160]);
export const once = (): Value => correct(state, cov, sensors, noise, seen);
export const result = once();
console.log("first", result.get("0:3").tolist());
