// The bridge's record becomes a Report: levels, kernels with their times and lines, decisions, compilations, memory.
import { programLines } from "../../engine/report/programLines.ts";
import { summarize } from "../../engine/report/record/measure.ts";
import type {
  Calls,
  Argument,
  Compilation,
  Holder,
  Kernel,
  Level,
  Memory,
  Program,
  Report,
  Span,
  Step,
  Timing,
  Track,
  Warning,
} from "../../engine/report/types.ts";
import type { FusionLog } from "../../xla/fusionLog.ts";
import { parseHlo } from "../../xla/hlo.ts";
import { type KernelTimes, kernelTimes } from "../../xla/kernelTimes.ts";
import { isControl } from "../../xla/ops.ts";
import { readXPlane } from "../../xla/xplane.ts";
import type { Range, RunParams } from "../protocol.ts";
import { fusionLogOf } from "./fusions/log.ts";
import { decisions, fusionPass } from "./fusions/ledger.ts";
import { type HloGraph, hloGraph } from "./hloLevel.ts";
import { Lineage, argumentName, jaxprLevel } from "./jaxprLevel.ts";
import { kernelId, reportKernels } from "./kernels.ts";
import { BridgePlaces } from "./places.ts";
import type { BridgeMore, BridgeRecord } from "./record.ts";

