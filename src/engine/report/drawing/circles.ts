// Groups must not read each other in a circle: a box that stands both before and after another could not be drawn in layers. Operations join the groups
// of their container one after the other; an operation whose joining would close a circle starts the group anew ("block0 (2)").
// The order of groups is kept as Pearce and Kelly do ("A dynamic topological sort algorithm for directed acyclic graphs", 2006).

export class Quotient {
  readonly #order: number[] = [];
  readonly #next: Set<number>[] = [];
  readonly #previous: Set<number>[] = [];
  add(): number {
    this.#next.push(new Set());
    this.#previous.push(new Set());
    return this.#order.push(this.#order.length) - 1;
  }
  /** Adds the edges from these groups to a group; false, and nothing added, if that closes a circle. */
  join(from: Iterable<number>, to: number): boolean {
    const later: number[] = [];
    let furthest = -1;
    const sources: number[] = [];
    for (const f of from) {
      if (f === to || this.#next[f]!.has(to)) continue;
      sources.push(f);
      if (this.#order[f]! > this.#order[to]!) {
        later.push(f);
        furthest = Math.max(furthest, this.#order[f]!);
      }
    }
    if (later.length && this.#reaches(to, new Set(later), furthest)) return false;
    for (const f of sources) {
      if (this.#order[f]! > this.#order[to]!) this.#reorder(f, to);
      this.#next[f]!.add(to);
      this.#previous[to]!.add(f);
    }
    return true;
  }
  /** All groups, each after those that it reads. */
  sorted(): number[] {
    return this.#order.map((_o, i) => i).sort((a, b) => this.#order[a]! - this.#order[b]!);
  }
  #reaches(start: number, goals: ReadonlySet<number>, furthest: number): boolean {
    const seen = new Set([start]);
    const stack = [start];
    while (stack.length) {
      for (const n of this.#next[stack.pop()!]!) {
        if (goals.has(n)) return true;
        if (seen.has(n) || this.#order[n]! > furthest) continue;
        seen.add(n);
        stack.push(n);
      }
    }
    return false;
  }
  #collect(start: number, edges: readonly Set<number>[], inside: (order: number) => boolean): number[] {
    const seen = new Set([start]);
    const stack = [start];
    while (stack.length)
      for (const n of edges[stack.pop()!]!) {
        if (seen.has(n) || !inside(this.#order[n]!)) continue;
        seen.add(n);
        stack.push(n);
      }
    return [...seen].sort((a, b) => this.#order[a]! - this.#order[b]!);
  }
  /** Puts `from` and what leads to it before `to` and what it leads to. */
  #reorder(from: number, to: number): void {
    const low = this.#order[to]!;
    const high = this.#order[from]!;
    const before = this.#collect(from, this.#previous, (o) => o >= low);
    const after = this.#collect(to, this.#next, (o) => o <= high);
    const all = [...before, ...after];
    const places = all.map((n) => this.#order[n]!).sort((a, b) => a - b);
    all.forEach((n, i) => (this.#order[n] = places[i]!));
  }
}
