// `jit` as a primitive: a call of a staged program. Every transformation goes through it by transforming the program.
import { type ClosedJaxpr, dce, Jaxpr, ClosedJaxpr as Closed } from "../core/jaxpr.ts";
import { type Primitive, definePrimitive } from "../core/primitive.ts";
import { lowerInto } from "../graph/lower.ts";
import { bind, withTrace } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { definePartialRule, partialEvalJaxpr } from "./partial.ts";
import { programRules } from "./programRules.ts";

export interface JitParams {
  readonly name: string;
  readonly jaxpr: ClosedJaxpr;
  readonly donatedInvars: readonly boolean[];
  readonly inline: boolean;
}

/** @param given by argument: whether a result may have its memory */
type Runner = (program: ClosedJaxpr, args: readonly NDArray[], given?: readonly boolean[]) => readonly Value[];
interface Runners {
  /** Compiles the program (once) and runs it. */
  readonly own: Runner;
  /** As `own`, with one program for all that are written alike: for those that are made anew at each call. */
  readonly shared: Runner;
}
const missing: Runner = () => {
  throw new Error("no device is installed");
};
let runners: Runners = { own: missing, shared: missing };
export const setProgramRunners = (r: Runners): void => void (runners = r);
export const runProgram: Runner = (p, args, given) => runners.own(p, args, given);
export const runShared: Runner = (p, args) => runners.shared(p, args);

export const jitCall: Primitive<JitParams> = definePrimitive<JitParams>({
  name: "jit",
  calls: { how: "once", programs: ["jaxpr"], transparent: true, nameFirst: true, sharesNames: true },
  multipleResults: true,
  abstract: (_avals, { jaxpr }) => jaxpr.outAvals,
  impl: (args, { jaxpr }) => runProgram(jaxpr, args as NDArray[]),
  // What is donated goes by input: a program with other inputs donates nothing.
  ...programRules<JitParams>(
    () => jitCall,
    (p, jaxpr) => ({ ...p, jaxpr, donatedInvars: jaxpr.inAvals.map(() => false) }),
  ),
  lower: (g, inputs, { jaxpr }) =>
    lowerInto(
      g,
      jaxpr.jaxpr,
      jaxpr.consts.map((c) => g.constant(c as NDArray)),
      inputs,
    ),
  printParams: ({ donatedInvars }) => ({ inline: null, ...(donatedInvars.some(Boolean) ? {} : { donatedInvars: null }) }),
});
definePartialRule("jit", (trace, args, params) => {
  const p = params as unknown as JitParams,
    unknownIn = args.map((a) => trace.unknown(a)),
    split = partialEvalJaxpr(p.jaxpr, unknownIn);
  const knownArgs = args.filter((_a, i) => !unknownIn[i]),
    nKnown = split.known.outAvals.length - split.residuals.length;
  const knownOuts = withTrace(trace.parent, () =>
    bind(jitCall, knownArgs, { ...p, jaxpr: split.known, donatedInvars: split.known.inAvals.map(() => false) }),
  );
  const rest = [...knownOuts.slice(nKnown), ...args.filter((_a, i) => unknownIn[i])];
  // Residuals that the unknown part does not read are dropped.
  const pruned = pruneInputs(split.unknown),
    unknownOuts = trace.record(
      jitCall as never,
      rest.filter((_r, i) => pruned.used[i]),
      { ...p, jaxpr: pruned.jaxpr, donatedInvars: pruned.jaxpr.inAvals.map(() => false) },
    );
  let k = 0,
    u = 0;
  return split.unknownOut.map((un) => (un ? unknownOuts[u++]! : knownOuts[k++]!));
});
const pruned = new WeakMap<ClosedJaxpr, { jaxpr: ClosedJaxpr; used: boolean[] }>();
export function pruneInputs(c: ClosedJaxpr): { jaxpr: ClosedJaxpr; used: boolean[] } {
  let r = pruned.get(c);
  if (!r) {
    const { jaxpr, usedInputs } = dce(c.jaxpr);
    r = {
      jaxpr: new Closed(
        new Jaxpr(
          jaxpr.constvars,
          jaxpr.invars.filter((_v, i) => usedInputs[i]),
          jaxpr.eqns,
          jaxpr.outs,
          jaxpr.name,
        ),
        c.consts,
      ),
      used: usedInputs,
    };
    pruned.set(c, r);
  }
  return r;
}
