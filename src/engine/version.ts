/** The version of JitLens, as the package says it. */
export const version = "0.1.0";
