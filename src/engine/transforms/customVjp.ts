// Functions with a reverse rule of their own: what is kept on the way, and the cotangents from it.
import { isInexact } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import {
  absent,
  allZero,
  type Batch,
  type BatchDim,
  definePrimitive,
  isLinear,
  isZero,
  type Linear,
  type Primitive,
  type Tangent,
  Zero,
} from "../core/primitive.ts";
import { flatten, structure, type TreeDef } from "../core/pytree.ts";
import { leavesUpTo } from "../core/prefix.ts";
import { checkArguments } from "../core/signature.ts";
import { bind, currentTrace, evalTrace } from "../core/trace.ts";
import type { AnyArgs, Argnums, Arrays, Loose, LooseArgs, Others, Picked } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import type { ShapedArray } from "../core/aval.ts";
import { frontAxis, instantiate } from "../primitives/ops.ts";
import { type AnyFunction, argumentName, flattenArgs, functionName, leafValue, requireFunction } from "./args.ts";
import { batchFlat, batchJaxpr, moveBatch } from "./batching.ts";
import { applyKnowing, type CustomRuleOptions, knowsValues, lowerCall, nondiffNumbers, splitStatic, stageTree } from "./custom.ts";

type FlatFwd = (...xs: Value[]) => [Value[], Value[]];
type FlatBwd = (residuals: readonly Value[], cotangents: readonly Value[]) => Tangent[];
export interface CustomVjpParams {
  readonly name: string;
  readonly callJaxpr: ClosedJaxpr;
  readonly fwd: FlatFwd;
  readonly bwd: FlatBwd;
  readonly numConsts: number;
  readonly symbolicZeros: boolean;
}
interface LinParams {
  readonly bwd: FlatBwd;
  readonly numResiduals: number;
  readonly outAvals: readonly ShapedArray[];
  readonly name: string;
}
/**
 * A backward rule over a batch, whose cotangents are stacked along axis 0: that of an argument without the axis is summed over it.
 * @param residualDims asked for when the rule runs: the forward rule, which runs before it, decides them
 * @param own the axis of each argument
 */
