// Exports of a Report: Chrome Trace Event JSON (Perfetto), speedscope, and plain text for terminals. A table, one entry a format.
import type { Report } from "./migrations/v1types.ts";

export interface Exporter {
  readonly id: string;
  readonly label: string;
  readonly extension: string;
  readonly write: (r: Report) => string;
}
const us = (ms: number): number => Math.round(ms * 1e6) / 1e3;

/** Chrome's Trace Event Format, complete events: opens in ui.perfetto.dev and chrome://tracing. */
function chromeTrace(r: Report): string {
  const names = new Map(r.kernels.map((k) => [k.id, k])),
    events: unknown[] = [
      { ph: "M", pid: 1, name: "process_name", args: { name: `${r.function.name} (JitLens)` } },
      { ph: "M", pid: 1, tid: 1, name: "thread_name", args: { name: "kernels" } },
    ];
  for (const s of r.timeline) {
    const k = names.get(s.kernel)!,
      line = k.lines[0];
    events.push({
      ph: "X",
      pid: 1,
      tid: 1,
      ts: us(s.start),
      dur: us(s.duration),
      name: k.name,
      cat: k.kind,
      args: { run: s.run, bytes: k.bytesRead + k.bytesWritten, flops: k.flops, source: line ? `${line.file}:${line.line}` : "" },
    });
  }
  return JSON.stringify({ traceEvents: events, displayTimeUnit: "ns", otherData: { function: r.function.name, created: r.created } });
}
/** speedscope's evented profile: frames are kernels. */
function speedscope(r: Report): string {
  const index = new Map(r.kernels.map((k, i) => [k.id, i])),
    frames = r.kernels.map((k) => ({ name: k.name, ...(k.lines[0] ? { file: k.lines[0].file, line: k.lines[0].line } : {}) }));
  const spans = [...r.timeline].sort((a, b) => a.start - b.start),
    events = spans.flatMap((s) => [
      { type: "O", frame: index.get(s.kernel)!, at: s.start },
      { type: "C", frame: index.get(s.kernel)!, at: s.start + s.duration },
    ]),
    end = spans.at(-1);
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: r.function.name,
    exporter: r.tool,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [
      {
        type: "evented",
        name: `${r.function.name}: kernels`,
        unit: "milliseconds",
        startValue: spans[0]?.start ?? 0,
        endValue: end ? end.start + end.duration : 0,
        events,
      },
    ],
  });
}
const pad = (s: string, n: number, right = false): string => (right ? s.padStart(n) : s.length > n ? `${s.slice(0, n - 1)}…` : s.padEnd(n));
export const showTime = (ms: number): string =>
  ms < 0.001
    ? `${(ms * 1e6).toFixed(0)} ns`
    : ms < 1
      ? `${(ms * 1e3).toFixed(2)} µs`
      : ms < 1000
        ? `${ms.toFixed(3)} ms`
        : `${(ms / 1000).toFixed(2)} s`;
/** The kernel table, the fusion decisions and the jaxpr as text. */
export function textReport(r: Report): string {
  const out: string[] = [
    `${r.function.name}  ${r.function.file}:${r.function.line}`,
    `arguments  ${r.arguments.map((a) => `${a.name}: ${a.type}`).join("  ")}`,
  ];
  if (r.timing)
    out.push(
      `median ${showTime(r.timing.total.median)}, minimum ${showTime(r.timing.total.min)}, spread ${showTime(r.timing.total.spread)} over ${r.timing.repetitions} runs after ${r.timing.warmups} warm-ups; one timer reading ${r.timing.timerOverheadNs.toFixed(0)} ns`,
    );
  const total = r.kernels.reduce((s, k) => s + (k.time?.median ?? 0), 0);
  out.push(
    "",
    `Kernels (${r.kernels.length})`,
    `${pad("kernel", 34)}${pad("kind", 11)}${pad("time", 12, true)}${pad("share", 8, true)}${pad("calls", 7, true)}${pad("GB/s", 8, true)}${pad("GFLOP/s", 9, true)}  lines`,
  );
  for (const k of [...r.kernels].sort((a, b) => (b.time?.median ?? 0) - (a.time?.median ?? 0))) {
    const t = k.time?.median ?? 0,
      per = (v: number): string => (t ? ((v * k.calls) / t / 1e6).toFixed(2) : "–");
    out.push(
      `${pad(k.name, 34)}${pad(k.kind, 11)}${pad(t ? showTime(t) : "–", 12, true)}${pad(total ? `${((100 * t) / total).toFixed(1)} %` : "–", 8, true)}${pad(String(k.calls), 7, true)}${pad(per(k.bytesRead + k.bytesWritten), 8, true)}${pad(per(k.flops), 9, true)}  ${k.lines
        .slice(0, 3)
        .map((l) => l.line)
        .join(", ")}`,
    );
  }
  out.push("", `Fusion decisions (${r.ledger.filter((d) => d.fused).length} fused, ${r.ledger.filter((d) => !d.fused).length} kept)`);
  for (const d of r.ledger)
    out.push(
      `${d.fused ? "fused" : "kept "}  ${pad(`${d.producerOp} %${d.producer} → ${d.consumerOp} %${d.consumer}`, 40)} ${pad(d.rule, 26)} ${d.reason}`,
    );
  return [...out, "", "Jaxpr", r.jaxpr.text, ""].join("\n");
}
export const EXPORTERS: readonly Exporter[] = [
  { id: "jitprofile", label: "JitLens profile", extension: "jitprofile", write: (r) => JSON.stringify(r) },
  { id: "chrome", label: "Chrome Trace Event JSON (Perfetto)", extension: "trace.json", write: chromeTrace },
  { id: "speedscope", label: "speedscope", extension: "speedscope.json", write: speedscope },
  { id: "text", label: "Text", extension: "txt", write: textReport },
];
