// The levels of a program as graphs, a region for the main program and for every program inside it. The jaxpr level has what the person wrote,
// the fused level what the kernels compute; lineage joins the two.
import { type Eqn, Jaxpr, Literal, Var, subJaxprs } from "../../core/jaxpr.ts";
import { printJaxprWithLines, showLiteral } from "../../core/print.ts";
import { framePath } from "../../core/source.ts";
import { showNameStack } from "../../core/trace.ts";
import type { NDArray } from "../../core/value.ts";
import { flops, nodeBytes } from "../../compiler/fusion/cost.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import type { Graph, Node as GraphNode } from "../../graph/graph.ts";
import type { Places } from "../places.ts";
import type { Category, Level, Node, NodeId, Region, StackIndex } from "../types.ts";
import { graphCategory, heaviest, showShort } from "./operations.ts";

export const nodeId = (n: { readonly id: number }): NodeId => `g${n.id}`;
export const regionId = (r: { readonly id: number }): string => `fused.${r.id}`;
/** An input of a program of the jaxpr level, by the program's number. */
export const parameterId = (program: number, v: Var): NodeId => `jaxpr.${program}:v${v.id}`;
export const eqnId = (e: Eqn): NodeId => `e${e.id}`;

export function stackOf(places: Places, e: Eqn | undefined): StackIndex | undefined {
  return e && places.stack(e.source.frames.map((f) => ({ file: framePath(f), line: f.line, column: f.column, func: f.func })));
}
/** Where a graph node comes from: the first of its equations that knows. */
export function nodeStack(places: Places, n: GraphNode): StackIndex | undefined {
  for (const e of n.origin) {
    const stack = stackOf(places, e);
    if (stack !== undefined) return stack;
  }
  return undefined;
}

// ---- the jaxpr

/** Each sub-program is a region once, also where several equations call it: its parent is the first of them. */
export function jaxprLevel(main: Jaxpr, name: string, argumentNames: readonly string[], lowered: Graph, places: Places): Level {
  const categories = categoriesOf(lowered);
  const regions: Region[] = [];
  const ids = new Map<Jaxpr, string>();
  const add = (j: Jaxpr, label: string, parent: NodeId | null): string => {
    const known = ids.get(j);
    if (known !== undefined) return known;
    const number = ids.size;
    const id = `jaxpr.${number}`;
    ids.set(j, id);
    const at = regions.push({ id, name: label, parent, nodes: [], parameters: [], outputs: [] }) - 1;
    const source = new Map<Var, NodeId>();
    const nodes: Node[] = [];
    const parameters = [...j.constvars, ...j.invars].map((v, i): NodeId => {
      const own = parent === null ? argumentNames[i] : undefined;
      // A variable may be a parameter of several programs: its node is this region's own.
      const node = parameterId(number, v);
      source.set(v, node);
      nodes.push({ id: node, op: "parameter", category: "input", type: v.aval.toString(), inputs: [], ...(own ? { name: own } : {}), scope: "" });
      return node;
    });
    const inputsOf = (atoms: readonly (Var | Literal)[]): NodeId[] => [
      ...new Set(atoms.flatMap((a) => (a instanceof Var && source.has(a) ? [source.get(a)!] : []))),
    ];
    for (const e of j.eqns) {
      const inner = subJaxprs(e.params);
      const literals = e.inputs.filter((a): a is Literal => a instanceof Literal);
      const stack = stackOf(places, e);
      const called = typeof e.params.name === "string" ? e.params.name : undefined;
      const labels = regionLabels(e, inner);
      nodes.push({
        id: eqnId(e),
        op: e.primitive.name,
        category: inner.length && !isReducer(e) ? "control" : (categories.get(e.id) ?? "other"),
        type: showTypes(e.outputs.map((v) => v.aval.toString())),
        inputs: inputsOf(e.inputs),
        ...(called ? { name: called } : {}),
        ...(literals.length ? { attributes: literals.map((l) => showLiteral(l.value, l.aval)).join(", ") } : {}),
        ...(inner.length
          ? { regions: inner.map((s, i) => add(s, called && inner.length === 1 ? called : `${e.primitive.name} ${labels[i]}`, eqnId(e))) }
          : {}),
        scope: showNameStack(e.source.nameStack),
        ...(stack === undefined ? {} : { stack }),
      });
      for (const v of e.outputs) source.set(v, eqnId(e));
    }
    regions[at] = { id, name: label, parent, nodes, parameters, outputs: inputsOf(j.outs) };
    return id;
  };
  add(main, name, null);
  const printed = printJaxprWithLines(main);
  const lines = [...printed.marks].map(([id, line]) => [line + 1, `e${id}`] as const).sort((a, b) => a[0] - b[0]);
  return { name: "jaxpr", text: { language: "jaxpr", text: printed.text, lines }, regions };
}
const showTypes = (types: readonly string[]): string => (types.length === 1 ? types[0]! : `(${types.join(", ")})`);
/** What the sub-programs of an equation are to it, by the names of the parameters that hold them. */
function regionLabels(e: Eqn, inner: readonly Jaxpr[]): string[] {
  const names = Object.entries(e.params).flatMap(([key, value]) => {
    const list = subJaxprs({ value } as never); // any parameter may hold programs
    return list.map((_j, i) => (list.length > 1 ? `${key.replace(/e?s$/, "")} ${i}` : key.replace(/Jaxpr$/, "")));
  });
  return inner.map((_j, i) => (names[i] === "jaxpr" || names[i] === undefined ? "body" : names[i]!));
}
const isReducer = (e: Eqn): boolean => e.primitive.name.startsWith("reduce") || e.primitive.name.startsWith("scatter");

