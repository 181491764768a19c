// speedscope's evented profiles, one a track of nested spans: phases of the compilation, runs with their kernels inside.
import type { Report } from "../types.ts";
import { type NamedSpan, sourceOf, spansByTrack } from "./spans.ts";

interface Event {
  readonly type: "O" | "C";
  readonly frame: number;
  readonly at: number;
}
export function speedscope(r: Report): string {
  const frames: { name: string; file?: string; line?: number }[] = [];
  const known = new Map<string, number>();
  const frameOf = (s: NamedSpan): number => {
    const key = s.kernel ? `k${s.kernel.id}` : s.name;
    let i = known.get(key);
    if (i === undefined) known.set(key, (i = frames.push({ name: s.name, ...sourceOf(r, s.kernel) }) - 1));
    return i;
  };
  const tracks = spansByTrack(r);
  const runs = tracks.get("runs")?.spans ?? [];
  const profiles = [...tracks].flatMap(([id, { name, spans }]) => {
    if (id === "runs" || !spans.length) return [];
    const { events, end } = nested(id === "kernels" ? merge(runs, spans) : spans, frameOf);
    return [{ type: "evented", name: `${r.function.name}: ${name}`, unit: "milliseconds", startValue: events[0]!.at, endValue: end, events }];
  });
  return `${JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: r.function.name,
    exporter: r.tool,
    activeProfileIndex: Math.max(0, profiles.length - 1),
    shared: { frames },
    profiles,
  })}\n`;
}
const merge = (a: readonly NamedSpan[], b: readonly NamedSpan[]): NamedSpan[] =>
  [...a, ...b].sort((x, y) => x.start - y.start || y.span.duration - x.span.duration);
/** Opening and closing in order, properly nested: what the format demands. A span that outlasts the one around it ends with it. */
function nested(spans: readonly NamedSpan[], frameOf: (s: NamedSpan) => number): { events: Event[]; end: number } {
  const events: Event[] = [];
  const open: { frame: number; end: number }[] = [];
  const closeUntil = (t: number): void => {
    while (open.length && open.at(-1)!.end <= t) {
      const { frame, end } = open.pop()!;
      events.push({ type: "C", frame, at: end });
    }
  };
  for (const s of spans) {
    closeUntil(s.start);
    const frame = frameOf(s);
    const end = Math.min(s.start + Math.max(0, s.span.duration), open.at(-1)?.end ?? Infinity);
    events.push({ type: "O", frame, at: s.start });
    open.push({ frame, end });
  }
  closeUntil(Infinity);
  return { events, end: events.at(-1)?.at ?? 0 };
}