function batchBwd(p: FlatBwd, residualDims: () => readonly BatchDim[], own: readonly BatchDim[], batch: Batch): FlatBwd {
  return (residuals, cts) => {
    let zero: boolean[] = [];
    const [outs, od] = batchFlat(
      (...ys) => {
        const r = p(ys.slice(0, residuals.length), ys.slice(residuals.length));
        zero = r.map(isZero);
        return r.map(instantiate);
      },
      [...residuals, ...cts],
      [...residualDims(), ...cts.map(() => 0)],
      batch.size,
      batch.axisName,
    );
    return outs.map((o, i): Tangent => {
      if (zero[i]) return new Zero(o.aval);
      const v = moveBatch(o, od[i]!, 0, batch.size);
      return own[i] === null ? v.sum({ axis: 0 }) : v;
    });
  };
}
/** The derivative of a customVjp function: linear, defined only by its transpose. */
const customLin: Primitive<LinParams> = definePrimitive<LinParams>({
  name: "custom_lin",
  multipleResults: true,
  abstract: (_a, { outAvals }) => outAvals,
  jvp: absent("a customVjp function has no forward derivative; use customJvp"),
  transpose: (cts, args, { bwd, numResiduals }) => {
    const back = bwd(args.slice(0, numResiduals) as Value[], cts.map(instantiate));
    return [
      ...Array<null>(numResiduals).fill(null),
      ...args.slice(numResiduals).map((a, i) => (isLinear(a) ? (back[i] ?? new Zero((a as Linear).aval)) : null)),
    ];
  },
  batch: (args, dims, p, batch) => {
    const fronts = args.map((a, i) => frontAxis(a, dims[i]!)),
      mapped = dims.map((d) => d !== null),
      outAvals = p.outAvals.map((a) => a.withShape([batch.size, ...a.shape]));
    const stacked = mapped.map((m): BatchDim => (m ? 0 : null));
    const bwd = batchBwd(p.bwd, () => stacked.slice(0, p.numResiduals), stacked.slice(p.numResiduals), batch);
    return [bind(customLin, fronts, { ...p, bwd, outAvals }), outAvals.map(() => 0)];
  },
  lower: absent("a customVjp function has no forward derivative; use customJvp or reverse mode (grad, vjp)"),
});
/** The tangents of a customVjp function's outputs: a linear operation that only its transpose, `bwd`, defines. */
function linearTangents(bwd: FlatBwd, outs: readonly Value[], residuals: readonly Value[], tangents: readonly Tangent[], name: string): Tangent[] {
  const dots = bind(customLin, [...residuals, ...tangents.map(instantiate)], {
    bwd,
    numResiduals: residuals.length,
    outAvals: outs.map((v) => v.aval.strengthen()),
    name,
  });
  return dots.map((d, i): Tangent => (isInexact(outs[i]!.dtype) ? d : new Zero(outs[i]!.aval)));
}
export const customVjpCall: Primitive<CustomVjpParams> = definePrimitive<CustomVjpParams>({
  name: "custom_vjp_call",
  calls: { how: "once", programs: ["callJaxpr"], nameFirst: true },
  forTransforms: ["fwd", "bwd"],
  multipleResults: true,
  abstract: (_a, { callJaxpr }) => callJaxpr.outAvals,
  impl: (args, { callJaxpr }) => evalClosed(callJaxpr, args),
  jvp: (primals, tangents, p) => {
    if (allZero(tangents)) {
      const outs = bind(customVjpCall, primals, p);
      return [outs, outs.map((v) => new Zero(v.aval))];
    }
    const own = primals.slice(p.numConsts),
      [outs, residuals] = p.fwd(...own);
    return [outs, linearTangents(p.bwd, outs, residuals, tangents.slice(p.numConsts), p.name)];
  },
  transpose: absent("its derivative has been taken before"),
  batch: (args, dims, p, batch) => {
    const { jaxpr, batchedOut } = batchJaxpr(
        p.callJaxpr,
        batch,
        dims.map((d) => d !== null),
        true,
      ),
      fronts = args.map((a, i) => frontAxis(a, dims[i]!)),
      own = dims.slice(p.numConsts).map((d): BatchDim => (d === null ? null : 0));
    let resDims: BatchDim[] = [];
    const fwd: FlatFwd = (...xs) => {
      let split = 0;
      const [outs, od] = batchFlat(
        (...ys) => {
          const [o, r] = p.fwd(...ys);
          split = o.length;
          return [...o, ...r];
        },
        xs,
        own,
        batch.size,
        batch.axisName,
      );
      resDims = od.slice(split);
      return [outs.slice(0, split).map((o, i) => moveBatch(o, od[i]!, 0, batch.size)), outs.slice(split)];
    };
    const bwd = batchBwd(p.bwd, () => resDims, own, batch);
    return [bind(customVjpCall, fronts, { ...p, callJaxpr: jaxpr, fwd, bwd }), batchedOut.map((b) => (b ? 0 : null))];
  },
  lower: lowerCall,
  printParams: ({ fwd, bwd }) => ({ numConsts: null, fwd: fwd.name || "<lambda>", bwd: bwd.name || "<lambda>" }),
});
/** Cotangents of arguments: one each, null for zero. */
type Cotangents<A extends AnyArgs> = {
  readonly [K in keyof A]: Loose<A[K]> | null;
};
/** A function whose reverse derivative is given by `defvjp(fwd, bwd)`. `N` is the type of nondiffArgnums. */
export interface CustomVjp<F extends AnyFunction = AnyFunction, N extends Argnums = readonly []> {
  (...args: LooseArgs<Parameters<F>>): Arrays<ReturnType<F>>;
  /** fwd(...args) → [output, residuals]; bwd(residuals, cotangent) → one cotangent an argument. Non-differentiated arguments come first in bwd. */
  defvjp<const Residuals>(
    fwd: (...args: Parameters<F>) => readonly [output: Loose<ReturnType<F>>, residuals: Residuals],
    bwd: (
      ...args: [...Picked<Parameters<F>, N>, residuals: Arrays<Residuals>, cotangent: Arrays<ReturnType<F>>]
    ) => Cotangents<Others<Parameters<F>, N>>,
  ): CustomVjp<F, N>;
}
/** A function with a reverse derivative of its own, given by `.defvjp(fwd, bwd)`; it has no forward mode.
 * @example const f = customVjp((x: Array) => np.sin(x)); f.defvjp((x: Array) => [np.sin(x), null], (_saved, g: Array) => [g.mul(100)]); grad(f)(1) // 100 */
