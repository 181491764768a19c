// The picture as SVG or PNG: saved or copied. In the editor the extension asks for the place and writes; in a browser the page hands it out itself.
import { NO_EMPHASIS, paint } from "../../engine/report/drawing/paint.ts";
import { svgOf } from "../../engine/report/drawing/svg.ts";
import { inEditor, send } from "../bridge.ts";
import { time } from "../format.ts";
import { t } from "../l10n.ts";
import { CATEGORY_ORDER, categoryName } from "../theme.ts";
import { CanvasSurface } from "./canvasSurface.ts";
import { coloursOf } from "./colours.ts";
import type { GraphModel } from "./model.ts";

export function svgText(m: GraphModel, element: HTMLElement): string {
  const p = m.picture!;
  const colours = coloursOf(element);
  const present = new Set(p.boxes.map((b) => b.item.category));
  const { timing } = m.report;
  const subtitle = [
    ...(timing ? [t("{0} median", time(timing.total.median))] : []),
    ...(m.program.kernels?.length ? [m.words.kernels(m.program.kernels.length)] : []),
    m.words.operations(m.level.regions.reduce((s, r) => s + r.nodes.length, 0)),
  ].join(", ");
  return svgOf(p, colours, {
    title: m.report.function.name,
    subtitle,
    description: t("Graph of {0}: {1}", m.report.function.name, subtitle),
    categories: CATEGORY_ORDER.filter((c) => c !== "other" && present.has(c)).map((c) => [c, categoryName(c)] as const),
    lines: m.program.kernels?.length ? { fused: t("fused"), stored: t("stored, and read again") } : null,
    verdict: (e) => m.verdicts.of(p.edges[e]!.leaves),
    emphasis: NO_EMPHASIS,
  });
}
/** The largest side of a canvas that every browser draws. */
const MOST_PIXELS = 16_000;
const MARGIN = 16;
export function pngUrl(m: GraphModel, element: HTMLElement): string {
  const p = m.picture!;
  const [width, height] = p.layout.total;
  const scale = Math.min(2, MOST_PIXELS / (Math.max(width, height) + 2 * MARGIN));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((width + 2 * MARGIN) * scale);
  canvas.height = Math.ceil((height + 2 * MARGIN) * scale);
  const c = canvas.getContext("2d")!;
  const colours = coloursOf(element);
  c.fillStyle = colours.page;
  c.fillRect(0, 0, canvas.width, canvas.height);
  c.setTransform(scale, 0, 0, scale, MARGIN * scale, MARGIN * scale);
  paint(new CanvasSurface(c), p, colours, { scale: Math.max(1, scale), verdict: (e) => m.verdicts.of(p.edges[e]!.leaves), emphasis: NO_EMPHASIS });
  return canvas.toDataURL("image/png");
}
export type Format = "svg" | "png";
export function save(m: GraphModel, element: HTMLElement, format: Format): void {
  const data = format === "svg" ? svgText(m, element) : pngUrl(m, element).split(",")[1]!;
  if (inEditor) {
    send({ type: "picture", format, to: "file", data });
    return;
  }
  const bytes = format === "svg" ? data : Uint8Array.from(atob(data), (ch) => ch.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: format === "svg" ? "image/svg+xml" : "image/png" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${m.report.function.name.replace(/[^\p{L}\p{N}_.-]/gu, "_")}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
/** Copies; gives what to say about it. */
export async function copy(m: GraphModel, element: HTMLElement, format: Format): Promise<string> {
  if (format === "svg" && inEditor) {
    send({ type: "picture", format, to: "clipboard", data: svgText(m, element) });
    return t("Copied");
  }
  try {
    if (format === "svg") await navigator.clipboard.writeText(svgText(m, element));
    else {
      const bytes = Uint8Array.from(atob(pngUrl(m, element).split(",")[1]!), (ch) => ch.charCodeAt(0));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
    }
    return t("Copied");
  } catch {
    return t("The picture could not be copied here: save it instead");
  }
}
