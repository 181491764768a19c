// Chrome's Trace Event Format, complete events: opens in ui.perfetto.dev and chrome://tracing. A thread a track.
import type { Report } from "../types.ts";
import { nested, sourceOf, spansByTrack } from "./spans.ts";

const microseconds = (ms: number): number => Math.round(ms * 1e6) / 1e3;

export function chromeTrace(r: Report): string {
  const events: string[] = [];
  const add = (e: object): void => void events.push(JSON.stringify(e));
  add({ ph: "M", pid: 1, name: "process_name", args: { name: `${r.function.name} (${r.source.kind})` } });
  let tid = 0;
  for (const [id, { name, spans }] of spansByTrack(r)) {
    tid++;
    add({ ph: "M", pid: 1, tid, name: "thread_name", args: { name } });
    add({ ph: "M", pid: 1, tid, name: "thread_sort_index", args: { sort_index: tid } });
    for (const { span, name: label, kernel, start, duration } of nested(spans)) {
      const source = sourceOf(r, kernel);
      add({
        ph: "X",
        pid: 1,
        tid,
        ts: microseconds(start),
        // The end is rounded, not the length: who begins together and ends together does so when rounded too.
        dur: Math.round(1e3 * (microseconds(start + duration) - microseconds(start))) / 1e3,
        name: label,
        cat: kernel?.kind ?? id,
        args: {
          ...(span.run === undefined ? {} : { run: span.run + 1 }),
          ...(kernel ? { kernel: kernel.name, bytes: kernel.bytesRead + kernel.bytesWritten, flops: kernel.flops } : {}),
          ...(source ? { source: `${source.file}:${source.line}` } : {}),
        },
      });
    }
  }
  return `{"displayTimeUnit":"ns","otherData":${JSON.stringify({ function: r.function.name, created: r.created, tool: r.tool })},"traceEvents":[\n${events.join(",\n")}\n]}\n`;
}
