// Draws a picture: containers, then edges, then boxes; the smaller it is seen, the less of it. The same for the page's canvas and for SVG files.
import type { Category } from "../types.ts";
import { drawRoute } from "./routes.ts";
import type { Rect, Surface } from "./surface.ts";
import { fitted, textWidth } from "./textWidth.ts";
import type { Verdict } from "./verdicts.ts";
import { ARROW, CHIP_HEIGHT, FONT, HEAD, LINE, TEXT_LEFT, type Picture, type ShownBox } from "./visible.ts";

export interface Colours {
  readonly page: string;
  readonly text: string;
  readonly muted: string;
  readonly border: string;
  readonly edge: string;
  readonly raised: string;
  readonly group: string;
  readonly accent: string;
  readonly focus: string;
  readonly mark: string;
  readonly changed: string;
  readonly hot: string;
  readonly fused: string;
  /** High contrast: nothing is pale, borders are drawn strongly. */
  readonly contrast: boolean;
  readonly category: (c: Category) => string;
}
/** What is emphasised, by the index of boxes and edges. */
export interface Emphasis {
  readonly selected: ReadonlySet<number>;
  readonly related: ReadonlySet<number>;
  readonly marked: ReadonlySet<number>;
  readonly matches: ReadonlySet<number>;
  readonly changed: ReadonlySet<number>;
  readonly hover: number;
  readonly selectedEdges: ReadonlySet<number>;
  readonly hoverEdge: number;
}
export const NO_EMPHASIS: Emphasis = {
  selected: new Set(),
  related: new Set(),
  marked: new Set(),
  matches: new Set(),
  changed: new Set(),
  hover: -1,
  selectedEdges: new Set(),
  hoverEdge: -1,
};
export interface PaintOptions {
  /** Screen pixels of one unit. */
  readonly scale: number;
  /** Which boxes and edges are to be drawn, in ascending order; all where absent. */
  readonly boxes?: ArrayLike<number>;
  readonly edges?: ArrayLike<number>;
  readonly verdict: (edge: number) => Verdict | null;
  readonly emphasis: Emphasis;
}
/** Below this scale texts are not drawn, but for the titles of what is large. */
const READABLE = 0.55;
/** Below this scale a box is a coloured spot. */
const FAR = 0.2;
/** The smallest letters that a title is drawn with, in pixels. */
const LEAST_TITLE = 9;

export function paint(s: Surface, p: Picture, c: Colours, o: PaintOptions): void {
  const boxes = o.boxes ?? { length: p.boxes.length };
  const edges = o.edges ?? { length: p.edges.length };
  const at = (list: ArrayLike<number> | { length: number }, i: number): number => ("length" in list && !(i in list) ? i : (list as ArrayLike<number>)[i]!);
  for (let i = 0; i < boxes.length; i++) {
    const index = at(boxes, i);
    if (p.boxes[index]!.open) container(s, p, c, o, index);
  }
  const late: number[] = [];
  if (o.scale < FAR) farEdges(s, p, c, o, edges, at, late);
  else
    for (let i = 0; i < edges.length; i++) {
      const index = at(edges, i);
      if (isStrong(p, o, index)) late.push(index);
      else edge(s, p, c, o, index, false);
    }
  // What is chosen lies above the rest.
  for (const index of late) edge(s, p, c, o, index, true);
  for (let i = 0; i < boxes.length; i++) {
    const index = at(boxes, i);
    if (p.boxes[index]!.open) head(s, p, c, o, index);
  }
  for (let i = 0; i < boxes.length; i++) {
    const index = at(boxes, i);
    if (!p.boxes[index]!.open) box(s, p, c, o, index);
  }
}
/** From afar all edges are one line: ten thousand of them in a frame. */
function farEdges(
  s: Surface,
  p: Picture,
  c: Colours,
  o: PaintOptions,
  edges: ArrayLike<number> | { length: number },
  at: (list: ArrayLike<number> | { length: number }, i: number) => number,
  late: number[],
): void {
  s.line(
    (pen) => {
      for (let i = 0; i < edges.length; i++) {
        const index = at(edges, i);
        if (isStrong(p, o, index)) late.push(index);
        else if (isLong(p, index, o.scale)) drawRoute(pen, p.layout, index);
      }
    },
    { colour: c.contrast ? c.text : c.edge, width: 0.8 / o.scale, opacity: 0.6 },
  );
}
/** Whether anything would be seen of an edge: three pixels. */
function isLong(p: Picture, index: number, scale: number): boolean {
  const { points, start } = p.layout;
  const [a, b] = [2 * start[index]!, 2 * start[index + 1]! - 2];
  return b > a && (Math.abs(points[b]! - points[a]!) + Math.abs(points[b + 1]! - points[a + 1]!)) * scale > 3;
}
function isStrong(p: Picture, o: PaintOptions, index: number): boolean {
  const e = p.edges[index]!;
  const { selected, selectedEdges, hoverEdge, hover } = o.emphasis;
  return selectedEdges.has(index) || hoverEdge === index || selected.has(e.from) || selected.has(e.to) || hover === e.from || hover === e.to;
}
const rectOf = (p: Picture, i: number): Rect => ({ x: p.layout.x[i]!, y: p.layout.y[i]!, width: p.layout.width[i]!, height: p.layout.height[i]! });

