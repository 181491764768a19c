// Drawing the graph on a canvas: groups, edges, nodes; only what is in view, with less detail the smaller it is.
import type { Report, ReportGraph, ReportNode } from "../../engine/report/migrations/v1types.ts";
import type { Box, Layout } from "./layout.ts";

export interface Theme {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly border: string;
  readonly edge: string;
  readonly node: string;
  readonly accent: string;
  readonly focus: string;
  readonly group: string;
  readonly highlight: string;
  readonly contrast: boolean;
  readonly hot: string;
}
export function readTheme(e: HTMLElement): Theme {
  const s = getComputedStyle(e),
    v = (...names: string[]): string => {
      for (const n of names) {
        const x = s.getPropertyValue(n).trim();
        if (x) return x;
      }
      return "";
    },
    contrast = document.body.classList.contains("vscode-high-contrast") || document.body.classList.contains("vscode-high-contrast-light");
  return {
    background: v("--page"),
    foreground: v("--text"),
    muted: v("--muted"),
    border: v("--line"),
    edge: v("--edge"),
    node: v("--raised"),
    accent: v("--accent"),
    focus: v("--focus"),
    group: v("--group"),
    highlight: v("--mark"),
    hot: v("--hot"),
    contrast,
  };
}
export interface View {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}
export interface Scene {
  readonly graph: ReportGraph;
  readonly layout: Layout;
  readonly labels: ReadonlyMap<string, { title: string; detail: string; heat: number }>;
  readonly selected: number | null;
  readonly marked: ReadonlySet<number>;
  readonly matches: ReadonlySet<number>;
}
/** Kinds of operations by how they are coloured. */
const kindOf = (n: ReportNode): "input" | "contract" | "reduce" | "move" | "compute" =>
  n.op.startsWith("input") || n.op === "constant"
    ? "input"
    : /dot|conv/.test(n.op)
      ? "contract"
      : /reduce|arg|cum|sort/.test(n.op)
        ? "reduce"
        : /broadcast|reshape|transpose|slice|squeeze|concat|pad|gather|scatter|rev/.test(n.op)
          ? "move"
          : "compute";
export const KIND_VARS = { input: "--k-input", contract: "--k-contract", reduce: "--k-reduce", move: "--k-move", compute: "--k-compute" } as const;

