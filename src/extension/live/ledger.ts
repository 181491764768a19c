// What edits since the run changed in the fusion ledger: every edge that is decided otherwise, is new or is gone, with what was and what is.
import { Sources, lastNodes, matchNodes } from "../../engine/report/diff/nodes.ts";
import type { Decision, Node, NodeId, Report } from "../../engine/report/types.ts";
import type { EditedEdge, LedgerEdit } from "../../views/messages.ts";

/** So many edges are listed at most: who changes more looks at the whole. */
const MOST = 200;
/** @param ran the report of the text that was run @param said what the last edit did to the kernels, in words */
export function ledgerEdit(ran: Report, edited: Report, said: readonly string[]): LedgerEdit {
  const [before, after] = [ran.programs[0], edited.programs[0]];
  if (!before || !after) return { said, edges: [], more: 0 };
  const nodes = matchNodes(before, after, new Sources(ran, edited));
  const now = new Map((after.decisions ?? []).map((d) => [`${d.producer}>${d.consumer}`, d]));
  const seen = new Set<Decision>();
  const was = new Map(lastNodes(before).map((n) => [n.id, n]));
  const is = new Map(lastNodes(after).map((n) => [n.id, n]));
  const edges: EditedEdge[] = [];
  for (const d of before.decisions ?? []) {
    const other = now.get(`${nodes.get(d.producer)}>${nodes.get(d.consumer)}`);
    if (other) seen.add(other);
    if (!other) edges.push({ change: "gone", id: d.id, edge: nameOf(d, was), before: verdict(d), ...placeOf(d, ran) });
    else if (other.fused !== d.fused || other.rule !== d.rule)
      edges.push({
        change: other.fused === d.fused ? "rule" : other.fused ? "fused" : "split",
        id: d.id,
        edge: nameOf(other, is),
        before: verdict(d),
        after: verdict(other),
        ...placeOf(other, edited),
      });
  }
  for (const d of after.decisions ?? [])
    if (!seen.has(d)) edges.push({ change: "new", edge: nameOf(d, is), after: verdict(d), ...placeOf(d, edited) });
  edges.sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change));
  return { said, edges: edges.slice(0, MOST), more: Math.max(0, edges.length - MOST) };
}
const ORDER: readonly EditedEdge["change"][] = ["split", "fused", "new", "gone", "rule"];
const verdict = (d: Decision): NonNullable<EditedEdge["after"]> => ({
  fused: d.fused,
  rule: d.rule,
  reason: d.reason,
  ...(d.phrases ? { phrases: d.phrases } : {}),
});
function nameOf(d: Decision, nodes: ReadonlyMap<NodeId, Node>): string {
  const name = (id: NodeId, variable: string | undefined): string => {
    const op = nodes.get(id)?.op ?? id;
    return variable && variable !== op ? `${op} (${variable})` : op;
  };
  return `${name(d.producer, d.names?.producer)} → ${name(d.consumer, d.names?.consumer)}`;
}
function placeOf(d: Decision, r: Report): { readonly file?: string; readonly line?: number } {
  const frame = d.stack === undefined ? undefined : r.frames[r.stacks[d.stack]?.[0] ?? -1];
  const file = frame && r.files[frame.file]?.path;
  return frame && file !== undefined ? { file, line: frame.line } : {};
}
