// One level of a program as the tree of what is drawn, with the edges between its leaves. Regions (loop bodies, branches, called programs) are made when
// somebody looks into them: a Report of 100,000 operations opens as fast as what is seen of it.
import type { Kernel, Level, Node, NodeId, Program, Region, Report } from "../types.ts";
import { grouped, summed } from "./groups.ts";
import { Item, type LeafEdge } from "./item.ts";
import { Scopes } from "./scope.ts";
import { type Unit, partsOf } from "./units.ts";
import type { Words } from "./words.ts";

export interface OutlineOptions {
  /** Inputs, constants and movements stand as words on what reads them. */
  readonly fold: boolean;
  readonly words: Words;
}
/** What stands on an operation. */
export function nodeTitle(n: Node): string {
  if (n.category === "input") return n.name ?? (n.op === "parameter" ? n.type : n.op);
  const name = n.name && n.name !== n.op ? ` ${n.name}` : "";
  return `${n.op}${name}${n.attributes ? ` ${shortNumbers(n.attributes)}` : ""}`;
}
/** 0.8999999761581421 is the float32 that the person wrote as 0.9. */
const shortNumbers = (text: string): string => text.replace(/\d+\.\d{8,}(?!e)/g, (v) => String(Number(Number(v).toPrecision(7))));
interface Sums {
  readonly time: number;
  readonly operations: number;
  readonly kernels: number;
}
const NONE: Sums = { time: 0, operations: 0, kernels: 0 };

