// Evaluates a traced program equation by equation, with the programs inside it, and looks at each value: how small, how large, how many are no numbers, and
// where the first of those came from. Bounded in time and memory; what is no longer needed is freed at once.
import { type Atom, type ClosedJaxpr, type Eqn, type Jaxpr, Literal, calledProgram, hasEffects, literalArray } from "../../../core/jaxpr.ts";
import { bind, evalTrace, withSource, withTrace } from "../../../core/trace.ts";
import { NDArray, type Value } from "../../../core/value.ts";
import { ELEMENTWISE } from "./blame.ts";
import { NOTHING, type Tally, firstBad, tallyOf, together } from "./tally.ts";

export interface Limits {
  readonly milliseconds: number;
  /** Bytes that intermediate values may hold at one time. */
  readonly bytes: number;
}
export type Kind = "nan" | "inf";
/** The first value of a kind, before anything was computed from it. */
export interface First {
  readonly kind: Kind;
  /** Null for an argument. */
  readonly eqn: Eqn | null;
  /** The equations around it, the outermost first. */
  readonly around: readonly Eqn[];
  readonly result: number;
  readonly count: number;
  readonly elements: number;
  /** Where its first element stands. */
  readonly index: readonly number[];
  readonly operands: readonly { readonly atom: Atom; readonly tally: Tally | null; readonly at?: number }[];
  readonly dtype: string;
  /** In which turn of the loops around it, the outermost first, counted from 1. */
  readonly turns: readonly number[];
  /** The turns of this loop that were gone through without finding it. */
  readonly after?: number;
}
export interface Looked {
  /** By the ids of equations, a tally for each result. */
  readonly tallies: ReadonlyMap<number, readonly (Tally | null)[]>;
  readonly inputs: readonly (Tally | null)[];
  readonly outputs: readonly (Tally | null)[] | null;
  readonly firsts: readonly First[];
  readonly cut: "time" | "memory" | "error" | null;
}
/** @param args the constants of the program, then its arguments */
export function look(program: ClosedJaxpr, args: readonly NDArray[], limits: Limits): Looked {
  return new Looker(limits).whole(program, args);
}
class Looker {
  readonly #tallies = new Map<number, (Tally | null)[]>();
  readonly #firsts = new Map<Kind, First>();
  readonly #around: Eqn[] = [];
  readonly #turns: number[] = [];
  /** How many variables hold an array, and what its elements are. Arrays that were not made here are never freed. */
  readonly #held = new Map<Value, { count: number; tally: Tally | null; readonly own: boolean }>();
  #bytes = 0;
  #deadline: number;
  #cut: Looked["cut"] = null;
  constructor(private readonly limits: Limits) {
    this.#deadline = performance.now() + limits.milliseconds;
  }
  whole(program: ClosedJaxpr, args: readonly NDArray[]): Looked {
    const inputs = args.map((a) => this.#hold(a, false));
    for (const kind of ["nan", "inf"] as const) {
      const i = inputs.findIndex((t) => t && t[kind] > 0);
      if (i >= 0) this.#firsts.set(kind, { ...this.#found(kind, args[i]!, inputs[i]!), eqn: null, result: i, operands: [] });
    }
    let outputs: (Tally | null)[] | null = null;
    try {
      const outs = withTrace(evalTrace, () => this.#run(program.jaxpr, [], args));
      outputs = outs && outs.map((v) => this.#tally(v));
    } catch {
      // Code of theirs that is called from inside may throw: what was seen until then stands.
      this.#cut = "error";
    }
    return { tallies: this.#tallies, inputs, outputs, firsts: [...this.#firsts.values()], cut: this.#cut };
  }

  // ---- what is held
  #hold(v: Value, own: boolean): Tally | null {
    const known = this.#held.get(v);
    if (known) {
      known.count++;
      return known.tally;
    }
    const tally = v instanceof NDArray ? tallyOf(v) : null;
    this.#held.set(v, { count: 1, tally, own });
    if (own) this.#bytes += v.aval.nbytes;
    return tally;
  }
  #release(v: Value): void {
    const held = this.#held.get(v);
    if (!held || --held.count > 0) return;
    this.#held.delete(v);
    if (!held.own) return;
    this.#bytes -= v.aval.nbytes;
    if (v instanceof NDArray && !v.isDeleted) v.delete();
  }
  #tally(v: Value): Tally | null {
    const held = this.#held.get(v);
    return held ? held.tally : v instanceof NDArray ? tallyOf(v) : null;
  }
  /** Whether there is time and memory left. */
  #goesOn(): boolean {
    if (performance.now() > this.#deadline) this.#cut ??= "time";
    else if (this.#bytes > this.limits.bytes) this.#cut ??= "memory";
    return this.#cut === null;
  }

  // ---- programs
  /** The results, held once each; null where the limits were reached. */
  #run(jaxpr: Jaxpr, consts: readonly Value[], args: readonly Value[]): Value[] | null {
    const env = new Map<Atom, Value>();
    const set = (a: Atom, v: Value, own: boolean): void => {
      this.#hold(v, own);
      env.set(a, v);
    };
    jaxpr.constvars.forEach((v, i) => set(v, consts[i]!, false));
    jaxpr.invars.forEach((v, i) => set(v, args[i]!, false));
    const read = (a: Atom): Value => (a instanceof Literal ? literalArray(a) : env.get(a)!);
    const last = lastUses(jaxpr);
    const drop = (a: Atom): void => {
      const v = env.get(a);
      if (v === undefined) return;
      env.delete(a);
      this.#release(v);
    };
    for (const [i, e] of jaxpr.eqns.entries()) {
      if (!this.#goesOn()) break;
      const ins = e.inputs.map(read);
      const outs = this.#equation(e, ins);
      if (!outs) break;
      e.outputs.forEach((v, k) => env.set(v, outs[k]!));
      for (const a of last[i]!) drop(a);
    }
    const results = this.#cut === null ? jaxpr.outs.map(read) : null;
    for (const v of results ?? []) this.#hold(v, false);
    for (const a of [...env.keys()]) drop(a);
    return results;
  }
  /** The results of an equation, held once each. */
  #equation(e: Eqn, ins: readonly Value[]): readonly Value[] | null {
    const { calls } = e.primitive;
    const inner = calls?.how === "once" ? calledProgram(e) : calls?.how === "branches" ? this.#branch(e, ins) : null;
    if (inner) {
      this.#around.push(e);
      const outs = this.#run(inner.jaxpr, inner.consts, calls?.how === "branches" ? ins.slice(1) : ins);
      this.#around.pop();
      if (outs) this.#note(e, ins, outs, false);
      return outs;
    }
    const seen = calls?.turns && !hasEffects(e) ? this.#turnsOf(e, ins) : 0;
    const outs = withSource(e.source, () => bind(e.primitive, ins, e.params));
    const storages = new Set(ins.flatMap((v) => (v instanceof NDArray ? [v.storage] : [])));
    for (const v of outs) this.#hold(v, v instanceof NDArray && !storages.has(v.storage));
    this.#note(e, ins, outs, true, seen);
    return outs;
  }
  #branch(e: Eqn, ins: readonly Value[]): ClosedJaxpr | null {
    const list = e.params[e.primitive.calls!.programs[0]!] as readonly ClosedJaxpr[];
    const [index] = ins;
    if (!(index instanceof NDArray)) return null;
    return list[Math.min(Math.max(Number(index.item()), 0), list.length - 1)] ?? null;
  }
  /** Goes through a loop's turns, for at most half the time that is left; gives how many they were. */
  #turnsOf(e: Eqn, ins: readonly Value[]): number {
    const whole = this.#deadline;
    this.#deadline = (whole + performance.now()) / 2;
    const { turns, programs } = e.primitive.calls!;
    const body = e.params[programs.at(-1)!];
    // Carried values of a turn are operands of the next one; a condition may come between.
    const kept: (readonly Value[])[] = [];
    this.#around.push(e);
    this.#turns.push(0);
    // Numbers that are written into the program are made anew for each equation, and needed by the whole loop after its turns.
    for (const v of ins) this.#hold(v, false);
    turns!(ins, e.params, (program, args) => {
      if (program === body) this.#turns[this.#turns.length - 1]!++;
      const made = args.filter((v) => !this.#held.has(v));
      for (const v of made) this.#hold(v, true);
      const outs = this.#run(program.jaxpr, program.consts, args);
      for (const v of made) this.#release(v);
      if (!outs) return null;
      kept.push(outs);
      if (kept.length > 3) for (const v of kept.shift()!) this.#release(v);
      return outs;
    });
    for (const v of [...kept.flat(), ...ins]) this.#release(v);
    this.#around.pop();
    const seen = this.#turns.pop()!;
    // Out of its half: what comes after the loop is looked at all the same.
    if (this.#cut === "time") this.#cut = null;
    this.#deadline = whole;
    return seen;
  }

  // ---- what was found
  #note(e: Eqn, ins: readonly Value[], outs: readonly Value[], isOwn: boolean, seen = 0): void {
    const list = this.#tallies.get(e.id) ?? outs.map(() => null);
    const tallies = outs.map((v) => this.#tally(v));
    this.#tallies.set(
      e.id,
      tallies.map((t, i) => t && together(list[i] ?? NOTHING, t)),
    );
    if (!isOwn) return;
    for (const kind of ["nan", "inf"] as const) {
      if (this.#firsts.has(kind)) continue;
      const result = tallies.findIndex((t) => t && t[kind] > 0);
      // An infinity that was written down, or that comes with an operand, is meant.
      if (result < 0 || (kind === "inf" && (ins.length === 0 || ins.some((v) => (this.#tally(v)?.inf ?? 0) > 0)))) continue;
      const out = outs[result] as NDArray;
      const found = this.#found(kind, out, tallies[result]!);
      this.#firsts.set(kind, {
        ...found,
        eqn: e,
        result,
        operands: e.inputs.map((atom, i) => ({
          atom,
          tally: this.#tally(ins[i]!),
          ...(ELEMENTWISE.has(e.primitive.name) ? elementAt(ins[i]!, out, found.flat) : {}),
        })),
        ...(seen ? { after: seen } : {}),
      });
    }
  }
  #found(kind: Kind, a: NDArray, t: Tally): Omit<First, "eqn" | "result" | "operands"> & { readonly flat: number } {
    const flat = firstBad(a, kind);
    return {
      kind,
      flat,
      around: [...this.#around],
      turns: [...this.#turns],
      count: t[kind],
      elements: a.size,
      index: indexOf(flat, a.aval.shape),
      dtype: a.dtype,
    };
  }
}
/** After which equation a variable is needed no more. Results are dropped at the end. */
function lastUses(jaxpr: Jaxpr): Atom[][] {
  const seen = new Set<Atom>(jaxpr.outs);
  const found: Atom[][] = jaxpr.eqns.map(() => []);
  for (let i = jaxpr.eqns.length - 1; i >= 0; i--)
    for (const a of [...jaxpr.eqns[i]!.outputs, ...jaxpr.eqns[i]!.inputs]) {
      if (a instanceof Literal || seen.has(a)) continue;
      seen.add(a);
      found[i]!.push(a);
    }
  return found;
}
function elementAt(v: Value, out: NDArray, flat: number): { readonly at?: number } {
  if (!(v instanceof NDArray) || v.isDeleted || v.dtype.startsWith("complex") || v.dtype === "key<fry>") return {};
  if (v.size === 1) return { at: Number(v.dataSync()[0]) };
  const same = v.aval.ndim === out.aval.ndim && v.aval.shape.every((n, i) => n === out.aval.shape[i]);
  return same && flat >= 0 ? { at: Number(v.dataSync()[flat]) } : {};
}
function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = Math.max(0, flat);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}