export function draw(
  c: CanvasRenderingContext2D,
  w: number,
  h: number,
  ratio: number,
  view: View,
  scene: Scene,
  t: Theme,
  kinds: Readonly<Record<string, string>>,
): void {
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.fillStyle = t.background;
  c.fillRect(0, 0, w, h);
  c.translate(view.x, view.y);
  c.scale(view.k, view.k);
  const left = -view.x / view.k,
    top = -view.y / view.k,
    right = left + w / view.k,
    bottom = top + h / view.k,
    visible = (b: Box): boolean => b.x < right && b.x + b.width > left && b.y < bottom && b.y + b.height > top;
  const { layout, graph } = scene;
  for (const [g, b] of layout.groups) {
    if (!visible(b)) continue;
    const label = scene.labels.get(g);
    rounded(c, b, 8);
    c.fillStyle = t.group;
    c.fill();
    if (label && label.heat > 0) {
      c.save();
      c.clip();
      c.fillStyle = t.hot;
      c.globalAlpha = 0.85;
      c.fillRect(b.x, b.y, b.width * Math.min(1, label.heat), 3);
      c.restore();
      rounded(c, b, 8);
    }
    c.strokeStyle = t.contrast ? t.foreground : t.border;
    c.lineWidth = t.contrast ? 1.5 : 1;
    c.stroke();
    if (label && view.k > 0.25) {
      c.fillStyle = t.muted;
      c.font = "600 11px system-ui, sans-serif";
      c.textAlign = "left";
      text(c, label.title, b.x + 10, b.y + 17, b.width - 20 - (label.detail ? 70 : 0));
      if (label.detail) {
        c.textAlign = "right";
        c.fillStyle = t.foreground;
        c.fillText(label.detail, b.x + b.width - 10, b.y + 17);
      }
    }
  }
  c.lineWidth = 1.2 / Math.max(view.k, 0.6);
  for (const n of graph.nodes) {
    const to = layout.nodes.get(n.id);
    if (!to) continue;
    for (const i of n.inputs) {
      const from = layout.nodes.get(i);
      if (
        !from ||
        (!visible(from) &&
          !visible(to) &&
          !visible({ x: Math.min(from.x, to.x), y: from.y, width: Math.abs(from.x - to.x) + 1, height: Math.max(1, to.y - from.y) }))
      )
        continue;
      const on = scene.selected === n.id || scene.selected === i,
        x1 = from.x + from.width / 2,
        y1 = from.y + from.height,
        x2 = to.x + to.width / 2,
        y2 = to.y,
        mid = Math.max(14, (y2 - y1) / 2);
      c.strokeStyle = on ? t.accent : t.contrast ? t.foreground : t.edge;
      c.globalAlpha = on || t.contrast ? 1 : 0.55;
      c.beginPath();
      c.moveTo(x1, y1);
      c.bezierCurveTo(x1, y1 + mid, x2, y2 - mid, x2, y2);
      c.stroke();
      if (view.k > 0.4) {
        c.fillStyle = c.strokeStyle;
        c.beginPath();
        c.moveTo(x2, y2);
        c.lineTo(x2 - 3.5, y2 - 6);
        c.lineTo(x2 + 3.5, y2 - 6);
        c.fill();
      }
      c.globalAlpha = 1;
    }
  }
  for (const n of graph.nodes) {
    const b = layout.nodes.get(n.id);
    if (!b || !visible(b)) continue;
    const kind = kindOf(n),
      marked = scene.marked.has(n.id),
      found = scene.matches.has(n.id),
      selected = scene.selected === n.id;
    rounded(c, b, kind === "input" ? b.height / 2 : 5);
    c.fillStyle = marked ? t.highlight : t.node;
    c.fill();
    c.strokeStyle = selected ? t.focus : found ? t.accent : t.contrast ? t.foreground : t.border;
    c.lineWidth = selected ? 2.5 : found ? 2 : 1;
    c.stroke();
    if (kind !== "input") {
      c.fillStyle = kinds[kind]!;
      c.fillRect(b.x + 1, b.y + 6, 3, b.height - 12);
    }
    if (view.k < 0.35) continue;
    c.textAlign = "center";
    c.fillStyle = t.foreground;
    c.font = "600 12px system-ui, sans-serif";
    text(c, n.op, b.x + b.width / 2, b.y + 16, b.width - 12);
    c.fillStyle = t.muted;
    c.font = "11px ui-monospace, monospace";
    text(c, n.type, b.x + b.width / 2, b.y + 31, b.width - 12);
  }
}
function rounded(c: CanvasRenderingContext2D, b: Box, r: number): void {
  c.beginPath();
  c.roundRect(b.x, b.y, b.width, b.height, r);
}
/** Text that is shortened where it would not fit. */
function text(c: CanvasRenderingContext2D, s: string, x: number, y: number, max: number): void {
  if (c.measureText(s).width <= max) {
    c.fillText(s, x, y);
    return;
  }
  let n = s.length;
  while (n > 1 && c.measureText(`${s.slice(0, n)}…`).width > max) n--;
  c.fillText(`${s.slice(0, n)}…`, x, y);
}
export function groupLabels(r: Report, time: (ms: number) => string): Map<string, { title: string; detail: string; heat: number }> {
  const most = Math.max(0, ...r.kernels.map((k) => k.time?.median ?? 0));
  return new Map(
    r.kernels.map((k) => [
      `kernel ${k.id}`,
      { title: k.name, detail: k.time ? time(k.time.median) : "", heat: k.time && most ? k.time.median / most : 0 },
    ]),
  );
}
