// Overlaps of real wave functions.
import { jit, numpy as np, random, type Value } from "jitlens";

const overlap = jit(function overlap(waves: Value, potential: Value): Value {
  const norm = np.sqrt(waves.mul(waves).sum({ axis: 1, keepdims: true }));
  const unit = waves.div(norm);
  const weighted = unit.mul(np.exp(potential));
  return unit.mul(weighted).sum({ axis: 1 });
});

const waves = random.normal(random.key(14), [200, 2000]), potential = random.normal(random.key(15), [2000]).mul(0.1);
export const once = (): Value => overlap(waves, potential);
export const result = once();
