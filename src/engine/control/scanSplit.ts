// Partial evaluation of a scan: a first loop of what is known, whose residuals a second loop over the unknown reads again.
// Residuals that are the same at each step are computed once, before the loops; the others come stacked, one row a step.
import type { ShapedArray } from "../core/aval.ts";
import { type ClosedJaxpr, evalClosed, hasEffects } from "../core/jaxpr.ts";
import { stage } from "../core/staging.ts";
import type { Value } from "../core/value.ts";
import { partialEvalJaxpr } from "../transforms/partial.ts";
import { fixpoint } from "./fixpoint.ts";

export interface ScanParams {
  readonly jaxpr: ClosedJaxpr;
  readonly length: number;
  readonly numConsts: number;
  readonly numCarry: number;
  readonly reverse: boolean;
  readonly unroll: number;
}
/** Operands in their three groups: constants, initial carried values, arrays to scan over. */
export const splitOperands = <T>(xs: readonly T[], p: ScanParams): [T[], T[], T[]] => [
  xs.slice(0, p.numConsts),
  xs.slice(p.numConsts, p.numConsts + p.numCarry),
  xs.slice(p.numConsts + p.numCarry),
];

/** Which carried values depend on the marked operands, at any step. */
export function dependentCarry(p: ScanParams, marked: readonly boolean[]): boolean[] {
  const [consts, init, xs] = splitOperands(marked, p);
  return fixpoint(init, (m) => partialEvalJaxpr(p.jaxpr, [...consts, ...m, ...xs]).unknownOut.slice(0, p.numCarry));
}

export interface ScanSplit {
  /** For each operand and each result of the whole scan: whether it belongs to the unknown part. */
  readonly unknownIn: readonly boolean[];
  readonly unknownOut: readonly boolean[];
  /** The scan over the known part: gives the known results, then the stacked residuals. */
  readonly known: ScanParams;
  /** From the known operands: residuals that are the same at each step, computed at once, and the operands of the known scan. */
  prepare(operands: readonly Value[]): { readonly invariant: readonly Value[]; readonly operands: readonly Value[] };
  /** The scan over the unknown part. Its operands: invariant residuals, the unknown operands in their order, stacked residuals. */
  readonly unknown: ScanParams;
}
const count = (mask: readonly boolean[], want: boolean): number => mask.filter((b) => b === want).length;

/** Splits a scan by which operands are unknown; carried values that come to depend on them are unknown from the start. */
export function splitScan(p: ScanParams, marked: readonly boolean[]): ScanSplit {
  const [uc, , ux] = splitOperands(marked, p),
    carry = dependentCarry(p, marked),
    unknownIn = [...uc, ...carry, ...ux],
    body = partialEvalJaxpr(p.jaxpr, unknownIn, [...carry, ...p.jaxpr.outAvals.slice(p.numCarry).map(() => false)]),
    knownConsts = count(uc, false),
    knownCarry = count(carry, false),
    results = count(body.unknownOut, false),
    residuals = body.residuals.length;
  const hoisted = hoist(body.known, knownConsts, results),
    { isInvariant } = hoisted,
    invariants = count(isInvariant, true);
  const residualAvals = (want: boolean): ShapedArray[] => body.residuals.filter((_r, i) => isInvariant[i] === want);
  const unknownAvals = body.unknown.inAvals.slice(residuals);
  const unknownBody = stage(
    (...vs) => {
      let inv = 0,
        stk = invariants + unknownAvals.length;
      const own = vs.slice(invariants, stk);
      return evalClosed(body.unknown, [...isInvariant.map((i) => (i ? vs[inv++]! : vs[stk++]!)), ...own]);
    },
    [...residualAvals(true), ...unknownAvals, ...residualAvals(false)],
    p.jaxpr.jaxpr.name,
  );
  return {
    unknownIn,
    unknownOut: body.unknownOut,
    known: { ...p, jaxpr: hoisted.body, numConsts: hoisted.body.inAvals.length - (body.known.inAvals.length - knownConsts), numCarry: knownCarry },
    prepare(operands) {
      const { invariant, loopConsts } = hoisted.before(operands.slice(0, knownConsts));
      return { invariant, operands: [...loopConsts, ...operands.slice(knownConsts)] };
    },
    unknown: { ...p, jaxpr: unknownBody, numConsts: invariants + count(uc, true), numCarry: count(carry, true) },
  };
}

interface Hoisted {
  /** For each residual: computed before the loop. */
  readonly isInvariant: readonly boolean[];
  /** What is computed before the loop, from the loop's constants. */
  before(consts: readonly Value[]): { readonly invariant: readonly Value[]; readonly loopConsts: readonly Value[] };
  /** The rest of the body: (constants of the loop, carry, slices) → (results, residuals that are not invariant). */
  readonly body: ClosedJaxpr;
}
/** Takes the residuals that depend on the loop's constants only out of a body. Effects stay where they are. */
function hoist(body: ClosedJaxpr, consts: number, results: number): Hoisted {
  const residuals = body.outAvals.length - results,
    none: Hoisted = { isInvariant: Array<boolean>(residuals).fill(false), before: (loopConsts) => ({ invariant: [], loopConsts }), body };
  if (!residuals || body.eqns.some(hasEffects)) return none;
  const split = partialEvalJaxpr(
      body,
      body.inAvals.map((_a, i) => i >= consts),
      body.outAvals.map((_a, i) => i < results),
    ),
    isInvariant = split.unknownOut.slice(results).map((u) => !u),
    n = count(isInvariant, true);
  if (!n) return none;
  return {
    isInvariant,
    before: (values) => {
      const outs = evalClosed(split.known, values);
      return { invariant: outs.slice(0, n), loopConsts: outs.slice(n) };
    },
    body: split.unknown,
  };
}
