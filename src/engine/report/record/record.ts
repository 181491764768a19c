// Makes a Report: compiles a traced function, measures it, and ties every number to the lines that caused it.
import { withConfig } from "../../core/config.ts";
import { parsePins } from "../../compiler/fusion/pins.ts";
import { type ShapedArray } from "../../core/aval.ts";
import { type Frame, framePath } from "../../core/source.ts";
import { flatten } from "../../core/pytree.ts";
import { evalTrace, withTrace } from "../../core/trace.ts";
import { NDArray, type Value } from "../../core/value.ts";
import { defaultDevice, deviceFor } from "../../backends/devices.ts";
import { type Compiled, compile } from "../../backends/programs.ts";
import type { Node } from "../../graph/graph.ts";
import type { Compilation } from "../../compiler/compile.ts";
import { type CostTable, ORDINARY } from "../../compiler/cost/table.ts";
import type { PlannedKernel } from "../../compiler/plan/types.ts";
import type { PassRecord } from "../../compiler/passes/rewrite.ts";
import { WASM } from "../../compiler/target.ts";
import { argumentName } from "../../transforms/args.ts";
import { type Jitted, type Traced } from "../../transforms/jit.ts";
import { unheard } from "../../transforms/jitListeners.ts";
import type { RetraceEvent } from "../../transforms/retrace.ts";
import { Places, type Position } from "../places.ts";
import { TOOL } from "../version.ts";
import type { Argument, Kernel, Level, Pass, Program, Range, Report, Trial, Warning } from "../types.ts";
import { roofsOf } from "../../compiler/cost/roofs.ts";
import { type Ceilings } from "./ceilings.ts";
import { functionsOf, withCalls } from "./calibrate.ts";
import { type Before, Clock } from "./clock.ts";
import { compilations } from "./compilations.ts";
import { compiledLines } from "./compiled.ts";
import { DEVICE_WARNING, type Noted, warningsOf } from "./complete.ts";
import { decisions } from "./decisions.ts";
import { type KernelContext, reportKernels } from "./kernels.ts";
import { fusedLevel, jaxprLevel, nodeId, nodeStack, regionId } from "./levels.ts";
import { valueLabel, valueNameOf } from "./labels.ts";
import { programLines } from "../programLines.ts";
import { copySteps } from "./copySteps.ts";
import { type Effort, type Measured, measure } from "./measure.ts";
import { memoryOf } from "./memory.ts";
import { parameterNamesOf } from "./parameters.ts";
import { digestsOf } from "./results.ts";
import { steadyCall } from "./steadyCall.ts";
import { flatSteps } from "./steps.ts";
import { recordPasses } from "./passes.ts";
import { race, trialOf, withMeasured } from "./trial.ts";
import { Operands } from "./operands.ts";
import { concrete } from "./values.ts";

export interface RecordOptions {
  readonly name: string;
  /** Where the function's `jit` stands. */
  readonly position: Position;
  readonly declared?: Range;
  readonly jitted: Jitted;
  readonly self?: unknown;
  /** The arguments of the call, static ones included. */
  readonly args: readonly unknown[];
  readonly traced: Traced;
  readonly traceMilliseconds: number;
  /** When the person clicked, and what happened from there to the trace, on this process's clock. */
  readonly clicked?: number;
  readonly before?: readonly Before[];
  /** Values to measure with; abstract ones are replaced by data made up. Null: trace only. */
  readonly values: readonly (Value | ShapedArray)[] | null;
  /** The user's frames of the call, innermost first. */
  readonly calledFrom?: readonly Position[];
  /** The user's files that went into the program. */
  readonly sources: readonly { readonly file: string; readonly text: string }[];
  /** The workspace folder. */
  readonly root: string | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly platform: string };
  readonly retraces: readonly RetraceEvent[];
  readonly warnings: readonly Noted[];
  /** Decisions of the person about single edges, `producer>consumer=split`; refused where they name none. */
  readonly pins?: readonly string[];
  /** Whether the program without the pins is run in turns with the one that has them. */
  readonly compare?: boolean;
  /** Whether the passes are gone through once more, for what each did. */
  readonly passes?: boolean;
  /** The same of native code, by which kernels that are native are predicted; without it they are as WebAssembly's. */
  readonly nativeCosts?: CostTable;
  /** What work costs on this machine (`machineCosts`); without it, an ordinary machine's numbers. */
  readonly costs?: CostTable;
  /** The roofs of this machine (`machineCeilings`). */
  readonly ceilings?: Ceilings;
  readonly progress?: (message: string, fraction: number) => void;
  /** How long it may be measured. */
  readonly effort?: Partial<Effort>;
}
/** A frame as a position of the Report. */
export const positionOf = (f: Frame): Position => ({ file: framePath(f), line: f.line, column: f.column, func: f.func });

