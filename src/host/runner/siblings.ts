// Calls of other jits with arguments of the measured call: what they compute may be the same work twice. Of each function the call before the measured one is
// known, or the first after it.
import type { Jitted } from "../../engine/transforms/jit.ts";

interface Call {
  readonly jitted: Jitted;
  readonly self: unknown;
  readonly args: readonly unknown[];
}
/** Functions whose calls are held. */
const MOST = 16;

export class Siblings {
  #calls = new Map<Jitted, Call>();
  /** The arguments of the measured call; null before it, and at the end of the run. */
  #measured: readonly unknown[] | null = null;
  called(call: Call): void {
    if (this.#measured) {
      if (this.#calls.size < MOST && !this.#calls.has(call.jitted) && this.#sharesArguments(call)) this.#hold(call);
      return;
    }
    // The latest of each function: the oldest makes room.
    this.#calls.delete(call.jitted);
    this.#hold(call);
    if (this.#calls.size > MOST) this.#calls.delete(this.#calls.keys().next().value!);
  }
  #hold(call: Call): void {
    this.#calls.set(call.jitted, { ...call, args: [...call.args] });
  }
  measured(args: readonly unknown[]): void {
    this.#measured = [...args];
    this.#calls = new Map([...this.#calls].filter(([, call]) => this.#sharesArguments(call)));
  }
  /** An array, or a structure of arrays, that both were called with. */
  #sharesArguments({ args }: Call): boolean {
    return args.some((a) => typeof a === "object" && a !== null && (this.#measured?.includes(a) ?? false));
  }
  get list(): readonly Call[] {
    return [...this.#calls.values()];
  }
  end(): void {
    this.#calls.clear();
    this.#measured = null;
  }
}
