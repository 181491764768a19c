// Makes a Report: compiles a traced function, measures it, and ties every number to the lines that caused it.
import { ShapedArray } from "../core/aval.ts";
import { allocate } from "../core/dtypes.ts";
import { type Eqn, type ClosedJaxpr, Jaxpr, Literal, Var, subJaxprs } from "../core/jaxpr.ts";
import { printJaxprWithLines } from "../core/print.ts";
import { type Frame, framePath } from "../core/source.ts";
import { showNameStack } from "../core/trace.ts";
import { NDArray, Tracer, type Value } from "../core/value.ts";
import { fromTyped } from "../core/arrays.ts";
import { bytesOf, type Node } from "../graph/graph.ts";
import { flops, nodeBytes, transcendentals } from "../compiler/fusion/cost.ts";
import type { PlannedKernel } from "../compiler/plan/types.ts";
import { compile, type Compiled } from "../backends/programs.ts";
import { type Traced } from "../transforms/jit.ts";
import { type RetraceEvent, showCause } from "../transforms/retrace.ts";
import { argumentName } from "../transforms/args.ts";
import { measure } from "./measure.ts";
import type { LineShare, Position, Report, ReportDecision, ReportEqn, ReportGraph, ReportKernel, ReportNode } from "./migrations/v1types.ts";

export interface RecordOptions {
  readonly name: string;
  readonly position: Position;
  readonly fn: (...args: never[]) => unknown;
  readonly traced: Traced;
  readonly traceMilliseconds: number;
  /** Values to measure with; abstract ones are replaced by data made up. Null: trace only. */
  readonly values: readonly Value[] | null;
  readonly sources: readonly { readonly file: string; readonly text: string }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly retraces: readonly RetraceEvent[];
  readonly warnings: readonly { readonly message: string; readonly frame: Position | null }[];
  readonly progress?: (message: string, fraction: number) => void;
}
export const positionOf = (f: Frame): Position => ({ file: framePath(f), line: f.line, column: f.column, func: f.func });

export function record(o: RecordOptions): Report {
  o.progress?.("compiling", 0.3);
  const { jaxpr } = o.traced,
    compiled = compile(jaxpr),
    { compilation: c } = compiled,
    eqns = allEqns(jaxpr.jaxpr),
    printed = printJaxprWithLines(jaxpr.jaxpr);
  const reportEqns = eqns.map((e): ReportEqn => ({
    id: e.id,
    primitive: e.primitive.name,
    types: e.outputs.map((v) => v.aval.toString()),
    frames: e.source.frames.map(positionOf),
    nameStack: showNameStack(e.source.nameStack),
    textLine: printed.marks.get(e.id) ?? -1,
  }));
  o.progress?.("measuring", 0.5);
  const values = o.values ? [...o.traced.consts, ...o.values].map((v) => concrete(v)) : null;
  const measured = values ? measure(compiled.loaded, values) : null;
  const kernels = c.plan.kernels.map((k): ReportKernel => ({
    id: k.id,
    name: k.kernel.name,
    kind: k.group.kind,
    region: k.region.name,
    nodes: k.nodes.map((n) => n.id),
    eqns: [...new Set(k.nodes.flatMap((n) => n.origin.map((e) => e.id)))],
    outputs: k.outputs.map((n) => `${n.dtype}[${n.shape.join()}]`),
    lines: kernelLines(k, o.position),
    ...traffic(k),
    flops: sum(k.nodes.map(flops)),
    transcendentals: sum(k.nodes.map(transcendentals)),
    time: measured?.kernels.get(k.id)?.time ?? null,
    calls: measured?.kernels.get(k.id)?.calls ?? 1,
  }));
  const params = o.traced.inTree.paths(),
    nConsts = o.traced.consts.length;
  return {
    format: "jitprofile",
    version: 1,
    created: new Date().toISOString(),
    tool: "JitLens 0.1.0",
    function: { name: o.name, file: o.position.file, line: o.position.line, column: o.position.column },
    arguments: jaxpr.inAvals.map((a, i) => ({
      name: i < nConsts ? `closed-over constant ${i}` : argumentName(o.fn, params[i - nConsts]!),
      type: a.toString(),
    })),
    results: jaxpr.outAvals.map(String),
    environment: o.environment,
    sources: o.sources,
    jaxpr: { text: printed.text, eqns: reportEqns },
    traced: tracedGraph(jaxpr.jaxpr),
    fused: fusedGraph(compiled),
    kernels,
    ledger: ledger(compiled),
    passes: c.passes.map((p) => ({ name: p.pass, before: p.before, after: p.after, changed: p.changed })),
    phases: {
      trace: o.traceMilliseconds,
      lower: c.phases.lower,
      passes: c.phases.passes,
      "fuse and plan": c.phases.plan,
      ...(measured ? { "generate code": compiled.codegen } : {}),
    },
    timing: measured?.timing ?? null,
    timeline: measured?.timeline ?? [],
    lines: programLines(kernels),
    memory: {
      arena: c.plan.arenaBytes,
      unplanned: c.plan.unplannedBytes,
      arguments: sum(c.plan.params.map(bytesOf)),
      results: sum(c.plan.outs.map(bytesOf)),
      code: measured ? compiled.loaded.bytes : 0,
    },
    retraces: o.retraces.map((r) => ({
      function: r.function,
      causes: r.causes.map(showCause),
      frame: r.frame ? positionOf(r.frame) : null,
      milliseconds: r.milliseconds,
    })),
    warnings: o.warnings,
  };
}
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
function allEqns(j: Jaxpr): Eqn[] {
  return j.eqns.flatMap((e) => [e, ...subJaxprs(e.params).flatMap(allEqns)]);
}