/** The kind of an equation is that of the heaviest node it was lowered to: no second table. */
function categoriesOf(lowered: Graph): ReadonlyMap<number, Category> {
  const found = new Map<number, Category>();
  const walk = (g: Graph): void => {
    for (const n of g.nodes) {
      if (!n.is("parameter", "constant"))
        for (const e of n.origin) {
          const before = found.get(e.id);
          const own = graphCategory(n);
          found.set(e.id, before ? heaviest(before, own) : own);
        }
      if (n.is("while")) [n.attrs.cond, n.attrs.body].forEach(walk);
      else if (n.is("case")) n.attrs.branches.forEach(walk);
    }
  };
  walk(lowered);
  return found;
}

// ---- what the compiler made of it

export function fusedLevel(plan: Plan, parameterNames: ReadonlyMap<GraphNode, string>, places: Places, equations: ReadonlySet<NodeId>): Level {
  const inside = new Map<number, string[]>();
  for (const r of plan.regions) {
    if (r.parent === null) continue;
    const list = inside.get(r.parent);
    if (list) list.push(regionId(r));
    else inside.set(r.parent, [regionId(r)]);
  }
  const regions = plan.regions.map((r): Region => {
    const nodes = r.graph.nodes.filter((n) => !isScalarConstant(n)).map((n) => fusedNode(n));
    return {
      id: regionId(r),
      name: r.name,
      parent: r.parent === null ? null : `g${r.parent}`,
      nodes,
      parameters: r.graph.params.map(nodeId),
      outputs: r.graph.outs.filter((n) => !isScalarConstant(n)).map(nodeId),
    };
  });
  function fusedNode(n: GraphNode): Node {
    const stack = nodeStack(places, n);
    const inner = inside.get(n.id) ?? [];
    const constants = n.is("while", "case") ? [] : n.inputs.filter(isScalarConstant).map(showConstant);
    const name = parameterNames.get(n);
    return {
      id: nodeId(n),
      op: opName(n),
      category: graphCategory(n),
      type: showTypes(n.types.map(showShort)),
      inputs: [...new Set(n.inputs.filter((i) => !isScalarConstant(i)).map(nodeId))],
      ...(name ? { name } : {}),
      ...(constants.length ? { attributes: constants.join(", ") } : {}),
      ...(inner.length ? { regions: inner } : {}),
      scope: n.origin.length ? showNameStack(n.origin[0]!.source.nameStack) : "",
      ...(stack === undefined ? {} : { stack }),
      from: n.origin.map(eqnId).filter((id) => equations.has(id)),
      flops: flops(n),
      bytes: nodeBytes(n),
    };
  }
  return { name: "fused", regions };
}
export const isScalarConstant = (n: GraphNode): boolean => n.is("constant") && n.shape.length === 0;
/** Reductions and routines by what they do. */
export function opName(n: GraphNode): string {
  if (n.is("library")) return n.attrs.name;
  if (n.is("reduce")) return `reduce_${n.attrs.kind}`;
  if (n.is("compare")) return n.attrs.direction;
  return n.op;
}
export function showConstant(n: GraphNode): string {
  if (!n.is("constant")) return "";
  const value: NDArray = n.attrs.value;
  const data = value.dataSync();
  const first: number | bigint | undefined = data[0];
  return first === undefined ? "" : typeof first === "bigint" || Number.isInteger(first) ? String(first) : String(Number(first.toPrecision(6)));
}
