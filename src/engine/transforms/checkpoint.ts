// Rematerialization: a function whose intermediate values are not kept for the backward pass but computed again there.
import { checkArguments } from "../core/signature.ts";
import type { ShapedArray } from "../core/aval.ts";
import { ClosedJaxpr, type Eqn, Jaxpr, Literal, Var, dce, calledProgram, evalClosed, literalArray } from "../core/jaxpr.ts";
import { type Params, type Primitive, definePrimitive } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { bind, bind1, withSource, withTrace } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { lowerInto } from "../graph/lower.ts";
import { name as nameValue } from "../primitives/selection.ts";
import type { AnyFunction } from "../core/treeTypes.ts";
import { argNumbers, argNumbersNamed, flattenArgs, functionName, requireFunction } from "./args.ts";
import { stageTree } from "./custom.ts";
import { pruneInputs, runShared } from "./jitPrimitive.ts";
import { definePartialRule, partialEvalJaxpr } from "./partial.ts";
import { meetingRefs, valuesOf, withValues, write } from "./references.ts";
import { programRules } from "./programRules.ts";

/** Whether the results of an operation are kept for the backward pass: by the primitive's name, its operands' types and its parameters. */
export type CheckpointPolicy = (primitive: string, avals: readonly ShapedArray[], params: Params) => boolean;
export interface RematParams {
  readonly jaxpr: ClosedJaxpr;
  readonly preventCse: boolean;
  readonly differentiated: boolean;
  readonly policy: CheckpointPolicy | null;
}

export const remat: Primitive<RematParams> = definePrimitive<RematParams>({
  name: "remat2",
  calls: { how: "once", programs: ["jaxpr"], nameFirst: true },
  forTransforms: ["policy"],
  multipleResults: true,
  abstract: (_a, { jaxpr }) => jaxpr.outAvals,
  impl: (args, { jaxpr }) => runShared(jaxpr, args as NDArray[]),
  ...programRules<RematParams>(
    () => remat,
    (p, jaxpr) => ({ ...p, jaxpr }),
  ),
  // A barrier on the operands keeps the recomputation apart from the first one, which would make it pointless.
  lower: (g, inputs, { jaxpr, differentiated, preventCse }) =>
    lowerInto(
      g,
      jaxpr.jaxpr,
      jaxpr.consts.map((c) => g.constant(c as NDArray)),
      differentiated && preventCse ? inputs.map((x) => g.node("barrier", [x], {}, [x.type])) : inputs,
    ),
});

/** Evaluates a program with the calls in it opened, so that a policy sees every operation. */
function evalInlined(c: ClosedJaxpr, args: readonly Value[]): Value[] {
  const env = new Map<Var, Value>();
  c.jaxpr.constvars.forEach((v, i) => env.set(v, c.consts[i]!));
  c.jaxpr.invars.forEach((v, i) => env.set(v, args[i]!));
  const read = (a: Eqn["inputs"][number]): Value => (a instanceof Literal ? literalArray(a) : env.get(a)!);
  for (const e of c.eqns) {
    const ins = e.inputs.map(read),
      outs = withSource(e.source, () => (e.primitive.calls?.transparent ? evalInlined(calledProgram(e), ins) : bind(e.primitive, ins, e.params)));
    e.outputs.forEach((v, i) => env.set(v, outs[i]!));
  }
  return c.jaxpr.outs.map(read);
}
/** Splits a known program by a policy: what it keeps comes out after its results, and goes into the recomputation first. */
function splitByPolicy(
  known: ClosedJaxpr,
  results: number,
  policy: CheckpointPolicy | null,
): { forward: ClosedJaxpr; saved: readonly Var[]; recompute: ClosedJaxpr } {
  const { invars, eqns, outs } = known.jaxpr,
    saved: Var[] = [];
  const kept = eqns.flatMap((e): Eqn[] => {
    if (
      !policy?.(
        e.primitive.name,
        e.inputs.map((a) => a.aval),
        e.params,
      )
    )
      return [e];
    saved.push(...e.outputs);
    return [];
  });
  return {
    // What only the recomputation needs is not computed now.
    forward: new ClosedJaxpr(dce(new Jaxpr([], invars, eqns, [...outs.slice(0, results), ...saved], known.jaxpr.name)).jaxpr, []),
    saved,
    recompute: new ClosedJaxpr(new Jaxpr([], [...saved, ...invars], kept, outs.slice(results), known.jaxpr.name), []),
  };
}
definePartialRule("remat2", (trace, args, params) => {
  const p = params as unknown as RematParams,
    unknownIn = args.map((a) => trace.unknown(a)),
    inlined = stage((...xs) => evalInlined(p.jaxpr, xs), p.jaxpr.inAvals, p.jaxpr.jaxpr.name),
    split = partialEvalJaxpr(inlined, unknownIn);
  const results = split.known.outAvals.length - split.residuals.length,
    { forward, saved, recompute } = splitByPolicy(split.known, results, p.policy),
    knownArgs = args.filter((_a, i) => !unknownIn[i]),
    nk = knownArgs.length + saved.length;
  const knownOuts = withTrace(trace.parent, () => evalClosed(forward, knownArgs));
  const again = stage(
    (...xs) => evalClosed(split.unknown, [...evalClosed(recompute, xs.slice(0, nk)), ...xs.slice(nk)]),
    [...saved.map((v) => v.aval), ...knownArgs.map((a) => a.aval), ...args.filter((_a, i) => unknownIn[i]).map((a) => a.aval)],
    p.jaxpr.jaxpr.name,
  );
  const { jaxpr, used } = pruneInputs(again),
    operands = [...knownOuts.slice(results), ...knownArgs, ...args.filter((_a, i) => unknownIn[i])];
  const unknownOuts = trace.record(
    remat as never,
    operands.filter((_o, i) => used[i]),
    { ...p, jaxpr, differentiated: true },
  );
  let k = 0,
    u = 0;
  return split.unknownOut.map((un) => (un ? unknownOuts[u++]! : knownOuts[k++]!));
});

