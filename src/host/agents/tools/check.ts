// Functions against a baseline that was committed: whether they became dearer.
import { dirname } from "node:path";
import * as z from "zod";
import { figuresSchema } from "../../../engine/report/summarySchema.ts";
import { readBaselines } from "../../cli/baselines.ts";
import { limitsOf } from "../../cli/limits.ts";
import { type Outcome, compared, findingOf, keyNamed, targetsOf } from "../../cli/outcomes.ts";
import type { Quote } from "../quote.ts";
import { cut, defineTool, howOf, running, target } from "./tool.ts";

const row = z.object({
  target: z.string(),
  ok: z.boolean(),
  gone: z.boolean().optional().describe("it is in the baseline, and its file or the function in it is not there any more"),
  error: z.string().optional().describe("its code failed; quoted"),
  profile: z.string().optional(),
  failures: z.array(z.object({ figure: z.string(), before: z.number(), after: z.number(), text: z.string() })),
  figures: figuresSchema.optional(),
});
type Row = z.infer<typeof row>;
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
    functions: z.array(row),
  }),
  runsCode: true,
  async call(b, { baseline, targets, allow, ...input }, call, quote) {
    const limits = limitsOf(allow ?? [], undefined);
    const file = b.workspace.file(baseline);
    const home = dirname(file);
    const known = readBaselines(file);
    const how = howOf(input);
    const folder = b.workspace.rootOf(file);
    const wanted = targets ? targets.map((t) => ({ target: t, run: {} })) : targetsOf(known, home, folder, {});
    const functions: Row[] = [];
    for (const w of wanted) {
      const key = keyNamed(home, folder, w.target);
      // One that cannot be looked at hides none of the others.
      const m = await b.run(w.target, { ...how, ...w.run }, call).catch((e: unknown) => findingOf(e, w.target, key in known.functions));
      functions.push("ok" in m ? rowOf(m, quote) : { ...rowOf(compared(known, home, w.target, m, limits), quote), profile: m.kept.id });
    }
    const ok = functions.every((f) => f.ok);
    return {
      data: { ok, functions },
      say: ok ? "Nothing grew." : `${said(functions)} If that is meant, the person updates the baseline: jitlens check --baseline FILE --update.`,
    };
  },
});
const rowOf = (x: Outcome, quote: Quote): Row => ({
  target: x.target,
  ok: x.ok,
  ...(x.gone ? { gone: true } : {}),
  ...(x.error === undefined ? {} : { error: quote(cut(x.error, 1000)) }),
  failures: x.failures.map((f) => ({ figure: f.figure, before: f.before, after: f.after, text: cut(f.text) })),
  ...(x.figures ? { figures: x.figures } : {}),
});
const said = (rows: readonly Row[]): string =>
  [
    rows.some((x) => !x.ok && !x.gone && x.error === undefined) ? "Some figures grew." : "",
    rows.some((x) => x.gone) ? "Functions of the baseline are gone." : "",
    rows.some((x) => x.error !== undefined) ? "Some functions could not be run." : "",
  ]
    .filter(Boolean)
    .join(" ");
