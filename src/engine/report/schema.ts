// The door: anything read from a file or a message is checked against this schema once, before it counts as a Report.
import { z } from "zod";
import type { Report } from "./types.ts";

const position = z.object({ file: z.string(), line: z.number(), column: z.number(), func: z.string() });
const measurement = z.object({ min: z.number(), median: z.number(), spread: z.number() });
const share = z.object({ file: z.string(), line: z.number(), share: z.number() });
const graph = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      op: z.string(),
      type: z.string(),
      shape: z.array(z.number()),
      inputs: z.array(z.number()),
      eqns: z.array(z.number()),
      kernel: z.number().nullable(),
      group: z.string(),
    }),
  ),
  outputs: z.array(z.number()),
});
const report = z.object({
  format: z.literal("jitprofile"),
  version: z.literal(1),
  created: z.string(),
  tool: z.string(),
  function: z.object({ name: z.string(), file: z.string(), line: z.number(), column: z.number() }),
  arguments: z.array(z.object({ name: z.string(), type: z.string() })),
  results: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  sources: z.array(z.object({ file: z.string(), text: z.string() })),
  jaxpr: z.object({
    text: z.string(),
    eqns: z.array(
      z.object({
        id: z.number(),
        primitive: z.string(),
        types: z.array(z.string()),
        frames: z.array(position),
        nameStack: z.string(),
        textLine: z.number(),
      }),
    ),
  }),
  traced: graph,
  fused: graph,
  kernels: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      kind: z.string(),
      region: z.string(),
      nodes: z.array(z.number()),
      eqns: z.array(z.number()),
      outputs: z.array(z.string()),
      lines: z.array(share),
      bytesRead: z.number(),
      bytesWritten: z.number(),
      flops: z.number(),
      transcendentals: z.number(),
      time: measurement.nullable(),
      calls: z.number(),
    }),
  ),
  ledger: z.array(
    z.object({
      region: z.string(),
      producer: z.number(),
      consumer: z.number(),
      producerOp: z.string(),
      consumerOp: z.string(),
      fused: z.boolean(),
      rule: z.string(),
      reason: z.string(),
      otherwise: z.string(),
      bytesSaved: z.number(),
      flopsRecomputed: z.number(),
      launchesSaved: z.number(),
    }),
  ),
  passes: z.array(z.object({ name: z.string(), before: z.number(), after: z.number(), changed: z.array(z.string()) })),
  phases: z.record(z.string(), z.number()),
  timing: z
    .object({ warmups: z.number(), repetitions: z.number(), total: measurement, profiled: measurement, timerOverheadNs: z.number() })
    .nullable(),
  timeline: z.array(z.object({ run: z.number(), kernel: z.number(), start: z.number(), duration: z.number() })),
  lines: z.array(share),
  memory: z.object({ arena: z.number(), unplanned: z.number(), arguments: z.number(), results: z.number(), code: z.number() }),
  retraces: z.array(z.object({ function: z.string(), causes: z.array(z.string()), frame: position.nullable(), milliseconds: z.number() })),
  warnings: z.array(z.object({ message: z.string(), frame: position.nullable() })),
});
/** Reads a Report from untrusted data. Throws an Error that names the first field that is wrong. */
export function parseReport(data: unknown): Report {
  const r = report.safeParse(data);
  if (r.success) return r.data;
  const issue = r.error.issues[0]!;
  throw new Error(`this is not a JitLens profile (version 1): ${issue.path.join(".") || "the file"}: ${issue.message}`);
}
export function parseReportText(text: string): Report {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (e) {
    throw new Error(`this is not a JitLens profile: it is not JSON (${(e as Error).message})`);
  }
  return parseReport(data);
}
