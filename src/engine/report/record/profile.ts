// Runs with a clock reading at the start and end of every kernel and copy.
import type { NDArray } from "../../core/value.ts";
import type { Loaded } from "../../backends/device.ts";
import type { Clock } from "./clock.ts";

const TIMELINE_RUNS = 3;
const MAX_SPANS = 30_000;

const ENOUGH = 5;
/** Those that nothing interrupted; all where they are too few. */
export function undisturbed<T>(list: readonly T[], clean: readonly boolean[]): T[] {
  const kept = list.filter((_x, i) => clean[i]);
  return kept.length >= ENOUGH ? kept : [...list];
}
interface Sum {
  readonly times: number[];
  /** In one run. */
  readonly calls: number;
}
export interface ProfileSummary {
  /** By number of the kernel or copy: its time in each run, all calls together. */
  readonly sums: ReadonlyMap<number, Sum>;
  /** By run: from the first reading to the last, outside of kernels and copies. */
  readonly between: readonly number[];
  readonly runs: readonly number[];
  /** Kernels and copies of a run, by their calls. */
  readonly intervals: number;
}
export class Profile {
  readonly #sums = new Map<number, Sum>();
  readonly #between: number[] = [];
  readonly #runs: number[] = [];
  readonly #events: number[] = [];
  readonly #times: number[] = [];
  readonly #clean: boolean[] = [];
  #told = 0;
  #intervals = 0;
  constructor(
    readonly loaded: Loaded,
    readonly args: readonly NDArray[],
    readonly clock: Clock,
    readonly interruptions: () => number,
  ) {}
  run(): void {
    const events = this.#events;
    const times = this.#times;
    events.length = times.length = 0;
    let own = false;
    const tick = (k: number, at?: number): void => {
      events.push(k);
      own ||= at !== undefined;
      times.push(at ?? performance.now());
    };
    const before = this.interruptions();
    const start = performance.now();
    const outs = this.loaded.run(this.args, tick);
    const took = performance.now() - start;
    this.#clean.push(this.interruptions() === before);
    for (const o of outs) o.release();
    this.#read(start, took, own);
  }
  /** @param own whether the times are of the device's own clock: then its kernels have a track of their own */
  #read(start: number, took: number, own: boolean): void {
    const run = this.#runs.push(took) - 1;
    const shown = run < TIMELINE_RUNS && this.#told < MAX_SPANS;
    if (shown) this.clock.add("runs", start, took, { name: `run ${run + 1}`, run });
    const sums = new Map<number, { ms: number; calls: number }>();
    const open = new Map<number, number>();
    let inside = 0;
    this.#events.forEach((k, i) => {
      const now = this.#times[i]!;
      if (k >= 0) {
        open.set(k, now);
        return;
      }
      const id = -1 - k;
      const from = open.get(id)!;
      const length = now - from;
      inside += length;
      const sum = sums.get(id) ?? { ms: 0, calls: 0 };
      sums.set(id, { ms: sum.ms + length, calls: sum.calls + 1 });
      if (shown && this.#told++ < MAX_SPANS)
        this.clock.add(
          own && !this.loaded.onHost?.has(id) ? "gpu" : "kernels",
          from,
          length,
          this.loaded.isCopy?.(id) ? { run, name: "copy" } : { run, kernel: `k${id}` },
        );
    });
    if (run === 0) this.#intervals = this.#events.length / 2;
    for (const [id, { ms, calls }] of sums) {
      const have = this.#sums.get(id);
      if (have) have.times.push(ms);
      else this.#sums.set(id, { times: [ms], calls });
    }
    this.#between.push(this.#times.length ? this.#times.at(-1)! - this.#times[0]! - inside : 0);
  }
  /** @param from the first run that counts */
  summary(from: number): ProfileSummary {
    // A kernel that did not run each time (in a branch) has a list of its own length.
    const late = (list: readonly number[]): number[] =>
      list.length === this.#clean.length ? undisturbed(list.slice(from), this.#clean.slice(from)) : [...list];
    return {
      sums: new Map([...this.#sums].map(([id, s]) => [id, { times: late(s.times), calls: s.calls }])),
      between: late(this.#between),
      runs: late(this.#runs),
      intervals: this.#intervals,
    };
  }
}
