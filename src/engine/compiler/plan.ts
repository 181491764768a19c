// The memory plan and the order of work: every stored value gets a place, by liveness; loops and branches become nested steps.
import { sizeOf } from "../core/aval.ts";
import { type Graph, type Node, type TensorType, bytesOf } from "../graph/graph.ts";
import type { NDArray } from "../core/value.ts";
import type { Region } from "../graph/regions.ts";
import { type Fusion, fuse } from "./fusion/fuse.ts";
import type { Pins } from "./fusion/pins.ts";
import type { Group } from "./fusion/groups.ts";
import { buildGroup } from "./kernel/buildGroup.ts";
import type { Kernel } from "./kernel/ir.ts";
import { itemsize } from "../core/dtypes.ts";

/** Where a value lives: a slot of the pointer table (arguments, results, constants) or an offset in the program's arena. */
export type Place = { readonly kind: "slot"; readonly slot: number } | { readonly kind: "arena"; readonly offset: number };
export interface PlannedKernel {
  readonly id: number;
  readonly kernel: Kernel;
  readonly group: Group;
  readonly nodes: readonly Node[];
  readonly outputs: readonly Node[];
  readonly region: Region;
}
/** A region of the program and what was decided in it. */
export interface PlannedRegion extends Region {
  readonly fusion: Fusion;
}
export type Step =
  | { readonly kind: "kernel"; readonly kernel: PlannedKernel; readonly places: readonly Place[] }
  | {
      readonly kind: "library";
      readonly kernel: PlannedKernel;
      readonly node: Node<"library">;
      readonly ins: readonly Place[];
      readonly outs: readonly Place[];
    }
  | {
      readonly kind: "callback";
      readonly kernel: PlannedKernel;
      readonly node: Node<"callback">;
      readonly ins: readonly Place[];
      readonly outs: readonly Place[];
    }
  | { readonly kind: "copy"; readonly to: Place; readonly from: Place; readonly bytes: number }
  | { readonly kind: "while"; readonly cond: readonly Step[]; readonly predicate: Place; readonly body: readonly Step[] }
  | { readonly kind: "case"; readonly index: Place; readonly indexType: TensorType; readonly branches: readonly (readonly Step[])[] };
export interface Plan {
  readonly steps: readonly Step[];
  readonly kernels: readonly PlannedKernel[];
  /** The main graph and those of loops and branches, by their ids: `regions[r].id === r`. */
  readonly regions: readonly PlannedRegion[];
  readonly params: readonly TensorType[];
  readonly outs: readonly TensorType[];
  readonly constants: readonly NDArray[];
  readonly arenaBytes: number;
  /** What the temporaries would take without reuse. */
  readonly unplannedBytes: number;
}

const ALIGN = 64;
const aligned = (n: number): number => Math.ceil(Math.max(n, 1) / ALIGN) * ALIGN;
/** First-fit allocation of the arena while planning: places are reused as soon as their value is dead. */
class Arena {
  #free: { at: number; size: number }[] = [];
  #end = 0;
  unplanned = 0;
  get size(): number {
    return this.#end;
  }
  take(bytes: number): number {
    const size = aligned(bytes);
    this.unplanned += size;
    const i = this.#free.findIndex((f) => f.size >= size);
    if (i < 0) {
      const last = this.#free.at(-1);
      if (last && last.at + last.size === this.#end) {
        this.#free.pop();
        this.#end = last.at + size;
        return last.at;
      }
      this.#end += size;
      return this.#end - size;
    }
    const f = this.#free[i]!,
      at = f.at;
    if (f.size === size) this.#free.splice(i, 1);
    else {
      f.at += size;
      f.size -= size;
    }
    return at;
  }
  give(at: number, bytes: number): void {
    this.#free.push({ at, size: aligned(bytes) });
    this.#free.sort((a, b) => a.at - b.at);
    for (let i = this.#free.length - 1; i > 0; i--) {
      const a = this.#free[i - 1]!,
        b = this.#free[i]!;
      if (a.at + a.size === b.at) {
        a.size += b.size;
        this.#free.splice(i, 1);
      }
    }
  }
}

