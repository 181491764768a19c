// Groups of a region's kernels and operations: forward and backward, the parts of name stacks, the person's functions; where a container would hold
// hundreds of things side by side, parts of it in the program's order.
import { Quotient } from "./circles.ts";
import { Item } from "./item.ts";
import type { Scope } from "./scope.ts";
import type { Unit } from "./units.ts";
import type { Words } from "./words.ts";

/** More children than this are shown in parts. */
const MOST_CHILDREN = 200;
const PARTS = 40;
const LEAST_PART = 20;
/** Functions are groups where there is something to group. */
const FEW = 6;
/** So many that do the same at one place, side by side, are one box: the updates of all parameters. */
const ALIKE = 4;

export interface Member {
  readonly unit: Unit;
  readonly scope: Scope;
  /** How many names and functions the groups around it have taken. */
  readonly names: number;
  readonly functions: number;
  readonly direction: boolean;
}
export interface GroupContext {
  readonly inputsOf: (u: Unit) => readonly Unit[];
  readonly words: Words;
}
/** The children of a container. Members come in the order in which they run. */
export function grouped(members: readonly Member[], path: string, c: GroupContext): Item[] {
  const stripped = withoutCommonFunctions(members);
  const directions = new Set(stripped.filter((m) => m.direction).map((m) => m.scope.direction));
  /** By its names and functions. */
  const named = (m: Member): string | null => {
    if (m.direction && directions.size > 1 && m.scope.direction) return `d:${m.scope.direction}`;
    const name = m.scope.names[m.names];
    if (name !== undefined) return `n:${name}`;
    const func = stripped.length > FEW ? m.scope.functions[m.functions] : undefined;
    return func === undefined ? null : `f:${func}`;
  };
  const alike = sideBySide(
    stripped.filter((m) => named(m) === null),
    stripped.length,
    c,
  );
  const keyOf = (m: Member): string | null =>
    named(m) ?? (m.scope.place !== undefined && alike.has(m.scope.place) ? `l:${m.scope.place}` : null);
  const { groups, order } = assign(stripped, keyOf, c);
  const times = new Map<string, number>();
  const children = groups.map((g) => {
    if (g.key === null || g.members.length === 1) return g.members[0]!.unit.item;
    const nth = (times.get(g.key) ?? 0) + 1;
    times.set(g.key, nth);
    return scopeItem(g, nth, path, c);
  });
  const sorted = order.map((i) => children[i]!);
  return inParts(sorted, path, c.words);
}
/** Lines whose members are several things side by side, none of which needs another; not where they are all that there is. */
function sideBySide(members: readonly Member[], of: number, c: GroupContext): ReadonlySet<string> {
  const at = new Map<string, Unit[]>();
  for (const m of members) {
    const { place } = m.scope;
    if (!place) continue;
    const own = at.get(place);
    if (own) own.push(m.unit);
    else at.set(place, [m.unit]);
  }
  const found = new Set<string>();
  for (const [place, units] of at) if (units.length >= ALIKE && units.length < of && componentsOf(units, c) >= ALIKE) found.add(place);
  return found;
}
/** How many parts these fall into that have no edges between them. */
function componentsOf(units: readonly Unit[], c: GroupContext): number {
  const above = new Map<Unit, Unit>(units.map((u) => [u, u]));
  const root = (u: Unit): Unit => {
    let at = u;
    while (above.get(at) !== at) at = above.get(at)!;
    above.set(u, at);
    return at;
  };
  let count = units.length;
  for (const u of units)
    for (const i of c.inputsOf(u)) {
      if (!above.has(i) || root(i) === root(u)) continue;
      above.set(root(i), root(u));
      count--;
    }
  return count;
}
interface Group {
  readonly key: string | null;
  readonly members: Member[];
}
function assign(members: readonly Member[], keyOf: (m: Member) => string | null, c: GroupContext): { groups: Group[]; order: number[] } {
  const quotient = new Quotient();
  const groups: Group[] = [];
  const current = new Map<string, number>();
  const groupOf = new Map<Unit, number>();
  for (const m of members) {
    const key = keyOf(m);
    const sources = new Set<number>();
    for (const u of c.inputsOf(m.unit)) {
      const g = groupOf.get(u);
      if (g !== undefined) sources.add(g);
    }
    let at = key === null ? undefined : current.get(key);
    if (at === undefined || !quotient.join(sources, at)) {
      at = quotient.add();
      groups.push({ key, members: [] });
      quotient.join(sources, at);
      if (key !== null) current.set(key, at);
    }
    groups[at]!.members.push(m);
    groupOf.set(m.unit, at);
  }
  return { groups, order: quotient.sorted() };
}
function scopeItem(g: Group, nth: number, path: string, c: GroupContext): Item {
  const [kind, name] = [g.key![0]!, g.key!.slice(2)];
  const plain = kind === "d" ? (name === "forward" ? c.words.forward : c.words.backward) : name;
  const label = nth > 1 ? c.words.continued(plain, nth) : plain;
  const id = `${path}/${g.key}${nth > 1 ? `#${nth}` : ""}`;
  const inside = g.members.map((m) => ({
    ...m,
    direction: m.direction && kind !== "d",
    names: m.names + Number(kind === "n"),
    functions: m.functions + Number(kind === "f"),
    ...(kind === "l" ? { scope: withoutPlace(m.scope) } : {}),
  }));
  // A function of the same name as the group around it is that group.
  const children = grouped(inside, id, c).flatMap((i) => (i.kind === "scope" && i.label === plain ? i.children : [i]));
  const [only] = children;
  if (children.length === 1 && only!.kind === "scope") {
    // A group that holds nothing but a group is one box.
    const item = new Item(only!.id, "scope", kind === "d" || nth > 1 ? `${label} › ${only!.label}` : label, "other", {}, [...only!.children]);
    return summed(item);
  }
  // What is alike stays closed until somebody wants to see it.
  return summed(new Item(id, kind === "l" ? "part" : "scope", label, "other", {}, children));
}
const withoutPlace = ({ direction, names, functions }: Scope): Scope => ({ direction, names, functions });
/** Functions that all members lie in say nothing. */
function withoutCommonFunctions(members: readonly Member[]): readonly Member[] {
  const having = members.filter((m) => m.scope.functions.length > m.functions);
  if (!having.length) return members;
  const [first] = having;
  let common = first!.scope.functions.length - first!.functions;
  for (const m of having) {
    let k = 0;
    while (k < common && m.scope.functions[m.functions + k] === first!.scope.functions[first!.functions + k]) k++;
    common = k;
    if (common === 0) return members;
  }
  return members.map((m) => (m.scope.functions.length > m.functions ? { ...m, functions: m.functions + common } : m));
}
export function summed(item: Item): Item {
  for (const c of item.children) {
    item.time += c.time;
    item.operations += c.operations;
    item.kernels += c.kernels;
  }
  return item;
}
function inParts(children: Item[], path: string, words: Words, first = 1): Item[] {
  if (children.length <= MOST_CHILDREN) return children;
  const size = Math.max(LEAST_PART, Math.ceil(children.length / PARTS));
  const kernels = children.every((c) => c.kind === "kernel");
  const parts: Item[] = [];
  for (let i = 0; i < children.length; i += size) {
    const own = children.slice(i, i + size);
    const id = `${path}/p:${first + i}`;
    const label = (kernels ? words.kernelRange : words.operationRange)(first + i, first + i + own.length - 1);
    parts.push(summed(new Item(id, "part", label, "other", {}, inParts(own, id, words, first + i))));
  }
  return parts;
}
