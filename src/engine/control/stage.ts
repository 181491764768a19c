// Staging the functions that control flow takes: flat programs without constants; what they close over becomes leading operands.
import type { ShapedArray } from "../core/aval.ts";
import { ClosedJaxpr } from "../core/jaxpr.ts";
import type { TreeDef } from "../core/pytree.ts";
import { JaxprTrace, convertConstsToInputs, stage } from "../core/staging.ts";
import { evalClosed } from "../core/jaxpr.ts";
import { currentTrace, withTrace } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { type AnyFunction, flattenResult, functionName } from "../transforms/args.ts";

export interface Staged {
  readonly jaxpr: ClosedJaxpr;
  readonly consts: readonly Value[];
  readonly outTree: TreeDef;
  readonly outAvals: readonly ShapedArray[];
}
/** @param literals whether numbers are written into the program, also where it is made anew at each call: what takes no constants needs them there */
export function stageFunction(fn: AnyFunction, inTree: TreeDef, avals: readonly ShapedArray[], literals = currentTrace().staged): Staged {
  const t = new JaxprTrace(functionName(fn), "tracing", currentTrace().staged, literals);
  let outTree: TreeDef | null = null;
  try {
    const inputs = avals.map((a, i) => t.newInput(a, `input ${i} of ${functionName(fn)}`));
    const closed = withTrace(t, () => {
        const r = flattenResult(fn(...(inTree.unflatten(inputs) as unknown[])), functionName(fn));
        outTree = r.tree;
        return t.finish(inputs, r.values);
      }),
      open = convertConstsToInputs(closed);
    return { jaxpr: new ClosedJaxpr(open.jaxpr, []), consts: open.consts, outTree: outTree as unknown as TreeDef, outAvals: closed.outAvals };
  } finally {
    t.alive = false;
  }
}
/** Gives several staged programs one list of constants in front. */
export function shareConsts(programs: readonly Staged[]): { jaxprs: ClosedJaxpr[]; consts: Value[] } {
  const consts = programs.flatMap((p) => p.consts);
  let at = 0;
  const jaxprs = programs.map((p) => {
    const start = at,
      n = p.consts.length,
      rest = p.jaxpr.inAvals.slice(n);
    at += n;
    return consts.length === n
      ? p.jaxpr
      : stage(
          (...xs) => evalClosed(p.jaxpr, [...xs.slice(start, start + n), ...xs.slice(consts.length)]),
          [...consts.map((c) => c.aval), ...rest],
          p.jaxpr.jaxpr.name,
        );
  });
  return { jaxprs, consts };
}
