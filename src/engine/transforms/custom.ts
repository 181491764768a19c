// Functions with a forward rule of their own, customJvp, the primitive that carries them through every transformation, and what customVjp (its own file) shares with them.
import { checkArguments } from "../core/signature.ts";
import type { ShapedArray } from "../core/aval.ts";
import { isInexact } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { type BatchDim, type Primitive, type Tangent, Zero, absent, allZero, definePrimitive, isZero } from "../core/primitive.ts";
import { type TreeDef, structure } from "../core/pytree.ts";
import { leavesUpTo } from "../core/prefix.ts";
import { parametersOf } from "../core/parameters.ts";
import { JaxprTrace, convertConstsToInputs } from "../core/staging.ts";
import { type Trace, bind, currentTrace, evalTrace, withTrace } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { lowerInto } from "../graph/lower.ts";
import { frontAxis, instantiate } from "../primitives/ops.ts";
import type { AnyArgs, AnyFunction, Argnums, ArgList, Arrays, Loose, LooseArgs, Others, Picked } from "../core/treeTypes.ts";
import { argNumbers, argNumbersNamed, flattenArgs, flattenResult, functionName, leafValue, requireFunction } from "./args.ts";
import { batchFlat, batchJaxpr, moveBatch } from "./batching.ts";
import { JvpTrace } from "./jvp.ts";
import { PartialTrace } from "./partial.ts";

type FlatJvp = (primals: readonly Value[], tangents: readonly Tangent[]) => [Value[], Tangent[]];
export interface CustomJvpParams {
  readonly name: string;
  readonly callJaxpr: ClosedJaxpr;
  readonly jvp: FlatJvp;
  readonly numConsts: number;
  readonly symbolicZeros: boolean;
}
export const lowerCall: Primitive<{ callJaxpr: ClosedJaxpr }>["lower"] = (g, inputs, { callJaxpr }) =>
  lowerInto(
    g,
    callJaxpr.jaxpr,
    callJaxpr.consts.map((c) => g.constant(c as NDArray)),
    inputs,
  );

export const customJvpCall: Primitive<CustomJvpParams> = definePrimitive<CustomJvpParams>({
  name: "custom_jvp_call",
  calls: { how: "once", programs: ["callJaxpr"], nameFirst: true },
  forTransforms: ["jvp"],
  multipleResults: true,
  abstract: (_a, { callJaxpr }) => callJaxpr.outAvals,
  impl: (args, { callJaxpr }) => evalClosed(callJaxpr, args),
  jvp: (primals, tangents, p) => p.jvp(primals.slice(p.numConsts), tangents.slice(p.numConsts)),
  transpose: absent("its derivative has been taken before; transposition meets the derivative's equations"),
  batch: (args, dims, p, batch) => {
    const { jaxpr, batchedOut } = batchJaxpr(
        p.callJaxpr,
        batch,
        dims.map((d) => d !== null),
        true,
      ),
      fronts = args.map((a, i) => frontAxis(a, dims[i]!)),
      own = dims.slice(p.numConsts);
    const jvp: FlatJvp = (primals, tangents) => {
      const live = tangents.map((t) => !isZero(t)),
        n = primals.length,
        axes: BatchDim[] = [
          ...own.map((d): BatchDim => (d === null ? null : 0)),
          ...own.filter((_d, i) => live[i]).map((d): BatchDim => (d === null ? null : 0)),
        ];
      let zeroOut: boolean[] = [];
      const [outs, outDims] = batchFlat(
        (...xs) => {
          let at = n;
          const [o, t] = p.jvp(
            xs.slice(0, n),
            live.map((l, i): Tangent => (l ? xs[at++]! : new Zero(xs[i]!.aval.strengthen()))),
          );
          zeroOut = t.map(isZero);
          return [...o, ...t.map(instantiate)];
        },
        [...primals, ...tangents.filter((t): t is Value => !isZero(t))],
        axes,
        batch.size,
        batch.axisName,
      );
      const moved = outs.map((o, i) => moveBatch(o, outDims[i]!, 0, batch.size)),
        half = outs.length / 2;
      return [moved.slice(0, half), moved.slice(half).map((t, i): Tangent => (zeroOut[i] ? new Zero(t.aval) : t))];
    };
    return [bind(customJvpCall, fronts, { ...p, callJaxpr: jaxpr, jvp }), batchedOut.map((b) => (b ? 0 : null))];
  },
  lower: lowerCall,
  printParams: ({ jvp }) => ({ numConsts: null, jvp: jvp.name || "jvp" }),
});

