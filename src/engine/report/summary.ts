// A Report in two kilobytes: what a person, an agent or a script asks first, ranked by the time that is lost. Plain data with a schema (summarySchema.ts).
import { nativeText } from "./nativeKernels.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { missedFusions, retraces } from "./ranking.ts";
import type { Kernel, Report } from "./types.ts";

export const SECTIONS = ["kernels", "lines", "missed", "retraces", "memory", "insights", "warnings"] as const;
export type Section = (typeof SECTIONS)[number];
export interface SummaryOptions {
  /** Rows of each section. Without it 5, and fewer where the whole would be longer than `bytes`. */
  readonly top?: number;
  /** All by default. */
  readonly sections?: readonly Section[];
  /** How long its JSON may be, in bytes of UTF-8: 2048 unless `top` or this is given. */
  readonly bytes?: number;
}
/** Times are milliseconds, sizes bytes; rows are the first of each section, `left` says how many more there are. */
export interface Summary {
  readonly format: "jitsummary";
  readonly version: 1;
  readonly function: string;
  /** "src/model.ts:12". */
  readonly at: string;
  readonly device: string;
  readonly arguments: string;
  /** A steady call; absent where nothing was measured. */
  readonly call?: { readonly ms: number; readonly spread: number; readonly program: number };
  readonly totals: Figures;
  readonly kernels?: readonly KernelRow[];
  readonly lines?: readonly { readonly at: string; readonly ms: number; readonly share: number; readonly estimated?: boolean }[];
  /** Values that two kernels exchange through memory where one kernel would be faster, the dearest first. `id` is what `explain` and pins take. */
  readonly missed?: readonly MissedRow[];
  readonly retraces?: readonly {
    readonly function: string;
    readonly count: number;
    readonly cause: string;
    readonly at?: string;
    readonly ms: number;
  }[];
  readonly memory?: readonly { readonly bytes: number; readonly what: string; readonly text: string; readonly at?: string }[];
  readonly insights?: readonly { readonly rule: string; readonly at: string; readonly text: string; readonly remedy: string }[];
  readonly warnings?: readonly { readonly kind: string; readonly message: string }[];
  /** Rows that are not shown, by section. */
  readonly left: Readonly<Record<string, number>>;
}
export interface KernelRow {
  readonly id: string;
  readonly label: string;
  readonly at?: string;
  readonly ms: number;
  /** Of the time of all kernels, 0 to 1. */
  readonly share: number;
  readonly calls: number;
  /** GB/s and GFLOP/s; absent where nothing was measured. */
  readonly bandwidth?: number;
  readonly flops?: number;
}
export interface MissedRow {
  readonly id: string;
  readonly edge: string;
  /** How many edges of the value were decided alike, where more than one. */
  readonly edges?: number;
  readonly at?: string;
  /** What it loses. */
  readonly ms?: number;
  readonly bytes?: number;
  readonly rule: string;
  readonly otherwise?: string;
}
const DEFAULT_TOP = 5;
const DEFAULT_BYTES = 2048;
const LONGEST_TEXT = 120;

