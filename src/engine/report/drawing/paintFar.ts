// A picture seen from afar: ten thousand boxes and more in a frame. Boxes are spots, drawn colour by colour; a container that is a spot itself hides what is in
// it; edges that lie on each other are one line, all of them in one stroke.
import { type Colours, type PaintOptions, borderOf, head, isStrong, rectOf } from "./paintParts.ts";
import type { Pen, Rect, Surface } from "./surface.ts";
import type { Picture } from "./visible.ts";

/** A container that is smaller than this both ways on the screen, in pixels, is drawn as one. */
const AS_ONE = 8;
/** Nothing is seen of an edge that is shorter, in pixels; nor of the corner of one. */
const SHORT = 3;
const STEP = 2;
/** Edges whose ends fall on the same pixels of this size are one. */
const GRID = 2;
/** A stroke of very many lines takes longer than several of some. */
const LINES = 400;
const SEEN = 0;
const ONE = 1;
const INSIDE = 2;

export class Far {
  /** Of each box: seen, drawn as one, or inside of such. */
  readonly #state: Uint8Array;
  constructor(
    private readonly s: Surface,
    private readonly p: Picture,
    private readonly c: Colours,
    private readonly o: PaintOptions,
    /** Ascending: a container comes before what is in it. */
    private readonly boxes: ArrayLike<number>,
  ) {
    const { layout, boxes: all } = p;
    this.#state = new Uint8Array(all.length);
    for (let i = 0; i < boxes.length; i++) {
      const index = boxes[i]!;
      const { parent, open } = all[index]!;
      if (parent >= 0 && this.#state[parent] !== SEEN) this.#state[index] = INSIDE;
      else if (open && Math.max(layout.width[index]!, layout.height[index]!) * o.scale < AS_ONE) this.#state[index] = ONE;
    }
  }
  /** Containers and edges. `late` gets the edges that are to lie above. */
  below(edges: ArrayLike<number>, late: number[]): void {
    this.#containers();
    this.#edges(edges, late);
  }
  /** Titles and boxes, and what is emphasised. */
  above(): void {
    const { s, p, c, o, boxes } = this;
    const spots = new Map<string, number[]>();
    for (let i = 0; i < boxes.length; i++) {
      const index = boxes[i]!;
      const state = this.#state[index];
      const { open, item } = p.boxes[index]!;
      if (state === SEEN && open) head(s, p, c, o, index);
      else if (state !== INSIDE) {
        const group = item.kind === "scope" || item.kind === "part" || item.kind === "region" || item.kind === "control";
        push(spots, group ? c.border : c.category(item.category), index);
      }
    }
    const { layout } = p;
    const least = 1 / o.scale;
    for (const [colour, list] of spots)
      for (const i of list) {
        // At least a pixel, so that nothing vanishes.
        const r: Rect = { x: layout.x[i]!, y: layout.y[i]!, width: Math.max(least, layout.width[i]!), height: Math.max(least, layout.height[i]!) };
        s.rect(r, 0, colour);
      }
    const { selected, matches, changed, related, hover } = o.emphasis;
    for (const index of new Set([...related, ...changed, ...matches, ...selected, ...(hover >= 0 ? [hover] : [])])) {
      const border = borderOf(c, o.emphasis, index);
      if (border.width > 1) s.rect(rectOf(p, index), 0, null, { colour: border.colour, width: 2.5 / o.scale });
    }
  }
  /** Layer by layer: containers of one depth do not lie on each other. */
  #containers(): void {
    const { s, p, c, o, boxes } = this;
    const depths: number[][] = [];
    for (let i = 0; i < boxes.length; i++) {
      const index = boxes[i]!;
      const { open, depth } = p.boxes[index]!;
      if (open && this.#state[index] === SEEN) (depths[depth] ??= []).push(index);
    }
    depths.forEach((list, depth) => {
      for (const index of list) s.rect(rectOf(p, index), 0, depth % 2 === 0 ? c.group : c.page);
      const outline = (pen: Pen): void => {
        for (const index of list) frame(pen, rectOf(p, index));
      };
      s.line(outline, { colour: c.contrast ? c.text : c.border, width: 1 / o.scale });
    });
  }
  #edges(edges: ArrayLike<number>, late: number[]): void {
    const { s, p, c, o } = this;
    const { points, start } = p.layout;
    const known = new Set<number>();
    const shown: number[] = [];
    const cell = (v: number): number => Math.round((v * o.scale) / GRID) & 4095;
    for (let i = 0; i < edges.length; i++) {
      const index = edges[i]!;
      if (isStrong(p, o, index)) {
        late.push(index);
        continue;
      }
      const [a, b] = [2 * start[index]!, 2 * start[index + 1]! - 2];
      if (b <= a) continue;
      const [x, y, toX, toY] = [points[a]!, points[a + 1]!, points[b]!, points[b + 1]!];
      if ((Math.abs(toX - x) + Math.abs(toY - y)) * o.scale <= SHORT) continue;
      const key = ((cell(x) * 4096 + cell(y)) * 4096 + cell(toX)) * 4096 + cell(toY);
      if (known.has(key)) continue;
      known.add(key);
      shown.push(index);
    }
    const stroke = { colour: c.contrast ? c.text : c.edge, width: 0.8 / o.scale, opacity: 0.6 };
    const step = STEP / o.scale;
    for (let from = 0; from < shown.length; from += LINES)
      s.line((pen) => {
        for (let i = from; i < Math.min(from + LINES, shown.length); i++) straight(pen, points, start[shown[i]!]!, start[shown[i]! + 1]! - 1, step);
      }, stroke);
  }
}
/** A way without its curves, and without points that lie closer together than `step`. */
function straight(pen: Pen, points: ArrayLike<number>, first: number, last: number, step: number): void {
  let [x, y] = [points[2 * first]!, points[2 * first + 1]!];
  pen.moveTo(x, y);
  for (let i = first + 1; i <= last; i++) {
    const [nextX, nextY] = [points[2 * i]!, points[2 * i + 1]!];
    if (i < last && Math.abs(nextX - x) + Math.abs(nextY - y) < step) continue;
    pen.lineTo(nextX, nextY);
    [x, y] = [nextX, nextY];
  }
}
function frame(pen: Pen, r: Rect): void {
  pen.moveTo(r.x, r.y);
  pen.lineTo(r.x + r.width, r.y);
  pen.lineTo(r.x + r.width, r.y + r.height);
  pen.lineTo(r.x, r.y + r.height);
  pen.lineTo(r.x, r.y);
}
function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
