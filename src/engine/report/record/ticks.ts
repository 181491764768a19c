// What a timer notes while a program runs: which kernel or copy, and when. Before the first of two readings the clock is read once in vain: between large
// arrays its own code is out of the caches, and what it then takes is no kernel's.
import type { Timer } from "../../backends/device.ts";

export class Ticks {
  /** As the timer was called. */
  readonly events: number[] = [];
  readonly times: number[] = [];
  /** The device has a clock of its own. */
  own = false;
  /** How often kernels are run between two readings, by number; once where nothing is said. */
  batches: ReadonlyMap<number, number> = new Map();
  readonly timer: Timer = (k, at) => {
    if (at !== undefined) this.own = true;
    else if (k >= 0) performance.now();
    this.events.push(k);
    this.times.push(at ?? performance.now());
    return this.batches.get(k);
  };
  clear(): void {
    this.events.length = this.times.length = 0;
    this.own = false;
  }
}
