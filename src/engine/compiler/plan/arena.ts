// The arena while planning: first-fit allocation, places are used again as soon as their value is dead.

interface Hole {
  at: number;
  size: number;
}
export class Arena {
  /** Ordered by address; neighbours are one. */
  readonly #holes: Hole[] = [];
  #end = 0;
  /** What all places together would take without reuse. */
  unplanned = 0;
  constructor(readonly alignment: number) {}
  get size(): number {
    return this.#end;
  }
  #aligned(bytes: number): number {
    return Math.ceil(Math.max(bytes, 1) / this.alignment) * this.alignment;
  }
  /** An offset for so many bytes. */
  take(bytes: number): number {
    const size = this.#aligned(bytes);
    this.unplanned += size;
    const i = this.#holes.findIndex((h) => h.size >= size);
    if (i < 0) return this.#grow(size);
    const hole = this.#holes[i]!;
    const { at } = hole;
    if (hole.size === size) this.#holes.splice(i, 1);
    else {
      hole.at += size;
      hole.size -= size;
    }
    return at;
  }
  #grow(size: number): number {
    const last = this.#holes.at(-1);
    const at = last && last.at + last.size === this.#end ? this.#holes.pop()!.at : this.#end;
    this.#end = at + size;
    return at;
  }
  /** Gives back what `take(bytes)` gave. */
  give(at: number, bytes: number): void {
    const size = this.#aligned(bytes);
    const i = this.#firstAfter(at);
    const before = this.#holes[i - 1];
    const after = this.#holes[i];
    const joinsBefore = before !== undefined && before.at + before.size === at;
    const joinsAfter = after !== undefined && at + size === after.at;
    if (joinsBefore) before.size += size;
    if (joinsAfter && !joinsBefore) {
      after.at = at;
      after.size += size;
    }
    if (joinsBefore && joinsAfter) {
      before.size += after.size;
      this.#holes.splice(i, 1);
    }
    if (!joinsBefore && !joinsAfter) this.#holes.splice(i, 0, { at, size });
  }
  /** The position of the first hole behind an address. */
  #firstAfter(at: number): number {
    let low = 0;
    let high = this.#holes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#holes[middle]!.at < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
