// Groups of nodes that are computed by one kernel, while they grow: who reads whom is kept up to date as groups are joined, so that a
// question about two groups costs what they are large, not what the program is.
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import { type Facts, isFree } from "./facts.ts";
import { Loops, type Signature, type Visit } from "./signature.ts";

export type GroupKind = "loop" | "reduce" | "matmul" | "cumulative" | "region" | "library" | "while" | "case" | "callback";
/** A group as the fusion pass hands it on. */
export interface Group {
  readonly id: number;
  readonly kind: GroupKind;
  /** The operation that the kernel is built around; null where all are elementwise or movement. */
  readonly hero: Node | null;
  /** In the program's order. */
  readonly nodes: ReadonlySet<Node>;
  readonly outputs: readonly Node[];
}
/** A group that still grows. */
export class Candidate {
  readonly nodes = new Set<Node>();
  readonly outputs = new Set<Node>();
  /** What it reads from memory, and at which elements. */
  readonly reads = new Map<Node, readonly Visit[]>();
  /** Places in the program of its first and last node. */
  first: number;
  last: number;
  /** Arithmetic of one element, counted once for each node. */
  flops = 0;
  /** How many reductions wait for one another: so often the kernel goes over its rows, and computes what it maps over them anew. */
  stages: number;
  /** The group that this one has become a part of. */
  joined: Candidate | null = null;
  /** Another number after each join: what was said of a group holds as long as this is the same. */
  state: number;
  constructor(
    readonly id: number,
    public signature: Signature,
    public hero: Node | null,
    position: number,
  ) {
    this.first = this.last = position;
    this.state = id;
    this.stages = signature.kind === "reduce" ? 1 : 0;
  }
  get kind(): GroupKind {
    return this.signature.kind;
  }
}
/** Kernels of one key may become one with several results, where they read the same; null for what never does. */
export function siblingKey({ kind, signature: { results, rows }, id }: Candidate): string | null {
  if (kind !== "loop" && kind !== "reduce") return null;
  return `${kind} ${results.shape.join()} ${rows ? `${rows.full.shape.join()} ${rows.dims.join()}` : kind === "reduce" ? id : ""}`;
}
function listOf<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}
/** The search for a path between two groups is given up after so many: groups that lie so far apart are not joined. */
const MAX_SEARCH = 64;

export class Grouping {
  readonly loops: Loops;
  readonly all = new Set<Candidate>();
  readonly #storedIn = new Map<Node, Candidate>();
  readonly #homes = new Map<Node, Set<Candidate>>();
  readonly #visits = new Map<Candidate, Map<Node, readonly Visit[]>>();
  readonly #readers = new Map<Node, Set<Candidate>>();
  #next = 0;
  /** Steps of the searches so far: what a test bounds. */
  work = 0;
  constructor(readonly facts: Facts) {
    this.loops = new Loops(facts.tile);
  }

