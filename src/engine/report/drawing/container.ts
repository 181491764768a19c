// The layout of one container: boxes in layers, edges in the gaps between layers, past boxes through bends that have a place of their own in each layer,
// or, where they are long, in lanes beside everything. So no edge can run through a box.
import { type LayerThings, type Neighbours, xCoordinates } from "./coordinates.ts";
import { lanesOf } from "./lanes.ts";
import { layersOf } from "./layers.ts";
import { reduceCrossings } from "./order.ts";

export interface ContainerInput {
  readonly count: number;
  readonly width: ArrayLike<number>;
  readonly height: ArrayLike<number>;
  /** -1: a box; 0: a port at the top; 1: a port at the bottom. */
  readonly place: ArrayLike<number>;
  readonly links: readonly Link[];
  readonly breadth: number;
}
export interface Link {
  readonly from: number;
  readonly to: number;
  /** Where it leaves and arrives, from the box's left edge. */
  readonly fromX: number;
  readonly toX: number;
  /** Links of one bundle come from the same place and share their way as long as they can. */
  readonly bundle: number;
}
export interface ContainerLayout {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: number;
  readonly height: number;
  /** For each link its points: x, y, x, y, … Between two points of different x and y runs a curve, else a line. */
  readonly routes: readonly (readonly number[])[];
}
export const GAP_X = 20;
const GAP_BEND = 12;
const GAP_Y = 26;
const LANE = 7;
const LANE_MARGIN = 12;
const TRACK = 5;
const MOST_TRACKS = 8;
const MOST_REACH = 30;
/** Edges over more layers take a lane. */
const LONGEST = 4;
/** Differences that look like a mistake, not like a bend. */
const STRAIGHT = 9;

