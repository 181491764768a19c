// jax.experimental: what JAX has there and programs use.
export * as ode from "./ode.ts";
export * as jet from "./jet.ts";
