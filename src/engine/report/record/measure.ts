// Measuring: warm-up, then rounds until the medians are stable. Each round has the steady call as the person makes it, the program alone, and the program
// with a clock reading around every kernel and copy, in turns: what else the machine does weighs on all three alike, so that their parts add up. Short runs
// are timed many at a time, and what the clock costs around a kernel is measured where kernels are timed.
import type { NDArray } from "../../core/value.ts";
import { type Loaded, runToEnd } from "../../backends/device.ts";
import type { Measurement, Timing } from "../types.ts";
import type { Clock } from "./clock.ts";
import type { Operands } from "./operands.ts";
import { Profile, undisturbed } from "./profile.ts";
import { Ticks } from "./ticks.ts";

const MIN_RUNS = 15;
const MAX_RUNS = 400;
/** For how long a function is run before it is measured, and while it is, milliseconds. */
export interface Effort {
  readonly warmup: number;
  readonly budget: number;
  /** How often the system has taken the processor away so far: runs in which it did do not count, where enough others are there. */
  readonly interruptions?: () => number;
  /** Milliseconds that this process has had a processor so far, where the system says. */
  readonly processor?: () => number;
}
/** Bytes of generated code that the optimizing compiler takes seconds for: until then a run is up to fifteen times as slow. */
const LARGE_CODE = 200_000;
const EFFORT = { warmup: 250, budget: 500 };

export interface KernelTime {
  /** Of all calls in a run. */
  readonly time: Measurement;
  readonly calls: number;
  /** Whether it was run many times in a row: it found what it needs near, and its code. */
  readonly repeated: boolean;
}
export interface Measured {
  readonly timing: Timing;
  readonly kernels: ReadonlyMap<number, KernelTime>;
  /** Of one run, by their numbers (`timedCopies`), without the clock's own cost. */
  readonly copies: ReadonlyMap<number, { readonly ms: number; readonly calls: number }>;
  /** Between the first and the last kernel of a run, outside of kernels and copies, without the clock's own cost. */
  readonly between: number;
  /** Of the program alone, what is neither kernel nor copy: its memory, the places of its arrays, the call into its code. */
  readonly entry: number;
}
/** A steady call of the function, as the person makes it. */
export interface SteadyCall {
  /** Arguments of one call: fresh ones where the function takes their memory. Not timed. */
  readonly prepare: () => unknown[];
  readonly call: (args: unknown[]) => unknown;
  /** Frees a result. Not timed. */
  readonly release: (result: unknown) => void;
  /** How many calls may be prepared at once; without it, any number. */
  readonly most?: number;
}
/**
 * @param call a steady call of the function, or null where it cannot be repeated
 * @param clock is told what was done when, and the first profiled runs kernel by kernel
 */
export function measure(loaded: Loaded, operands: Operands, call: SteadyCall | null, clock: Clock, wanted: Partial<Effort> = {}): Measured {
  const effort: Effort = { ...EFFORT, ...wanted };
  const interruptions = effort.interruptions ?? (() => 0);
  const processor = effort.processor ?? (() => performance.now());
  const program = new Batches(interruptions, processor, {
    prepare: () => [...operands.fresh()],
    call: (args) => runToEnd(loaded, args as NDArray[], undefined, operands.given),
    release: (outs) => {
      for (const o of outs as ReturnType<Loaded["run"]>) o.release();
    },
    most: operands.most,
  });
  // The first runs are in the baseline compiler's code: go on until the optimizing compiler has taken over.
  const warmups = clock.time("measure", "warm up", () => program.warm(effort.warmup * (loaded.bytes > LARGE_CODE ? 6 : 1)));
  const steady =
    call &&
    clock.time("measure", "warm up the call", () => warmCall(new Batches(interruptions, processor, toItsEnd(call, loaded)), effort.warmup / 2));
  const { pair, gap } = timerCost(loaded);
  const profile = new Profile(loaded, operands, clock, interruptions, pair);
  const rounds = clock.time("measure", "steady calls, the program alone, and with a clock around every kernel", () => {
    const budget = 3 * effort.budget;
    const all = [program, ...(steady ? [steady] : [])];
    const start = performance.now();
    for (let n = 0; ; n++) {
      const spent = performance.now() - start;
      if (n >= MAX_RUNS || (n >= 3 && spent > 4 * budget)) return n;
      if (n >= MIN_RUNS && (spent > budget || (n % 10 === 0 && all.every((b) => isStable(b.counted(0)))))) return n;
      for (const b of all) b.run();
      profile.run(program.isShort);
    }
  });
  // Where the code became faster on the way, what was before does not count.
  const half = rounds >> 1;
  const from = rounds >= MIN_RUNS && summarize(program.counted(0, half)).median > 1.25 * summarize(program.counted(half)).median ? half : 0;
  const alone = withSamples(program.counted(from));
  const parts = profile.summary(from);
  const kernels = new Map<number, KernelTime>();
  const copies = new Map<number, { ms: number; calls: number }>();
  let inside = 0;
  const total = steady ? withSamples(steady.counted(from)) : alone;
  const apart = Math.max(0, summarize(parts.between).median - gap * Math.max(0, parts.intervals - 1));
  const fitted = fit(
    [...parts.sums.values()].reduce((s, { times }) => s + summarize(times).median, apart),
    Math.min(alone.median, total.median),
  );
  const between = fitted * apart;
  for (const [id, { times, calls, repeated }] of parts.sums) {
    const time = withSamples(times.map((ms) => fitted * ms));
    inside += time.median;
    if (loaded.isCopy?.(id)) copies.set(id, { ms: time.median, calls });
    else kernels.set(id, { time, calls, repeated });
  }
  return {
    timing: {
      warmups,
      repetitions: rounds - from,
      total,
      program: alone,
      profiled: summarize(parts.runs),
      clockNs: (pair / 2) * 1e6,
    },
    kernels,
    copies,
    between,
    entry: Math.max(0, alone.median - inside - between),
  };
}
/**
 * By what the parts of a run are multiplied so that they are no longer than the run without clocks: readings between kernels take their code and data out of the
 * caches, and what the medians of many parts catch of the machine's other work is more than one run does. What is missing to the run is not spread: it is the
 * call's own.
 */