export function customVjp<F extends AnyFunction, const N extends Argnums = readonly []>(fn: F, options?: CustomRuleOptions<N>): CustomVjp<F, N>;
export function customVjp<F extends AnyFunction>(fn: F, options: CustomRuleOptions = {}): CustomVjp<F> {
  checkArguments("customVjp", [fn, options]);
  requireFunction("customVjp", fn);
  const name = functionName(fn),
    nums = nondiffNumbers("customVjp", fn, options);
  let rules: { fwd: AnyFunction; bwd: AnyFunction } | null = null;
  const call = (...args: Parameters<F>): ReturnType<F> => {
    if (!rules) throw new DTypeError(`customVjp: ${name} has no derivative rules; give them with .defvjp(fwd, bwd)`);
    if (currentTrace() === evalTrace) return fn(...args) as ReturnType<F>;
    const { fwd, bwd } = rules,
      { dynamic, statics, join } = splitStatic(args, nums),
      flat = flattenArgs(fn, dynamic, name);
    let resTree: TreeDef | null = null;
    const forward = (xs: readonly Value[], staged?: TreeDef): { tree: TreeDef; outs: Value[]; residuals: Value[] } => {
      const r = fwd(...join(flat.tree.unflatten(xs) as unknown[])) as readonly [unknown, unknown];
      if (!Array.isArray(r) || r.length !== 2) throw new DTypeError(`customVjp: fwd of ${name} must return [output, residuals]`);
      const outTree = staged ?? structure(r[0]),
        outs = leavesUpTo(outTree, r[0], `customVjp: the output of fwd of ${name}`).map((v) => leafValue(v, () => "customVjp")),
        [leaves, t] = flatten(r[1]);
      resTree = t;
      return { tree: outTree, outs, residuals: leaves.map((v) => leafValue(v, () => `customVjp: a residual of ${name}`)) };
    };
    const backward = (residuals: readonly Value[], cts: readonly Value[], outTree: TreeDef): Tangent[] => {
      const r = bwd(...statics.values(), resTree!.unflatten(residuals), outTree.unflatten(cts)) as readonly unknown[];
      if (!Array.isArray(r) || r.length !== dynamic.length)
        throw new DTypeError(
          `customVjp: bwd of ${name} must return an array of ${dynamic.length} cotangents, one an argument (null for zero); got ${Array.isArray(r) ? r.length : String(r)}`,
        );
      return flat.tree.children.flatMap((c, i): Tangent[] => {
        const p = r[i];
        const start = flat.tree.children.slice(0, i).reduce((n, d) => n + d.leafCount, 0);
        return p === null || p === undefined
          ? Array.from({ length: c.leafCount }, (_x, k) => new Zero(flat.values[start + k]!.aval.strengthen()))
          : leavesUpTo(c, p, `customVjp: the cotangent of ${argumentName(fn, [i])}`).map((v) => leafValue(v, () => "customVjp"));
      });
    };
    if (knowsValues(currentTrace()))
      return applyKnowing(
        flat.values,
        (xs) => fn(...join(flat.tree.unflatten(xs) as unknown[])) as unknown,
        (primals, tangents) => {
          const { tree, outs, residuals } = forward(primals);
          return { tree, outs, dots: linearTangents((rs, cts) => backward(rs, cts, tree), outs, residuals, tangents, name) };
        },
      ) as ReturnType<F>;
    const { jaxpr, consts, outTree: tree } = stageTree((xs) => fn(...join(xs)), flat, name);
    const flatFwd: FlatFwd = (...xs) => {
      const r = forward(xs, tree);
      return [r.outs, r.residuals];
    };
    const flatBwd: FlatBwd = (residuals, cts) => backward(residuals, cts, tree);
    return tree.unflatten(
      bind(customVjpCall, [...consts, ...flat.values], {
        name,
        callJaxpr: jaxpr,
        fwd: Object.defineProperty(flatFwd, "name", { value: functionName(fwd) }),
        bwd: Object.defineProperty(flatBwd, "name", { value: functionName(bwd) }),
        numConsts: consts.length,
        symbolicZeros: false,
      }),
    ) as ReturnType<F>;
  };
  const custom: CustomVjp<F> = Object.assign(call as AnyFunction, {
    defvjp(fwd: AnyFunction, bwd: AnyFunction) {
      rules = { fwd, bwd };
      return custom;
    },
  });
  Object.defineProperty(custom, "name", { value: name, configurable: true });
  return custom;
}
