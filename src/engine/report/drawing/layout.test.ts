// The layout's promises over generated graphs: boxes do not overlap, no edge runs through a box, what reads stands below what it reads, containers hold
// their members, and the same graph gives the same picture.
import { describe, expect, test } from "vitest";
import { type Layout, type LayoutRequest, layout } from "./layout.ts";

function random(seed: number): () => number {
  let s = seed;
  return () => (s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
interface Shape {
  readonly boxes: number;
  readonly containers: number;
  /** How many edges go far. */
  readonly long: number;
  readonly breadth: number;
}
/** A program: boxes in order, in containers that follow each other and nest, each reading a few earlier ones. */
export function generated(seed: number, { boxes, containers, long, breadth }: Shape): LayoutRequest {
  const next = random(seed);
  const parent: number[] = [];
  const open: number[] = [];
  const width: number[] = [];
  const height: number[] = [];
  const leaves: number[] = [];
  const add = (p: number, isOpen: boolean): number => {
    parent.push(p);
    open.push(Number(isOpen));
    width.push(isOpen ? 80 : 90 + Math.floor(next() * 160));
    height.push(isOpen ? 24 : 26 + 14 * Math.floor(next() * 3));
    return parent.length - 1;
  };
  const stack: number[] = [-1];
  const perContainer = boxes / Math.max(1, containers);
  for (let i = 0; i < boxes; i++) {
    if (containers && next() < 1.2 / perContainer) {
      if (stack.length < 4 && next() < 0.6) stack.push(add(stack.at(-1)!, true));
      else if (stack.length > 1) stack.pop();
    }
    leaves.push(add(stack.at(-1)!, false));
  }
  const from: number[] = [];
  const to: number[] = [];
  for (let i = 1; i < leaves.length; i++) {
    const reads = 1 + Math.floor(next() * 2.2);
    for (let k = 0; k < reads; k++) {
      const back = next() < long ? 1 + Math.floor(next() * i) : 1 + Math.floor(next() * Math.min(i, 6));
      from.push(leaves[i - back]!);
      to.push(leaves[i]!);
    }
  }
  return {
    parent: Int32Array.from(parent),
    open: Uint8Array.from(open),
    width: Float32Array.from(width),
    height: Float32Array.from(height),
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    breadth,
  };
}
const SHAPES: readonly Shape[] = [
  { boxes: 12, containers: 0, long: 0, breadth: 900 },
  { boxes: 60, containers: 0, long: 0.2, breadth: 360 },
  { boxes: 80, containers: 8, long: 0.1, breadth: 900 },
  { boxes: 200, containers: 25, long: 0.3, breadth: 500 },
  { boxes: 400, containers: 12, long: 0.05, breadth: 1600 },
];
const EPS = 0.01;
const within = (r: LayoutRequest, i: number, container: number): boolean => {
  for (let p = r.parent[i]!; p >= 0; p = r.parent[p]!) if (p === container) return true;
  return false;
};
function overlaps(r: LayoutRequest, l: Layout): string[] {
  const found: string[] = [];
  const n = r.parent.length;
  const order = Array.from({ length: n }, (_v, i) => i).sort((a, b) => l.y[a]! - l.y[b]!);
  for (let a = 0; a < n; a++)
    for (let b = a + 1; b < n && l.y[order[b]!]! < l.y[order[a]!]! + l.height[order[a]!]! - EPS; b++) {
      const [i, k] = [order[a]!, order[b]!];
      if (within(r, i, k) || within(r, k, i)) continue;
      if (l.x[i]! < l.x[k]! + l.width[k]! - EPS && l.x[k]! < l.x[i]! + l.width[i]! - EPS) found.push(`${i} and ${k}`);
    }
  return found;
}
/** Pieces of edges that enter a box that is neither an end nor a container of one. */
function runsThrough(r: LayoutRequest, l: Layout): string[] {
  const found: string[] = [];
  const order = Array.from({ length: r.parent.length }, (_v, i) => i).sort((a, b) => l.y[a]! - l.y[b]!);
  const tallest = l.height.reduce((a, b) => Math.max(a, b), 0);
  const firstAt = (y: number): number => {
    let [lo, hi] = [0, order.length];
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (l.y[order[mid]!]! < y) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  };
  for (let e = 0; e < r.from.length; e++)
    for (let p = l.start[e]!; p + 1 < l.start[e + 1]!; p++) {
      const [x1, y1, x2, y2] = [l.points[2 * p]!, l.points[2 * p + 1]!, l.points[2 * p + 2]!, l.points[2 * p + 3]!];
      const [left, right, top, bottom] = [Math.min(x1, x2), Math.max(x1, x2), Math.min(y1, y2), Math.max(y1, y2)];
      for (let k = firstAt(top - tallest); k < order.length; k++) {
        const i = order[k]!;
        if (l.y[i]! >= bottom - EPS) break;
        if (l.y[i]! + l.height[i]! <= top + EPS || l.x[i]! >= right - EPS || l.x[i]! + l.width[i]! <= left + EPS) continue;
        if (i === r.from[e] || i === r.to[e] || within(r, r.from[e]!, i) || within(r, r.to[e]!, i)) continue;
        found.push(`edge ${r.from[e]} to ${r.to[e]} and box ${i}`);
      }
    }
  return found;
}
const layoutOf = (seed: number, s: Shape): { r: LayoutRequest; l: Layout } => {
  const r = generated(seed, s);
  return { r, l: layout(r) };
};
describe.each(SHAPES)("$boxes boxes, $containers containers", (shape) => {
  for (let seed = 1; seed <= 12; seed++) {
    const { r, l } = layoutOf(seed, shape);
    test(`seed ${seed}`, () => {
      expect(overlaps(r, l)).toEqual([]);
      expect(runsThrough(r, l)).toEqual([]);
      for (let i = 0; i < r.parent.length; i++) {
        const p = r.parent[i]!;
        const [left, top, right, bottom] = p < 0 ? [0, 0, ...l.total] : [l.x[p]!, l.y[p]! + r.height[p]!, l.x[p]! + l.width[p]!, l.y[p]! + l.height[p]!];
        expect(l.x[i]!).toBeGreaterThanOrEqual(left - EPS);
        expect(l.y[i]!).toBeGreaterThanOrEqual(top - EPS);
        expect(l.x[i]! + l.width[i]!).toBeLessThanOrEqual(right! + EPS);
        expect(l.y[i]! + l.height[i]!).toBeLessThanOrEqual(bottom! + EPS);
      }
      for (let e = 0; e < r.from.length; e++) {
        expect(l.y[r.to[e]!]!).toBeGreaterThan(l.y[r.from[e]!]! - EPS);
        const [first, last] = [l.start[e]!, l.start[e + 1]! - 1];
        expect(l.points[2 * first + 1]!).toBeCloseTo(l.y[r.from[e]!]! + l.height[r.from[e]!]!, 1);
        expect(l.points[2 * last + 1]!).toBeCloseTo(l.y[r.to[e]!]!, 1);
        for (const [p, box] of [
          [first, r.from[e]!],
          [last, r.to[e]!],
        ] as const) {
          expect(l.points[2 * p]!).toBeGreaterThanOrEqual(l.x[box]! - EPS);
          expect(l.points[2 * p]!).toBeLessThanOrEqual(l.x[box]! + l.width[box]! + EPS);
        }
      }
    });
  }
});
describe("layout", () => {
  test("the same graph, the same picture", () => {
    const shape = SHAPES[3]!;
    expect(layoutOf(5, shape).l).toEqual(layoutOf(5, shape).l);
  });
  test("a chain is straight", () => {
    const n = 20;
    const r: LayoutRequest = {
      parent: new Int32Array(n).fill(-1),
      open: new Uint8Array(n),
      width: Float32Array.from({ length: n }, (_v, i) => 80 + 10 * (i % 5)),
      height: new Float32Array(n).fill(30),
      from: Int32Array.from({ length: n - 1 }, (_v, i) => i),
      to: Int32Array.from({ length: n - 1 }, (_v, i) => i + 1),
      breadth: 800,
    };
    const l = layout(r);
    const middles = Array.from(l.x, (x, i) => x + l.width[i]! / 2);
    for (const m of middles) expect(m).toBeCloseTo(middles[0]!, 0);
  });
  test("layers keep to the breadth", () => {
    const n = 40;
    const r: LayoutRequest = {
      parent: new Int32Array(n).fill(-1),
      open: new Uint8Array(n),
      width: new Float32Array(n).fill(100),
      height: new Float32Array(n).fill(30),
      from: new Int32Array(n - 1),
      to: Int32Array.from({ length: n - 1 }, (_v, i) => i + 1),
      breadth: 400,
    };
    const l = layout(r);
    const rows = new Map<number, number>();
    for (let i = 0; i < n; i++) rows.set(l.y[i]!, (rows.get(l.y[i]!) ?? 0) + 1);
    expect(Math.max(...rows.values())).toBeLessThanOrEqual(3);
  });
  test("circles and edges to oneself end, with every box placed", () => {
    const l = layout({
      parent: Int32Array.of(-1, -1, -1),
      open: new Uint8Array(3),
      width: new Float32Array(3).fill(50),
      height: new Float32Array(3).fill(20),
      from: Int32Array.of(0, 1, 2, 1),
      to: Int32Array.of(1, 2, 0, 1),
      breadth: 500,
    });
    expect(Array.from(l.y).every(Number.isFinite)).toBe(true);
  });
  test("nothing is a picture too", () => {
    const none = new Int32Array(0);
    expect(layout({ parent: none, open: new Uint8Array(0), width: new Float32Array(0), height: new Float32Array(0), from: none, to: none, breadth: 100 }).total).toEqual([0, 0]);
  });
  test("10,000 boxes keep the promises", () => {
    for (const containers of [0, 200]) {
      const { r, l } = layoutOf(7, { boxes: 10_000, containers, long: 0.02, breadth: 2000 });
      const start = performance.now();
      layout(r);
      console.log(`${containers} containers: ${(performance.now() - start).toFixed(0)} ms`);
      expect(overlaps(r, l)).toEqual([]);
      expect(runsThrough(r, l).slice(0, 5)).toEqual([]);
    }
  });
});
