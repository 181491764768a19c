// The kernels of a plan: what they compute, move and cost, what they are called, their code.
import type { KernelCode } from "../../backends/device.ts";
import { flops, nodeBytes, transcendentals } from "../../compiler/fusion/cost.ts";
import type { PlannedKernel } from "../../compiler/plan/types.ts";
import type { Costs } from "../../compiler/target.ts";
import type { Node } from "../../graph/graph.ts";
import { uniqueNames } from "../names.ts";
import type { Places } from "../places.ts";
import type { Code, Kernel, LineShare, Measurement } from "../types.ts";
import { type LabelContext, kernelLabels } from "./labels.ts";
import { nodeId, regionId } from "./levels.ts";
import { kernelLines } from "./lines.ts";

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
export interface KernelContext extends LabelContext {
  readonly places: Places;
  readonly costs: Costs;
  readonly home: { readonly file: number; readonly line: number };
  readonly times: ReadonlyMap<number, { readonly time: Measurement; readonly calls: number }> | null;
  readonly code: ReadonlyMap<number, KernelCode> | null;
}
export function reportKernels(kernels: readonly PlannedKernel[], c: KernelContext): Kernel[] {
  const names = uniqueNames(kernels.map((k) => k.kernel.name));
  const labels = kernelLabels(kernels, c);
  const code = boundedCode(c.code);
  return kernels.map((k, i): Kernel => {
    const measured = c.times?.get(k.id);
    const moved = traffic(k);
    const work = sum(k.nodes.map(flops));
    const text = code.get(k.id);
    return {
      id: `k${k.id}`,
      name: names[i]!,
      label: labels[i]!,
      kind: k.group.kind,
      region: regionId(k.region),
      device: 0,
      nodes: k.nodes.map(nodeId),
      outputs: k.outputs.map(nodeId),
      ...(text ? { code: [text] } : {}),
      ...moved,
      flops: work,
      transcendentals: sum(k.nodes.map(transcendentals)),
      predicted: predict(moved.bytesRead + moved.bytesWritten, work, c.costs),
      ...(measured ? { time: measured.time } : {}),
      calls: measured?.calls ?? 1,
      lines: kernelLines(k, c),
    };
  });
}
/** Bytes a kernel reads from and writes to memory: each buffer counts once a call, reductions of whole buffers included. */
export function traffic(k: PlannedKernel): { bytesRead: number; bytesWritten: number } {
  const bytesWritten = sum(k.outputs.map(nodeBytes));
  const inside = new Set(k.nodes);
  const reads = new Map<Node, number>();
  for (const n of k.nodes)
    for (const i of n.inputs) {
      if (inside.has(i) || (i.is("constant") && i.shape.length === 0)) continue;
      // A slice or gather touches what it takes, not the whole array.
      const partial = n.is("slice", "dynamic_slice", "gather") && n.inputs[0] === i;
      const touched = partial ? Math.min(nodeBytes(n), nodeBytes(i)) : nodeBytes(i);
      reads.set(i, Math.max(reads.get(i) ?? 0, touched));
    }
  return { bytesRead: sum([...reads.values()]), bytesWritten };
}
/** A machine of ordinary speed, for orders of magnitude where nothing was measured: bytes that move in a millisecond. */
const BYTES_PER_MS = 8e6;
function predict(bytes: number, work: number, costs: Costs): number {
  return (bytes + work / costs.flopsPerByte) / BYTES_PER_MS + costs.launch / 1000;
}
const MAX_CODE = 32_768;
const MAX_ALL_CODE = 4 * 2 ** 20;
const LANGUAGES: ReadonlySet<string> = new Set<Code["language"]>(["wat", "js", "c", "wgsl", "ptx", "hlo", "llvm", "kernel"]);
/** The beginnings of long texts, and none any more once there is enough: a Report must stay small. */
function boundedCode(code: ReadonlyMap<number, KernelCode> | null): ReadonlyMap<number, Code> {
  const out = new Map<number, Code>();
  let all = 0;
  for (const [id, { language, text }] of code ?? []) {
    if (all >= MAX_ALL_CODE) break;
    const kept = text.slice(0, MAX_CODE);
    all += kept.length;
    out.set(id, {
      language: LANGUAGES.has(language) ? (language as Code["language"]) : "kernel",
      text: kept,
      ...(kept.length < text.length ? { length: text.length } : {}),
    });
  }
  return out;
}
export type Shares = readonly LineShare[];
