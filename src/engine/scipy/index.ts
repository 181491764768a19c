// scipy: the parts of SciPy that JAX has.
export * as fft from "./fft.ts";
export * as linalg from "./linalg.ts";
