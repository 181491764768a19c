// A comparison as text: for terminals, and for machines that read logs.
import { flat, left, leftEnd, placeText, right, showBytes, showTime } from "../exporters/text.ts";
import type { Agreement } from "../types.ts";
import type { CountChange, KernelDiff, ReportDiff, TextLine, TimeChange } from "./types.ts";

const MOST_KERNELS = 40;
const MOST_DECISIONS = 20;
const MOST_LINES = 15;

export function diffText(d: ReportDiff): string {
  const { before, after } = d;
  const sides = d.compilers ?? (["before", "after"] as const);
  const out = [
    `${left(sides[0], 7)} ${before.function}  ${placeText(before.file, before.line)}  ${before.created}`,
    `${left(sides[1], 7)} ${after.function}  ${placeText(after.file, after.line)}  ${after.created}`,
    ...d.notes.map((n) => `note    ${n}`),
    ...(d.agreement ? [`results ${agreementText(d.agreement)}`] : []),
    ...(d.results ? [`results ${resultsText(d.results)}`] : []),
    "",
    ...figures(d),
  ];
  for (const p of d.programs) {
    const kernels = p.kernels.filter((k) => k.status !== "same" || verdictOf(k.time) !== "same");
    out.push(
      ...section(
        `Kernels (${p.kernels.length - kernels.length} unchanged)`,
        kernels.map((k) => kernelRow(k, d)),
        MOST_KERNELS,
        kernelHead(sides),
      ),
    );
    const decisions = p.decisions.filter((x) => x.change !== "rule");
    out.push(
      ...section(
        d.compilers ? "Fusion: what each stores" : "Fusion decisions that changed",
        counted(decisions.map((x) => `${leftEnd(placeText(x.file, x.line), 28)} ${x.text} (rule ${x.rule})`)),
        MOST_DECISIONS,
      ),
    );
    for (const l of p.levels) if (l.lines) out.push(...section(`${l.name}, changed lines`, changed(l.lines), MOST_KERNELS));
  }
  out.push(...section("Lines", lineRows(d), MOST_LINES));
  out.push(
    ...section(
      "Compilations",
      d.compilations.map((c) => `${c.side === "after" ? "+" : "-"}${c.count} ${flat(c.function)}: ${flat(c.cause)}`),
      MOST_LINES,
    ),
  );
  return [...out, ""].join("\n");
}
/** "as JAX 0.10.2's: largest error 1.2e-7 in result[0], 3.1e-8 of its largest element". */
function resultsText(d: NonNullable<ReportDiff["results"]>): string {
  if (d === "types") return "are of other types than before";
  if (d.bits) return "have the same bits";
  return d.relative === null
    ? "differ: a number on one side is none on the other"
    : `differ by at most ${d.relative.toPrecision(2)} of the largest, of ${d.elements} elements compared`;
}
export function agreementText({ with: other, results }: Agreement): string {
  const wrong = results.filter((r) => !r.close);
  const worst = [...(wrong.length ? wrong : results)].sort((a, b) => (b.relative ?? Infinity) - (a.relative ?? Infinity))[0];
  const far =
    worst?.error === null || worst?.relative === null
      ? `${worst.name} ${worst.type} is not finite where the other's is, or the other way round`
      : worst === undefined || worst.error === 0
        ? "equal in every element"
        : `largest error ${worst.error.toPrecision(2)} in ${worst.name} ${worst.type}, ${worst.relative.toPrecision(2)} of its largest element`;
  return wrong.length ? `differ from ${other}'s in ${wrong.length} of ${results.length}: ${far}` : `as ${other}'s: ${far}`;
}
function figures(d: ReportDiff): string[] {
  const rows: string[] = [];
  if (d.call) rows.push(`${left("a steady call", 24)}${timeText(d.call)}`);
  if (d.program) rows.push(`${left("the program alone", 24)}${timeText(d.program)}`);
  const names = {
    kernels: "kernels",
    launches: "kernel calls",
    bytes: "bytes moved",
    flops: "operations (flop)",
    peak: "peak memory",
    compilations: "compilations",
  };
  for (const [key, name] of Object.entries(names) as [keyof typeof names, string][]) {
    const c = d.totals[key];
    if (c) rows.push(`${left(name, 24)}${countText(c, key === "bytes" || key === "peak" ? showBytes : String)}`);
  }
  return rows;
}
const countText = ({ before, after }: CountChange, show: (n: number) => string): string =>
  before === after
    ? show(before)
    : `${show(before)} → ${show(after)}  (${after > before ? "+" : "−"}${show(Math.abs(after - before))}${before ? `, ${percent(after / before)}` : ""})`;
