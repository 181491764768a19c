// Kernels of two programs matched by lineage: those that compute the same nodes are the same kernel, whatever it is called now.
import type { Kernel, KernelId, Node, NodeId, Program, Report } from "../types.ts";
import { type NodeMap, type Side, type Sources, lastNodes } from "./nodes.ts";
import { timeChange } from "./significance.ts";
import type { DiffOptions, KernelDiff, KernelSide, OperationCount } from "./types.ts";

/** What two kernels have in common has to be this part of both together, or the output. */
const ENOUGH = 0.34;

export function diffKernels(before: Program, after: Program, nodes: NodeMap, s: Sources, o: DiffOptions): KernelDiff[] {
  const old = before.kernels ?? [];
  const now = after.kernels ?? [];
  const shared = overlaps(old, now, nodes);
  const pairs = pair(old, now, shared, nodes);
  const ops = [operations(before), operations(after)] as const;
  const oldById = new Map(old.map((k) => [k.id, k]));
  const of = new Map([...pairs].map(([a, b]) => [b, a]));
  const makers = reversed(shared);
  const out: KernelDiff[] = now.map((k): KernelDiff => {
    const was = oldById.get(of.get(k.id) ?? "");
    if (!was) {
      return { status: "new", after: side(k, s, "after"), gained: [], lost: [], related: makers.get(k.id) ?? [] };
    }
    return both(was, k, ops, s, o);
  });
  for (const k of old)
    if (!pairs.has(k.id))
      out.push({ status: "gone", before: side(k, s, "before"), gained: [], lost: [], related: [...(shared.get(k.id)?.keys() ?? [])] });
  return out;
}
function both(was: Kernel, k: Kernel, ops: readonly [Operations, Operations], s: Sources, o: DiffOptions): KernelDiff {
  const a = count(was, ops[0]);
  const b = count(k, ops[1]);
  const gained = more(b, a);
  const lost = more(a, b);
  const same = !gained.length && !lost.length && was.kind === k.kind && was.bytesRead + was.bytesWritten === k.bytesRead + k.bytesWritten;
  return {
    status: same && was.flops === k.flops && was.calls === k.calls ? "same" : "changed",
    before: side(was, s, "before"),
    after: side(k, s, "after"),
    ...(was.time && k.time ? { time: timeChange(was.time, k.time, o) } : {}),
    gained,
    lost,
    related: [],
  };
}
export function side(k: Kernel, s: Sources, which: Side): KernelSide {
  const report: Report = s[which];
  const line = k.lines[0];
  const file = line && report.files[line.file]?.path;
  return {
    id: k.id,
    label: k.label,
    kind: k.kind,
    calls: k.calls,
    bytes: (k.bytesRead + k.bytesWritten) * k.calls,
    flops: k.flops * k.calls,
    ...(k.time ? { time: k.time } : {}),
    ...(line && file !== undefined ? { file, line: line.line } : {}),
  };
}

type Overlaps = ReadonlyMap<KernelId, ReadonlyMap<KernelId, number>>;
/** How many nodes of each old kernel are computed in each new one. */
function overlaps(old: readonly Kernel[], now: readonly Kernel[], nodes: NodeMap): Overlaps {
  const at = new Map<NodeId, KernelId[]>();
  for (const k of now)
    for (const n of new Set(k.nodes)) {
      const list = at.get(n);
      if (list) list.push(k.id);
      else at.set(n, [k.id]);
    }
  return new Map(
    old.map((k) => {
      const shared = new Map<KernelId, number>();
      for (const n of new Set(k.nodes)) {
        const other = nodes.get(n);
        for (const id of (other !== undefined && at.get(other)) || []) shared.set(id, (shared.get(id) ?? 0) + 1);
      }
      return [k.id, shared];
    }),
  );
}
/** For each new kernel the old ones that computed a part of it. */
function reversed(shared: Overlaps): ReadonlyMap<KernelId, readonly KernelId[]> {
  const makers = new Map<KernelId, KernelId[]>();
  for (const [a, list] of shared)
    for (const b of list.keys()) {
      const known = makers.get(b);
      if (known) known.push(a);
      else makers.set(b, [a]);
    }
  return makers;
}
/** Best pairs first, each kernel once; what has no node in common is paired by its label. */
function pair(old: readonly Kernel[], now: readonly Kernel[], shared: Overlaps, nodes: NodeMap): Map<KernelId, KernelId> {
  const byId = new Map(now.map((k) => [k.id, k]));
  const candidates: { readonly a: Kernel; readonly b: Kernel; readonly score: number }[] = [];
  for (const a of old)
    for (const [id, count] of shared.get(a.id) ?? []) {
      const b = byId.get(id);
      if (!b) continue;
      const part = (2 * count) / (a.nodes.length + b.nodes.length);
      const sameOutput = a.outputs.some((n) => b.outputs.includes(nodes.get(n) ?? ""));
      if (part < ENOUGH && !sameOutput) continue;
      candidates.push({ a, b, score: part + (sameOutput ? 0.5 : 0) + (a.label === b.label ? 0.25 : 0) });
    }
  candidates.sort((x, y) => y.score - x.score);
  const pairs = new Map<KernelId, KernelId>();
  const taken = new Set<KernelId>();
  for (const { a, b } of candidates) {
    if (pairs.has(a.id) || taken.has(b.id)) continue;
    pairs.set(a.id, b.id);
    taken.add(b.id);
  }
  for (const name of [(k: Kernel) => `${k.kind} ${k.label}`, (k: Kernel) => `${k.kind} ${k.name}`]) {
    const free = new Map<string, Kernel[]>();
    for (const b of now) if (!taken.has(b.id) && !b.nodes.length) free.set(name(b), [...(free.get(name(b)) ?? []), b]);
    for (const a of old) {
      const b = pairs.has(a.id) || a.nodes.length ? undefined : free.get(name(a))?.shift();
      if (!b) continue;
      pairs.set(a.id, b.id);
      taken.add(b.id);
    }
  }
  return pairs;
}
type Operations = ReadonlyMap<NodeId, Node>;
const operations = (p: Program): Operations => new Map(lastNodes(p).map((n) => [n.id, n]));
function count(k: Kernel, ops: Operations): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of k.nodes) {
    const op = ops.get(id)?.op;
    if (op !== undefined) counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  return counts;
}
const more = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): OperationCount[] =>
  [...a].map(([op, n]) => ({ op, count: n - (b.get(op) ?? 0) })).filter((c) => c.count > 0);
