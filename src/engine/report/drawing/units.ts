// What one region consists of: kernels with their operations, operations of no kernel, loops. An operation that several kernels compute stands in each of
// them. Inputs, constants and movements are folded into what reads them, unless everything is to be shown.
import type { Kernel, Node, NodeId, Region } from "../types.ts";
import { type Chip, Item, type LeafEdge } from "./item.ts";

export interface UnitContext {
  readonly kernelsIn: (region: Region) => readonly Kernel[];
  /** The name of what the program gives back here, if it does. */
  readonly resultName: (n: NodeId) => string | undefined;
  readonly title: (n: Node) => string;
  readonly control: (n: Node, id: string) => Item;
  readonly fold: boolean;
}
export interface Unit {
  readonly item: Item;
  /** The operation by which it is grouped. */
  readonly node: Node;
  order: number;
}
export interface RegionParts {
  readonly units: readonly Unit[];
  readonly edges: readonly LeafEdge[];
}
interface Place {
  readonly node: Node;
  readonly kernel: Kernel | null;
  item: Item | null;
}
interface Source {
  readonly place: Place | null;
  readonly chip: Chip | null;
  readonly via: readonly Node[];
}
const NONE: readonly Node[] = [];
export function partsOf(region: Region, path: string, c: UnitContext): RegionParts {
  const nodes = new Map<NodeId, Node>(region.nodes.map((n) => [n.id, n]));
  const outputs = new Set(region.outputs);
  const places = new Map<NodeId, Place[]>();
  const all: Place[] = [];
  const add = (node: Node, kernel: Kernel | null): void => {
    const own = places.get(node.id);
    if (own?.some((p) => p.kernel === kernel)) return;
    const place: Place = { node, kernel, item: null };
    if (own) own.push(place);
    else places.set(node.id, [place]);
    all.push(place);
  };
  for (const k of c.kernelsIn(region))
    for (const id of k.nodes) {
      const node = nodes.get(id);
      if (node) add(node, k);
    }
  for (const node of region.nodes) if (!places.has(node.id)) add(node, null);
  /** Where a kernel has a value from: it computes it itself, or the kernel that stores it does. */
  const placeOf = (id: NodeId, reader: Kernel | null): Place | undefined => {
    const own = places.get(id);
    if (!own || own.length === 1) return own?.[0];
    return own.find((p) => p.kernel === reader) ?? own.find((p) => p.kernel?.outputs.includes(id)) ?? own[0];
  };
  const stays = (p: Place): boolean =>
    !c.fold || outputs.has(p.node.id) || (p.kernel?.outputs.includes(p.node.id) ?? false) || !isFoldable(p.node);

  // From what an operation reads to where that really comes from, through what is folded.
  const sources = new Map<Place, Source>();
  const sourceOf = (place: Place): Source => {
    if (stays(place)) return { place, chip: null, via: NONE };
    const chain: Place[] = [];
    let at = place;
    let found = sources.get(at);
    while (!found) {
      if (stays(at)) found = { place: at, chip: null, via: NONE };
      else {
        const input: Place | undefined = at.node.inputs[0] === undefined ? undefined : placeOf(at.node.inputs[0], at.kernel);
        if (!input || input === at || chain.includes(at)) found = { place: null, chip: chipOf(at.node, c), via: NONE };
        else {
          chain.push(at);
          at = input;
          found = sources.get(at);
        }
      }
      if (found && !chain.includes(at)) sources.set(at, found);
    }
    for (const p of chain.reverse()) {
      found = { place: found.place, chip: found.chip && moved(found.chip, p.node), via: [p.node, ...found.via] };
      sources.set(p, found);
    }
    return found;
  };
  const members = new Map<Kernel, Item[]>();
  const units: Unit[] = [];
  const itemOf = (p: Place): Item => {
    if (p.item) return p.item;
    const id = `${path}/${p.kernel ? `${p.kernel.id}/` : ""}${p.node.id}`;
    p.item = p.node.regions?.length ? c.control(p.node, id) : new Item(id, "node", c.title(p.node), p.node.category, { node: p.node });
    p.item.operations ||= 1;
    return p.item;
  };
  const edges: LeafEdge[] = [];
  for (const p of all) {
    if (!stays(p)) continue;
    const item = itemOf(p);
    let chips: Map<string, Chip> | null = null;
    for (const id of p.node.inputs) {
      const direct = placeOf(id, p.kernel);
      if (!direct) continue;
      const { place, chip, via } = sourceOf(direct);
      if (chip) (chips ??= new Map()).set(chip.text, chip);
      else if (place) edges.push({ from: itemOf(place), to: item, producer: place.node, consumer: p.node, via });
    }
    const result = outputs.has(p.node.id) && placeOf(p.node.id, null) === p ? c.resultName(p.node.id) : undefined;
    if (chips || result)
      item.chips = [...(chips?.values() ?? []), ...(result ? [{ text: result, kind: "result" as const, node: p.node }] : [])];
    if (!p.kernel) units.push({ item, node: p.node, order: units.length });
    else {
      const list = members.get(p.kernel);
      if (list) list.push(item);
      else members.set(p.kernel, [item]);
    }
  }
  for (const [k, list] of members) {
    const node = nodes.get(k.outputs[0] ?? "") ?? list[0]!.of.node!;
    const item = new Item(`${path}/${k.id}`, "kernel", k.label || k.name, heaviest(k, nodes), { kernel: k }, list);
    item.time = k.time?.median ?? 0;
    item.operations = k.nodes.length;
    item.kernels = 1;
    const chips = new Map(list.flatMap((i) => i.chips.map((chip) => [`${chip.kind} ${chip.text}`, chip] as const)));
    if (chips.size) item.chips = [...chips.values()];
    units.push({ item, node, order: units.length });
  }
  return { units: inOrder(units, edges, region), edges };
}
/** Sources and what only moves one thing. */
function isFoldable(n: Node): boolean {
  if (n.regions?.length) return false;
  if (n.inputs.length === 0) return n.category === "input" || n.category === "movement" || /^(iota|constant)$/.test(n.op);
  return n.inputs.length === 1 && (n.category === "movement" || /^(get|get_tuple_element|convert\w*|tuple_get)$/.test(n.op));
}
function chipOf(n: Node, c: UnitContext): Chip {
  if (n.category === "input" && n.name) return { text: n.name, kind: "input", node: n };
  // A constant that is spread over an array is that constant.
  const text = n.category === "movement" && n.attributes && n.inputs.length === 0 ? n.attributes : c.title(n);
  return { text, kind: n.op === "parameter" ? "input" : "constant", node: n };
}
/** How an argument is read: turned, or a part of it. */
function moved(chip: Chip, by: Node): Chip {
  const mark = /transpose/.test(by.op) ? "ᵀ" : /slice|gather/.test(by.op) ? "[…]" : "";
  return mark && !chip.text.endsWith(mark) ? { ...chip, text: chip.text + mark } : chip;
}
const WEIGHT: Readonly<Partial<Record<Node["category"], number>>> = { contraction: 6, collective: 6, library: 5, callback: 5, control: 4, reduction: 3, elementwise: 2, movement: 1 };
/** A kernel's kind is that of its heaviest operation. */
function heaviest(k: Kernel, nodes: ReadonlyMap<NodeId, Node>): Node["category"] {
  let best: Node["category"] = "other";
  for (const id of k.nodes) {
    const c = nodes.get(id)?.category;
    if (c && (WEIGHT[c] ?? 0) > (WEIGHT[best] ?? 0)) best = c;
  }
  return best;
}
/** In the program's order, and never before what it reads. */
function inOrder(units: readonly Unit[], edges: readonly LeafEdge[], region: Region): Unit[] {
  const position = new Map(region.nodes.map((n, i) => [n, i]));
  const unitOf = new Map<Item, Unit>();
  for (const u of units) {
    unitOf.set(u.item, u);
    if (u.item.kind === "kernel") for (const i of u.item.children) unitOf.set(i, u);
  }
  const inputs = new Map<Unit, Unit[]>();
  for (const e of edges) {
    const from = unitOf.get(e.from)!;
    const to = unitOf.get(e.to)!;
    if (from === to) continue;
    const list = inputs.get(to);
    if (list) list.push(from);
    else inputs.set(to, [from]);
  }
  const sorted = [...units].sort((a, b) => position.get(a.node)! - position.get(b.node)!);
  const order: Unit[] = [];
  const state = new Map<Unit, 1 | 2>();
  for (const u of sorted) {
    const stack: { unit: Unit; next: number }[] = state.has(u) ? [] : [{ unit: u, next: 0 }];
    state.set(u, state.get(u) ?? 1);
    while (stack.length) {
      const top = stack.at(-1)!;
      const input = inputs.get(top.unit)?.[top.next++];
      if (input) {
        if (state.has(input)) continue;
        state.set(input, 1);
        stack.push({ unit: input, next: 0 });
      } else {
        stack.pop();
        state.set(top.unit, 2);
        top.unit.order = order.push(top.unit) - 1;
      }
    }
  }
  return order;
}