/** Stages a function of pytrees for a call primitive: closed-over values become leading inputs. `outTree` puts flat results together again. */
export function stageTree(
  fn: (args: unknown[]) => unknown,
  inputs: { readonly tree: TreeDef; readonly values: readonly { readonly aval: ShapedArray }[] },
  name: string,
): { jaxpr: ClosedJaxpr; consts: readonly Value[]; outTree: TreeDef } {
  const t = new JaxprTrace(name, "tracing", currentTrace().staged);
  try {
    const xs = inputs.values.map((v) => t.newInput(v.aval)),
      [closed, outTree] = withTrace(t, () => {
        const r = flattenResult(fn(inputs.tree.unflatten(xs) as unknown[]), name);
        return [t.finish(xs, r.values), r.tree];
      }),
      open = convertConstsToInputs(closed);
    return { jaxpr: new ClosedJaxpr(open.jaxpr, []), consts: open.consts, outTree };
  } finally {
    t.alive = false;
  }
}
/** Positions of the arguments that are not differentiated, which are given by number and by name: those of the function's own parameters. */
export function nondiffNumbers(what: string, fn: AnyFunction, { nondiffArgnums, nondiffArgnames }: CustomRuleOptions): number[] {
  const { names, open } = parametersOf(fn),
    numbers = argNumbers(
      what,
      "nondiffArgnums",
      nondiffArgnums ?? [],
      open ? Math.max(names.length, 256) : names.length,
      `${functionName(fn)} takes`,
    );
  const named = argNumbersNamed(what, "nondiffArgnames", fn, nondiffArgnames ?? []);
  return [...new Set([...numbers, ...named])].sort((a, b) => a - b);
}
interface RuleResult {
  readonly tree: TreeDef;
  readonly outs: Value[];
  readonly dots: Tangent[];
}
/** Whether values are at hand under a trace: it only differentiates, outside jit and vmap. Then a function is called, not staged, and may look at them. */
export const knowsValues = (t: Trace): boolean => t === evalTrace || ((t instanceof JvpTrace || t instanceof PartialTrace) && knowsValues(t.parent));
/** Calls a function with a rule of its own under traces that know values: where it is differentiated its rule runs, else the function itself. */
export function applyKnowing(
  values: readonly Value[],
  call: (values: readonly Value[]) => unknown,
  rule: (primals: readonly Value[], tangents: readonly Tangent[]) => RuleResult,
): unknown {
  const t = currentTrace();
  if (t instanceof JvpTrace) {
    const pairs = values.map((v) => t.split(v)),
      primals = pairs.map((p) => p[0]),
      tangents = pairs.map((p) => p[1]);
    if (allZero(tangents)) return withTrace(t.parent, () => applyKnowing(primals, call, rule));
    const { tree, outs, dots } = withTrace(t.parent, () => rule(primals, tangents));
    return tree.unflatten(outs.map((o, i) => t.join(o, dots[i]!)));
  }
  // A function of unknown tangents, called by a rule, has no value to look at; as everywhere its operations are recorded.
  if (t instanceof PartialTrace && !values.some((v) => t.unknown(v))) return withTrace(t.parent, () => applyKnowing(values, call, rule));
  return call(values);
}
type Static = ReadonlyMap<number, unknown>;
export function splitStatic(
  args: readonly unknown[],
  nums: readonly number[],
): { dynamic: unknown[]; statics: Static; join: (xs: readonly unknown[]) => unknown[] } {
  const statics = new Map(nums.map((n) => [n, args[n]])),
    dynamic = args.filter((_a, i) => !statics.has(i));
  return {
    dynamic,
    statics,
    join: (xs) => {
      let at = 0;
      return args.map((_a, i) => (statics.has(i) ? statics.get(i) : xs[at++]));
    },
  };
}
type JvpRuleFn = (...args: AnyArgs) => readonly [unknown, unknown];
/** A function whose forward derivative is given by `defjvp`. `N` is the type of nondiffArgnums. */
export interface CustomJvp<F extends AnyFunction = AnyFunction, N extends Argnums = readonly []> {
  (...args: LooseArgs<Parameters<F>>): Arrays<ReturnType<F>>;
  /** rule(primals, tangents) → [output, tangent of the output]. Non-differentiated arguments come first. */
  defjvp(
    rule: (
      ...args: [...Picked<Parameters<F>, N>, primals: ArgList<Others<Parameters<F>, N>>, tangents: ArgList<Others<Parameters<F>, N>>]
    ) => readonly [output: Loose<ReturnType<F>>, tangent: Loose<ReturnType<F>>],
  ): CustomJvp<F, N>;
  /** One rule an argument: rule(tangent, output, ...primals) → its contribution; null for none. */
  defjvps(...rules: readonly (((t: Value, out: Value, ...primals: Value[]) => Value) | null)[]): CustomJvp<F, N>;
}
/** Options of customJvp and customVjp. */
export interface CustomRuleOptions<N extends Argnums = Argnums> {
  /** Positions of arguments that are plain values, or are not differentiated: rules get them first, as they are. */
  readonly nondiffArgnums?: N;
  /** The same by the names of parameters. */
  readonly nondiffArgnames?: string | readonly string[];
}
/** A function with a forward derivative of its own, given by `.defjvp(rule)`: reverse mode is derived from it.
 * @example const f = customJvp((x: Array) => np.sin(x)); f.defjvp(([x], [t]) => [np.sin(x), t.mul(100)]); grad(f)(1) // 100 */
