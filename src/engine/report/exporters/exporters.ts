// What a Report can be written as. A table, one entry and one file a format.
import { writeReport } from "../write.ts";
import type { Report } from "../types.ts";
import { chromeTrace } from "./chrome.ts";
import { htmlReport } from "./html.ts";
import { speedscope } from "./speedscope.ts";
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
export type ExporterId = "jitprofile" | "chrome" | "speedscope" | "text" | "html";
const noSpans = (r: Report): string | null => (r.spans?.length ? null : "this profile has no timeline");
export const EXPORTERS: readonly Exporter[] = [
  { id: "jitprofile", group: "profile", label: "JitLens profile", extension: "jitprofile", write: writeReport },
  { id: "chrome", group: "trace", label: "Chrome Trace Event JSON (Perfetto)", extension: "trace.json", lacks: noSpans, write: chromeTrace },
  { id: "speedscope", group: "trace", label: "speedscope", extension: "speedscope.json", lacks: noSpans, write: speedscope },
  { id: "text", group: "text", label: "Everything as text: kernels, lines, fusion decisions, jaxpr", extension: "txt", write: textReport },
  { id: "html", group: "page", label: "HTML report (one file, works offline)", extension: "html", write: htmlReport },
];
