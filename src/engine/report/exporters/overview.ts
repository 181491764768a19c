// What a person at a terminal wants first: how long, where, what could be fused, what was traced again. A screen or two; textReport says all.
import { figuresOf } from "../figures.ts";
import { placeOf, retraces, storedValues } from "../ranking.ts";
import { ranked, savingOf } from "../insights/gain.ts";
import type { Insight, Report } from "../types.ts";
import { joined, statsText, valuesByNode } from "../drawing/valueStats.ts";
import { headText, kernelTable, left, leftEnd, lineTable, more, placeText, right, showBytes, showTime } from "./text.ts";

const MANY_COPIES = 16;
/** A model of a library's has hundreds. */
const MOST_ARGUMENTS = 12;
/** @param o.top rows of each table */
export function overviewText(r: Report, o: { readonly top?: number } = {}): string {
  const top = o.top ?? 10;
  const [program] = r.programs;
  const out = [...headText(r, MOST_ARGUMENTS), figuresText(r), ...callsText(r), ...copiesText(r)];
  if (program?.kernels) out.push(...kernelTable(r, program.kernels, top));
  if (r.lines?.length) out.push(...lineTable(r, top));
  out.push(...missedTable(r, top), ...retraceTable(r, top), ...holderTable(r, Math.min(top, 5)));
  out.push(...insightLines(r, top));
  if (r.warnings.length) out.push("", "Warnings", ...r.warnings.slice(0, top).map((w) => w.message));
  if (!r.timing) {
    const jaxpr = program?.levels.find((l) => l.text)?.text;
    if (jaxpr) out.push("", "Jaxpr", jaxpr.text.trimEnd());
  }
  return [...out, ""].join("\n");
}
/** A function that the host calls again and again: how often, from where, and what the host does between. */
function callsText(r: Report): string[] {
  const { calls } = r;
  const [from] = calls?.from ?? [];
  if (!calls || !from || calls.count < 2) return [];
  const at = (stack: number): string => {
    const { file, line } = placeOf(r, stack);
    return file === undefined ? "" : ` at ${placeText(file, line)}`;
  };
  const between = calls.between ? `, ${showTime(calls.between.median)} from the end of a call to the next` : "";
  const reads = (calls.readBacks ?? []).slice(0, 2).map((b) => `${counted(b.count, "array")} read back by the host between the calls${at(b.stack)}`);
  return [`called ${counted(calls.count, "time")}${calls.from.length > 1 ? `, most of them` : ""}${at(from.stack)}${between}`, ...reads];
}
/** Loops of the host that were traced as so many copies of their body. */
function copiesText(r: Report): string[] {
  return (r.compiled ?? [])
    .filter((l) => (l.copies ?? 0) >= MANY_COPIES)
    .slice(0, 2)
    .map(
      (l) =>
        `${l.copies} copies of the loop at ${r.files[l.file]?.path}:${l.line}: ${l.equations} equations, ${showTime(l.ms)} of tracing and compiling`,
    );
}
/** Each with its place, what it saves, cause and remedy; what was measured first. */
export function insightLines(r: Report, top = Infinity): string[] {
  const all = ranked(r.insights ?? []);
  if (!all.length) return [];
  const rows = all.slice(0, top).map((i) => `${r.files[i.file]?.path}:${i.line}  ${savedBy(i, r.timing?.total.median)}  ${i.text} ${i.remedy}`);
  return ["", `Insights (${all.length})`, ...rows, ...more(all.length - rows.length)];
}
function savedBy(i: Insight, call: number | undefined): string {
  const s = savingOf(i, call);
  const show = (n: number): string => (s.of === "memory" ? showBytes(Math.round(n)) : showTime(n));
  const of = s.of === "call" ? "" : { run: " of the run", compile: " of compiling", memory: " of memory" }[s.of];
  if (s.measured) return `${show(s.measured.before)} → ${show(s.measured.after)}${of}, ${s.measured.factor.toFixed(2)}× in ${s.measured.runs} runs`;
  return s.amount === null ? "(not measured)" : `about ${show(s.amount)}${of} (estimated)`;
}
function figuresText(r: Report): string {
  const f = figuresOf(r);
  const parts = [
    ...(f.kernels === undefined
      ? []
      : [counted(f.kernels, "kernel"), counted(f.launches ?? 0, "kernel call"), `${showBytes(f.bytes ?? 0)} moved`, `${f.flops} flop`]),
    ...(f.peak === undefined ? [] : [`peak memory ${showBytes(f.peak)}`]),
    counted(f.compilations, "compilation"),
  ];
  return parts.join(", ");
}
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
function missedTable(r: Report, top: number): string[] {
  const all = storedValues(r);
  const missed = all.filter((m) => m.kind === "missed");
  const others = all.length - missed.length;
  const rest = others ? [`${counted(others, "more value")} stored because that is cheaper or needed`] : [];
  if (!missed.length) return rest.length ? ["", ...rest] : [];
  const rows = missed.slice(0, top).map((m) => {
    const cost = m.ms === undefined ? showBytes(m.decision.cost.bytes ?? 0) : showTime(Math.max(0, m.ms));
    const remedy = m.decision.otherwise ? `${/[.!?]$/.test(m.decision.reason) ? "" : "."} To fuse: ${m.decision.otherwise}.` : "";
    return `${right(cost, 10)}  ${m.decision.id.padEnd(8)} ${left(m.edge, 32)} ${leftEnd(placeText(m.file, m.line), 28)} ${m.decision.reason}${remedy}`;
  });
  return ["", `Missed fusions (${missed.length}), by the time they lose`, ...rows, ...more(missed.length - rows.length), ...rest];
}
/** What each operation gave, in the order of the program, its line beside it; those that are no numbers first. */
export function valueTable(r: Report, top: number): string[] {
  if (!r.values) return [];
  const values = valuesByNode(r);
  const nodes = (r.programs[0]?.levels[0]?.regions ?? []).flatMap((region) => region.nodes);
  const all = nodes.flatMap((n) => {
    const stats = joined(values.get(n.id) ?? []);
    // What only moves elements has those of its operand.
    return stats && (n.category !== "movement" || stats.nan > 0) ? [{ n, stats }] : [];
  });
  const bad = all.filter(({ stats }) => stats.nan > 0);
  const rows = [...bad, ...all.filter(({ stats }) => stats.nan === 0)].slice(0, top).map(({ n, stats }) => {
    const frame = n.stack === undefined ? undefined : r.frames[r.stacks[n.stack]?.[0] ?? -1];
    const place = frame ? `${r.files[frame.file]?.path}:${frame.line}` : "";
    return `${left(n.category === "input" ? (n.name ?? n.op) : n.op, 24)} ${left(n.type, 18)} ${leftEnd(place, 28)} ${statsText(stats)}`;
  });
  const cut = r.values.cut ? [`not all of them were looked at: ${CUT[r.values.cut]}`] : [];
  return ["", `Values (${all.length})`, ...rows, ...more(all.length - rows.length), ...cut];
}
const CUT = { time: "it took too long", memory: "they need too much memory", error: "evaluating them one by one failed" } as const;
function retraceTable(r: Report, top: number): string[] {
  const all = retraces(r);
  if (!all.length) return [];
  const rows = all
    .slice(0, top)
    .map((x) => `${right(`${x.count}×`, 6)}  ${left(x.function, 20)} ${leftEnd(placeText(x.file, x.line), 28)} ${x.cause}`);
  return ["", `Traced again (${all.reduce((s, x) => s + x.count, 0)})`, ...rows, ...more(all.length - rows.length)];
}
function holderTable(r: Report, top: number): string[] {
  const all = r.memory?.holders ?? [];
  if (!all.length) return [];
  return [
    "",
    "Memory at its peak",
    ...all.slice(0, top).map((h) => `${right(showBytes(h.bytes), 10)}  ${left(h.what, 10)} ${h.text}`),
    ...more(all.length - top),
  ];
}
