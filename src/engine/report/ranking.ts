// What costs most, first: stored values by the time that they lose, retraces by theirs.
import type { Compilation, Decision, Node, NodeId, Program, Report } from "./types.ts";

/** A value of the ledger that is stored, with what that costs. */
export interface Stored {
  /** "missed": one kernel for both would be faster, or nobody can say; "stored": storing is cheaper, or something needs the value in memory. */
  readonly kind: "missed" | "stored";
  /** The first of its edges. */
  readonly decision: Decision;
  /** "tanh (h1) → dot"; of a value that several read for one reason: "tanh (h1) → sub, dot". */
  readonly edge: string;
  /** Edges that were decided alike: all that read the value, kept by the same rule for the same reason. */
  readonly edges: readonly Decision[];
  /** Milliseconds that storing costs more than fusing would; negative where it gains. Absent where neither the source nor a measurement tells. */
  readonly ms?: number;
  readonly file?: string;
  readonly line?: number;
}
/** By the numbers of this machine the other verdict is faster only where it is by half again, and by more than a clock reading. */
const MARGIN = 1.5;
const LEAST_MS = 0.0005;
function costsOf(d: Decision): { readonly fused: number; readonly kept: number } | null {
  const { ms } = d;
  if (ms?.measured) return { fused: ms.measured.fused.median, kept: ms.measured.kept.median };
  return ms?.fused === undefined || ms.kept === undefined ? null : { fused: ms.fused, kept: ms.kept };
}
function kindOf(d: Decision): Stored["kind"] {
  if (d.kept === undefined || d.kept === "limit") return "missed";
  const c = costsOf(d);
  return d.kept === "cheaper" && c && c.kept > MARGIN * c.fused && c.kept - c.fused > LEAST_MS ? "missed" : "stored";
}
/** Values that kernels exchange through memory: what was missed first, the dearest first. */
export function storedValues(r: Report, program: Program | undefined = r.programs[0]): Stored[] {
  const ops = nodesOf(program);
  const speed = bandwidth(r);
  const named = (id: NodeId, variable: string | undefined): string => {
    const op = ops.get(id)?.op ?? id;
    return variable === undefined || variable === op ? op : `${op} (${variable})`;
  };
  const groups = new Map<string, Decision[]>();
  for (const d of program?.decisions ?? []) {
    if (d.fused) continue;
    const key = JSON.stringify([d.producer, d.rule, d.reason]);
    const group = groups.get(key);
    if (group) group.push(d);
    else groups.set(key, [d]);
  }
  const lost = (d: Decision): number | undefined => {
    const c = costsOf(d);
    if (c) return c.kept - c.fused;
    return speed > 0 && d.cost.bytes !== undefined ? d.cost.bytes / speed / 1e6 : undefined;
  };
  const list = [...groups.values()].map((edges): Stored => {
    const decision = edges[0]!;
    // Each edge of a value says what storing it costs: it is stored once.
    const ms = edges.map(lost).reduce((most, x) => (x === undefined ? most : Math.max(most ?? -Infinity, x)), undefined);
    const readers = [...new Set(edges.map((d) => named(d.consumer, d.names?.consumer)))].join(", ");
    const edge = `${named(decision.producer, decision.names?.producer)} → ${readers}`;
    return { kind: kindOf(decision), decision, edge, edges, ...(ms === undefined ? {} : { ms }), ...placeOf(r, decision.stack) };
  });
  const rank = (s: Stored): number => (s.kind === "missed" ? 0 : 1);
  return list.sort((a, b) => rank(a) - rank(b) || (b.ms ?? 0) - (a.ms ?? 0) || (b.decision.cost.bytes ?? 0) - (a.decision.cost.bytes ?? 0));
}
/** Stored values that one kernel would have been faster for. */
export const missedFusions = (r: Report, program?: Program): Stored[] => storedValues(r, program).filter((s) => s.kind === "missed");
export function nodesOf(program: Program | undefined): ReadonlyMap<NodeId, Node> {
  const nodes = new Map<NodeId, Node>();
  for (const level of program?.levels ?? []) for (const region of level.regions) for (const n of region.nodes) nodes.set(n.id, n);
  return nodes;
}
export function placeOf(r: Report, stack: number | null | undefined): { readonly file?: string; readonly line?: number } {
  const frame = stack === undefined || stack === null ? undefined : r.frames[r.stacks[stack]?.[0] ?? -1];
  const file = frame && r.files[frame.file]?.path;
  return frame && file !== undefined ? { file, line: frame.line } : {};
}
/** GB/s: what the device reached when it was measured, else what the fastest kernel of this run reached; 0 where nothing was measured. */
function bandwidth(r: Report): number {
  const ceiling = r.devices.reduce((most, d) => Math.max(most, d.ceilings?.bandwidth ?? 0), 0);
  if (ceiling > 0) return ceiling;
  const reached = r.programs.flatMap((p) =>
    (p.kernels ?? []).map((k) => (k.time?.median ? ((k.bytesRead + k.bytesWritten) * k.calls) / k.time.median / 1e6 : 0)),
  );
  return Math.max(0, ...reached);
}
export interface Retrace {
  readonly function: string;
  readonly count: number;
  readonly cause: string;
  readonly ms: number;
  readonly file?: string;
  readonly line?: number;
}
/** Compilations after the first of a function, those of one function, cause and call together; the most frequent first. */
export function retraces(r: Report): Retrace[] {
  const groups = new Map<string, { first: Compilation; count: number; ms: number }>();
  for (const c of r.compilations) {
    if (!c.causes.length || c.causes.every((x) => x.kind === "first")) continue;
    const key = JSON.stringify([c.function, c.call, c.causes.map((x) => [x.kind, x.argument])]);
    const group = groups.get(key) ?? { first: c, count: 0, ms: 0 };
    group.count++;
    group.ms += (c.phases.trace ?? 0) + (c.phases.lower ?? 0) + (c.phases.compile ?? 0);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ first, count, ms }) => ({
      function: first.function,
      count,
      cause: first.causes.map((x) => x.text).join("; "),
      ms,
      ...placeOf(r, first.call),
    }))
    .sort((a, b) => b.ms - a.ms || b.count - a.count);
}
