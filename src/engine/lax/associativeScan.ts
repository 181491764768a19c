// Scans of associative functions, in a number of steps that grows with the logarithm of the length.
import { flatten, type Tree } from "../core/pytree.ts";
import type { AnyFunction, ArrayLike, Arrays, Loose } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray, options } from "../numpy/convert.ts";
import * as o from "../primitives/ops.ts";

/** Prefix results of an associative function of two (stacks of) elements, in logarithmically many steps.
 * @example lax.associativeScan((a: Array, b: Array) => a.mul(b), np.array([1, 2, 3])) // [1, 2, 6] */
export function associativeScan<const T>(
  fn: (a: NoInfer<Arrays<T>>, b: NoInfer<Arrays<T>>) => NoInfer<Loose<T>>,
  elems: T,
  options?: AssociativeScanOptions,
): Arrays<T>;
export function associativeScan(fn: AnyFunction, elems: Tree, ...rest: unknown[]): Tree {
  const p = options<AssociativeScanOptions>("lax.associativeScan", ["reverse", "axis"], rest),
    [leaves, tree] = flatten(elems),
    axis = p.axis ?? 0,
    at = (v: Value): number => (axis < 0 ? axis + v.ndim : axis),
    cut = (v: Value, a: number, b: number, s = 1): Value => o.sliceInDim(v, at(v), a, b, s);
  const combine = (a: Value[], b: Value[]): Value[] => flatten(fn(tree.unflatten(a), tree.unflatten(b)))[0] as Value[];
  const go = (xs: Value[]): Value[] => {
    const n = xs[0]!.shape[at(xs[0]!)]!;
    if (n < 2) return xs;
    const odd = go(
        combine(
          xs.map((x) => cut(x, 0, n - 1, 2)),
          xs.map((x) => cut(x, 1, n, 2)),
        ),
      ),
      even =
        n % 2 === 0
          ? combine(
              odd.map((x) => cut(x, 0, x.shape[at(x)]! - 1)),
              xs.map((x) => cut(x, 2, n, 2)),
            )
          : combine(
              odd,
              xs.map((x) => cut(x, 2, n, 2)),
            );
    const firsts = even.map((e, i) => o.concatenate([cut(xs[i]!, 0, 1), e], at(e)));
    return firsts.map((e, i) => {
      const d = odd[i]!,
        axis2 = at(e),
        zero = (v: Value): Value => o.lit(v.dtype, v.dtype === "bool" ? false : v.dtype.startsWith("complex") ? [0, 0] : 0),
        spreadTo = (v: Value, low: number): Value =>
          o.pad(
            v,
            zero(v),
            v.shape.map((_m, k) => (k === axis2 ? [low, n - low - (2 * v.shape[k]! - 1), 1] : [0, 0, 0]) as [number, number, number]),
          );
      const a = spreadTo(e, 0),
        b = spreadTo(d, 1);
      return e.dtype === "bool" ? o.or(a, b) : o.add(a, b);
    });
  };
  const values = leaves.map((l) => asArray(l as ArrayLike)),
    turned = p.reverse ? values.map((v) => o.rev(v, [at(v)])) : values,
    out = go(turned);
  return tree.unflatten(p.reverse ? out.map((v) => o.rev(v, [at(v)])) : out);
}
export interface AssociativeScanOptions {
  /** Goes from the last element to the first. */
  readonly reverse?: boolean;
  /** The axis of each array that is scanned. Default 0. */
  readonly axis?: number;
}
