// What a Report can be written as. A table, one entry and one file a format.
import { writeReport } from "../write.ts";
import type { Report } from "../types.ts";
import { chromeTrace } from "./chrome.ts";
import { collapsedStacks } from "./collapsed.ts";
import { noCosts } from "./costStacks.ts";
import { cpuProfile } from "./cpuprofile.ts";
import { insightsCsv, kernelsCsv, ledgerCsv, linesCsv, noInsights, noKernels, noLedger, noLines } from "./csv.ts";
import { htmlReport } from "./html.ts";
import { pprof } from "./pprof.ts";
import { codeText, graphText, noCode, noGraph, noTexts, tracedText } from "./programText.ts";
import { speedscope } from "./speedscope.ts";
import { svgGraph } from "./svg.ts";
import { textReport } from "./text.ts";

/** The built page that runs in the webviews: the HTML report holds it. */
export interface Assets {
  readonly page: string;
  readonly layoutWorker: string;
}
/** How formats are grouped where people choose one. */
export const GROUPS = { profile: "Profiles", trace: "Traces and flame graphs", table: "Tables", text: "Texts", page: "Pages" } as const;
export interface Exporter {
  readonly id: ExporterId;
  readonly group: keyof typeof GROUPS;
  readonly label: string;
  readonly extension: string;
  /** Why this Report has nothing to write, or null. */
  readonly lacks?: (r: Report) => string | null;
  readonly write: (r: Report, assets: Assets) => string | Uint8Array | Promise<Uint8Array>;
}
export type ExporterId =
  | "jitprofile"
  | "chrome"
  | "speedscope"
  | "cpuprofile"
  | "pprof"
  | "collapsed"
  | "kernels.csv"
  | "lines.csv"
  | "ledger.csv"
  | "insights.csv"
  | "text"
  | "jaxpr"
  | "graph"
  | "code"
  | "svg"
  | "html";
const noSpans = (r: Report): string | null => (r.spans?.length ? null : "this profile has no timeline");
export const EXPORTERS: readonly Exporter[] = [
  { id: "jitprofile", group: "profile", label: "JitLens profile", extension: "jitprofile", write: writeReport },
  {
    id: "chrome",
    group: "trace",
    label: "Chrome trace: timeline of compiling and runs (Perfetto)",
    extension: "trace.json",
    lacks: noSpans,
    write: chromeTrace,
  },
  {
    id: "speedscope",
    group: "trace",
    label: "speedscope: timeline of compiling and runs",
    extension: "speedscope.json",
    lacks: noSpans,
    write: speedscope,
  },
  {
    id: "cpuprofile",
    group: "trace",
    label: "V8 CPU profile: a steady call by stacks (VS Code, Chrome)",
    extension: "cpuprofile",
    lacks: noCosts,
    write: cpuProfile,
  },
  {
    id: "pprof",
    group: "trace",
    label: "pprof: a steady call by stacks, with bytes and operations",
    extension: "pb.gz",
    lacks: noCosts,
    write: pprof,
  },
  {
    id: "collapsed",
    group: "trace",
    label: "Collapsed stacks: a steady call (flame graphs)",
    extension: "folded",
    lacks: noCosts,
    write: collapsedStacks,
  },
  { id: "kernels.csv", group: "table", label: "Kernels as CSV", extension: "kernels.csv", lacks: noKernels, write: kernelsCsv },
  { id: "lines.csv", group: "table", label: "Source lines as CSV", extension: "lines.csv", lacks: noLines, write: linesCsv },
  { id: "ledger.csv", group: "table", label: "Fusion ledger as CSV", extension: "ledger.csv", lacks: noLedger, write: ledgerCsv },
  {
    id: "insights.csv",
    group: "table",
    label: "Insights as CSV",
    extension: "insights.csv",
    lacks: noInsights,
    write: insightsCsv,
  },
  { id: "text", group: "text", label: "Everything: kernels, lines, fusion decisions, jaxpr", extension: "txt", write: textReport },
  { id: "jaxpr", group: "text", label: "Jaxpr", extension: "jaxpr", lacks: noTexts, write: tracedText },
  { id: "graph", group: "text", label: "Graphs of every level", extension: "graph.txt", lacks: noGraph, write: graphText },
  { id: "code", group: "text", label: "Code of every kernel", extension: "kernels.txt", lacks: noCode, write: codeText },
  { id: "svg", group: "page", label: "Graph as a picture (SVG)", extension: "svg", lacks: noGraph, write: svgGraph },
  { id: "html", group: "page", label: "HTML report (one file, works offline)", extension: "html", write: htmlReport },
];
