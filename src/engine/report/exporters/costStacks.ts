// What a steady call costs, as call stacks: kernels stand on the person's own frames, by the lines that caused them. Flame graphs are drawn of this.
import { nodesOf } from "../ranking.ts";
import type { FrameIndex, Kernel, Program, Report } from "../types.ts";

export interface StackFrame {
  readonly name: string;
  readonly file: string;
  /** 0 where a frame has no place in a file. */
  readonly line: number;
  readonly column: number;
}
export interface CostStack {
  /** Outermost first; the last one is the kernel, the call itself or the copies. */
  readonly frames: readonly StackFrame[];
  /** Of one steady call. */
  readonly ms: number;
  readonly bytes: number;
  readonly flops: number;
  readonly calls: number;
}
/** Empty where nothing is known of time: not even predictions. */
export function costStacks(r: Report): CostStack[] {
  const program = r.programs[0];
  return [...(program?.kernels ? kernelStacks(r, program, program.kernels) : []), ...otherStacks(r)].filter((s) => s.ms > 0);
}
/** What is no function of the person's, at the line that causes (most of) it. */
function leaf(r: Report, name: string, l: { readonly file: number; readonly line: number } | undefined): StackFrame {
  const file = l && r.files[l.file]?.path;
  return l && file !== undefined ? { name, file, line: l.line, column: 1 } : { name, file: "", line: 0, column: 0 };
}
function frameOf(r: Report, index: FrameIndex): StackFrame {
  const f = r.frames[index]!;
  return { name: f.func || "(anonymous)", file: r.files[f.file]?.path ?? "", line: f.line, column: f.column };
}
function kernelStacks(r: Report, program: Program, kernels: readonly Kernel[]): CostStack[] {
  const nodes = nodesOf(program);
  const scale = scales(r, kernels);
  return kernels.flatMap((k) => {
    const stacks = new Map<string, readonly FrameIndex[]>();
    for (const id of k.nodes) {
      const stack = nodes.get(id)?.stack;
      const frames = stack === undefined ? undefined : r.stacks[stack];
      if (frames?.length) stacks.set(frames.join(), frames);
    }
    return k.lines.flatMap((l) => {
      const own = [...stacks.values()].filter((s) => {
        const top = r.frames[s[0]!];
        return top?.file === l.file && top.line === l.line;
      });
      const ways = own.length ? own.map((s) => [...s].reverse().map((f) => frameOf(r, f))) : [[lineFrame(r, l)]];
      const part = l.share / ways.length;
      return ways.map((frames): CostStack => ({
        frames: [...frames, leaf(r, k.label, k.lines[0])],
        ms: msOf(k) * part * scale(l.file, l.line),
        bytes: (k.bytesRead + k.bytesWritten) * k.calls * part,
        flops: k.flops * k.calls * part,
        calls: k.calls * part,
      }));
    });
  });
}
const msOf = (k: Kernel): number => k.time?.median ?? k.predicted ?? 0;
/** A line that no stack tells of: in the function that was profiled, or outside of it. */
function lineFrame(r: Report, l: { readonly file: number; readonly line: number }): StackFrame {
  const at = r.frames[r.function.at];
  const d = r.function.declared;
  const isInside = at?.file === l.file && (d ? d.line <= l.line && l.line <= d.endLine : at.line === l.line);
  return { name: isInside ? r.function.name : "(anonymous)", file: r.files[l.file]?.path ?? "", line: l.line, column: 1 };
}
/** The stack of a call of the function that stands on a line. */
function callFrames(r: Report, l: { readonly file: number; readonly line: number }): readonly StackFrame[] | undefined {
  const stacks = (r.calls?.from ?? []).map((c) => r.stacks[c.stack] ?? []);
  const own = stacks.find((s) => r.frames[s[0] ?? -1]?.file === l.file && r.frames[s[0] ?? -1]?.line === l.line);
  return own && [...own].reverse().map((f) => frameOf(r, f));
}
/** Kernel times hold the clock's own cost: scaled to what the Report says of each line, all stacks together are the call. */
function scales(r: Report, kernels: readonly Kernel[]): (file: number, line: number) => number {
  const raw = new Map<string, number>();
  for (const k of kernels) for (const l of k.lines) raw.set(`${l.file}:${l.line}`, (raw.get(`${l.file}:${l.line}`) ?? 0) + msOf(k) * l.share);
  if (!r.lines) return () => 1;
  const told = new Map(r.lines.map((l) => [`${l.file}:${l.line}`, l.parts.kernels ?? 0]));
  return (file, line) => {
    const key = `${file}:${line}`;
    const sum = raw.get(key) ?? 0;
    return sum > 0 ? (told.get(key) ?? 0) / sum : 0;
  };
}
const PARTS = { copies: "(copies)", call: "(call overhead)", transfers: "(transfers)" } as const;
function otherStacks(r: Report): CostStack[] {
  return (r.lines ?? []).flatMap((l) =>
    (Object.keys(PARTS) as (keyof typeof PARTS)[]).flatMap((part): CostStack[] => {
      const ms = l.parts[part];
      return ms ? [{ frames: [...(callFrames(r, l) ?? [lineFrame(r, l)]), leaf(r, PARTS[part], l)], ms, bytes: 0, flops: 0, calls: 0 }] : [];
    }),
  );
}
export const noCosts = (r: Report): string | null => (costStacks(r).length ? null : "this profile has no times");
