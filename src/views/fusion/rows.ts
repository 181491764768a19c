// The rows of the fusion view: decisions, those that say the same said once, ranked by the time they cost. Plain functions of a Report.
import type { Decision } from "../../engine/report/types.ts";
import type { Lookup } from "../lookup.ts";

/**
 * missed: two kernels where one would be faster. again: one kernel that computes values anew for more than storing them would cost. stored: kept apart
 * because that is cheaper, or because something needs the value in memory. fused: as it should be.
 */
export type Kind = "missed" | "again" | "stored" | "fused";
export const KINDS: readonly Kind[] = ["missed", "again", "stored", "fused"];
export interface DecisionRow {
  readonly kind: Kind;
  /** The first of those that say the same. */
  readonly decision: Decision;
  readonly members: readonly Decision[];
  readonly producer: ValueName;
  readonly consumer: ValueName;
  readonly place: { readonly file: string; readonly line: number } | null;
  /** The kernel that computes the consumer, if one does. */
  readonly kernel: string | null;
  /** Milliseconds that the verdict costs, compared with the other one; negative where it gains. Null where nobody can say. */
  readonly lost: number | null;
  readonly bytes: number;
  readonly flops: number;
}
/** By the numbers of this machine the other verdict is faster only where it is by half again, and by more than a clock reading. */
const MARGIN = 1.5;
const LEAST_MS = 0.0005;

/** What fusing and keeping add to a run: measured, else predicted. */
export function costs(d: Decision): { readonly fused: number; readonly kept: number; readonly measured: boolean } | null {
  const { ms } = d;
  if (ms?.measured) return { fused: ms.measured.fused.median, kept: ms.measured.kept.median, measured: true };
  return ms?.fused === undefined || ms.kept === undefined ? null : { fused: ms.fused, kept: ms.kept, measured: false };
}
export function lostBy(d: Decision): number | null {
  const c = costs(d);
  return c && (d.fused ? c.fused - c.kept : c.kept - c.fused);
}
export function kindOf(d: Decision): Kind {
  const c = costs(d);
  const worse = (own: number, other: number): boolean => own > MARGIN * other && own - other > LEAST_MS;
  if (d.fused) return c && worse(c.fused, c.kept) ? "again" : "fused";
  if (d.kept === undefined || d.kept === "limit") return "missed";
  return d.kept === "cheaper" && c && worse(c.kept, c.fused) ? "missed" : "stored";
}
/** What a person calls a value: an argument's name, else the operation. */
export function valueName(lookup: Lookup, id: string): string {
  const n = lookup.nodes.get(id);
  if (!n) return id;
  return n.name && n.category === "input" ? n.name : n.op;
}
/** An operation, and the person's variable that it computes (a part of). */
export interface ValueName {
  readonly op: string;
  readonly variable: string | null;
}
const nameOf = (lookup: Lookup, id: string, variable: string | undefined): ValueName => {
  const op = valueName(lookup, id);
  return { op, variable: variable === op ? null : (variable ?? null) };
};
export const showName = (n: ValueName): string => (n.variable ? `${n.op} (${n.variable})` : n.op);
/**
 * Decisions as rows: those of the same operations, lines and types with the same verdict for the same reason are one.
 * @param apart whether rows of different kernels stay apart
 */
