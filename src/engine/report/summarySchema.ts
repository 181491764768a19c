// The summary's schema, for those who read it by program; a test holds that it says what summary.ts says.
import * as z from "zod";

const count = z.number().int().nonnegative();
const ms = z.number();
const at = z.string().describe("file:line");
export const figuresSchema = z.object({
  kernels: count.optional(),
  launches: count.optional().describe("kernels started in one run"),
  bytes: z.number().optional().describe("bytes that all kernels of one run read and write"),
  flops: z.number().optional(),
  peak: z.number().optional().describe("most bytes held at a time"),
  compilations: count,
});
export const summarySchema = z.object({
  format: z.literal("jitsummary"),
  version: z.literal(1),
  function: z.string(),
  at,
  device: z.string(),
  arguments: z.string(),
  call: z.object({ ms, spread: ms, program: ms }).optional().describe("a steady call: median, interquartile range, median of the program alone"),
  totals: figuresSchema,
  kernels: z
    .array(
      z.object({
        id: z.string(),
        label: z.string(),
        at: at.optional(),
        ms,
        share: z.number().describe("of the time of all kernels, 0 to 1"),
        calls: count,
        bandwidth: z.number().optional().describe("GB/s"),
        flops: z.number().optional().describe("GFLOP/s"),
      }),
    )
    .optional(),
  lines: z.array(z.object({ at, ms, share: z.number(), estimated: z.boolean().optional() })).optional(),
  missed: z
    .array(
      z.object({
        id: z.string(),
        edge: z.string(),
        edges: count.optional(),
        at: at.optional(),
        ms: ms.optional(),
        bytes: z.number().optional(),
        rule: z.string(),
        otherwise: z.string().optional(),
      }),
    )
    .optional()
    .describe("values that two kernels exchange through memory where one kernel would be faster; ms is what that loses, the dearest first"),
  retraces: z.array(z.object({ function: z.string(), count, cause: z.string(), at: at.optional(), ms })).optional(),
  memory: z.array(z.object({ bytes: z.number(), what: z.string(), text: z.string(), at: at.optional() })).optional(),
  insights: z.array(z.object({ rule: z.string(), at, text: z.string(), remedy: z.string() })).optional(),
  warnings: z.array(z.object({ kind: z.string(), message: z.string() })).optional(),
  left: z.record(z.string(), count).describe("rows that are not shown, by section"),
});
