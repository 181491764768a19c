// The error of what cannot be said in StableHLO.
import { MissingRuleError } from "../../../core/errors.ts";

/** A program has an operation that StableHLO has no counterpart for. Names the primitive, and the person's line. */
export class NoStableHLOError extends MissingRuleError {}
