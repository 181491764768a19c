// What lies at a point of the picture, and what is in view.
import { distanceTo, routeBounds } from "../../engine/report/drawing/routes.ts";
import type { Rect } from "../../engine/report/drawing/surface.ts";
import { HEAD, type Picture } from "../../engine/report/drawing/visible.ts";

export class Hits {
  /** Left, top, right, bottom of each edge. */
  readonly #edges: Float32Array;
  constructor(readonly p: Picture) {
    this.#edges = new Float32Array(4 * p.edges.length);
    for (let e = 0; e < p.edges.length; e++) {
      const b = routeBounds(p.layout, e);
      this.#edges.set([b.x, b.y, b.x + b.width, b.y + b.height], 4 * e);
    }
  }
  /** The innermost box at a point; of an open one its head. */
  box(x: number, y: number): number {
    const { layout: l, boxes } = this.p;
    for (let i = boxes.length - 1; i >= 0; i--) {
      if (x < l.x[i]! || x > l.x[i]! + l.width[i]! || y < l.y[i]!) continue;
      if (y <= l.y[i]! + (boxes[i]!.open ? HEAD : l.height[i]!)) return i;
    }
    return -1;
  }
  /** Whether a point lies on the arrow that opens a box. */
  arrow(index: number, x: number, y: number): boolean {
    const { layout: l, boxes } = this.p;
    return boxes[index]!.item.opens && x <= l.x[index]! + 26 && y <= l.y[index]! + HEAD;
  }
  edge(x: number, y: number, reach: number): number {
    let best = -1;
    let nearest = reach;
    for (let e = 0; e < this.p.edges.length; e++) {
      const [left, top, right, bottom] = this.#edges.subarray(4 * e, 4 * e + 4);
      if (x < left! - reach || x > right! + reach || y < top! - reach || y > bottom! + reach) continue;
      const d = distanceTo(this.p.layout, e, x, y);
      if (d >= nearest) continue;
      nearest = d;
      best = e;
    }
    return best;
  }
  inView(view: Rect): { boxes: number[]; edges: number[] } {
    const { layout: l, boxes, edges } = this.p;
    const [right, bottom] = [view.x + view.width, view.y + view.height];
    const seenBoxes: number[] = [];
    const seenEdges: number[] = [];
    for (let i = 0; i < boxes.length; i++)
      if (l.x[i]! < right && l.x[i]! + l.width[i]! + 4 > view.x && l.y[i]! < bottom && l.y[i]! + l.height[i]! + 4 > view.y) seenBoxes.push(i);
    for (let e = 0; e < edges.length; e++)
      if (
        this.#edges[4 * e]! - 8 < right &&
        this.#edges[4 * e + 2]! + 8 > view.x &&
        this.#edges[4 * e + 1]! < bottom &&
        this.#edges[4 * e + 3]! > view.y
      )
        seenEdges.push(e);
    return { boxes: seenBoxes, edges: seenEdges };
  }
}
