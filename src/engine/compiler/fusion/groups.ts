// Groups of nodes that are computed by one kernel, and the order between them.
import type { Node } from "../../graph/graph.ts";

export type GroupKind = "loop" | "reduce" | "matmul" | "cumulative" | "region" | "library" | "while" | "case" | "callback";
export interface Group {
  readonly id: number;
  readonly kind: GroupKind;
  readonly hero: Node | null;
  nodes: Set<Node>;
  outputs: Node[];
}

/** Groups whose results a group reads. */
export function sources(g: Group, producers: ReadonlyMap<Node, Group>): Set<Group> {
  const out = new Set<Group>();
  for (const n of g.nodes)
    for (const i of n.inputs)
      if (!g.nodes.has(i)) {
        const p = producers.get(i);
        if (p && p !== g) out.add(p);
      }
  return out;
}
export function producersOf(groups: Iterable<Group>): Map<Node, Group> {
  const map = new Map<Node, Group>();
  for (const g of groups) {
    for (const o of g.outputs) map.set(o, g);
    for (const n of g.nodes) if (n.is("get")) map.set(n, g);
  }
  return map;
}
/** Producers before consumers; among equals, the order of the program. */
export function topological(groups: ReadonlySet<Group>): Group[] {
  const producers = producersOf(groups),
    done = new Set<Group>(),
    out: Group[] = [];
  const first = (g: Group): number => Math.min(...[...g.nodes].map((n) => n.id));
  const visit = (g: Group): void => {
    if (done.has(g)) return;
    done.add(g);
    for (const s of [...sources(g, producers)].sort((a, b) => first(a) - first(b))) visit(s);
    out.push(g);
  };
  for (const g of [...groups].sort((a, b) => Math.max(...[...a.nodes].map((n) => n.id)) - Math.max(...[...b.nodes].map((n) => n.id)))) visit(g);
  return out;
}
/** Whether `b` needs a third group that needs `a`: joining them would make a circle. */
export function reachable(a: Group, b: Group, groups: ReadonlySet<Group>): boolean {
  const producers = producersOf(groups),
    seen = new Set<Group>(),
    stack = [...sources(b, producers)].filter((g) => g !== a);
  for (let g = stack.pop(); g; g = stack.pop()) {
    if (seen.has(g)) continue;
    seen.add(g);
    for (const s of sources(g, producers)) {
      if (s === a) return true;
      stack.push(s);
    }
  }
  return false;
}
