// Fusion verdicts that changed: edges are the same where both their nodes are.
import type { Decision, Node, NodeId, Program, Report } from "../types.ts";
import { type NodeMap, type Side, type Sources, lastNodes } from "./nodes.ts";
import type { DecidedBy, DecisionDiff } from "./types.ts";

export function diffDecisions(before: Program, after: Program, nodes: NodeMap, s: Sources): DecisionDiff[] {
  const now = new Map((after.decisions ?? []).map((d) => [`${d.producer}>${d.consumer}`, d]));
  const ops = { before: byId(before), after: byId(after) };
  const seen = new Set<Decision>();
  const out: DecisionDiff[] = [];
  for (const d of before.decisions ?? []) {
    const other = now.get(`${nodes.get(d.producer)}>${nodes.get(d.consumer)}`);
    if (other) seen.add(other);
    const change = other ? verdictChange(d, other) : d.fused ? null : "gone";
    if (change) out.push(entry(change, d, other, ops, s));
  }
  for (const d of after.decisions ?? []) if (!seen.has(d) && !d.fused) out.push(entry("new", undefined, d, ops, s));
  return out.sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change) || Math.abs(b.bytes) - Math.abs(a.bytes));
}
const ORDER: readonly DecisionDiff["change"][] = ["split", "fused", "new", "gone", "rule"];
function verdictChange(a: Decision, b: Decision): DecisionDiff["change"] | null {
  if (a.fused !== b.fused) return b.fused ? "fused" : "split";
  return a.rule !== b.rule || (a.pinned ?? false) !== (b.pinned ?? false) ? "rule" : null;
}
type ById = ReadonlyMap<NodeId, Node>;
const byId = (p: Program): ById => new Map(lastNodes(p).map((n) => [n.id, n]));

function entry(
  change: DecisionDiff["change"],
  a: Decision | undefined,
  b: Decision | undefined,
  ops: Readonly<Record<Side, ById>>,
  s: Sources,
): DecisionDiff {
  const which: Side = b ? "after" : "before";
  const d = (b ?? a)!;
  const edge = `${ops[which].get(d.producer)?.op ?? d.producer} → ${ops[which].get(d.consumer)?.op ?? d.consumer}`;
  const place = placeOf(d, s[which]);
  return {
    change,
    ...(a ? { before: a.id } : {}),
    ...(b ? { after: b.id } : {}),
    text: sentence(change, edge, a, b),
    edge,
    ...(a ? { was: decidedBy(a) } : {}),
    ...(b ? { is: decidedBy(b) } : {}),
    rule: d.rule,
    bytes: moved(b) - moved(a),
    ...(place ? { file: place.file, line: place.line } : {}),
  };
}
export const decidedBy = ({ fused, rule, reason, phrases, pinned }: Decision): DecidedBy => ({
  fused,
  rule,
  reason,
  ...(phrases ? { phrases } : {}),
  ...(pinned ? { pinned } : {}),
});
/** Bytes that an edge moves: of a fused one, none. */
const moved = (d: Decision | undefined): number => (d && !d.fused ? (d.cost.bytes ?? 0) : 0);
function sentence(change: DecisionDiff["change"], edge: string, a: Decision | undefined, b: Decision | undefined): string {
  switch (change) {
    case "split":
      return `${edge} was fused, is stored now: ${b!.reason}`;
    case "fused":
      return `${edge} was stored, is fused now: ${b!.reason}`;
    case "new":
      return `${edge} is new, and stored: ${b!.reason}`;
    case "gone":
      return `${edge} was stored, and is no more`;
    case "rule":
      return `${edge} is ${b!.fused ? "fused" : "stored"} as before, now by rule ${b!.rule}${b!.pinned ? ", pinned" : ""} (before: ${a!.rule})`;
    case "byFirst":
    case "bySecond":
      return b?.reason ?? a?.reason ?? "";
    default:
      return change satisfies never;
  }
}
export function placeOf(d: Decision, r: Report): { readonly file: string; readonly line: number } | null {
  const frame = d.stack === undefined ? undefined : r.frames[r.stacks[d.stack]?.[0] ?? -1];
  const file = frame && r.files[frame.file]?.path;
  return frame && file !== undefined ? { file, line: frame.line } : null;
}
