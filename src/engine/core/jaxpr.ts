// Jaxpr: the first IR. Typed, functional, in A-normal form; every equation knows the user's line and name stack.
import type { ShapedArray } from "./aval.ts";
import type { Params, Primitive } from "./primitive.ts";
import { bind, type Source, withSource } from "./trace.ts";
import type { Scalar, Value } from "./value.ts";
import { scalarArray } from "./arrays.ts";

/** The printer, which knows this module and is known to it by this alone: a circle of imports would be none of either's making. */
let print: (j: Jaxpr) => string = () => "a jaxpr (no printer is loaded)";
export const setJaxprPrinter = (p: typeof print): void => void (print = p);

let nextVar = 0;
export class Var {
  readonly id = nextVar++;
  constructor(readonly aval: ShapedArray) {}
}
/** A scalar written into the equation. Complex values are pairs. */
export type LiteralValue = Scalar | readonly [number, number];
export class Literal {
  constructor(
    readonly value: LiteralValue,
    readonly aval: ShapedArray,
  ) {}
}
export type Atom = Var | Literal;

let nextEqn = 0;
export class Eqn {
  readonly id = nextEqn++;
  constructor(
    readonly primitive: Primitive,
    readonly inputs: readonly Atom[],
    readonly outputs: readonly Var[],
    readonly params: Params,
    readonly source: Source,
  ) {}
  /** JAX's names of inputs and outputs. */
  get invars(): readonly Atom[] {
    return this.inputs;
  }
  get outvars(): readonly Var[] {
    return this.outputs;
  }
}

export class Jaxpr {
  /** @param shownConsts how many of the leading inputs print as constants: those of a program that was read from text */
  constructor(
    readonly constvars: readonly Var[],
    readonly invars: readonly Var[],
    readonly eqns: readonly Eqn[],
    readonly outs: readonly Atom[],
    readonly name: string = "",
    readonly shownConsts: number = 0,
  ) {}
  /** JAX's name of the results. */
  get outvars(): readonly Atom[] {
    return this.outs;
  }
  toString(): string {
    return print(this);
  }
}
/** A jaxpr together with the values of its constants. */
export class ClosedJaxpr {
  constructor(
    readonly jaxpr: Jaxpr,
    readonly consts: readonly Value[],
    /** By input: whether a caller may give its memory away, for a result. Programs that are made of this one give nothing away. */
    readonly donated: readonly boolean[] = [],
  ) {}
  get inAvals(): readonly ShapedArray[] {
    return this.jaxpr.invars.map((v) => v.aval);
  }
  get outAvals(): readonly ShapedArray[] {
    return this.jaxpr.outs.map((v) => v.aval);
  }
  get eqns(): readonly Eqn[] {
    return this.jaxpr.eqns;
  }
  toString(): string {
    return print(this.jaxpr);
  }
}

export const EMPTY_SOURCE: Source = { frames: [], nameStack: [] };

/** Runs a jaxpr equation by equation under the current trace, each under its own source. */
export function evalJaxpr(jaxpr: Jaxpr, consts: readonly Value[], args: readonly Value[]): Value[] {
  const env = new Map<Var, Value>();
  jaxpr.constvars.forEach((v, i) => env.set(v, consts[i]!));
  jaxpr.invars.forEach((v, i) => env.set(v, args[i]!));
  const read = (a: Atom): Value => (a instanceof Literal ? literalArray(a) : env.get(a)!);
  for (const e of jaxpr.eqns) {
    const outs = withSource(e.source, () => bind(e.primitive, e.inputs.map(read), e.params));
    e.outputs.forEach((v, i) => env.set(v, outs[i]!));
  }
  return jaxpr.outs.map(read);
}
export const evalClosed = (c: ClosedJaxpr, args: readonly Value[]): Value[] => evalJaxpr(c.jaxpr, c.consts, args);
/** The array that a literal of a program stands for. */
export const literalArray = (l: Literal): Value => scalarArray(l.value, l.aval);

/** The program of an equation that calls one on its operands as they are (`calls.how` is "once"). */
export function calledProgram(e: Eqn): ClosedJaxpr {
  const c = e.primitive.calls;
  if (c?.how !== "once") throw new TypeError(`${e.primitive.name} calls no single program`);
  const program = e.params[c.programs[0]!];
  return program instanceof Jaxpr ? new ClosedJaxpr(program, []) : (program as ClosedJaxpr);
}
/** All jaxprs among the parameters of an equation: how passes and printers find nested programs. */
export function subJaxprs(params: Params): Jaxpr[] {
  const found: Jaxpr[] = [];
  const look = (v: unknown): void => {
    if (v instanceof Jaxpr) found.push(v);
    else if (v instanceof ClosedJaxpr) found.push(v.jaxpr);
    else if (Array.isArray(v)) v.forEach(look);
    else if (v && typeof v === "object" && Object.getPrototypeOf(v) === Object.prototype) Object.values(v).forEach(look);
  };
  Object.values(params).forEach(look);
  return found;
}

/** Removes equations whose results nobody uses. `used` says which outputs count. */
export function dce(jaxpr: Jaxpr, used: readonly boolean[] = jaxpr.outs.map(() => true)): { jaxpr: Jaxpr; usedInputs: boolean[] } {
  const live = new Set<Var>(),
    kept: Eqn[] = [];
  const outs = jaxpr.outs.filter((_o, i) => used[i]);
  for (const o of outs) if (o instanceof Var) live.add(o);
  for (let i = jaxpr.eqns.length - 1; i >= 0; i--) {
    const e = jaxpr.eqns[i]!;
    if (!e.outputs.some((v) => live.has(v)) && !hasEffects(e)) continue;
    kept.push(e);
    for (const a of e.inputs) if (a instanceof Var) live.add(a);
  }
  return { jaxpr: new Jaxpr(jaxpr.constvars, jaxpr.invars, kept.reverse(), outs, jaxpr.name), usedInputs: jaxpr.invars.map((v) => live.has(v)) };
}
const effects = new WeakMap<Jaxpr, boolean>();
/** Whether a program has effects; the answer is kept, because programs inside programs are asked again at each level. */
function programHasEffects(j: Jaxpr): boolean {
  let known = effects.get(j);
  if (known === undefined) effects.set(j, (known = j.eqns.some(hasEffects)));
  return known;
}
export const hasEffects = (e: Eqn): boolean => e.primitive.effectful === true || subJaxprs(e.params).some(programHasEffects);
