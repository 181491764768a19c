// Profiles of version 1 open as version 2: positions become frames by index, numbers become ids, one region a graph, guessed kinds become categories.
import type { Argument, Category, Cause, Compilation, Decision, Kernel, Level, LineCost, Node, Program, Report, Span, Warning } from "../types.ts";
import { Places, atLeastOne } from "../places.ts";
import { uniqueNames } from "../names.ts";
import type { Report as ReportV1, ReportGraph, ReportNode } from "./v1types.ts";

const positive = (n: number): number => Math.max(0, n);

/** Version 1 did not say what kind of work an operation is: by its whole name, where that is certain. */
const CATEGORY: ReadonlyMap<string, Category> = new Map<string, Category>([
  ...["dot", "dot_general", "conv", "conv_general_dilated", "ragged_dot", "ragged_dot_general"].map((op) => [op, "contraction"] as const),
  ...["reduce", "argmax", "argmin", "arg_reduce", "generic_reduce", "reduce_window", "generic_reduce_window", "cumulative"].map(
    (op) => [op, "reduction"] as const,
  ),
  ...[
    "cumsum",
    "cumprod",
    "cummax",
    "cummin",
    "cumlogsumexp",
    "reduce_sum",
    "reduce_max",
    "reduce_min",
    "reduce_prod",
    "reduce_and",
    "reduce_or",
    "reduce_xor",
  ].map((op) => [op, "reduction"] as const),
  ...["reduce_add", "reduce_mul"].map((op) => [op, "reduction"] as const),
  ...[
    "broadcast",
    "broadcast_in_dim",
    "reshape",
    "transpose",
    "slice",
    "squeeze",
    "expand_dims",
    "concatenate",
    "pad",
    "gather",
    "scatter",
    "scatter-add",
  ].map((op) => [op, "movement"] as const),
  ...["rev", "reverse", "dynamic_slice", "dynamic_update_slice", "iota", "copy", "copy_p"].map((op) => [op, "movement"] as const),
  ...["while", "case", "scan", "cond", "get", "jit", "custom_jvp_call", "custom_vjp_call", "remat2", "barrier"].map((op) => [op, "control"] as const),
  ...["sort", "cholesky", "lu", "qr", "svd", "eigh", "eig", "fft", "triangular_solve", "schur", "householder_product", "tridiagonal"].map(
    (op) => [op, "library"] as const,
  ),
  ...["random_bits", "random_split", "random_seed", "random_wrap", "random_unwrap", "threefry2x32", "random_fold_in"].map(
    (op) => [op, "elementwise"] as const,
  ),
  ["constant", "input"],
]);
const categoryOf = (op: string): Category => (/^input \d+$/.test(op) ? "input" : (CATEGORY.get(op) ?? "elementwise"));
/** float32[128] and f32[128] as f32[128]. */
const SHORT: readonly (readonly [RegExp, string])[] = [
  [/\bbfloat16\b/g, "bf16"],
  [/\bfloat(\d+)\b/g, "f$1"],
  [/\bcomplex(\d+)\b/g, "c$1"],
  [/\buint(\d+)\b/g, "u$1"],
  [/\bint(\d+)\b/g, "i$1"],
];
const shortType = (type: string): string => SHORT.reduce((t, [pattern, short]) => t.replace(pattern, short), type);

