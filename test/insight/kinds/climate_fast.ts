// Heat that diffuses; the conductivity is computed once, by a function of its own.
import { jit, numpy as np, random, type Value } from "jitlens";

const conduct = jit(function conduct(heat: Value): Value {
  return np.exp(np.tanh(heat).mul(2)).add(np.sqrt(np.abs(heat)));
});
const step = jit(function step(heat: Value, conductivity: Value): Value {
  const flow = (axis: number): Value => {
    const ahead = np.roll(heat, -1, axis).sub(heat).mul(np.roll(conductivity, -1, axis).add(conductivity));
    return ahead.sub(np.roll(ahead, 1, axis));
  };
  return heat.add(flow(0).add(flow(1)).mul(0.05));
});

const heat = random.normal(random.key(55), [360, 360]);
export const once = (): Value => step(heat, conduct(heat));
export const result = once();
