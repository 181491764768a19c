// What operations cost: arithmetic per element and bytes moved. Used by the fusion rules, the ledger and the kernel table alike.
import { type Sentence, sentence } from "../../core/sentence.ts";
import { type Node, bytesOf } from "../../graph/graph.ts";
import { flopsOf, transcendentalsOf, workOf } from "../../graph/ops.ts";

/** Scalar operations of one element: the operation's row says it. */
export const flopsPerElement = flopsOf;
/** Floating-point operations of a node, each transcendental function counted as one, as profilers do. */
export const flops = workOf;
export const transcendentals = transcendentalsOf;
export const nodeBytes = (n: Node): number => n.types.reduce((s, t) => s + bytesOf(t), 0);
export const showNumber = (n: number): string => Math.round(n).toLocaleString("en");
/** `1 operation`, `3,072 operations`. */
export const showOperations = (n: number): Sentence => (n === 1 ? sentence("1 operation") : sentence("{0} operations", showNumber(n)));
export const showBytes = (n: number): string =>
  n < 1024 ? `${n} B` : n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 ** 2).toFixed(1)} MiB`;