/** The Report of a version-1 profile that has passed its schema. Fields that version 1 did not know are kept. */
export function migrateV1(old: ReportV1): Report {
  // Version 1 kept absolute paths, and nobody knows any more relative to what.
  const places = new Places(null);
  for (const s of old.sources) places.file(s.file, s.text);
  const eqns = new Map(old.jaxpr.eqns.map((e) => [e.id, e]));
  const stackOf = new Map(old.jaxpr.eqns.map((e) => [e.id, places.stack(e.frames)]));
  const argument = (name: string, type: string): Argument => ({ name, type, ...(name.startsWith("closed-over constant") ? { captured: true } : {}) });
  const graph = (name: string, prefix: string, g: ReportGraph, node: (n: ReportNode) => Partial<Node>): Level => ({
    name,
    regions: [
      {
        id: name,
        name: old.function.name,
        parent: null,
        nodes: g.nodes.map((n) => {
          const input = /^input (\d+)$/.exec(n.op);
          return {
            id: `${prefix}${n.id}`,
            op: input ? "parameter" : n.op,
            category: categoryOf(n.op),
            type: shortType(n.type),
            inputs: n.inputs.map((i) => `${prefix}${i}`),
            ...(input && old.arguments[Number(input[1])] ? { name: old.arguments[Number(input[1])]!.name } : {}),
            scope: n.eqns.map((e) => eqns.get(e)?.nameStack).find((s) => s !== undefined) ?? n.group,
            ...node(n),
          };
        }),
        parameters: g.nodes.filter((n) => /^input \d+$/.test(n.op)).map((n) => `${prefix}${n.id}`),
        outputs: g.outputs.map((i) => `${prefix}${i}`),
      },
    ],
  });
  const stackOfNode = (n: ReportNode): Partial<Node> => {
    const stack = n.eqns.map((e) => stackOf.get(e)).find((s) => s !== undefined);
    return stack === undefined ? {} : { stack };
  };
  const jaxpr: Level = {
    ...graph("jaxpr", "e", old.traced, stackOfNode),
    text: {
      language: "jaxpr",
      text: old.jaxpr.text,
      lines: old.jaxpr.eqns.filter((e) => e.textLine >= 0).map((e) => [e.textLine + 1, `e${e.id}`] as const),
    },
  };
  const fused = graph("fused", "g", old.fused, (n) => ({ ...stackOfNode(n), from: n.eqns.map((e) => `e${e}`) }));
  // Kernels and decisions of loops had nodes that the graph did not hold, under ids that others had too: they keep their own prefix.
  const main = old.kernels[0]?.region ?? "";
  const mainRegion = main.split("/")[0]!;
  const nodeId = (region: string, id: number): string => (region === mainRegion || region === "" ? `g${id}` : `${region}:g${id}`);
  const regionId = (region: string): string => (region === mainRegion || region === "" ? "fused" : region);
  const shares = (list: readonly { file: string; line: number; share: number }[]) =>
    list.map((l) => ({ file: places.file(l.file), line: atLeastOne(l.line), share: l.share }));
  const labels = uniqueNames(old.kernels.map((k) => k.name));
  const kernels = old.kernels.map((k, i): Kernel => ({
    id: `k${k.id}`,
    name: labels[i]!,
    label: labels[i]!,
    kind: k.kind,
    region: regionId(k.region),
    device: 0,
    nodes: k.nodes.map((n) => nodeId(k.region, n)),
    outputs: [],
    bytesRead: positive(k.bytesRead),
    bytesWritten: positive(k.bytesWritten),
    flops: positive(k.flops),
    transcendentals: positive(k.transcendentals),
    ...(k.time ? { time: k.time } : {}),
    calls: positive(k.calls),
    lines: shares(k.lines),
  }));
  const decisions = old.ledger.map((d, i): Decision => ({
    id: `d${i}`,
    producer: nodeId(d.region, d.producer),
    consumer: nodeId(d.region, d.consumer),
    fused: d.fused,
    rule: d.rule,
    reason: d.reason,
    ...(d.otherwise ? { otherwise: d.otherwise } : {}),
    cost: { bytes: d.bytesSaved, flops: d.flopsRecomputed, launches: d.launchesSaved },
  }));
  const total = old.timing?.total.median;
  const lines = old.lines.map((l): LineCost => ({
    file: places.file(l.file),
    line: atLeastOne(l.line),
    ms: total === undefined ? 0 : l.share * total,
    share: l.share,
    parts: total === undefined ? {} : { kernels: l.share * total },
    ...(total === undefined ? { estimated: true } : {}),
  }));
  const compilations = old.retraces.map((r, index): Compilation => ({
    index,
    function: r.function,
    call: r.frame ? (places.stack([r.frame]) ?? null) : null,
    signature: "",
    phases: { trace: r.milliseconds },
    causes: r.causes.map(causeOf),
  }));
  const warnings = old.warnings.map((w): Warning => ({
    kind: "warning",
    message: w.message,
    stack: w.frame ? (places.stack([w.frame]) ?? null) : null,
  }));
  const program: Program = {
    id: "p0",
    arguments: old.arguments.map((a) => argument(a.name, a.type)),
    results: old.results.map((type, i) => argument(old.results.length > 1 ? `result[${i}]` : "result", type)),
    levels: [jaxpr, fused],
    kernels,
    decisions,
    passes: old.passes,
  };
  const spans = old.timeline.map((s): Span => ({ track: "kernels", start: s.start, duration: s.duration, kernel: `k${s.kernel}`, run: s.run }));
  const { cpu, cores, platform, backend, ...versions } = old.environment;
  const at = places.frame({ ...old.function, func: old.function.name });
  return {
    ...unknownFields(old),
    format: "jitprofile",
    version: 2,
    id: `${old.function.name}@${old.created}`,
    created: old.created,
    tool: old.tool,
    source: { kind: "jitlens", language: "typescript", versions },
    devices: [
      {
        name: cpu ?? backend ?? "unknown",
        platform: [backend, platform].filter(Boolean).join(", "),
        ...(Number(cores) > 0 ? { limits: { cores: Number(cores) } } : {}),
      },
    ],
    function: { name: old.function.name, at },
    files: places.files,
    frames: places.frames,
    stacks: places.stacks,
    programs: [program],
    compilations,
    ...(old.timing
      ? {
          timing: {
            warmups: positive(old.timing.warmups),
            repetitions: positive(old.timing.repetitions),
            total: old.timing.total,
            program: old.timing.total,
            profiled: old.timing.profiled,
            timerOverheadNs: old.timing.timerOverheadNs,
          },
        }
      : {}),
    ...(spans.length ? { tracks: [{ id: "kernels", name: "Kernels", kind: "kernels" as const }], spans } : {}),
    ...(lines.length ? { lines } : {}),
    memory: {
      peak: positive(old.memory.arguments + old.memory.results + old.memory.arena),
      holders: (
        [
          ["argument", "arguments", old.memory.arguments],
          ["result", "results", old.memory.results],
          ["temporary", "temporaries", old.memory.arena],
          ["code", "generated code", old.memory.code],
        ] as const
      ).flatMap(([what, text, bytes]) => (bytes > 0 ? [{ what, text, bytes }] : [])),
      ...(old.memory.unplanned > old.memory.arena ? { saved: { reuse: old.memory.unplanned - old.memory.arena } } : {}),
    },
    warnings,
    phases: old.phases,
  };
}
const KNOWN: ReadonlySet<string> = new Set(
  "format version created tool function arguments results environment sources jaxpr traced fused kernels ledger passes phases timing timeline lines memory retraces warnings".split(
    " ",
  ),
);
const unknownFields = (old: ReportV1): Record<string, unknown> => Object.fromEntries(Object.entries(old).filter(([key]) => !KNOWN.has(key)));

/** Version 1 wrote causes as sentences: "shape of x: now f32[3], before f32[2]". */
const KINDS: Readonly<Record<string, Cause["kind"]>> = {
  shape: "shape",
  dtype: "dtype",
  "weak type": "weakType",
  "static value": "static",
  "tree structure": "tree",
  configuration: "config",
};
function causeOf(text: string): Cause {
  if (text === "the first call") return { kind: "first", text };
  const m = /^(.*?) of (.*?): now (.*), before (.*)$/s.exec(text);
  if (!m) return { kind: "newFunction", text };
  return { kind: KINDS[m[1]!] ?? "newFunction", argument: m[2]!, now: m[3]!, before: m[4]!, text };
}