class Planner {
  readonly arena = new Arena();
  readonly kernels: PlannedKernel[] = [];
  readonly fusions = new Map<Region, Fusion>();
  readonly constants: NDArray[] = [];
  readonly #constantSlots = new Map<NDArray, number>();
  readonly #regionOf: ReadonlyMap<Graph, Region>;
  constructor(
    regions: readonly Region[],
    readonly pins: Pins,
    readonly firstConstant: number,
  ) {
    this.#regionOf = new Map(regions.map((r) => [r.graph, r]));
  }

  constant(n: Node<"constant">): Place {
    let slot = this.#constantSlots.get(n.attrs.value);
    if (slot === undefined) {
      slot = this.firstConstant + this.constants.length;
      this.#constantSlots.set(n.attrs.value, slot);
      this.constants.push(n.attrs.value);
    }
    return { kind: "slot", slot };
  }
  /**
   * Plans one graph. `wanted` says where a result should end up (null: anywhere).
   * `mutable` marks parameters whose place may be overwritten by the result of the same index: a loop's carried values.
   */
  region(
    graph: Graph,
    params: readonly Place[],
    wanted: readonly (Place | null)[],
    mutable: boolean,
  ): { steps: Step[]; outs: Place[]; temps: { at: number; bytes: number }[] } {
    const region = this.#regionOf.get(graph)!,
      fusion = fuse(graph, this.pins),
      steps: Step[] = [],
      places = new Map<Node, Place>(),
      owned = new Map<string, { at: number; bytes: number }>();
    this.fusions.set(region, fusion);
    graph.params.forEach((p, i) => places.set(p, params[i]!));
    const lastUse = new Map<Node, number>();
    const use = (n: Node, t: number): void => void lastUse.set(n, t);
    fusion.groups.forEach((g, t) => {
      for (const n of g.nodes) for (const i of n.inputs) if (!g.nodes.has(i) || g.outputs.includes(i)) use(i, t);
    });
    for (const o of graph.outs) use(o, Infinity);
    const placeOf = (n: Node): Place => {
      let p = places.get(n);
      if (!p && n.is("constant")) places.set(n, (p = this.constant(n)));
      if (!p) throw new Error(`no place for ${n.op} %${n.id} of ${region.name}`);
      return p;
    };
    const allocate = (bytes: number): Place => {
      const at = this.arena.take(bytes),
        place: Place = { kind: "arena", offset: at };
      owned.set(String(at), { at, bytes });
      return place;
    };
    const release = (p: Place): void => {
      if (p.kind !== "arena") return;
      const o = owned.get(String(p.offset));
      if (o) {
        this.arena.give(o.at, o.bytes);
        owned.delete(String(p.offset));
      }
    };
    const claimed = new Set<number>();
    /** The place of a new value: where the result wants it, over the carried value it replaces, or in the arena. */
    const placeFor = (n: Node, t: number): Place => {
      const i = graph.outs.findIndex((o, k) => o === n && !claimed.has(k));
      if (i >= 0) {
        if (wanted[i]) {
          claimed.add(i);
          return wanted[i]!;
        }
        const carried = graph.params[i];
        if (mutable && carried && params[i] && (lastUse.get(carried) ?? -1) < t && !graph.outs.some((o, k) => o === carried && k !== i)) {
          claimed.add(i);
          return params[i]!;
        }
      }
      return allocate(bytesOf(n.type));
    };
    fusion.groups.forEach((g, t) => {
      const ordered = graph.nodes.filter((n) => g.nodes.has(n));
      this.#group(g, ordered, t, region, graph, mutable, { steps, places, placeOf, placeFor, allocate, release, lastUse, params });
      // Places of values that nobody reads after this step are free again.
      for (const [n, last] of lastUse)
        if (last === t) {
          const p = places.get(n);
          if (p && !n.is("parameter") && ![...places].some(([m, q]) => m !== n && q === p && (lastUse.get(m) ?? -1) > t)) release(p);
        }
    });
    return { steps, outs: graph.outs.map(placeOf), temps: [...owned.values()] };
  }
  #planned(g: Group, kernel: Kernel, nodes: readonly Node[], region: Region): PlannedKernel {
    const k: PlannedKernel = { id: this.kernels.length, kernel, group: g, nodes, outputs: g.outputs, region };
    this.kernels.push(k);
    return k;
  }
  #group(g: Group, ordered: readonly Node[], t: number, region: Region, graph: Graph, mutable: boolean, c: RegionContext): void {
    const hero = g.hero;
    if (hero?.is("while")) {
      this.#while(hero, g, t, c);
      return;
    }
    if (hero?.is("case")) {
      this.#case(hero, g, t, c);
      return;
    }
    if (hero?.is("library", "callback")) {
      const results =
        hero.types.length === 1 ? [hero as Node] : hero.types.map((_t, i) => [...g.nodes].find((n) => n.is("get") && n.attrs.index === i) ?? null);
      const outs = results.map((r, i) => {
        const p = r && c.lastUse.has(r) ? c.placeFor(r, t) : c.allocate(bytesOf(hero.types[i]!));
        if (r) c.places.set(r, p);
        return p;
      });
      const kernel = this.#planned(g, { name: hero.is("library") ? hero.attrs.name : "callback", buffers: [], body: [] }, ordered, region),
        ins = hero.inputs.map(c.placeOf);
      c.steps.push(
        hero.is("library")
          ? { kind: "library", kernel, node: hero, ins, outs }
          : { kind: "callback", kernel, node: hero as Node<"callback">, ins, outs },
      );
      return;
    }
    let inPlace = false;
    if (g.kind === "region" && hero && !hero.is("concatenate")) {
      // Updated in place where nobody reads the old value afterwards.
      const x = hero.inputs[0]!,
        p = c.places.get(x),
        onlyHere =
          c.lastUse.get(x) === t && ordered.every((n) => n === hero || !n.inputs.includes(x)) && hero.inputs.filter((i) => i === x).length === 1;
      const carried = mutable && x.is("parameter") && graph.outs[x.attrs.index] === hero && graph.outs.filter((o) => o === hero).length === 1;
      if (p && onlyHere && !g.nodes.has(x) && (carried || (p.kind === "arena" && !x.is("parameter") && !x.is("constant")))) {
        c.places.set(hero, p);
        inPlace = true;
      }
    }
    for (const o of g.outputs) if (!c.places.has(o)) c.places.set(o, c.placeFor(o, t));
    const built = buildGroup(ordered, g, inPlace),
      scratch: Place[] = [];
    const places = built.nodes.map((n, i) => {
      if (n) return c.placeOf(n);
      const b = built.kernel.buffers[i]!,
        bytes = b.size * itemsize(b.dtype),
        p = c.allocate(bytes);
      scratch.push(p);
      return p;
    });
    c.steps.push({ kind: "kernel", kernel: this.#planned(g, built.kernel, ordered, region), places });
    scratch.forEach(c.release);
  }
  #while(n: Node<"while">, g: Group, t: number, c: RegionContext): void {
    const { cond, body } = n.attrs,
      results = n.types.map((_t, i) => [...g.nodes].find((m) => m.is("get") && m.attrs.index === i) ?? (n.types.length === 1 ? n : null));
    const carried = n.inputs.map((init, j): Place => {
      const r = results[j],
        from = c.placeOf(init);
      if (body.outs[j] === body.params[j]) {
        if (r) c.places.set(r, from);
        return from;
      } // never written: no copy
      const to = r && c.lastUse.has(r) ? c.placeFor(r, t) : c.allocate(bytesOf(n.types[j]!));
      if (r) c.places.set(r, to);
      c.steps.push({ kind: "copy", to, from, bytes: bytesOf(n.types[j]!) });
      return to;
    });
    const predicate = c.allocate(1),
      test = this.region(cond, carried, [predicate], false);
    const testSteps = [...test.steps, ...move(test.outs, [predicate], [cond.outs[0]!.type])];
    const inner = this.region(
        body,
        carried,
        body.outs.map(() => null),
        true,
      ),
      steps = [...inner.steps];
    // Results that are not yet in their carried place are copied there; those that are another carried value go through a temporary.
    const pending = inner.outs.map((p, j) => ({ p, j })).filter(({ p, j }) => !samePlace(p, carried[j]!)),
      staged = pending.map(({ p, j }) => {
        if (!carried.some((q) => samePlace(p, q))) return { from: p, j };
        const temp = c.allocate(bytesOf(n.types[j]!));
        steps.push({ kind: "copy", to: temp, from: p, bytes: bytesOf(n.types[j]!) });
        return { from: temp, j };
      });
    for (const { from, j } of staged) steps.push({ kind: "copy", to: carried[j]!, from, bytes: bytesOf(n.types[j]!) });
    for (const x of [...test.temps, ...inner.temps]) this.arena.give(x.at, x.bytes);
    c.steps.push({ kind: "while", cond: testSteps, predicate, body: steps });
  }
  #case(n: Node<"case">, g: Group, t: number, c: RegionContext): void {
    const results = n.types.map((_t, i) => [...g.nodes].find((m) => m.is("get") && m.attrs.index === i) ?? (n.types.length === 1 ? n : null));
    const outs = results.map((r, i) => {
      const p = r && c.lastUse.has(r) ? c.placeFor(r, t) : c.allocate(bytesOf(n.types[i]!));
      if (r) c.places.set(r, p);
      return p;
    });
    const operands = n.inputs.slice(1).map(c.placeOf);
    const branches = n.attrs.branches.map((b) => {
      const r = this.region(b, operands, outs, false);
      for (const x of r.temps) this.arena.give(x.at, x.bytes);
      return [...r.steps, ...move(r.outs, outs, n.types)];
    });
    c.steps.push({ kind: "case", index: c.placeOf(n.inputs[0]!), indexType: n.inputs[0]!.type, branches });
  }
}
interface RegionContext {
  readonly steps: Step[];
  readonly places: Map<Node, Place>;
  readonly placeOf: (n: Node) => Place;
  readonly placeFor: (n: Node, t: number) => Place;
  readonly allocate: (bytes: number) => Place;
  readonly release: (p: Place) => void;
  readonly lastUse: ReadonlyMap<Node, number>;
  readonly params: readonly Place[];
}
const samePlace = (a: Place, b: Place): boolean =>
  a.kind === "slot" ? b.kind === "slot" && a.slot === b.slot : b.kind === "arena" && a.offset === b.offset;
