// The kernels of a plan: what they compute, move and cost, what they are called, their code.
import type { KernelCode, Route } from "../../backends/device.ts";
import { kernelCost } from "../../compiler/cost/kernelCost.ts";
import type { CostTable } from "../../compiler/cost/table.ts";
import { residency } from "../../compiler/cost/residency.ts";
import { type Roofs, roofCost } from "../../compiler/cost/roofs.ts";
import { routineCost } from "../../compiler/cost/routines.ts";
import { trafficOf } from "../../compiler/cost/traffic.ts";
import { flops, transcendentals } from "../../compiler/fusion/cost.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { type Schedule, scheduleKernel } from "../../compiler/kernel/schedule.ts";
import { kernelTextLines } from "../../compiler/kernel/text.ts";
import type { Target } from "../../compiler/target.ts";
import { uniqueNames } from "../names.ts";
import type { Places } from "../places.ts";
import type { Code, Kernel, Loop } from "../types.ts";
import type { KernelTime } from "./measure.ts";
import { type LabelContext, kernelLabels } from "./labels.ts";
import { nodeId, regionId } from "./levels.ts";
import { kernelLines } from "./lines.ts";

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
export interface KernelContext extends LabelContext {
  readonly places: Places;
  /** What work costs on the machine. */
  readonly costs: CostTable;
  readonly nativeCosts: CostTable | null;
  /** What an adapter's kernels reach, where the target has a grid. */
  readonly roofs: Roofs;
  /** What the plan was made for. */
  readonly target: Target;
  readonly home: { readonly file: number; readonly line: number };
  readonly times: ReadonlyMap<number, KernelTime> | null;
  readonly code: ReadonlyMap<number, KernelCode> | null;
  /** What computed each, where there was a choice. */
  readonly routes: ReadonlyMap<number, Route> | null;
  /** Kernels that the second device computes, by number. */
  readonly onHost: ReadonlyMap<number, string>;
}
export function reportKernels(plan: Plan, c: KernelContext): Kernel[] {
  const { kernels } = plan;
  const names = uniqueNames(kernels.map((k) => k.kernel.name));
  const labels = kernelLabels(kernels, c);
  const codes = new Codes(c.code);
  const schedules = new Map(kernels.map((k) => [k, k.kernel.body.length ? scheduleKernel(k.kernel, c.target) : null]));
  const since = residency(plan, (k) => schedules.get(k) ?? null);
  return kernels.map((k, i): Kernel => {
    const measured = c.times?.get(k.id);
    const schedule = schedules.get(k) ?? null;
    // What was timed many times in a row is predicted so.
    const moved = trafficOf(k, schedule, measured?.repeated ? undefined : since.get(k.id));
    const cost =
      c.target.parallelism.grid && !c.onHost.has(k.id)
        ? roofCost(k.nodes, moved, c.roofs, c.target.costs.launch * 1000)
        : schedule
          ? kernelCost(schedule, moved, ...costsFor(c, k.id))
          : routineCost(k.nodes, moved, c.costs);
    const calls = measured?.calls ?? 1;
    const code = codes.of(k.id, schedule);
    return {
      id: `k${k.id}`,
      name: names[i]!,
      label: labels[i]!,
      kind: k.group.kind,
      region: regionId(k.region),
      device: c.onHost.has(k.id) ? 1 : 0,
      nodes: k.nodes.map(nodeId),
      outputs: k.outputs.map(nodeId),
      ...(schedule && c.times ? { loops: loopsOf(schedule) } : {}),
      ...(code.length ? { code } : {}),
      bytesRead: moved.bytesRead,
      bytesWritten: moved.bytesWritten,
      flops: sum(k.nodes.map(flops)),
      transcendentals: sum(k.nodes.map(transcendentals)),
      predicted: cost.ms * calls,
      ...(measured ? { time: measured.time } : {}),
      calls,
      lines: kernelLines(k, cost, c),
      ...(c.routes?.has(k.id) ? { route: c.routes.get(k.id)! } : {}),
      ...(c.code?.get(k.id)?.launch ? { launch: c.code.get(k.id)!.launch } : {}),
    };
  });
}
/** What a kernel's work costs where it was done, and how many threads did it. */
function costsFor({ routes, costs, nativeCosts }: KernelContext, kernel: number): [costs: CostTable, threads: number] {
  const route = routes?.get(kernel);
  return route?.code === "native" && nativeCosts ? [nativeCosts, route.threads ?? 1] : [costs, 1];
}
const MAX_LOOPS = 64;
const AXES = "ijklmnopqrstuvwxyz";
/** The loops of a kernel, outer ones before inner ones, named as its text names them. */
function loopsOf({ loops }: Schedule): Loop[] {
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
  of(id: number, schedule: Schedule | null): Code[] {
    const found = this.#left > 0 ? this.code?.get(id) : undefined;
    if (!found) return [];
    // The loop nest stands before the code, as comments: it is told apart, with the operations that its lines are made for.
    const nest = /^(?:;;.*\n?)+/.exec(found.text)?.[0] ?? "";
    const code = this.#part(found.language, found.text.slice(nest.length));
    if (!schedule) return code;
    const { text, lines } = kernelTextLines(schedule);
    return [
      ...this.#part(
        "kernel",
        text,
        lines.map(([line, of]) => [line, nodeId(of)]),
      ),
      ...code,
    ];
  }
  #part(language: string, text: string, lines: readonly (readonly [number, string])[] = []): Code[] {
    if (!text) return [];
    const kept = text.slice(0, MAX_CODE);
    this.#left -= kept.length;
    const whole = kept.length === text.length;
    const marks = whole ? lines : lines.filter(([line]) => line <= kept.split("\n").length);
    return [
      {
        language: LANGUAGES.has(language) ? (language as Code["language"]) : "kernel",
        text: kept,
        ...(marks.length ? { lines: marks } : {}),
        ...(whole ? {} : { length: text.length }),
      },
    ];
  }
}
