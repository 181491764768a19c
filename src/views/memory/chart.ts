// Memory over the steps of a call: what is held by kind, and below it the largest passing values with who writes and reads them.
import type { Lifetime } from "../../engine/report/types.ts";
import { h } from "../dom.ts";
import { bytes } from "../format.ts";
import { t } from "../l10n.ts";
import { fitted } from "../timeline/draw.ts";
import { tooltip } from "../timeline/tooltip.ts";
import { KINDS, type Kind, heldByKind, passing, stepsOf } from "./model.ts";

export const KIND_COLOURS: Readonly<Record<Kind, string>> = {
  constant: "--k-other",
  argument: "--k-input",
  result: "--k-elementwise",
  residual: "--k-library",
  carry: "--k-control",
  temporary: "--k-movement",
  code: "--k-other",
};
const AREA = 150;
const AXIS = 20;
const ROW = 18;
const MOST_ROWS = 40;
const LABEL_ROOM = 44;
export interface MemoryChart {
  readonly element: HTMLElement;
  mark(l: Lifetime | null): void;
  repaint(): void;
  dispose(): void;
}
export interface MemoryChartOptions {
  readonly lifetimes: readonly Lifetime[];
  readonly peakAt: number | undefined;
  readonly describe: (l: Lifetime) => readonly string[];
  /** What runs at a step. */
  readonly stepName: (step: number) => string;
  readonly choose: (l: Lifetime) => void;
  readonly open: (l: Lifetime) => void;
  readonly chooseStep: (step: number) => void;
  readonly onTheme: (listener: () => void) => () => void;
}
export function memoryChart(o: MemoryChartOptions): MemoryChart {
  const steps = Math.max(1, stepsOf(o.lifetimes));
  const held = heldByKind(o.lifetimes);
  const rows = passing(o.lifetimes).slice(0, MOST_ROWS);
  const total = new Float64Array(steps);
  for (const list of held.values()) for (let i = 0; i < steps; i++) total[i]! += list[i]!;
  const most = total.reduce((a, b) => Math.max(a, b), 1);
  const canvas = h("canvas", {
    tabindex: 0,
    role: "application",
    "aria-label": t("Memory over {0} steps, at most {1}. Up and down walk through the largest values, Enter goes to the line.", steps, bytes(most)),
  });
  const tip = tooltip();
  const holder = h("div", { class: "timeline" }, canvas, tip.element);
  const element = h("div", {}, holder, tip.live);
  let chosen: Lifetime | null = null;
  let frame = 0;
  const left = (): number => (holder.clientWidth < 520 ? 64 : 84);
  const x = (step: number): number => left() + (step / steps) * (holder.clientWidth - left() - 8);
  const stepAt = (px: number): number => Math.max(0, Math.min(steps - 1, Math.floor(((px - left()) / (holder.clientWidth - left() - 8)) * steps)));
  const rowsTop = AREA + AXIS + 6;

  function paint(): void {
    const width = holder.clientWidth;
    if (!width) return;
    const height = rowsTop + rows.length * ROW + 6;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d")!;
    const style = getComputedStyle(canvas);
    const colour = (v: string): string => style.getPropertyValue(v).trim() || "#888";
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    paintArea(context, colour);
    paintAxis(context, colour, width);
    rows.forEach((l, i) => paintRow(context, colour, l, rowsTop + i * ROW));
  }
  function paintArea(context: CanvasRenderingContext2D, colour: (v: string) => string): void {
    const below = new Float64Array(steps);
    const y = (v: number): number => AREA - (v / most) * (AREA - 12);
    // A column is at least a pixel wide: of more steps than pixels the fullest in each is drawn.
    const every = Math.max(1, Math.floor(steps / Math.max(1, holder.clientWidth - left() - 8)));
    for (const kind of KINDS) {
      const list = held.get(kind);
      if (!list) continue;
      context.fillStyle = colour(KIND_COLOURS[kind]);
      context.globalAlpha = 0.8;
      for (let i = 0; i < steps; i += every) {
        let at = i;
        for (let j = i; j < Math.min(steps, i + every); j++) if (total[j]! > total[at]!) at = j;
        const from = y(below[at]!);
        const to = y(below[at]! + list[at]!);
        context.fillRect(x(i), to, Math.max(1, x(i + every) - x(i)) + 0.5, from - to);
      }
      context.globalAlpha = 1;
      for (let i = 0; i < steps; i++) below[i]! += list[i]!;
    }
    context.fillStyle = colour("--muted");
    context.textAlign = "right";
    for (const part of [0, 0.5, 1]) {
      const py = y(part * most);
      context.fillText(bytes(Math.round(part * most)), left() - 6, py);
      context.globalAlpha = 0.5;
      context.fillStyle = colour("--line");
      context.fillRect(left(), py, holder.clientWidth - left() - 8, 1);
      context.globalAlpha = 1;
      context.fillStyle = colour("--muted");
    }
    context.textAlign = "left";
    if (o.peakAt === undefined) return;
    const px = x(o.peakAt + 0.5);
    context.strokeStyle = colour("--text");
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(px, 4);
    context.lineTo(px, AREA);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = colour("--text");
    const isRight = px > holder.clientWidth - 60;
    context.textAlign = isRight ? "right" : "left";
    context.fillText(t("peak"), px + (isRight ? -4 : 4), 7);
    context.textAlign = "left";
  }
  function paintAxis(context: CanvasRenderingContext2D, colour: (v: string) => string, width: number): void {
    context.fillStyle = colour("--muted");
    fitted(context, t("step"), 8, AREA + AXIS / 2, left() - 12);
    context.textAlign = "center";
    const apart = Math.max(1, Math.ceil((steps * 48) / Math.max(1, width - left())));
    for (let i = 0; i < steps; i += apart) context.fillText(String(i + 1), x(i + 0.5), AREA + AXIS / 2);
    context.textAlign = "left";
  }
  function paintRow(context: CanvasRenderingContext2D, colour: (v: string) => string, l: Lifetime, y: number): void {
    const from = x(l.from);
    const width = Math.max(3, x(l.to + 1) - from - 1);
    context.fillStyle = colour("--text");
    context.textAlign = "right";
    context.fillText(bytes(l.bytes), left() - 6, y + ROW / 2 - 1);
    context.textAlign = "left";
    context.fillStyle = colour(KIND_COLOURS[l.what]);
    context.fillRect(from, y, width, ROW - 4);
    // Written at the full left edge; each reader is a notch.
    context.fillStyle = colour("--page");
    for (const r of l.readers ?? []) context.fillRect(x(r + 0.5) - 0.5, y + ROW - 8, 1.5, 4);
    if (l === chosen) {
      context.strokeStyle = colour("--text");
      context.lineWidth = 2;
      context.strokeRect(from + 1, y + 1, Math.max(2, width - 2), ROW - 6);
    }
    if (width > LABEL_ROOM) fitted(context, l.text, from + 4, y + ROW / 2 - 2, width - 8);
    else if (x(steps) - from - width > LABEL_ROOM) {
      context.fillStyle = colour("--text");
      fitted(context, l.text, from + width + 4, y + ROW / 2 - 2, x(steps) - from - width - 6);
    }
  }
  const repaint = (): void => {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      paint();
    });
  };
  const rowAt = (y: number): Lifetime | undefined => (y < rowsTop ? undefined : rows[Math.floor((y - rowsTop) / ROW)]);
  function tell(px: number, y: number, spoken: boolean): void {
    const l = rowAt(y);
    if (l) return tip.show(o.describe(l), px, y, holder.clientWidth, spoken);
    if (y > AREA || px < left()) return tip.hide();
    const step = stepAt(px);
    const parts = KINDS.flatMap((k) => (held.get(k)?.[step] ? [`${KIND_NAMES[k]()}: ${bytes(held.get(k)![step]!)}`] : []));
    tip.show([t("step {0}: {1} held", step + 1, bytes(total[step]!)), o.stepName(step), ...parts], px, y, holder.clientWidth, spoken);
  }
  function choose(l: Lifetime): void {
    chosen = l;
    o.choose(l);
    repaint();
  }
  canvas.addEventListener("pointermove", (e) => tell(e.offsetX, e.offsetY, false));
  canvas.addEventListener("pointerleave", () => tip.hide());
  canvas.addEventListener("blur", () => tip.hide());
  canvas.addEventListener("click", (e) => {
    const l = rowAt(e.offsetY);
    if (l) choose(l);
    else if (e.offsetY < AREA) o.chooseStep(stepAt(e.offsetX));
  });
  canvas.addEventListener("dblclick", (e) => {
    const l = rowAt(e.offsetY);
    if (l) o.open(l);
  });
  canvas.addEventListener("keydown", (e) => {
    const at = chosen ? rows.indexOf(chosen) : -1;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[e.key];
    if (e.key === "Enter" && chosen) o.open(chosen);
    if (e.key === "Escape") tip.hide();
    if (next === undefined || !rows.length) return;
    e.preventDefault();
    const i = Math.max(0, Math.min(rows.length - 1, next));
    choose(rows[i]!);
    tell(x(rows[i]!.from), rowsTop + i * ROW + 2, true);
  });
  const resized = new ResizeObserver(repaint);
  resized.observe(holder);
  const ended = o.onTheme(repaint);
  return {
    element,
    mark(l) {
      chosen = l;
      repaint();
    },
    repaint,
    dispose() {
      resized.disconnect();
      ended();
      cancelAnimationFrame(frame);
    },
  };
}
export const KIND_NAMES: Readonly<Record<Kind, () => string>> = {
  constant: () => t("constants"),
  argument: () => t("arguments"),
  result: () => t("results"),
  residual: () => t("kept for the backward pass"),
  carry: () => t("carried by loops"),
  temporary: () => t("temporaries"),
  code: () => t("code"),
};