const move = (from: readonly Place[], to: readonly Place[], types: readonly TensorType[]): Step[] =>
  from.flatMap((p, i): Step[] =>
    samePlace(p, to[i]!) || sizeOf(types[i]!.shape) === 0 ? [] : [{ kind: "copy", to: to[i]!, from: p, bytes: bytesOf(types[i]!) }],
  );

/** Plans a whole program, given as its regions, the main one first. Slots: parameters, then results, then constants. */
export function planProgram(regions: readonly Region[], pins: Pins = new Map()): Plan {
  const { graph } = regions[0]!,
    params = graph.params.map((p) => p.type),
    outs = graph.outs.map((o) => o.type),
    planner = new Planner(regions, pins, params.length + outs.length);
  const paramPlaces = params.map((_p, slot): Place => ({ kind: "slot", slot })),
    outPlaces = outs.map((_o, i): Place => ({ kind: "slot", slot: params.length + i }));
  const r = planner.region(graph, paramPlaces, outPlaces, false);
  return {
    steps: [...r.steps, ...move(r.outs, outPlaces, outs)],
    kernels: planner.kernels,
    regions: regions.map((r) => ({ ...r, fusion: planner.fusions.get(r)! })),
    params,
    outs,
    constants: planner.constants,
    arenaBytes: planner.arena.size,
    unplannedBytes: planner.arena.unplanned,
  };
}
