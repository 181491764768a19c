// Which layer each box of one container stands in: below everything it reads, in layers that are not wider than asked for, with short edges.

export interface Boxes {
  readonly count: number;
  readonly width: ArrayLike<number>;
  /** -1: where in the flow it stands decides; 0: at the top (what comes in); 1: at the bottom (what goes out). */
  readonly place: ArrayLike<number>;
}
export interface Links {
  readonly count: number;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
}
/** Neighbours of each box as slices of one array. */
export interface Adjacency {
  readonly start: Int32Array;
  readonly list: Int32Array;
}
export function adjacency(count: number, links: Links, of: ArrayLike<number>, other: ArrayLike<number>): Adjacency {
  const start = new Int32Array(count + 1);
  for (let e = 0; e < links.count; e++) start[of[e]! + 1]!++;
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!;
  const at = start.slice(0, count);
  const list = new Int32Array(links.count);
  for (let e = 0; e < links.count; e++) list[at[of[e]!]!++] = other[e]!;
  return { start, list };
}
/**
 * The layer of each box, from 0. An edge that belongs to a circle (there is none in a program, but a file may say anything) may point upwards.
 * @param breadth how wide a layer may become; one box may always stand in it
 */
export function layersOf(boxes: Boxes, links: Links, breadth: number, gap: number): Int32Array {
  const { count } = boxes;
  const inputs = adjacency(count, links, links.to, links.from);
  const consumers = adjacency(count, links, links.from, links.to);
  const order = topological(count, inputs, consumers);
  const layer = new Int32Array(count);
  const position = new Int32Array(count);
  order.forEach((v, i) => (position[v] = i));
  for (const v of order)
    for (let k = inputs.start[v]!; k < inputs.start[v + 1]!; k++) {
      const u = inputs.list[k]!;
      if (position[u]! < position[v]!) layer[v] = Math.max(layer[v]!, layer[u]! + 1);
    }
  pullDown(order, inputs, consumers, position, layer);
  narrow(boxes, order, inputs, position, layer, breadth, gap);
  return layer;
}
/** Kahn's order, of equal ones the first of the program; what belongs to a circle comes at the end. */
function topological(count: number, inputs: Adjacency, consumers: Adjacency): Int32Array {
  const waiting = new Int32Array(count);
  const order = new Int32Array(count);
  const done = new Uint8Array(count);
  let length = 0;
  for (let v = 0; v < count; v++) {
    waiting[v] = inputs.start[v + 1]! - inputs.start[v]!;
    if (waiting[v] === 0) order[length++] = v;
  }
  for (let q = 0; q < length; q++) {
    const v = order[q]!;
    done[v] = 1;
    for (let k = consumers.start[v]!; k < consumers.start[v + 1]!; k++) {
      const w = consumers.list[k]!;
      if (--waiting[w]! === 0) order[length++] = w;
    }
  }
  for (let v = 0; v < count && length < count; v++) if (!done[v]) order[length++] = v;
  return order;
}
/** What has fewer inputs than consumers moves down to just above its first consumer: shorter edges, and fewer of them side by side. */
function pullDown(order: Int32Array, inputs: Adjacency, consumers: Adjacency, position: Int32Array, layer: Int32Array): void {
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i]!;
    const ins = inputs.start[v + 1]! - inputs.start[v]!;
    const outs = consumers.start[v + 1]! - consumers.start[v]!;
    if (outs === 0 || ins > outs || (ins === outs && ins > 1)) continue;
    let first = Infinity;
    for (let k = consumers.start[v]!; k < consumers.start[v + 1]!; k++) {
      const w = consumers.list[k]!;
      if (position[w]! > i) first = Math.min(first, layer[w]!);
    }
    if (Number.isFinite(first) && first - 1 > layer[v]!) layer[v] = first - 1;
  }
}
/** Boxes that find no room in their layer go to the next one that has some, and what reads them below that. */
function narrow(boxes: Boxes, order: Int32Array, inputs: Adjacency, position: Int32Array, layer: Int32Array, breadth: number, gap: number): void {
  const { count, width, place } = boxes;
  const byLayer = Array.from(order).sort((a, b) => layer[a]! - layer[b]! || position[a]! - position[b]!);
  const used: number[] = [];
  const nextFree: number[] = [];
  const free = (l: number): number => {
    let at = l;
    while (nextFree[at] !== undefined) at = nextFree[at]!;
    for (let x = l; nextFree[x] !== undefined; ) {
      const n = nextFree[x]!;
      nextFree[x] = at;
      x = n;
    }
    return at;
  };
  const top = place.length ? Array.from({ length: count }, (_v, i) => place[i] === 0).some(Boolean) : false;
  let deepest = 0;
  for (const v of byLayer) {
    if (place[v] === 0) {
      layer[v] = 0;
      continue;
    }
    let least = Math.max(layer[v]!, top ? 1 : 0);
    for (let k = inputs.start[v]!; k < inputs.start[v + 1]!; k++) {
      const u = inputs.list[k]!;
      if (position[u]! < position[v]!) least = Math.max(least, layer[u]! + 1);
    }
    if (place[v] === 1) {
      layer[v] = least;
      continue;
    }
    let at = free(least);
    while ((used[at] ?? 0) > 0 && used[at]! + gap + width[v]! > breadth) {
      if (used[at]! + gap + 40 > breadth) nextFree[at] = at + 1;
      at = free(at + 1);
    }
    used[at] = (used[at] ?? 0) + ((used[at] ?? 0) > 0 ? gap : 0) + width[v]!;
    layer[v] = at;
    deepest = Math.max(deepest, at);
  }
  for (let v = 0; v < count; v++) if (place[v] === 1) layer[v] = Math.max(deepest + 1, layer[v]!);
}
