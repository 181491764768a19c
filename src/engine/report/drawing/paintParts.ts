// What painting near and from afar share: colours, what is emphasised, borders, heads.
import type { Category } from "../types.ts";
import type { Rect, Surface } from "./surface.ts";
import { fitted, textWidth } from "./textWidth.ts";
import type { Verdict } from "./verdicts.ts";
import { FONT, HEAD, type Picture } from "./visible.ts";

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
/** The smallest letters that a title is drawn with, in pixels. */
export const LEAST_TITLE = 9;

/** Whether an edge is chosen, or hangs on what is. */
export function isStrong(p: Picture, o: PaintOptions, index: number): boolean {
  const e = p.edges[index]!;
  const { selected, selectedEdges, hoverEdge, hover } = o.emphasis;
  return selectedEdges.has(index) || hoverEdge === index || selected.has(e.from) || selected.has(e.to) || hover === e.from || hover === e.to;
}
export const rectOf = (p: Picture, i: number): Rect => ({
  x: p.layout.x[i]!,
  y: p.layout.y[i]!,
  width: p.layout.width[i]!,
  height: p.layout.height[i]!,
});

export interface Border {
  readonly colour: string;
  readonly width: number;
  readonly dash?: readonly number[];
}
export function borderOf(c: Colours, e: Emphasis, i: number): Border {
  if (e.selected.has(i)) return { colour: c.focus, width: 2.5 };
  if (e.matches.has(i)) return { colour: c.accent, width: 2.5 };
  if (e.changed.has(i)) return { colour: c.changed, width: 2, dash: [5, 3] };
  if (e.related.has(i)) return { colour: c.accent, width: 1.75 };
  if (e.hover === i) return { colour: c.accent, width: 1 };
  return { colour: c.contrast ? c.text : c.border, width: 1 };
}
/** The name of an open container, above the edges that enter there. */
export function head(s: Surface, p: Picture, c: Colours, o: PaintOptions, i: number): void {
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
