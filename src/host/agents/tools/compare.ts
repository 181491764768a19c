// Two profiles beside each other: whether an edit made the function faster, and whether the program still says the same.
import * as z from "zod";
import { diffReports } from "../../../engine/report/diff/diff.ts";
import { diffResults } from "../../../engine/report/diff/results.ts";
import type { KernelDiff, ReportDiff, TimeChange } from "../../../engine/report/diff/types.ts";
import { cut, defineTool, measured, measurement, profileId, short } from "./tool.ts";

const MOST = 10;
const time = z.object({
  before: measurement,
  after: measurement,
  ratio: z.number().describe("after / before"),
  verdict: z.string(),
  p: z.number().nullable(),
});
const count = z.object({ before: z.number(), after: z.number() });
const timeOf = (t: TimeChange): z.infer<typeof time> => ({
  before: measured(t.before),
  after: measured(t.after),
  ratio: short(t.ratio),
  verdict: t.significance.verdict,
  p: t.significance.p,
});
export const compare = defineTool({
  name: "compare",
  title: "Compare two profiles",
  description:
    "What an edit did: time of a steady call with its significance (faster, slower, same, unknown), kernels that are new, gone or changed, fusion decisions that changed, exact figures, and whether both gave the same results and printed the same. Nothing is run.",
  input: z.object({ before: profileId, after: profileId.optional().describe("without it the newest") }),
  output: z.object({
    before: z.string(),
    after: z.string(),
    call: time.optional().describe("a steady call"),
    program: time.optional().describe("the compiled program alone"),
    totals: z.record(z.string(), count),
    kernels: z.array(z.object({ status: z.string(), label: z.string(), before: z.number().optional(), after: z.number().optional() })),
    decisions: z.array(z.object({ at: z.string().optional(), text: z.string(), rule: z.string() })),
    notes: z.array(z.string()).describe("what makes the two hard to compare"),
    results: z
      .object({
        same: z.enum(["bits", "close", "different", "other types"]),
        relative: z.number().nullable().optional().describe("the largest difference, as a part of the largest element; null where one is not finite"),
        elements: z.number().optional().describe("elements of each side that were compared, evenly spread"),
      })
      .optional()
      .describe("what both measured calls gave; absent where a side was not measured: then only what was printed tells"),
    samePrinted: z.boolean().optional().describe("whether both runs printed the same; absent where one of them is a saved profile"),
    left: z.record(z.string(), z.number()),
  }),
  runsCode: false,
  async call(b, { before, after }) {
    const x = await b.profiles.get(before);
    const y = await b.profiles.get(after);
    const d = diffReports(x.report, y.report);
    const kernels = d.programs.flatMap((p) => p.kernels).filter(isChange);
    const decisions = d.programs.flatMap((p) => p.decisions).filter((c) => c.change !== "rule");
    const printed = x.printed === undefined || y.printed === undefined ? {} : { samePrinted: x.printed === y.printed };
    const results = resultsOf(diffResults(x.report, y.report));
    return {
      data: {
        before: x.id,
        after: y.id,
        ...(d.call ? { call: timeOf(d.call) } : {}),
        ...(d.program ? { program: timeOf(d.program) } : {}),
        totals: Object.fromEntries(Object.entries(d.totals).map(([k, c]) => [k, { before: c.before, after: c.after }])),
        kernels: kernels.slice(0, MOST).map(kernelRow),
        decisions: decisions.slice(0, MOST).map((c) => ({
          ...(c.file === undefined ? {} : { at: `${c.file}:${c.line}` }),
          text: cut(c.text),
          rule: c.rule,
        })),
        notes: d.notes.map((n) => cut(n)),
        ...(results ? { results } : {}),
        ...printed,
        left: { kernels: Math.max(0, kernels.length - MOST), decisions: Math.max(0, decisions.length - MOST) },
      },
      say: sentence(d, results, printed.samePrinted),
    };
  },
});
const isChange = (k: KernelDiff): boolean => k.status !== "same" || (k.time !== undefined && /faster|slower/.test(k.time.significance.verdict));
const kernelRow = (k: KernelDiff) => ({
  status: k.status === "same" ? k.time!.significance.verdict : k.status,
  label: cut(k.after?.label ?? k.before?.label ?? ""),
  ...(k.before?.time ? { before: short(k.before.time.median) } : {}),
  ...(k.after?.time ? { after: short(k.after.time.median) } : {}),
});
/** What differs by more than so much of the largest element is not rounding in another order. */
const CLOSE = 1e-3;
type Results = { readonly same: "bits" | "close" | "different" | "other types"; readonly relative?: number | null; readonly elements?: number };
function resultsOf(d: ReturnType<typeof diffResults>): Results | undefined {
  if (d === undefined) return undefined;
  if (d === "types") return { same: "other types" };
  const same = d.bits ? "bits" : d.relative !== null && d.relative <= CLOSE ? "close" : "different";
  return { same, relative: d.relative === null ? null : short(d.relative), elements: d.elements };
}
const RESULTS: Readonly<Record<Results["same"], (r: Results) => string>> = {
  bits: () => "All results have the same bits.",
  close: (r) => `The results differ by ${r.relative} of the largest element at most (${r.elements} elements compared), as rounding may.`,
  different: (r) =>
    r.relative === null
      ? "One side has a NaN or infinity where the other has a number: the results are different."
      : `The results differ by ${r.relative} of the largest element (${r.elements} elements compared): that is more than rounding, unless the inputs differ or a type became another.`,
  "other types": () => "The results are of other types or another number: they cannot be compared.",
};
function sentence(d: ReportDiff, results: Results | undefined, samePrinted: boolean | undefined): string {
  const call = d.call
    ? `A steady call went from ${short(d.call.before.median)} ms to ${short(d.call.after.median)} ms: ${d.call.significance.verdict}.`
    : "A side was not measured: only exact figures are compared.";
  const values = results ? RESULTS[results.same](results) : "The results themselves were not compared: look whether they are still the same.";
  const printed = samePrinted === false ? " The two runs printed different text." : "";
  return `${call} ${values}${printed} Two processes of one program were seen to differ by 9 %.`;
}
