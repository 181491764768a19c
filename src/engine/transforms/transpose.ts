// Reverse mode's second half: a linear program is run backwards, each equation by its primitive's transpose rule.
import type { ShapedArray } from "../core/aval.ts";
import { MissingRuleError } from "../core/errors.ts";
import { type Atom, type ClosedJaxpr, type Jaxpr, Literal, type Var, literalArray } from "../core/jaxpr.ts";
import { allZero, Linear, type Tangent, Zero, isAbsent, isZero } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { bind, withName, withSource } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { addTangents, instantiate } from "../primitives/ops.ts";

/**
 * Cotangents of the linear inputs of a jaxpr. `args` has a value for each input that is not linear and a Linear for each that is.
 * Equations that do not depend on linear inputs are evaluated forwards.
 */
export function backwardPass(
  jaxpr: Jaxpr,
  consts: readonly Value[],
  args: readonly (Value | Linear)[],
  cotangents: readonly Tangent[],
): (Tangent | null)[] {
  const known = new Map<Var, Value>(),
    linear = new Set<Var>(),
    cts = new Map<Var, Tangent>();
  jaxpr.constvars.forEach((v, i) => known.set(v, consts[i]!));
  jaxpr.invars.forEach((v, i) => {
    const a = args[i]!;
    if (a instanceof Linear) linear.add(v);
    else known.set(v, a);
  });
  const isLinear = (a: Atom): boolean => !(a instanceof Literal) && linear.has(a);
  const read = (a: Atom): Value | Linear => (a instanceof Literal ? literalArray(a) : linear.has(a) ? new Linear(a.aval) : known.get(a)!);
  const accumulate = (a: Atom, ct: Tangent): void => {
    if (a instanceof Literal || !linear.has(a) || isZero(ct)) return;
    const before = cts.get(a);
    cts.set(a, before ? addTangents(before, ct) : ct);
  };
  const linearEqns = jaxpr.eqns.filter((e) => {
    if (e.inputs.some(isLinear)) {
      e.outputs.forEach((v) => linear.add(v));
      return true;
    }
    const outs = withSource(e.source, () => bind(e.primitive, e.inputs.map(read) as Value[], e.params));
    e.outputs.forEach((v, i) => known.set(v, outs[i]!));
    return false;
  });
  jaxpr.outs.forEach((o, i) => accumulate(o, cotangents[i]!));
  withName("transform", "transpose", () => {
    for (const e of linearEqns.reverse()) {
      const outs = e.outputs.map((v): Tangent => cts.get(v) ?? new Zero(v.aval));
      for (const v of e.outputs) cts.delete(v);
      if (allZero(outs)) continue;
      const { transpose } = e.primitive;
      if (isAbsent(transpose))
        throw new MissingRuleError(`reverse-mode differentiation does not work through ${e.primitive.name}: ${transpose.absent}`, e.source.frames[0]);
      const back = withSource(e.source, () => transpose(outs, e.inputs.map(read), e.params));
      e.inputs.forEach((a, i) => {
        const ct = back[i];
        if (ct) accumulate(a, ct);
      });
    }
  });
  return jaxpr.invars.map((v) => (linear.has(v) ? (cts.get(v) ?? new Zero(v.aval)) : null));
}

/** The transpose of a closed jaxpr as a closed jaxpr: (inputs that are not linear…, cotangents…) → cotangents of the linear inputs, instantiated. */
export function transposeJaxpr(
  c: ClosedJaxpr,
  linearIn: readonly boolean[],
  ctNonzero: readonly boolean[] = c.outAvals.map(() => true),
  name = c.jaxpr.name,
): ClosedJaxpr {
  const fixed = c.inAvals.filter((_a, i) => !linearIn[i]),
    ctAvals = c.outAvals.filter((_a, i) => ctNonzero[i]).map((a: ShapedArray) => a.strengthen());
  return stage(
    (...xs) => {
      let f = 0,
        k = fixed.length;
      const args = c.inAvals.map((a, i) => (linearIn[i] ? new Linear(a) : xs[f++]!));
      const cts = c.outAvals.map((a, i): Tangent => (ctNonzero[i] ? xs[k++]! : new Zero(a)));
      return backwardPass(c.jaxpr, c.consts, args, cts)
        .filter((t): t is Tangent => t !== null)
        .map(instantiate);
    },
    [...fixed, ...ctAvals],
    name,
  );
}