export function customJvp<F extends AnyFunction, const N extends Argnums = readonly []>(fn: F, options?: CustomRuleOptions<N>): CustomJvp<F, N>;
export function customJvp<F extends AnyFunction>(fn: F, options: CustomRuleOptions = {}): CustomJvp<F> {
  checkArguments("customJvp", [fn, options]);
  requireFunction("customJvp", fn);
  const name = functionName(fn),
    nums = nondiffNumbers("customJvp", fn, options);
  let rule: JvpRuleFn | null = null;
  const call = (...args: Parameters<F>): ReturnType<F> => {
    if (!rule) throw new DTypeError(`customJvp: ${name} has no derivative rule; give one with .defjvp(([x], [t]) => [out, tangent])`);
    const { dynamic, statics, join } = splitStatic(args, nums);
    if (currentTrace() === evalTrace) return fn(...args) as ReturnType<F>;
    const flat = flattenArgs(fn, dynamic, name);
    /** The rule on flat values; `tree` is the output's structure, where the function was staged. */
    const byRule = (primals: readonly Value[], tangents: readonly Tangent[], tree?: TreeDef): RuleResult => {
      const p = flat.tree.unflatten(primals),
        t = flat.tree.unflatten(tangents.map(instantiate));
      const r = (rule as AnyFunction)(...[...statics.values()], p, t) as readonly unknown[];
      if (!Array.isArray(r) || r.length !== 2) throw new DTypeError(`customJvp: the rule of ${name} must return [output, tangent]`);
      const outTree = tree ?? structure(r[0]),
        outs = leavesUpTo(outTree, r[0], `customJvp: the output of the rule of ${name}`).map((v) => leafValue(v, () => "customJvp")),
        dots = leavesUpTo(outTree, r[1], `customJvp: the tangent of the rule of ${name}`).map((v) => leafValue(v, () => "customJvp"));
      return { tree: outTree, outs, dots: dots.map((d, i): Tangent => (isInexact(outs[i]!.dtype) ? d : new Zero(outs[i]!.aval))) };
    };
    if (knowsValues(currentTrace()))
      return applyKnowing(flat.values, (xs) => fn(...join(flat.tree.unflatten(xs) as unknown[])) as unknown, byRule) as ReturnType<F>;
    const { jaxpr, consts, outTree: tree } = stageTree((xs) => fn(...join(xs)), flat, name);
    const jvp: FlatJvp = (primals, tangents) => {
      const r = byRule(primals, tangents, tree);
      return [r.outs, r.dots];
    };
    return tree.unflatten(
      bind(customJvpCall, [...consts, ...flat.values], { name, callJaxpr: jaxpr, jvp, numConsts: consts.length, symbolicZeros: false }),
    ) as ReturnType<F>;
  };
  const custom: CustomJvp<F> = Object.assign(call as AnyFunction, {
    defjvp(r: JvpRuleFn) {
      rule = r;
      return custom;
    },
    defjvps(...rules: readonly (((t: Value, out: Value, ...primals: Value[]) => Value) | null)[]) {
      rule = ((primals: Value[], tangents: Value[]) => {
        const out = call(...(primals as Parameters<F>)) as Value,
          parts = rules.flatMap((r, i) => (r ? [r(tangents[i]!, out, ...primals)] : []));
        return [out, parts.length ? parts.reduce((a, b) => a.add(b)) : instantiate(new Zero(out.aval))];
      }) satisfies JvpRuleFn;
      return custom;
    },
  });
  Object.defineProperty(custom, "name", { value: name, configurable: true });
  return custom;
}
