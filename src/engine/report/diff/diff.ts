// Two Reports compared: what a change of the code, of the compiler or of the machine did. Everything is matched by lineage, so that the two may come from
// files whose lines moved.
import type { Compilation, LineCost, Program, Report } from "../types.ts";
import { compilerOf, isOneProgram, isTwoCompilers, kernelsByLine, storedByEach } from "./byLine.ts";
import { diffDecisions } from "./decisions.ts";
import { diffKernels } from "./kernels.ts";
import { Sources, matchNodes } from "./nodes.ts";
import { figuresOf } from "../figures.ts";
import { diffResults } from "./results.ts";
import { timeChange } from "./significance.ts";
import { diffText } from "./texts.ts";
import type {
  ArgumentDiff,
  CompilationDiff,
  CountChange,
  DiffOptions,
  DiffSide,
  LevelDiff,
  LineDiff,
  ProgramDiff,
  ReportDiff,
  Totals,
} from "./types.ts";

/** @param before the older one @param after what it became */
export function diffReports(before: Report, after: Report, o: DiffOptions = {}): ReportDiff {
  const s = new Sources(before, after);
  const [a, b] = [before.timing, after.timing];
  const agreement = after.agreement ?? before.agreement;
  const results = isTwoCompilers(before, after) ? undefined : diffResults(before, after);
  return {
    format: "jitdiff",
    version: 1,
    before: sideOf(before),
    after: sideOf(after),
    edited: isEdited(before, after),
    notes: notes(before, after),
    ...(agreement ? { agreement } : {}),
    ...(results ? { results } : {}),
    ...(isTwoCompilers(before, after) ? { compilers: [compilerOf(before), compilerOf(after)] as const } : {}),
    ...(a && b ? { call: timeChange(a.total, b.total, o), program: timeChange(a.program, b.program, o) } : {}),
    totals: totals(before, after),
    programs: pairsOf(before.programs, after.programs).map(([p, q]) => diffPrograms(p, q, s, o)),
    lines: diffLines(s),
    compilations: isTwoCompilers(before, after) ? [] : diffCompilations(before.compilations, after.compilations),
  };
}
function sideOf(r: Report): DiffSide {
  const at = r.frames[r.function.at];
  return {
    id: r.id,
    created: r.created,
    function: r.function.name,
    file: r.files[at?.file ?? -1]?.path ?? "",
    line: at?.line ?? 0,
    source: `${r.source.kind} (${r.source.language})`,
    device: deviceOf(r),
  };
}
function isEdited(a: Report, b: Report): boolean {
  const was = new Map(a.files.map((f) => [f.path, f.text]));
  return b.files.some((f) => f.text !== undefined && was.get(f.path) !== undefined && was.get(f.path) !== f.text);
}
const deviceOf = (r: Report): string => r.devices.map((d) => `${d.name}, ${d.platform}`).join("; ");
function notes(a: Report, b: Report): string[] {
  const out: string[] = [];
  if (a.function.name !== b.function.name) out.push(`these are two functions: ${a.function.name} and ${b.function.name}`);
  const same = isOneProgram(a, b);
  if (deviceOf(a) !== deviceOf(b) && !same)
    out.push(`they ran on different devices (${deviceOf(a)} and ${deviceOf(b)}): times say little about the code`);
  if (same)
    out.push(`${compilerOf(a)} and ${compilerOf(b)} ran the same program on the same values: kernels are put together by the lines they come from`);
  else if (isTwoCompilers(a, b))
    out.push(`one was made by ${a.source.kind}, the other by ${b.source.kind}: their kernels are not the same kind of thing`);
  if (a.timing && !b.timing) out.push("the second was traced only: it has no times");
  if (!a.timing && b.timing) out.push("the first was traced only: it has no times");
  const changed = same ? [] : argumentsOf(a.programs[0], b.programs[0]);
  if (changed.length)
    out.push(
      `they were called with different arguments: ${changed.map((c) => `${c.name} ${c.before ?? "absent"} → ${c.after ?? "absent"}`).join(", ")}`,
    );
  return out;
}
/** In order: the first of each was measured. Programs of equal arguments belong together. */
function pairsOf(before: readonly Program[], after: readonly Program[]): [Program | undefined, Program | undefined][] {
  const key = (p: Program): string => p.arguments.map((a) => a.type).join();
  const rest = after.slice(1);
  const first: [Program | undefined, Program | undefined][] = before.length || after.length ? [[before[0], after[0]]] : [];
  const later = before.slice(1).map((p): [Program, Program | undefined] => {
    const at = rest.findIndex((q) => key(q) === key(p));
    return [p, at < 0 ? undefined : rest.splice(at, 1)[0]];
  });
  return [...first, ...later, ...rest.map((q): [undefined, Program] => [undefined, q])];
}
const NONE: Omit<Program, "id"> = { arguments: [], results: [], levels: [] };
function diffPrograms(before: Program | undefined, after: Program | undefined, s: Sources, o: DiffOptions): ProgramDiff {
  const a = before ?? { id: "", ...NONE };
  const b = after ?? { id: "", ...NONE };
  const ends = {
    ...(before ? { before: before.id } : {}),
    ...(after ? { after: after.id } : {}),
    arguments: isOneProgram(s.before, s.after) ? [] : argumentsOf(a, b),
  };
  if (isTwoCompilers(s.before, s.after))
    return { ...ends, kernels: kernelsByLine(a, b, s, o), decisions: storedByEach(a, b, s), levels: [], nodes: [] };
  const nodes = matchNodes(a, b, s);
  return {
    ...ends,
    kernels: diffKernels(a, b, nodes, s, o),
    decisions: diffDecisions(a, b, nodes, s),
    levels: diffLevels(a, b),
    nodes: [...nodes],
  };
}
function argumentsOf(a: Program | undefined, b: Program | undefined): ArgumentDiff[] {
  const now = new Map((b?.arguments ?? []).map((x) => [x.name, x.type]));
  const was = new Map((a?.arguments ?? []).map((x) => [x.name, x.type]));
  const changed = [...was].filter(([name, type]) => now.get(name) !== type).map(([name, type]) => ({ name, before: type, ...typed(now.get(name)) }));
  return [...changed, ...[...now].filter(([name]) => !was.has(name)).map(([name, after]) => ({ name, after }))];
}
const typed = (after: string | undefined): { readonly after?: string } => (after === undefined ? {} : { after });
function diffLevels(a: Program, b: Program): LevelDiff[] {
  return a.levels.flatMap((level): LevelDiff[] => {
    const other = b.levels.find((l) => l.name === level.name);
    if (!level.text || !other?.text) return [];
    const lines = diffText(level.text.text, other.text.text);
    return [{ name: level.name, language: level.text.language, changed: lines !== null, ...(lines ? { lines } : {}) }];
  });
}

