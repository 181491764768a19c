// Functions with a batching rule of their own: customVmap, and sequentialVmap, which runs the examples one after another.
import { DTypeError } from "../core/errors.ts";
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { type BatchDim, type Primitive, type Tangent, Zero, absent, definePrimitive, isZero } from "../core/primitive.ts";
import { type TreeDef } from "../core/pytree.ts";
import { leavesUpTo } from "../core/prefix.ts";
import { bind, currentTrace, evalTrace } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { lowerInto } from "../graph/lower.ts";
import { concatenate, expandDims, frontAxis, sliceInDim, squeeze } from "../primitives/ops.ts";
import type { AnyFunction, Arrays, LooseArgs } from "../core/treeTypes.ts";
import { flattenArgs, flattenResult, functionName, leafValue } from "./args.ts";
import { stageTree } from "./custom.ts";
import { jvpJaxpr } from "./jvp.ts";

type FlatRule = (size: number, args: readonly Value[], mapped: readonly boolean[]) => [Value[], boolean[]];
interface CustomVmapParams {
  readonly call: ClosedJaxpr;
  readonly rule: FlatRule;
  readonly numConsts: number;
}
export const customVmapCall: Primitive<CustomVmapParams> = definePrimitive<CustomVmapParams>({
  name: "custom_vmap_call",
  calls: { how: "once", programs: ["call"] },
  forTransforms: ["rule"],
  multipleResults: true,
  abstract: (_a, { call }) => call.outAvals,
  impl: (args, { call }) => evalClosed(call, args),
  // The rule says how values are vectorized; tangents go the ordinary way.
  jvp: (primals, tangents, { call }) => {
    const { jaxpr, nonzeroOut } = jvpJaxpr(
        call,
        tangents.map((t) => !isZero(t)),
      ),
      outs = evalClosed(jaxpr, [...primals, ...tangents.filter((t): t is Value => !isZero(t))]),
      n = call.outAvals.length;
    let at = n;
    return [outs.slice(0, n), call.outAvals.map((a, i): Tangent => (nonzeroOut[i] ? outs[at++]! : new Zero(a.strengthen())))];
  },
  transpose: absent("its derivative has been taken before"),
  batch: (args, dims, p, { size }) => {
    const fronts = args.map((a, i) => frontAxis(a, dims[i]!)),
      [outs, mapped] = p.rule(
        size,
        fronts.slice(p.numConsts),
        dims.slice(p.numConsts).map((d) => d !== null),
      );
    return [outs, mapped.map((b): BatchDim => (b ? 0 : null))];
  },
  lower: (g, inputs, { call }) =>
    lowerInto(
      g,
      call.jaxpr,
      call.consts.map((c) => g.constant(c as NDArray)),
      inputs,
    ),
  printParams: ({ rule }) => ({ numConsts: null, rule: rule.name || "<lambda>" }),
});
/** A function whose vectorization is given by `defVmap`. */
export interface CustomVmap<F extends AnyFunction = AnyFunction> {
  (...args: LooseArgs<Parameters<F>>): Arrays<ReturnType<F>>;
  /** rule(axisSize, mapped, ...args) → [result, resultMapped]: `mapped` is a list of booleans (or trees of them), arguments have the axis in front. */
  defVmap(rule: (axisSize: number, mapped: unknown[], ...args: never[]) => readonly [unknown, unknown]): CustomVmap<F>;
}
/** A function with a vectorization of its own, given by `.defVmap(rule)`.
 * @example const f = customBatching.customVmap((x: Array) => x.mul(2)); f(np.array(3)) // 6 */
export function customVmap<F extends AnyFunction>(fn: F): CustomVmap<F> {
  const name = functionName(fn);
  let rule: AnyFunction | null = null;
  const call = (...args: Parameters<F>): ReturnType<F> => {
    if (currentTrace() === evalTrace) return fn(...args) as ReturnType<F>;
    const flat = flattenArgs(fn, args, name);
    const { jaxpr, consts, outTree: tree } = stageTree((xs) => fn(...(xs as Parameters<F>)), flat, name);
    const flatRule: FlatRule = (size, xs, mapped) => {
      if (!rule)
        throw new DTypeError(
          `customVmap: ${name} has no vectorization rule; give one with .defVmap((size, mapped, ...args) => [result, resultMapped])`,
        );
      const r = rule(size, flat.tree.unflatten(mapped), ...(flat.tree.unflatten(xs) as unknown[])) as readonly unknown[];
      if (!Array.isArray(r) || r.length !== 2) throw new DTypeError(`customVmap: the rule of ${name} must return [result, resultMapped]`);
      const outs = leavesUpTo(tree, r[0], `customVmap: the result of the rule of ${name}`).map((v) => leafValue(v, () => "customVmap")),
        flags =
          typeof r[1] === "boolean"
            ? outs.map(() => r[1] as boolean)
            : (leavesUpTo(tree, r[1], `customVmap: resultMapped of the rule of ${name}`) as boolean[]);
      return [outs, flags];
    };
    return tree.unflatten(
      bind(customVmapCall, [...consts, ...flat.values], {
        call: jaxpr,
        rule: Object.defineProperty(flatRule, "name", { value: name }),
        numConsts: consts.length,
      }),
    ) as ReturnType<F>;
  };
  const custom: CustomVmap<F> = Object.assign(call, {
    defVmap(r: AnyFunction) {
      rule = r;
      return custom;
    },
  }) as never;
  Object.defineProperty(custom, "name", { value: name, configurable: true });
  return custom;
}
/** A function whose vectorization runs the examples one after another.
 * @example vmap(customBatching.sequentialVmap((x: Array) => x.mul(2)))(np.array([1, 2])) // [2, 4] */
export function sequentialVmap<F extends AnyFunction>(fn: F): CustomVmap<F> {
  const custom: CustomVmap<F> = customVmap(fn);
  return custom.defVmap(((size: number, mapped: unknown[], ...args: unknown[]) => {
    const flat = flattenArgs(fn, args, functionName(fn)),
      flags = leavesUpTo(flat.tree, mapped) as boolean[];
    let outTree: TreeDef | null = null;
    const each = Array.from({ length: size }, (_x, i) => {
      const r = flattenResult(
        fn(...(flat.tree.unflatten(flat.values.map((v, k) => (flags[k] ? squeeze(sliceInDim(v, 0, i, i + 1), [0]) : v))) as Parameters<F>)),
        functionName(fn),
      );
      outTree = r.tree;
      return r.values;
    });
    return [
      (outTree as unknown as TreeDef).unflatten(
        each[0]!.map((_v, k) =>
          concatenate(
            each.map((r) => expandDims(r[k]!, 0)),
            0,
          ),
        ),
      ),
      true,
    ] as const;
  }) as never);
}
