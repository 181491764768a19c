// XLA's kernels with what they move and cost, the times of the profile, and the lines that caused them.
import { summarize } from "../../engine/report/record/measure.ts";
import type { Code, Kernel, LineShare, NodeId } from "../../engine/report/types.ts";
import type { HloModule } from "../../xla/hlo.ts";
import type { KernelTimes } from "../../xla/kernelTimes.ts";
import { isTranscendental } from "../../xla/ops.ts";
import { elements } from "../../xla/shape.ts";
import type { HloGraph, HloKernel } from "./hloLevel.ts";
import { kernelLabels } from "./labels.ts";
import type { BridgePlaces } from "./places.ts";

const MAX_CODE = 32_768;
/** For orders of magnitude where nothing was measured: bytes that move in a millisecond, and operations that take as long as a byte. */
const BYTES_PER_MS = 8e6;
const FLOPS_PER_BYTE = 4;
/** A tanh takes as long as some additions. */
const TRANSCENDENTAL_FLOPS = 16;

export interface KernelContext {
  readonly graph: HloGraph;
  readonly module: HloModule;
  readonly places: BridgePlaces;
  readonly home: { readonly file: number; readonly line: number };
  readonly times: KernelTimes | null;
  readonly text: readonly string[];
}
export const kernelId = (k: HloKernel): string => `k:${k.instruction.name}`;