interface Border {
  readonly colour: string;
  readonly width: number;
  readonly dash?: readonly number[];
}
function borderOf(c: Colours, e: Emphasis, i: number): Border {
  if (e.selected.has(i)) return { colour: c.focus, width: 2.5 };
  if (e.matches.has(i)) return { colour: c.accent, width: 2.5 };
  if (e.changed.has(i)) return { colour: c.changed, width: 2, dash: [5, 3] };
  if (e.related.has(i)) return { colour: c.accent, width: 1.75 };
  if (e.hover === i) return { colour: c.accent, width: 1 };
  return { colour: c.contrast ? c.text : c.border, width: 1 };
}
function container(s: Surface, p: Picture, c: Colours, o: PaintOptions, i: number): void {
  const b = p.boxes[i]!;
  const r = rectOf(p, i);
  const border = borderOf(c, o.emphasis, i);
  const kernel = b.item.kind === "kernel";
  s.rect(r, 8, b.depth % 2 === 0 ? c.group : c.page, border);
  if (kernel) s.inside(r, 8, () => s.rect({ x: r.x, y: r.y, width: 4, height: r.height }, 0, c.category(b.item.category)));
}
/** The name of an open container, above the edges that enter there. */
function head(s: Surface, p: Picture, c: Colours, o: PaintOptions, i: number): void {
  const b = p.boxes[i]!;
  const r = rectOf(p, i);
  const size = headSize(o.scale, r, HEAD);
  if (size === 0) return;
  const right = size <= FONT.head && b.sub ? textWidth(b.sub, FONT.sub) + 8 : 0;
  const label = `▾ ${fitted(b.item.label, r.width - 34 - right, size, "bold")}`;
  const behind = b.depth % 2 === 0 ? c.group : c.page;
  const height = Math.max(16, size + 4);
  const top = r.y + HEAD / 2 - height / 2 + 1;
  s.rect({ x: r.x + 8, y: top, width: textWidth(label, size, "bold") + 4, height }, 3, behind);
  s.text(label, r.x + 10, r.y + HEAD / 2 + size * 0.36, { size, colour: c.text, bold: true, room: r.width - 18 - right });
  if (!right) return;
  s.rect({ x: r.x + r.width - right - 6, y: top, width: right, height }, 3, behind);
  s.text(b.sub, r.x + r.width - 10, r.y + HEAD / 2 + 4, { size: FONT.sub, colour: c.muted, align: "right", room: right - 4 });
}
/** Letters of a head that stays readable when the picture is small; 0 where there is no room. */
function headSize(scale: number, r: Rect, head: number): number {
  const size = Math.max(FONT.head, LEAST_TITLE / scale);
  return size > Math.max(head * 0.75, Math.min(r.height * 0.3, 60)) || r.width < size * 4 ? 0 : size;
}
function edge(s: Surface, p: Picture, c: Colours, o: PaintOptions, index: number, strong: boolean): void {
  const e = p.edges[index]!;
  const verdict = o.verdict(index);
  const chosen = o.emphasis.selectedEdges.has(index);
  const thick = 1.1 + Math.min(0.9, Math.log2(e.leaves.length) * 0.25);
  const colour = chosen ? c.focus : strong ? c.accent : verdict === "fused" ? c.fused : c.contrast ? c.text : c.edge;
  const width = (chosen ? thick + 1.4 : strong ? thick + 0.4 : thick) / Math.max(o.scale, 0.5) ** 0.5;
  const dash = verdict === "fused" ? [4, 3] : undefined;
  s.line((pen) => drawRoute(pen, p.layout, index), { colour, width, opacity: strong || c.contrast ? 1 : 0.7, ...(dash ? { dash } : {}) });
  if (o.scale < 0.3) return;
  const last = p.layout.start[index + 1]! - 1;
  const [x, y] = [p.layout.points[2 * last]!, p.layout.points[2 * last + 1]!];
  s.area(
    (pen) => {
      pen.moveTo(x, y);
      pen.lineTo(x - 3.5, y - 6.5);
      pen.lineTo(x + 3.5, y - 6.5);
    },
    colour,
    strong || c.contrast ? 1 : 0.85,
  );
  if (e.leaves.length > 1 && o.scale >= READABLE) s.text(`×${e.leaves.length}`, x + 6, y - 3, { size: 9.5, colour: strong ? c.accent : c.muted });
}
function box(s: Surface, p: Picture, c: Colours, o: PaintOptions, i: number): void {
  const b = p.boxes[i]!;
  const r = rectOf(p, i);
  const group = b.item.kind === "scope" || b.item.kind === "part" || b.item.kind === "region" || b.item.kind === "control";
  const border = borderOf(c, o.emphasis, i);
  if (o.scale < FAR) {
    s.rect(r, 0, group ? c.border : c.category(b.item.category));
    if (border.width > 1) s.rect(r, 0, null, { colour: border.colour, width: 2.5 / o.scale });
    return;
  }
  // What opens lies as a sheet on another.
  if (b.item.opens) s.rect({ x: r.x + 3, y: r.y + 3, width: r.width, height: r.height }, 6, c.page, { colour: c.contrast ? c.text : c.border, width: 1 });
  s.rect(r, 6, c.raised);
  const marked = o.emphasis.marked.has(i);
  if (marked || group) s.rect(r, 6, marked ? c.mark : c.group);
  s.inside(r, 6, () => {
    if (!group || b.item.kind === "control") s.rect({ x: r.x, y: r.y, width: 4, height: r.height }, 0, c.category(b.item.category));
    if (b.heat > 0.004) s.rect({ x: r.x, y: r.y + r.height - 3, width: r.width * Math.min(1, b.heat), height: 3 }, 0, c.hot);
  });
  s.rect(r, 6, null, border);
  if (o.scale < READABLE) small(s, b, r, c, o.scale);
  else words(s, b, r, c);
}
/** Seen from afar: the title alone, in letters that can be read. */
function small(s: Surface, b: ShownBox, r: Rect, c: Colours, scale: number): void {
  const size = Math.max(FONT.title, LEAST_TITLE / scale);
  if (size > r.height * 0.8) return;
  const text = fitted(b.item.label, r.width - 12, size, "bold");
  if (text.length > 2 || text === b.item.label) s.text(text, r.x + r.width / 2, r.y + r.height / 2 + size * 0.36, { size, colour: c.text, bold: true, align: "middle", room: r.width - 8 });
}
function words(s: Surface, b: ShownBox, r: Rect, c: Colours): void {
  const left = r.x + TEXT_LEFT;
  const room = r.width - TEXT_LEFT - 6;
  let y = r.y + 7 + 11;
  b.title.forEach((t, i) => {
    const arrow = i === 0 && b.item.opens;
    if (arrow) s.text("▸", left, y, { size: FONT.title, colour: c.muted });
    const indent = b.item.opens ? ARROW : 0;
    s.text(t, left + indent, y, { size: FONT.title, colour: c.text, bold: true, room: room - indent });
    y += LINE;
  });
  if (b.sub) s.text(b.sub, left, y - 1, { size: FONT.sub, colour: c.muted, mono: b.item.kind === "node", room });
  for (const chip of b.chips) {
    const own: Rect = { x: r.x + chip.x, y: r.y + chip.y, width: chip.width, height: CHIP_HEIGHT };
    const border = chip.kind === "result" ? c.accent : c.contrast ? c.text : c.border;
    if (chip.kind !== "more") s.rect(own, CHIP_HEIGHT / 2, c.page, { colour: border, width: 1 });
    const colour = chip.kind === "result" ? c.accent : chip.kind === "input" ? c.text : c.muted;
    s.text(chip.text, own.x + own.width / 2, own.y + 11, { size: FONT.chip, colour, align: "middle", room: own.width - 6 });
  }
}
