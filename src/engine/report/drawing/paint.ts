// Draws a picture: containers, then edges, then boxes; the smaller it is seen, the less of it. The same for the page's canvas and for SVG files.
import { Far } from "./paintFar.ts";
import { type Colours, type PaintOptions, LEAST_TITLE, borderOf, head, isStrong, rectOf } from "./paintParts.ts";
import { drawRoute } from "./routes.ts";
import type { Rect, Surface } from "./surface.ts";
import { fitted } from "./textWidth.ts";
import { ARROW, CHIP_HEIGHT, FONT, LINE, type Picture, type ShownBox, TEXT_LEFT } from "./visible.ts";

export { type Colours, type Emphasis, NO_EMPHASIS, type PaintOptions } from "./paintParts.ts";

/** Below this scale texts are not drawn, but for the titles of what is large. */
const READABLE = 0.55;
/** Below this scale a box is a coloured spot. */
const FAR = 0.2;

export function paint(s: Surface, p: Picture, c: Colours, o: PaintOptions): void {
  const boxes = o.boxes ?? Int32Array.from(p.boxes, (_b, i) => i);
  const edges = o.edges ?? Int32Array.from(p.edges, (_e, i) => i);
  const late: number[] = [];
  if (o.scale < FAR) {
    const far = new Far(s, p, c, o, boxes);
    far.below(edges, late);
    for (const index of late) edge(s, p, c, o, index, true);
    far.above();
    return;
  }
  for (let i = 0; i < boxes.length; i++) if (p.boxes[boxes[i]!]!.open) container(s, p, c, o, boxes[i]!);
  for (let i = 0; i < edges.length; i++) {
    const index = edges[i]!;
    if (isStrong(p, o, index)) late.push(index);
    else edge(s, p, c, o, index, false);
  }
  // What is chosen lies above the rest.
  for (const index of late) edge(s, p, c, o, index, true);
  for (let i = 0; i < boxes.length; i++) if (p.boxes[boxes[i]!]!.open) head(s, p, c, o, boxes[i]!);
  for (let i = 0; i < boxes.length; i++) if (!p.boxes[boxes[i]!]!.open) box(s, p, c, o, boxes[i]!);
}
function container(s: Surface, p: Picture, c: Colours, o: PaintOptions, i: number): void {
  const b = p.boxes[i]!;
  const r = rectOf(p, i);
  const border = borderOf(c, o.emphasis, i);
  const kernel = b.item.kind === "kernel";
  s.rect(r, 8, b.depth % 2 === 0 ? c.group : c.page, border);
  if (kernel) s.inside(r, 8, () => s.rect({ x: r.x, y: r.y, width: 4, height: r.height }, 0, c.category(b.item.category)));
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
  // What opens lies as a sheet on another.
  if (b.item.opens)
    s.rect({ x: r.x + 3, y: r.y + 3, width: r.width, height: r.height }, 6, c.page, { colour: c.contrast ? c.text : c.border, width: 1 });
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
  if (text.length > 2 || text === b.item.label)
    s.text(text, r.x + r.width / 2, r.y + r.height / 2 + size * 0.36, { size, colour: c.text, bold: true, align: "middle", room: r.width - 8 });
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
