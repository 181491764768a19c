// Checks of every level of the compiler, for tests: graphs are verified after each step, each pass is held to the meaning of the graph before it,
// and what a program gives when it runs to what the evaluator says of it as traced. JITLENS_VERIFY=1 installs them for a whole test run.
import { isComplex, isFloat, realPart } from "../core/dtypes.ts";
import type { NDArray } from "../core/value.ts";
import type { CompilerChecks } from "../compiler/checks.ts";
import { verifyKernel } from "../compiler/kernel/verify.ts";
import { verifyPlan } from "../compiler/plan/verify.ts";
import { EvaluationLimit, type Surroundings, evaluate } from "../graph/evaluate.ts";
import { type Element, type Tensor, build, castElement, fromBytes } from "../graph/evaluate/tensor.ts";
import { type Graph, type Node, type TensorType, bytesOf } from "../graph/graph.ts";
import { GraphError, rowOf } from "../graph/ops.ts";
import { verifyGraph } from "../graph/verify.ts";
import { routine } from "./library/registry.ts";

/** Graphs that move more bytes than this are verified, not evaluated. */
const MOST_BYTES = 2 ** 22;
const surroundings: Surroundings = { routine, maxIterations: 1000 };

/**
 * How far two computations of one value may lie apart, in parts of the largest element: orders of summation and polynomials differ. Half types
 * round after every operation on either side, so they differ by two steps at most.
 */
const TOLERANCE: Readonly<Record<string, number>> = { float16: 2e-3, bfloat16: 1.6e-2, float32: 2e-4, float64: 1e-10 };
/** The first place where two values differ, in words; null where they agree. NaN agrees with NaN. */
export function difference(got: Tensor, want: Tensor, tolerance = TOLERANCE[realPart(want.dtype)] ?? 0): string | null {
  if (got.dtype !== want.dtype || got.shape.join() !== want.shape.join())
    return `it is ${got.dtype}[${got.shape.join()}], expected ${want.dtype}[${want.shape.join()}]`;
  if (!isFloat(want.dtype) && !isComplex(want.dtype)) {
    for (let i = 0; i < want.data.length; i++) if (got.data[i] !== want.data[i]) return `element ${i} is ${got.data[i]}, expected ${want.data[i]}`;
    return null;
  }
  const a = got.data as Float64Array;
  const b = want.data as Float64Array;
  let largest = 1;
  for (const x of b) if (Math.abs(x) > largest && Number.isFinite(x)) largest = Math.abs(x);
  for (let i = 0; i < b.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    const agree = Object.is(x, y) || (Number.isNaN(x) && Number.isNaN(y)) || Math.abs(x - y) <= tolerance * largest;
    if (!agree) return `element ${i} is ${x}, expected ${y}`;
  }
  return null;
}

const bytesOfGraph = (g: Graph): number => g.nodes.reduce((s, n) => s + n.types.reduce((t, type) => t + bytesOf(type), 0), 0);
const callsBack = (n: Node): boolean =>
  n.is("callback") ||
  rowOf(n.op)
    .regions(n.attrs)
    .some((g) => g.nodes.some(callsBack));
const canEvaluate = (g: Graph): boolean => bytesOfGraph(g) <= MOST_BYTES && !g.nodes.some(callsBack);
/** Arguments that show a difference: small whole numbers and halves of both signs, so that indices are often in range. */
function madeUp(t: TensorType, seed: number): Tensor {
  let state = seed * 2654435761 + 12345;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 16) & 0xffff;
  };
  const element = (): Element => {
    if (t.dtype === "bool") return next() & 1;
    if (isComplex(t.dtype)) return [(next() % 17) / 4 - 2, (next() % 17) / 4 - 2];
    return isFloat(t.dtype) ? (next() % 33) / 8 - 2 : castElement(next() % 5, t.dtype);
  };
  return build(t.shape, t.dtype, element);
}
/** Results of a graph; null where it is too large, calls back, or does not end. */
function results(g: Graph, args: readonly Tensor[]): readonly Tensor[] | null {
  if (!canEvaluate(g)) return null;
  try {
    return evaluate(g, args, surroundings);
  } catch (e) {
    if (e instanceof EvaluationLimit) return null;
    throw e;
  }
}
const tensorOf = (a: NDArray, t: TensorType): Tensor => fromBytes(t, a.storage.bytes().slice());
function hold(what: string, got: readonly Tensor[], want: readonly Tensor[], tolerance?: number): void {
  want.forEach((w, i) => {
    const d = difference(got[i]!, w, tolerance);
    if (d) throw new GraphError(`${what}: result ${i}: ${d}`);
  });
}

export const verifyingChecks: CompilerChecks = {
  traced: (graph) => verifyGraph(graph, true),
  pass(before, after, pass) {
    verifyGraph(after);
    if (!canEvaluate(before)) return;
    const args = before.params.map((p, i) => madeUp(p.type, i + 1));
    const want = results(before, args);
    const got = want && results(after, args);
    // Passes change no rounding but that of folded constants.
    if (got) hold(`the pass "${pass}" changes ${before.name || "a graph"}`, got, want, 1e-6);
  },
  planned(graph, plan) {
    verifyGraph(graph, true);
    verifyPlan(plan);
    for (const { kernel } of plan.kernels) verifyKernel(kernel);
  },
  ran({ jaxpr, traced }, args, outs) {
    const want = results(
      traced,
      args.map((a, i) => tensorOf(a, traced.params[i]!.type)),
    );
    if (!want) return;
    const got = outs.map((o, i) => tensorOf(o, traced.outs[i]!.type));
    hold(
      `the compiled ${jaxpr.jaxpr.name || "program"} (${jaxpr.eqns
        .map((e) => e.primitive.name)
        .slice(0, 20)
        .join(", ")})`,
      got,
      want,
    );
  },
};
