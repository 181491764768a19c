// The road from the click to the first call, in stretches: starting the process, loading the engine, compiling the file, running it. The timeline begins with it.

export interface Stretch {
  readonly name: string;
  readonly start: number;
  readonly duration: number;
}
export class Road {
  readonly #stretches: Stretch[] = [];
  #name: string;
  #since: number;
  /** @param clicked when the person clicked: milliseconds since 1970; without it the process's start counts */
  constructor(clicked: number | undefined, name = "start the runner") {
    this.#since = clicked === undefined ? 0 : clicked - performance.timeOrigin;
    this.#name = name;
    this.clicked = this.#since;
  }
  /** On this process's clock; negative where it started after the click. */
  readonly clicked: number;
  /** What went on until now ends, and something else begins. */
  next(name: string): void {
    const now = performance.now();
    this.#stretches.push({ name: this.#name, start: this.#since, duration: Math.max(0, now - this.#since) });
    this.#since = now;
    this.#name = name;
  }
  /** All stretches up to now. */
  upTo(now: number): readonly Stretch[] {
    return [...this.#stretches, { name: this.#name, start: this.#since, duration: Math.max(0, now - this.#since) }];
  }
}
