// The way of an edge as a line: straight down beside boxes, curves between layers, rounded corners where it goes along a gap.
import type { Layout } from "./layout.ts";
import type { Pen, Rect } from "./surface.ts";

const CORNER = 5;
export function drawRoute(pen: Pen, l: Layout, edge: number): void {
  const { points } = l;
  const first = l.start[edge]!;
  const last = l.start[edge + 1]! - 1;
  if (last <= first) return;
  const x = (i: number): number => points[2 * i]!;
  const y = (i: number): number => points[2 * i + 1]!;
  pen.moveTo(x(first), y(first));
  for (let i = first + 1; i <= last; i++) {
    const [fromX, fromY, toX, toY] = [x(i - 1), y(i - 1), x(i), y(i)];
    const corner = i < last && isCorner(fromX, fromY, toX, toY, x(i + 1), y(i + 1));
    if (fromX === toX || fromY === toY) {
      if (!corner) {
        pen.lineTo(toX, toY);
        continue;
      }
      const [nextX, nextY] = [x(i + 1), y(i + 1)];
      const r = Math.min(CORNER, length(fromX, fromY, toX, toY) / 2, length(toX, toY, nextX, nextY) / 2);
      pen.lineTo(toX - Math.sign(toX - fromX) * r, toY - Math.sign(toY - fromY) * r);
      pen.quadraticCurveTo(toX, toY, toX + Math.sign(nextX - toX) * r, toY + Math.sign(nextY - toY) * r);
    } else {
      const half = (toY - fromY) / 2;
      pen.bezierCurveTo(fromX, fromY + half, toX, toY - half, toX, toY);
    }
  }
}
const length = (ax: number, ay: number, bx: number, by: number): number => Math.abs(ax - bx) + Math.abs(ay - by);
/** A turn from a vertical into a horizontal line or back. */
const isCorner = (ax: number, ay: number, bx: number, by: number, cx: number, cy: number): boolean =>
  (ax === bx && by === cy && bx !== cx && ay !== by) || (ay === by && bx === cx && by !== cy && ax !== bx);

/** What an edge's way lies in. */
export function routeBounds(l: Layout, edge: number): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = l.start[edge]!; i < l.start[edge + 1]!; i++) {
    left = Math.min(left, l.points[2 * i]!);
    right = Math.max(right, l.points[2 * i]!);
    top = Math.min(top, l.points[2 * i + 1]!);
    bottom = Math.max(bottom, l.points[2 * i + 1]!);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
/** How far a point is from an edge's way. */
export function distanceTo(l: Layout, edge: number, px: number, py: number): number {
  let best = Infinity;
  for (let i = l.start[edge]! + 1; i < l.start[edge + 1]!; i++) {
    const [ax, ay, bx, by] = [l.points[2 * i - 2]!, l.points[2 * i - 1]!, l.points[2 * i]!, l.points[2 * i + 1]!];
    // Curves are followed in a few straight steps.
    const steps = ax === bx || ay === by ? 1 : 8;
    let [x0, y0] = [ax, ay];
    for (let s = 1; s <= steps; s++) {
      const u = s / steps;
      const [x1, y1] = [steps === 1 ? bx : ax + (bx - ax) * u * u * (3 - 2 * u), ay + (by - ay) * u];
      best = Math.min(best, toSegment(px, py, x0, y0, x1, y1));
      [x0, y0] = [x1, y1];
    }
  }
  return best;
}
function toSegment(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const u = square ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / square)) : 0;
  return Math.hypot(px - ax - u * dx, py - ay - u * dy);
}