  // ---- placing nodes, consumers first
  /** A new group with a node at its head, which it stores. */
  found(n: Node): Candidate {
    const c = new Candidate(this.#next++, this.loops.signature(this.facts.kindOf(n), n), isFree(n) ? null : n, this.facts.position(n));
    this.all.add(c);
    this.#visits.set(c, new Map());
    this.#add(n, c, isFree(n) ? [this.loops.each(c.signature.results)] : []);
    this.store(n, c);
    return c;
  }
  store(n: Node, c: Candidate): void {
    c.outputs.add(n);
    this.#storedIn.set(n, c);
  }
  /** A result of a node with several takes that node's place among its group's outputs. */
  addResult(n: Node, base: Node): void {
    const c = this.homes(base).values().next().value ?? this.found(base);
    c.outputs.delete(base);
    this.#add(n, c, []);
    this.store(n, c);
  }
  /** Computes a node inside a group that reads it, at the elements that it needs there. */
  inline(n: Node, c: Candidate, visits: readonly Visit[]): void {
    this.#add(n, c, visits);
  }
  #add(n: Node, c: Candidate, visits: readonly Visit[]): void {
    c.nodes.add(n);
    c.flops += this.facts.ownFlops(n);
    const at = this.facts.position(n);
    c.first = Math.min(c.first, at);
    c.last = Math.max(c.last, at);
    this.#visits.get(c)!.set(n, visits);
    const homes = this.#homes.get(n);
    if (homes) homes.add(c);
    else this.#homes.set(n, new Set([c]));
  }
  /** The groups that compute a node. */
  homes(n: Node): ReadonlySet<Candidate> {
    return this.#homes.get(n) ?? new Set();
  }
  /** The groups that need a value, and at which of its elements: readers are placed first, so theirs are known. */
  needs(n: Node): Map<Candidate, readonly Visit[]> {
    const lists = new Map<Candidate, (readonly Visit[])[]>();
    for (const u of this.facts.users(n))
      for (const c of this.homes(u))
        u.inputs.forEach((i, at) => {
          if (i === n) listOf(lists, c).push(this.#operandVisits(u, at, c));
        });
    return new Map([...lists].map(([c, l]) => [c, this.loops.join(n, l)]));
  }
  #operandVisits(u: Node, at: number, c: Candidate): readonly Visit[] {
    if (u.is("get")) return [];
    if (!isFree(u)) return [this.loops.headOperand(u, at)];
    return this.#visits
      .get(c)!
      .get(u)!
      .map((v) => this.loops.operand(u, at, v));
  }
  /** Ends placing: what is not computed in a group is read by it. */
  seal(): void {
    for (const c of this.all) {
      const lists = new Map<Node, (readonly Visit[])[]>();
      for (const n of c.nodes)
        n.inputs.forEach((i, at) => {
          if (!c.nodes.has(i)) listOf(lists, i).push(this.#operandVisits(n, at, c));
        });
      for (const [i, l] of lists) {
        c.reads.set(i, this.loops.join(i, l));
        this.#readersOf(i).add(c);
      }
    }
  }
  #addVisits(c: Candidate, n: Node, visits: readonly Visit[]): void {
    const placed = this.#visits.get(c)!;
    placed.set(n, this.loops.join(n, [placed.get(n) ?? [], visits]));
  }
  #readersOf(n: Node): Set<Candidate> {
    let s = this.#readers.get(n);
    if (!s) this.#readers.set(n, (s = new Set()));
    return s;
  }

  // ---- joining groups
  /** The groups that read a value from memory. */
  readers(n: Node): ReadonlySet<Candidate> {
    return this.#readersOf(n);
  }
  /** The group that stores a value, if it is no argument or constant. */
  storedIn(n: Node): Candidate | null {
    const c = this.#storedIn.get(n);
    return c ? this.current(c) : null;
  }
  /** What a group has become. */
  current(c: Candidate): Candidate {
    let root = c;
    while (root.joined) root = root.joined;
    for (let at = c; at.joined && at.joined !== root;) {
      const next = at.joined;
      at.joined = root;
      at = next;
    }
    return root;
  }
  /** Groups whose results a group reads. */
  *sources(c: Candidate): Iterable<Candidate> {
    for (const n of c.reads.keys()) {
      const p = this.storedIn(n);
      if (p && p !== c) yield p;
    }
  }
  /** Groups that read a group's results, in the program's order. */
  consumers(c: Candidate): Candidate[] {
    const found = new Set<Candidate>();
    for (const o of c.outputs) for (const r of this.readers(o)) found.add(r);
    return [...found].sort((a, b) => a.last - b.last);
  }
  /** The values that pass from one group to another. */
  passed(a: Candidate, b: Candidate): Node[] {
    if (a.outputs.size <= b.reads.size) return [...a.outputs].filter((o) => b.reads.has(o));
    return [...b.reads.keys()].filter((n) => a.outputs.has(n));
  }
  /** Whether `b` needs a third group that needs `a`, or might: a search that takes too long counts as found. */
  dependsThrough(a: Candidate, b: Candidate): boolean {
    const seen = new Set<Candidate>([b]);
    const stack: Candidate[] = [];
    const push = (c: Candidate): void => {
      // A group on the way has nodes after the first of `a`.
      if (c.last > a.first && !seen.has(c)) {
        seen.add(c);
        stack.push(c);
      }
    };
    for (const s of this.sources(b)) if (s !== a) push(s);
    for (let c = stack.pop(); c; c = stack.pop()) {
      if (seen.size > MAX_SEARCH) return true;
      for (const s of this.sources(c)) {
        this.work++;
        if (s === a) return true;
        push(s);
      }
    }
    return false;
  }
  /** Whether one group reads what the other stores. */
  reads(a: Candidate, b: Candidate): boolean {
    return this.passed(a, b).length > 0;
  }
  /** Whether a value has a place in memory. */
  isStored(n: Node): boolean {
    return this.storedIn(n)?.outputs.has(n) ?? false;
  }
  /** How often all kernels together evaluate an element of a value. */
  evaluations(n: Node): number {
    let count = 0;
    for (const c of this.homes(n)) {
      const visits = this.#visits.get(c)?.get(n) ?? [];
      count += visits.length > 0 ? visits.reduce((s, v) => s + v.count, 0) : sizeOf(n.shape);
    }
    return count;
  }
  /**
   * Makes two groups one, with the given signature. What only the other one read is stored no more.
   * @param again what passes from `a` to `b` is computed at other elements than `a` computes it at
   */
  join(a: Candidate, b: Candidate, signature: Signature, again: boolean): Candidate {
    if (again) this.#blur(a);
    // A value that is stored beside a reduction is computed in the reduction's loops and in those that store it.
    const twice = again || (a.kind === "loop" && b.kind === "reduce") ? this.passed(a, b).map((o) => [o, b.reads.get(o)!] as const) : [];
    const hero = a.hero ?? b.hero;
    const [into, from] = a.nodes.size + a.reads.size >= b.nodes.size + b.reads.size ? [a, b] : [b, a];
    const between = [...this.passed(a, b), ...this.passed(b, a)];
    from.joined = into;
    into.state = this.#next++;
    into.stages = between.length > 0 ? a.stages + b.stages : Math.max(a.stages, b.stages);
    this.all.delete(from);
    into.signature = signature;
    into.hero = hero;
    into.first = Math.min(a.first, b.first);
    into.last = Math.max(a.last, b.last);
    for (const n of from.nodes) {
      if (!into.nodes.has(n)) {
        into.nodes.add(n);
        into.flops += this.facts.ownFlops(n);
      }
      const homes = this.#homes.get(n)!;
      homes.delete(from);
      homes.add(into);
      this.#addVisits(into, n, this.#visits.get(from)!.get(n)!);
    }
    this.#visits.delete(from);
    for (const [o, visits] of twice) this.#addVisits(into, o, visits);
    for (const [n, visits] of from.reads) {
      const readers = this.#readersOf(n);
      readers.delete(from);
      if (into.nodes.has(n)) continue;
      readers.add(into);
      const known = into.reads.get(n);
      into.reads.set(n, known ? this.loops.join(n, [known, visits]) : visits);
    }
    for (const o of from.outputs) into.outputs.add(o);
    for (const o of between) {
      into.reads.delete(o);
      this.#readersOf(o).delete(into);
    }
    for (const o of between) if (into.outputs.size > 1 && this.readers(o).size === 0 && !this.facts.isResult(o)) into.outputs.delete(o);
    return into;
  }
  /** The reads of a group whose values are computed again at other elements than its own: nobody knows which. */
  #blur(c: Candidate): void {
    for (const [n, visits] of c.reads) {
      const count = visits.reduce((s, v) => s + v.count, 0);
      c.reads.set(n, this.loops.join(n, [visits, [this.loops.unknown(`again ${n.id}`, count)]]));
    }
  }
}
