// Forward mode: values carry tangents. A JVP trace asks each primitive for its jvp rule and runs the rule one level below.
import type { ShapedArray } from "../core/aval.ts";
import { isInexact } from "../core/dtypes.ts";
import { MissingRuleError } from "../core/errors.ts";
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { allZero, type Params, type Primitive, type Tangent, Zero, isAbsent, isZero } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { Trace, bind, currentTrace, withName, withOneSource, withTrace } from "../core/trace.ts";
import { NDArray, Tracer, type Value } from "../core/value.ts";
import { instantiate } from "../primitives/ops.ts";

export class JvpTracer extends Tracer {
  constructor(
    trace: JvpTrace,
    readonly primal: Value,
    readonly tangent: Value,
  ) {
    super(trace);
  }
  get aval(): ShapedArray {
    return this.primal.aval;
  }
  override origin(): string {
    return this.primal instanceof Tracer ? this.primal.origin() : "";
  }
  override concrete(): NDArray | null {
    return concreteOf(this.primal);
  }
}

/** The array behind a value that is only being differentiated, or null: JAX, too, looks through derivatives where it must know a value. */
export const concreteOf = (v: Value): NDArray | null => (v instanceof NDArray ? v : v instanceof Tracer ? v.concrete() : null);

export class JvpTrace extends Trace {
  constructor(
    override readonly parent: Trace,
    readonly what = "computing a Jacobian-vector product",
  ) {
    super();
  }
  override get staged(): boolean {
    return this.parent.staged;
  }
  describe(): string {
    return this.what;
  }
  split(v: Value): [Value, Tangent] {
    return v instanceof JvpTracer && v.owner === this ? [v.primal, v.tangent] : [v, new Zero(v.aval.strengthen())];
  }
  join(primal: Value, tangent: Tangent): Value {
    return isZero(tangent) ? primal : new JvpTracer(this, primal, tangent);
  }
  process(p: Primitive, args: readonly Value[], params: Params): readonly Value[] {
    const pairs = args.map((a) => this.split(a)),
      primals = pairs.map((x) => x[0]),
      tangents = pairs.map((x) => x[1]);
    return withTrace(this.parent, () => {
      if (allZero(tangents)) return bind(p, primals, params);
      if (isAbsent(p.jvp)) throw new MissingRuleError(`${p.name} cannot be differentiated: ${p.jvp.absent}`);
      const { jvp } = p;
      // What holds programs may run a rule that a person wrote: it has lines of its own.
      const [outs, dots] = p.calls ? jvp(primals, tangents, params) : withOneSource(() => jvp(primals, tangents, params));
      return outs.map((o, i) => this.join(o, dots[i]!));
    });
  }
}

/** Differentiates a flat function: outputs and tangents, from inputs and tangents. */
export function jvpFlat(
  fn: (...args: Value[]) => readonly Value[],
  primals: readonly Value[],
  tangents: readonly Tangent[],
  what?: string,
): [Value[], Tangent[]] {
  const parent = currentTrace(),
    trace = new JvpTrace(parent, what);
  try {
    const outs = withTrace(trace, () => withName("transform", "jvp", () => fn(...primals.map((p, i) => trace.join(p, tangents[i]!)))));
    const pairs = outs.map((o) => trace.split(o));
    return [pairs.map((p) => p[0]), pairs.map((p) => p[1])];
  } finally {
    trace.alive = false;
  }
}

interface JvpJaxpr {
  readonly jaxpr: ClosedJaxpr;
  readonly nonzeroOut: readonly boolean[];
}
const cache = new WeakMap<ClosedJaxpr, Map<string, JvpJaxpr>>();
/**
 * The jvp of a closed jaxpr as a closed jaxpr: (primals…, tangents of the nonzero inputs…) → (outputs…, tangents of the nonzero outputs…).
 * `forceOut` instantiates output tangents that would be zero (loops need stable types).
 */
export function jvpJaxpr(c: ClosedJaxpr, nonzeroIn: readonly boolean[], forceOut: readonly boolean[] | boolean = false): JvpJaxpr {
  const key = `${nonzeroIn.map(Number).join("")}|${typeof forceOut === "boolean" ? forceOut : forceOut.map(Number).join("")}`;
  let byMask = cache.get(c);
  if (!byMask) cache.set(c, (byMask = new Map()));
  const cached = byMask.get(key);
  if (cached) return cached;
  let nonzeroOut: boolean[] = [];
  const avals = c.inAvals,
    n = avals.length;
  const jaxpr = stage(
    (...args) => {
      let at = n;
      const tangents = avals.map((a, i): Tangent => (nonzeroIn[i] ? args[at++]! : new Zero(a.strengthen())));
      const [outs, dots] = jvpFlat((...xs) => evalClosed(c, xs), args.slice(0, n), tangents);
      const forced = dots.map((d, i) => ((typeof forceOut === "boolean" ? forceOut : forceOut[i]) && isInexact(d.aval.dtype) ? instantiate(d) : d));
      nonzeroOut = forced.map((d) => !isZero(d));
      return [...outs, ...forced.filter((d): d is Value => !isZero(d))];
    },
    [...avals, ...avals.filter((_a, i) => nonzeroIn[i]).map((a) => a.strengthen())],
    c.jaxpr.name,
  );
  const result = { jaxpr, nonzeroOut };
  byMask.set(key, result);
  return result;
}
