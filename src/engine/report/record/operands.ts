// Operands of repeated runs: of a program that takes arguments' memory each run has copies of those, so that all runs compute the same, and take as long as the
// person's calls do.
import type { Compiled } from "../../backends/programs.ts";
import { NDArray } from "../../core/value.ts";
import { readStorage } from "./trial.ts";

/** Copies that may be held at a time. */
const MOST_BYTES = 2 ** 26;

export class Operands {
  /** By operand: whether the program takes its memory; undefined where it takes none. */
  readonly given: readonly boolean[] | undefined;
  /** How many runs may be prepared at once. */
  readonly most: number;
  readonly #device: Compiled["device"];
  constructor(
    { compilation: { plan }, device }: Compiled,
    readonly args: readonly NDArray[],
  ) {
    const given = args.map((_a, i) => plan.takes.includes(i));
    const bytes = args.reduce((s, a, i) => s + (given[i] ? a.nbytes : 0), 0);
    this.#device = device;
    this.given = given.some(Boolean) ? given : undefined;
    this.most = Math.max(1, Math.floor(MOST_BYTES / Math.max(1, bytes)));
  }
  /** Operands of one run; its results free the copies. */
  fresh(): readonly NDArray[] {
    const { given } = this;
    return given ? this.args.map((a, i) => (given[i] ? this.copy(a) : a)) : this.args;
  }
  /** The same elements in memory of the device's own. */
  copy(a: NDArray): NDArray {
    const to = this.#device.allocate(a.nbytes);
    this.#device.write(to, readStorage(this.#device, a.storage));
    return new NDArray(a.aval, to, undefined, a.committed);
  }
}
