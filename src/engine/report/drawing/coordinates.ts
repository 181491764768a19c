// Where the things of each layer stand from left to right: as near as can be to what they are joined with, in the order of the layer, without overlap.
// Each layer by itself is a least-squares problem that pooling adjacent violators solves exactly; a few passes down and up bring the layers together.

export interface LayerThings {
  /** Things of each layer in their order. */
  readonly layers: readonly Int32Array[];
  readonly width: Float64Array;
  /** Edges between neighbouring layers, as slices: for each thing the other ends, and the difference that makes the edge straight. */
  readonly up: Neighbours;
  readonly down: Neighbours;
  /** Distance between two neighbours of a layer. */
  readonly gap: (left: number, right: number) => number;
}
export interface Neighbours {
  readonly start: Int32Array;
  readonly other: Int32Array;
  /** x of the other thing + offset = x of this one, where the edge is straight. */
  readonly offset: Float64Array;
  /** How much it matters that the edge is straight. */
  readonly weight: Float64Array;
}
/** Left edges of all things. */
export function xCoordinates(t: LayerThings, passes: number): Float64Array {
  const x = new Float64Array(t.width.length);
  for (const layer of t.layers) pack(layer, t, x);
  const pool = new Pool(t.layers.reduce((most, l) => Math.max(most, l.length), 0));
  const n = t.layers.length;
  for (let pass = 0; pass < passes; pass++) {
    if (pass % 2 === 0) for (let l = 1; l < n; l++) pool.place(t, t.layers[l]!, x, true, false);
    else for (let l = n - 2; l >= 0; l--) pool.place(t, t.layers[l]!, x, false, true);
  }
  for (let l = 0; l < n; l++) pool.place(t, t.layers[l]!, x, true, true);
  return x;
}
function pack(layer: Int32Array, t: LayerThings, x: Float64Array): void {
  let at = 0;
  for (let i = 0; i < layer.length; i++) {
    const v = layer[i]!;
    if (i > 0) at += t.gap(layer[i - 1]!, v);
    x[v] = at;
    at += t.width[v]!;
  }
  for (const v of layer) x[v]! -= at / 2;
}
/** Pooling of adjacent violators, with its room kept between layers. */
class Pool {
  readonly #mean: Float64Array;
  readonly #weight: Float64Array;
  readonly #length: Int32Array;
  readonly #shift: Float64Array;
  constructor(most: number) {
    this.#mean = new Float64Array(most);
    this.#weight = new Float64Array(most);
    this.#length = new Int32Array(most);
    this.#shift = new Float64Array(most);
  }
  place(t: LayerThings, layer: Int32Array, x: Float64Array, up: boolean, down: boolean): void {
    let blocks = 0;
    let shift = 0;
    for (let i = 0; i < layer.length; i++) {
      const v = layer[i]!;
      if (i > 0) shift += t.width[layer[i - 1]!]! + t.gap(layer[i - 1]!, v);
      this.#shift[i] = shift;
      const [wanted, weight] = wish(t, v, x, up, down);
      this.#mean[blocks] = wanted - shift;
      this.#weight[blocks] = weight;
      this.#length[blocks] = 1;
      blocks++;
      while (blocks > 1 && this.#mean[blocks - 2]! > this.#mean[blocks - 1]!) {
        const a = blocks - 2;
        const sum = this.#weight[a]! + this.#weight[a + 1]!;
        this.#mean[a] = (this.#mean[a]! * this.#weight[a]! + this.#mean[a + 1]! * this.#weight[a + 1]!) / sum;
        this.#weight[a] = sum;
        this.#length[a]! += this.#length[a + 1]!;
        blocks--;
      }
    }
    let i = 0;
    for (let b = 0; b < blocks; b++) for (let k = 0; k < this.#length[b]!; k++, i++) x[layer[i]!] = this.#mean[b]! + this.#shift[i]!;
  }
}
/** Where a thing would like to stand, and how much. A thing that is joined with nothing stays where it is, and gives way. */
function wish(t: LayerThings, v: number, x: Float64Array, up: boolean, down: boolean): readonly [number, number] {
  let sum = 0;
  let weight = 0;
  const add = (n: Neighbours): void => {
    for (let k = n.start[v]!; k < n.start[v + 1]!; k++) {
      const w = n.weight[k]!;
      sum += w * (x[n.other[k]!]! + n.offset[k]!);
      weight += w;
    }
  };
  if (up) add(t.up);
  if (down) add(t.down);
  return weight > 0 ? [sum / weight, weight] : [x[v]!, 0.05];
}
