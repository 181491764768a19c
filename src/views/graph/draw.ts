// Drawing the graph on a canvas: groups, edges, nodes; only what is in view, with less detail the smaller it is.
import type { Node } from "../../engine/report/types.ts";
import { categoryVariable } from "../theme.ts";
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
  readonly hot: string;
  readonly contrast: boolean;
  readonly category: (c: Node["category"]) => string;
}
export function readTheme(e: HTMLElement): Theme {
  const style = getComputedStyle(e);
  const value = (name: string): string => style.getPropertyValue(name).trim() || "#888";
  return {
    background: value("--page"),
    foreground: value("--text"),
    muted: value("--muted"),
    border: value("--line"),
    edge: value("--edge"),
    node: value("--raised"),
    accent: value("--accent"),
    focus: value("--focus"),
    group: value("--group"),
    highlight: value("--mark"),
    hot: value("--hot"),
    contrast: document.body.classList.contains("vscode-high-contrast") || document.body.classList.contains("vscode-high-contrast-light"),
    category: (c) => value(categoryVariable(c)),
  };
}
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}
export interface GroupLabel {
  readonly title: string;
  readonly detail: string;
  /** Part of the most expensive kernel's time, 0 to 1. */
  readonly heat: number;
}
export interface Scene {
  readonly nodes: readonly Node[];
  readonly layout: Layout;
  readonly title: (n: Node) => string;
  /** What stands at a node's right: a loop's time. */
  readonly aside: (n: Node) => string;
  readonly groups: ReadonlyMap<string, GroupLabel>;
  readonly selected: string | null;
  readonly related: ReadonlySet<string>;
  readonly marked: ReadonlySet<string>;
  readonly matches: ReadonlySet<string>;
}
interface Pen {
  readonly c: CanvasRenderingContext2D;
  readonly t: Theme;
  readonly k: number;
  readonly visible: (b: Box) => boolean;
}
export function draw(c: CanvasRenderingContext2D, width: number, height: number, ratio: number, camera: Camera, scene: Scene, t: Theme): void {
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.fillStyle = t.background;
  c.fillRect(0, 0, width, height);
  c.translate(camera.x, camera.y);
  c.scale(camera.k, camera.k);
  const left = -camera.x / camera.k;
  const top = -camera.y / camera.k;
  const right = left + width / camera.k;
  const bottom = top + height / camera.k;
  const visible = (b: Box): boolean => b.x < right && b.x + b.width > left && b.y < bottom && b.y + b.height > top;
  const pen: Pen = { c, t, k: camera.k, visible };
  drawGroups(pen, scene);
  drawEdges(pen, scene);
  drawNodes(pen, scene);
}
function drawGroups({ c, t, k, visible }: Pen, scene: Scene): void {
  for (const [group, b] of scene.layout.groups) {
    if (!visible(b)) continue;
    const label = scene.groups.get(group);
    const on = scene.related.has(group);
    rounded(c, b, 8);
    c.fillStyle = t.group;
    c.fill();
    if (label && label.heat > 0) {
      c.save();
      c.clip();
      c.fillStyle = t.hot;
      c.fillRect(b.x, b.y, b.width * Math.min(1, label.heat), 3);
      c.restore();
      rounded(c, b, 8);
    }
    c.strokeStyle = on ? t.accent : t.contrast ? t.foreground : t.border;
    c.lineWidth = on ? 2 : t.contrast ? 1.5 : 1;
    c.stroke();
    if (!label || k <= 0.25) continue;
    c.font = "600 11px system-ui, sans-serif";
    c.fillStyle = t.foreground;
    c.textAlign = "right";
    const room = label.detail ? c.measureText(label.detail).width + 10 : 0;
    if (label.detail) c.fillText(label.detail, b.x + b.width - 10, b.y + 17);
    c.fillStyle = t.muted;
    c.textAlign = "left";
    text(c, label.title, b.x + 10, b.y + 17, b.width - 20 - room);
  }
}
function drawEdges({ c, t, k, visible }: Pen, scene: Scene): void {
  c.lineWidth = 1.2 / Math.max(k, 0.6);
  for (const n of scene.nodes) {
    const to = scene.layout.nodes.get(n.id);
    if (!to) continue;
    for (const i of n.inputs) {
      const from = scene.layout.nodes.get(i);
      if (!from || !(visible(from) || visible(to) || visible(between(from, to)))) continue;
      const on = scene.selected === n.id || scene.selected === i;
      const x1 = from.x + from.width / 2;
      const y1 = from.y + from.height;
      const x2 = to.x + to.width / 2;
      const y2 = to.y;
      const bend = Math.max(14, (y2 - y1) / 2);
      c.strokeStyle = on ? t.accent : t.contrast ? t.foreground : t.edge;
      c.globalAlpha = on || t.contrast ? 1 : 0.6;
      c.beginPath();
      c.moveTo(x1, y1);
      c.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2);
      c.stroke();
      if (k > 0.4) {
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
}
const between = (a: Box, b: Box): Box => ({ x: Math.min(a.x, b.x), y: a.y, width: Math.abs(a.x - b.x) + 1, height: Math.max(1, b.y - a.y) });

function drawNodes({ c, t, k, visible }: Pen, scene: Scene): void {
  for (const n of scene.nodes) {
    const b = scene.layout.nodes.get(n.id);
    if (!b || !visible(b)) continue;
    const selected = scene.selected === n.id;
    const border = selected ? t.focus : scene.matches.has(n.id) || scene.related.has(n.id) ? t.accent : t.contrast ? t.foreground : t.border;
    const round = n.category === "input" ? b.height / 2 : 5;
    if (n.regions?.length) {
      // A node that opens: a sheet lies behind it.
      rounded(c, { ...b, x: b.x + 3, y: b.y + 3 }, round);
      c.fillStyle = t.group;
      c.fill();
      c.strokeStyle = t.contrast ? t.foreground : t.border;
      c.lineWidth = 1;
      c.stroke();
    }
    rounded(c, b, round);
    c.fillStyle = scene.marked.has(n.id) ? t.highlight : t.node;
    c.fill();
    c.strokeStyle = border;
    c.lineWidth = selected ? 2.5 : border === t.accent ? 2 : 1;
    c.stroke();
    if (n.category !== "input") {
      c.fillStyle = t.category(n.category);
      c.fillRect(b.x + 1, b.y + 6, 4, b.height - 12);
    }
    if (k < 0.35) continue;
    const aside = scene.aside(n);
    c.textAlign = "center";
    c.fillStyle = t.foreground;
    c.font = "600 12px system-ui, sans-serif";
    text(c, scene.title(n), b.x + b.width / 2, b.y + 16, b.width - 14);
    c.fillStyle = t.muted;
    c.font = "11px ui-monospace, monospace";
    text(c, aside ? `${aside}  ${n.type}` : n.type, b.x + b.width / 2, b.y + 31, b.width - 14);
  }
}
function rounded(c: CanvasRenderingContext2D, b: Box, r: number): void {
  c.beginPath();
  c.roundRect(b.x, b.y, b.width, b.height, r);
}
/** Text that is shortened where it would not fit. */
function text(c: CanvasRenderingContext2D, s: string, x: number, y: number, room: number): void {
  const width = c.measureText(s).width;
  if (width <= room) {
    c.fillText(s, x, y);
    return;
  }
  let n = Math.floor((s.length * room) / width);
  while (n > 1 && c.measureText(`${s.slice(0, n)}…`).width > room) n--;
  if (n > 0) c.fillText(`${s.slice(0, n)}…`, x, y);
}
