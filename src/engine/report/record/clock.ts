// What happened when: the spans of a Report's timeline, from the click on. Times are those of `performance.now()` in this process.
import type { Span, Track } from "../types.ts";

/** Something that took time before the recorder had the word: starting the process, compiling the file, running it to the first call. */
export interface Before {
  readonly name: string;
  readonly start: number;
  readonly duration: number;
}
const TRACKS: readonly Track[] = [
  { id: "road", name: "To the first call", kind: "host" },
  { id: "compile", name: "Trace and compile", kind: "compile" },
  { id: "measure", name: "Measuring", kind: "host" },
  { id: "runs", name: "Runs", kind: "run" },
  { id: "gpu", name: "GPU queue", kind: "kernels" },
  { id: "kernels", name: "Kernels", kind: "kernels" },
];
export class Clock {
  readonly #spans: Span[] = [];
  /** @param origin when the timeline begins */
  constructor(readonly origin: number) {}
  add(track: string, start: number, duration: number, more: Partial<Span> = {}): void {
    this.#spans.push({ track, start: start - this.origin, duration, ...more });
  }
  /** Does something and writes down how long it took. */
  time<R>(track: string, name: string, run: () => R): R {
    const start = performance.now();
    const r = run();
    this.add(track, start, performance.now() - start, { name });
    return r;
  }
  /** Parts of one stretch of time, one after another as they ran. */
  parts(track: string, start: number, parts: Readonly<Record<string, number>>): void {
    let at = start;
    for (const [name, duration] of Object.entries(parts)) {
      this.add(track, at, duration, { name });
      at += duration;
    }
  }
  get spans(): readonly Span[] {
    return this.#spans;
  }
  /** The tracks that have spans, as a person reads them from top to bottom. */
  get tracks(): readonly Track[] {
    const used = new Set(this.#spans.map((s) => s.track));
    return TRACKS.filter((t) => used.has(t.id));
  }
}