export function decisionRows(lookup: Lookup, apart: boolean): DecisionRow[] {
  const groups = new Map<string, Decision[]>();
  const ends = new Map<string, string>();
  const endOf = (id: string): string => {
    let text = ends.get(id);
    if (text === undefined) ends.set(id, (text = `${valueName(lookup, id)} ${typeOf(lookup, id)} ${lineOf(lookup, id)}`));
    return text;
  };
  for (const d of lookup.decisions) {
    const what = `${endOf(d.producer)}|${endOf(d.consumer)}|${d.rule}|${d.reason}|${d.fused}|${d.pinned ?? false}|${kindOf(d)}`;
    const key = apart ? `${what}|${kernelOf(lookup, d) ?? ""}` : what;
    const list = groups.get(key);
    if (list) list.push(d);
    else groups.set(key, [d]);
  }
  const rows = [...groups.values()].map((members) => row(members, lookup));
  const rank = new Map(KINDS.map((k, i) => [k, i]));
  const value = (r: DecisionRow): number => (r.lost === null ? r.bytes * 1e-12 : Math.abs(r.lost));
  return rows.sort((a, b) => rank.get(a.kind)! - rank.get(b.kind)! || value(b) - value(a));
}
const typeOf = (lookup: Lookup, id: string): string => lookup.nodes.get(id)?.type ?? "";
const lineOf = (lookup: Lookup, id: string): string => {
  const f = lookup.frameOf(lookup.nodes.get(id)?.stack);
  return f ? `${f.file}:${f.line}` : "";
};
const kernelOf = (lookup: Lookup, d: Decision): string | null => lookup.kernelsOf.get(d.consumer)?.[0]?.id ?? null;
function row(members: readonly Decision[], lookup: Lookup): DecisionRow {
  const [decision] = members as readonly [Decision, ...Decision[]];
  // A value that one kernel reads in several places lies in memory once: of those the dearest counts, different values add up.
  const dearest = new Map<string, Decision>();
  for (const d of members) {
    const key = `${d.producer}>${kernelOf(lookup, d) ?? d.consumer}`;
    const have = dearest.get(key);
    if (!have || Math.abs(lostBy(d) ?? 0) > Math.abs(lostBy(have) ?? 0)) dearest.set(key, d);
  }
  const counted = [...dearest.values()];
  const sum = (of: (d: Decision) => number): number => counted.reduce((s, d) => s + of(d), 0);
  return {
    kind: kindOf(decision),
    decision,
    members,
    producer: nameOf(lookup, decision.producer, decision.names?.producer),
    consumer: nameOf(lookup, decision.consumer, decision.names?.consumer),
    place: lookup.placeOf({ kind: "decision", id: decision.id }),
    kernel: kernelOf(lookup, decision),
    lost: counted.some((d) => lostBy(d) !== null) ? sum((d) => lostBy(d) ?? 0) : null,
    bytes: sum((d) => d.cost.bytes ?? 0),
    flops: sum((d) => d.cost.flops ?? 0),
  };
}

export type Grouping = "rank" | "kernel" | "line";
export interface Heading {
  readonly heading: string;
  readonly key: string;
  readonly rows: number;
  /** What the missed fusions under it cost. */
  readonly lost: number;
  readonly kernel?: string;
  readonly place?: { readonly file: string; readonly line: number };
}
export type Item = DecisionRow | Heading;
export const isHeading = (i: Item): i is Heading => "heading" in i;

/** Rows under headings, the costliest group first. */
export function grouped(rows: readonly DecisionRow[], by: Grouping, lookup: Lookup, none: string): Item[] {
  if (by === "rank") return [...rows];
  const groups = new Map<string, DecisionRow[]>();
  for (const r of rows) {
    const key = by === "kernel" ? (r.kernel ?? "") : r.place ? `${r.place.file}:${r.place.line}` : "";
    const list = groups.get(key);
    if (list) list.push(r);
    else groups.set(key, [r]);
  }
  const cost = (list: readonly DecisionRow[]): number =>
    list.reduce((s, r) => s + (r.kind === "missed" || r.kind === "again" ? Math.max(0, r.lost ?? 0) : 0), 0);
  const made = [...groups].map(([key, list]) => ({ key, list, lost: cost(list) })).sort((a, b) => b.lost - a.lost);
  return made.flatMap(({ key, list, lost }): Item[] => {
    const first = list[0]!;
    const label = key === "" ? none : by === "kernel" ? (lookup.kernelById.get(key)?.label ?? key) : key;
    return [
      {
        heading: label,
        key: `heading ${key}`,
        rows: list.length,
        lost,
        ...(by === "kernel" && key ? { kernel: key } : {}),
        ...(by === "line" && first.place ? { place: first.place } : {}),
      },
      ...list,
    ];
  });
}
