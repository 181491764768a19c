// What was chosen in another view or page, shown here: its box is brought into view, what it lies in is opened.
import type { Item } from "../../engine/report/drawing/item.ts";
import type { Selection } from "../messages.ts";
import type { GraphController } from "./controller.ts";
import { describe, describeDecision } from "./describe.ts";

export function followSelection(g: GraphController): void {
  const { store, lookup } = g.c;
  const { selection } = store.state;
  if (!selection || isOwn(g, selection)) return g.schedule();
  const item = itemFor(g, selection);
  if (!item) return g.schedule();
  const decision = selection.kind === "decision" ? lookup.decision(selection.id) : undefined;
  const text = decision ? describeDecision(lookup, decision, 0, 1) : describe(g.model, lookup, item);
  g.chosenElsewhere(item, selection.kind === "node" || selection.kind === "kernel", text);
}
/** Whether it was chosen here just now. */
function isOwn(g: GraphController, s: Selection): boolean {
  if (s.kind === "line") return false;
  if (s.kind === "decision") return g.cycle?.id === s.id;
  return (g.selected?.of.node?.id ?? g.selected?.of.kernel?.id) === s.id;
}
function itemFor(g: GraphController, s: Selection): Item | undefined {
  const { outline } = g.model;
  const { lookup } = g.c;
  if (s.kind === "kernel") return outline.kernelItem(s.id);
  if (s.kind === "decision") {
    const d = lookup.decision(s.id);
    return d && outline.has(d.consumer) ? outline.itemsOf(d.consumer)[0] : undefined;
  }
  const ids =
    s.kind === "line" ? lookup.nodesOfLine(s.file, s.line) : [s.id, ...(lookup.computedBy.get(s.id) ?? []), ...(lookup.nodes.get(s.id)?.from ?? [])];
  const id = ids.find((x) => outline.has(x));
  return id === undefined ? undefined : boxOf(g, id);
}
/** The box by which an operation is shown: its kernel's, where it is in one and that is closed. */
function boxOf(g: GraphController, id: string): Item | undefined {
  const item = g.model.outline.itemsOf(id)[0] ?? g.model.outline.readersOf(id)[0];
  return item?.parent?.kind === "kernel" && !g.model.open.has(item.parent.id) ? item.parent : item;
}
