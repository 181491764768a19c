// Jaxpr → Graph: walks the equations and lets each primitive lower itself; calls are inlined, nodes remember their equation.
import type { ShapedArray } from "../core/aval.ts";
import { MissingRuleError } from "../core/errors.ts";
import { type Atom, type ClosedJaxpr, type Jaxpr, Literal, type Var, literalArray } from "../core/jaxpr.ts";
import { isAbsent } from "../core/primitive.ts";
import type { NDArray } from "../core/value.ts";
import { type Graph, GraphBuilder, type Node, type TensorType } from "./graph.ts";
import { numberProgram } from "./regions.ts";

/** The memory layout of an abstract value: random keys are two 32-bit words in a trailing dimension. */
export const physicalType = (a: ShapedArray): TensorType =>
  a.dtype === "key<fry>" ? { shape: [...a.shape, 2], dtype: "uint32" } : { shape: a.shape, dtype: a.dtype };

/** Adds the equations of a jaxpr to a graph under construction. */
export function lowerInto(g: GraphBuilder, jaxpr: Jaxpr, consts: readonly Node[], args: readonly Node[]): Node[] {
  const env = new Map<Var, Node>(),
    before = g.origin;
  jaxpr.constvars.forEach((v, i) => env.set(v, consts[i]!));
  jaxpr.invars.forEach((v, i) => env.set(v, args[i]!));
  const read = (a: Atom): Node => (a instanceof Literal ? g.constant(literalArray(a) as NDArray) : env.get(a)!);
  for (const e of jaxpr.eqns) {
    g.origin = e.source.frames.length || !before.length ? [e] : before;
    const { lower } = e.primitive;
    if (isAbsent(lower)) throw new MissingRuleError(`${e.primitive.name} cannot be compiled: ${lower.absent}`, e.source.frames[0]);
    const outs = lower(
      g,
      e.inputs.map(read),
      e.params,
      e.outputs.map((v) => v.aval),
      e.inputs.map((a) => a.aval),
    );
    e.outputs.forEach((v, i) => env.set(v, outs[i]!));
  }
  g.origin = before;
  return jaxpr.outs.map(read);
}
/** A whole program as a graph: parameters are the jaxpr's inputs, constants are embedded, nodes are numbered over all regions. */
export function lowerClosed(c: ClosedJaxpr): Graph {
  const g = new GraphBuilder(c.jaxpr.name);
  const args = c.jaxpr.invars.map((v) => g.param(physicalType(v.aval)));
  const consts = c.consts.map((v) => g.constant(v as NDArray));
  const graph = g.build(lowerInto(g, c.jaxpr, consts, args));
  numberProgram(graph);
  return graph;
}
/** The constants of a nested program as nodes: arrays that rules of custom derivatives made while it was staged. */
export const constantsOf = (g: GraphBuilder, c: ClosedJaxpr): Node[] => c.consts.map((v) => g.constant(v as NDArray));
/** A nested program (a loop's body, a branch) as a graph of its own. */
export function lowerRegion(parent: GraphBuilder, c: ClosedJaxpr, name: string): Graph {
  const g = new GraphBuilder(name);
  g.origin = parent.origin;
  const args = c.jaxpr.invars.map((v) => g.param(physicalType(v.aval)));
  return g.build(lowerInto(g, c.jaxpr, constantsOf(g, c), args));
}
