// The plan of one region: its groups in order, a place for each value that is stored, and places given back when their value is dead.
import { itemsize } from "../../core/dtypes.ts";
import { type Graph, type Node, type TensorType, bytesOf } from "../../graph/graph.ts";
import type { Region } from "../../graph/regions.ts";
import type { Group } from "../fusion/groups.ts";
import { buildGroup } from "../kernel/buildGroup.ts";
import type { BuiltKernel } from "../kernel/nest.ts";
import { planCase, planWhile } from "./control.ts";
import { mayOverwrite } from "./inPlace.ts";
import { Liveness } from "./liveness.ts";
import type { ProgramPlanner } from "./program.ts";
import { type Place, type Step, samePlace } from "./types.ts";

/** Memory that this region took from the arena. */
interface Owned {
  readonly at: number;
  readonly bytes: number;
  /** Values of this region that live there. */
  holders: number;
}
export interface RegionOptions {
  readonly params: readonly Place[];
  /** Where a result should end up; null: anywhere. */
  readonly wanted: readonly (Place | null)[];
  /** By result: the parameter whose place it may take over once that is dead, as a loop's carried values are replaced, and given-away arguments. */
  readonly replaces: readonly (number | null)[];
}
export class RegionPlanner {
  readonly steps: Step[] = [];
  readonly graph: Graph;
  readonly #live: Liveness;
  readonly #groups: readonly Group[];
  readonly #places = new Map<Node, Place>();
  readonly #owned = new Map<number, Owned>();
  /** Memory taken for the step that is being planned. */
  #fresh: Owned[] = [];
  /** Values of the step that is being planned that nothing reads. */
  #unread: Node[] = [];
  /** The results' positions by their node, and which have their place. */
  readonly #outs = new Map<Node, number[]>();
  readonly #claimed = new Set<number>();
  /** Values that lie where a parameter was: what updates it in place, until it is the result. */
  readonly #replacing = new Set<Node>();
  #now = 0;
  constructor(
    readonly program: ProgramPlanner,
    readonly region: Region,
    readonly options: RegionOptions,
  ) {
    this.graph = region.graph;
    this.#groups = program.fuse(region).groups;
    this.#live = new Liveness(this.graph, this.#groups);
    this.graph.params.forEach((p, i) => this.#places.set(p, options.params[i]!));
    this.graph.outs.forEach((o, i) => {
      const at = this.#outs.get(o);
      if (at) at.push(i);
      else this.#outs.set(o, [i]);
    });
  }
  /** Plans all groups. @returns the places of the results */
  run(): readonly Place[] {
    this.#groups.forEach((g, t) => {
      this.#now = t;
      this.#plan(g);
      for (const n of [...this.#live.deaths(t), ...this.#unread]) this.#drop(n);
      for (const o of this.#fresh) if (o.holders === 0) this.#release(o);
      this.#fresh = [];
      this.#unread = [];
    });
    return this.graph.outs.map((o) => this.placeOf(o));
  }
  /** Gives back what is still held: after the steps around the region have taken its results. */
  close(): void {
    for (const o of this.#owned.values()) this.program.arena.give(o.at, o.bytes);
    this.#owned.clear();
  }

  // ---- places
  placeOf(n: Node): Place {
    const p = this.#places.get(n);
    if (p) return p;
    if (!n.is("constant")) throw new Error(`no place for ${n.op} %${n.id} of ${this.region.name}`);
    const constant = this.program.constant(n);
    this.#places.set(n, constant);
    return constant;
  }
  /** Memory for this step, and longer if a value is put there. */
  allocate(bytes: number): Place {
    const owned: Owned = { at: this.program.arena.take(bytes), bytes, holders: 0 };
    this.#owned.set(owned.at, owned);
    this.#fresh.push(owned);
    return { kind: "arena", offset: owned.at };
  }
  /** Puts a value in a place. */
  hold(n: Node, place: Place): void {
    this.#places.set(n, place);
    const owned = this.#ownedAt(place);
    if (owned) owned.holders++;
    if (!this.#live.isRead(n)) this.#unread.push(n);
  }
  #ownedAt(place: Place | undefined): Owned | undefined {
    return place?.kind === "arena" ? this.#owned.get(place.offset) : undefined;
  }
  #drop(n: Node): void {
    const owned = this.#ownedAt(this.#places.get(n));
    if (owned && !n.is("parameter") && --owned.holders === 0) this.#release(owned);
  }
  #release(o: Owned): void {
    if (this.#owned.delete(o.at)) this.program.arena.give(o.at, o.bytes);
  }
  /**
   * The place of a new value: where the result wants it, over the carried value that it replaces, or in the arena.
   * @param mayReplace whether the step that computes it may write over a carried value that it reads
   */
  newPlace(n: Node, mayReplace: (carried: Node) => boolean = () => false): Place {
    const i = this.#outs.get(n)?.find((k) => !this.#claimed.has(k));
    if (i !== undefined) {
      const wanted = this.#replaced(i, mayReplace) ?? this.options.wanted[i];
      if (wanted) {
        this.#claimed.add(i);
        return wanted;
      }
    }
    return this.allocate(bytesOf(n.type));
  }
  /** The place of the parameter that a result replaces, if that is dead by now, or as each of its elements is replaced. */
  #replaced(i: number, mayReplace: (carried: Node) => boolean): Place | null {
    const over = this.options.replaces[i] ?? null;
    const carried = over === null ? undefined : this.graph.params[over];
    if (over === null || !carried) return null;
    const last = this.#live.lastUse(carried);
    if (last > this.#now || (last === this.#now && !mayReplace(carried))) return null;
    return this.options.params[over] ?? null;
  }
  /** A place for each result of a node, and the node that reads it, if any does. */
  placeResults(results: readonly (Node | null)[], types: readonly TensorType[]): Place[] {
    return results.map((r, i) => {
      const place = r && this.#live.isRead(r) ? this.newPlace(r) : this.allocate(bytesOf(types[i]!));
      if (r) this.hold(r, place);
      return place;
    });
  }
  isRead(n: Node): boolean {
    return this.#live.isRead(n);
  }

  // ---- groups
  #plan(g: Group): void {
    const { hero } = g;
    if (hero?.is("while")) planWhile(this, hero, resultsOf(hero, g));
    else if (hero?.is("case")) planCase(this, hero, resultsOf(hero, g));
    else if (hero?.is("library", "callback")) this.#call(hero, g);
    else this.#kernel(g);
  }
  #call(hero: Node<"library" | "callback">, g: Group): void {
    const results = resultsOf(hero, g);
    const ins = hero.inputs.map((n) => this.placeOf(n));
    const outs = this.placeResults(results, hero.types);
    const name = hero.is("library") ? hero.attrs.name : "callback";
    const call = { kernel: this.program.planned(g, { name, buffers: [], body: [] }, this.region), ins, outs, results };
    this.steps.push(hero.is("library") ? { kind: "library", node: hero, ...call } : { kind: "callback", node: hero as Node<"callback">, ...call });
  }
  #kernel(g: Group): void {
    const updates = this.#updatesInPlace(g);
    if (updates) this.hold(g.hero!, this.placeOf(updates));
    const built = buildGroup([...g.nodes], g, updates !== null, this.program.target);
    const { kernel, nodes: values } = built;
    const mayReplace =
      (o: Node) =>
      (carried: Node): boolean =>
        this.#isReadInStep(built, o, carried);
    for (const o of g.outputs) if (!this.#places.has(o)) this.hold(o, this.newPlace(o, mayReplace(o)));
    const places = values.map((n, i) => {
      if (n) return this.placeOf(n);
      const buffer = kernel.buffers[i]!;
      return this.allocate(buffer.size * itemsize(buffer.dtype));
    });
    this.steps.push({ kind: "kernel", kernel: this.program.planned(g, kernel, this.region), places, values, updates });
  }
  /** Whether a kernel reads of a carried value just what it replaces, and by no other name. */
  #isReadInStep({ kernel, nodes }: BuiltKernel, out: Node, carried: Node): boolean {
    // A grid's shader may not have one array twice, to read and to write.
    if (this.program.target.parallelism.grid) return false;
    const over = nodes.indexOf(carried);
    const place = this.placeOf(carried);
    const isAlone = nodes.every((n, b) => b === over || kernel.buffers[b]!.role !== "in" || !n || !samePlace(this.placeOf(n), place));
    return isAlone && mayOverwrite(kernel, nodes.indexOf(out), over);
  }
  /** The array that a scatter or an update of a slice may overwrite: one that nobody reads afterwards. */
  #updatesInPlace(g: Group): Node | null {
    const x = this.#takenOver(g, this.#now);
    if (!x) return null;
    if (x.is("parameter")) {
      const result = this.options.replaces.indexOf(x.attrs.index);
      if (result < 0 || !this.#endsAs(g.hero!, result)) return null;
    } else if (!this.#replacing.has(x)) return this.#ownedAt(this.#places.get(x))?.holders === 1 ? x : null;
    this.#replacing.add(g.hero!);
    return x;
  }
  /** What a group would overwrite at its time, if that is no constant, and dead afterwards. */
  #takenOver(g: Group | undefined, now: number): Node | null {
    if (g?.kind !== "region" || !g.hero || g.hero.is("concatenate")) return null;
    const x = g.hero.inputs[0]!;
    if (g.nodes.has(x) || x.is("constant") || this.#live.lastUse(x) !== now) return null;
    for (const n of g.nodes) if (n.inputs.filter((i) => i === x).length > (n === g.hero ? 1 : 0)) return null;
    return x;
  }
  /** Whether a value is the result of this position alone, or updated in place until it is: all updates of a parameter stay in its place, or none. */
  #endsAs(n: Node, i: number): boolean {
    let value = n;
    for (let at = this.#outs.get(value); ; at = this.#outs.get(value)) {
      if (at) return at.length === 1 && at[0] === i;
      const last = this.#live.lastUse(value);
      const next = this.#groups[last];
      if (this.#takenOver(next, last) !== value) return false;
      value = next!.hero!;
    }
  }
}
/** The nodes that stand for each result of a node; null where nothing reads it. */
function resultsOf(n: Node, g: Group): (Node | null)[] {
  if (n.types.length === 1) return [n];
  const results: (Node | null)[] = n.types.map(() => null);
  for (const m of g.nodes) if (m.is("get")) results[m.attrs.index] = m;
  return results;
}
