// What runs, in order: the plan's steps made flat, those of a loop or branch after it.
import { itemsize } from "../../core/dtypes.ts";
import { type TensorType, bytesOf } from "../../graph/graph.ts";
import type { KernelBuffer } from "../../compiler/kernel/ir.ts";
import type { Place, Step as PlanStep } from "../../compiler/plan/types.ts";
import type { Step } from "../types.ts";
import { isScalarConstant, nodeId, regionId } from "./levels.ts";

/** A step with where it reads and writes. `loop` numbers the steps of the innermost loop around it: its values live until that ends. */
export interface FlatStep {
  readonly step: Step;
  readonly source: PlanStep;
  readonly reads: readonly Place[];
  readonly writes: readonly Write[];
  readonly loop: readonly [from: number, to: number] | null;
}
interface Write {
  readonly place: Place;
  readonly bytes: number;
  /** What a kernel keeps there for itself while it runs, by the name that it gave it. */
  readonly scratch?: string;
}
interface Open {
  readonly step: Step;
  readonly source: PlanStep;
  readonly reads: readonly Place[];
  readonly writes: readonly Write[];
  loop: readonly [number, number] | null;
}
export function flatSteps(steps: readonly PlanStep[], main: string): FlatStep[] {
  const out: Open[] = [];
  const add = (o: Omit<Open, "loop">): void => void out.push({ ...o, loop: null });
  const walk = (list: readonly PlanStep[], outer: string): void => {
    const region = regionOf(list) ?? outer;
    for (const s of list) {
      if (s.kind === "copy")
        add({
          step: { kind: "copy", region, bytes: s.bytes, ...(isScalarConstant(s.value) ? {} : { node: nodeId(s.value) }) },
          source: s,
          reads: [s.from],
          writes: [{ place: s.to, bytes: s.bytes }],
        });
      else if (s.kind === "while") {
        add({ step: { kind: "loop", region, node: nodeId(s.node) }, source: s, reads: [], writes: [] });
        const from = out.length;
        walk(s.cond, region);
        walk(s.body, region);
        for (let i = from; i < out.length; i++) out[i]!.loop ??= [from, out.length];
      } else if (s.kind === "case") {
        add({ step: { kind: "branch", region, node: nodeId(s.node) }, source: s, reads: [s.index], writes: [] });
        for (const b of s.branches) walk(b, region);
      } else if (s.kind === "kernel") {
        const { buffers } = s.kernel.kernel;
        const output = s.kernel.outputs[0];
        add({
          step: { kind: "kernel", region, kernel: `k${s.kernel.id}`, ...(output ? { node: nodeId(output) } : {}) },
          source: s,
          reads: s.places.filter((_p, i) => buffers[i]?.role === "in"),
          writes: s.places.flatMap((place, i) => (buffers[i] && buffers[i].role !== "in" ? [writeOf(place, buffers[i])] : [])),
        });
      } else {
        add({
          step: { kind: s.kind === "callback" ? "host" : "kernel", region, kernel: `k${s.kernel.id}`, node: nodeId(s.node) },
          source: s,
          reads: s.ins,
          writes: s.outs.map((place, i) => ({ place, bytes: typeBytes(s.node.types[i]) })),
        });
      }
    }
  };
  walk(steps, main);
  return out;
}
function regionOf(list: readonly PlanStep[]): string | undefined {
  const first = list.find((s) => "kernel" in s);
  return first && "kernel" in first ? regionId(first.kernel.region) : undefined;
}
const writeOf = (place: Place, { name, role, size, dtype }: KernelBuffer): Write => ({
  place,
  bytes: size * itemsize(dtype),
  ...(role === "scratch" ? { scratch: name } : {}),
});
const typeBytes = (t: TensorType | undefined): number => (t ? bytesOf(t) : 0);