let bodies = false;
/** Whether the bodies of loops are checkpointed, though nobody wrote so: while advice tries what that would hold and take. */
export const bodiesAreCheckpointed = (): boolean => bodies;
export function withBodiesCheckpointed<T>(run: () => T): T {
  bodies = true;
  try {
    return run();
  } finally {
    bodies = false;
  }
}
export interface CheckpointOptions {
  /** Which intermediate values are kept; none by default. See `checkpointPolicies`. */
  readonly policy?: CheckpointPolicy | null;
  /** Keeps the compiler from joining the recomputation with the first computation. Default true. */
  readonly preventCse?: boolean;
  /** Positions of arguments that are plain values. */
  readonly staticArgnums?: number | readonly number[];
  /** Names of arguments that are plain values. */
  readonly staticArgnames?: string | readonly string[];
}
/** The same function, whose intermediate values are recomputed in the backward pass instead of being kept: less memory, more work.
 * @example grad(remat((x: Array) => np.sin(np.sin(x))))(1) // 0.36 */
export function checkpoint<F extends AnyFunction>(fn: F, options: CheckpointOptions = {}): F {
  checkArguments("checkpoint", [fn, options]);
  requireFunction("checkpoint", fn);
  const name = functionName(fn),
    statics = [
      ...new Set([...[options.staticArgnums ?? []].flat(), ...argNumbersNamed("checkpoint", "staticArgnames", fn, options.staticArgnames ?? [])]),
    ];
  const call = function (this: unknown, ...args: unknown[]): unknown {
    return meetingRefs((refs) => {
      if (!refs.length) return staged.apply(this, args);
      const inner = checkpoint((now: readonly Value[], ...xs: unknown[]) => withValues(refs, now, () => fn.apply(this, xs) as unknown), {
        ...options,
        staticArgnames: [],
        staticArgnums: statics.map((i) => (i < 0 ? i : i + 1)),
      });
      const [out, last] = inner(valuesOf(refs), ...args);
      write(refs, last);
      return out;
    });
  };
  const staged = function (this: unknown, ...args: unknown[]): unknown {
    const fixed = new Set(argNumbers("checkpoint", "staticArgnums", statics, args.length, `${name} was called with`)),
      at = args.map((_a, i) => i).filter((i) => !fixed.has(i)),
      flat = flattenArgs(
        fn,
        at.map((i) => args[i]),
        `checkpoint of ${name}`,
      );
    const { jaxpr, consts, outTree } = stageTree(
      (values) =>
        fn.apply(
          this,
          args.map((a, i) => (fixed.has(i) ? a : values[at.indexOf(i)])),
        ),
      flat,
      name,
    );
    const outs = bind(remat, [...consts, ...flat.values], {
      jaxpr,
      preventCse: options.preventCse ?? true,
      differentiated: false,
      policy: options.policy ?? null,
    });
    return outTree.unflatten(outs);
  };
  return Object.defineProperty(call, "name", { value: name }) as unknown as F;
}
/** Gives a value a name that policies refer to.
 * @example jit((x: Array) => checkpointName(np.sin(x), "sine").mul(2))(1) // 1.683 */
export const checkpointName = (x: Value, name: string): Value => bind1(nameValue, [x], { name });

const isDot = (p: string): boolean => p === "dot_general" || p === "conv_general_dilated";
const noBatch: CheckpointPolicy = (p, _a, params) =>
  p === "dot_general" && (params.dimensionNumbers as readonly [unknown, readonly [readonly number[], readonly number[]]])[1][0].length === 0;
const named =
  (keep: (n: string) => boolean): CheckpointPolicy =>
  (p, _a, params) =>
    p === "name" && keep(String(params.name));
/** What to keep for the backward pass, by JAX's names. There is one memory here: "offload" keeps. */
export const checkpointPolicies = {
  everythingSaveable: (() => true) as CheckpointPolicy,
  nothingSaveable: (() => false) as CheckpointPolicy,
  dotsSaveable: isDot as CheckpointPolicy,
  checkpointDots: isDot as CheckpointPolicy,
  dotsWithNoBatchDimsSaveable: noBatch,
  checkpointDotsWithNoBatchDims: noBatch,
  offloadDotWithNoBatchDims: (_from?: string, _to?: string): CheckpointPolicy => noBatch,
  saveAnyNamesButThese: (...names: string[]): CheckpointPolicy => named((n) => !names.includes(n)),
  saveOnlyTheseNames: (...names: string[]): CheckpointPolicy => named((n) => names.includes(n)),
  saveFromBothPolicies:
    (a: CheckpointPolicy, b: CheckpointPolicy): CheckpointPolicy =>
    (p, avals, params) =>
      a(p, avals, params) || b(p, avals, params),
  saveAndOffloadOnlyTheseNames: (o: {
    readonly namesWhichCanBeSaved?: readonly string[];
    readonly namesWhichCanBeOffloaded?: readonly string[];
    readonly offloadSrc?: string;
    readonly offloadDst?: string;
  }): CheckpointPolicy => named((n) => [...(o.namesWhichCanBeSaved ?? []), ...(o.namesWhichCanBeOffloaded ?? [])].includes(n)),
} as const;
