// The operations that are read, a row each.
import type { Rows } from "../row.ts";
import { CONTRACTION } from "./contraction.ts";
import { controlRows } from "./control.ts";
import { CUSTOM } from "./customCall.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { MOVEMENT } from "./movement.ts";
import { REDUCTION } from "./reduction.ts";

const PLAIN: Rows = { ...ELEMENTWISE, ...MOVEMENT, ...REDUCTION, ...CONTRACTION, ...CUSTOM };
export const ROWS: Rows = { ...PLAIN, ...controlRows(PLAIN) };
export { targetOf } from "./customCall.ts";
