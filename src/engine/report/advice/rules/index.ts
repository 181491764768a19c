// The rules of advice. To add one: an object in a file of its own, and a line here.
import type { AnyRule } from "../types.ts";
import { recomputed } from "./recomputed.ts";

export const RULES: readonly AnyRule[] = [recomputed];