const TOOL = "JitLens 0.1.0";
const TIMELINE_RUNS = 3;
const MAX_SPANS = 30_000;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  /** Which interpreter, and where it was found. */
  readonly interpreter: string;
}
/** @param site the function, where it stands in the text that the record is of; in a notebook its cell may have been moved since the run */
export function jaxReport(
  r: BridgeRecord,
  site: Range & { readonly name: string; readonly cell?: string | undefined },
  p: RunParams,
  machine: Machine,
): Report {
  const places = new BridgePlaces(p.root ?? null);
  for (const [file, text] of Object.entries(r.files)) places.places.file(file, text);
  places.read(r);
  const at = places.places.frame({ file: site.cell ?? p.file, line: site.line + 1, column: site.column + 1, func: site.name });
  const home = { file: places.places.frames[at]!.file, line: site.line + 1 };
  const module = parseHlo(r.hlo);
  const made = hloGraph(module, places, new Lineage(r, places, module), r.hlo);
  const times = r.xplane === undefined ? null : kernelTimes(readXPlane(Buffer.from(r.xplane, "base64")), module, r.profiled);
  const graph = times ? withWholeLoops(made, times) : made;
  const log = fusionLogOf(r, graph);
  const kernels = reportKernels({ graph, module, places, home, times, text: r.hlo.split("\n") });
  const call = r.called === null ? undefined : places.stack(r.called);
  const from = places.top(call) ?? home;
  const timing = timingOf(r, times);
  const lines = programLines(
    kernels,
    home,
    timing && times ? { wall: timing.total.median, copies: controlMs(graph, times), from: { file: from.file, line: from.line } } : null,
  );
  const phases = r.compilations.find((c) => c.mine)?.phases ?? {};
  const created = new Date().toISOString();
  return {
    format: "jitprofile",
    version: 2,
    id: `${site.name}@${created}`,
    created,
    tool: TOOL,
    source: { kind: "jax", language: "python", versions: { ...r.versions, interpreter: machine.interpreter } },
    devices: [
      {
        name: r.device.platform === "cpu" ? machine.cpu : r.device.name,
        platform: `${r.device.platform}: XLA of jaxlib ${r.versions.jaxlib ?? ""}, ${machine.platform}`,
        limits: { cores: machine.cores, devices: r.device.count },
      },
    ],
    function: {
      name: site.name,
      at,
      declared: { line: site.line + 1, column: site.column + 1, endLine: site.endLine + 1, endColumn: site.endColumn + 1 },
    },
    programs: [programOf(r, graph, kernels, places, log.log)],
    compilations: compilationsOf(r, places),
    ...(timing ? { timing } : {}),
    ...timeline(kernels, times, phases),
    ...(lines.length ? { lines } : {}),
    ...(r.digests ? { results: r.digests } : {}),
    ...memoryOf(r, graph),
    warnings: [...warningsOf(r.warnings, places), ...ownWarnings(r, graph, times), ...(log.warning ? [log.warning] : [])],
    phases,
    files: places.places.files,
    frames: places.places.frames,
    stacks: places.places.stacks,
  };
}
/** The report with the calls that were made, what was traced, and what went wrong, after the first call. */
export function withMore(before: Report, more: BridgeMore, p: RunParams): Report {
  const places = BridgePlaces.of(p.root ?? null, before);
  places.read(more);
  return {
    ...before,
    compilations: compilationsOf(more, places),
    ...callsOf(more.calls, before.timing, places),
    warnings: [...warningsOf(more.warnings, places), ...before.warnings.filter((w) => w.kind === "unmatched" || w.kind === "devices")],
    files: places.places.files,
    frames: places.places.frames,
    stacks: places.places.stacks,
  };
}
function callsOf(c: BridgeMore["calls"], timing: Timing | undefined, places: BridgePlaces): { readonly calls?: Calls } {
  if (!c || !timing) return {};
  const from = c.from.flatMap(([at, count]) => {
    const stack = places.stack(at);
    return stack === undefined ? [] : [{ stack, count }];
  });
  return {
    calls: {
      count: c.count,
      ...(c.whole ? {} : { atLeast: true as const }),
      wall: timing.total,
      from,
      ...(c.gaps.length ? { between: summarize(c.gaps), run: { inside: c.inside, between: c.between } } : {}),
    },
  };
}
function programOf(r: BridgeRecord, graph: HloGraph, kernels: readonly Kernel[], places: BridgePlaces, log: FusionLog | null): Program {
  const ledger = decisions(graph, log);
  const [main] = graph.level.regions;
  const parameters = new Map((main?.parameters ?? []).map((id) => [graph.nodes.get(id)?.node.name, id]));
  const captured = r.regions[0]?.consts ?? 0;
  return {
    id: "p0",
    arguments: r.arguments.map((a, i): Argument => {
      const [, type] = a;
      const name = argumentName(a);
      const node = name === null ? undefined : parameters.get(name);
      return {
        name: name ?? (i < captured ? `captured[${i}]` : `argument ${i}`),
        type,
        ...(i < captured ? { captured: true } : {}),
        ...(node ? { node } : {}),
      };
    }),
    results: r.results.map((type, i): Argument => {
      const node = r.results.length === main?.outputs.length ? main.outputs[i] : undefined;
      return { name: r.results.length > 1 ? `result[${i}]` : "result", type, ...(node ? { node } : {}) };
    }),
    levels: [jaxprLevel(r, places), textLevel("stablehlo", "mlir", r.stablehlo), graph.level],
    kernels,
    decisions: ledger,
    ...(log ? { passes: [fusionPass(graph, log, ledger)] } : {}),
    steps: stepsOf(graph),
  };
}
const textLevel = (name: string, language: string, text: string): Level => ({ name, text: { language, text, lines: [] }, regions: [] });
/** What runs, in order; what is inside a loop or branch follows it. */
function stepsOf(graph: HloGraph): Step[] {
  const byRegion = new Map<string, HloGraph["order"][number][]>();
  for (const o of graph.order) byRegion.set(o.region, [...(byRegion.get(o.region) ?? []), o]);
  const kernels = new Map(graph.kernels.map((k) => [k.instruction.name, kernelId(k)]));
  const out: Step[] = [];
  const walk = (region: string, seen: ReadonlySet<string>): void => {
    for (const { instruction: n, node } of byRegion.get(region) ?? []) {
      const kernel = kernels.get(n.name);
      if (kernel) out.push({ kind: n.op.startsWith("all-") ? "collective" : "kernel", region, kernel, node });
      else if (isControl(n)) {
        out.push({ kind: n.op === "conditional" ? "branch" : "loop", region, node });
        for (const inner of graph.nodes.get(node)?.node.regions ?? []) if (!seen.has(inner)) walk(inner, new Set([...seen, inner]));
      }
    }
  };
  const [main] = graph.level.regions;
  if (main) walk(main.id, new Set([main.id]));
  return out;
}
/** A small loop is one event of the profile, with nothing inside (JAX 0.10 and newer): it counts as one kernel then. */
function withWholeLoops(g: HloGraph, times: KernelTimes): HloGraph {
  const inside = (region: string): boolean =>
    g.kernels.some((k) => k.region === region && times.byOp.has(k.instruction.name)) ||
    [...g.nodes.values()].some(({ node }) =>
      node.regions?.some((r) => r !== region && g.level.regions.some((x) => x.id === region && x.nodes.includes(node)) && inside(r)),
    );
  const whole = g.order.filter(
    ({ instruction: n, node }) => isControl(n) && times.byOp.has(n.name) && !(g.nodes.get(node)?.node.regions ?? []).some((r) => inside(r)),
  );
  return {
    ...g,
    kernels: [...g.kernels, ...whole.map(({ instruction, node, region }) => ({ instruction, region, nodes: [node], outputs: [node], body: null }))],
  };
}
/** What loops and branches take beside what is in them, a run. */
function controlMs(graph: HloGraph, times: KernelTimes): number {
  return graph.control.reduce((s, n) => {
    const own = times.byOp.get(n.name);
    return s + (own && !graph.kernels.some((k) => k.instruction.name === n.name) ? summarize(own.runs).median : 0);
  }, 0);
}
function timingOf(r: BridgeRecord, times: KernelTimes | null): Timing | null {
  if (!r.timing) return null;
  const total = summarize(r.timing.walls);
  const profiled = times?.runs.length ? summarize(times.runs.map((x) => x.duration)) : null;
  return {
    warmups: r.timing.warmups,
    repetitions: r.timing.walls.length,
    total,
    // The profiler makes a program of many small kernels slower: it never takes longer than the call that it is in.
    program: profiled && profiled.median < total.median ? profiled : total,
    ...(profiled ? { profiled } : {}),
  };
}
function compilationsOf(r: Pick<BridgeMore, "compilations">, places: BridgePlaces): Compilation[] {
  return r.compilations.map((c, index): Compilation => ({
    index,
    function: c.function,
    call: places.stack(c.call) ?? null,
    signature: c.signature,
    ...(c.mine ? { program: "p0" } : {}),
    phases: c.phases,
    causes: c.causes,
  }));
}
const warningsOf = (list: BridgeMore["warnings"], places: BridgePlaces): Warning[] =>
  list.map((w) => ({ kind: w.kind, message: w.message, stack: places.stack(w.stack) ?? null }));