// ---- figures

function totals(before: Report, after: Report): Totals {
  const a = figuresOf(before);
  const b = figuresOf(after);
  const change = (x: number | undefined, y: number | undefined): CountChange | undefined =>
    x === undefined || y === undefined ? undefined : { before: x, after: y };
  const entries = (["kernels", "launches", "bytes", "flops", "peak"] as const).flatMap((key) => {
    const c = change(a[key], b[key]);
    return c ? [[key, c] as const] : [];
  });
  return { ...(Object.fromEntries(entries) as Partial<Totals>), compilations: { before: a.compilations, after: b.compilations } };
}

// ---- lines and compilations

function diffLines(s: Sources): LineDiff[] {
  const { before, after } = s;
  const figures = (l: LineCost): NonNullable<LineDiff["before"]> => ({ line: l.line, ms: l.ms, share: l.share });
  const home = before.files[before.frames[before.function.at]?.file ?? -1]?.path;
  const homeNow = after.files[after.frames[after.function.at]?.file ?? -1]?.path;
  // A line that is gone is nobody's.
  const keyOf = (l: LineCost): string => {
    const line = s.lineAfter(l.file, l.line);
    const path = before.files[l.file]?.path;
    return line === undefined ? `gone ${l.line} ${path}` : `${line} ${path === home ? homeNow : path}`;
  };
  const was = new Map((before.lines ?? []).map((l) => [keyOf(l), l]));
  const out: LineDiff[] = (after.lines ?? []).map((l) => {
    const path = after.files[l.file]?.path ?? "";
    const key = `${l.line} ${path}`;
    const old = was.get(key);
    was.delete(key);
    const text = s.text("after", l.file, l.line);
    return { file: path, ...(old ? { before: figures(old) } : {}), after: figures(l), ...(text === undefined ? {} : { text }) };
  });
  for (const l of was.values()) {
    const text = s.text("before", l.file, l.line);
    out.push({ file: before.files[l.file]?.path ?? "", before: figures(l), ...(text === undefined ? {} : { text }) });
  }
  const change = (l: LineDiff): number => Math.abs((l.after?.ms ?? 0) - (l.before?.ms ?? 0));
  return out.sort((x, y) => change(y) - change(x));
}
function diffCompilations(before: readonly Compilation[], after: readonly Compilation[]): CompilationDiff[] {
  const keyOf = (c: Compilation): string => JSON.stringify([c.function, c.signature, c.causes.map((x) => x.kind).join()]);
  const counts = new Map<string, { readonly first: Compilation; before: number; after: number }>();
  const note = (list: readonly Compilation[], side: "before" | "after"): void => {
    for (const c of list) {
      const entry = counts.get(keyOf(c)) ?? { first: c, before: 0, after: 0 };
      entry[side]++;
      counts.set(keyOf(c), entry);
    }
  };
  note(before, "before");
  note(after, "after");
  return [...counts.values()].flatMap(({ first, before: x, after: y }): CompilationDiff[] => {
    if (x === y) return [];
    const cause = first.causes.map((c) => c.text).join("; ");
    return [{ side: y > x ? "after" : "before", function: first.function, signature: first.signature, cause, count: Math.abs(y - x) }];
  });
}
