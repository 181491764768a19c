// What operations cost: arithmetic per element and bytes moved. Used by the fusion rules, the ledger and the kernel table alike.
import { type Node, bytesOf } from "../../graph/graph.ts";
import { flopsOf, transcendentalsOf, workOf } from "../../graph/ops.ts";

/** Scalar operations of one element: the operation's row says it. */
export const flopsPerElement = flopsOf;
/** Floating-point operations of a node, each transcendental function counted as one, as profilers do. */
export const flops = workOf;
export const transcendentals = transcendentalsOf;
export const nodeBytes = (n: Node): number => n.types.reduce((s, t) => s + bytesOf(t), 0);
/** `1 operation`, `3,072 operations`. */
export const showCount = (n: number, what: string): string => `${Math.round(n).toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
export const showBytes = (n: number): string =>
  n < 1024 ? `${n} B` : n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 ** 2).toFixed(1)} MiB`;
