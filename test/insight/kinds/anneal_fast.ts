// Simulated annealing of a spin glass; the temperature is an ordinary argument.
import { jit, numpy as np, random, type Value } from "jitlens";

const sweep = jit(function sweep(spins: Value, couplings: Value, key: Value, temperature: Value): Value {
  const field = couplings.matmul(spins);
  const flip = np.exp(spins.mul(field).mul(np.divide(-2, temperature)));
  const drawn = random.uniform(key, spins.shape);
  return np.where(drawn.lt(flip), spins.neg(), spins);
});

const couplings = random.normal(random.key(10), [64, 64]).mul(0.1);
export function once(): Value {
  let spins: Value = np.ones([64]);
  const keys = random.split(random.key(11), 48);
  for (let i = 0; i < 48; i++) spins = sweep(spins, couplings, keys.get(i), np.array(2 - i * 0.04));
  return spins;
}
export const result = once();