export const fit = (parts: number, whole: number): number => (parts > whole && whole > 0 ? whole / parts : 1);
/** The call, and waiting for what it gives: on a device that computes beside this thread a call returns before. */
const toItsEnd = (call: SteadyCall, loaded: Loaded): SteadyCall => ({
  ...call,
  call(args) {
    const result = call.call(args);
    loaded.finish?.();
    return result;
  },
});
/** Null where the call fails: it cannot be repeated. */
function warmCall(batches: Batches, budget: number): Batches | null {
  try {
    batches.warm(budget);
    return batches;
  } catch {
    return null;
  }
}
/** Runs of a batch: as many as take so long that the clock's own cost does not show. */
const BATCH_MS = 0.1;
const LARGEST_BATCH = 128;
/** Of shorter runs, one goes before the one that counts: what else was measured in between had the caches, of code as of data, and a last cache of some ten MiB is refilled in about so long. */
const SHORT_RUN_MS = 25;
const MOST_WARM_RUNS = 20_000;
const MOST_WAITING = 4;
class Batches {
  readonly #samples: number[] = [];
  readonly #clean: boolean[] = [];
  #size = 1;
  #best = Infinity;
  constructor(
    readonly interruptions: () => number,
    readonly processor: () => number,
    readonly what: SteadyCall,
  ) {}
  /** Whether the caches still have what a run leaves in them when the next one begins, if nothing else runs in between. */
  get isShort(): boolean {
    return this.#best < SHORT_RUN_MS;
  }
  /** Times of rounds. */
  counted(from: number, to?: number): number[] {
    return undisturbed(this.#samples.slice(from, to), this.#clean.slice(from, to));
  }
  /**
   * Runs until the budget is spent, in which the optimizing compiler takes over: wall time and, where others have the processors too, as much of a
   * processor's, or several times the wall time. @returns how often
   */
  warm(budget: number): number {
    let runs = 0;
    const start = performance.now();
    const before = this.processor();
    const isSpent = (): boolean => {
      const wall = performance.now() - start;
      return wall >= budget && (this.processor() - before >= budget || wall >= MOST_WAITING * budget);
    };
    for (; !isSpent() && runs < MOST_WARM_RUNS; runs += this.#size) {
      this.#best = Math.min(this.#best, this.#time());
      this.#size = Math.max(1, Math.min(LARGEST_BATCH, this.what.most ?? LARGEST_BATCH, Math.round(BATCH_MS / this.#best)));
    }
    return runs;
  }
  run(): void {
    if (this.isShort) this.#time();
    const before = this.interruptions();
    this.#samples.push(this.#time());
    this.#clean.push(this.interruptions() === before);
  }
  #time(): number {
    const { what } = this;
    const size = this.#size;
    const args = Array.from({ length: size }, () => what.prepare());
    const results = Array<unknown>(size);
    const start = performance.now();
    for (let i = 0; i < size; i++) results[i] = what.call(args[i]!);
    const took = (performance.now() - start) / size;
    for (const r of results) what.release(r);
    return took;
  }
}
const isStable = (list: readonly number[]): boolean => {
  const m = summarize(list);
  return m.spread <= 0.05 * m.median;
};
/** What the clock adds to a kernel, and to the time between two of them: milliseconds, the middle of many kernels that do nothing. */
export function timerCost(loaded: Loaded): { readonly pair: number; readonly gap: number } {
  const pairs: number[] = [];
  const gaps: number[] = [];
  const ticks = new Ticks();
  for (let run = 0; run < 40; run++) {
    ticks.clear();
    if (loaded.idle) loaded.idle(ticks.timer);
    else for (let i = 0; i < 64; i++) ticks.timer(i % 2 ? -1 : 0);
    if (run < 20) continue;
    const { times } = ticks;
    for (let i = 1; i < times.length; i++) (i % 2 ? pairs : gaps).push(times[i]! - times[i - 1]!);
  }
  return { pair: summarize(pairs).median, gap: summarize(gaps).median };
}
/** Minimum, median and interquartile range; between two values in the middle, the median is half-way. */
export function summarize(list: readonly number[]): Measurement {
  const sorted = [...list].sort((a, b) => a - b);
  const quantile = (p: number): number => {
    if (!sorted.length) return 0;
    const at = p * (sorted.length - 1);
    const below = sorted[Math.floor(at)]!;
    return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
  };
  return { min: sorted[0] ?? 0, median: quantile(0.5), spread: quantile(0.75) - quantile(0.25) };
}
const SAMPLES = 24;
/** With some of the times, for comparing this profile with another one; of neighbours one is enough: they tell the same of the machine. */
function withSamples(list: readonly number[]): Measurement {
  const step = Math.max(1, list.length / SAMPLES);
  const count = Math.min(SAMPLES, list.length);
  return { ...summarize(list), samples: Array.from({ length: count }, (_v, i) => Number(list[Math.floor(i * step)]!.toPrecision(4))) };
}
