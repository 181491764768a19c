// scipy.special as users see it.
export * from "./special.ts";
export { dawsn, wofz } from "./faddeeva.ts";
export { exp1, expi, sici } from "./exponentialIntegrals.ts";
export * from "./hypergeometric.ts";
export * from "./integrals.ts";
export * from "./legendre.ts";
