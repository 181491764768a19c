// Runs with a clock reading at the start and end of every kernel and copy. The first runs are as they are, for the timeline; afterwards kernels that take about
// as long as the clock's own reading are run many times between two readings, where the device can repeat them.
import type { Loaded } from "../../backends/device.ts";
import type { Clock } from "./clock.ts";
import type { Operands } from "./operands.ts";
import { Ticks } from "./ticks.ts";

const TIMELINE_RUNS = 3;
const MAX_SPANS = 30_000;

/** Kernels shorter than this are repeated until they take about so long, milliseconds; repetitions add at most a part of the run, or a few milliseconds. */
const SHORT_MS = 0.001;
const BATCH_MS = 0.002;
const LARGEST_BATCH = 64;
const MOST_ADDED = 0.5;
const ADDED_MS = 4;

const ENOUGH = 5;
/** Times of those that nothing interrupted; where they are too few, with the shortest of the others, which lost least by it. */
export function undisturbed(list: readonly number[], clean: readonly boolean[]): number[] {
  const others = list.flatMap((ms, i) => (clean[i] ? [] : [ms])).sort((a, b) => a - b);
  const missing = ENOUGH - (list.length - others.length);
  const longest = others[Math.min(missing, others.length) - 1] ?? -Infinity;
  return list.filter((ms, i) => clean[i] || (missing > 0 && ms <= longest));
}
interface Sum {
  /** Of each run, a single call's share of repeated ones; the clock's own cost is taken off. */
  readonly times: number[];
  /** In one run. */
  readonly calls: number;
  /** Whether it was run many times between two readings, so that all it needs was near. */
  readonly repeated: boolean;
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
  readonly #ticks = new Ticks();
  readonly #clean: boolean[] = [];
  #told = 0;
  #intervals = 0;
  constructor(
    readonly loaded: Loaded,
    readonly operands: Pick<Operands, "fresh" | "given">,
    readonly clock: Clock,
    readonly interruptions: () => number,
    /** What the clock adds to a kernel. */
    readonly pair: number,
  ) {}
  /** @param isShort whether a run goes before it that does not count, so that the caches have what a run leaves in them */
  run(isShort = false): void {
    const ticks = this.#ticks;
    if (isShort) for (const o of this.loaded.run(this.operands.fresh(), ticks.timer, this.operands.given)) o.release();
    ticks.clear();
    const args = this.operands.fresh();
    const before = this.interruptions();
    const start = performance.now();
    const outs = this.loaded.run(args, ticks.timer, this.operands.given);
    const took = performance.now() - start;
    this.#clean.push(this.interruptions() === before);
    for (const o of outs) o.release();
    this.#read(start, took);
    if (this.#runs.length === TIMELINE_RUNS) this.#chooseBatches();
  }
  /** What is short is repeated from now on, and the times before do not count for it. */
  #chooseBatches(): void {
    const { repeatable } = this.loaded;
    const short = [...this.#sums].flatMap(([id, { times, calls }]) => {
      const each = Math.min(...times) / calls;
      return each < SHORT_MS && repeatable?.has(id)
        ? [{ id, calls, each, times: Math.min(LARGEST_BATCH, Math.ceil(BATCH_MS / Math.max(each, 1e-6))) }]
        : [];
    });
    const added = short.reduce((s, { calls, each, times }) => s + calls * each * (times - 1), 0);
    const most = Math.max(ADDED_MS, MOST_ADDED * Math.min(...this.#runs));
    const part = Math.min(1, most / Math.max(added, 1e-9));
    const batches = short.map(({ id, times }): [number, number] => [id, Math.floor(1 + part * (times - 1))]).filter(([, times]) => times > 1);
    this.#ticks.batches = new Map(batches);
    for (const [id] of batches) this.#sums.set(id, { ...this.#sums.get(id)!, times: [], repeated: true });
  }
  /** Times of the device's own clock stand on a track of their own. */
  #read(start: number, took: number): void {
    const { events, times, own, batches } = this.#ticks;
    const run = this.#clean.length - 1;
    const shown = run < TIMELINE_RUNS && this.#told < MAX_SPANS;
    if (shown) this.clock.add("runs", start, took, { name: `run ${run + 1}`, run });
    const sums = new Map<number, { ms: number; calls: number }>();
    const open = new Map<number, number>();
    let inside = 0;
    let again = 0;
    events.forEach((k, i) => {
      const now = times[i]!;
      if (k >= 0) {
        open.set(k, now);
        return;
      }
      const id = -1 - k;
      const from = open.get(id)!;
      const length = now - from;
      inside += length;
      const sum = sums.get(id) ?? { ms: 0, calls: 0 };
      const repeats = batches.get(id) ?? 1;
      const each = Math.max(0, length - this.pair) / repeats;
      again += (repeats - 1) * each;
      sums.set(id, { ms: sum.ms + each, calls: sum.calls + 1 });
      if (shown && this.#told++ < MAX_SPANS)
        this.clock.add(
          own && !this.loaded.onHost?.has(id) ? "gpu" : "kernels",
          from,
          length,
          this.loaded.isCopy?.(id) ? { run, name: "copy" } : { run, kernel: `k${id}` },
        );
    });
    if (run === 0) this.#intervals = events.length / 2;
    for (const [id, { ms, calls }] of sums) {
      const have = this.#sums.get(id);
      if (have) have.times.push(ms);
      else this.#sums.set(id, { times: [ms], calls, repeated: false });
    }
    this.#runs.push(took - again);
    this.#between.push(times.length ? times.at(-1)! - times[0]! - inside : 0);
  }
  /** @param from the first run that counts */
  summary(from: number): ProfileSummary {
    // A kernel that did not run each time (in a branch) has a list of its own length.
    // And one that is repeated has no times of the first runs.
    const all = this.#clean.length;
    const late = (list: readonly number[]): number[] => {
      const first = list.length === all ? from : list.length === all - TIMELINE_RUNS ? Math.max(0, from - TIMELINE_RUNS) : -1;
      return first < 0 ? [...list] : undisturbed(list.slice(first), this.#clean.slice(all - list.length + first));
    };
    return {
      sums: new Map([...this.#sums].map(([id, s]) => [id, { ...s, times: late(s.times) }])),
      between: late(this.#between),
      runs: late(this.#runs),
      intervals: this.#intervals,
    };
  }
}