export function reportKernels(c: KernelContext): Kernel[] {
  const labels = kernelLabels(c.graph.kernels, c.graph, c.module, c.places);
  const readers = readOutside(c.graph);
  return c.graph.kernels.map((k, i): Kernel => {
    const bytesRead = inputsOf(k, c.graph).reduce((s, id) => s + readOf(k, c.graph, id), 0);
    const bytesWritten = k.outputs.reduce((s, id) => s + writtenOf(c.graph, id), 0);
    const nodes = k.nodes.flatMap((id) => c.graph.nodes.get(id) ?? []);
    const flops = nodes.reduce((s, n) => s + (n.node.flops ?? 0), 0);
    const transcendentals = nodes.reduce((s, n) => s + (isTranscendental(n.instruction) ? elements(n.instruction.shape) : 0), 0);
    const measured = c.times?.byOp.get(k.instruction.name);
    const code = codeOf(k, c.text);
    return {
      id: kernelId(k),
      name: k.instruction.name,
      label: labels[i]!,
      kind: kindOf(k),
      region: k.region,
      device: 0,
      nodes: k.nodes,
      outputs: k.outputs.filter((id) => readers.has(id) || k.outputs.length === 1),
      ...(code ? { code: [code] } : {}),
      bytesRead,
      bytesWritten,
      flops,
      transcendentals,
      predicted: (bytesRead + bytesWritten + (flops + TRANSCENDENTAL_FLOPS * transcendentals) / FLOPS_PER_BYTE) / BYTES_PER_MS,
      ...(measured ? { time: summarize(measured.runs) } : {}),
      calls: measured?.calls ?? 1,
      lines: linesOf(k, c),
    };
  });
}
const bytesOf = (g: HloGraph, id: NodeId): number => g.nodes.get(id)?.node.bytes ?? 0;
const PARTS: ReadonlySet<string> = new Set(["dynamic-slice", "slice", "gather"]);
/** What is put into an array that is there: it is written alone, where the array lies. */
function updateOf(g: HloGraph, id: NodeId): NodeId | null {
  const node = g.nodes.get(id)?.node;
  const [base, update] = node?.op === "dynamic-update-slice" ? node.inputs : [];
  return base !== undefined && update !== undefined && bytesOf(g, base) === bytesOf(g, id) ? update : null;
}
const writtenOf = (g: HloGraph, id: NodeId): number => bytesOf(g, updateOf(g, id) ?? id);
/** Bytes that a kernel reads of a value: all of them, unless it takes parts of it, or puts something into it. */
function readOf(k: HloKernel, g: HloGraph, id: NodeId): number {
  const whole = bytesOf(g, id);
  let sum = 0;
  for (const reader of k.nodes) {
    const node = g.nodes.get(reader)?.node;
    if (!node?.inputs.includes(id)) continue;
    const isFirst = node.inputs[0] === id && node.inputs.lastIndexOf(id) === 0;
    if (isFirst && PARTS.has(node.op)) sum += bytesOf(g, reader);
    else if (!isFirst || updateOf(g, reader) === null) sum += whole;
  }
  return Math.min(sum, whole);
}
/** Nodes that are read outside of where they are computed, or are results. */
function readOutside(g: HloGraph): ReadonlySet<NodeId> {
  const out = new Set(g.level.regions.flatMap((r) => r.outputs));
  for (const { node } of g.nodes.values()) for (const i of node.inputs) out.add(i);
  return out;
}
function inputsOf(k: HloKernel, g: HloGraph): NodeId[] {
  const inside = new Set(k.nodes);
  return [...new Set(k.nodes.flatMap((id) => g.nodes.get(id)?.node.inputs ?? []))].filter((id) => !inside.has(id));
}
/** "loop", "input", "output", a library's name; for an instruction of its own, its operation. */
export function kindOf(k: HloKernel): string {
  const { instruction: n } = k;
  if (n.op !== "fusion") return n.op === "custom-call" ? (k.nodes.length ? "library" : n.op) : n.op;
  const backend = /"fusion_config":\{[^}]*"kind":"([^"]+)"|"kind":"(__[^"]+)"/.exec(n.attributes.get("backend_config") ?? "");
  const own = (backend?.[1] ?? backend?.[2])?.replace(/^__|_fusion$/g, "");
  return own ?? (n.attributes.get("kind") ?? "fusion").replace(/^k/, "").toLowerCase();
}
function codeOf(k: HloKernel, text: readonly string[]): Code | null {
  const inner = k.body?.instructions;
  if (!inner?.length) return null;
  const from = inner[0]!.line - 2;
  const lines = text.slice(Math.max(0, from), inner.at(-1)!.line + 1);
  const whole = [text[k.instruction.line - 1]?.trim() ?? "", "", ...lines].join("\n");
  return { language: "hlo", text: whole.slice(0, MAX_CODE), ...(whole.length > MAX_CODE ? { length: whole.length } : {}) };
}
/** A kernel's time is split over its nodes by what they compute and move, then over their lines. */
function linesOf(k: HloKernel, c: KernelContext): LineShare[] {
  const weights = new Map<string, { file: number; line: number; weight: number }>();
  const inside = new Set(k.nodes);
  for (const id of k.nodes) {
    const known = c.graph.nodes.get(id);
    if (!known) continue;
    const { node, instruction } = known;
    const read = node.inputs.filter((i) => !inside.has(i)).reduce((s, i) => s + Math.min(bytesOf(c.graph, i), (node.bytes ?? 0) * 4), 0);
    const work = (node.flops ?? 0) * (isTranscendental(instruction) ? TRANSCENDENTAL_FLOPS : 1);
    const weight = work / FLOPS_PER_BYTE + read + (k.outputs.includes(id) ? (node.bytes ?? 0) : 0) + 1;
    const frame = placeOf(id, c) ?? c.home;
    const key = `${frame.file}:${frame.line}`;
    const have = weights.get(key) ?? { file: frame.file, line: frame.line, weight: 0 };
    have.weight += weight;
    weights.set(key, have);
  }
  if (!weights.size) return [{ ...c.home, share: 1 }];
  const total = [...weights.values()].reduce((s, w) => s + w.weight, 0);
  return [...weights.values()].map((w) => ({ file: w.file, line: w.line, share: w.weight / total })).sort((a, b) => b.share - a.share);
}
/** Where a node comes from; what has no place of its own (copies, what the compiler made) goes by what it reads. */
function placeOf(id: NodeId, c: KernelContext, depth = 0): { readonly file: number; readonly line: number } | undefined {
  const node = c.graph.nodes.get(id)?.node;
  const own = c.places.top(node?.stack);
  if (own || !node || depth > 3) return own && { file: own.file, line: own.line };
  for (const i of node.inputs) {
    const found = placeOf(i, c, depth + 1);
    if (found) return found;
  }
  return undefined;
}
