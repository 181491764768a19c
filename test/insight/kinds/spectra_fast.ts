// Spectra stored sample by sample.
import { jit, numpy as np, random, type Value } from "jitlens";

const normalize = jit(function normalize(samples: Value, reference: Value): Value {
  const shifted = samples.sub(samples.mean({ axis: 1, keepdims: true }));
  const unit = shifted.div(np.sqrt(np.square(shifted).sum({ axis: 1, keepdims: true })));
  return unit.mul(reference).sum({ axis: 1 });
});

const samples = np.array(random.normal(random.key(37), [1024, 1024]).T), reference = random.normal(random.key(38), [1024]);
export const once = (): Value => normalize(samples, reference);
export const result = once();
