// optim.losses: Optax's losses.
export * from "./classification.ts";
export * from "./ctc.ts";
export * from "./other.ts";
export * from "./regression.ts";
