// The order of things within layers, so that few edges cross: sweeps that sort each layer by the mean place of its neighbours, the best of them kept,
// and exchanges of neighbours where that removes crossings.
import type { Neighbours } from "./coordinates.ts";

/** Above this many edges, crossings are not counted: the last sweep is taken. */
const COUNTED = 6000;

/** Sorts the layers in place. */
export function reduceCrossings(layers: Int32Array[], up: Neighbours, down: Neighbours, sweeps: number): void {
  const things = up.start.length - 1;
  const place = new Float64Array(things);
  const key = new Float64Array(things);
  const number = (layer: Int32Array): void => layer.forEach((v, i) => (place[v] = i));
  layers.forEach(number);
  const edges = up.other.length;
  const counts = edges <= COUNTED;
  let best = counts ? crossings(layers, down, place) : Infinity;
  let kept = counts ? layers.map((l) => l.slice()) : null;
  for (let sweep = 0; sweep < sweeps && best > 0; sweep++) {
    const downwards = sweep % 2 === 0;
    const beside = downwards ? up : down;
    for (let i = 0; i < layers.length; i++) {
      const layer = layers[downwards ? i : layers.length - 1 - i]!;
      if (layer.length < 2) continue;
      for (const v of layer) key[v] = mean(beside, v, place);
      sortBy(layer, key, place);
      number(layer);
    }
    if (!counts) continue;
    if (sweep >= sweeps - 2) exchange(layers, up, down, place);
    const now = crossings(layers, down, place);
    if (now >= best) continue;
    best = now;
    kept = layers.map((l) => l.slice());
  }
  kept?.forEach((l, i) => (layers[i] = l));
}
function mean(n: Neighbours, v: number, place: Float64Array): number {
  const from = n.start[v]!;
  const to = n.start[v + 1]!;
  if (from === to) return place[v]!;
  let sum = 0;
  for (let k = from; k < to; k++) sum += place[n.other[k]!]!;
  return sum / (to - from);
}
function sortBy(layer: Int32Array, key: Float64Array, place: Float64Array): void {
  let sorted = true;
  for (let i = 1; i < layer.length && sorted; i++) sorted = key[layer[i - 1]!]! <= key[layer[i]!]!;
  if (!sorted) layer.sort((a, b) => key[a]! - key[b]! || place[a]! - place[b]!);
}
/** Crossings between all neighbouring layers, by counting inversions with a Fenwick tree. */
export function crossings(layers: readonly Int32Array[], down: Neighbours, place: Float64Array): number {
  let total = 0;
  let tree = new Int32Array(16);
  for (let l = 0; l + 1 < layers.length; l++) {
    const width = layers[l + 1]!.length;
    if (tree.length < width + 1) tree = new Int32Array(2 * width + 1);
    else tree.fill(0);
    let seen = 0;
    for (const v of layers[l]!) {
      const ends: number[] = [];
      for (let k = down.start[v]!; k < down.start[v + 1]!; k++) ends.push(place[down.other[k]!]!);
      for (const end of ends) {
        let below = 0;
        for (let i = end + 1; i > 0; i -= i & -i) below += tree[i]!;
        total += seen - below;
      }
      for (const end of ends) for (let i = end + 1; i <= width; i += i & -i) tree[i]!++;
      seen += ends.length;
    }
  }
  return total;
}
/** Neighbours change places where that removes crossings with the layers above and below. */
function exchange(layers: readonly Int32Array[], up: Neighbours, down: Neighbours, place: Float64Array): void {
  for (const layer of layers)
    for (let i = 0; i + 1 < layer.length; i++) {
      const a = layer[i]!;
      const b = layer[i + 1]!;
      const now = between(a, b, up, place) + between(a, b, down, place);
      if (now === 0) continue;
      const then = between(b, a, up, place) + between(b, a, down, place);
      if (then >= now) continue;
      layer[i] = b;
      layer[i + 1] = a;
      place[b] = i;
      place[a] = i + 1;
    }
}
/** Crossings of the edges of two things, the first of which stands left. */
function between(a: number, b: number, n: Neighbours, place: Float64Array): number {
  const [fromA, toA, fromB, toB] = [n.start[a]!, n.start[a + 1]!, n.start[b]!, n.start[b + 1]!];
  if ((toA - fromA) * (toB - fromB) > 400) return 0;
  let count = 0;
  for (let i = fromA; i < toA; i++) for (let k = fromB; k < toB; k++) if (place[n.other[i]!]! > place[n.other[k]!]!) count++;
  return count;
}