const percent = (ratio: number): string => `${ratio >= 1 ? "+" : "−"}${(100 * Math.abs(ratio - 1)).toFixed(1)} %`;
const verdictOf = (t: TimeChange | undefined): string => t?.significance.verdict ?? "same";
/** "1.20 ms ± 0.05 → 0.80 ms ± 0.02  −33.3 %, faster (p < 0.001)": medians with the middle fifty percent. */
function timeText(t: TimeChange): string {
  const one = (m: TimeChange["before"]): string => `${showTime(m.median)} ± ${showTime(m.spread / 2)}`;
  return `${one(t.before)} → ${one(t.after)}  ${percent(t.ratio)}, ${verdictText(t)}`;
}
const WORDS = { same: "no sure difference", unknown: "too noisy to say", faster: "faster", slower: "slower" } as const;
function verdictText(t: TimeChange): string {
  const { verdict, p, method } = t.significance;
  const word = WORDS[verdict];
  if (p === null) return `${word} (${method === "quartiles" ? "by the spreads" : "not tested"})`;
  return `${word} (p ${p < 0.001 ? "< 0.001" : `= ${p.toFixed(3)}`})`;
}
const kernelHead = ([a, b]: readonly [string, string]): string =>
  `${left("", 9)}${left("kernel", 42)}${right(a, 11)}${right(b, 11)}${right("change", 10)}  `;
/** Of two compilers, who has it. */
function statusOf({ status }: KernelDiff, { compilers }: ReportDiff): string {
  if (!compilers) return status;
  return status === "gone" ? compilers[0] : status === "new" ? compilers[1] : "both";
}
function kernelRow(k: KernelDiff, d: ReportDiff): string {
  const s = (k.after ?? k.before)!;
  const time = (m: { readonly median: number } | undefined): string => (m ? showTime(m.median) : "–");
  const figures = `${right(time(k.before?.time), 11)}${right(time(k.after?.time), 11)}${right(k.time ? percent(k.time.ratio) : "", 10)}`;
  return `${left(statusOf(k, d), 9)}${left(s.label, 41)} ${figures}  ${[k.time ? verdictText(k.time) : "", what(k), placeText(s.file, s.line)].filter(Boolean).join("; ")}`;
}
function what(k: KernelDiff): string {
  const list = (sign: string, ops: KernelDiff["gained"]): string[] => ops.slice(0, 4).map((o) => `${sign}${o.count > 1 ? `${o.count} ` : ""}${o.op}`);
  const bytes =
    k.before && k.after && k.after.bytes !== k.before.bytes
      ? [`${k.after.bytes > k.before.bytes ? "+" : "−"}${showBytes(Math.abs(k.after.bytes - k.before.bytes))}`]
      : [];
  return [...list("+", k.gained), ...list("−", k.lost), ...bytes].join(", ");
}
function lineRows(d: ReportDiff): string[] {
  return d.lines
    .filter((l) => (l.before?.ms ?? 0) !== (l.after?.ms ?? 0))
    .map((l) => {
      const time = (s: { readonly ms: number } | undefined): string => right(s ? showTime(s.ms) : "–", 11);
      return `${leftEnd(placeText(l.file, (l.after ?? l.before)!.line), 28)}${time(l.before)}${time(l.after)}  ${(l.text ?? "").slice(0, 80)}`;
    });
}
const changed = (lines: readonly TextLine[]): string[] =>
  lines.filter((l) => l.kind !== "same").map((l) => `${l.kind === "added" ? "+" : "-"} ${l.text.trim()}`);
/** Equal rows once, with how often they came. */
function counted(rows: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return [...counts].map(([row, n]) => (n > 1 ? `${row} ×${n}` : row));
}
function section(title: string, rows: readonly string[], most: number, head?: string): string[] {
  if (!rows.length) return [];
  const rest = rows.length - most;
  return ["", title, ...(head ? [head] : []), ...rows.slice(0, most), ...(rest > 0 ? [`… and ${rest} more`] : [])];
}
