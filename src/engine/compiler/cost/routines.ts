// What library routines cost: their steps by the shape of their first operand, and nanoseconds of a step. The routines are JavaScript in double precision;
// the numbers are those of an ordinary machine.
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import type { KernelCost } from "./kernelCost.ts";
import type { CostTable } from "./table.ts";
import type { Traffic } from "./traffic.ts";

/** Reading the operands into JavaScript and the results back, nanoseconds. */
const START_NS = 5000;
type Steps = (shape: readonly number[], axis: number) => number;
/** Comparisons of a sort, butterflies of a transform. */
const along: Steps = (shape, axis) => sizeOf(shape) * Math.max(1, Math.log2(shape[axis] ?? 1));
/** Multiplications of a factorization, of each matrix of a batch. */
const matrices: Steps = (shape) => sizeOf(shape) * Math.min(shape.at(-1) ?? 1, shape.at(-2) ?? 1);
const elements: Steps = (shape) => sizeOf(shape);
const ROUTINES: Readonly<Record<string, readonly [steps: Steps, ns: number]>> = {
  sort: [along, 45],
  topK: [along, 45],
  fft: [along, 50],
  cholesky: [matrices, 3],
  lu: [matrices, 4],
  triangular_solve: [matrices, 6],
  qr: [matrices, 15],
  geqrf: [matrices, 15],
  geqp3: [matrices, 15],
  householder_product: [matrices, 8],
  eigh: [matrices, 50],
  svd: [matrices, 500],
  bitcast: [elements, 1],
};
const OTHER: (typeof ROUTINES)[string] = [matrices, 15];

export function routineNs(n: Node<"library">): number {
  const [steps, ns] = ROUTINES[n.attrs.name] ?? OTHER;
  const shape = n.inputs[0]?.shape ?? n.types[0]?.shape ?? [];
  const { dimension } = n.attrs.params;
  return START_NS + ns * steps(shape, typeof dimension === "number" ? dimension : shape.length - 1);
}
/** What a routine or a callback takes: of a callback of the person's nobody knows more than what goes in and out. */
export function routineCost(nodes: readonly Node[], { bytesRead, bytesWritten }: Traffic, costs: CostTable): KernelCost {
  const routine = nodes.find((n) => n.is("library"));
  const ns = routine?.is("library") ? routineNs(routine) * (costs.routines ?? 1) : (bytesRead + bytesWritten) / 4;
  return { ms: (costs.launch + ns) / 1e6, nodes: new Map() };
}
