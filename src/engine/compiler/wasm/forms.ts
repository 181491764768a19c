// In which form each expression is wanted, in lanes or as scalars, and in which order they are made: operands before what uses them, by an explicit stack, since
// expressions nest thousands deep. The emitters that follow WebAssembly's schedule share it, whatever they write.
import { type Expr, indexValues } from "../kernel/ir.ts";
import type { LoopVar } from "../kernel/ix.ts";
import type { Schedule } from "../kernel/schedule.ts";
import { laneShift } from "./instructions.ts";

/** A value that something asks for: in lanes (copy `at` of the loop's body), or as the scalar of lane `at`. */
export interface Request {
  readonly e: Expr;
  readonly lanes: boolean;
  readonly at: number;
}
/** The amount of a shift that is the same in all lanes. */
export function shiftAmount(e: Expr & { readonly kind: "op" }): Expr | null {
  const [x, amount] = e.args;
  return x && amount && laneShift(e.op, x.dtype) ? amount : null;
}
export abstract class Forms<T, Width extends number> {
  /** The loop whose iterations run in lanes, while inside it. */
  vector: LoopVar | null = null;
  /** @param width how many lanes a vector has */
  constructor(
    readonly schedule: Schedule,
    public width: Width,
  ) {}
  /** Whether it was made before, or is written out wherever it is used. */
  protected abstract isThere(request: Request): boolean;
  protected abstract make(request: Request): T;
  /** What is made before a value that the library may have to compute. */
  protected abstract beforehand(e: Expr & { readonly kind: "unless" }): readonly Expr[];
  /** The value of an expression in a lane of the loop of lanes; outside one, its value. */
  scalar(e: Expr, lane = 0): T {
    return this.#get({ e, lanes: false, at: lane });
  }
  /** The values of an expression in a copy of the body of the loop of lanes. */
  lanes(e: Expr, copy = 0): T {
    return this.#get({ e, lanes: true, at: copy });
  }
  protected differs(e: Expr): boolean {
    return this.vector !== null && e.vars.has(this.vector.id);
  }
  /** Whether a value that differs between lanes is computed in lanes. */
  protected computedInLanes(e: Expr): boolean {
    const held = this.schedule.held.get(e);
    return held === "lanes" || held === "lanes and scalars";
  }
  #get(request: Request): T {
    const stack: { request: Request; open: boolean }[] = [{ request, open: false }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (this.isThere(top.request)) stack.pop();
      else if (top.open) {
        stack.pop();
        this.make(top.request);
      } else {
        top.open = true;
        for (const operand of this.#operands(top.request)) stack.push({ request: operand, open: false });
      }
    }
    return this.make(request);
  }
  #operands({ e, lanes, at }: Request): Request[] {
    const scalars = (xs: readonly Expr[], lane: number): Request[] => xs.map((x) => ({ e: x, lanes: false, at: lane }));
    const differs = this.differs(e);
    const { width } = this;
    if (lanes && !differs) return scalars([e], 0);
    if (lanes && !this.computedInLanes(e)) return Array.from({ length: width }, (_x, k) => ({ e, lanes: false, at: at * width + k }));
    if (!lanes && differs && this.computedInLanes(e) && e.kind !== "index") return [{ e, lanes: true, at: Math.floor(at / width) }];
    switch (e.kind) {
      case "const":
      case "acc":
        return [];
      case "load":
      case "index":
        return scalars(indexValues(e.index), lanes ? at * width : at);
      case "cast":
      case "bitcast":
        return [{ e: e.arg, lanes, at }];
      case "op": {
        const amount = lanes ? shiftAmount(e) : null;
        return e.args.map((x) => ({ e: x, lanes: lanes && x !== amount, at }));
      }
      case "unless":
        return this.beforehand(e).map((x) => ({ e: x, lanes, at }));
      case "select":
      case "call":
        return e.args.map((x) => ({ e: x, lanes, at }));
    }
  }
}
