// The one WebAssembly memory that arrays live in while programs run. Freed blocks are pooled by size.
import { OutOfMemoryError } from "../../core/errors.ts";

const PAGE = 65536,
  ALIGN = 64,
  FIRST = 1024,
  MAX_PAGES = 65536;

const showMiB = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** A block allocator over a growing memory. Addresses are multiples of 64, so that vectors and cache lines are aligned. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #pages: number;
  constructor(pages = MAX_PAGES) {
    this.#pages = pages;
    this.memory = new WebAssembly.Memory({ initial: Math.min(16, pages), maximum: pages });
  }
  get #most(): number {
    return this.#pages * PAGE;
  }
  #top = FIRST;
  #bins = new Map<number, number[]>();
  #free = 0;
  /** Bytes in blocks that are in use. */
  inUse = 0;
  /** Highest `inUse` so far. */
  peak = 0;

  static round(bytes: number): number {
    return Math.ceil(Math.max(bytes, 1) / ALIGN) * ALIGN;
  }
  /** A block. `what` says in messages what it is for. Throws OutOfMemoryError; a size that is none throws RangeError and changes nothing. */
  take(bytes: number, what: () => string = () => "an array"): number {
    if (bytes > Number.MAX_SAFE_INTEGER && bytes < Infinity) throw new OutOfMemoryError(`out of memory: ${what()} takes ${showMiB(bytes)}`);
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`${what()} has a size of ${bytes} bytes: sizes are whole numbers, 0 or more`);
    const size = Heap.round(bytes),
      bin = this.#bins.get(size),
      at = bin?.pop() ?? this.#carve(size, what);
    if (bin && bin.length === 0) this.#bins.delete(size);
    if (bin) this.#free -= size;
    this.inUse += size;
    this.peak = Math.max(this.peak, this.inUse);
    return at;
  }
  give(at: number, bytes: number): void {
    const size = Heap.round(bytes),
      bin = this.#bins.get(size);
    if (bin) bin.push(at);
    else this.#bins.set(size, [at]);
    this.#free += size;
    this.inUse -= size;
  }
  #carve(size: number, what: () => string): number {
    // Rather than grow, a hole that is large enough is split, once holes have gathered.
    if (this.#free > Math.max(size, this.inUse / 2)) {
      const hole = this.#coalesced(size);
      if (hole !== null) return hole;
    }
    if (this.#top + size > this.memory.buffer.byteLength) {
      const need = Math.ceil((this.#top + size - this.memory.buffer.byteLength) / PAGE),
        have = this.memory.buffer.byteLength / PAGE;
      // Growing in steps keeps the number of growths, which invalidate views, small.
      const want = Math.min(Math.max(need, Math.ceil(have / 4)), this.#pages - have);
      if (want < need || !this.#grow(want, need)) {
        const hole = this.#coalesced(size);
        if (hole !== null) return hole;
        throw new OutOfMemoryError(
          `out of memory: ${what()} takes ${showMiB(size)}, which does not fit: ${showMiB(this.inUse)} of the ${showMiB(this.#most)} of a WebAssembly memory are in use. Use smaller arrays, or free large ones with x.delete()`,
        );
      }
    }
    const at = this.#top;
    this.#top += size;
    return at;
  }
  #grow(want: number, need: number): boolean {
    for (const pages of [want, need]) {
      try {
        this.memory.grow(pages);
        return true;
      } catch {
        /* the machine refuses: try the least that suffices */
      }
    }
    return false;
  }
  /** Joins neighbouring holes and gives the first that fits. */
  #coalesced(size: number): number | null {
    const holes = [...this.#bins].flatMap(([s, ats]) => ats.map((at) => ({ at, s }))).sort((a, b) => a.at - b.at),
      joined: { at: number; s: number }[] = [];
    for (const h of holes) {
      const last = joined.at(-1);
      if (last && last.at + last.s === h.at) last.s += h.s;
      else joined.push({ ...h });
    }
    const i = joined.findIndex((h) => h.s >= size),
      found = joined[i];
    if (found) {
      if (found.s > size) joined[i] = { at: found.at + size, s: found.s - size };
      else joined.splice(i, 1);
      this.#free -= size;
    }
    const last = joined.at(-1);
    if (last && last.at + last.s === this.#top) {
      this.#top = last.at;
      this.#free -= last.s;
      joined.pop();
    }
    this.#bins = new Map();
    for (const h of joined) {
      const bin = this.#bins.get(h.s);
      if (bin) bin.push(h.at);
      else this.#bins.set(h.s, [h.at]);
    }
    return found ? found.at : null;
  }
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }
}
export const heap = new Heap();
