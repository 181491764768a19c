// optim.contrib: what Optax keeps apart as newer or less settled.
export * from "./adaptive.ts";
export * from "./complexValued.ts";
export * from "./galore.ts";
export * from "./learningRateFree.ts";
export * from "./mechanic.ts";
export * from "./momo.ts";
export * from "./muon.ts";
export * from "./privacy.ts";
export * from "./reduceOnPlateau.ts";
export * from "./sam.ts";
export * from "./scheduleFree.ts";
export * from "./sophia.ts";
