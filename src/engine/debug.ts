// jax.debug: looking into programs while they run.
export { callback, print } from "./callbacks.ts";
export { setPrinter } from "./primitives/callback.ts";
