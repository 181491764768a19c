// vmap: the public function, on pytrees with axes given as prefix trees.
import { checkArguments } from "../core/signature.ts";
import { ShapeError } from "../core/errors.ts";
import { type TreeDef, structure } from "../core/pytree.ts";
import { broadcastPrefix } from "../core/prefix.ts";
import type { Value } from "../core/value.ts";
import type { AnyArgs, AnyFunction, Arrays, LooseArgs } from "../core/treeTypes.ts";
import { argumentName, flattenArgs, flattenResult, functionName, requireFunction } from "./args.ts";
import { batchFlat, moveBatch } from "./batching.ts";
import { failedForRefs, holdsRefs, passRefs, write } from "./references.ts";

export interface VmapOptions {
  /** The mapped axis of each argument: an integer, null (not mapped), or a tree of those. Default 0. */
  readonly inAxes?: Axes;
  /** The axis of each result that the examples lie along. Default 0; null for results that do not depend on the example. */
  readonly outAxes?: Axes;
  /** A name for collectives such as lax.psum. */
  readonly axisName?: string;
  /** The number of examples; needed where no argument is mapped. */
  readonly axisSize?: number;
}
/** Which axis of each leaf is mapped: an integer, null for none, or a tree of those that is a prefix of the arguments' (or the results') tree. */
export type Axes = number | null | readonly Axes[] | { readonly [key: string]: Axes };
/**
 * Maps a function over leading (or given) axes of its arguments: the function sees one example, arrays without the mapped axis.
 * Throws ShapeError where mapped axes differ in size or do not exist.
 * @example vmap((a: Array, b: Array) => np.dot(a, b))(np.array([[1, 2], [3, 4]]), np.eye(2)) // [1, 4]
 */
export function vmap<A extends AnyArgs, R>(fn: (...args: A) => R, options?: VmapOptions): (...args: LooseArgs<A>) => Arrays<R>;
export function vmap<A extends AnyArgs, R>(
  fn: (...args: A) => R,
  inAxes: number | null | readonly Axes[],
  outAxes?: Axes,
): (...args: LooseArgs<A>) => Arrays<R>;
export function vmap<F extends AnyFunction>(
  fn: F,
  options: VmapOptions | number | null | readonly unknown[] = {},
  outAxesArg?: unknown,
): (...args: Parameters<F>) => ReturnType<F> {
  checkArguments("vmap", outAxesArg === undefined ? [fn, options] : [fn, options, outAxesArg]);
  requireFunction("vmap", fn);
  const positional = typeof options === "number" || options === null || Array.isArray(options);
  const {
    inAxes = 0,
    outAxes = 0,
    axisName = null,
    axisSize,
  } = positional ? { inAxes: options, outAxes: outAxesArg ?? 0, axisName: null as string | null, axisSize: undefined } : (options as VmapOptions);
  const plain = function (this: unknown, ...args: Parameters<F>): ReturnType<F> {
    const what = `vmap of ${functionName(fn)}`,
      flat = flattenArgs(fn, args, what);
    const axes = broadcastPrefix(inAxes, flat.tree, `${what}: inAxes`) as (number | null)[];
    let size = axisSize;
    const dims = flat.values.map((v, i) => {
      const a = axes[i]!;
      if (a === null) return null;
      const d = a < 0 ? a + v.ndim : a;
      if (!Number.isInteger(d) || d < 0 || d >= v.ndim)
        throw new ShapeError(
          `${what}: inAxes is ${a} for ${argumentName(fn, flat.paths[i]!)}, which is ${v.aval} and has ${v.ndim} axes${v.ndim === 0 ? "; use null for arguments that are not mapped" : ""}`,
        );
      return d;
    });
    const mapped = dims
      .map((d, i) => (d === null ? null : { name: argumentName(fn, flat.paths[i]!), n: flat.values[i]!.shape[d]! }))
      .filter((m) => m !== null);
    if (size === undefined) {
      if (mapped.length === 0) throw new ShapeError(`${what}: no argument is mapped; give inAxes a number for at least one argument, or axisSize`);
      size = mapped[0]!.n;
    }
    if (mapped.some((m) => m.n !== size))
      throw new ShapeError(
        `${what}: the mapped axes have different sizes: ${mapped.map((m) => `${m.name} has ${m.n}`).join(", ")}; they must be equal`,
      );
    let tree: TreeDef | null = null;
    const [outs, outDims] = batchFlat(
      (...xs) => {
        const r = flattenResult(fn.apply(this, flat.tree.unflatten(xs) as Parameters<F>), functionName(fn));
        tree = r.tree;
        return r.values;
      },
      flat.values,
      dims,
      size,
      axisName,
    );
    const outTree = tree as unknown as TreeDef,
      wanted = broadcastPrefix(outAxes, outTree, `${what}: outAxes`) as (number | null)[];
    return outTree.unflatten(outs.map((o, i) => moveBatch(o, outDims[i]!, wanted[i]!, size!, what))) as ReturnType<F>;
  };
  return function (this: unknown, ...args: Parameters<F>): ReturnType<F> {
    try {
      return plain.apply(this, args);
    } catch (e) {
      if (!failedForRefs(e, args) || !holdsRefs(args)) throw e;
      // References among the arguments: each example sees its part, and the parts are what is written.
      const passed = passRefs(fn, args),
        axes = broadcastPrefix(inAxes, structure(passed.args), `vmap of ${functionName(fn)}: inAxes`) as (number | null)[],
        options = { inAxes, outAxes: [outAxes, passed.places.map((i) => axes[i]!)], axisName, ...(axisSize === undefined ? {} : { axisSize }) };
      const [out, last] = vmap(passed.fn, options as VmapOptions).apply(this, passed.args) as [ReturnType<F>, Value[]];
      write(passed.refs, last);
      return out;
    }
  };
}
