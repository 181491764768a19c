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
export interface Exporter {
  readonly id: string;
  readonly label: string;
  readonly extension: string;
  readonly write: (r: Report, assets: Assets) => string | Uint8Array;
}
export const EXPORTERS: readonly Exporter[] = [
  { id: "jitprofile", label: "JitLens profile", extension: "jitprofile", write: writeReport },
  { id: "chrome", label: "Chrome Trace Event JSON (Perfetto)", extension: "trace.json", write: chromeTrace },
  { id: "speedscope", label: "speedscope", extension: "speedscope.json", write: speedscope },
  { id: "text", label: "Text", extension: "txt", write: textReport },
  { id: "html", label: "HTML report (one file, works offline)", extension: "html", write: htmlReport },
];
