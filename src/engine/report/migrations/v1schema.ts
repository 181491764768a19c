// What a profile of version 1 must look like to be read.
import * as z from "zod";
import { list } from "../validate.ts";

const position = z.object({ file: z.string(), line: z.number(), column: z.number(), func: z.string() });
const measurement = z.object({ min: z.number(), median: z.number(), spread: z.number() });
const share = z.object({ file: z.string(), line: z.number(), share: z.number() });
const graph = z.object({
  nodes: list(
    z.object({
      id: z.number(),
      op: z.string(),
      type: z.string(),
      shape: list(z.number()),
      inputs: list(z.number()),
      eqns: list(z.number()),
      kernel: z.number().nullable(),
      group: z.string(),
    }),
  ),
  outputs: list(z.number()),
});
export const reportV1Schema = z.object({
  format: z.literal("jitprofile"),
  version: z.literal(1),
  created: z.string(),
  tool: z.string(),
  function: z.object({ name: z.string(), file: z.string(), line: z.number(), column: z.number() }),
  arguments: list(z.object({ name: z.string(), type: z.string() })),
  results: list(z.string()),
  environment: z.record(z.string(), z.string()),
  sources: list(z.object({ file: z.string(), text: z.string() })),
  jaxpr: z.object({
    text: z.string(),
    eqns: list(
      z.object({
        id: z.number(),
        primitive: z.string(),
        types: list(z.string()),
        frames: list(position),
        nameStack: z.string(),
        textLine: z.number(),
      }),
    ),
  }),
  traced: graph,
  fused: graph,
  kernels: list(
    z.object({
      id: z.number(),
      name: z.string(),
      kind: z.string(),
      region: z.string(),
      nodes: list(z.number()),
      eqns: list(z.number()),
      outputs: list(z.string()),
      lines: list(share),
      bytesRead: z.number(),
      bytesWritten: z.number(),
      flops: z.number(),
      transcendentals: z.number(),
      time: measurement.nullable(),
      calls: z.number(),
    }),
  ),
  ledger: list(
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
  passes: list(z.object({ name: z.string(), before: z.number(), after: z.number(), changed: list(z.string()) })),
  phases: z.record(z.string(), z.number()),
  timing: z
    .object({ warmups: z.number(), repetitions: z.number(), total: measurement, profiled: measurement, timerOverheadNs: z.number() })
    .nullable(),
  timeline: list(z.object({ run: z.number(), kernel: z.number(), start: z.number(), duration: z.number() })),
  lines: list(share),
  memory: z.object({ arena: z.number(), unplanned: z.number(), arguments: z.number(), results: z.number(), code: z.number() }),
  retraces: list(z.object({ function: z.string(), causes: list(z.string()), frame: position.nullable(), milliseconds: z.number() })),
  warnings: list(z.object({ message: z.string(), frame: position.nullable() })),
});
