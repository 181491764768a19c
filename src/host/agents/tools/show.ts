// One part of a profile as text: a kernel's code, the jaxpr, what a pass changed. Long texts come in pieces.
import * as z from "zod";
import { overviewText } from "../../../engine/report/exporters/overview.ts";
import { codeText, graphText, tracedText } from "../../../engine/report/exporters/programText.ts";
import { textReport } from "../../../engine/report/exporters/text.ts";
import type { Kernel, Pass, Report } from "../../../engine/report/types.ts";
import { usage } from "../../cli/failure.ts";
import { nearest } from "../../cli/nearest.ts";
import { defineTool, profileId } from "./tool.ts";

const PIECE = 4000;
const LONGEST = 16_000;
const passes = (r: Report): readonly Pass[] => r.programs.flatMap((p) => p.passes ?? []);
const kernels = (r: Report): readonly Kernel[] => r.programs.flatMap((p) => p.kernels ?? []);
const SECTIONS: Readonly<Record<string, (r: Report, id: string | undefined) => string>> = {
  overview: (r) => overviewText(r),
  everything: (r) => textReport(r),
  kernels: (r) => kernels(r).map(kernelLine).join("\n"),
  kernel: (r, id) =>
    kernelText(
      r,
      found("kernel", id, kernels(r), (k) => k.id),
    ),
  jaxpr: (r) => tracedText(r),
  graph: (r) => graphText(r),
  code: (r) => codeText(r),
  passes: (r) => passes(r).map(passLine).join("\n"),
  pass: (r, id) => {
    const p = found("pass", id, passes(r), (x) => x.name);
    return [passLine(p), ...p.changed, "before:", p.text?.before ?? "(its text is not kept)", "after:", p.text?.after ?? ""].join("\n");
  },
};
export const show = defineTool({
  name: "show",
  title: "Show a part of a profile",
  description:
    "One part of a profile as text: overview, everything, kernels, kernel (with its id: loops and generated code), jaxpr, graph, code, passes, pass (with its name: the program before and after). Nothing is run.",
  input: z.object({
    profile: profileId.optional().describe("without it the newest"),
    section: z.enum(Object.keys(SECTIONS) as [string, ...string[]]),
    id: z.string().max(200).optional().describe("of a kernel or pass"),
    offset: z.number().int().min(0).optional().describe("where to go on, in characters"),
    length: z.number().int().min(100).max(LONGEST).optional().describe(`characters of this piece (${PIECE})`),
  }),
  output: z.object({
    profile: z.string(),
    section: z.string(),
    text: z.string().describe("quoted"),
    total: z.number().describe("characters of the whole text"),
    next: z.number().optional().describe("the offset of the next piece"),
  }),
  runsCode: false,
  async call(b, { profile, section, id, offset = 0, length = PIECE }, _call, quote) {
    const kept = await b.profiles.get(profile);
    const text = SECTIONS[section]!(kept.report, id);
    const end = Math.min(text.length, offset + length);
    const more = end < text.length;
    return {
      data: { profile: kept.id, section, text: quote(text.slice(offset, end)), total: text.length, ...(more ? { next: end } : {}) },
      say: more ? "The text goes on: call again with offset = next." : "This is the end of the text.",
    };
  },
});
function found<T>(what: string, id: string | undefined, list: readonly T[], idOf: (x: T) => string): T {
  const one = list.find((x) => idOf(x) === id);
  if (one) return one;
  const ids = list.map(idOf);
  const close = id === undefined ? null : nearest(id, ids);
  throw usage(
    id === undefined ? `which ${what}? its id is missing` : `there is no ${what} "${id}"`,
    `${close === null ? "" : `Did you mean ${close}? `}There are ${ids.slice(0, 30).join(", ") || "none"}.`,
  );
}
const ms = (n: number | undefined): string => (n === undefined ? "?" : `${Number(n.toPrecision(3))} ms`);
const kernelLine = (k: Kernel): string =>
  `${k.id}  ${ms(k.time?.median ?? k.predicted)}  ${k.kind}  ×${k.calls}  ${k.bytesRead + k.bytesWritten} B  ${k.flops} flop  ${k.label}`;
const passLine = (p: Pass): string => `${p.name}  ${p.before} → ${p.after} operations${p.region === undefined ? "" : `  in ${p.region}`}`;
function kernelText(r: Report, k: Kernel): string {
  const lines = k.lines.map((l) => `${r.files[l.file]?.path}:${l.line} ${(100 * l.share).toFixed(0)} %`).join(", ");
  const loops = (k.loops ?? []).map((l) => `${l.axis}=${l.extent} ${l.kind}`).join(", ");
  const code = (k.code ?? []).map((c) => `-- ${c.language}\n${c.text}`);
  const route = k.route ? [`computed by ${k.route.code === "native" ? "native code" : "WebAssembly"}${k.route.because === undefined ? "" : `: ${k.route.because}`}`] : [];
  return [kernelLine(k), `predicted ${ms(k.predicted)}`, ...route, `lines: ${lines}`, `loops: ${loops}`, ...code].join("\n");
}
