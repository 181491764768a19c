// Boxes and edges in words: the status line, tooltips, the outline.
import type { Item } from "../../engine/report/drawing/item.ts";
import type { ShownEdge } from "../../engine/report/drawing/visible.ts";
import type { Decision } from "../../engine/report/types.ts";
import { baseName, bytes, percent, time } from "../format.ts";
import { said, t } from "../l10n.ts";
import type { Lookup } from "../lookup.ts";
import type { GraphModel } from "./model.ts";

const SEPARATOR = "  ·  ";
/** What stands beside a box's name. */
export function detailOf(m: GraphModel, i: Item): string {
  const share = m.outline.total && i.time ? `${time(i.time)}, ${percent(i.time / m.outline.total)}` : "";
  if (i.kind === "node") return i.of.node!.type;
  const size = i.kernels && i.kind !== "kernel" ? m.words.kernels(i.kernels) : m.words.operations(i.operations);
  return share ? `${size}, ${share}` : size;
}
export function describe(m: GraphModel, lookup: Lookup, i: Item): string {
  const { node, kernel } = i.of;
  const place = node ? lookup.placeOf({ kind: "node", id: node.id }) : kernel ? lookup.placeOf({ kind: "kernel", id: kernel.id }) : null;
  const inside = node ? (lookup.kernelsOf.get(node.id) ?? []) : [];
  const parts = [
    kernel ? t("kernel {0}", i.label) : i.label,
    detailOf(m, i),
    ...inside.slice(0, 2).map((k) => t("kernel {0}", k.label) + (k.time ? ` ${time(k.time.median)}` : "")),
    ...(node?.scope ? [node.scope] : []),
    ...(place ? [`${baseName(place.file)}:${place.line}`] : []),
    ...(i.opens ? [m.open.has(i.id) ? t("Enter closes it") : t("Enter opens it")] : []),
  ];
  return parts.filter(Boolean).join(SEPARATOR);
}
/** What goes along an edge: how many values, of which types. */
export function describeEdge(m: GraphModel, e: ShownEdge): string {
  const { boxes } = m.picture!;
  const types = [...new Set(e.leaves.map((l) => l.producer.type))];
  const verdict = m.verdicts.of(e.leaves);
  return [
    `${boxes[e.from]!.item.label} → ${boxes[e.to]!.item.label}`,
    e.leaves.length > 1 ? t("{0} values", e.leaves.length) : "",
    types.slice(0, 4).join(", ") + (types.length > 4 ? ", …" : ""),
    verdict === "fused" ? t("fused") : verdict === "stored" ? t("stored, and read again") : "",
  ]
    .filter(Boolean)
    .join(SEPARATOR);
}
export function describeDecision(lookup: Lookup, d: Decision, nth: number, of: number): string {
  const name = (id: string): string => {
    const n = lookup.nodes.get(id);
    return n ? (n.name ?? n.op) : id;
  };
  return [
    `${name(d.producer)} → ${name(d.consumer)}`,
    d.fused ? t("fused") : t("stored, and read again"),
    d.cost.bytes ? bytes(d.cost.bytes) : "",
    said(d.reason, d.phrases?.reason),
    of > 1 ? t("{0} of {1} values of this edge; click again for the next", nth + 1, of) : "",
  ]
    .filter(Boolean)
    .join(SEPARATOR);
}
