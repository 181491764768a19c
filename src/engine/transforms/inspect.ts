// Looking at a function without running it: makeJaxpr, evalShape.
import { checkArguments } from "../core/signature.ts";
import { ShapeDtypeStruct } from "../core/aval.ts";
import { type ClosedJaxpr } from "../core/jaxpr.ts";
import { stage } from "../core/staging.ts";
import type { TreeDef } from "../core/pytree.ts";
import type { AbstractArgs, AnyArgs, AnyFunction, ReplaceLeaves } from "../core/treeTypes.ts";
import { meetingRefs, valuesOf, withValues } from "./references.ts";
import { argNumbers, argumentName, flattenAvals, flattenResult, functionName, requireFunction } from "./args.ts";

function stageTree(fn: AnyFunction, args: readonly unknown[], statics: ReadonlySet<number>): { closed: ClosedJaxpr; outTree: TreeDef } {
  const dynamic = args.map((_a, i) => i).filter((i) => !statics.has(i)),
    flat = flattenAvals(
      fn,
      dynamic.map((i) => args[i]),
      functionName(fn),
    );
  let outTree: TreeDef | null = null;
  const closed = stage(
    (...xs) => {
      const values = flat.tree.unflatten(xs) as unknown[],
        r = flattenResult(fn(...args.map((a, i) => (statics.has(i) ? a : values[dynamic.indexOf(i)]))), functionName(fn));
      outTree = r.tree;
      return r.values;
    },
    flat.avals,
    functionName(fn),
    flat.paths.map((p) => `the argument ${argumentName(fn, [dynamic[Number(p[0])]!, ...p.slice(1)])} of ${functionName(fn)}`),
  );
  return { closed, outTree: outTree as unknown as TreeDef };
}
export interface MakeJaxprOptions {
  /** Positions of arguments that are plain values. */
  readonly staticArgnums?: number | readonly number[];
  /** Gives `[jaxpr, shapes]`, the shapes as evalShape gives them. */
  readonly returnShape?: boolean;
}
export interface MakeJaxprShapeOptions extends MakeJaxprOptions {
  readonly returnShape: true;
}
/** The jaxpr of a function for arguments (arrays or shapeDtypeStructs); prints as JAX prints it.
 * @example makeJaxpr((x: Array) => np.sin(x))(1).outAvals.map(String) // ["f32[]"] */
export function makeJaxpr<A extends AnyArgs, R>(
  fn: (...args: A) => R,
  options: MakeJaxprShapeOptions,
): (...args: AbstractArgs<A>) => [jaxpr: ClosedJaxpr, shapes: ReplaceLeaves<R, ShapeDtypeStruct>];
export function makeJaxpr<A extends AnyArgs, R>(fn: (...args: A) => R, options?: MakeJaxprOptions): (...args: AbstractArgs<A>) => ClosedJaxpr;
export function makeJaxpr(fn: AnyFunction, options: MakeJaxprOptions = {}): (...args: unknown[]) => unknown {
  checkArguments("makeJaxpr", [fn, options]);
  requireFunction("makeJaxpr", fn);
  return (...args) => {
    const statics = new Set(
      argNumbers("makeJaxpr", "staticArgnums", options.staticArgnums ?? [], args.length, `${functionName(fn)} was called with`),
    );
    const { closed, outTree } = stageTree(fn, args, statics);
    return options.returnShape ? [closed, shapesOf(closed, outTree)] : closed;
  };
}
const shapesOf = (closed: ClosedJaxpr, outTree: TreeDef): unknown =>
  outTree.unflatten(closed.outAvals.map((a) => new ShapeDtypeStruct(a.shape, a.dtype, a.weakType)));
/** Shapes and dtypes of a function's result, from shapes alone.
 * @example evalShape((x: Array) => x.matmul(x), shapeDtypeStruct([3, 3], "float32")).shape // [3, 3] */
export function evalShape<A extends AnyArgs, R>(fn: (...args: A) => R, ...args: AbstractArgs<A>): ReplaceLeaves<R, ShapeDtypeStruct> {
  // References of outside have their values, and keep them: what the function writes is seen by itself alone.
  const { closed, outTree } = meetingRefs((refs) => {
    const values = valuesOf(refs),
      seeing = (...xs: unknown[]): unknown => withValues(refs, values, () => (fn as AnyFunction)(...xs) as unknown)[0];
    return stageTree(refs.length ? Object.defineProperty(seeing, "name", { value: fn.name }) : fn, args, new Set());
  });
  return shapesOf(closed, outTree) as ReplaceLeaves<R, ShapeDtypeStruct>;
}
