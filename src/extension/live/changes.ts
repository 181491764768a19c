// What an edit changed in the picture that the compiler makes: operations that were not there before, kernels that were split or joined, and edges that
// are decided otherwise.
import type { Kernel, Level, Node, NodeId, Program, Report } from "../../engine/report/types.ts";

export interface Changes {
  readonly nodes: ReadonlySet<NodeId>;
  readonly decisions: ReadonlySet<string>;
  readonly kernels: readonly KernelChange[];
}
export type KernelChange =
  | { readonly kind: "split"; readonly kernel: string; readonly into: number }
  | { readonly kind: "joined"; readonly kernels: readonly string[]; readonly into: string }
  | { readonly kind: "count"; readonly before: number; readonly after: number };

/** Operations of two versions that are the same one, by the later one's id. */
function matched(before: Level, after: Level): ReadonlyMap<NodeId, NodeId> {
  const pairs = new Map<NodeId, NodeId>();
  after.regions.forEach((region, i) => {
    const old = before.regions[i];
    if (old) match(old.nodes, region.nodes, pairs);
  });
  return pairs;
}
function match(before: readonly Node[], after: readonly Node[], pairs: Map<NodeId, NodeId>): void {
  const a = before.map(signatures(before));
  const b = after.map(signatures(after));
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  for (let i = 0; i < head; i++) pairs.set(after[i]!.id, before[i]!.id);
  for (let i = 1; i <= tail; i++) pairs.set(after[after.length - i]!.id, before[before.length - i]!.id);
  // Between the two ends: the same operation in the same order.
  const left = new Map<string, NodeId[]>();
  for (let i = head; i < a.length - tail; i++) {
    const list = left.get(a[i]!) ?? [];
    list.push(before[i]!.id);
    left.set(a[i]!, list);
  }
  for (let i = head; i < b.length - tail; i++) {
    const id = left.get(b[i]!)?.shift();
    if (id !== undefined) pairs.set(after[i]!.id, id);
  }
}
/** What an operation is, without where it stands: its own kind and type, and the kinds of its inputs. */
function signatures(nodes: readonly Node[]): (n: Node) => string {
  const ops = new Map(nodes.map((n) => [n.id, `${n.op} ${n.type}`]));
  return (n) => [n.op, n.type, n.attributes ?? "", n.category === "input" ? "" : (n.name ?? ""), ...n.inputs.map((i) => ops.get(i) ?? "?")].join("|");
}
export function changesBetween(before: Report, after: Report): Changes {
  const nodes = new Set<NodeId>();
  const [old, now] = [before.programs[0], after.programs[0]];
  if (!old || !now) return { nodes, decisions: new Set(), kernels: [] };
  let pairs: ReadonlyMap<NodeId, NodeId> = new Map();
  for (const level of now.levels) {
    const same = old.levels.find((l) => l.name === level.name);
    pairs = same ? matched(same, level) : new Map<NodeId, NodeId>();
    for (const r of level.regions) for (const n of r.nodes) if (!pairs.has(n.id) && n.category !== "input") nodes.add(n.id);
  }
  // Kernels and decisions are about the last level's operations.
  return { nodes, decisions: decisionsChanged(old, now, pairs), kernels: kernelsChanged(old, now, pairs) };
}
function decisionsChanged(old: Program, now: Program, pairs: ReadonlyMap<NodeId, NodeId>): ReadonlySet<string> {
  const before = new Map((old.decisions ?? []).map((d) => [`${d.producer} ${d.consumer}`, d.fused]));
  const changed = (now.decisions ?? []).filter((d) => before.get(`${pairs.get(d.producer)} ${pairs.get(d.consumer)}`) !== d.fused);
  return new Set(changed.map((d) => d.id));
}
function kernelsChanged(old: Program, now: Program, pairs: ReadonlyMap<NodeId, NodeId>): KernelChange[] {
  const found: KernelChange[] = [];
  // An operation that is computed in several kernels says nothing of where it belongs.
  const ownerBefore = owners(old.kernels ?? []);
  const into = new Map<Kernel, Set<Kernel>>();
  const from = new Map<Kernel, Set<Kernel>>();
  for (const [id, kernel] of owners(now.kernels ?? [])) {
    const was = ownerBefore.get(pairs.get(id) ?? "");
    if (!was || !kernel) continue;
    into.set(was, (into.get(was) ?? new Set()).add(kernel));
    from.set(kernel, (from.get(kernel) ?? new Set()).add(was));
  }
  for (const [k, list] of into) if (list.size > 1) found.push({ kind: "split", kernel: k.label, into: list.size });
  for (const [k, list] of from) if (list.size > 1) found.push({ kind: "joined", kernels: [...list].map((x) => x.label), into: k.label });
  const counts = { before: old.kernels?.length ?? 0, after: now.kernels?.length ?? 0 };
  if (!found.length && counts.before !== counts.after) found.push({ kind: "count", ...counts });
  return found;
}
function owners(kernels: readonly Kernel[]): Map<NodeId, Kernel | null> {
  const map = new Map<NodeId, Kernel | null>();
  for (const k of kernels) for (const n of k.nodes) map.set(n, map.has(n) ? null : k);
  return map;
}
