// A client of the tools with no model in it: it does what the tools say, and nothing else. It takes the first advice that can be done without judgement (an edit or
// pins), does it, profiles again, compares, and takes the edit back where it was no gain or the results are others.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { changed } from "../../src/engine/report/insights/edits.ts";
import type { Caller } from "./client.ts";

const insight = z.object({
  rule: z.string(),
  at: z.string(),
  gain: z.object({ ratio: z.number() }).nullable(),
  edits: z
    .array(z.object({ file: z.string(), line: z.number(), column: z.number(), endLine: z.number(), endColumn: z.number(), text: z.string() }))
    .optional(),
  pins: z.array(z.string()).optional(),
});
const advice = z.object({ insights: z.array(insight), tried: z.array(z.object({ rule: z.string() })) });
const profiled = z.object({
  profile: z.string(),
  arguments: z.string(),
  call: z.object({ ms: z.number(), program: z.number() }),
  totals: z.record(z.string(), z.number()),
});
const time = z.object({ ratio: z.number(), verdict: z.string() }).optional();
const compared = z.object({
  call: time,
  program: time,
  samePrinted: z.boolean().optional(),
  results: z.object({ same: z.string(), relative: z.number().nullable().optional() }).optional(),
});
const checked = z.object({ ok: z.boolean(), functions: z.array(z.object({ ok: z.boolean(), failures: z.array(z.object({ text: z.string() })) })) });

export interface Step {
  readonly rule: string;
  readonly at: string;
  readonly how: "edit" | "pin";
  readonly verdict: string;
  readonly ratio: number;
  readonly samePrinted: boolean | undefined;
  readonly results: string | undefined;
  readonly kept: boolean;
}
export type Totals = Readonly<Record<string, number>>;
export interface Improved {
  /** Milliseconds of the program alone. */
  readonly before: number;
  readonly after: number;
  /** The exact figures of the program as it is now. */
  readonly totals: Totals;
  readonly steps: readonly Step[];
  /** What was pinned in the end. */
  readonly pins: readonly string[];
  /** Rules whose advice is still given for the program as it is now. */
  readonly left: readonly string[];
  /** What the check against the figures of the end says that grew. */
  readonly grown: readonly string[];
}
const MOST_STEPS = 4;
const ASKED_AGAIN = 3;

/**
 * @param root the server's workspace folder @param target FILE#FUNCTION in it
 * @param o `untimed`: what was measured to gain while it was tried is kept without a second measurement, as where a machine does other things besides
 */
export async function improve(
  server: Caller,
  root: string,
  target: string,
  o: { readonly budget: number; readonly seconds?: number; readonly untimed?: boolean },
): Promise<Improved> {
  const run = { target, seconds: o.seconds ?? 0 };
  const ask = async <T extends z.ZodType>(tool: string, input: object, answer: T): Promise<z.infer<T>> => {
    const { data, isError, text } = await server.call(tool, input);
    if (isError) throw new Error(`${tool}: ${text}`);
    return answer.parse(data);
  };
  const first = await ask("profile", run, profiled);
  let now = first;
  let pins: readonly string[] = [];
  const steps: Step[] = [];
  const mended = (a: z.infer<typeof advice>) =>
    a.insights.find((i) => i.gain && (i.edits?.length || i.pins?.length) && !steps.some((s) => s.rule === i.rule && s.at === i.at));
  const advised = async (): Promise<z.infer<typeof advice>> => {
    let answer = await ask("advise", { ...run, budget: o.budget }, advice);
    // A machine that does other things besides may hide a gain in one of three measurements.
    for (let more = o.untimed && !steps.length ? ASKED_AGAIN : 0; more > 0 && !mended(answer); more--)
      answer = await ask("advise", { ...run, budget: o.budget }, advice);
    return answer;
  };
  let found = await advised();
  while (steps.length < MOST_STEPS && !pins.length) {
    const next = mended(found);
    if (!next) break;
    const texts = new Map([...new Set(next.edits?.map((e) => e.file))].map((f) => [f, readFileSync(join(root, f), "utf8")]));
    for (const [file, text] of texts)
      writeFileSync(
        join(root, file),
        changed(
          text,
          next.edits!.filter((e) => e.file === file).map((e) => ({ ...e, file: 0 })),
        ),
      );
    const tried = next.edits?.length ? [] : next.pins!;
    const after = await ask("profile", { ...run, ...(tried.length ? { pins: tried } : {}) }, profiled);
    const c = await ask("compare", { before: now.profile, after: after.profile }, compared);
    // A call knows nothing of pins: of them the program alone tells.
    const gain = tried.length ? c.program : c.call;
    const kept = (o.untimed || gain?.verdict === "faster") && isSame(c.results?.relative);
    steps.push({
      rule: next.rule,
      at: next.at,
      how: tried.length ? "pin" : "edit",
      verdict: gain?.verdict ?? "unknown",
      ratio: gain?.ratio ?? NaN,
      samePrinted: c.samePrinted,
      results: c.results?.same,
      kept,
    });
    if (kept) {
      now = after;
      pins = tried;
    } else for (const [file, text] of texts) writeFileSync(join(root, file), text);
    // Edges have other numbers after an edit, and advice is of the program without pins.
    if (kept && !tried.length) found = await advised();
  }
  const entry = { figures: now.totals, arguments: [now.arguments], ...(pins.length ? { run: { pin: pins } } : {}) };
  writeFileSync(join(root, "kept.json"), JSON.stringify({ format: "jitbaseline", version: 1, functions: { [target]: entry } }));
  // A summary cuts long lists of arguments, and a baseline needs them whole.
  const isWhole = !now.arguments.endsWith("…");
  const { functions } = !isWhole ? { functions: [] } : await ask("check", { baseline: "kept.json", seconds: run.seconds }, checked);
  const left = pins.length ? [] : found.insights.filter((i) => !steps.some((s) => s.rule === i.rule && !s.kept)).map((i) => i.rule);
  return {
    before: first.call.program,
    after: now.call.program,
    totals: now.totals,
    steps,
    pins,
    left,
    grown: functions.flatMap((f) => f.failures.map((x) => x.text)),
  };
}
/** The exact figures of a program. */
export const totalsOf = async (server: Caller, target: string): Promise<Totals> =>
  z.object({ totals: profiled.shape.totals }).parse((await server.call("profile", { target, seconds: 0 })).data).totals;
/** Wider and narrower types differ by more than rounding. */
const isSame = (relative: number | null | undefined): boolean => relative !== null && relative !== undefined && relative <= 1e-2;
/** Milliseconds of two programs alone, profiled in turns: the least of each. */
export async function besides(
  server: Caller,
  own: { readonly target: string; readonly pins?: readonly string[] },
  twin: string,
  rounds = 3,
): Promise<{ readonly own: number; readonly twin: number }> {
  const least = { own: Infinity, twin: Infinity };
  const time = async (input: object): Promise<number> => profiled.parse((await server.call("profile", { seconds: 0, ...input })).data).call.program;
  for (let n = 0; n < rounds; n++) {
    least.own = Math.min(least.own, await time({ target: own.target, ...(own.pins?.length ? { pins: own.pins } : {}) }));
    least.twin = Math.min(least.twin, await time({ target: twin }));
  }
  return least;
}