/** Runs a jit function and records a Report of it. */
export function record(o: RecordOptions): Report {
  o.progress?.("compiling", 0.3);
  const { jaxpr } = o.traced;
  const clock = startClock(o);
  // Where the call runs: on the device that its arguments are committed to.
  const arrays = [...o.traced.consts, ...(o.values ?? flatten(o.args as unknown[])[0])].filter((v): v is NDArray => v instanceof NDArray);
  const compiled = compile(jaxpr, o.pins?.length ? parsePins(o.pins) : undefined, deviceFor(arrays, o.name));
  const { compilation } = compiled;
  const { plan } = compilation;
  const compilePhases = phasesOf(compilation);
  tellPhases(clock, compilation, compilePhases);
  const places = new Places(o.root);
  for (const s of o.sources) places.file(s.file, s.text);
  const at = places.frame(o.position);
  const home = { file: places.frames[at]!.file, line: places.frames[at]!.line };
  const args = argumentsOf(o.traced, jaxpr.inAvals, o.jitted);
  const results = resultsOf(o.traced, jaxpr.outAvals);
  const argumentNames = args.map((a) => a.name);
  const jaxprs = jaxprLevel(jaxpr.jaxpr, o.name, argumentNames, compilation.traced, places);
  const equations = new Set(jaxprs.regions.flatMap((r) => r.nodes.map((n) => n.id)));
  const frameOf = (n: Node) => places.top(nodeStack(places, n));
  const lineText: KernelContext["lineText"] = (f) => places.lineText(f);
  const parameterNames = parameterNamesOf(plan, argumentNames, (n) => valueNameOf(n, { frameOf, lineText }));
  const levels = [jaxprs, fusedLevel(plan, parameterNames, places, equations)];
  const measured = o.values ? measureAll(o, compiled, clock) : null;
  const costs = withCalls(o.costs ?? ORDINARY, o.costs ? functionsOf(plan) : []);
  const c: KernelContext = {
    parameterNames,
    frameOf,
    lineText,
    places,
    costs,
    nativeCosts: o.nativeCosts ?? null,
    roofs: roofsOf(o.ceilings),
    target: compiled.device.target ?? WASM,
    home,
    times: measured?.kernels ?? null,
    code: measured ? compiled.loaded.code : null,
    routes: (measured && compiled.loaded.routes?.()) ?? null,
    onHost: (measured && compiled.loaded.onHost) ?? new Map(),
  };
  const kernels = reportKernels(plan, c);
  const steps = flatSteps(plan.steps, regionId(plan.regions[0]!));
  const call = o.calledFrom ? places.stack(o.calledFrom) : undefined;
  const from = places.top(call);
  const copied = measured ? copySteps(plan, steps, measured, { frameOf, home }) : [];
  const lines = programLines(
    kernels,
    home,
    measured && { wall: measured.timing.total.median, copies: measured.between, copiesAt: copied, from: from ?? home },
  );
  const trial = measured && o.pins?.length && o.compare ? tryPins(o, compiled, c, { argumentNames, kernels }) : null;
  const calls = callsByNode(plan.kernels, kernels);
  const ledger = decisions(plan, { places, costs, nameOf: (n) => valueNameOf(n, { frameOf, lineText }), callsOf: (n) => calls.get(n) ?? 1 });
  const wholeCall = lines.reduce((s, l) => s + (l.parts.call ?? 0), 0);
  const program: Program = {
    id: "p0",
    // The person's own arguments first; the program takes what the function closes over before them.
    arguments: args
      .map((a, i) => ({ ...a, node: nodeId(plan.regions[0]!.graph.params[i]!) }))
      .sort((a, b) => Number(a.captured ?? false) - Number(b.captured ?? false)),
    results: results.map((r, i) => ({ ...r, node: nodeId(plan.regions[0]!.graph.outs[i]!) })),
    levels,
    kernels,
    decisions: trial ? withMeasured(ledger, trial) : ledger,
    ...(o.pins?.length ? { pins: o.pins } : {}),
    ...(trial ? { trial } : {}),
    passes: (o.passes ? recordPasses(compilation.traced, compilation.graph.nodes.length) : null) ?? compilation.passes.map(shortPass),
    steps: steps.map((s) => {
      const c = copied.find((x) => x.step === s);
      return c ? { ...s.step, ...c.place, calls: c.calls, ms: c.ms } : s.step;
    }),
  };
  const phases = {
    trace: o.traceMilliseconds,
    ...compilePhases,
    ...(measured ? { "generate code": compiled.codegen } : {}),
  };
  const created = new Date().toISOString();
  return {
    format: "jitprofile",
    version: 2,
    id: `${o.name}@${created}`,
    created,
    tool: TOOL,
    source: { kind: "jitlens", language: "typescript", versions: o.versions },
    devices: devicesOf(o, compiled, c.onHost.size > 0),
    function: { name: o.name, at, ...(o.declared ? { declared: o.declared } : {}) },
    programs: [program],
    compilations: compilations(o.retraces, places, jaxpr),
    ...(measured
      ? {
          timing: { ...measured.timing, call: callParts(o, wholeCall, measured.entry) },
          ...(call === undefined ? {} : { calls: { count: 1, wall: measured.timing.total, from: [{ stack: call, count: 1 }] } }),
        }
      : {}),
    ...(measured && o.values
      ? {
          results: digestsOf(
            compiled,
            [...o.traced.consts, ...o.values].map((v) => concrete(v)),
          ),
        }
      : {}),
    tracks: clock.tracks,
    spans: clock.spans,
    ...(lines.length ? { lines } : {}),
    memory: memoryOf(plan, steps, {
      arguments: args.map((a, i) => ({ ...a, node: nodeId(plan.regions[0]!.graph.params[i]!) })),
      results,
      kernels,
      code: measured ? compiled.loaded.bytes : 0,
      donated: o.traced.donated,
      about: (n) => {
        const k = plan.kernels.find((x) => x.nodes.includes(n));
        const at = frameOf(n);
        return { text: k ? valueLabel(n, k, c) : (parameterNames.get(n) ?? valueNameOf(n, c) ?? "a value of a loop"), ...(at ? { at } : {}) };
      },
      isBackward: backwardOf(levels),
    }),
    warnings: [...warningsOf(o.warnings, places), ...deviceWarnings(measured, compiled, kernels, c.onHost)],
    phases,
    compiled: compiledLines(
      jaxpr.jaxpr,
      places,
      home,
      call === undefined ? [] : places.stacks[call]!,
      Object.values(phases).reduce((a, b) => a + b, 0),
    ),
    files: places.files,
    frames: places.frames,
    stacks: places.stacks,
  };
}
/** How often each node is computed in a run: the most calls of a kernel that has it. Where nothing was measured, once. */
function callsByNode(planned: readonly PlannedKernel[], kernels: readonly Kernel[]): ReadonlyMap<Node, number> {
  const calls = new Map<Node, number>();
  planned.forEach((k, i) => {
    for (const n of k.nodes) calls.set(n, Math.max(calls.get(n) ?? 0, kernels[i]?.calls ?? 1));
  });
  return calls;
}
/** The device that ran the program, and the CPU beside it where some kernels ran there. */
function devicesOf(o: RecordOptions, { device }: Compiled, beside: boolean): Report["devices"] {
  const { cpu, cores, platform } = o.machine;
  const adapter = device.adapter?.();
  const { threads = 1, lanes = 1 } = device.target?.parallelism ?? {};
  const first = {
    name: adapter?.name ?? cpu,
    platform: `${device.platform}: ${device.description}, ${platform}`,
    limits: adapter?.limits ?? { cores, threads, lanes },
    // Measured for the default device: another one has its own.
    ...(o.ceilings && device === defaultDevice() ? { ceilings: o.ceilings } : {}),
  };
  return beside
    ? [first, { name: cpu, platform: `cpu: kernels that ${adapter?.name ?? device.platform} has not, ${platform}`, limits: { cores } }]
    : [first];
}
/** What of the program the device did not do, and what it could not tell. */
function deviceWarnings(measured: Measured | null, { device }: Compiled, kernels: readonly Kernel[], onHost: ReadonlyMap<number, string>): Warning[] {
  const warn = (message: string): Warning => ({ kind: DEVICE_WARNING, message, stack: null });
  const named = [...onHost].map(([id, reason]) => `${kernels[id]?.label ?? `k${id}`} (${reason})`);
  const shown = named.length > MOST_NAMED ? [...named.slice(0, MOST_NAMED), `${named.length - MOST_NAMED} more`] : named;
  // Where no kernel is native, and all for one reason, it is said once.
  const reasons = new Set(kernels.map((k) => (k.route?.code === "wasm" ? k.route.because : "native")));
  const wasmOnly = kernels.some((k) => k.route) && reasons.size === 1 && !reasons.has("native") ? [...reasons][0] : undefined;
  const noTimes = measured !== null && measured.kernels.size === onHost.size && kernels.length > onHost.size;
  return [
    ...(wasmOnly !== undefined ? [warn(`no kernel ran as native code: ${wasmOnly}`)] : []),
    ...(named.length ? [warn(`computed on the CPU, because ${device.platform} has no kernel for it: ${shown.join("; ")}`)] : []),
    ...(noTimes && device.adapter
      ? [warn(`times are of whole runs: the driver of ${device.adapter().name} takes none of single kernels (it has no timestamp queries)`)]
      : []),
  ];
}
const MOST_NAMED = 6;
const shortPass = (p: PassRecord): Pass => ({ name: p.pass, before: p.before, after: p.after, changed: p.changed });
function argumentsOf(traced: Traced, avals: readonly ShapedArray[], jitted: Jitted): Argument[] {
  const captured = traced.consts.length;
  const paths = traced.inTree.paths();
  // Paths count the arguments that are not static.
  const dynamic = Array.from({ length: paths.length + jitted.jit.statics.size }, (_v, i) => i).filter((i) => !jitted.jit.statics.has(i));
  return avals.map((a, i): Argument => {
    if (i < captured) return { name: captured > 1 ? `captured[${i}]` : "captured", type: a.toString(), captured: true };
    const [first, ...rest] = paths[i - captured]!;
    return { name: argumentName(jitted.jit.fun, [dynamic[Number(first)] ?? Number(first), ...rest]), type: a.toString() };
  });
}
function resultsOf(traced: Traced, avals: readonly ShapedArray[]): Argument[] {
  const paths = traced.outTree.paths();
  return avals.map((a, i) => ({
    name: `result${(paths[i] ?? []).map((p) => (typeof p === "number" ? `[${p}]` : `.${p}`)).join("")}`,
    type: a.toString(),
  }));
}
/** The pinned program against the compiler's own, on the same arguments. */
function tryPins(
  o: RecordOptions,
  pinned: Compiled,
  c: KernelContext,
  known: { readonly argumentNames: readonly string[]; readonly kernels: readonly Kernel[] },
): Trial {
  o.progress?.("comparing with and without pins", 0.8);
  const own = compile(o.traced.jaxpr, undefined, pinned.device);
  const { plan } = own.compilation;
  const args = [...o.traced.consts, ...o.values!].map((v) => concrete(v));
  const parameterNames = parameterNamesOf(plan, known.argumentNames, (n) => valueNameOf(n, c));
  const kernels = reportKernels(plan, { ...c, parameterNames, times: null, code: null, routes: null });
  // One side may have been compiled natively, and the other not yet: both run in WebAssembly.
  const timed = withConfig({ native: "off" }, () => race(own, pinned, args));
  return trialOf(o.pins!, timed, kernels, known.kernels);
}
/** How long native code is waited for before anything is measured: the graph is shown by then. */
const SETTLE_MS = 4000;
function measureAll(o: RecordOptions, compiled: Compiled, clock: Clock): Measured {
  o.progress?.("measuring", 0.5);
  const values = o.values!.map((v) => concrete(v));
  const consts = o.traced.consts.map((v) => concrete(v));
  const start = performance.now();
  const { loaded } = compiled;
  clock.add("compile", start, performance.now() - start, { name: "generate code" });
  const release = loaded.routes?.() ? clock.time("compile", "wait for native code", () => loaded.settle?.(SETTLE_MS)) : undefined;
  try {
    const operands = new Operands(compiled, [...consts, ...values]);
    return unheard(() => withTrace(evalTrace, () => measure(loaded, operands, steadyCall(o, values, operands), clock, o.effort)));
  } finally {
    release?.();
  }
}
/** What a steady call costs beside kernels and copies: entering the program (memory, places) and taking the arguments apart are measured, the rest is look-up. */
function callParts(o: RecordOptions, whole: number, entry: number): Readonly<Record<string, number>> {
  const RUNS = 200;
  const start = performance.now();
  for (let i = 0; i < RUNS; i++) flatten(o.args as unknown[]);
  const entering = Math.min(whole, entry);
  const flattening = Math.min(whole - entering, (performance.now() - start) / RUNS);
  return { flattening, "memory and start": entering, "lookup and results": whole - flattening - entering };
}
function startClock(o: RecordOptions): Clock {
  const last = o.before?.at(-1);
  const start = last ? last.start + last.duration : performance.now() - o.traceMilliseconds;
  const clock = new Clock(o.clicked ?? o.before?.[0]?.start ?? start);
  for (const b of o.before ?? []) clock.add("road", b.start, b.duration, { name: b.name });
  clock.add("compile", start, o.traceMilliseconds, { name: "trace" });
  return clock;
}
/** A program may have been compiled before this Report is made: its phases stand where they ran. */
function tellPhases(clock: Clock, { began }: Compilation, p: ReturnType<typeof phasesOf>): void {
  clock.add("compile", began.lower, p.lower, { name: "lower" });
  clock.add("compile", began.passes, p.passes, { name: "passes" });
  clock.parts("compile", began.plan, { fuse: p.fuse, plan: p.plan });
}
function phasesOf({ phases, plan }: Compilation): Readonly<Record<"lower" | "passes" | "fuse" | "plan", number>> {
  const fuse = Math.min(plan.fuseMilliseconds, phases.plan);
  return { lower: phases.lower, passes: phases.passes, fuse, plan: phases.plan - fuse };
}
/** Nodes of the backward pass, by the name stack that transposition gives them. */
function backwardOf(levels: readonly Level[]): (node: string) => boolean {
  const own = new Set(levels.flatMap((l) => l.regions.flatMap((r) => r.nodes.filter((n) => n.scope.includes("transpose(")).map((n) => n.id))));
  return (node) => own.has(node);
}
