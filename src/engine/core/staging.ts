// Staging: running a function on tracers and writing down every primitive it applies. Everything under `jit` goes through here.
import { ShapedArray } from "./aval.ts";
import { config } from "./config.ts";
import { ClosedJaxpr, Eqn, Jaxpr, Literal, Var, type Atom } from "./jaxpr.ts";
import type { Params, Primitive } from "./primitive.ts";
import "./print.ts";
import { showFrame, type Frame } from "./source.ts";
import { Trace, currentSource, currentTrace, lazySource, leaked, withTrace, withoutNames } from "./trace.ts";
import { NDArray, Tracer, type Value } from "./value.ts";
import { typecheckJaxpr } from "./typecheck.ts";

export class JaxprTracer extends Tracer {
  constructor(
    trace: JaxprTrace,
    readonly aval: ShapedArray,
    readonly variable: Var,
    readonly from: Eqn | string | null,
  ) {
    super(trace);
  }
  override origin(): string {
    if (typeof this.from === "string") return `is ${this.from}`;
    const frame = this.from?.source.frames[0];
    return this.from ? `is the result of ${this.from.primitive.name}${frame ? ` at ${showFrame(frame)}` : ""}` : "";
  }
}

/** Records equations. Values of outer traces become constants of the jaxpr. */
export class JaxprTrace extends Trace {
  readonly eqns: Eqn[] = [];
  readonly constvars: Var[] = [];
  readonly constvals: Value[] = [];
  readonly #consts = new Map<Value, Var>();
  constructor(
    readonly name: string,
    readonly what = "tracing",
    /** Whether equations work out their lines at once: those of programs that are made at each eager call seldom need them. */
    readonly eagerLines = true,
    /** Whether numbers are written into the program. Where it is made at each call they are operands, so that other numbers are the same program. */
    readonly literals = true,
  ) {
    super();
  }
  override get staged(): boolean {
    return true;
  }
  describe(): string {
    return `${this.what} ${this.name || "a function"}`;
  }
  newInput(aval: ShapedArray, origin: string | null = null): JaxprTracer {
    return new JaxprTracer(this, aval, new Var(aval), origin);
  }
  /** The variable or literal that stands for a value in this jaxpr. */
  atom(v: Value): Atom {
    if (v instanceof JaxprTracer && v.owner === this) return v.variable;
    if (v instanceof Tracer && !v.owner.alive) throw leaked(v);
    if (this.literals && v instanceof NDArray && v.literal !== undefined) return new Literal(v.literal, v.aval);
    let c = this.#consts.get(v);
    if (!c) {
      c = new Var(v.aval);
      this.#consts.set(v, c);
      this.constvars.push(c);
      this.constvals.push(v);
    }
    return c;
  }
  process(primitive: Primitive, args: readonly Value[], params: Params): readonly Value[] {
    if (!this.alive) throw leaked(args.find((a): a is Tracer => a instanceof Tracer && a.owner === this)!);
    const outAvals = primitive.abstract(
      args.map((a) => a.aval),
      params,
    );
    const outs = outAvals.map((a) => new Var(a));
    const eqn = new Eqn(
      primitive,
      args.map((a) => this.atom(a)),
      outs,
      params,
      this.staged && this.eagerLines ? currentSource() : lazySource(),
    );
    this.eqns.push(eqn);
    return outs.map((v) => new JaxprTracer(this, v.aval, v, eqn));
  }
  finish(inputs: readonly JaxprTracer[], outs: readonly Value[]): ClosedJaxpr {
    const outAtoms = outs.map((o) => this.atom(o));
    this.alive = false;
    const jaxpr = new Jaxpr(
      this.constvars,
      inputs.map((t) => t.variable),
      this.eqns,
      outAtoms,
      this.name,
    );
    if (config.enableChecks) typecheckJaxpr(jaxpr);
    return new ClosedJaxpr(jaxpr, this.constvals);
  }
}

/** Traces a function of flat values to a closed jaxpr. */
export function stage(
  fn: (...args: Value[]) => readonly Value[],
  avals: readonly ShapedArray[],
  name = "",
  origins: readonly string[] = [],
): ClosedJaxpr {
  const trace = new JaxprTrace(name, "tracing", currentTrace().staged);
  const inputs = avals.map((a, i) => trace.newInput(a, origins[i] ?? null));
  try {
    return withoutNames(() => withTrace(trace, () => trace.finish(inputs, fn(...inputs))));
  } finally {
    trace.alive = false;
  }
}
/** Where the constants of a closed jaxpr become leading arguments: `[open jaxpr without consts, consts]`. */
export function convertConstsToInputs(c: ClosedJaxpr): { jaxpr: Jaxpr; consts: readonly Value[] } {
  return { jaxpr: new Jaxpr([], [...c.jaxpr.constvars, ...c.jaxpr.invars], c.jaxpr.eqns, c.jaxpr.outs, c.jaxpr.name), consts: c.consts };
}
export type { Frame };
