// Spectra stored channel by channel, normalized sample by sample.
import { jit, numpy as np, random, type Value } from "jitlens";

const normalize = jit(function normalize(spectra: Value, reference: Value): Value {
  const samples = spectra.T;
  const shifted = samples.sub(samples.mean({ axis: 1, keepdims: true }));
  const unit = shifted.div(np.sqrt(np.square(shifted).sum({ axis: 1, keepdims: true })));
  return unit.mul(reference).sum({ axis: 1 });
});

const spectra = random.normal(random.key(37), [1024, 1024]), reference = random.normal(random.key(38), [1024]);
export const once = (): Value => normalize(spectra, reference);
export const result = once();
console.log("first", result.get("0:3").tolist());
