// A graph as text, one operation a line, in the generic form of StableHLO's operations. Values are named by the ids of their nodes, so that a
// line of the ledger or a pin is found in it; parse.ts reads it back.
import { type DType, isComplex } from "../core/dtypes.ts";
import { bytesOf, type Graph, type Node } from "./graph.ts";
import { rowOf } from "./ops.ts";
import { fromBytes } from "./evaluate/tensor.ts";
import { showAttribute, showNumber, showTensor } from "./text.ts";

export { showTensor } from "./text.ts";

/** Constants of more elements are named by their size only, unless the text is to be read back. */
const MOST_ELEMENTS = 16;
export interface PrintOptions {
  /** Constants in full. */
  readonly exact?: boolean;
}
/** The text of a graph as a function; loops and branches print their regions indented. */
export function printGraph(graph: Graph, name = graph.name || "main", options: PrintOptions = {}): string {
  const arg = (p: Node<"parameter">): string => `%arg${p.attrs.index}`;
  const header = graph.params.map((p) => `${arg(p as Node<"parameter">)}: ${showTensor(p.type)}`).join(", ");
  const results = graph.outs.map((o) => showTensor(o.type)).join(", ");
  const lines = body(graph, (n) => (n.is("parameter") ? arg(n) : `%${n.id}`), "return", options);
  return [`func.func @${name.replace(/\W/g, "_")}(${header}) -> (${results}) {`, ...lines.map((l) => `  ${l}`), "}"].join("\n");
}
type Names = (n: Node) => string;
function body(graph: Graph, nameOf: Names, end: string, options: PrintOptions): string[] {
  const ref = (n: Node): string => (n.is("get") ? `${nameOf(n.inputs[0]!)}#${n.attrs.index}` : nameOf(n));
  const lines = graph.nodes.filter((n) => !n.is("parameter", "get")).flatMap((n) => operation(n, ref, options));
  const outs = graph.outs.length ? ` ${graph.outs.map(ref).join(", ")} : ${graph.outs.map((o) => showTensor(o.type)).join(", ")}` : "";
  return [...lines, `${end}${outs}`];
}
function region(graph: Graph, options: PrintOptions): string[] {
  const nameOf: Names = (n) => `%${n.id}`;
  const header = `^bb0(${graph.params.map((p) => `${nameOf(p)}: ${showTensor(p.type)}`).join(", ")}):`;
  return [header, ...body(graph, nameOf, "stablehlo.return", options).map((l) => `  ${l}`)];
}
function operation(n: Node, ref: Names, options: PrintOptions): string[] {
  const result = n.types.map(showTensor).join(", ");
  if (n.is("constant")) return [`%${n.id} = stablehlo.constant dense<${showConstant(n, options)}> : ${result}`];
  const row = rowOf(n.op);
  const names = row.attributes as Readonly<Record<string, string>>;
  const regions = row.regions(n.attrs);
  const isRegion = (v: unknown): boolean =>
    typeof v === "function" || regions.includes(v as Graph) || (Array.isArray(v) && regions.length > 0 && v[0] === regions[0]);
  // In the order of the row, whatever the order in which a rule wrote them.
  const values = n.attrs as Readonly<Record<string, unknown>>;
  const attributes = Object.entries(names)
    .filter(([key]) => !isRegion(values[key]))
    .map(([key, text]) => `${text} = ${showAttribute(values[key])}`);
  const many = n.types.length !== 1;
  const start = `%${n.id}${many ? `:${n.types.length}` : ""} = "stablehlo.${row.stablehlo}"(${n.inputs.map(ref).join(", ")})${attributes.length ? ` {${attributes.join(", ")}}` : ""}`;
  const types = `: (${n.inputs.map((i) => showTensor(i.type)).join(", ")}) -> ${many ? `(${result})` : result}`;
  if (!regions.length) return [`${start} ${types}`];
  const bodies = regions.map((g) => region(g, options));
  return [`${start} ({`, ...bodies.flatMap((lines, i) => [...(i ? ["}, {"] : []), ...lines.map((l) => `  ${l}`)]), `}) ${types}`];
}
function showConstant(n: Node<"constant">, { exact }: PrintOptions): string {
  const { data } = fromBytes(n.type, n.attrs.value.storage.bytes().slice());
  const { dtype, shape } = n;
  const one = (i: number): string => element(data, i, dtype);
  const count = isComplex(dtype) ? data.length / 2 : data.length;
  if (count === 0) return "";
  const first = one(0);
  let same = true;
  for (let i = 1; i < count && same; i++) same = one(i) === first;
  if (same) return first;
  if (count > MOST_ELEMENTS && !exact) return `"${bytesOf(n.type)} bytes"`;
  let at = 0;
  const list = (axis: number): string =>
    axis === shape.length ? one(at++) : `[${Array.from({ length: shape[axis]! }, () => list(axis + 1)).join(", ")}]`;
  return list(0);
}
const element = (data: ArrayLike<number | bigint>, i: number, dtype: DType): string =>
  isComplex(dtype) ? `(${showNumber(data[2 * i]!, dtype)},${showNumber(data[2 * i + 1]!, dtype)})` : showNumber(data[i]!, dtype);
