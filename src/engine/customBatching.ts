// jax.custom_batching: functions with a vectorization of their own.
export { type CustomVmap, customVmap, sequentialVmap } from "./transforms/customBatching.ts";
