// What costs most, first: stored values by the time that storing them takes, retraces by how often they came.
import type { Compilation, Decision, Node, NodeId, Program, Report } from "./types.ts";

/** A value of the ledger that is stored, with what that costs. */
export interface Missed {
  /** The first of its edges. */
  readonly decision: Decision;
  /** "tanh → dot"; of a value that several read for one reason: "tanh → sub, dot". */
  readonly edge: string;
  /** Edges that were decided alike: all that read the value, kept by the same rule for the same reason. */
  readonly edges: readonly Decision[];
  /** Milliseconds; absent where neither the source nor a measurement tells. */
  readonly ms?: number;
  readonly file?: string;
  readonly line?: number;
}
/** Stored values, the dearest first. */
export function missedFusions(r: Report, program: Program | undefined = r.programs[0]): Missed[] {
  const ops = nodesOf(program);
  const speed = bandwidth(r);
  const opOf = (id: NodeId): string => ops.get(id)?.op ?? id;
  const groups = new Map<string, Decision[]>();
  for (const d of program?.decisions ?? []) {
    if (d.fused) continue;
    const key = JSON.stringify([d.producer, d.rule, d.reason]);
    const group = groups.get(key);
    if (group) group.push(d);
    else groups.set(key, [d]);
  }
  const list = [...groups.values()].map((edges): Missed => {
    const decision = edges[0]!;
    const costs = edges.map((d) => d.ms?.kept ?? (speed > 0 && d.cost.bytes !== undefined ? d.cost.bytes / speed / 1e6 : undefined));
    // Each edge of a value says what storing it costs: it is stored once.
    const ms = costs.reduce((most, x) => (x === undefined ? most : Math.max(most ?? 0, x)), undefined);
    const edge = `${opOf(decision.producer)} → ${[...new Set(edges.map((d) => opOf(d.consumer)))].join(", ")}`;
    return { decision, edge, edges, ...(ms === undefined ? {} : { ms }), ...placeOf(r, decision.stack) };
  });
  return list.sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0) || (b.decision.cost.bytes ?? 0) - (a.decision.cost.bytes ?? 0));
}
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
