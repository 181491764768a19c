// The names of dtypes, for those who read types that people type: nothing else of the engine comes with it.
export { dtypeOf } from "../core/dtypes.ts";
