// A graph as text, one operation a line, in the generic form of StableHLO's operations.
import { bytesOf, type Graph, type Node, type TensorType } from "./graph.ts";
import { rowOf } from "./ops.ts";

const ELEMENT: Readonly<Record<string, string>> = {
  bool: "i1",
  int8: "i8",
  int16: "i16",
  int32: "i32",
  int64: "i64",
  uint8: "ui8",
  uint16: "ui16",
  uint32: "ui32",
  uint64: "ui64",
  float16: "f16",
  bfloat16: "bf16",
  float32: "f32",
  float64: "f64",
  complex64: "complex<f32>",
  complex128: "complex<f64>",
};
export const showTensor = (t: TensorType): string => `tensor<${[...t.shape, ELEMENT[t.dtype] ?? t.dtype].join("x")}>`;
const showAttr = (v: unknown): string =>
  Array.isArray(v) ? `[${v.map(showAttr).join(", ")}]` : typeof v === "string" ? JSON.stringify(v) : String(v);
/** The text of a function `main`; loops and branches print their regions indented. */
export function printGraph(graph: Graph, name = graph.name || "main", indent = ""): string {
  const ids = new Map<Node, string>(),
    lines: string[] = [],
    ref = (n: Node): string => ids.get(n) ?? "%?";
  let next = 0;
  graph.params.forEach((p, i) => ids.set(p, `%arg${i}`));
  for (const n of graph.nodes) {
    if (n.is("parameter")) continue;
    if (n.is("get")) {
      ids.set(n, `${ref(n.inputs[0]!)}#${n.attrs.index}`);
      continue;
    }
    const id = `%${next++}`;
    ids.set(n, id);
    const out = n.types.map(showTensor).join(", ");
    if (n.is("constant")) {
      const { value } = n.attrs,
        shown =
          value.size <= 16 && value.dtype !== "key<fry>"
            ? JSON.stringify(value.tolist(), (_k, v: unknown) => (typeof v === "bigint" ? Number(v) : v))
            : `"${bytesOf(n.type)} bytes"`;
      lines.push(`${id} = stablehlo.constant dense<${shown}> : ${out}`);
      continue;
    }
    const regions = rowOf(n.op).regions(n.attrs);
    const attrs = Object.entries(n.attrs as Readonly<Record<string, unknown>>)
      .filter(([k, v]) => typeof v !== "function" && !regions.includes(v as Graph) && k !== "branches" && k !== "params")
      .map(([k, v]) => `${k} = ${showAttr(v)}`);
    const body = regions.map((g) => ` ({\n${printGraph(g, g.name, `${indent}    `)}\n${indent}  })`).join("");
    lines.push(
      `${id}${n.types.length > 1 ? `:${n.types.length}` : ""} = "stablehlo.${rowOf(n.op).stablehlo}"(${n.inputs.map(ref).join(", ")})${attrs.length ? ` {${attrs.join(", ")}}` : ""}${body} : (${n.inputs.map((i) => showTensor(i.type)).join(", ")}) -> ${n.types.length > 1 ? `(${out})` : out}`,
    );
  }
  const args = graph.params.map((p, i) => `%arg${i}: ${showTensor(p.type)}`).join(", "),
    results = graph.outs.map((o) => showTensor(o.type)).join(", ");
  if (indent)
    return [
      `${indent}^bb0(${args}):`,
      ...lines.map((l) => indent + l),
      `${indent}stablehlo.return ${graph.outs.map(ref).join(", ")} : ${results}`,
    ].join("\n");
  return [
    `func.func @${name.replace(/\W/g, "_")}(${args}) -> (${results}) {`,
    ...lines.map((l) => `  ${l}`),
    `  return ${graph.outs.map(ref).join(", ")} : ${results}`,
    "}",
  ].join("\n");
}
