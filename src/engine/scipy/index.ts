// scipy: the parts of SciPy that JAX has.
export * as fft from "./fft.ts";
export * as linalg from "./linalg.ts";
export * as special from "./specials.ts";
export * as stats from "./stats/index.ts";
export * as signal from "./signals.ts";
export * as integrate from "./integrate.ts";
export * as ndimage from "./ndimage.ts";
export * as cluster from "./cluster.ts";
export * as interpolate from "./interpolate.ts";
export * as optimize from "./optimize.ts";
export * as sparse from "./sparse.ts";
export * as spatial from "./spatial.ts";
