/** The tool's name and version, as every Report says it; a test holds that package.json says the same. */
export const VERSION = "0.1.0";
export const TOOL = `JitLens ${VERSION}`;
