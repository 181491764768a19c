// Functions against a baseline that was committed: whether they became dearer.
import { dirname } from "node:path";
import * as z from "zod";
import { figuresSchema } from "../../../engine/report/summarySchema.ts";
import { readBaselines } from "../../cli/baselines.ts";
import { limitsOf } from "../../cli/limits.ts";
import { compared, targetsOf } from "../../cli/outcomes.ts";
import { defineTool, howOf, running, target } from "./tool.ts";

export const check = defineTool({
  name: "check",
  title: "Check against a baseline",
  description:
    "Runs functions of a baseline (a file that `jitlens check --update` wrote) and says which exact figures grew: kernels, kernel calls, bytes, operations, peak memory, compilations. The person's code runs; nothing is written.",
  input: z.object({
    baseline: z.string().max(4096).describe("the baseline, by its path from the workspace folder"),
    targets: z.array(target).max(50).optional().describe("without it, all functions of the baseline"),
    allow: z.array(z.string().max(100)).max(20).optional().describe('how much figures may grow: ["bytes=5%", "kernels=1"]'),
    seconds: running.seconds,
    limit: running.limit,
  }),
  output: z.object({
    ok: z.boolean(),
    functions: z.array(
      z.object({
        target: z.string(),
        ok: z.boolean(),
        profile: z.string(),
        failures: z.array(z.object({ figure: z.string(), before: z.number(), after: z.number(), text: z.string() })),
        figures: figuresSchema,
      }),
    ),
  }),
  runsCode: true,
  async call(b, { baseline, targets, allow, ...input }, call) {
    const limits = limitsOf(allow ?? [], undefined);
    const file = b.workspace.file(baseline);
    const home = dirname(file);
    const known = readBaselines(file);
    const how = howOf(input);
    const folder = b.workspace.rootOf(file);
    const wanted = targets ? targets.map((t) => ({ target: t, run: {} })) : targetsOf(known, home, folder, {});
    const functions = [];
    for (const w of wanted) {
      const m = await b.run(w.target, { ...how, ...w.run }, call);
      const { ok, failures, figures } = compared(known, home, w.target, m, limits);
      const rows = failures.map((f) => ({ figure: f.figure, before: f.before, after: f.after, text: f.text }));
      functions.push({ target: w.target, ok, profile: m.kept.id, failures: rows, figures });
    }
    const ok = functions.every((f) => f.ok);
    return {
      data: { ok, functions },
      say: ok ? "Nothing grew." : "Some figures grew. If that is meant, the person updates the baseline: jitlens check --baseline FILE --update.",
    };
  },
});
