// Control flow for users: cond, switch, whileLoop, foriLoop, scan, map, associativeScan, on pytrees.
import { ShapedArray } from "../core/aval.ts";
import { scalarArray } from "../core/arrays.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { type Tree, flatten, showPath } from "../core/pytree.ts";
import { bind } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { condPrimitive } from "../control/cond.ts";
import { scanPrimitive } from "../control/scan.ts";
import { carryAvals, shareConsts, stageFunction } from "../control/stage.ts";
import { whilePrimitive } from "../control/while.ts";
import { type ArrayLike, asArray, castTo, options } from "../numpy/convert.ts";
import * as o from "../primitives/ops.ts";
import { type AnyFunction, flattenArgs } from "../transforms/args.ts";

function choose(what: string, index: Value, branches: readonly AnyFunction[], operands: readonly unknown[]): unknown {
  const flat = flattenArgs(branches[0]!, operands, what),
    staged = branches.map((b) =>
      stageFunction(
        b,
        flat.tree,
        flat.values.map((v) => v.aval),
      ),
    ),
    first = staged[0]!;
  staged.forEach((s, i) => {
    if (!s.outTree.equals(first.outTree))
      throw new DTypeError(`${what}: branch 0 returns ${first.outTree}, branch ${i} returns ${s.outTree}; they must have the same structure`);
    s.outAvals.forEach((a, k) => {
      const b = first.outAvals[k]!;
      if (a.shape.join() !== b.shape.join() || (a.dtype !== b.dtype && !a.weakType && !b.weakType))
        throw new DTypeError(`${what}: output ${k} is ${b} in branch 0 and ${a} in branch ${i}; they must be equal. Convert one with astype`);
    });
  });
  // Weak results take the type of the strong ones.
  const types = first.outAvals.map((_a, k) => (staged.find((s) => !s.outAvals[k]!.weakType) ?? first).outAvals[k]!),
    matched = staged.map((s, i) =>
      s.outAvals.every((a, k) => a.dtype === types[k]!.dtype && a.weakType === types[k]!.weakType)
        ? s
        : stageFunction(
            (...xs: unknown[]) => {
              const [leaves, tree] = flatten(branches[i]!(...xs));
              return tree.unflatten(leaves.map((l, k) => castTo(asArray(l), types[k]!.dtype, types[k]!.weakType)));
            },
            flat.tree,
            flat.values.map((v) => v.aval),
          ),
    );
  const { jaxprs, consts } = shareConsts(matched);
  return first.outTree.unflatten(bind(condPrimitive, [index, ...consts, ...flat.values], { branches: jaxprs }));
}
/** trueFn(...operands) where the predicate holds, else falseFn(...operands); only one is computed. */
export function cond(predicate: ArrayLike, trueFn: AnyFunction, falseFn: AnyFunction, ...operands: unknown[]): unknown {
  const p = asArray(predicate, "lax.cond", "the predicate");
  if (p.ndim !== 0)
    throw new ShapeError(`lax.cond: the predicate is ${p.aval}, expected a scalar; use np.where for arrays, or reduce it with np.any or np.all`);
  return choose("lax.cond", o.convert(p.dtype === "bool" ? p : o.ne(p, o.like(p, 0)), "int32"), [falseFn, trueFn], operands);
}
/** branches[index](...operands); an index out of range is clamped. */
function switch_(index: ArrayLike, branches: readonly AnyFunction[], ...operands: unknown[]): unknown {
  const i = typeof index === "number" ? o.lit("int32", index) : asArray(index, "lax.switch", "the index");
  if (!i.dtype.includes("int")) throw new DTypeError(`lax.switch: the index has dtype ${i.dtype}, expected an integer`);
  if (branches.length === 1) return branches[0]!(...operands);
  return choose("lax.switch", o.min(o.max(castTo(i, "int32"), o.lit("int32", 0)), o.lit("int32", branches.length - 1)), branches, operands);
}
export { switch_ as switch };

