// Scalars of a program whose value is known: constants, what the function closes over, and small arithmetic of those. An index that a person wrote as −1
// reaches the program as one of these.
import type { NDArray } from "../../core/value.ts";
import { foldScalars } from "../../graph/evaluate/fold.ts";
import type { Node } from "../../graph/graph.ts";
import { rowOf } from "../../graph/ops.ts";
import { sizeOf } from "../../core/aval.ts";

const DEEPEST = 24;
/** @param captured what the function closes over, by its parameter; undefined for the person's arguments */
export function knownNumber(n: Node, captured: (parameter: Node<"parameter">) => NDArray | undefined, depth = 0): number | null {
  if (depth > DEEPEST) return null;
  const of = (i: Node): number | null => knownNumber(i, captured, depth + 1);
  if (n.is("constant")) return sizeOf(n.shape) === 1 ? Number(n.attrs.value.dataSync()[0]) : null;
  if (n.is("parameter")) {
    const value = captured(n);
    return value && value.size === 1 ? Number(value.dataSync()[0]) : null;
  }
  if (n.is("broadcast", "reshape", "convert")) return of(n.inputs[0]!);
  if (n.is("slice") && sizeOf(n.inputs[0]!.shape) === 1) return of(n.inputs[0]!);
  if (n.is("select")) {
    const p = of(n.inputs[0]!);
    return p === null ? null : of(n.inputs[p ? 1 : 2]!);
  }
  if (n.is("compare") && n.inputs.length === 2) {
    const [x, y] = n.inputs.map(of);
    if (x === null || y === null || x === undefined || y === undefined) return null;
    const holds = { eq: x === y, ne: x !== y, lt: x < y, le: x <= y, gt: x > y, ge: x >= y };
    return Number(holds[n.attrs.direction]);
  }
  if (!rowOf(n.op).folds || !n.inputs.length) return null;
  const values = n.inputs.map(of);
  if (!values.every((v) => v !== null)) return null;
  const folded = foldScalars(n.op, values, n.inputs[0]!.dtype, n.dtype);
  return folded === null ? null : Number(folded);
}
