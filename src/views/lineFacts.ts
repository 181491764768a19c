// What one source line became: the values it computes with their types, and the kernels that compute them.
import type { Kernel, Node } from "../engine/report/types.ts";
import { joined, valuesByNode } from "../engine/report/drawing/valueStats.ts";
import type { Lookup } from "./lookup.ts";

export interface LineValue {
  readonly node: Node;
  readonly backward: boolean;
  readonly kernels: readonly Kernel[];
  /** What its elements were, where a run looked at them. */
  readonly stats: ReturnType<typeof joined>;
}
export interface LineKernel {
  readonly kernel: Kernel;
  /** The line's part of the kernel, 0 to 1. */
  readonly share: number;
  /** Milliseconds of it, by that part; null where nothing was measured. */
  readonly ms: number | null;
}
export interface LineFacts {
  readonly values: readonly LineValue[];
  readonly kernels: readonly LineKernel[];
}
/** What only moves or calls says little of a line; it is left out where there is something else. */
const MINOR: ReadonlySet<string> = new Set(["broadcast_in_dim", "broadcast", "convert_element_type", "reshape", "jit", "pjit", "copy", "squeeze"]);

export function lineFacts(lookup: Lookup, path: string, line: number): LineFacts {
  const first = lookup.program?.levels[0]?.name;
  const own = lookup.nodesOfLine(path, line).flatMap((id) => {
    const node = lookup.nodes.get(id)!;
    const frame = lookup.frameOf(node.stack);
    const isOwn = frame?.line === line && lookup.pathOf(frame.file) === path;
    return isOwn && lookup.levelOf.get(lookup.regionOf.get(id)!.id)?.name === first ? [node] : [];
  });
  const stats = valuesByNode(lookup.report);
  const telling = own.filter((n) => !MINOR.has(n.op));
  const values = (telling.length ? telling : own).map((node): LineValue => {
    const computing = [node.id, ...(lookup.computedBy.get(node.id) ?? [])].flatMap((id) => lookup.kernelsOf.get(id) ?? []);
    return { node, backward: node.scope.includes("transpose("), kernels: [...new Set(computing)], stats: joined(stats.get(node.id) ?? []) };
  });
  const file = lookup.fileOf(path);
  const kernels = lookup.kernels
    .flatMap((kernel): LineKernel[] => {
      const share = kernel.lines.find((l) => l.file === file && l.line === line)?.share;
      return share === undefined ? [] : [{ kernel, share, ms: kernel.time ? kernel.time.median * share : null }];
    })
    .sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0));
  return { values, kernels };
}
