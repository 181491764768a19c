// StableHLO out: a traced program as text that MLIR's parser reads, and with it JAX, XLA and whatever else takes StableHLO.
import type { ShapeDtypeStruct } from "../../../core/aval.ts";
import { ArgumentError } from "../../../core/errors.ts";
import { ClosedJaxpr } from "../../../core/jaxpr.ts";
import type { AnyFunction, ArrayLike } from "../../../core/treeTypes.ts";
import type { NDArray, Value } from "../../../core/value.ts";
import { type Graph, GraphBuilder, type Node, type OpName } from "../../../graph/graph.ts";
import { lowerInto, physicalType } from "../../../graph/lower.ts";
import { showTensor } from "../../../graph/text.ts";
import { type Jitted, jit } from "../../../transforms/jit.ts";
import { CONTROL } from "./control.ts";
import { BINARY, ELEMENTWISE, UNARY } from "./elementwise.ts";
import type { Form, Forms } from "./form.ts";
import { MOVEMENT } from "./movement.ts";
import { REDUCTION } from "./reduction.ts";
import { type Ref, Writer } from "./writer.ts";

export { NoStableHLOError } from "./error.ts";

/** Total over the operations: one without a form does not compile. */
const FORMS: Forms<OpName> = { ...UNARY, ...BINARY, ...ELEMENTWISE, ...MOVEMENT, ...REDUCTION, ...CONTROL };

/** Writes the nodes of a graph, whose parameters are written, and gives its results. */
function body(w: Writer, g: Graph, args: readonly Ref[]): readonly Ref[] {
  const values = new Map<Node, readonly Ref[]>(g.params.map((p, i) => [p, [args[i]!]]));
  const region = (inner: Graph, given: readonly Ref[]): readonly Ref[] => body(w, inner, given);
  for (const n of g.nodes) {
    if (n.is("parameter")) continue;
    w.from(n.origin);
    // A part of several results takes them all.
    const ins = n.is("get") ? values.get(n.inputs[0]!)! : n.inputs.map((i) => values.get(i)![0]!);
    // The table is total; the form's type parameter follows the node's operation.
    values.set(n, (FORMS[n.op] as Form)(w, n, ins, region));
  }
  w.from([]);
  return g.outs.map((o) => values.get(o)![0]!);
}
/** The first `consts` inputs stand in the text. */
function graphOf({ jaxpr, consts: own }: ClosedJaxpr, consts: readonly Value[]): Graph {
  const g = new GraphBuilder(jaxpr.name);
  const constant = (v: Value): Node => g.constant(v as NDArray);
  const inputs = jaxpr.invars.map((v, i) => (i < consts.length ? constant(consts[i]!) : g.param(physicalType(v.aval))));
  return g.build(lowerInto(g, jaxpr, own.map(constant), inputs));
}
const identifier = (name: string): string => name.replace(/\W/g, "_") || "main";

/**
 * The text of a module with a public `@main`: of a program (`makeJaxpr(f)(…)`), or of a function for arguments or `shapeDtypeStruct`s in their place. Every operation
 * has its line in the person's code as its location. Random keys are pairs of `ui32`, `[…, 2]`. NoStableHLOError for what has no counterpart: factorizations that JAX calls
 * LAPACK for, callbacks, and functions that JAX writes loops for. ArgumentError where a program is given arguments. Source: jax.jit(f).lower(…).as_text().
 * @example interop.stablehlo.print(jit((x: Array) => x.add(1)), shapeDtypeStruct([], "float32")).includes("stablehlo.add") // true
 */
export function print(what: ClosedJaxpr | AnyFunction, ...args: readonly (ShapeDtypeStruct | ArrayLike | unknown)[]): string {
  if (what instanceof ClosedJaxpr && args.length)
    throw new ArgumentError("interop.stablehlo.print: a program has its types, and takes no arguments. Instead: print(program), or print(fn, …args)");
  const { jaxpr, consts, name } = what instanceof ClosedJaxpr ? { jaxpr: what, consts: [], name: what.jaxpr.name } : traced(what, args);
  const graph = graphOf(jaxpr, consts);
  const w = new Writer();
  const params = graph.params.map((p, i): Ref => ({ name: `%arg${i}`, type: p.type }));
  const outs = body(w, graph, params);
  const types = outs.map((o) => showTensor(o.type)).join(", ");
  return [
    `module @${identifier(`jit_${name}`)} {`,
    `  func.func public @main(${params.map((p) => `${p.name}: ${showTensor(p.type)}`).join(", ")}) -> (${types}) {`,
    ...w.lines,
    `    "func.return"(${outs.map((o) => o.name).join(", ")}) : (${types}) -> ()`,
    "  }",
    "}",
    "",
  ].join("\n");
}
function traced(
  fn: AnyFunction,
  args: readonly unknown[],
): { readonly jaxpr: ClosedJaxpr; readonly consts: readonly Value[]; readonly name: string } {
  const jitted = ("trace" in fn ? fn : jit(fn)) as Jitted;
  return jitted.trace(...args);
}
