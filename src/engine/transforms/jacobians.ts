// Jacobians and Hessians: derivatives along every direction of a basis at once, by vmap.
import { isComplex, isInexact } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { Zero } from "../core/primitive.ts";
import { checkArguments } from "../core/signature.ts";
import type { AnyArgs, Argnums, Arrays, Gradient, Jacobian, LooseArgs } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { add, convert, eq, instantiate, iota, lit, moveaxis, reshape, slice } from "../primitives/ops.ts";
import { type AnyFunction, argNumbers, argumentName, flattenArgs, functionName } from "./args.ts";
import { flatFunction, type GradAuxOptions, type GradOptions, gradOptions, vjpFlat } from "./autodiff.ts";
import { batchFlat, moveBatch } from "./batching.ts";
import { jvpFlat } from "./jvp.ts";

/** Rows of the identity, split by leaf: one basis tangent a row, `[n, ...shape]` for each leaf. */
function basis(leaves: readonly Value[]): Value[] {
  const n = leaves.reduce((s, l) => s + l.size, 0);
  let at = 0;
  return leaves.map((l) => {
    const rows = iota("int32", [n, l.size], 0),
      columns = iota("int32", [n, l.size], 1),
      start = at;
    at += l.size;
    return reshape(convert(eq(rows, start ? addScalar(columns, start) : columns), l.dtype), [n, ...l.shape]);
  });
}
const addScalar = (x: Value, n: number): Value => add(x, lit("int32", n));
interface JacobianSetup {
  args: unknown[];
  nums: number[];
  flat: ReturnType<typeof flattenArgs>;
  inner: AnyFunction;
  single: boolean;
}
function setup(fn: AnyFunction, options: GradOptions, args: unknown[], what: string, holomorphicInput: boolean): JacobianSetup {
  const { argnums = 0 } = options,
    single = !Array.isArray(argnums),
    nums = argNumbers(what, "argnums", argnums, args.length, `${functionName(fn)} was called with`);
  const flat = flattenArgs(
    fn,
    nums.map((n) => args[n]),
    what,
  );
  flat.values.forEach((v, i) => {
    if (!isInexact(v.dtype) || (isComplex(v.dtype) && !options.holomorphic && holomorphicInput))
      throw new DTypeError(`${what}: ${argumentName(fn, flat.paths[i]!)} has dtype ${v.dtype}, expected a floating one`);
  });
  const inner: AnyFunction = (...xs: unknown[]) => fn(...args.map((a, i) => (nums.includes(i) ? xs[nums.indexOf(i)] : a)));
  return { args, nums, flat, inner, single };
}
const cut = (x: Value, axis: number, start: number, n: number): Value =>
  slice(
    x,
    x.shape.map((_m, i) => (i === axis ? start : 0)),
    x.shape.map((m, i) => (i === axis ? start + n : m)),
  );
/**
 * The Jacobian by forward mode, one column at a time (vectorized): good for few inputs. The result has the output's structure, and at each
 * leaf the structure of the argument; shapes are [...output, ...input]. With `hasAux`, `[jacobian, aux]`.
 * @example jacfwd((x: Array) => x.mul(x))(np.array([1, 2])) // [[2, 0], [0, 4]]
 */

export function jacfwd<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  fn: (...args: A) => readonly [R, X],
  options: GradAuxOptions<N>,
): (...args: LooseArgs<A>) => [jacobian: Jacobian<R, Gradient<A, N>>, aux: Arrays<X>];
export function jacfwd<A extends AnyArgs, R, const N extends Argnums>(
  fn: (...args: A) => R,
  argnums: N,
): (...args: LooseArgs<A>) => Jacobian<R, Gradient<A, N>>;
export function jacfwd<A extends AnyArgs, R, const N extends Argnums = 0>(
  fn: (...args: A) => R,
  options?: GradOptions<N>,
): (...args: LooseArgs<A>) => Jacobian<R, Gradient<A, N>>;
export function jacfwd(fn: AnyFunction, options?: GradOptions | number | readonly number[]): (...args: unknown[]) => unknown {
  checkArguments("jacfwd", [fn, options]);
  const opts = gradOptions(options);
  return (...args) => {
    const s = setup(fn, opts, args, "jacfwd", true),
      f = flatFunction(s.inner, s.flat.tree, opts.hasAux ?? false),
      rows = basis(s.flat.values),
      n = s.flat.values.reduce((k, v) => k + v.size, 0);
    const [outs, dims] = batchFlat(
      (...ts) => {
        const [o, d] = jvpFlat(f.call, s.flat.values, ts);
        return [...o, ...d.map(instantiate)];
      },
      rows,
      rows.map(() => 0),
      n,
    );
    const { tree, count, auxTree } = f.out(),
      total = outs.length / 2;
    const tangents = outs.slice(total, total + count).map((t, i) => moveBatch(t, dims[total + i]!, -1, n));
    const jac = tree.unflatten(
      tangents.map((t) => {
        let at = 0;
        const parts = s.flat.values.map((v) => {
          const p = cut(t, t.ndim - 1, at, v.size);
          at += v.size;
          return reshape(p, [...t.shape.slice(0, -1), ...v.shape]);
        });
        const trees = s.flat.tree.unflatten(parts) as unknown[];
        return s.single ? trees[0] : trees;
      }),
    );
    return auxTree
      ? [
          jac,
          auxTree.unflatten(
            outs.slice(count, total).map((o, i) =>
              dims[count + i] === null
                ? o
                : reshape(
                    cut(moveaxis(o, dims[count + i]!, 0), 0, 0, 1),
                    o.shape.filter((_m, k) => k !== dims[count + i]),
                  ),
            ),
          ),
        ]
      : jac;
  };
}
/** The Jacobian by reverse mode, one row at a time (vectorized): good for few outputs. The result is as jacfwd's.
 * @example jacrev((x: Array) => x.mul(x))(np.array([1, 2])) // [[2, 0], [0, 4]] */
