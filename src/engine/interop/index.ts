// Interchange: jaxpr text in and out.
export { parseJaxpr } from "./parseJaxpr.ts";
