// The door: whatever is read from a file or a message is checked against this schema once, before it counts as a Report. types.ts is the authority on what
// fields mean; a test holds that both say the same.
import * as z from "zod";
import { CATEGORIES, CAUSES } from "./types.ts";
import { list } from "./validate.ts";

const text = z.string();
const index = z.number().int().nonnegative();
const position = z.number().int().positive();
const size = z.number().nonnegative();
const duration = z.number();
const measurement = z.object({ min: duration, median: duration, spread: duration, samples: list(duration, 10_000).optional() });
const range = z.object({ line: position, column: position, endLine: position, endColumn: position });

const source = z.object({ kind: z.enum(["jitlens", "jax", "xla", "stablehlo"]), language: text, versions: z.record(text, text) });
const device = z.object({
  name: text,
  platform: text,
  limits: z.record(text, z.number()).optional(),
  ceilings: z
    .object({
      bandwidth: z.number().optional(),
      cache: z.number().optional(),
      cacheBytes: size.optional(),
      flops: z.record(text, z.number()).optional(),
      from: text,
    })
    .optional(),
});
const file = z.object({ path: text, hash: text, text: text.optional() });
const frame = z.object({ file: index, line: position, column: position, func: text });

const argument = z.object({ name: text, type: text, captured: z.boolean().optional(), node: text.optional() });
const node = z.object({
  id: text,
  op: text,
  category: z.enum(CATEGORIES),
  type: text,
  inputs: list(text),
  name: text.optional(),
  attributes: text.optional(),
  regions: list(text, 10_000).optional(),
  scope: text,
  stack: index.optional(),
  from: list(text).optional(),
  flops: size.optional(),
  bytes: size.optional(),
  cost: duration.optional(),
});
const region = z.object({
  id: text,
  name: text,
  parent: text.nullable(),
  nodes: list(node, 500_000),
  parameters: list(text),
  outputs: list(text),
});
const mark = z.tuple([position, text]);
const level = z.object({
  name: text,
  text: z.object({ language: text, text, lines: list(mark, 500_000) }).optional(),
  regions: list(region, 50_000),
});
const share = z.object({ file: index, line: position, share: z.number() });
const loop = z.object({ axis: text, extent: size, kind: z.enum(["parallel", "sequential", "reduce", "lanes", "grid", "group"]) });
const code = z.object({
  language: z.enum(["wat", "js", "c", "wgsl", "ptx", "hlo", "llvm", "kernel"]),
  text,
  lines: list(mark, 500_000).optional(),
  length: size.optional(),
});
const kernel = z.object({
  id: text,
  name: text,
  label: text,
  kind: text,
  region: text,
  device: index,
  nodes: list(text),
  outputs: list(text),
  loops: list(loop, 1000).optional(),
  code: list(code, 100).optional(),
  bytesRead: size,
  bytesWritten: size,
  flops: size,
  transcendentals: size.optional(),
  predicted: duration.optional(),
  time: measurement.optional(),
  calls: size,
  lines: list(share),
  launch: z.object({ grid: list(size, 8), block: list(size, 8), registers: size.optional(), shared: size.optional() }).optional(),
  route: z.object({ code: z.enum(["native", "wasm"]), because: z.string().optional(), threads: size.optional() }).optional(),
});
const innerClause = z.object({ template: text, args: list(text, 16).optional() });
const clause = z.object({ template: text, args: list(z.union([text, innerClause]), 16).optional() });
const phrase = z.object({ template: text, args: list(z.union([text, clause]), 16) });
const decision = z.object({
  id: text,
  producer: text,
  consumer: text,
  names: z.object({ producer: text.optional(), consumer: text.optional() }).optional(),
  fused: z.boolean(),
  rule: text,
  reason: text,
  otherwise: text.optional(),
  phrases: z.object({ reason: phrase.optional(), otherwise: phrase.optional() }).optional(),
  kept: z.enum(["cheaper", "needed", "limit", "pinned"]).optional(),
  pinned: z.boolean().optional(),
  cost: z.object({ bytes: z.number().optional(), flops: z.number().optional(), launches: z.number().optional(), evaluations: z.number().optional() }),
  ms: z
    .object({
      fused: duration.optional(),
      kept: duration.optional(),
      measured: z.object({ fused: measurement, kept: measurement }).optional(),
    })
    .optional(),
  stack: index.optional(),
});
const pass = z.object({
  name: text,
  before: size,
  after: size,
  changed: list(text),
  region: text.optional(),
  patterns: list(z.object({ name: text, times: size, file: text.optional(), code: text.optional() }), 1000).optional(),
  text: z.object({ language: text, before: text, after: text, cut: size.optional() }).optional(),
  nodes: list(text, 500_000).optional(),
});
const side = z.object({
  total: measurement,
  kernels: size,
  bytes: size,
  changed: list(z.object({ label: text, ms: duration.optional() }), 10_000),
});
const trial = z.object({ pins: list(text, 10_000), rounds: size, error: z.number().nullable(), without: side, with: side });
const step = z.object({
  kind: z.enum(["kernel", "copy", "host", "transfer", "collective", "loop", "branch"]),
  region: text,
  kernel: text.optional(),
  node: text.optional(),
  bytes: size.optional(),
  file: index.optional(),
  line: position.optional(),
  calls: size.optional(),
  ms: duration.optional(),
});
const program = z.object({
  id: text,
  arguments: list(argument),
  results: list(argument),
  levels: list(level, 100),
  kernels: list(kernel, 200_000).optional(),
  decisions: list(decision, 1_000_000).optional(),
  passes: list(pass, 10_000).optional(),
  pins: list(text, 10_000).optional(),
  trial: trial.optional(),
  steps: list(step, 1_000_000).optional(),
});

