// Two compilers' kernels of one program: their operations have other names, so kernels belong together by the source lines that they come from, and
// each compiler's stored values stand for themselves.
import type { Kernel, Program, Report } from "../types.ts";
import { decidedBy, placeOf } from "./decisions.ts";
import { side } from "./kernels.ts";
import { type Side, type Sources, lastNodes } from "./nodes.ts";
import { timeChange } from "./significance.ts";
import type { DecisionDiff, DiffOptions, KernelDiff } from "./types.ts";

/** Whether two Reports are of one program on two compilers. */
export const isTwoCompilers = (a: Report, b: Report): boolean => a.source.kind !== b.source.kind;
/** Whether the second compiler was given the first one's program: arguments are the same then, however each writes their types. */
export const isOneProgram = (a: Report, b: Report): boolean => isTwoCompilers(a, b) && (a.agreement ?? b.agreement) !== undefined;

export function kernelsByLine(before: Program, after: Program, s: Sources, o: DiffOptions): KernelDiff[] {
  const old = before.kernels ?? [];
  const now = after.kernels ?? [];
  const pairs = pairsOf(old, now, s);
  const none = { gained: [], lost: [], related: [] } as const;
  const matched = new Set(pairs.values());
  return [
    ...old.map((k, i): KernelDiff => {
      const other = now[pairs.get(i) ?? -1];
      if (!other) return { status: "gone", before: side(k, s, "before"), ...none };
      return {
        status: "changed",
        before: side(k, s, "before"),
        after: side(other, s, "after"),
        ...(k.time && other.time ? { time: timeChange(k.time, other.time, o) } : {}),
        ...none,
      };
    }),
    ...now.filter((_k, j) => !matched.has(j)).map((k): KernelDiff => ({ status: "new", after: side(k, s, "after"), ...none })),
  ];
}
/** The lines of a kernel in the newer side's counting, the weightiest first. */
function linesOf(k: Kernel, s: Sources, which: Side): string[] {
  const { files } = s[which];
  return k.lines.map((l) => `${files[l.file]?.path}:${which === "after" ? l.line : (s.lineAfter(l.file, l.line) ?? "gone")}`);
}
/** Best pairs first, each kernel once: by common lines and the first one, then by their work and their places in the program. */
function pairsOf(old: readonly Kernel[], now: readonly Kernel[], s: Sources): Map<number, number> {
  const lines = { before: old.map((k) => linesOf(k, s, "before")), after: now.map((k) => linesOf(k, s, "after")) };
  const candidates = old.flatMap((x, i) =>
    now.flatMap((y, j) => {
      const [a, b] = [lines.before[i]!, lines.after[j]!];
      const common = a.filter((l) => b.includes(l)).length;
      if (common === 0) return [];
      const work = (Math.min(x.flops, y.flops) + 1) / (Math.max(x.flops, y.flops) + 1);
      const apart = Math.abs(i / old.length - j / now.length);
      // One that was not measured, as a part of a loop may be, says nothing beside one that was.
      const unequal = (x.time === undefined) !== (y.time === undefined) ? 0.5 : 0;
      return [{ i, j, score: (2 * common) / (a.length + b.length) + (a[0] === b[0] ? 0.5 : 0) + 0.5 * work - 0.1 * apart - unequal }];
    }),
  );
  const pairs = new Map<number, number>();
  const taken = new Set<number>();
  for (const { i, j } of candidates.sort((x, y) => y.score - x.score)) {
    if (pairs.has(i) || taken.has(j)) continue;
    pairs.set(i, j);
    taken.add(j);
  }
  return pairs;
}

/** What each of the two compilers stores between kernels, and why. */
export function storedByEach(before: Program, after: Program, s: Sources): DecisionDiff[] {
  return [...stored(before, s, "before"), ...stored(after, s, "after")].sort((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes));
}
function stored(p: Program, s: Sources, which: Side): DecisionDiff[] {
  const ops = new Map(lastNodes(p).map((n) => [n.id, n.op]));
  const who = compilerOf(s[which]);
  return (p.decisions ?? [])
    .filter((d) => !d.fused)
    .map((d): DecisionDiff => {
      const at = placeOf(d, s[which]);
      return {
        change: which === "before" ? "byFirst" : "bySecond",
        [which]: d.id,
        text: `${who} stores ${ops.get(d.producer) ?? d.producer} for ${ops.get(d.consumer) ?? d.consumer}: ${d.reason}`,
        edge: `${ops.get(d.producer) ?? d.producer} → ${ops.get(d.consumer) ?? d.consumer}`,
        [which === "before" ? "was" : "is"]: decidedBy(d),
        rule: d.rule,
        bytes: (d.cost.bytes ?? 0) * (which === "before" ? -1 : 1),
        ...(at ? { file: at.file, line: at.line } : {}),
      };
    });
}
export const compilerOf = (r: Report): string => (r.source.kind === "jax" || r.source.kind === "xla" ? "XLA" : "JitLens");
