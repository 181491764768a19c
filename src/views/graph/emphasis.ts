// What is emphasised in the picture: the selection and what belongs to it, the cursor's line, what was found, what an edit changed.
import type { Item } from "../../engine/report/drawing/item.ts";
import type { Emphasis } from "../../engine/report/drawing/paint.ts";
import type { ViewContext } from "../view.ts";
import type { GraphModel } from "./model.ts";

export interface Chosen {
  readonly item: Item | null;
  readonly hover: number;
  readonly hoverEdge: number;
  readonly matches: readonly string[];
}
/** So many things are looked up: more at once say nothing. */
const MOST = 5000;
export function emphasisOf(m: GraphModel, c: ViewContext, chosen: Chosen): Emphasis {
  const { selection, cursor } = c.store.state;
  const related = c.lookup.related(selection);
  const indices = (ids: Iterable<string>): Set<number> => {
    const found = new Set<number>();
    let n = 0;
    for (const id of ids) {
      if (++n > MOST) break;
      for (const item of m.outline.boxesOf(id)) found.add(m.indexOf(item));
    }
    found.delete(-1);
    return found;
  };
  const selected = new Set<number>();
  if (chosen.item) selected.add(m.indexOf(chosen.item));
  selected.delete(-1);
  const decision = selection?.kind === "decision" ? c.lookup.decision(selection.id) : undefined;
  // Of a decision the edge is shown; where it lies inside one closed box, that box.
  const edges = new Set(decision ? m.edgesOf(decision) : []);
  const kernelOutputs = [...related.kernels].flatMap((id) => c.lookup.kernelById.get(id)?.outputs ?? []);
  const all = decision ? (edges.size ? [] : [decision.consumer]) : [...related.nodes, ...kernelOutputs];
  return {
    selected,
    related: indices(all),
    marked: indices(cursor ? c.lookup.nodesOfLine(cursor.file, cursor.line) : []),
    matches: indices(chosen.matches),
    changed: indices(c.changed ?? []),
    hover: chosen.hover,
    hoverEdge: chosen.hoverEdge,
    selectedEdges: edges,
  };
}
