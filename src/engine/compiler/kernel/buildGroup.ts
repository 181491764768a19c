// A group becomes a kernel: which template builds it.
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import type { Group } from "../fusion/groups.ts";
import type { Target } from "../target.ts";
import { buildConvolution } from "./convolution.ts";
import { buildMatmul } from "./matmul.ts";
import { type BuiltKernel, type GroupSpec, buildNest } from "./nest.ts";
import { buildRegion } from "./region.ts";

/** @param ordered the group's nodes in topological order */
export function buildGroup(ordered: readonly Node[], g: Group, inPlace: boolean, target: Target): BuiltKernel {
  const spec: GroupSpec = { nodes: ordered, outputs: g.outputs, name: kernelName(ordered, g), target };
  // Empty results need no code.
  if (g.outputs.every((o) => sizeOf(o.shape) === 0))
    return {
      kernel: { name: spec.name, buffers: g.outputs.map((o) => ({ name: `%${o.id}`, dtype: o.dtype, size: 0, role: "out" as const })), body: [] },
      nodes: g.outputs,
    };
  if (g.kind === "region") return buildRegion(spec, g.hero!, inPlace);
  if (g.kind === "matmul" && target.tile)
    return g.hero?.is("conv") ? buildConvolution(spec, g.hero, target.tile) : buildMatmul(spec, g.hero as Node<"dot">, target.tile);
  return buildNest(spec);
}
/** Names say what a kernel does: its hero, or the operations that matter. */
export function kernelName(nodes: readonly Node[], g: Group): string {
  const quiet = new Set(["parameter", "constant", "broadcast", "reshape", "get", "convert", "transpose", "slice"]),
    ops = [...new Set(nodes.filter((n) => !quiet.has(n.op)).map((n) => (n.is("reduce") ? `reduce_${n.attrs.kind}` : n.op)))];
  const hero = g.hero ? (g.hero.is("reduce") ? `reduce_${g.hero.attrs.kind}` : g.hero.is("library") ? g.hero.attrs.name : g.hero.op) : null;
  const rest = ops.filter((o) => o !== hero).slice(0, hero ? 2 : 3),
    parts = hero ? [hero, ...rest] : rest;
  return (parts.length ? parts : [nodes.at(-1)?.op ?? "kernel"]).join("_");
}
