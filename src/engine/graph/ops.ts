// The operations of the graph, a row each (ops/row.ts says what a row says). An operation is added by its row here and its form in
// compiler/kernel/scalar.ts (scalar operations) or its meaning in evaluate/ and its template in the compiler (all others).
import type { Node, OpName } from "./graph.ts";
import { BINARY, UNARY } from "./ops/scalar.ts";
import { STRUCTURED } from "./ops/structured.ts";
import type { Category, Row } from "./ops/row.ts";

export type { BinaryOp, UnaryOp } from "./ops/scalar.ts";
export type { Category, Row } from "./ops/row.ts";
export { GraphError } from "./ops/row.ts";

/** Total over the operations: one without a row does not compile. */
export const OPS: Readonly<Record<OpName, Row>> = { ...UNARY, ...BINARY, ...STRUCTURED };

/** The row of an operation. */
export function rowOf(op: OpName): Row {
  return OPS[op];
}
export const opNames = (): readonly OpName[] => Object.keys(OPS) as OpName[];
export const isElementwise = (n: Node): boolean => OPS[n.op].kind === "elementwise";
/** What can be computed at other indices instead of being stored: updates of parts are movement too, but write. */
const WRITES: ReadonlySet<OpName> = new Set(["dynamic_update_slice", "scatter"]);
export const isMovement = (n: Node): boolean => OPS[n.op].kind === "movement" && !WRITES.has(n.op);
/** How views colour a node. */
export const categoryOf = (n: Node): Category => OPS[n.op].category;
/** Scalar operations of one element. */
export const flopsOf = (n: Node): number => OPS[n.op].flops;
/** Floating-point operations of a node, each transcendental function counted as one. */
export const workOf = (n: Node): number => OPS[n.op].work(n);
export const transcendentalsOf = (n: Node): number => (OPS[n.op].transcendental ? n.shape.reduce((a, b) => a * b, 1) : 0);
