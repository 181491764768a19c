// Simulated annealing of a spin glass; the temperature falls step by step.
import { jit, numpy as np, random, type Value } from "jitlens";

const sweep = jit(function sweep(spins: Value, couplings: Value, key: Value, temperature: number): Value {
  const field = couplings.matmul(spins);
  const flip = np.exp(spins.mul(field).mul(-2 / temperature));
  const drawn = random.uniform(key, spins.shape);
  return np.where(drawn.lt(flip), spins.neg(), spins);
}, { staticArgnums: [3] });

const couplings = random.normal(random.key(10), [64, 64]).mul(0.1);
export function once(): Value {
  let spins: Value = np.ones([64]);
  const keys = random.split(random.key(11), 48);
  for (let i = 0; i < 48; i++) spins = sweep(spins, couplings, keys.get(i), 2 - i * 0.04);
  return spins;
}
export const result = once();
console.log("magnetization", Number(result.mean()));