export class Outline {
  readonly root: Item;
  /** Edges of each region that was made, by the item that holds it. */
  readonly edges = new Map<Item, readonly LeafEdge[]>();
  /** Milliseconds of all kernels: what shares are parts of. */
  readonly total: number;
  /** The most expensive kernel. */
  readonly most: number;
  readonly #regions = new Map<string, Region>();
  readonly #home = new Map<NodeId, Region>();
  readonly #kernelsIn = new Map<string, Kernel[]>();
  readonly #results = new Map<NodeId, string>();
  readonly #leaves = new Map<Item, Map<NodeId, Item[]>>();
  readonly #kernelItems = new Map<string, Item>();
  readonly #sums = new Map<string, Sums>();
  readonly #scopes: Scopes;
  readonly #fold: boolean;
  readonly #words: Words;
  constructor(
    report: Pick<Report, "stacks" | "frames" | "files">,
    program: Program,
    readonly level: Level,
    options: OutlineOptions,
  ) {
    this.#fold = options.fold;
    this.#words = options.words;
    this.#scopes = new Scopes(report);
    for (const r of level.regions) {
      this.#regions.set(r.id, r);
      for (const n of r.nodes) this.#home.set(n.id, r);
    }
    let total = 0;
    let most = 0;
    for (const k of program.kernels ?? []) {
      total += k.time?.median ?? 0;
      most = Math.max(most, k.time?.median ?? 0);
      if (!this.#regions.has(k.region)) continue;
      push(this.#kernelsIn, k.region, k);
    }
    this.total = total;
    this.most = most;
    const main = level.regions[0]!;
    for (const r of program.results) if (r.node !== undefined && this.#home.has(r.node)) this.#results.set(r.node, r.name);
    if (!this.#results.size && main.outputs.length === program.results.length)
      main.outputs.forEach((n, i) => this.#results.set(n, program.results[i]!.name));
    this.root = new Item(level.name, "root", main.name, "other", { region: main }, []);
    this.#fill(this.root, main, level.name);
    summed(this.root);
  }
  /** Makes a region's content. */
  #fill(holder: Item, region: Region, path: string): void {
    const isMain = path === this.level.name;
    const parts = partsOf(region, path, {
      kernelsIn: (r) => this.#kernelsIn.get(r.id) ?? [],
      resultName: (n) => (isMain ? this.#results.get(n) : undefined),
      title: nodeTitle,
      control: (n, id) => this.#control(n, id),
      fold: this.#fold,
    });
    const leaves = new Map<NodeId, Item[]>();
    const unitOf = new Map<Item, Unit>();
    for (const u of parts.units) {
      unitOf.set(u.item, u);
      const own = u.item.kind === "kernel" ? u.item.children : [u.item];
      if (u.item.of.kernel) this.#kernelItems.set(u.item.of.kernel.id, u.item);
      for (const leaf of own) {
        unitOf.set(leaf, u);
        push(leaves, leaf.of.node!.id, leaf);
      }
    }
    this.#leaves.set(holder, leaves);
    this.edges.set(holder, parts.edges);
    const inputs = new Map<Unit, Unit[]>();
    for (const e of parts.edges) {
      const from = unitOf.get(e.from)!;
      const to = unitOf.get(e.to)!;
      if (from !== to) push(inputs, to, from);
    }
    const members = parts.units.map((unit) => ({ unit, scope: this.#scopes.of(unit.node), names: 0, functions: 0, direction: isMain }));
    const children = grouped(withoutCommonNames(members), path, {
      inputsOf: (u) => inputs.get(u) ?? [],
      words: this.#words,
    });
    holder.setChildren(children);
  }
  /** A loop, branch or call: what is inside is made when it is opened. */
  #control(n: Node, id: string): Item {
    const regions = (n.regions ?? []).flatMap((r) => this.#regions.get(r) ?? []);
    const item: Item = new Item(id, "control", nodeTitle(n), n.category, { node: n }, () => {
      if (regions.length === 1) {
        this.#fill(item, regions[0]!, `${id}/${regions[0]!.id}`);
        return [...item.children];
      }
      return regions.map((r) => {
        const inner: Item = new Item(`${id}/${r.id}`, "region", regionLabel(r, n), "control", { region: r }, () => {
          this.#fill(inner, r, inner.id);
          return [...inner.children];
        });
        Object.assign(inner, this.#sumsOf(r, new Set()));
        return inner;
      });
    });
    const sums = regions.map((r) => this.#sumsOf(r, new Set()));
    item.time = sums.reduce((s, x) => s + x.time, 0);
    item.operations = sums.reduce((s, x) => s + x.operations, 0);
    item.kernels = sums.reduce((s, x) => s + x.kernels, 0);
    return item;
  }
  #sumsOf(r: Region, above: Set<string>): Sums {
    const known = this.#sums.get(r.id);
    if (known) return known;
    if (above.has(r.id)) return NONE;
    above.add(r.id);
    const own = this.#kernelsIn.get(r.id) ?? [];
    const sums = { time: own.reduce((s, k) => s + (k.time?.median ?? 0), 0), operations: r.nodes.length, kernels: own.length };
    for (const n of r.nodes)
      for (const id of n.regions ?? []) {
        const inner = this.#regions.get(id);
        if (!inner) continue;
        const more = this.#sumsOf(inner, above);
        sums.time += more.time;
        sums.operations += more.operations;
        sums.kernels += more.kernels;
      }
    above.delete(r.id);
    this.#sums.set(r.id, sums);
    return sums;
  }
  /** The boxes of an operation, in whichever region it stands; none where it is folded away. */
  itemsOf(id: NodeId): readonly Item[] {
    const region = this.#home.get(id);
    const holder = region && this.#holderOf(region);
    return (holder && this.#leaves.get(holder)?.get(id)) ?? [];
  }
  /** The operations that read one which has no box of its own: what it was folded into. */
  readersOf(id: NodeId): readonly Item[] {
    const region = this.#home.get(id);
    const holder = region && this.#holderOf(region);
    if (!holder) return [];
    const readers = region.nodes.filter((n) => n.inputs.includes(id));
    return readers.flatMap((n) => this.#leaves.get(holder)?.get(n.id) ?? []);
  }
  kernelItem(id: string): Item | undefined {
    const known = this.#kernelItems.get(id);
    if (known) return known;
    for (const [regionId, kernels] of this.#kernelsIn)
      if (kernels.some((k) => k.id === id)) {
        this.#holderOf(this.#regions.get(regionId)!);
        return this.#kernelItems.get(id);
      }
    return undefined;
  }
  has(id: NodeId): boolean {
    return this.#home.has(id);
  }
  /** The boxes of an operation as far as they are made: of what lies in a loop that nobody looked into, the loop. */
  boxesOf(id: NodeId): readonly Item[] {
    const region = this.#home.get(id);
    if (!region) return [];
    let nearest: Item | undefined;
    const holder = this.#holderOf(region, (control) => {
      nearest = control;
      return control.made;
    });
    const own = holder && this.#leaves.get(holder)?.get(id);
    return own ?? (nearest && !holder ? [nearest] : []);
  }
  /** The item that holds a region's content, made if need be; `enter` may say that a loop is not to be looked into. */
  #holderOf(region: Region, enter: (control: Item) => boolean = () => true): Item | undefined {
    const path: Region[] = [];
    const seen = new Set<string>();
    for (let r: Region | undefined = region; r && !seen.has(r.id); r = r.parent === null ? undefined : this.#home.get(r.parent)) {
      seen.add(r.id);
      path.unshift(r);
    }
    let holder = this.root;
    for (const r of path.slice(1)) {
      const control: Item | undefined = r.parent === null ? undefined : this.#leaves.get(holder)?.get(r.parent)?.[0];
      if (!control || !enter(control)) return undefined;
      const inside: readonly Item[] = control.children;
      const next: Item | undefined = this.#leaves.has(control) ? control : inside.find((i) => i.of.region === r);
      if (!next || (!next.made && !enter(next))) return undefined;
      void next.children.length;
      holder = next;
    }
    return path[0] === this.level.regions[0] ? holder : undefined;
  }
  /** An item by its id, made if need be: ids name the way to it. */
  find(id: string): Item | undefined {
    const visit = (item: Item): Item | undefined => {
      if (item.id === id) return item;
      for (const c of item.children) {
        const found = id.startsWith(c.id) || c.kind === "scope" || c.kind === "part" || c.kind === "kernel" ? visit(c) : undefined;
        if (found) return found;
      }
      return undefined;
    };
    return visit(this.root);
  }
}
/** Names that everything lies in ("jit(main)") say nothing. */
function withoutCommonNames<T extends { readonly scope: { readonly names: readonly string[] }; readonly names: number }>(members: readonly T[]): T[] {
  const having = members.filter((m) => m.scope.names.length);
  const [first] = having;
  if (!first || having.length < members.length) return [...members];
  let common = first.scope.names.length;
  for (const m of having) {
    let k = 0;
    while (k < common && m.scope.names[k] === first.scope.names[k]) k++;
    common = k;
  }
  return members.map((m) => ({ ...m, names: common }));
}
/** "f/while.1 body" of a while is "body". */
function regionLabel(r: Region, of: Node): string {
  const last = r.name.split("/").at(-1)!;
  const [first, ...rest] = last.split(" ");
  return rest.length && first!.startsWith(of.op.split("_")[0]!) ? rest.join(" ") : last;
}
function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
