// How long results wait for one another in the body of a loop: the longest chain of operations of a turn, and what a turn needs of the one before it.
import { type Acc, type Expr, type Stmt, childrenOf } from "../kernel/ir.ts";
import type { Body, Site, Visitor } from "./walk.ts";
import { reduceWork, workOf } from "./work.ts";

/** In units of a multiplication or addition of floats. */
export interface Waits {
  /** From the turn's beginning to its last result. */
  readonly chain: number;
  /** From what a turn takes over to what it hands on. */
  readonly carried: number;
}
/** What was written to memory in the turn before is there. */
const THROUGH_MEMORY = 2;
/** When a value is there: counted from the turn's beginning, and from what the turn before hands on; −∞ where it does not depend on that. */
interface Made extends Waits {
  readonly body: Body;
}
/** Goes along with a walk over a kernel. */
export class WaitsVisitor implements Visitor {
  readonly bodies = new Map<Body, Waits>();
  readonly #made = new Map<Expr, Made>();
  /** Variables that were set in this turn: what reads them waits for that, not for the turn before. */
  readonly #set = new Map<Acc, Made>();

  value(e: Expr, { body, lanes }: Site): void {
    let chain = 0;
    let carried = -Infinity;
    for (const x of childrenOf(e)) {
      const from = this.#of(x, body);
      if (!from) continue;
      chain = Math.max(chain, from.chain);
      carried = Math.max(carried, from.carried);
    }
    if (e.kind === "load" && e.fresh) carried = Math.max(carried, THROUGH_MEMORY);
    const { wait } = workOf(e, lanes > 1);
    this.#made.set(e, { body, chain: chain + wait, carried: carried + wait });
    this.#atLeast(body, chain + wait, 0);
  }
  statement(s: Stmt, { body, lanes }: Site): void {
    if (s.kind !== "set" && s.kind !== "reduce" && s.kind !== "store") return;
    const { chain, carried } = this.#of(s.value, body) ?? { chain: 0, carried: -Infinity };
    if (s.kind === "set") this.#set.set(s.acc, { body, chain, carried });
    const wait = s.kind === "reduce" ? reduceWork(s.op, s.value, lanes > 1).wait : 0;
    this.#atLeast(body, chain + wait, Math.max(wait, carried + wait));
  }
  #of(e: Expr, body: Body): Waits | undefined {
    if (e.kind !== "acc") {
      const made = this.#made.get(e);
      return made?.body === body ? made : undefined;
    }
    const here = this.#set.get(e.acc);
    return here?.body === body ? here : body.written.has(e.acc) ? { chain: 0, carried: 0 } : undefined;
  }
  #atLeast(body: Body, chain: number, carried: number): void {
    const have = this.bodies.get(body);
    this.bodies.set(body, { chain: Math.max(have?.chain ?? 0, chain), carried: Math.max(have?.carried ?? 0, carried) });
  }
}