export function layOut(input: ContainerInput): ContainerLayout {
  const { count, links } = input;
  const layer = layersOf(
    input,
    { count: links.length, from: Int32Array.from(links, (l) => l.from), to: Int32Array.from(links, (l) => l.to) },
    input.breadth,
    GAP_X,
  );
  const depth = count ? layer.reduce((a, b) => Math.max(a, b), 0) + 1 : 0;
  const spans = links.map((l) => layer[l.to]! - layer[l.from]!);
  const direct = (i: number): boolean => spans[i]! >= 1 && spans[i]! <= LONGEST;
  const bends = new Bends(count, layer);
  const paths = links.map((l, i) => (direct(i) ? bends.path(l) : null));
  const things = thingsOf(input, bends, depth, links, paths);
  const layers = things.layers as Int32Array[];
  const size = things.width.length;
  reduceCrossings(layers, things.up, things.down, size > 3000 ? 4 : 10);
  const x = xCoordinates(things, size > 3000 ? 6 : 12);
  return place(input, layer, depth, x, things, paths, spans);
}
/** Bends of long edges: one for each bundle and layer. */
class Bends {
  readonly layers: number[] = [];
  readonly #known = new Map<number, number>();
  constructor(
    readonly first: number,
    readonly layer: Int32Array,
  ) {}
  /** Things between an edge's ends, downwards. */
  path(l: Link): number[] {
    const path: number[] = [];
    for (let at = this.layer[l.from]! + 1; at < this.layer[l.to]!; at++) {
      const key = l.bundle * 10_000_000 + at;
      let bend = this.#known.get(key);
      if (bend === undefined) {
        bend = this.first + this.layers.length;
        this.layers.push(at);
        this.#known.set(key, bend);
      }
      path.push(bend);
    }
    return path;
  }
}
function thingsOf(
  input: ContainerInput,
  bends: Bends,
  depth: number,
  links: readonly Link[],
  paths: readonly (readonly number[] | null)[],
): LayerThings {
  const size = input.count + bends.layers.length;
  const width = new Float64Array(size);
  for (let i = 0; i < input.count; i++) width[i] = input.width[i]!;
  const layerOf = (v: number): number => (v < input.count ? bends.layer[v]! : bends.layers[v - input.count]!);
  const members: number[][] = Array.from({ length: depth }, () => []);
  for (let v = 0; v < size; v++) members[layerOf(v)]!.push(v);
  const upper: number[] = [];
  const lower: number[] = [];
  const offset: number[] = [];
  const weight: number[] = [];
  const isBox = (v: number): boolean => v < input.count && input.place[v]! < 0;
  const isBend = (v: number): boolean => v >= input.count;
  const seen = new Set<number>();
  const join = (a: number, b: number, aX: number, bX: number): void => {
    // Several edges of one bundle share their first bends.
    const key = a * 4_194_304 + b;
    if (seen.has(key)) return;
    seen.add(key);
    upper.push(a);
    lower.push(b);
    offset.push(aX - bX);
    weight.push(isBend(a) && isBend(b) ? 8 : isBox(a) && isBox(b) ? 4 : isBend(a) || isBend(b) ? 1 : 0.5);
  };
  links.forEach((l, i) => {
    const path = paths[i];
    if (!path) return;
    let at = l.from;
    let atX = l.fromX;
    for (const bend of path) {
      join(at, bend, atX, 0);
      at = bend;
      atX = 0;
    }
    join(at, l.to, atX, l.toX);
  });
  return {
    layers: members.map((m) => Int32Array.from(m)),
    width,
    up: neighbours(size, lower, upper, offset, weight, 1),
    down: neighbours(size, upper, lower, offset, weight, -1),
    gap: (a, b) => (isBox(a) && isBox(b) ? GAP_X : GAP_BEND),
  };
}
function neighbours(size: number, of: readonly number[], others: readonly number[], offsets: readonly number[], weights: readonly number[], sign: number): Neighbours {
  const start = new Int32Array(size + 1);
  for (const v of of) start[v + 1]!++;
  for (let i = 0; i < size; i++) start[i + 1]! += start[i]!;
  const at = start.slice(0, size);
  const other = new Int32Array(of.length);
  const offset = new Float64Array(of.length);
  const weight = new Float64Array(of.length);
  of.forEach((v, e) => {
    const k = at[v]!++;
    other[k] = others[e]!;
    offset[k] = sign * offsets[e]!;
    weight[k] = weights[e]!;
  });
  return { start, other, offset, weight };
}
interface Lane {
  readonly bundle: number;
  side: "left" | "right";
  from: number;
  to: number;
  readonly links: number[];
}
function place(
  input: ContainerInput,
  layer: Int32Array,
  depth: number,
  x: Float64Array,
  things: LayerThings,
  paths: readonly (readonly number[] | null)[],
  spans: readonly number[],
): ContainerLayout {
  const { count, links } = input;
  let left = Infinity;
  let right = -Infinity;
  for (let v = 0; v < x.length; v++) {
    left = Math.min(left, x[v]!);
    right = Math.max(right, x[v]! + things.width[v]!);
  }
  if (!Number.isFinite(left)) left = right = 0;
  const lanes = collectLanes(links, layer, x, paths, spans, (left + right) / 2);
  const number = lanesOf(lanes, depth);
  const laneCount = { left: 0, right: 0 };
  lanes.forEach((l, i) => (laneCount[l.side] = Math.max(laneCount[l.side], number[i]! + 1)));
  const shift = (laneCount.left ? LANE_MARGIN + (laneCount.left - 1) * LANE : 0) - left;
  for (let v = 0; v < x.length; v++) x[v]! += shift;
  right += shift;
  left += shift;
  const laneX = lanes.map((l, i) => (l.side === "left" ? left - LANE_MARGIN - number[i]! * LANE : right + LANE_MARGIN + number[i]! * LANE));

  // How high each layer is, and how much room the horizontal runs between layers need.
  const tall = new Float64Array(depth);
  for (let v = 0; v < count; v++) tall[layer[v]!] = Math.max(tall[layer[v]!]!, input.height[v]!);
  const tracks = new Int32Array(depth + 1);
  const trackOf = new Map<string, number>();
  const track = (gap: number, lane: number): number => {
    const key = `${gap} ${lane}`;
    const known = trackOf.get(key);
    if (known !== undefined) return known;
    const own = tracks[gap + 1]!++ % MOST_TRACKS;
    trackOf.set(key, own);
    return own;
  };
  lanes.forEach((l, i) => {
    track(layer[links[l.links[0]!]!.from]!, i);
    for (const e of l.links) track(layer[links[e]!.to]! - 1, i);
  });
  const far = reach(links, paths, layer, x, depth);
  const room = (gap: number): number => Math.min(MOST_TRACKS, tracks[gap + 1]!) * TRACK;
  const top = new Float64Array(depth);
  let at = tracks[0] ? room(-1) + 8 : 0;
  for (let l = 0; l < depth; l++) {
    top[l] = at;
    at += tall[l]! + (l + 1 < depth ? (tall[l] === 0 || tall[l + 1] === 0 ? 14 : GAP_Y) + Math.min(MOST_REACH, Math.round(far[l]! * 0.05)) + room(l) : room(l) ? room(l) + 8 : 0);
  }
  const y = new Float64Array(count);
  for (let v = 0; v < count; v++) y[v] = top[layer[v]!]!;
  const bottom = (l: number): number => (l < 0 ? 0 : top[l]! + tall[l]!);
  const runY = (gap: number, lane: number): number => bottom(gap) + 5 + track(gap, lane) * TRACK;

  const laneOfLink = new Map<number, number>();
  lanes.forEach((l, i) => l.links.forEach((e) => laneOfLink.set(e, i)));
  const routes = links.map((l, e): number[] => {
    let fromX = x[l.from]! + l.fromX;
    let toX = x[l.to]! + l.toX;
    const startY = y[l.from]! + input.height[l.from]!;
    const endY = y[l.to]!;
    const lane = laneOfLink.get(e);
    if (lane !== undefined) {
      const out = runY(layer[l.from]!, lane);
      const into = runY(layer[l.to]! - 1, lane);
      return [fromX, startY, fromX, out, laneX[lane]!, out, laneX[lane]!, into, toX, into, toX, endY];
    }
    const path = paths[e]!;
    const points = [fromX, startY];
    if (path.length === 0) {
      if (Math.abs(fromX - toX) <= STRAIGHT && isWide(input, l)) fromX = toX = points[0] = (fromX + toX) / 2;
      points.push(fromX, bottom(layer[l.from]!), toX, top[layer[l.to]!]!, toX, endY);
      return points;
    }
    points.push(fromX, bottom(layer[l.from]!));
    path.forEach((bend, i) => {
      const own = layer[l.from]! + 1 + i;
      points.push(x[bend]!, top[own]!, x[bend]!, bottom(own));
    });
    points.push(toX, top[layer[l.to]!]!, toX, endY);
    return points;
  });
  const width = right + (laneCount.right ? LANE_MARGIN + (laneCount.right - 1) * LANE : 0);
  return { x: x.subarray(0, count), y, width, height: at, routes };
}
/** How far to the side edges go below each layer: flat curves need room. */
function reach(links: readonly Link[], paths: readonly (readonly number[] | null)[], layer: Int32Array, x: Float64Array, depth: number): Float64Array {
  const far = new Float64Array(depth);
  links.forEach((l, e) => {
    const path = paths[e];
    if (!path) return;
    let at = x[l.from]! + l.fromX;
    let gap = layer[l.from]!;
    for (const next of [...path.map((bend) => x[bend]!), x[l.to]! + l.toX]) {
      far[gap] = Math.max(far[gap]!, Math.abs(next - at));
      at = next;
      gap++;
    }
  });
  return far;
}
/** Both ends are boxes wide enough for the line to stand a little beside its place. */
const isWide = (input: ContainerInput, l: Link): boolean =>
  input.place[l.from]! < 0 &&
  input.place[l.to]! < 0 &&
  Math.min(l.fromX, input.width[l.from]! - l.fromX, l.toX, input.width[l.to]! - l.toX) > 2 * STRAIGHT;

function collectLanes(
  links: readonly Link[],
  layer: Int32Array,
  x: Float64Array,
  paths: readonly (readonly number[] | null)[],
  spans: readonly number[],
  middle: number,
): Lane[] {
  const byBundle = new Map<number, Lane>();
  links.forEach((l, e) => {
    if (paths[e]) return;
    const from = layer[l.from]!;
    const to = layer[l.to]! - 1;
    let lane = byBundle.get(l.bundle);
    if (!lane) {
      lane = { bundle: l.bundle, side: "right", from, to: from, links: [] };
      byBundle.set(l.bundle, lane);
    }
    lane.from = Math.min(lane.from, to);
    lane.to = Math.max(lane.to, to, spans[e]! < 1 ? from : 0);
    lane.links.push(e);
  });
  for (const lane of byBundle.values()) {
    const ends = lane.links.map((e) => x[links[e]!.to]! + links[e]!.toX);
    const source = links[lane.links[0]!]!;
    const mean = (ends.reduce((a, b) => a + b, 0) / ends.length + x[source.from]! + source.fromX) / 2;
    lane.side = mean < middle - 1 ? "left" : "right";
  }
  return [...byBundle.values()];
}
