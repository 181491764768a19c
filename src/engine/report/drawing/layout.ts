// The layout of the whole picture: containers from the innermost out, each a box of the one around it. An edge that leaves a container goes through a port
// in its border; edges of one source share their ports. Pure, so that it runs in a worker, on the page, and for a picture in a file.
import { type ContainerLayout, type Link, layOut } from "./container.ts";

export interface LayoutRequest {
  /** The container of each box, a box that comes before it; -1: the picture. */
  readonly parent: Int32Array;
  /** Of an open container: its least width, and the height of its head. */
  readonly width: Float32Array;
  readonly height: Float32Array;
  readonly open: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** How wide a layer of boxes may become. */
  readonly breadth: number;
}
export interface Layout {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly width: Float32Array;
  readonly height: Float32Array;
  /** Points of edge e: from points[2 * start[e]] to points[2 * start[e + 1]]. */
  readonly start: Int32Array;
  readonly points: Float32Array;
  readonly total: readonly [width: number, height: number];
}
export const PAD = 12;
const LEAST_BREADTH = 240;
const PORT_WIDTH = 2;

interface Ports {
  /** By the source box of the edges: the port's x inside the container. */
  readonly in: Map<number, number>;
  readonly out: Map<number, number>;
}
interface Container {
  readonly children: number[];
  readonly segments: Map<string, Segment>;
}
/** A piece of edges inside one container. -1 for an end: the container's own border. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly source: number;
  route: readonly number[];
}
export function layout(r: LayoutRequest): Layout {
  const count = r.parent.length;
  const depth = new Int32Array(count);
  const containers = new Map<number, Container>([[-1, { children: [], segments: new Map() }]]);
  for (let i = 0; i < count; i++) {
    const p = r.parent[i]!;
    depth[i] = p < 0 ? 0 : depth[p]! + 1;
    if (r.open[i]) containers.set(i, { children: [], segments: new Map() });
    containers.get(p)!.children.push(i);
  }
  const pieces = cut(r, depth, containers);
  const width = Float32Array.from(r.width);
  const height = Float32Array.from(r.height);
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const ports = new Map<number, Ports>();
  const order = [...containers.keys()].sort((a, b) => b - a); // inner containers have higher numbers than outer ones
  let total: [number, number] = [0, 0];
  const localIndex = new Int32Array(count);
  for (const id of order) {
    const c = containers.get(id)!;
    const head = id < 0 ? 0 : r.height[id]!;
    const nesting = id < 0 ? 0 : depth[id]! + 1;
    const breadth = Math.max(LEAST_BREADTH, r.breadth - 2 * PAD * nesting);
    const made = arrange(c, width, height, ports, localIndex, breadth);
    const pad = id < 0 ? 0 : PAD;
    const inner = made.layout.width;
    const outer = Math.max(id < 0 ? 0 : r.width[id]!, inner + 2 * pad);
    const dx = (outer - inner) / 2;
    c.children.forEach((child, i) => {
      x[child] = dx + made.layout.x[i]!;
      y[child] = head + pad + made.layout.y[i]!;
    });
    for (const s of c.segments.values()) s.route = s.route.map((v, i) => v + (i % 2 === 0 ? dx : head + pad));
    if (id < 0) {
      total = [outer, made.layout.height];
      continue;
    }
    width[id] = outer;
    height[id] = head + made.layout.height + 2 * pad;
    ports.set(id, { in: shifted(made.ports.in, dx), out: shifted(made.ports.out, dx) });
    stretch(c, head, height[id]!);
  }
  // From positions inside containers to positions in the picture: containers come before what they hold.
  for (let i = 0; i < count; i++) {
    const p = r.parent[i]!;
    if (p < 0) continue;
    x[i]! += x[p]!;
    y[i]! += y[p]!;
  }
  return { x, y, width, height, ...joined(pieces, x, y), total };
}
const shifted = (m: ReadonlyMap<number, number>, dx: number): Map<number, number> => new Map([...m].map(([k, v]) => [k, v + dx]));

/** Pieces of edges that end at the border are led through the margin to the border itself. */
function stretch(c: Container, head: number, bottom: number): void {
  for (const s of c.segments.values()) {
    if (s.from < 0) s.route = [s.route[0]!, head, ...s.route];
    if (s.to < 0) s.route = [...s.route, s.route.at(-2)!, bottom];
  }
}
interface Piece {
  readonly container: number;
  readonly segment: Segment;
}
/** Cuts each edge at the borders of the containers that it crosses. */
function cut(r: LayoutRequest, depth: Int32Array, containers: ReadonlyMap<number, Container>): Piece[][] {
  return Array.from(r.from, (from, e): Piece[] => {
    const to = r.to[e]!;
    const before: Piece[] = [];
    const after: Piece[] = [];
    const piece = (container: number, a: number, b: number): Piece => {
      const { segments } = containers.get(container)!;
      const key = `${a} ${b} ${from}`;
      let segment = segments.get(key);
      if (!segment) segments.set(key, (segment = { from: a, to: b, source: from, route: [] }));
      return { container, segment };
    };
    let a = from;
    let b = to;
    const outer = (v: number): number => r.parent[v]!;
    while (outer(a) !== outer(b)) {
      if (depth[a]! >= depth[b]!) {
        before.push(piece(outer(a), a, -1));
        a = outer(a);
      } else {
        after.push(piece(outer(b), -1, b));
        b = outer(b);
      }
    }
    if (a !== b) before.push(piece(outer(a), a, b));
    return [...before, ...after.reverse()];
  });
}
function arrange(
  c: Container,
  width: Float32Array,
  height: Float32Array,
  ports: ReadonlyMap<number, Ports>,
  localIndex: Int32Array,
  breadth: number,
): { layout: ContainerLayout; ports: Ports } {
  const widths = c.children.map((i) => width[i]!);
  const heights = c.children.map((i) => height[i]!);
  const places = c.children.map(() => -1);
  c.children.forEach((child, i) => (localIndex[child] = i));
  const own = { in: new Map<number, number>(), out: new Map<number, number>() };
  const port = (side: "in" | "out", source: number): number => {
    const known = own[side].get(source);
    if (known !== undefined) return known;
    const index = widths.push(PORT_WIDTH) - 1;
    heights.push(0);
    places.push(side === "in" ? 0 : 1);
    own[side].set(source, index);
    return index;
  };
  const segments = [...c.segments.values()];
  const bundles = new Map<string, number>();
  const links = segments.map((s): Link => {
    const from = s.from < 0 ? port("in", s.source) : localIndex[s.from]!;
    const to = s.to < 0 ? port("out", s.source) : localIndex[s.to]!;
    const fromX = s.from < 0 ? PORT_WIDTH / 2 : (ports.get(s.from)?.out.get(s.source) ?? width[s.from]! / 2);
    const toX = s.to < 0 ? PORT_WIDTH / 2 : (ports.get(s.to)?.in.get(s.source) ?? width[s.to]! / 2);
    const key = `${from} ${s.source}`;
    let bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, (bundle = bundles.size));
    return { from, to, fromX, toX, bundle };
  });
  const made = layOut({ count: widths.length, width: widths, height: heights, place: places, links, breadth });
  segments.forEach((s, i) => (s.route = made.routes[i]!));
  const xOf = (m: ReadonlyMap<number, number>): Map<number, number> => new Map([...m].map(([source, i]) => [source, made.x[i]! + PORT_WIDTH / 2]));
  return { layout: made, ports: { in: xOf(own.in), out: xOf(own.out) } };
}
/** The pieces of each edge, one after the other, where they lie in the picture. */
function joined(pieces: readonly (readonly Piece[])[], x: Float32Array, y: Float32Array): { start: Int32Array; points: Float32Array } {
  const start = new Int32Array(pieces.length + 1);
  pieces.forEach((list, e) => (start[e + 1] = start[e]! + list.reduce((n, p) => n + p.segment.route.length / 2, 0)));
  const points = new Float32Array(2 * start[pieces.length]!);
  let at = 0;
  for (const list of pieces)
    for (const { container, segment } of list) {
      const dx = container < 0 ? 0 : x[container]!;
      const dy = container < 0 ? 0 : y[container]!;
      for (let i = 0; i < segment.route.length; i += 2) {
        points[at++] = segment.route[i]! + dx;
        points[at++] = segment.route[i + 1]! + dy;
      }
    }
  return { start, points };
}
