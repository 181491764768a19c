// The chosen line under the list of lines: its time by part, the values it computes, the kernels it is computed in.
import type { LineCost } from "../engine/report/types.ts";
import { type ValueWords, statsText } from "../engine/report/drawing/valueStats.ts";
import { h } from "./dom.ts";
import { percent, time } from "./format.ts";
import { t } from "./l10n.ts";
import { type LineKernel, type LineValue, lineFacts } from "./lineFacts.ts";
import type { ViewContext } from "./view.ts";

const MOST = 30;
export const PARTS: Readonly<Record<string, () => string>> = {
  kernels: () => t("kernels"),
  copies: () => t("copies"),
  call: () => t("calling"),
  transfers: () => t("transfers"),
};
export const partsText = (l: LineCost | undefined): string =>
  Object.entries(l?.parts ?? {})
    .map(([part, ms]) => `${PARTS[part]?.() ?? part} ${time(ms)}`)
    .join(", ");
const head = (...names: string[]): HTMLElement => h("thead", {}, h("tr", {}, ...names.map((n) => h("th", { scope: "col" }, n))));

export function lineDetail(c: ViewContext, path: string, line: number, cost: LineCost | undefined): HTMLElement[] {
  const { values, kernels } = lineFacts(c.lookup, path, line);
  const choose = (label: string, kind: "node" | "kernel", id: string): HTMLElement =>
    h("button", { type: "button", class: "link", onclick: () => c.store.select({ kind, id }) }, label);
  const looked = values.some((v) => v.stats !== null);
  const valueRow = ({ node, backward, kernels: own, stats }: LineValue): HTMLElement =>
    h(
      "tr",
      {},
      h("td", {}, choose(node.op, "node", node.id)),
      h("td", { class: "mono" }, node.type),
      looked ? h("td", { class: stats?.nan ? "bad" : "" }, stats ? statsText(stats, valueWords()) : "") : null,
      h("td", {}, backward ? t("backward") : t("forward")),
      h("td", {}, ...own.slice(0, 2).map((k) => h("div", {}, choose(k.label, "kernel", k.id)))),
    );
  const kernelRow = ({ kernel, share, ms }: LineKernel): HTMLElement =>
    h(
      "tr",
      {},
      h("td", {}, choose(kernel.label, "kernel", kernel.id)),
      h("td", { class: "number" }, ms === null ? "–" : time(ms)),
      h("td", { class: "number" }, percent(share)),
      h("td", { class: "number" }, kernel.time ? time(kernel.time.median) : "–"),
    );
  const more = (n: number): HTMLElement[] => (n > MOST ? [h("p", { class: "note" }, t("… and {0} more", n - MOST))] : []);
  const sum = cost ? `${cost.estimated ? t("predicted") : time(cost.ms)}, ${percent(cost.share)}: ${partsText(cost)}` : t("no time of its own");
  return [
    h("h2", {}, `${path}:${line}`),
    h("p", {}, sum),
    ...firstsOf(c, path, line).map((text) => h("p", { class: "bad" }, text)),
    ...(kernels.length
      ? [
          h(
            "table",
            { "aria-label": t("Kernels of the line") },
            head(t("Kernel"), t("This line's time"), t("Part of the kernel"), t("Whole kernel")),
            h("tbody", {}, ...kernels.slice(0, MOST).map(kernelRow)),
          ),
          ...more(kernels.length),
        ]
      : []),
    ...(values.length
      ? [
          h(
            "table",
            { "aria-label": t("Values of the line") },
            head(t("Operation"), t("Type"), ...(looked ? [t("Values")] : []), t("Pass"), t("Kernel")),
            h("tbody", {}, ...values.slice(0, MOST).map(valueRow)),
          ),
          ...more(values.length),
        ]
      : []),
  ];
}
const valueWords = (): ValueWords => ({
  all: (value) => t("all {0}", value),
  range: (min, max, mean) => t("{0} to {1}, mean {2}", min, max, mean),
  nan: (count) => t("{0} NaN", count),
  inf: (count) => t("{0} infinite", count),
});
/** Why the first NaN or infinity comes from a line. */
export function firstsOf({ lookup, report }: ViewContext, path: string, line: number): string[] {
  return (report.values?.firsts ?? []).flatMap((f) => {
    const frame = lookup.frameOf(f.stack);
    return frame?.line === line && lookup.pathOf(frame.file) === path ? [f.text] : [];
  });
}
/** The same in a few words, for a tooltip. */
export function lineTip(c: ViewContext, path: string, line: number, cost: LineCost | undefined): string {
  const { values, kernels } = lineFacts(c.lookup, path, line);
  const types = values
    .filter((v) => !v.backward)
    .slice(0, 6)
    .map((v) => `${v.node.op}: ${v.node.type}${v.stats ? ` · ${statsText(v.stats, valueWords())}` : ""}`);
  const names = kernels.slice(0, 4).map((k) => `${k.kernel.label}${k.ms === null ? "" : `: ${time(k.ms)}`}`);
  return [partsText(cost), ...firstsOf(c, path, line), ...types, ...names].filter(Boolean).join("\n");
}
