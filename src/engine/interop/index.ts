// Interchange: jaxpr text in and out, StableHLO in, files of arrays in and out.
export { parseJaxpr } from "./parseJaxpr.ts";
export * as stablehlo from "./stablehlo/index.ts";
export * as npy from "./npy.ts";
export * as npz from "./npz.ts";
export * as safetensors from "./safetensors.ts";
