// Partial evaluation: what can be computed now is computed, the rest is written down. Linearization is jvp followed by this.
import type { ShapedArray } from "../core/aval.ts";
import { type ClosedJaxpr, Jaxpr, ClosedJaxpr as Closed, evalClosed } from "../core/jaxpr.ts";
import { type Params, type Primitive, type Tangent, Zero, isZero } from "../core/primitive.ts";
import { JaxprTrace, JaxprTracer, stage } from "../core/staging.ts";
import { type Trace, bind, currentTrace, withTrace } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { isInexact } from "../core/dtypes.ts";
import { jvpFlat } from "./jvp.ts";

/** How a primitive that holds programs is split into what is known and what is not; for all others the whole equation is recorded. */
export type PartialRule = (trace: PartialTrace, args: readonly Value[], params: Params, p: Primitive) => readonly Value[];
const rules = new Map<string, PartialRule>();
export const definePartialRule = (name: string, rule: PartialRule): void => void rules.set(name, rule);

/** Records what depends on unknown inputs; everything else goes to the trace below. Known values become constants: the residuals. */
export class PartialTrace extends JaxprTrace {
  constructor(
    override readonly parent: Trace,
    name: string,
  ) {
    super(name, "linearizing");
  }
  override get staged(): boolean {
    return this.parent.staged;
  }
  unknown(v: Value): boolean {
    return v instanceof JaxprTracer && v.owner === this;
  }
  override process(p: Primitive, args: readonly Value[], params: Params): readonly Value[] {
    if (!args.some((a) => this.unknown(a))) return withTrace(this.parent, () => bind(p, args, params));
    const rule = rules.get(p.name);
    return rule ? rule(this, args, params, p) : this.record(p, args, params);
  }
  record(p: Primitive, args: readonly Value[], params: Params): readonly Value[] {
    return super.process(p, args, params);
  }
}

export interface Linearized {
  readonly outs: readonly Value[];
  /** Linear in its inputs: tangents in, the tangents that are not zero out. Its constants are the residuals. */
  readonly jaxpr: ClosedJaxpr;
  readonly nonzeroOut: readonly boolean[];
  readonly outAvals: readonly ShapedArray[];
}
/** Evaluates `fn` and records its derivative at that point. `active` says which inputs have tangents. */
export function linearizeFlat(
  fn: (...args: Value[]) => readonly Value[],
  primals: readonly Value[],
  active: readonly boolean[] = primals.map((p) => isInexact(p.dtype)),
  name = "",
): Linearized {
  const trace = new PartialTrace(currentTrace(), name);
  try {
    const inputs = primals.map((p, i) => (active[i] ? trace.newInput(p.aval.strengthen()) : null));
    const [outs, dots] = withTrace(trace, () =>
      jvpFlat(
        fn,
        primals,
        primals.map((p, i): Tangent => inputs[i] ?? new Zero(p.aval.strengthen())),
        "linearizing",
      ),
    );
    const live = dots.map((d) => !isZero(d) && trace.unknown(d));
    const jaxpr = trace.finish(
      inputs.filter((t): t is JaxprTracer => t !== null),
      dots.filter((_d, i) => live[i]) as Value[],
    );
    return { outs, jaxpr, nonzeroOut: live, outAvals: dots.map((d) => d.aval) };
  } finally {
    trace.alive = false;
  }
}

export interface PartialJaxpr {
  /** Known inputs → known outputs, then residuals. */
  readonly known: ClosedJaxpr;
  /** Residuals, then unknown inputs → unknown outputs. */
  readonly unknown: ClosedJaxpr;
  readonly unknownOut: readonly boolean[];
  readonly residuals: readonly ShapedArray[];
}
const cache = new WeakMap<ClosedJaxpr, Map<string, PartialJaxpr>>();
/** Splits a closed jaxpr by which inputs are unknown. Outputs marked in `forceUnknown` are treated as unknown. */
export function partialEvalJaxpr(c: ClosedJaxpr, unknownIn: readonly boolean[], forceUnknown: readonly boolean[] = []): PartialJaxpr {
  const key = unknownIn.map(Number).join("") + "|" + forceUnknown.map(Number).join("");
  let byMask = cache.get(c);
  if (!byMask) cache.set(c, (byMask = new Map()));
  const cached = byMask.get(key);
  if (cached) return cached;
  let unknown: ClosedJaxpr | null = null,
    unknownOut: boolean[] = [],
    residuals: readonly ShapedArray[] = [];
  const known = stage(
    (...knowns) => {
      const trace = new PartialTrace(currentTrace(), c.jaxpr.name);
      let at = 0;
      const unknownInputs: JaxprTracer[] = [];
      const args = c.inAvals.map((a, i): Value => {
        if (!unknownIn[i]) return knowns[at++]!;
        const t = trace.newInput(a);
        unknownInputs.push(t);
        return t;
      });
      const outs = withTrace(trace, () => evalClosed(c, args));
      unknownOut = outs.map((o, i) => trace.unknown(o) || forceUnknown[i] === true);
      const open = trace.finish(
        unknownInputs,
        outs.filter((_o, i) => unknownOut[i]),
      );
      residuals = open.consts.map((v) => v.aval);
      unknown = new Closed(new Jaxpr([], [...open.jaxpr.constvars, ...open.jaxpr.invars], open.jaxpr.eqns, open.jaxpr.outs, c.jaxpr.name), []);
      return [...outs.filter((_o, i) => !unknownOut[i]), ...open.consts];
    },
    c.inAvals.filter((_a, i) => !unknownIn[i]),
    c.jaxpr.name,
  );
  const result: PartialJaxpr = { known, unknown: unknown!, unknownOut, residuals };
  byMask.set(key, result);
  return result;
}
