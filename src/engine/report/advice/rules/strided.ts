// A large argument that is read across the order in which it lies in memory: each element is on another line of the cache. The argument is given in the order in
// which it is read.
import { runToEnd } from "../../../backends/device.ts";
import { ShapedArray } from "../../../core/aval.ts";
import { sentence } from "../../../core/sentence.ts";
import { NDArray } from "../../../core/value.ts";
import { Compiled } from "../../../backends/programs.ts";
import { Compilation } from "../../../compiler/compile.ts";
import { type Graph, GraphBuilder, type Node } from "../../../graph/graph.ts";
import { nodeBytes, showBytes } from "../../../compiler/fusion/cost.ts";
import { largestDifference } from "../../record/trial.ts";
import { given, inlined } from "../graphs.ts";
import type { Facts } from "../facts.ts";
import { inTurns, timed } from "../trials.ts";
import type { Candidate, Experiment, Rule } from "../types.ts";
import { percent, plain, times, valueName } from "../words.ts";

interface Strided extends Candidate {
  readonly turned: Node<"transpose">;
  readonly argument: Node<"parameter">;
  readonly ms: number;
}
const LEAST_BYTES = 1 << 16;

export const strided: Rule<Strided> = {
  name: "read across its order",
  tolerance: 1e-3,
  find(f) {
    const found: Strided[] = [];
    const { graph } = f.regions[0]!;
    for (const turned of graph.nodes) {
      if (!turned.is("transpose") || f.isResult(turned) || nodeBytes(turned) < LEAST_BYTES) continue;
      const [argument] = turned.inputs;
      const last = turned.shape.length - 1;
      // Read in another order somewhere else it is needed both ways.
      if (!argument!.is("parameter") || turned.attrs.permutation[last] === last || new Set(f.users(argument)).size > 1) continue;
      if (f.argument(argument) === null || f.users(turned).every((u) => u.is("dot"))) continue;
      const ms = f.kernelsOf(turned).reduce((s, k) => s + f.kernelMs(k), 0);
      const others = f.users(turned).map((u) => f.line(u));
      found.push({ at: f.line(turned), others, turned, argument, ms, most: 0.9 * ms });
    }
    return found;
  },
  change: (c, f) => ({ kind: "experiment", run: (ms) => inOrder(c, f, ms) }),
  say({ turned, argument, ms }, o, f) {
    const name = valueName(argument, f);
    const written = /^[\w$]+$/.test(plain(name)) ? plain(name) : "x";
    return {
      text: sentence(
        "{0} is read transposed: its axes lie in memory in another order than the loops go through them, so each read of the {1} is strided, on another line of the cache, without lanes (the kernels that do take {2} of the time).",
        ...[name, showBytes(nodeBytes(turned)), percent(ms, f.total)],
      ),
      remedy: sentence(
        "Keep {0} in the order in which it is read: transpose it once where it is made (np.array({1}.T)), and leave the transposition out here: {2} times faster.",
        ...[name, written, times(o.factor)],
      ),
      change: sentence("{0} given in the order in which it is read", name),
      action: { label: sentence("Copy the transposition"), kind: "snippet", snippet: `np.array(${written}.T)` },
    };
  },
};
/** The program of the argument as it is read, beside the program of the argument as it is. */
function inOrder({ turned, argument }: Strided, f: Facts, milliseconds: number): Experiment | null {
  const { compiled, traced } = f.context;
  const { device } = compiled;
  const { index } = argument.attrs;
  const compile = (graph: Graph): Compiled => new Compiled(new Compilation(traced.jaxpr, undefined, graph, compiled.compilation.target), device);
  const [storage] = runToEnd(compile(turnedAlone(turned)).loaded, [f.operands[index]!]);
  const own = new NDArray(new ShapedArray(turned.shape, turned.dtype), storage!);
  const changed = compile(withTurned(f.regions[0]!.graph, turned, argument));
  const operands = f.operands.map((v, i) => (i === index ? own : v));
  const error = largestDifference(compiled, changed, f.operands, operands);
  const turns = inTurns([() => timed(compiled, f.operands), () => timed(changed, operands)], milliseconds);
  own.delete();
  return turns && { of: "call", ...turns, error, notes: { scale: f.largestResult } };
}
function turnedAlone({ inputs: [argument], attrs, type }: Node<"transpose">): Graph {
  const g = new GraphBuilder("turned");
  return g.build([g.node("transpose", [g.param(argument!.type)], attrs, [type])]);
}
/** The program with an argument that comes in turned already. */
function withTurned(graph: Graph, turned: Node, argument: Node): Graph {
  const g = new GraphBuilder(graph.name);
  const params = graph.params.map((p) => g.param(p === argument ? turned.type : p.type));
  const known = given(graph, params);
  known.set(turned, known.get(argument)!);
  return g.build(inlined(g, graph, known));
}
