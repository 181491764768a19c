// The ahead-of-time chain: jit(f).trace(…).lower().compile(), with what the compiler knows of cost and memory.
import { DTypeError, ShapeError } from "../core/errors.ts";
import { showPath } from "../core/pytree.ts";
import type { NDArray } from "../core/value.ts";
import { bytesOf } from "../graph/graph.ts";
import { lowerClosed } from "../graph/lower.ts";
import { printGraph } from "../graph/print.ts";
import { flops, nodeBytes, transcendentals } from "../compiler/fusion/cost.ts";
import { compile, execute } from "../backends/programs.ts";
import { flattenArgs } from "../transforms/args.ts";
import { setLowering, type Traced } from "../transforms/jit.ts";
import type { Compiled, Lowered } from "../transforms/stages.ts";

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
function compileTraced(t: Traced): Compiled {
  const { compilation, loaded } = compile(t.jaxpr),
    { plan } = compilation;
  return {
    call: (...args) => {
      const flat = flattenArgs(t.fun, args, `the compiled ${t.name}`);
      if (!flat.tree.equals(t.inTree))
        throw new DTypeError(
          `the compiled ${t.name} was called with arguments of structure ${flat.tree}, it was compiled for ${t.inTree}; compile it again for these, or call the jitted function`,
        );
      flat.values.forEach((v, i) => {
        const want = t.inAvals[i]!,
          where = showPath(t.inTree.paths()[i]!.slice(1)),
          name = `argument ${String(t.inTree.paths()[i]![0])}${where}`;
        if (v.shape.join() !== want.shape.join())
          throw new ShapeError(
            `the compiled ${t.name}: ${name} is ${v.aval}, it was compiled for ${want}; compile it again, or call the jitted function`,
          );
        if (v.dtype !== want.dtype)
          throw new DTypeError(`the compiled ${t.name}: ${name} has dtype ${v.dtype}, it was compiled for ${want.dtype}; convert it with astype`);
      });
      return t.outTree.unflatten(execute(t.jaxpr, [...t.consts, ...flat.values] as NDArray[]));
    },
    costAnalysis: () => {
      const nodes = plan.kernels.flatMap((k) => k.nodes);
      // Each kernel reads what it does not compute itself, and writes its outputs.
      const traffic = sum(
        plan.kernels.map((k) => {
          const inside = new Set(k.nodes),
            reads = new Set(k.nodes.flatMap((n) => n.inputs.filter((i) => !inside.has(i))));
          return sum([...reads].map(nodeBytes)) + sum(k.outputs.map(nodeBytes));
        }),
      );
      return { flops: sum(nodes.map(flops)), transcendentals: sum(nodes.map(transcendentals)), bytesAccessed: traffic };
    },
    memoryAnalysis: () => ({
      argumentSizeInBytes: sum(plan.params.map(bytesOf)),
      outputSizeInBytes: sum(plan.outs.map(bytesOf)),
      tempSizeInBytes: plan.arenaBytes,
      generatedCodeSizeInBytes: loaded.bytes,
    }),
    asText: () =>
      [
        `program @${t.name}: ${plan.kernels.length} kernels`,
        ...plan.kernels.map(
          (k) =>
            `kernel ${k.id} ${k.kernel.name} (${k.region.name}): ${k.nodes.map((n) => n.op).join(", ")} -> ${k.outputs.map((o) => `${o.dtype}[${o.shape.join()}]`).join(", ")}`,
        ),
        "",
        printGraph(compilation.graph, t.name),
      ].join("\n"),
  };
}
setLowering((t): Lowered => {
  const graph = lowerClosed(t.jaxpr);
  return { graph, asText: () => printGraph(graph, t.name), compile: () => compileTraced(t) };
});