function ownWarnings(r: BridgeRecord, graph: HloGraph, times: KernelTimes | null): Warning[] {
  const out: Warning[] = [];
  const known = new Set([...graph.kernels.map((k) => k.instruction.name), ...graph.control.map((n) => n.name)]);
  const lost = times?.events.filter((e) => !known.has(e.op)) ?? [];
  if (lost.length)
    out.push({
      kind: "unmatched",
      message: `${lost.length} of ${times!.events.length} events of the profile belong to no instruction of the program (${[...new Set(lost.map((e) => e.op))].slice(0, 5).join(", ")}): their time is not shown`,
      stack: null,
    });
  if (r.device.count > 1)
    out.push({
      kind: "devices",
      message: `there are ${r.device.count} devices: times of kernels that run on several at once are added up`,
      stack: null,
    });
  return out;
}
function memoryOf(r: BridgeRecord, graph: HloGraph): { readonly memory?: Memory } {
  const m = r.memory;
  if (!m) return {};
  const [main] = graph.level.regions;
  const bytes = (id: string): number => graph.nodes.get(id)?.node.bytes ?? 0;
  const holders: Holder[] = [
    ...(main?.parameters ?? []).map((id): Holder => ({
      bytes: bytes(id),
      what: "argument",
      node: id,
      text: graph.nodes.get(id)?.node.name ?? "argument",
    })),
    ...(main?.outputs ?? [])
      .filter((id) => !main?.parameters.includes(id))
      .map((id, i): Holder => ({ bytes: bytes(id), what: "result", node: id, text: main!.outputs.length > 1 ? `result[${i}]` : "result" })),
    { bytes: m.temp, what: "temporary", text: "temporaries, as XLA planned them" },
    { bytes: m.generated_code, what: "code", text: "generated code" },
  ];
  const peak = m.argument + m.output + m.temp - m.alias;
  return {
    memory: {
      peak,
      predicted: peak,
      holders: holders.filter((h) => h.bytes > 0).sort((a, b) => b.bytes - a.bytes),
      ...(m.alias ? { saved: { donation: m.alias } } : {}),
    },
  };
}
function timeline(
  kernels: readonly Kernel[],
  times: KernelTimes | null,
  phases: Compilation["phases"],
): { readonly tracks: Track[]; readonly spans: Span[] } {
  const spans: Span[] = [];
  let start = -Object.values(phases).reduce((a, b) => a + (b ?? 0), 0);
  for (const name of ["trace", "lower", "compile"] as const) {
    const duration = phases[name];
    if (duration === undefined) continue;
    spans.push({ track: "compile", name, start, duration });
    start += duration;
  }
  const tracks: Track[] = [{ id: "compile", name: "Trace and compile", kind: "compile" }];
  if (!times) return { tracks, spans };
  tracks.push({ id: "runs", name: "Runs", kind: "run" });
  const ids = new Set(kernels.map((k) => k.id));
  times.runs
    .slice(0, TIMELINE_RUNS)
    .forEach((run, i) => spans.push({ track: "runs", name: `run ${i + 1}`, start: run.start, duration: run.duration, run: i }));
  // Threads of the profile in the order of their first kernel; idle ones have no row.
  const threads = new Map<string, string>();
  for (const e of times.events) {
    const kernel = `k:${e.op}`;
    if (e.run >= TIMELINE_RUNS || spans.length >= MAX_SPANS || !ids.has(kernel)) continue;
    let track = threads.get(e.line);
    if (track === undefined) {
      track = threads.size ? `kernels.${threads.size + 1}` : "kernels";
      threads.set(e.line, track);
      tracks.push({ id: track, name: threads.size > 1 ? `Kernels, thread ${threads.size}` : "Kernels", kind: "kernels" });
    }
    spans.push({ track, run: e.run, kernel, start: e.start, duration: e.duration });
  }
  return { tracks, spans };
}
