// What a tool for agents is. Input and output have schemas; the sentences that tools say are ours alone, and name nothing of the person's.
import * as z from "zod";
import type { Bench, Call, How } from "../bench.ts";
import type { Quote } from "../quote.ts";

export interface Answer {
  /** As the output's schema says. Texts of the person's programs that are longer than a name stand between the marks. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What it means and what to do next: our words only. */
  readonly say: string;
}
export interface Tool<I extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: I;
  readonly output: z.ZodObject;
  /** Whether it runs the person's code. The others only read. */
  readonly runsCode: boolean;
  call(b: Bench, input: z.infer<I>, call: Call, quote: Quote): Promise<Answer>;
}
/** A tool whose input is known by its schema. */
export const defineTool = <I extends z.ZodObject>(tool: Tool<I>): Tool => tool as unknown as Tool;

export const target = z
  .string()
  .min(1)
  .max(4096)
  .describe("FILE#FUNCTION, by its path from the workspace folder; FILE#12 is the jit function on line 12");
export const profileId = z.string().min(1).max(4096).describe('the id of a profile ("p1"), or a .jitprofile file of the workspace');
export const top = z.number().int().min(1).max(100);
export const pins = z
  .array(z.string().regex(/^[\w.]+>[\w.]+=(?:fuse|split)$/))
  .min(1)
  .max(50)
  .describe('edges of the fusion ledger and the verdict to try: "12>15=fuse", "12>15=split"');
/** How a function is run. */
export const running = {
  args: z.string().max(10_000).optional().describe('argument types, for a function that nothing calls: "f32[32,64], i32[8]"'),
  entry: z.string().max(4096).optional().describe("the file to run, where it is another one that calls the function"),
  device: z.string().max(100).optional().describe("the device that arrays are on unless the file says otherwise: cpu, webgpu, reference"),
  seconds: z
    .number()
    .min(0)
    .max(60)
    .optional()
    .describe("how long the file goes on after the first call, to learn why the function is traced again (2)"),
  limit: z.number().min(1).max(600).optional().describe("everything is stopped after so many seconds (120)"),
};
type Running = z.infer<z.ZodObject<typeof running>>;
/** @param more what this tool adds */
export function howOf(input: Running, mode: How["mode"] = "profile", more: Partial<How> = {}): How {
  const { args, entry, device, seconds = 2, limit = 120 } = input;
  return {
    mode,
    seconds,
    limit,
    ...(args === undefined ? {} : { args }),
    ...(entry === undefined ? {} : { entry }),
    ...(device === undefined ? {} : { device }),
    ...more,
  };
}
export const measurement = z
  .object({ median: z.number(), min: z.number(), spread: z.number() })
  .describe("milliseconds; spread is the interquartile range");
export const measured = (m: { readonly median: number; readonly min: number; readonly spread: number }): z.infer<typeof measurement> => ({
  median: short(m.median),
  min: short(m.min),
  spread: short(m.spread),
});
export const short = (n: number): number => Number(n.toPrecision(4));
export const cut = (s: string, most = 400): string => (s.length > most ? `${s.slice(0, most - 1)}…` : s);
