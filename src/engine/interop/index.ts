// Interchange: jaxpr text in and out, StableHLO in.
export { parseJaxpr } from "./parseJaxpr.ts";
export * as stablehlo from "./stablehlo/index.ts";
