// Autocorrelation of real signals by the Fourier transform of real data.
import { jit, numpy as np, random, type Value } from "jitlens";

const correlate = jit(function correlate(signals: Value): Value {
  const spectrum = np.fft.rfft(signals);
  const density = spectrum.mul(np.conj(spectrum));
  return np.fft.irfft(density, { n: signals.shape[1]! }).get(":", "0:64");
});

const signals = random.normal(random.key(54), [64, 2048]);
export const once = (): Value => correlate(signals);
export const result = once();
