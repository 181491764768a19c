// Where the arrow keys go: along edges where there are any, else to the nearest box that way.
import type { Picture } from "../../engine/report/drawing/visible.ts";

export type Direction = "up" | "down" | "left" | "right";
export function stepFrom(p: Picture, from: number, direction: Direction): number {
  const { layout: l, boxes, edges } = p;
  const middle = (i: number): readonly [number, number] => [l.x[i]! + l.width[i]! / 2, l.y[i]! + l.height[i]! / 2];
  const [x, y] = middle(from);
  if (direction === "up" || direction === "down") {
    const joined = edges.flatMap((e) => (direction === "down" ? (e.from === from ? [e.to] : []) : e.to === from ? [e.from] : []));
    const [best] = joined.sort((a, b) => l.y[a]! * (direction === "down" ? 1 : -1) - l.y[b]! * (direction === "down" ? 1 : -1) || l.x[a]! - l.x[b]!);
    if (best !== undefined) return best;
  }
  let found = -1;
  let nearest = Infinity;
  for (let i = 0; i < boxes.length; i++) {
    if (i === from || boxes[i]!.open) continue;
    const [px, py] = middle(i);
    const [dx, dy] = [px - x, py - y];
    const along = direction === "left" ? -dx : direction === "right" ? dx : direction === "up" ? -dy : dy;
    const across = Math.abs(direction === "left" || direction === "right" ? dy : dx);
    if (along <= 1) continue;
    const distance = along + 2.5 * across;
    if (distance >= nearest) continue;
    nearest = distance;
    found = i;
  }
  return found;
}
/** The first and last box from top to bottom. */
export function endOf(p: Picture, last: boolean): number {
  let best = -1;
  for (let i = 0; i < p.boxes.length; i++) {
    if (p.boxes[i]!.open) continue;
    if (best < 0 || (last ? p.layout.y[i]! > p.layout.y[best]! : p.layout.y[i]! < p.layout.y[best]!)) best = i;
  }
  return best;
}
