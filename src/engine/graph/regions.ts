// The regions of a program: its main graph, and the graph of every loop's condition and body and of every branch.
// Ids of nodes are unique over all of them, so that a kernel, a verdict or a pin can name a node by its id alone.
import type { Graph, Node } from "./graph.ts";

export type RegionRole = "main" | "condition" | "body" | "branch";
export interface Region {
  /** Unique in the program; the main graph is 0. */
  readonly id: number;
  /** Unique in the program: `f`, `f/while.1 body`, `f/case.2 branch 0`. */
  readonly name: string;
  readonly role: RegionRole;
  /** The id of the loop or case node that this is a part of; null for the main graph. */
  readonly parent: number | null;
  readonly graph: Graph;
}
interface Part {
  readonly role: RegionRole | "reducer";
  readonly label: string;
  readonly graph: Graph;
}
/** The graphs inside a node. A reducer is a part of its node's kernel, so it has nodes but is no region. */
function partsOf(n: Node): readonly Part[] {
  if (n.is("while"))
    return [
      { role: "condition", label: "condition", graph: n.attrs.cond },
      { role: "body", label: "body", graph: n.attrs.body },
    ];
  if (n.is("case")) return n.attrs.branches.map((graph, i) => ({ role: "branch", label: `branch ${i}`, graph }));
  if (n.is("generic_reduce", "generic_reduce_window")) return [{ role: "reducer", label: "reducer", graph: n.attrs.body }];
  return [];
}
export const hasRegions = (n: Node): n is Node<"while" | "case"> => n.is("while", "case");

/**
 * Numbers all nodes of a program, the main graph's first, and lists its regions, outer ones before inner ones.
 * Loops and branches are counted within their own region: the second loop of `f` is `f/while.2`.
 */
export function numberProgram(main: Graph, name: string = main.name || "main"): Region[] {
  const regions: Region[] = [{ id: 0, name, role: "main", parent: null, graph: main }];
  let next = 0;
  const number = (g: Graph): void => {
    for (const n of g.nodes) n.id = next++;
  };
  number(main);
  // The list grows while it is walked: each region adds those inside it.
  for (const region of regions) {
    let ordinal = 0;
    for (const n of region.graph.nodes) {
      if (hasRegions(n)) ordinal++;
      for (const { role, label, graph } of partsOf(n)) {
        number(graph);
        if (role !== "reducer") regions.push({ id: regions.length, name: `${region.name}/${n.op}.${ordinal} ${label}`, role, parent: n.id, graph });
      }
    }
  }
  return regions;
}
