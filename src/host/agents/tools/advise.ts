// Changes that were tried: what makes the function faster, by how much, and how to make the change.
import * as z from "zod";
import { placeOf } from "../../../engine/report/insights/gain.ts";
import type { Insight, Report } from "../../../engine/report/types.ts";
import type { Quote } from "../quote.ts";
import { made, madeData } from "./profile.ts";
import { cut, defineTool, howOf, measured, measurement, running, short, target } from "./tool.ts";

const MOST = 5;
const MOST_TRIED = 5;
const LONGEST_EDIT = 4000;
const edit = z
  .object({ file: z.string(), line: z.number(), column: z.number(), endLine: z.number(), endColumn: z.number(), text: z.string() })
  .describe(
    "put `text` in place of this part of the file as it was profiled; lines and columns count from 1, columns in UTF-16 units, the end is exclusive",
  );
const insight = z.object({
  rule: z.string(),
  at: z.string().describe("file:line"),
  cause: z.string(),
  remedy: z.string(),
  of: z
    .enum(["call", "run", "compile", "memory"])
    .describe("what the numbers are of: a steady call, the whole run, compiling (milliseconds), the peak of memory (bytes)"),
  predicted: z.number().optional().describe("what it should save"),
  gain: z
    .object({ before: measurement, after: measurement, runs: z.number(), ratio: z.number() })
    .nullable()
    .describe("both measured in turns; null: not tried, an estimate"),
  error: z.number().optional().describe("the largest difference of the results, as a part of the largest one; 0 where every bit is the same"),
  edits: z.array(edit).optional(),
  pins: z.array(z.string()).optional().describe("for try_pin and profile"),
  snippet: z.string().optional().describe("how the code may look; quoted"),
});
export const adviceSchema = z.object({
  function: z.string(),
  call: measurement.optional().describe("a steady call as it is"),
  insights: z.array(insight),
  tried: z.array(z.object({ rule: z.string(), at: z.string() })).describe("what was tried and gained too little"),
  untried: z.number().optional().describe("changes for which there was no time: ask again with a larger budget"),
  left: z.number().describe("insights that are not shown"),
});
export const advise = defineTool({
  name: "advise",
  title: "Advise on a jit function",
  description:
    "Runs and profiles the function, then tries changes that may make it faster: each is compiled, its results compared with the program before, and measured in turns with it. Only what gained stands in `insights`, the largest gain first, with edits, pins or a snippet. No file is changed. The person's code runs.",
  input: z.object({
    target,
    ...running,
    budget: z.number().min(1).max(120).optional().describe("for how long changes are tried, seconds (10)"),
  }),
  output: adviceSchema.extend(made),
  runsCode: true,
  async call(b, input, call, quote) {
    const m = await b.run(input.target, howOf(input, "profile", { advice: input.budget ?? 10 }), call);
    const data = adviceOf(m.report, quote);
    return {
      data: { ...madeData(m, quote), ...data },
      say: data.insights.length
        ? "Make the first change, profile again, and compare: gains of several changes do not add up. Then ask for advice again."
        : data.untried
          ? `There was no time to try ${data.untried} of the changes: ask again with a larger budget.`
          : "Nothing that was tried gained 5 %. explain_edge and the lines of profile say where the time goes.",
    };
  },
});
/** What a Report advises. @param quote what stands around longer texts of the person's */
export function adviceOf(r: Report, quote: Quote, most = MOST): z.infer<typeof adviceSchema> {
  const all = r.insights ?? [];
  return {
    function: cut(r.function.name),
    ...(r.timing ? { call: measured(r.timing.total) } : {}),
    insights: all.slice(0, most).map((i) => insightData(r, i, quote)),
    tried: (r.tried ?? []).slice(0, MOST_TRIED).map((i) => ({ rule: i.rule, at: placeOf(r, i) })),
    ...(r.untried ? { untried: r.untried } : {}),
    left: Math.max(0, all.length - most),
  };
}
function insightData(r: Report, i: Insight, quote: Quote): z.infer<typeof insight> {
  const { action, gain } = i;
  const edits = action?.kind === "edit" ? action.edits.map(({ file, ...rest }) => ({ file: r.files[file]?.path ?? "?", ...rest })) : [];
  const whole = edits.reduce((n, e) => n + e.text.length, 0) <= LONGEST_EDIT;
  return {
    rule: i.rule,
    at: placeOf(r, i),
    cause: cut(i.text),
    remedy: cut(i.remedy),
    of: i.of ?? "call",
    ...(i.predicted === undefined ? {} : { predicted: short(i.predicted) }),
    gain: gain && {
      before: measured(gain.before),
      after: measured(gain.after),
      runs: gain.runs,
      ratio: short(gain.after.median / gain.before.median),
    },
    ...(i.error === undefined ? {} : { error: i.error }),
    // Code that is put into a file stays as it is: it is part of the answer's data.
    ...(edits.length && whole
      ? { edits: edits.map(({ file, line, column, endLine, endColumn, text }) => ({ file, line, column, endLine, endColumn, text })) }
      : {}),
    ...(action?.kind === "pin" ? { pins: [...action.pins] } : {}),
    ...(action?.kind === "snippet" ? { snippet: quote(cut(action.snippet, LONGEST_EDIT)) } : {}),
  };
}
