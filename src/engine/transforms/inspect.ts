// Looking at a function without running it: makeJaxpr, evalShape.
import { ShapeDtypeStruct } from "../core/aval.ts";
import { type ClosedJaxpr } from "../core/jaxpr.ts";
import { stage } from "../core/staging.ts";
import type { TreeDef } from "../core/pytree.ts";
import { type AnyFunction, argumentName, flattenAvals, flattenResult, functionName } from "./args.ts";

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
/** The jaxpr of a function for arguments (arrays or shapeDtypeStructs); prints as JAX prints it. */
export function makeJaxpr(
  fn: AnyFunction,
  options: { readonly staticArgnums?: number | readonly number[]; readonly returnShape?: boolean } = {},
): (...args: unknown[]) => ClosedJaxpr {
  const statics = new Set([options.staticArgnums ?? []].flat() as number[]);
  return (...args) => stageTree(fn, args, statics).closed;
}
/** Shapes and dtypes of a function's result, from shapes alone. */
export function evalShape(fn: AnyFunction, ...args: unknown[]): unknown {
  const { closed, outTree } = stageTree(fn, args, new Set());
  return outTree.unflatten(closed.outAvals.map((a) => new ShapeDtypeStruct(a.shape, a.dtype, a.weakType)));
}
