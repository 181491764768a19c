// Reductions for users: any reducer over axes or windows, specialized where the reducer is one of the known ones; approximate top-k.
import { ShapedArray } from "../core/aval.ts";
import { isComplex } from "../core/dtypes.ts";
import { neutral } from "../core/neutral.ts";
import { DTypeError } from "../core/errors.ts";
import { type ClosedJaxpr, Literal } from "../core/jaxpr.ts";
import { type Tree, flatten } from "../core/pytree.ts";
import { bind, bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { reducePrimitive, reduceWindowPrimitive } from "../control/reduce.ts";
import { stageFunction } from "../control/stage.ts";
import { type ArrayLike, asArray, axisOf, castTo, options } from "../numpy/convert.ts";
import * as o from "../primitives/ops.ts";
import type { WindowParams } from "../primitives/window.ts";
import type { AnyFunction, Arrays, Loose } from "../core/treeTypes.ts";
import { concreteOf } from "../transforms/jvp.ts";
import { padtypeToPads } from "./padding.ts";
import type { ApproxTopKOptions, Padding, ReduceWindowOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

type Kind = Parameters<typeof neutral>[0];
/** Reducers that have a primitive of their own, by the one primitive that their program applies. */
const KNOWN: Readonly<Record<Kind, { readonly reduce: string; readonly window: string | null }>> = {
  add: { reduce: "reduce_sum", window: "reduce_window_sum" },
  mul: { reduce: "reduce_prod", window: null },
  max: { reduce: "reduce_max", window: "reduce_window_max" },
  min: { reduce: "reduce_min", window: "reduce_window_min" },
  and: { reduce: "reduce_and", window: null },
  or: { reduce: "reduce_or", window: null },
  xor: { reduce: "reduce_xor", window: null },
};
const isKnown = (name: string): name is Kind => Object.hasOwn(KNOWN, name);
/** The known reducer that a program of scalars is, where the initial value is its neutral element. */
function known(reducer: ClosedJaxpr, init: Value): (typeof KNOWN)[Kind] | null {
  const [e] = reducer.eqns;
  if (
    reducer.eqns.length !== 1 ||
    !e ||
    e.inputs.some((a) => a instanceof Literal) ||
    e.outputs[0] !== reducer.jaxpr.outs[0] ||
    e.inputs[0] === e.inputs[1]
  )
    return null;
  const { name } = e.primitive;
  const value = concreteOf(init);
  if (!isKnown(name) || !value || isComplex(init.dtype)) return null;
  return Number(value.item()) === Number(neutral(name, init.dtype)) ? KNOWN[name] : null;
}
/** A reducer on pytrees of scalars as a flat program: accumulators, then elements. */
function stageReducer(fn: AnyFunction, avals: readonly ShapedArray[], structure: Tree): ClosedJaxpr {
  const [, tree] = flatten([structure, structure]),
    scalars = avals.map((a) => new ShapedArray([], a.dtype));
  const staged = stageFunction(
    (...xs: unknown[]) => {
      const [acc, element] = xs.length === 2 ? xs : (xs[0] as unknown[]);
      return fn(acc, element);
    },
    tree,
    [...scalars, ...scalars],
    true,
  );
  if (staged.consts.length) throw new DTypeError("lax.reduce: the reducer closes over an array; it may use its arguments and numbers only");
  return staged.jaxpr;
}
/** Initial values take the dtype of their operands. */
const prepare = (operands: Tree, inits: Tree): { xs: Value[]; vs: Value[]; tree: ReturnType<typeof flatten>[1] } => {
  const [xs, tree] = flatten(operands),
    [vs] = flatten(inits),
    arrays = xs.map((x) => asArray(x as ArrayLike, "lax.reduce"));
  return { xs: arrays, vs: vs.map((v, i) => castTo(asArray(v as ArrayLike, "lax.reduce", "the initial value"), arrays[i]!.dtype)), tree };
};

/** Folds the given axes with `computation(accumulator, element)`, starting from the initial values. Operands may be a pytree.
 * @example lax.reduce(np.array([1, 2, 3]), 0, (a, b) => a.add(b), [0]) // 6 */
export function reduce<T>(
  operands: T,
  initValues: NoInfer<Loose<T>>,
  computation: (accumulator: NoInfer<Arrays<T>>, element: NoInfer<Arrays<T>>) => NoInfer<Loose<T>>,
  dimensions: readonly number[],
): Arrays<T>;
export function reduce(operands: Tree, initValues: Tree, computation: AnyFunction, dimensions: readonly number[]): Tree {
  const { xs, vs, tree } = prepare(operands, initValues),
    axes = dimensions.map((d) => axisOf("lax.reduce", d, xs[0]!.ndim)),
    jaxpr = stageReducer(
      computation,
      xs.map((x) => x.aval),
      operands,
    ),
    simple = xs.length === 1 ? known(jaxpr, vs[0]!) : null;
  if (simple)
    return tree.unflatten([bind1(primitiveNamed(simple.reduce), xs, { axes, ...(simple.reduce === "reduce_sum" ? { outSharding: null } : {}) })]);
  return tree.unflatten(bind(reducePrimitive, [...xs, ...vs], { computation, jaxpr, dimensions: axes }));
}

/** Folds each window with `computation`; the padding counts as the initial value. Strides are 1 and the padding "VALID" by default.
 * @example lax.reduceWindow(np.array([1, 2, 3, 4]), 0, lax.add, [2], [2], "VALID") // [3, 7] */
export function reduceWindow<T>(
  operands: T,
  initValues: NoInfer<Loose<T>>,
  computation: (accumulator: NoInfer<Arrays<T>>, element: NoInfer<Arrays<T>>) => NoInfer<Loose<T>>,
  windowDimensions: readonly number[],
  ...rest: Tail<
    [windowStrides: readonly number[] | null, padding: Padding, baseDilation: readonly number[] | null, windowDilation: readonly number[] | null],
    ReduceWindowOptions
  >
): Arrays<T>;
export function reduceWindow(
  operands: Tree,
  initValues: Tree,
  computation: AnyFunction,
  windowDimensions: readonly number[],
  ...rest: unknown[]
): Tree {
  const q = options<ReduceWindowOptions>("lax.reduceWindow", ["windowStrides", "padding", "baseDilation", "windowDilation"], rest),
    { xs, vs, tree } = prepare(operands, initValues),
    ones = windowDimensions.map(() => 1);
  const windowStrides = q.windowStrides ?? ones,
    baseDilation = q.baseDilation ?? ones,
    windowDilation = q.windowDilation ?? ones;
  const extent = xs[0]!.shape.map((n, i) => (n === 0 ? 0 : (n - 1) * baseDilation[i]! + 1)),
    window = windowDimensions.map((n, i) => (n - 1) * windowDilation[i]! + 1);
  const w: WindowParams = {
    windowDimensions,
    windowStrides,
    padding: padtypeToPads(extent, window, windowStrides, q.padding ?? "VALID"),
    baseDilation,
    windowDilation,
  };
  const jaxpr = stageReducer(
      computation,
      xs.map((x) => x.aval),
      operands,
    ),
    simple = xs.length === 1 ? known(jaxpr, vs[0]!) : null;
  if (simple?.window) return tree.unflatten([bind1(primitiveNamed(simple.window), xs, { ...w })]);
  return tree.unflatten(bind(reduceWindowPrimitive, [...xs, ...vs], { ...w, jaxpr, consts: [] }));
}

const approx =
  (name: string, isMaxK: boolean) =>
  (x: ArrayLike, k: number, q: ApproxTopKOptions = {}): readonly Value[] => {
    const operand = asArray(x, `lax.${name}`);
    return o.callAll("approx_top_k", [operand], {
      k,
      reductionDimension: axisOf(`lax.${name}`, q.reductionDimension ?? -1, operand.ndim),
      recallTarget: q.recallTarget ?? 0.95,
      isMaxK,
      reductionInputSizeOverride: q.reductionInputSizeOverride ?? -1,
      aggregateToTopk: q.aggregateToTopk ?? true,
    });
  };
/**
 * The k largest, or smallest, along an axis with their places: `[values, indices]`. Exact on this backend. With `aggregateToTopk: false` as many as a TPU would
 * leave to a later step: the k and some more, in order.
 * @example lax.approxMaxK([3, 1, 2], 2) // [[3, 2], [0, 2]]
 */
export const approxMaxK = approx("approxMaxK", true),
  /** The k smallest elements along an axis and their indices, ascending: exact here. As approxMaxK.
   * @example lax.approxMinK([3, 1, 2], 2) // [[1, 2], [1, 2]] */
  approxMinK = approx("approxMinK", false);
