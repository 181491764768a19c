// Runs a function and says what the compiler made of it.
import * as z from "zod";
import { SECTIONS, summary } from "../../../engine/report/summary.ts";
import { summarySchema } from "../../../engine/report/summarySchema.ts";
import type { Made } from "../bench.ts";
import type { Quote } from "../quote.ts";
import { defineTool, howOf, pins, running, target, top } from "./tool.ts";

export const made = {
  profile: z.string().describe("the id by which other tools take this profile"),
  printed: z.string().optional().describe("what the file printed, cut; quoted"),
};
export const madeData = ({ kept, printed }: Made, quote: Quote): z.infer<z.ZodObject<typeof made>> => ({
  profile: kept.id,
  ...(printed === "" ? {} : { printed: quote(printed) }),
});
export const profile = defineTool({
  name: "profile",
  title: "Profile a jit function",
  description:
    "Runs the file until the jit function's first call, measures the function and every kernel, and answers with at most 2 KB ranked by the time that is lost: kernels, source lines, missed fusions, retraces, memory. The person's code runs.",
  input: z.object({
    target,
    ...running,
    measure: z.boolean().optional().describe("false: nothing is measured, times are predictions; quicker (true)"),
    pins: pins.optional(),
    top: top.optional().describe("rows of each section; without it as many as 2 KB hold"),
    sections: z.array(z.enum(SECTIONS)).optional(),
  }),
  output: summarySchema.extend(made),
  runsCode: true,
  async call(b, input, call, quote) {
    const { target: at, measure = true, pins: pin, top: rows, sections } = input;
    const m = await b.run(at, howOf(input, measure ? "profile" : "trace", pin ? { pin } : {}), call);
    const s = summary(m.report, { ...(rows === undefined ? {} : { top: rows }), ...(sections ? { sections } : {}) });
    const next = [
      s.missed?.length || s.left.missed
        ? "explain_edge says of a missed fusion why the value is stored and what would fuse it, try_pin measures it."
        : "",
      "advise tries changes and tells their measured gain. show gives code, jaxpr and single kernels.",
      "After an edit, profile again and compare the two ids.",
    ];
    return { data: { ...s, ...madeData(m, quote) }, say: next.filter(Boolean).join(" ") };
  },
});
