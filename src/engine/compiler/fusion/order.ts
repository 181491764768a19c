// The finished groups, producers before consumers; among equals, the order of the program.
import type { Node } from "../../graph/graph.ts";
import type { Facts } from "./facts.ts";
import type { Candidate, Group, Grouping } from "./groups.ts";

export function finished(groups: Grouping, facts: Facts): Group[] {
  return topological(groups).map((c, id) => ({ id, kind: c.kind, hero: c.hero, nodes: usedNodes(c, facts), outputs: inOrder(c.outputs, facts) }));
}
const inOrder = (nodes: Iterable<Node>, facts: Facts): Node[] => [...nodes].sort((a, b) => facts.position(a) - facts.position(b));

/** Depth first from the last groups, without recursion: programs may be deep. */
function topological(groups: Grouping): Candidate[] {
  const done = new Set<Candidate>();
  const out: Candidate[] = [];
  const sources = (c: Candidate): Candidate[] => [...new Set(groups.sources(c))].filter((s) => !done.has(s)).sort((a, b) => b.first - a.first);
  for (const root of [...groups.all].sort((a, b) => a.last - b.last)) {
    const stack: { readonly group: Candidate; open: Candidate[] | null }[] = [{ group: root, open: null }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (top.open === null) {
        if (done.has(top.group)) {
          stack.pop();
          continue;
        }
        done.add(top.group);
        top.open = sources(top.group);
      }
      const next = top.open.pop();
      if (next) stack.push({ group: next, open: null });
      else {
        out.push(top.group);
        stack.pop();
      }
    }
  }
  return out;
}
/** What nothing in the kernel uses any more is dropped: duplicates of values that ended up stored elsewhere. */
function usedNodes(c: Candidate, facts: Facts): Set<Node> {
  const used = new Set<Node>();
  const stack: Node[] = [...c.outputs];
  if (c.hero) stack.push(c.hero);
  for (const n of c.nodes) if (n.is("get")) stack.push(n);
  for (let n = stack.pop(); n; n = stack.pop())
    if (!used.has(n) && c.nodes.has(n)) {
      used.add(n);
      stack.push(...n.inputs);
    }
  return new Set(inOrder(used, facts));
}
