// The times of one run's kernels, from the GPU's own clock: taken when the run is over, and told to the timer in the order in which they happened, beside
// what the CPU did in between.
import type { Timer } from "../device.ts";
import type { Connection } from "./connection.ts";

interface Event {
  readonly mark: number;
  start: number;
  end: number;
}
export class Times {
  /** Launches in their order; a kernel of several dispatches is one. */
  readonly #marks: number[] = [];
  readonly #events: Event[] = [];
  constructor(
    readonly line: Connection,
    readonly timer: Timer,
  ) {
    // What a run before has left is not of this one.
    if (this.canTime) line.ask({ kind: "times" });
  }
  get canTime(): boolean {
    return this.line.adapter.features.includes("timestamp-query");
  }
  /** The number that a launch's dispatches are noted under. */
  begin(mark: number): number {
    return this.#marks.push(mark) - 1;
  }
  onHost(mark: number, start: number, end: number): void {
    this.#events.push({ mark, start, end });
  }
  end(): void {
    if (this.canTime) this.#read();
    this.#events.sort((a, b) => a.start - b.start);
    for (const { mark, start, end } of this.#events) {
      this.timer(mark, start);
      this.timer(-1 - mark, end);
    }
  }
  #read(): void {
    const times = this.line.ask({ kind: "times" }).times ?? new Float64Array(0);
    // The GPU's thread tells times of the process's clock, which performance.now() counts from another moment.
    const hrtime = (globalThis as { process?: { hrtime?: { bigint(): bigint } } }).process?.hrtime;
    const origin = hrtime ? Number(hrtime.bigint()) / 1e6 - performance.now() : 0;
    const launches = new Map<number, Event>();
    for (let i = 0; i + 2 < times.length; i += 3) {
      const mark = this.#marks[times[i]!] ?? -1;
      if (mark < 0) continue;
      const start = times[i + 1]! - origin;
      const end = times[i + 2]! - origin;
      const known = launches.get(times[i]!);
      if (known) known.end = Math.max(known.end, end);
      else launches.set(times[i]!, { mark, start, end });
    }
    this.#events.push(...launches.values());
  }
}