const one = (init: unknown) => flattenArgs((x: unknown) => x, [init], "the initial value");
export function whileLoop(condFn: AnyFunction, bodyFn: AnyFunction, init: unknown): unknown {
  const flat = one(init),
    { values, staged } = carryAvals(
      "lax.whileLoop",
      flat.values,
      (avals) => stageFunction(bodyFn, flat.tree, avals),
      flat.paths.map((p) => showPath(p.slice(1))),
    ),
    c = stageFunction(
      condFn,
      flat.tree,
      values.map((v) => v.aval),
    );
  if (c.outAvals.length !== 1 || c.outAvals[0]!.dtype !== "bool" || c.outAvals[0]!.ndim)
    throw new DTypeError(`lax.whileLoop: the condition returns ${c.outAvals.map(String).join(", ")}, expected one bool scalar`);
  return staged.outTree.unflatten(
    bind(whilePrimitive, [...c.consts, ...staged.consts, ...values], {
      condJaxpr: c.jaxpr,
      condNconsts: c.consts.length,
      bodyJaxpr: staged.jaxpr,
      bodyNconsts: staged.consts.length,
    }),
  );
}
const counter = (n: number): Value => scalarArray(n, new ShapedArray([], "int32", false));
/** body(i, value) for i from lower to upper − 1. With constant bounds it is a scan, and differentiable in reverse. */
export function foriLoop(lower: ArrayLike, upper: ArrayLike, body: AnyFunction, init: unknown, ..._rest: unknown[]): unknown {
  const bound = (x: ArrayLike): number | null => (typeof x === "number" ? x : null),
    a = bound(lower),
    b = bound(upper);
  if (a !== null && b !== null) {
    const [[, out]] = scan(([i, v]: [Value, unknown]) => [[i.add(1), body(i, v)], null], [counter(a), init], null, {
      length: Math.max(0, b - a),
    }) as [[Value, unknown], null];
    return out;
  }
  const [, , out] = whileLoop(
    ([i, n]: [Value, Value]) => i.lt(n),
    ([i, n, v]: [Value, Value, unknown]) => [i.add(1), n, body(i, v)],
    [castTo(asArray(a ?? lower), "int32"), castTo(asArray(b ?? upper), "int32"), init],
  ) as [Value, Value, unknown];
  return out;
}
/** f(carry, x) → [carry, y] over the leading axis of xs; gives [carry, stacked ys]. */
export function scan(f: AnyFunction, init: unknown, xs: unknown = null, ...rest: unknown[]): [unknown, unknown] {
  const p = options<{ length?: number | null; reverse?: boolean; unroll?: number | boolean }>("lax.scan", ["length", "reverse", "unroll"], rest),
    fx = flattenArgs((x: unknown) => x, [xs], "lax.scan: xs"),
    flat = one(init),
    lengths = fx.values.map((v) => {
      if (v.ndim === 0) throw new ShapeError(`lax.scan: xs holds a scalar ${v.aval}; every array needs a leading axis to scan over`);
      return v.shape[0]!;
    });
  const length = p.length ?? lengths[0];
  if (length === undefined) throw new ShapeError("lax.scan: xs holds no array; give { length }");
  if (lengths.some((n) => n !== length))
    throw new ShapeError(
      `lax.scan: the leading axes have sizes ${lengths.join(", ")}${p.length === undefined || p.length === null ? "" : ` and length is ${p.length}`}; they must be equal`,
    );
  const slices = fx.values.map((v) => v.aval.withShape(v.aval.shape.slice(1))),
    tree = flattenArgs(f, [init, xs], "lax.scan").tree,
    nCarry = flat.values.length;
  const { values, staged } = carryAvals(
    "lax.scan",
    flat.values,
    (avals) =>
      stageFunction(
        (c: unknown, x: unknown) => {
          const r = f(c, x) as unknown;
          if (!Array.isArray(r) || r.length !== 2) throw new DTypeError("lax.scan: the function must return [carry, y]");
          return r;
        },
        tree,
        [...avals, ...slices],
      ),
    flat.paths.map((p) => showPath(p.slice(1))),
  );
  const outs = bind(scanPrimitive, [...staged.consts, ...values, ...fx.values], {
    jaxpr: staged.jaxpr,
    length,
    numConsts: staged.consts.length,
    numCarry: nCarry,
    reverse: p.reverse ?? false,
    unroll: Number(p.unroll ?? 1),
  });
  return staged.outTree.unflatten(outs) as [unknown, unknown];
}
export const map = (f: AnyFunction, xs: unknown, ..._rest: unknown[]): unknown => scan((_c: null, x: unknown) => [null, f(x)], null, xs)[1];
/** Prefix results of an associative function, in logarithmically many steps. */
export function associativeScan(fn: AnyFunction, elems: Tree, ...rest: unknown[]): Tree {
  const p = options<{ reverse?: boolean; axis?: number }>("lax.associativeScan", ["reverse", "axis"], rest),
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
