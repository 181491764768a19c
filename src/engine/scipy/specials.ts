// scipy.special as users see it.
export * from "./special.ts";
export * from "./hypergeometric.ts";
export * from "./integrals.ts";
export * from "./legendre.ts";
