// optim.contrib: what Optax keeps apart as newer or less settled.
export * from "./adaptive.ts";
export * from "./muon.ts";
export * from "./reduceOnPlateau.ts";
export * from "./scheduleFree.ts";
