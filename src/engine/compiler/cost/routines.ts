// What library routines cost: nanoseconds by the shapes of their operands, on an ordinary machine. Those that work in lanes (backends/library/lanes) and the
// plain ones, JavaScript in double precision, are measured apart on the machine at hand: one says nothing of the other.
import { sizeOf } from "../../core/aval.ts";
import { isComplex } from "../../core/dtypes.ts";
import type { Node } from "../../graph/graph.ts";
import type { KernelCost } from "./kernelCost.ts";
import type { CostTable } from "./table.ts";
import type { Traffic } from "./traffic.ts";

export interface RoutineCost {
  readonly ns: number;
  readonly by: "lanes" | "plain";
}
/** Starting a routine in lanes; a plain one reads its operands into JavaScript and writes the results back as well. */
const START = { lanes: 1000, plain: 2000 };
/** The least matrix that is factored by blocks, in lanes. */
const LEAST_BLOCKED = 64;
type Routine = (n: Node<"library">) => RoutineCost;
const lanes = (ns: number): RoutineCost => ({ ns: START.lanes + ns, by: "lanes" });
const plain = (ns: number): RoutineCost => ({ ns: START.plain + ns, by: "plain" });
const shapeOf = (n: Node<"library">, operand = 0): readonly number[] => n.inputs[operand]?.shape ?? n.types[0]?.shape ?? [];
interface Matrices {
  readonly count: number;
  /** The longer and the shorter side. */
  readonly long: number;
  readonly short: number;
}
function matricesOf(shape: readonly number[]): Matrices {
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  return { count: sizeOf(shape) / Math.max(1, rows * columns), long: Math.max(rows, columns), short: Math.min(rows, columns) };
}
/** Factors of each matrix of a batch: in lanes from a size on, of real numbers. @param blocked and @param single nanoseconds of one n×n matrix */
const factors =
  (blocked: (n: number) => number, single: (n: number) => number): Routine =>
  (n) => {
    const { count, long } = matricesOf(shapeOf(n));
    const isBlocked = long >= LEAST_BLOCKED && !isComplexNode(n);
    return isBlocked ? lanes(count * blocked(long)) : plain(count * single(long));
  };
const isComplexNode = (n: Node<"library">): boolean => n.inputs.some((i) => isComplex(i.dtype));
const decomposition =
  (ns: (m: Matrices) => number): Routine =>
  (n) => {
    const m = matricesOf(shapeOf(n));
    return plain(m.count * ns(m));
  };
const householder = decomposition(({ long, short }) => long * short * (150 + 5.3 * short));
/** By digits: each element moves a few times, with its place where more than the keys are sorted. Short rows have tables to clear all the same. */
const ELEMENT = { alone: 12, withOrder: 19, row: 500 };
const comparisons: Routine = (n) => plain(45 * sizeOf(shapeOf(n)) * Math.max(1, Math.log2(alongOf(n))));
function alongOf(n: Node<"library">): number {
  const { dimension, axis } = n.attrs.params;
  const along = typeof dimension === "number" ? dimension : typeof axis === "number" ? axis : -1;
  return shapeOf(n).at(along) ?? 1;
}
const sort =
  (isAlone: (n: Node<"library">) => boolean): Routine =>
  (n) => {
    if (isComplexNode(n)) return comparisons(n);
    const size = sizeOf(shapeOf(n));
    return lanes((isAlone(n) ? ELEMENT.alone : ELEMENT.withOrder) * size + (ELEMENT.row * size) / Math.max(1, alongOf(n)));
  };
const ROUTINES: Readonly<Record<string, Routine>> = {
  sort: sort((n) => n.inputs.length === 1),
  topK: sort(() => false),
  fft(n) {
    const lengths = Array.isArray(n.attrs.params.fftLengths) ? (n.attrs.params.fftLengths as number[]) : [shapeOf(n).at(-1) ?? 1];
    const points = Math.max(sizeOf(shapeOf(n)), sizeOf(n.types[0]?.shape ?? []));
    return lanes(0.5 * points * lengths.reduce((s, l) => s + Math.log2(Math.max(2, l)), 0));
  },
  cholesky: factors(
    (n) => 600 * n + 8 * n ** 2 + 0.003 * n ** 3,
    (n) => 90 * n ** 2 + n ** 3 / 3,
  ),
  lu: factors(
    (n) => 9.5 * n ** 2 + 0.009 * n ** 3,
    (n) => 110 * n ** 2 + (2 * n ** 3) / 3,
  ),
  triangular_solve(n) {
    const { count, long } = matricesOf(shapeOf(n));
    const columns = sizeOf(shapeOf(n, 1)) / Math.max(1, count * long);
    if (long >= LEAST_BLOCKED && !isComplexNode(n)) return lanes(count * (500 * long + 2 * long ** 2 + 0.031 * long ** 2 * columns));
    return plain(count * long ** 2 * (75 + 4 * columns));
  },
  qr: householder,
  geqrf: householder,
  geqp3: householder,
  householder_product: householder,
  eigh: decomposition(({ long: n }) => 14 * n ** 3 + 150 * n ** 2),
  svd: decomposition(({ long, short }) => 41 * long * short ** 2 + 29 * long ** 2 * short),
  bitcast: (n) => plain(sizeOf(shapeOf(n))),
};
const OTHER: Routine = decomposition(({ long, short }) => 15 * long * short ** 2);

export const routineOf = (n: Node<"library">): RoutineCost => (ROUTINES[n.attrs.name] ?? OTHER)(n);
/** What a routine or a callback takes: of a callback of the person's nobody knows more than what goes in and out. */
export function routineCost(nodes: readonly Node[], { bytesRead, bytesWritten }: Traffic, costs: CostTable): KernelCost {
  const routine = nodes.find((n) => n.is("library"));
  if (!routine?.is("library")) return { ms: (costs.launch + (bytesRead + bytesWritten) / 4) / 1e6, nodes: new Map() };
  const { ns, by } = routineOf(routine);
  return { ms: (costs.launch + ns * (costs.routines?.[by] ?? 1)) / 1e6, nodes: new Map() };
}