/** Arrays as they are; for stand-ins, data of the right type (small positive numbers, so that most functions are defined). */
export function concrete(v: Value | ShapedArray): NDArray {
  if (v instanceof NDArray) return v;
  const a = v instanceof Tracer ? v.aval : (v as ShapedArray),
    data = allocate(a.dtype, a.size);
  if (a.dtype === "float32" || a.dtype === "float64" || a.dtype === "complex64" || a.dtype === "complex128")
    for (let i = 0; i < data.length; i++) data[i] = 0.25 + ((i * 2654435761) % 1024) / 2048;
  else if (a.dtype === "key<fry>") for (let i = 0; i < data.length; i++) data[i] = i;
  return fromTyped(data, a.shape, a.dtype, a.weakType);
}
/** Bytes a kernel reads from and writes to memory: each buffer counts once a call, reductions of whole buffers included. */
function traffic(k: PlannedKernel): { bytesRead: number; bytesWritten: number } {
  if (!k.kernel.buffers.length)
    return {
      bytesRead: sum([...new Set(k.nodes.flatMap((n) => n.inputs))].filter((n) => !k.nodes.includes(n)).map(nodeBytes)),
      bytesWritten: sum(k.outputs.map(nodeBytes)),
    };
  const inside = new Set(k.nodes),
    reads = new Map<Node, number>();
  for (const n of k.nodes)
    for (const i of n.inputs)
      if (!inside.has(i) && !(i.is("constant") && i.shape.length === 0)) {
        // A slice or gather touches what it takes, not the whole array.
        const touched = n.is("slice", "dynamic_slice", "gather") && n.inputs[0] === i ? Math.min(nodeBytes(n), nodeBytes(i)) : nodeBytes(i);
        reads.set(i, Math.max(reads.get(i) ?? 0, touched));
      }
  return { bytesRead: sum([...reads.values()]), bytesWritten: sum(k.outputs.map(nodeBytes)) };
}
/** A kernel's time is split over its nodes by what they compute and move, then over the lines of their equations. */
function kernelLines(k: PlannedKernel, own: Position): LineShare[] {
  const weights = new Map<string, { file: string; line: number; w: number }>();
  for (const n of k.nodes) {
    const w = flops(n) * 0.5 + (k.outputs.includes(n) ? nodeBytes(n) : 0) + 1,
      frames = n.origin.map((e) => e.source.frames.find((f) => framePath(f) === own.file) ?? e.source.frames[0]).filter((f) => f !== undefined);
    const at = frames.length ? frames.map((f) => ({ file: framePath(f), line: f.line })) : [{ file: own.file, line: own.line }];
    for (const f of at) {
      const key = `${f.file}:${f.line}`,
        have = weights.get(key) ?? { ...f, w: 0 };
      have.w += w / at.length;
      weights.set(key, have);
    }
  }
  const total = sum([...weights.values()].map((x) => x.w)) || 1;
  return [...weights.values()].map((x) => ({ file: x.file, line: x.line, share: x.w / total })).sort((a, b) => b.share - a.share);
}
function programLines(kernels: readonly ReportKernel[]): LineShare[] {
  const cost = (k: ReportKernel): number => k.time?.median ?? (k.flops + k.bytesRead + k.bytesWritten) / 1e6,
    total = sum(kernels.map(cost)) || 1,
    lines = new Map<string, { file: string; line: number; share: number }>();
  for (const k of kernels)
    for (const l of k.lines) {
      const key = `${l.file}:${l.line}`,
        have = lines.get(key) ?? { file: l.file, line: l.line, share: 0 };
      have.share += (l.share * cost(k)) / total;
      lines.set(key, have);
    }
  return [...lines.values()].sort((a, b) => b.share - a.share);
}
function ledger({ compilation: c }: Compiled): ReportDecision[] {
  return c.plan.regions.flatMap(({ name: region, fusion }) =>
    fusion.ledger.map((d): ReportDecision => ({
      region,
      producer: d.producer.id,
      consumer: d.consumer.id,
      producerOp: d.producer.op,
      consumerOp: d.consumer.op,
      fused: d.fused,
      rule: d.rule,
      reason: d.reason,
      otherwise: d.otherwise,
      ...d.cost,
    })),
  );
}
/** Equations as nodes; calls are opened and their equations carry the call's name as group. */
function tracedGraph(j: Jaxpr): ReportGraph {
  const nodes: ReportNode[] = [],
    source = new Map<Var, number>();
  let next = 1_000_000; // ids of inputs, apart from equation ids
  const input = (v: Var, name: string): void => {
    const id = next++;
    source.set(v, id);
    nodes.push({ id, op: name, type: v.aval.toString(), shape: v.aval.shape, inputs: [], eqns: [], kernel: null, group: "" });
  };
  [...j.constvars, ...j.invars].forEach((v, i) => input(v, `input ${i}`));
  const walk = (p: Jaxpr, group: string): void => {
    for (const e of p.eqns) {
      const inner = (e.params.jaxpr ?? e.params.callJaxpr) as ClosedJaxpr | undefined;
      if ((e.primitive.name === "jit" || e.primitive.name === "custom_jvp_call" || e.primitive.name === "custom_vjp_call") && inner) {
        inner.jaxpr.invars.forEach((v, i) => {
          const a = e.inputs[i]!;
          if (a instanceof Var && source.has(a)) source.set(v, source.get(a)!);
        });
        walk(inner.jaxpr, group ? `${group}/${String(e.params.name)}` : String(e.params.name));
        e.outputs.forEach((v, i) => {
          const a = inner.jaxpr.outs[i]!;
          if (!(a instanceof Literal) && source.has(a)) source.set(v, source.get(a)!);
        });
        continue;
      }
      e.outputs.forEach((v) => source.set(v, e.id));
      nodes.push({
        id: e.id,
        op: e.primitive.name,
        type: e.outputs.map((v) => v.aval.toString()).join(" "),
        shape: e.outputs[0]?.aval.shape ?? [],
        inputs: [...new Set(e.inputs.flatMap((a) => (a instanceof Var && source.has(a) ? [source.get(a)!] : [])))],
        eqns: [e.id],
        kernel: null,
        group,
      });
    }
  };
  walk(j, "");
  return { nodes, outputs: [...new Set(j.outs.flatMap((a) => (a instanceof Var && source.has(a) ? [source.get(a)!] : [])))] };
}
function fusedGraph({ compilation: c }: Compiled): ReportGraph {
  const main = c.plan.regions[0]!.graph,
    home = new Map<number, number>();
  for (const k of c.plan.kernels) if (k.region.id === 0) for (const n of k.nodes) if (!home.has(n.id)) home.set(n.id, k.id);
  const shown = main.nodes.filter((n) => !(n.is("constant") && n.shape.length === 0)),
    ids = new Set(shown.map((n) => n.id));
  return {
    nodes: shown.map((n) => ({
      id: n.id,
      op: n.is("parameter") ? `input ${n.attrs.index}` : n.is("library") ? n.attrs.name : n.is("reduce") ? `reduce_${n.attrs.kind}` : n.op,
      type: `${n.dtype}[${n.shape.join()}]`,
      shape: n.shape,
      inputs: [...new Set(n.inputs.map((i) => i.id).filter((i) => ids.has(i)))],
      eqns: n.origin.map((e) => e.id),
      kernel: home.get(n.id) ?? null,
      group: "",
    })),
    outputs: main.outs.map((o) => o.id),
  };
}