export function summary(r: Report, o: SummaryOptions = {}): Summary {
  const wanted = new Set<Section>(o.sections ?? SECTIONS);
  const rows = Object.fromEntries(SECTIONS.filter((s) => wanted.has(s)).map((s) => [s, ROWS[s](r)])) as Partial<Record<Section, readonly object[]>>;
  const limit = o.bytes ?? (o.top === undefined ? DEFAULT_BYTES : Infinity);
  const counts = new Map(Object.entries(rows).map(([name, list]) => [name as Section, Math.min(o.top ?? DEFAULT_TOP, list.length)]));
  for (;;) {
    const made = make(r, rows, counts);
    // What is shown most of is shortened, the less important sections first.
    const longest = [...counts].reverse().reduce<[Section, number] | null>((a, b) => (b[1] > (a?.[1] ?? 0) ? b : a), null);
    if (!longest || new TextEncoder().encode(JSON.stringify(made)).length <= limit) return made;
    counts.set(longest[0], longest[1] - 1);
  }
}
function make(r: Report, rows: Partial<Record<Section, readonly object[]>>, counts: ReadonlyMap<Section, number>): Summary {
  const at = r.frames[r.function.at];
  const sections = [...counts].filter(([, n]) => n > 0).map(([s, n]) => [s, rows[s]!.slice(0, n)]);
  const left = [...counts].flatMap(([s, n]) => (rows[s]!.length > n ? [[s, rows[s]!.length - n] as const] : []));
  return {
    format: "jitsummary",
    version: 1,
    function: cut(r.function.name),
    at: showPlace(r, at?.file, at?.line) ?? "",
    device: cut([...r.devices.map((d) => `${d.name}, ${d.platform}`), nativeText(r) ?? []].flat().join("; ")),
    arguments: cut(r.programs[0]?.arguments.map((a) => `${a.name}: ${a.type}`).join(", ") ?? ""),
    ...(r.timing
      ? { call: { ms: short(r.timing.total.median), spread: short(r.timing.total.spread), program: short(r.timing.program.median) } }
      : {}),
    totals: figuresOf(r),
    ...(Object.fromEntries(sections) as Partial<Summary>),
    left: Object.fromEntries(left),
  };
}
const short = (n: number): number => Number(n.toPrecision(4));
const cut = (s: string): string => (s.length > LONGEST_TEXT ? `${s.slice(0, LONGEST_TEXT - 1)}…` : s);
function showPlace(r: Report, file: number | undefined, line: number | undefined): string | undefined {
  const path = file === undefined ? undefined : r.files[file]?.path;
  return path === undefined || line === undefined ? undefined : `${path}:${line}`;
}
const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);
const named = (place: { readonly file?: string; readonly line?: number }): string | undefined =>
  place.file === undefined ? undefined : `${place.file}:${place.line}`;

/** The rows of each section, all of them, in order. */
const ROWS: Readonly<Record<Section, (r: Report) => readonly object[]>> = {
  kernels(r) {
    const all = r.programs[0]?.kernels ?? [];
    const ms = (k: Kernel): number => k.time?.median ?? k.predicted ?? 0;
    const total = all.reduce((s, k) => s + ms(k), 0) || 1;
    return [...all]
      .sort((a, b) => ms(b) - ms(a))
      .map((k): KernelRow => {
        const rate = (n: number): number | undefined => (k.time?.median ? short((n * k.calls) / k.time.median / 1e6) : undefined);
        return {
          id: k.id,
          label: cut(k.label),
          ...optional("at", showPlace(r, k.lines[0]?.file, k.lines[0]?.line)),
          ms: short(ms(k)),
          share: short(ms(k) / total),
          calls: k.calls,
          ...optional("bandwidth", rate(k.bytesRead + k.bytesWritten)),
          ...optional("flops", rate(k.flops)),
        };
      });
  },
  lines: (r) =>
    [...(r.lines ?? [])]
      .sort((a, b) => b.ms - a.ms)
      .map((l) => ({
        at: showPlace(r, l.file, l.line) ?? "",
        ms: short(l.ms),
        share: short(l.share),
        ...(l.estimated ? { estimated: true } : {}),
      })),
  missed: (r) =>
    missedFusions(r).map((m) => ({
      id: m.decision.id,
      edge: m.edge,
      ...optional("edges", m.edges.length > 1 ? m.edges.length : undefined),
      ...optional("at", named(m)),
      ...optional("ms", m.ms === undefined ? undefined : short(m.ms)),
      ...optional("bytes", m.decision.cost.bytes),
      rule: m.decision.rule,
      ...optional("otherwise", m.decision.otherwise === undefined ? undefined : cut(m.decision.otherwise)),
    })),
  retraces: (r) =>
    retraces(r).map((x) => ({ function: x.function, count: x.count, cause: cut(x.cause), ...optional("at", named(x)), ms: short(x.ms) })),
  memory: (r) =>
    (r.memory?.holders ?? []).map((h) => ({ bytes: h.bytes, what: h.what, text: cut(h.text), ...optional("at", showPlace(r, h.file, h.line)) })),
  insights: (r) =>
    (r.insights ?? []).map((i) => ({ rule: i.rule, at: showPlace(r, i.file, i.line) ?? "", text: cut(i.text), remedy: cut(i.remedy) })),
  warnings: (r) => r.warnings.map((w) => ({ kind: w.kind, message: cut(w.message) })),
};
