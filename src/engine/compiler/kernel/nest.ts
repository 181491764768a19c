// Loop nests: elementwise kernels, reductions with prologue and epilogue, and row kernels (several reductions and a map over the same rows,
// as in softmax or layer norm) are one construction: outer loops, reductions inside them, then what depends on the results.
import { sizeOf, sameShape } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import type { Target } from "../target.ts";
import { KernelContext, Unfusable, reshapeIndex } from "./build.ts";
import { attemptCumulative, withoutAxis } from "./cumulative.ts";
import { isReduction, reductionOf } from "./heroes.ts";
import type { Kernel, Stmt } from "./ir.ts";
import { linearize } from "./ix.ts";
import { type Split, best, loopsFor, nestLoops } from "./loops.ts";
import { dependencies, emitStage } from "./stage.ts";

/** What a kernel computes: nodes that may be computed in it, in topological order, and those whose values leave it. */
export interface GroupSpec {
  readonly nodes: readonly Node[];
  readonly outputs: readonly Node[];
  readonly name: string;
  readonly target: Target;
}
export interface BuiltKernel {
  readonly kernel: Kernel;
  /** The node each buffer holds; null for scratch. */ readonly nodes: readonly (Node | null)[];
}

/** Builds a group as one kernel. Throws Unfusable, with the reason, where that cannot be. */
export function buildNest(spec: GroupSpec): BuiltKernel {
  const heroes = spec.nodes.filter(isReduction),
    cumulative = spec.nodes.filter((n) => n.op === "cumulative");
  if (cumulative.length) return best((o) => attemptCumulative(spec, cumulative, o), withoutAxis(cumulative[0] as Node<"cumulative">), []);
  if (heroes.length === 0) return best((o) => attempt(spec, [], o, []), spec.outputs[0]!.shape, []);
  const r = reductionOf(heroes[0]!);
  return best((o, i) => attempt(spec, heroes, o, i), r.outer, r.red);
}
function attempt(spec: GroupSpec, heroes: readonly Node[], outerSplit: Split, redSplit: Split): BuiltKernel {
  const k = new KernelContext(new Set(spec.nodes), spec.target),
    reductions = heroes.map(reductionOf),
    first = reductions[0];
  const outerShape = first?.outer ?? spec.outputs[0]!.shape,
    outer = loopsFor(k, outerShape, outerSplit, 0);
  heroes.forEach((h, i) => {
    if (i === 0) return;
    const same =
      heroes[0]!.is("reduce") &&
      h.is("reduce") &&
      sameShape(h.inputs[0]!.shape, heroes[0]!.inputs[0]!.shape) &&
      h.attrs.dims.join() === heroes[0]!.attrs.dims.join();
    if (!same) throw new Unfusable("the reductions run over different shapes or axes");
  });
  const vectorOuter = !first || first.along === "outer",
    body: Stmt[] = [],
    done = new Set<Node>();
  // Reductions in stages: those of one stage do not depend on one another and share their loops.
  const pending = new Set(heroes),
    dependsOnPending = dependencies(spec.nodes, heroes);
  while (pending.size) {
    const stage = [...pending].filter((h) => [...dependsOnPending.get(h)!].every((d) => done.has(d)));
    if (stage.length === 0) throw new Unfusable("the reductions depend on one another in a circle");
    emitStage(k, stage, reductions, heroes, outer, redSplit, body, vectorOuter, spec.outputs);
    for (const h of stage) {
      pending.delete(h);
      done.add(h);
    }
  }
  // What leaves the kernel: at the level of the results, or mapped over the rows once more.
  const inner: Node[] = [],
    depth = outer.vars.length;
  for (const out of spec.outputs) {
    if (!first || sizeOf(out.shape) === sizeOf(outerShape)) {
      if (!first && !sameShape(out.shape, outerShape))
        throw new Unfusable(`the outputs have different shapes, [${outerShape.join()}] and [${out.shape.join()}]`);
      const idx = sameShape(out.shape, outerShape) ? outer.idx : reshapeIndex(outer.idx, outerShape, out.shape);
      body.push(...k.store(k.buffer(out, "out"), linearize(idx, out.shape), k.at(out, idx), out.dtype));
    } else inner.push(out);
  }
  if (inner.length) {
    if (!heroes.every((h) => h.is("reduce"))) throw new Unfusable("an output has another shape than the reduction's result");
    const hero = heroes[0] as Node<"reduce">,
      full = hero.inputs[0]!.shape,
      { dims } = hero.attrs;
    for (const out of inner)
      if (!sameShape(out.shape, full))
        throw new Unfusable(
          `the output [${out.shape.join()}] has neither the reduction's shape [${outerShape.join()}] nor its operand's [${full.join()}]`,
        );
    const red = loopsFor(k, first!.red, redSplit, depth);
    let o = 0;
    const idx = full.map((_n, i) => (dims.includes(i) ? red.idx[dims.indexOf(i)]! : outer.idx[o++]!));
    const stores = inner.flatMap((out) => k.store(k.buffer(out, "out"), linearize(idx, out.shape), k.at(out, idx), out.dtype));
    body.push(...nestLoops(red.vars, stores, !vectorOuter));
  }
  return { kernel: { name: spec.name, buffers: k.buffers, body: nestLoops(outer.vars, body, vectorOuter) }, nodes: k.nodes };
}
