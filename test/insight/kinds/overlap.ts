// Overlaps of wave functions that happen to be real, in complex arithmetic.
import { jit, numpy as np, random, type Value } from "jitlens";

const overlap = jit(function overlap(waves: Value, potential: Value): Value {
  const psi = waves.astype("complex64");
  const norm = np.sqrt(np.real(psi.mul(np.conj(psi)).sum({ axis: 1, keepdims: true })));
  const unit = psi.div(norm.astype("complex64"));
  const weighted = unit.mul(np.exp(potential.astype("complex64")));
  return np.real(np.conj(unit).mul(weighted).sum({ axis: 1 }));
});

const waves = random.normal(random.key(14), [200, 2000]), potential = random.normal(random.key(15), [2000]).mul(0.1);
export const once = (): Value => overlap(waves, potential);
export const result = once();
console.log("first", result.get("0:3").tolist());
