// The single-file HTML report: the same page that runs in the webviews, with the Report inside. Works offline.
import type { ReportDiff } from "../diff/types.ts";
import type { Report } from "../types.ts";
import type { Assets } from "./exporters.ts";

/** JSON that may stand inside a script element: no "<" can end it, no line separator can break it. */
export const scriptJson = (v: unknown): string =>
  JSON.stringify(v)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
const escape = (s: string): string => s.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
/** @param diff a comparison with an older Report: the page then opens with it */
export function htmlReport(r: Report, { page, layoutWorker }: Assets, diff?: ReportDiff): string {
  const safe = (js: string): string => js.replace(/<\/script/gi, "<\\/script").replace(/\/\/# sourceMappingURL=.*\s*$/, "");
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; worker-src blob:; img-src data:">
<title>${escape(r.function.name)} — JitLens</title></head>
<body data-mode="full" class="jitlens standalone"><div id="app"></div>
<script type="application/json" id="report">${scriptJson(r)}</script>
${diff ? `<script type="application/json" id="diff">${scriptJson(diff)}</script>\n` : ""}<script type="application/json" id="worker">${scriptJson(layoutWorker)}</script>
<script>${safe(page)}</script></body></html>
`;
}
