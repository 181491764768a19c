// The kernel table, the fusion decisions and the jaxpr as text, for terminals and diffs.
import { nativeText } from "../nativeKernels.ts";
import type { Decision, Kernel, Report } from "../types.ts";

/** On one line: a name with a newline in it would make a row of its own, which anybody could have written. */
export const flat = (s: string): string => s.replace(/[\n\r\u2028\u2029]/g, (c) => BREAKS[c] ?? "\\n");
const BREAKS: Readonly<Record<string, string>> = { "\r": "\\r", "\u2028": "\\u2028", "\u2029": "\\u2029" };
/** A place as text: file names may hold anything that their system bears. */
export const placeText = (file: string | undefined, line: number | undefined): string => (file === undefined ? "" : `${flat(file)}:${line}`);
export const left = (s: string, n: number): string => pad(flat(s), n, (t) => `${t.slice(0, n - 1)}…`);
/** A place: what matters stands at its end. */
export const leftEnd = (s: string, n: number): string => pad(flat(s), n, (t) => `…${t.slice(t.length - n + 1)}`);
const pad = (s: string, n: number, cut: (s: string) => string): string => (s.length > n ? cut(s) : s.padEnd(n));
export const right = (s: string, n: number): string => s.padStart(n);
export function showTime(ms: number): string {
  if (ms < 0.001) return `${(ms * 1e6).toFixed(0)} ns`;
  if (ms < 1) return `${(ms * 1e3).toFixed(2)} µs`;
  return ms < 1000 ? `${ms.toFixed(3)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
export function showBytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  let value = n;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return `${at ? value.toFixed(1) : value} ${units[at]}`;
}
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
/** Said of a table that is cut. */
export const more = (n: number): string[] => (n > 0 ? [`… and ${n} more`] : []);

/** What was profiled, and how long a call takes. `most` arguments are named. */
export function headText(r: Report, most = Infinity): string[] {
  const [program] = r.programs;
  const at = r.frames[r.function.at];
  const out = [`${flat(r.function.name)}  ${at ? placeText(r.files[at.file]?.path, at.line) : ""}`];
  if (program) {
    const { arguments: all } = program;
    out.push(["arguments", ...all.slice(0, most).map((a) => `${a.name}: ${a.type}`), ...more(all.length - most)].join("  "));
  }
  const native = nativeText(r);
  if (native !== null) out.push(native);
  if (!r.timing) return out;
  const { total, program: alone, profiled, repetitions, warmups, clockNs = r.timing.timerOverheadNs } = r.timing;
  return [
    ...out,
    `a steady call: median ${showTime(total.median)}, minimum ${showTime(total.min)}, spread ${showTime(total.spread)}; the program alone ${showTime(alone.median)}${profiled && profiled.median > total.median ? `, while its kernels are timed ${showTime(profiled.median)}` : ""}`,
    `over ${repetitions} runs after ${warmups} warm-ups${clockNs === undefined ? "" : `; one timer reading ${clockNs.toFixed(0)} ns`}`,
  ];
}
export function textReport(r: Report): string {
  const [program] = r.programs;
  const out = headText(r);
  if (program?.kernels) out.push(...kernelTable(r, program.kernels));
  if (r.lines?.length) out.push(...lineTable(r));
  if (program?.decisions) out.push(...ledger(program.decisions, opNames(r)));
  if (r.compilations.length) {
    out.push("", `Compilations (${r.compilations.length})`);
    for (const c of r.compilations) out.push(`${left(c.function, 24)} ${c.causes.map((x) => x.text).join("; ")}`);
  }
  const text = program?.levels.find((l) => l.text)?.text;
  if (text) out.push("", "Jaxpr", text.text);
  return [...out, ""].join("\n");
}
export function kernelTable(r: Report, kernels: readonly Kernel[], most = Infinity): string[] {
  const home = r.frames[r.function.at]?.file;
  const isMeasured = kernels.some((k) => k.time);
  const time = (k: Kernel): number => (isMeasured ? k.time?.median : k.predicted) ?? 0;
  const total = kernels.reduce((s, k) => s + time(k), 0);
  const head = `${left("kernel", 50)}${left("kind", 11)}${right(isMeasured ? "time" : "predicted", 12)}${right("share", 8)}${right("calls", 7)}${right("GB/s", 8)}${right("GFLOP/s", 9)}  lines`;
  const rows = [...kernels]
    .sort((a, b) => time(b) - time(a))
    .slice(0, most)
    .map((k) => {
      const t = time(k);
      const per = (v: number): string => (isMeasured && t ? ((v * k.calls) / t / 1e6).toFixed(2) : "–");
      const lines = k.lines.slice(0, 3).map((l) => (l.file === home ? String(l.line) : placeText(r.files[l.file]?.path, l.line)));
      const figures = `${right(t ? showTime(t) : "–", 12)}${right(total ? percent(t / total) : "–", 8)}${right(String(k.calls), 7)}`;
      return `${left(k.label, 49)} ${left(k.kind, 11)}${figures}${right(per(k.bytesRead + k.bytesWritten), 8)}${right(per(k.flops), 9)}  ${lines.join(", ")}`;
    });
  return ["", `Kernels (${kernels.length})`, head, ...rows, ...more(kernels.length - rows.length)];
}
export function lineTable(r: Report, most = 40): string[] {
  const rows = r.lines!.slice(0, most).map((l) => {
    // Of XLA's programs no copy is told apart from what its loops and branches take beside the kernels in them.
    const named = (part: string): string => (part === "copies" && r.source.kind === "jax" ? "loop control" : part);
    const parts = Object.entries(l.parts).map(([name, ms]) => `${named(name)} ${showTime(ms)}`);
    return `${leftEnd(placeText(r.files[l.file]?.path, l.line), 40)}${right(showTime(l.ms), 12)}${right(percent(l.share), 8)}  ${parts.join(", ")}${l.estimated ? " (estimated)" : ""}`;
  });
  return ["", `Lines (${r.lines!.length})`, ...rows, ...more(r.lines!.length - rows.length)];
}
function ledger(decisions: readonly Decision[], op: ReadonlyMap<string, string>): string[] {
  const fused = decisions.filter((d) => d.fused).length;
  const rows = decisions.map((d) => {
    const edge = `${op.get(d.producer) ?? "?"} %${shortId(d.producer)} → ${op.get(d.consumer) ?? "?"} %${shortId(d.consumer)}`;
    return `${d.fused ? "fused" : "kept "}  ${left(edge, 40)} ${left(d.rule, 26)} ${d.reason}`;
  });
  return ["", `Fusion decisions (${fused} fused, ${decisions.length - fused} kept)`, ...rows];
}
/** Node ids of our own engine as pins write them: 12 for g12. */
const shortId = (id: string): string => id.replace(/^g(?=\d+$)/, "");
function opNames(r: Report): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const level of r.programs[0]?.levels ?? []) for (const region of level.regions) for (const n of region.nodes) names.set(n.id, n.op);
  return names;
}
