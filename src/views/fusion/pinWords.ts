// What a pin of a row names, and how that is said: a pin may be several edges, which nobody would guess.
import { t } from "../l10n.ts";
import type { ViewContext } from "../view.ts";
import { isEdge, pinsFor } from "./edges.ts";
import type { DecisionRow } from "./rows.ts";
import { reasonOf } from "./words.ts";

export const edgeOf = (pin: string): string => pin.replace(/=.*$/, "");
/** What a pin of the row names. One that is removed goes with all that it named: those along a value that was pinned together too. */
export const pinsOf = (c: ViewContext, { decision: d, members }: DecisionRow): string[] =>
  pinsFor(c.lookup, members, d.fused === (d.pinned ?? false) ? "fuse" : "split");
/** A pin turns what a rule weighed, not what no kernel can do. */
export function impossible({ decision: d }: DecisionRow): string | null {
  if (!isEdge(d.id)) return t("This profile is of an older version: its edges have no names that the compiler knows");
  if (d.fused || d.pinned) return null;
  if (d.kept === "limit") return t("No one kernel can compute both, so a pin would change nothing: {0}", reasonOf(d));
  return d.kept === "needed" ? t("It lies in memory whatever a pin says: {0}", reasonOf(d)) : null;
}
const MOST_SAID = 8;
/** "This pins 3 edges: …", where a pin is several; null where it is one. */
export function pinsSaid(c: ViewContext, r: DecisionRow): string | null {
  if (r.decision.pinned || impossible(r) !== null) return null;
  const pins = pinsOf(c, r);
  if (pins.length < 2) return null;
  const shown = pinGroups(c, pins.slice(0, MOST_SAID)).map((g) => g.text);
  const more = pins.length - MOST_SAID;
  return t("This pins {0} edges: {1}", pins.length, [...shown, ...(more > 0 ? [t("{0} more", more)] : [])].join("; "));
}
export interface PinGroup {
  readonly text: string;
  readonly pins: readonly string[];
}
/** Pins of edges that read the same are named once. */
export function pinGroups(c: ViewContext, pins: readonly string[]): PinGroup[] {
  const groups = new Map<string, string[]>();
  for (const pin of pins) {
    const d = c.lookup.decision(edgeOf(pin));
    const op = (id: string): string => c.lookup.nodes.get(id)?.op ?? id;
    const verdict = pin.endsWith("=split") ? t("apart") : t("together");
    const name = d ? `${d.names?.producer ? `${d.names.producer}: ` : ""}${op(d.producer)} → ${op(d.consumer)}, ${verdict}` : pin;
    groups.set(name, [...(groups.get(name) ?? []), pin]);
  }
  return [...groups].map(([text, list]) => ({ text: list.length > 1 ? `${text} ×${list.length}` : text, pins: list }));
}
