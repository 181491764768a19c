// The file of `jitlens check`: figures of functions as they should be, small enough to be committed and read in a review.
import { readFileSync } from "node:fs";
import * as z from "zod";
import { figuresSchema } from "../../engine/report/summarySchema.ts";
import { firstFault, parseJson } from "../../engine/report/validate.ts";
import { usage } from "./failure.ts";
import { writeOut } from "./writing.ts";

const entry = z.object({
  figures: figuresSchema,
  arguments: z.array(z.string()),
  kernels: z.array(z.string()).optional().describe("labels, so that new kernels can be named"),
  ms: z.number().optional().describe("median of a steady call; compared only with --time"),
  run: z
    .object({
      args: z.string().optional(),
      entry: z.string().optional(),
      device: z.string().optional(),
      native: z.boolean().optional(),
      pin: z.array(z.string()).optional(),
    })
    .optional()
    .describe("the options that it was run with"),
});
export const baselineSchema = z.object({
  format: z.literal("jitbaseline"),
  version: z.literal(1),
  functions: z.record(z.string().describe("FILE#FUNCTION, from the folder of this file"), entry),
});
export type Baselines = z.infer<typeof baselineSchema>;
export type Entry = z.infer<typeof entry>;

/** Throws a Failure where the file is something else. */
export function readBaselines(file: string): Baselines {
  let data: unknown;
  try {
    data = parseJson(readFileSync(file, "utf8"));
  } catch (e) {
    throw usage(`${file} is no baseline: ${(e as Error).message}`, "Write a new one with --update.");
  }
  const fault = firstFault(baselineSchema, data);
  if (fault !== null) throw usage(`${file} is no baseline: ${fault}`, "jitlens check --update --baseline FILE writes one.");
  return baselineSchema.parse(data);
}
export function writeBaselines(file: string, b: Baselines): void {
  const sorted = Object.fromEntries(Object.entries(b.functions).sort(([x], [y]) => (x < y ? -1 : 1)));
  writeOut(file, `${JSON.stringify({ ...b, functions: sorted }, null, 2)}\n`);
}
