// The kernels of a plan: what they compute, move and cost, what they are called, their code.
import type { KernelCode } from "../../backends/device.ts";
import { flops, nodeBytes, transcendentals } from "../../compiler/fusion/cost.ts";
import type { PlannedKernel } from "../../compiler/plan/types.ts";
import { scheduleKernel } from "../../compiler/kernel/schedule.ts";
import type { Costs, Target } from "../../compiler/target.ts";
import type { Node } from "../../graph/graph.ts";
import { uniqueNames } from "../names.ts";
import type { Places } from "../places.ts";
import type { Code, Kernel, Loop, Measurement } from "../types.ts";
import { type LabelContext, kernelLabels } from "./labels.ts";
import { nodeId, regionId } from "./levels.ts";
import { kernelLines } from "./lines.ts";

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
export interface KernelContext extends LabelContext {
  readonly places: Places;
  readonly costs: Costs;
  /** What the plan was made for; null where nothing is generated. */
  readonly target: Target | null;
  readonly home: { readonly file: number; readonly line: number };
  readonly times: ReadonlyMap<number, { readonly time: Measurement; readonly calls: number }> | null;
  readonly code: ReadonlyMap<number, KernelCode> | null;
}
export function reportKernels(kernels: readonly PlannedKernel[], c: KernelContext): Kernel[] {
  const names = uniqueNames(kernels.map((k) => k.kernel.name));
  const labels = kernelLabels(kernels, c);
  const codes = new Codes(c.code);
  return kernels.map((k, i): Kernel => {
    const measured = c.times?.get(k.id);
    const moved = traffic(k);
    const work = sum(k.nodes.map(flops));
    const code = codes.of(k.id);
    return {
      id: `k${k.id}`,
      name: names[i]!,
      label: labels[i]!,
      kind: k.group.kind,
      region: regionId(k.region),
      device: 0,
      nodes: k.nodes.map(nodeId),
      outputs: k.outputs.map(nodeId),
      ...(c.target && k.kernel.body.length ? { loops: loopsOf(k, c.target) } : {}),
      ...(code.length ? { code } : {}),
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
const MAX_LOOPS = 64;
const AXES = "ijklmnopqrstuvwxyz";
/** The loops of a kernel, outer ones before inner ones, named as its text names them. */
function loopsOf(k: PlannedKernel, target: Target): Loop[] {
  const { loops } = scheduleKernel(k.kernel, target);
  return [...loops].slice(0, MAX_LOOPS).map(([v, { kind }], i): Loop => {
    const round = Math.floor(i / AXES.length);
    return { axis: `${AXES[i % AXES.length]}${round || ""}`, extent: v.extent, kind };
  });
}
const MAX_CODE = 32_768;
const MAX_ALL_CODE = 4 * 2 ** 20;
const LANGUAGES: ReadonlySet<string> = new Set<Code["language"]>(["wat", "js", "c", "wgsl", "ptx", "hlo", "llvm", "kernel"]);
/** Texts are made when they are read: once there is enough, no more are asked for. A Report must stay small. */
class Codes {
  #left = MAX_ALL_CODE;
  constructor(readonly code: ReadonlyMap<number, KernelCode> | null) {}
  of(id: number): Code[] {
    const found = this.#left > 0 ? this.code?.get(id) : undefined;
    if (!found) return [];
    // The loop nest stands before the code, as comments.
    const nest = /^(?:;;.*\n?)+/.exec(found.text)?.[0] ?? "";
    const parts: readonly (readonly [string, string])[] = [
      ["kernel", nest.replace(/^;; ?/gm, "").trimEnd()],
      [found.language, found.text.slice(nest.length)],
    ];
    return parts.flatMap(([language, text]) => {
      if (!text) return [];
      const kept = text.slice(0, MAX_CODE);
      this.#left -= kept.length;
      return [
        {
          language: LANGUAGES.has(language) ? (language as Code["language"]) : "kernel",
          text: kept,
          ...(kept.length < text.length ? { length: text.length } : {}),
        },
      ];
    });
  }
}