const compilation = z.object({
  index,
  function: text,
  call: index.nullable(),
  signature: text,
  program: text.optional(),
  phases: z.object({ trace: duration.optional(), lower: duration.optional(), compile: duration.optional() }),
  causes: list(z.object({ kind: z.enum(CAUSES), argument: text.optional(), before: text.optional(), now: text.optional(), text }), 10_000),
});
const timing = z.object({
  warmups: size,
  repetitions: size,
  total: measurement,
  program: measurement,
  profiled: measurement.optional(),
  clockNs: duration.optional(),
  timerOverheadNs: duration.optional(),
  call: z.record(text, duration).optional(),
});
const lineCost = z.object({
  file: index,
  line: position,
  ms: duration,
  share: z.number(),
  parts: z.object({ kernels: duration.optional(), copies: duration.optional(), call: duration.optional(), transfers: duration.optional() }),
  estimated: z.boolean().optional(),
});
const holder = z.object({
  bytes: size,
  what: z.enum(["argument", "result", "residual", "carry", "temporary", "constant", "code"]),
  node: text.optional(),
  line: position.optional(),
  file: index.optional(),
  text,
  from: size.optional(),
  to: size.optional(),
});
const lifetime = holder.extend({ from: size, to: size, writers: list(size, 1000).optional(), readers: list(size, 1000).optional() });
const possible = z.object({ bytes: size, names: list(text, 100_000) });
const textChange = z.object({ file: index, line: position, column: position, endLine: position, endColumn: position, text });
const insight = z.object({
  rule: text,
  file: index,
  line: position,
  lines: list(position),
  text,
  remedy: text,
  phrases: z.object({ text: phrase.optional(), remedy: phrase.optional(), change: phrase.optional(), label: phrase.optional() }).optional(),
  of: z.enum(["call", "run", "compile", "memory"]).optional(),
  predicted: duration.optional(),
  gain: z.object({ before: measurement, after: measurement, runs: size }).nullable(),
  error: z.number().optional(),
  change: text.optional(),
  action: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("edit"), label: text, edits: list(textChange, 1000) }),
      z.object({ kind: z.literal("pin"), label: text, pins: list(text, 10_000) }),
      z.object({ kind: z.literal("snippet"), label: text, snippet: text }),
    ])
    .optional(),
});

export const reportSchema = z.object({
  format: z.literal("jitprofile"),
  version: z.literal(2),
  id: text,
  created: text,
  tool: text,
  source,
  devices: list(device, 10_000),
  function: z.object({ name: text, at: index, declared: range.optional() }),
  files: list(file, 10_000),
  frames: list(frame, 1_000_000),
  stacks: list(list(index, 1000), 1_000_000),
  programs: list(program, 10_000),
  compilations: list(compilation, 100_000),
  calls: z
    .object({
      count: size,
      atLeast: z.literal(true).optional(),
      wall: measurement,
      from: list(z.object({ stack: index, count: size })),
      between: measurement.optional(),
      run: z.object({ inside: duration, between: duration }).optional(),
      cases: z.object({ count: size, longest: size }).optional(),
      fed: z.literal(true).optional(),
      readBacks: list(z.object({ stack: index, count: size, bytes: size })).optional(),
    })
    .optional(),
  timing: timing.optional(),
  tracks: list(z.object({ id: text, name: text, kind: z.enum(["run", "kernels", "compile", "host", "transfer"]) }), 10_000).optional(),
  spans: list(
    z.object({ track: text, start: duration, duration, kernel: text.optional(), name: text.optional(), run: size.optional() }),
    2_000_000,
  ).optional(),
  lines: list(lineCost, 1_000_000).optional(),
  memory: z
    .object({
      peak: size,
      predicted: size.optional(),
      at: size.optional(),
      holders: list(holder, 1_000_000),
      lifetimes: list(lifetime, 1_000_000).optional(),
      saved: z.object({ donation: size.optional(), checkpoint: size.optional(), reuse: size.optional() }).optional(),
      could: z.object({ donation: possible.optional(), checkpoint: possible.optional() }).optional(),
    })
    .optional(),
  values: z
    .object({
      of: list(
        z.object({
          node: text,
          result: index.optional(),
          min: z.number().optional(),
          max: z.number().optional(),
          mean: z.number().optional(),
          elements: size,
          nan: size,
          inf: size,
          times: size,
        }),
        1_000_000,
      ),
      firsts: list(z.object({ kind: z.enum(["nan", "inf"]), node: text, text, stack: index.nullable() }), 100),
      cut: z.enum(["time", "memory", "error"]).optional(),
      milliseconds: duration,
    })
    .optional(),
  results: list(
    z.object({ type: text, hash: text.optional(), largest: z.number().nonnegative(), sample: list(z.number().nullable(), 1000) }),
  ).optional(),
  insights: list(insight, 100_000).optional(),
  tried: list(insight, 100_000).optional(),
  untried: z.number().int().nonnegative().optional(),
  warnings: list(z.object({ kind: text, message: text, stack: index.nullable() })),
  agreement: z
    .object({
      with: text,
      results: list(z.object({ name: text, type: text, error: z.number().nullable(), relative: z.number().nullable(), close: z.boolean() })),
    })
    .optional(),
  phases: z.record(text, duration).optional(),
  compiled: list(z.object({ file: index, line: position, equations: size, share: z.number(), ms: duration, copies: size.optional() })).optional(),
});
