// How much work operations are, as data: instructions of a processor that one operation becomes, and how long what needs its result waits. Counted by what
// V8 makes of each on x86; processors differ by what an instruction costs (table.ts), much less by how many there are.
import { isFloat, isUnsigned } from "../../core/dtypes.ts";
import type { Expr, ReduceOp, ScalarOp } from "../kernel/ir.ts";

export interface Work {
  /** Instructions. */
  readonly instructions: number;
  /** Until the result is there, in units of a multiplication or addition of floats. */
  readonly wait: number;
}
const FLOAT: Work = { instructions: 1, wait: 1 };
const BITS: Work = { instructions: 1, wait: 0.3 };
const ROUNDING: Work = { instructions: 2, wait: 2 };
const FLOATS: Partial<Record<ScalarOp, Work>> = {
  neg: BITS,
  abs: BITS,
  and: BITS,
  or: BITS,
  xor: BITS,
  not: BITS,
  floor: ROUNDING,
  ceil: ROUNDING,
  trunc: ROUNDING,
  round_even: ROUNDING,
  copysign: { instructions: 3, wait: 0.6 },
  div: { instructions: 1, wait: 3 },
  sqrt: { instructions: 1, wait: 4 },
};
const INTEGERS: Partial<Record<ScalarOp, Work>> = {
  mul: { instructions: 2, wait: 2 },
  div: { instructions: 1, wait: 4 },
  rem: { instructions: 1, wait: 4 },
};
/** max and min in lanes, of two values (compiler/wasm/extremes.ts), with a constant, and in a reduction; of two scalars, a comparison and branches. */
const EXTREME: Work = { instructions: 7, wait: 2 };
const BOUND: Work = { instructions: 1.5, wait: 1 };
const GATHERED: Work = { instructions: 3, wait: 1.5 };
const SELECT: Work = { instructions: 3, wait: 0.6 };
const TO_INTEGER: Work = { instructions: 7, wait: 3 };
const UNSIGNED: Work = { instructions: 3, wait: 1 };
const LOAD: Work = { instructions: 1, wait: 1.3 };
const isExtreme = (op: ScalarOp): boolean => op === "max" || op === "min";
const isOrder = (op: ScalarOp): boolean => op === "lt" || op === "le" || op === "gt" || op === "ge";

/** @param lanes whether all lanes are computed at once */
export function workOf(e: Expr, lanes: boolean): Work {
  switch (e.kind) {
    case "op": {
      const [x, y] = e.args;
      const type = x?.dtype ?? e.dtype;
      if (!isFloat(type)) return lanes && isUnsigned(type) && isOrder(e.op) ? UNSIGNED : (INTEGERS[e.op] ?? BITS);
      if (isExtreme(e.op)) return lanes && (x?.kind === "const" || y?.kind === "const") ? BOUND : EXTREME;
      return FLOATS[e.op] ?? FLOAT;
    }
    case "select":
    case "unless":
      return SELECT;
    case "cast":
      return isFloat(e.arg.dtype) && !isFloat(e.dtype) ? TO_INTEGER : FLOAT;
    case "load":
      return LOAD;
    default:
      return BITS;
  }
}
/** What is added to an accumulator. */
export const reduceWork = (op: ReduceOp, e: Expr, lanes: boolean): Work =>
  !isFloat(e.dtype) ? BITS : isExtreme(op) ? (lanes ? GATHERED : EXTREME) : FLOAT;