export function jacrev<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  fn: (...args: A) => readonly [R, X],
  options: GradAuxOptions<N>,
): (...args: LooseArgs<A>) => [jacobian: Jacobian<R, Gradient<A, N>>, aux: Arrays<X>];
export function jacrev<A extends AnyArgs, R, const N extends Argnums>(
  fn: (...args: A) => R,
  argnums: N,
): (...args: LooseArgs<A>) => Jacobian<R, Gradient<A, N>>;
export function jacrev<A extends AnyArgs, R, const N extends Argnums = 0>(
  fn: (...args: A) => R,
  options?: GradOptions<N>,
): (...args: LooseArgs<A>) => Jacobian<R, Gradient<A, N>>;
export function jacrev(fn: AnyFunction, options?: GradOptions | number | readonly number[]): (...args: unknown[]) => unknown {
  checkArguments("jacrev", [fn, options]);
  const opts = gradOptions(options);
  return (...args) => {
    const s = setup(fn, opts, args, "jacrev", true),
      f = flatFunction(s.inner, s.flat.tree, opts.hasAux ?? false);
    const v = vjpFlat(
        f.call,
        s.flat.values,
        s.flat.values.map(() => true),
        functionName(fn),
      ),
      { tree, count, auxTree } = f.out(),
      outs = v.outs.slice(0, count);
    outs.forEach((o) => {
      if (!isInexact(o.dtype)) throw new DTypeError(`jacrev: ${functionName(fn)} returned ${o.aval}, expected a floating dtype`);
    });
    const rows = basis(outs),
      n = outs.reduce((k, o) => k + o.size, 0);
    const [grads, dims] = batchFlat(
      (...cts) => v.pull([...cts, ...v.outs.slice(count).map((o) => new Zero(o.aval))]),
      rows,
      rows.map(() => 0),
      n,
    );
    const fronts = grads.map((g, i) => moveBatch(g, dims[i]!, 0, n));
    let at = 0;
    const jac = tree.unflatten(
      outs.map((o) => {
        const start = at;
        at += o.size;
        const trees = s.flat.tree.unflatten(fronts.map((g) => reshape(cut(g, 0, start, o.size), [...o.shape, ...g.shape.slice(1)]))) as unknown[];
        return s.single ? trees[0] : trees;
      }),
    );
    return auxTree ? [jac, auxTree.unflatten(v.outs.slice(count))] : jac;
  };
}
/** The Hessian, forward over reverse: the output's structure, at each leaf the argument's, at each of those the argument's again.
 * @example hessian((x: Array) => x.mul(x).sum())(np.array([1, 2])) // [[2, 0], [0, 2]] */
export function hessian<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  fn: (...args: A) => readonly [R, X],
  options: GradAuxOptions<N>,
): (...args: LooseArgs<A>) => [hessian: Jacobian<Jacobian<R, Gradient<A, N>>, Gradient<A, N>>, aux: Arrays<X>];
export function hessian<A extends AnyArgs, R, const N extends Argnums>(
  fn: (...args: A) => R,
  argnums: N,
): (...args: LooseArgs<A>) => Jacobian<Jacobian<R, Gradient<A, N>>, Gradient<A, N>>;
export function hessian<A extends AnyArgs, R, const N extends Argnums = 0>(
  fn: (...args: A) => R,
  options?: GradOptions<N>,
): (...args: LooseArgs<A>) => Jacobian<Jacobian<R, Gradient<A, N>>, Gradient<A, N>>;
export function hessian(fn: AnyFunction, options?: GradOptions | number | readonly number[]): (...args: unknown[]) => unknown {
  checkArguments("hessian", [fn, options]);
  return jacfwd(jacrev(fn, options as GradOptions) as AnyFunction, options as GradOptions);
}
