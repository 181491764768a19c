// What memory costs by how long ago it was touched: of arrays of several sizes, each gone through over and over, every element was touched as many bytes ago
// as the array is large. A small kernel runs after each, whose own code is as far away then.
import { fromTyped } from "../../core/arrays.ts";
import type { NDArray } from "../../core/value.ts";
import type { Device } from "../../backends/device.ts";
import { codeOf, kernelWork, workNs } from "../../compiler/cost/kernelCost.ts";
import type { Reach } from "../../compiler/cost/reach.ts";
import type { CostTable } from "../../compiler/cost/table.ts";
import { scheduleKernel } from "../../compiler/kernel/schedule.ts";
import { planProgram } from "../../compiler/plan/program.ts";
import type { Target } from "../../compiler/target.ts";
import { type Graph, GraphBuilder } from "../../graph/graph.ts";
import { numberProgram } from "../../graph/regions.ts";
import { fastest, lowerQuartile } from "./fastest.ts";

/** Bytes that a program moves in a run; the nearest one is what the others are compared with. */
const NEAR = 2 ** 14;
const DISTANCES = [2 ** 18, 2 ** 20, 2 ** 22, 2 ** 23, 2 ** 24, 2 ** 25, 2 ** 26];
const ELEMENT = 4;
const FARTHEST = 2 ** 26;
const SMALL = 8;

/** Times of a program's kernels, nanoseconds each. */
export interface Passes {
  readonly bytes: number;
  /** Reading `bytes`, and writing as many; `work` is what the instructions for it take alone. */
  readonly read: { readonly ns: number; readonly work: number };
  readonly written: { readonly ns: number; readonly work: number };
  /** The small kernel after reading, and its instructions. */
  readonly small: { readonly ns: number; readonly instructions: number };
}
export function measureReach(device: Device, target: Target, table: CostTable, passMs: number): Reach[] {
  const large = fromTyped(new Float32Array(FARTHEST / ELEMENT).fill(1), [FARTHEST / ELEMENT], "float32", false);
  const small = fromTyped(new Float32Array(SMALL).fill(0.5), [SMALL], "float32", false);
  const one = fromTyped(new Float32Array(1).fill(1), [], "float32", false);
  const distances = [NEAR, ...DISTANCES];
  const sums = distances.map((bytes) => load(sumThenSmall(bytes / ELEMENT), [large, small], device, target, table));
  const fills = distances.map((bytes) => load(fill(bytes / ELEMENT), [one], device, target, table));
  const times = fastest(
    [...sums, ...fills].map((p) => () => p.run()),
    passMs,
  );
  const reach = reachOf(
    distances.map((bytes, i): Passes => {
      const sum = sums[i]!;
      const written = fills[i]!;
      return {
        bytes,
        read: { ns: 1e6 * times[i]!.best, work: sum.kernels[0]!.work },
        written: { ns: 1e6 * times[distances.length + i]!.best, work: written.kernels[0]!.work },
        small: { ns: 1e6 * lowerQuartile(sum.after.slice(sum.after.length >> 1)), instructions: sum.kernels[1]!.instructions },
      };
    }),
  );
  for (const a of [large, small, one]) a.delete();
  return reach;
}
/** How much longer than its instructions a kernel takes before the rest is memory's: what is less is hidden behind them. */
const SHOWN = 1.15;
/** Costs by distance: what is nearer costs no more than what is farther away. A measurement that was disturbed is too long, never too short. */
export function reachOf([near, ...passes]: readonly Passes[]): Reach[] {
  let far: Omit<Reach, "bytes"> = { read: Infinity, written: Infinity, code: Infinity };
  return passes
    .toReversed()
    .map(({ bytes, read, written, small }): Reach => {
      const moved = ({ ns, work }: Passes["read"]): number => (ns > SHOWN * work ? ns : 0);
      far = {
        read: Math.min(far.read, moved(read) / bytes),
        written: Math.min(far.written, moved(written) / bytes),
        code: Math.min(far.code, Math.max(0, small.ns - (near?.small.ns ?? 0)) / small.instructions),
      };
      return { bytes, ...far };
    })
    .toReversed();
}
interface Program {
  readonly kernels: readonly { readonly work: number; readonly instructions: number }[];
  /** Of each run, the second kernel's milliseconds, the clock's own cost with it. */
  readonly after: number[];
  /** Milliseconds of the first kernel. */
  readonly run: () => number;
}
function load(graph: Graph, args: readonly NDArray[], device: Device, target: Target, table: CostTable): Program {
  const plan = planProgram(numberProgram(graph, graph.name), undefined, target);
  const loaded = device.load({ traced: graph, plan });
  const after: number[] = [];
  return {
    after,
    kernels: plan.kernels.map((k) => {
      const work = kernelWork(scheduleKernel(k.kernel, target));
      return { work: workNs(work, table), instructions: codeOf(work) };
    }),
    run() {
      const times: number[] = [];
      let from = 0;
      const outs = loaded.run(args, (k) => {
        // The first of two readings brings the clock's own code near.
        if (k >= 0) performance.now();
        const now = performance.now();
        if (k >= 0) from = now;
        else times.push(now - from);
      });
      for (const o of outs) o.release();
      if (times[1] !== undefined) after.push(times[1]);
      return times[0]!;
    },
  };
}
const f32 = (n: number) => ({ shape: [n], dtype: "float32" as const });
function sumThenSmall(elements: number): Graph {
  const g = new GraphBuilder("sum");
  const part = g.slice(g.param(f32(FARTHEST / ELEMENT)), [0], [elements], [1]);
  return g.build([g.reduce(part, [0], "add"), g.unary("tanh", g.unary("sin", g.param(f32(SMALL))))]);
}
function fill(elements: number): Graph {
  const g = new GraphBuilder("fill");
  return g.build([g.splat(g.param({ shape: [], dtype: "float32" }), [elements])]);
}
