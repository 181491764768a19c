// Autocorrelation of real signals by the full Fourier transform.
import { jit, numpy as np, random, type Value } from "jitlens";

const correlate = jit(function correlate(signals: Value): Value {
  const spectrum = np.fft.fft(signals);
  const density = spectrum.mul(np.conj(spectrum));
  return np.real(np.fft.ifft(density)).get(":", "0:64");
});

const signals = random.normal(random.key(54), [64, 2048]);
export const once = (): Value => correlate(signals);
export const result = once();
console.log("first", result.get(0, "0:3").tolist());
