// Sets: unique values and what is made of them. Shapes depend on values here, so values must be known (differentiation may go on).
import { canonicalize, isComplex, isInexact } from "../core/dtypes.ts";
import { ConcretizationTypeError } from "../core/errors.ts";
import { arrayFrom } from "../core/arrays.ts";
import { NDArray, type Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { concreteOf } from "../transforms/jvp.ts";
import { type ArrayLike, asArray, axesOf, axisOf, broadcastTo, castTo, options, promote, sizeArgument, oneOf } from "./convert.ts";
import { nonzero, take as takeAny } from "./choosing.ts";
import { any } from "./reductions.ts";
import { sortTogether } from "./sorting.ts";
import { take } from "./take.ts";
import type { Axis, IntersectOptions, SetOptions, TrimZerosOptions, UniqueOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

/** The array behind a value, looked at through derivatives; throws under jit. */
export function known(fn: string, v: Value): NDArray {
  const c = concreteOf(v);
  if (!c)
    throw new ConcretizationTypeError(
      `${fn}: the shape of the result depends on the values of a traced array (${v.aval}); call it outside jit, or give { size }`,
    );
  return c;
}
interface Groups {
  readonly first: number[];
  readonly inverse: number[];
  readonly counts: number[];
}
/** Rows grouped by equality, in sorted order. */
function group(rows: readonly (readonly number[])[], equalNan: boolean): Groups {
  const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : a === b ? 0 : a !== a ? (b !== b ? 0 : 1) : -1);
  const order = rows
    .map((_r, i) => i)
    .sort((i, j) => {
      for (let k = 0; k < rows[i]!.length; k++) {
        const c = compare(rows[i]![k]!, rows[j]![k]!);
        if (c) return c;
      }
      return i - j;
    });
  const same = (i: number, j: number): boolean => rows[i]!.every((x, k) => x === rows[j]![k] || (equalNan && x !== x && rows[j]![k] !== rows[j]![k]));
  const first: number[] = [],
    counts: number[] = [],
    inverse = Array<number>(rows.length);
  order.forEach((i, n) => {
    if (n === 0 || !same(order[n - 1]!, i)) {
      first.push(i);
      counts.push(0);
    }
    counts[counts.length - 1]!++;
    inverse[i] = first.length - 1;
  });
  return { first, inverse, counts };
}
const ints = (xs: readonly number[], shape: readonly number[] = [xs.length]): Value => arrayFrom(xs, shape, "int32");
const rowsAt = (v: Value, at: Value): Value => takeAny(v, at, { axis: 0, mode: "clip" });
/** With a size, the shapes are known beforehand, and all of it is a program: sorted rows, and the places where one differs from the one before. */
function findSized(w: Value, a: number, size: number, inverseShape: readonly number[], q: UniqueOptions): ReturnType<typeof find> {
  const n = w.shape[a]!,
    rest = w.shape.filter((_s, i) => i !== a),
    width = rest.reduce((p, s) => p * s, 1),
    rows = o.reshape(o.moveaxis(w, a, 0), [n, width]),
    int = canonicalize("int64"),
    back = (v: Value): Value => o.moveaxis(o.reshape(v, [v.shape[0]!, ...rest]), 0, a),
    fill = (like: Value): Value => broadcastTo(castTo(asArray(q.fillValue ?? 0), like.dtype), like.shape);
  if (n === 0) {
    const none = o.full([size], int, 0);
    return { values: back(fill(o.full([size, width], w.dtype, 0))), index: none, inverse: o.full(inverseShape, int, 0), counts: none };
  }
  const columns = Array.from({ length: width }, (_c, k) => o.squeeze(o.sliceInDim(rows, 1, k, k + 1), [1])),
    order = width === 0 ? o.iota(int, [n], 0) : sortTogether([...columns, o.iota(int, [n], 0)], 0, width).at(-1)!,
    sorted = rowsAt(rows, order),
    [here, before] = [o.sliceInDim(sorted, 0, 1, n), o.sliceInDim(sorted, 0, 0, n - 1)],
    bothNan = o.and(o.ne(here, here), o.ne(before, before)),
    differ = (q.equalNan ?? true) && isInexact(w.dtype) ? o.and(o.ne(here, before), o.not(bothNan)) : o.ne(here, before),
    starts = o.concatenate([o.full([1], "bool", 1), width === 0 ? o.full([n - 1], "bool", 0) : any(differ, { axis: 1 })], 0),
    groupOf = o.sub(o.cumsum(o.convert(starts, int), 0, false), o.lit(int, 1)),
    inverse = o.full([n], int, 0).at(order).set(groupOf),
    found = o.add(o.squeeze(o.sliceInDim(groupOf, 0, n - 1, n), [0]), o.lit(int, 1)),
    // The first element of each group; what is missing repeats the first group's.
    firsts = nonzero(starts, { size, fillValue: 0 })[0]!,
    real = o.lt(o.iota(int, [size], 0), found),
    picked = rowsAt(sorted, firsts),
    values = q.fillValue === undefined || q.fillValue === null ? picked : o.select(o.broadcastInDim(real, picked.shape, [0]), picked, fill(picked)),
    counts = o
      .full([size], int, 0)
      .at(groupOf)
      .add(o.full([n], int, 1), { mode: "drop" });
  return { values: back(values), index: rowsAt(order, firsts), inverse: o.reshape(inverse, inverseShape), counts };
}
function find(x: ArrayLike, q: UniqueOptions): { values: Value; index: Value; inverse: Value; counts: Value } {
  const v = asArray(x, "unique"),
    flat = q.axis === undefined || q.axis === null,
    a = flat ? 0 : axisOf("unique", q.axis as number, v.ndim),
    w = flat ? o.reshape(v, [v.size]) : v,
    n = w.shape[a]!;
  if (q.size !== undefined && q.size !== null) return findSized(w, a, sizeArgument("unique", "size", q.size), flat ? v.shape : [n], q);
  const moved = known("unique", w),
    data = moved.dataSync(),
    per = isComplex(w.dtype) ? 2 : 1;
  const stride = w.shape.slice(a + 1).reduce((p, s) => p * s, 1),
    outer = w.shape.slice(0, a).reduce((p, s) => p * s, 1),
    rows = Array.from({ length: n }, (_r, i) => {
      const row: number[] = [];
      for (let b = 0; b < outer; b++)
        for (let s = 0; s < stride; s++) for (let c = 0; c < per; c++) row.push(Number(data[((b * n + i) * stride + s) * per + c]));
      return row;
    });
  const { first, inverse, counts } = group(rows, q.equalNan ?? true),
    values = take(w, first, a);
  return { values, index: ints(first), inverse: ints(inverse, flat ? v.shape : [n]), counts: ints(counts) };
}
/** The sorted elements, each once; with options `[values, index, inverse, counts]`, those that are asked for. Under jit give `size`.
 * @example np.unique([3, 1, 3]) // [1, 3] */
export function unique(
  x: ArrayLike,
  ...rest: Tail<[returnIndex: boolean, returnInverse: boolean, returnCounts: boolean, axis: number | null], UniqueOptions>
): Value | Value[] {
  const q = options<UniqueOptions>("unique", ["returnIndex", "returnInverse", "returnCounts", "axis"], rest),
    f = find(x, q),
    more = [...(q.returnIndex ? [f.index] : []), ...(q.returnInverse ? [f.inverse] : []), ...(q.returnCounts ? [f.counts] : [])];
  return more.length ? [f.values, ...more] : f.values;
}
/** The array standard's functions are not differentiated, as in JAX. */
const constant = (v: Value): Value => o.callAll("stop_gradient", [v])[0]!;
const SEPARATE_NAN = { equalNan: false };
/** `[values, indices, inverse, counts]` of the distinct elements.
 * @example np.uniqueAll([3, 1, 3]) // [[1, 3], [1, 0], [1, 0, 1], [1, 2]] */
export const uniqueAll = (x: ArrayLike, q: UniqueOptions = {}): Value[] => {
  const f = find(x, { ...SEPARATE_NAN, ...q });
  return [constant(f.values), f.index, f.inverse, f.counts];
};
/** `[values, counts]` of the distinct elements.
 * @example np.uniqueCounts([3, 1, 3]) // [[1, 3], [1, 2]] */
export const uniqueCounts = (x: ArrayLike, q: UniqueOptions = {}): Value[] => {
  const f = find(x, { ...SEPARATE_NAN, ...q });
  return [constant(f.values), f.counts];
};
/** `[values, inverse]` of the distinct elements.
 * @example np.uniqueInverse([3, 1, 3]) // [[1, 3], [1, 0, 1]] */
export const uniqueInverse = (x: ArrayLike, q: UniqueOptions = {}): Value[] => {
  const f = find(x, { ...SEPARATE_NAN, ...q });
  return [constant(f.values), f.inverse];
};
/** The distinct elements, sorted.
 * @example np.uniqueValues([3, 1, 3]) // [1, 3] */
export const uniqueValues = (x: ArrayLike, q: UniqueOptions = {}): Value => find(x, { ...SEPARATE_NAN, ...q }).values;

const flatPair = (fn: string, a: ArrayLike, b: ArrayLike): [Value, Value] =>
  promote(fn, [asArray(a, fn), asArray(b, fn)]).map((v) => o.reshape(v, [v.size])) as [Value, Value];
/** The sorted elements of either array, each once. Under jit give `size`.
 * @example np.union1d([1, 2], [2, 3]) // [1, 2, 3] */
export function union1d(a: ArrayLike, b: ArrayLike, q: SetOptions = {}): Value {
  const [x, y] = flatPair("union1d", a, b);
  return find(o.concatenate([x, y], 0), { size: q.size ?? null, fillValue: q.fillValue ?? null }).values;
}
const numbers = (fn: string, v: Value): number[] => Array.from(known(fn, v).dataSync() as Float32Array, Number);
/** Elements of x at positions, filled up to a size. */
function sized(x: Value, positions: readonly number[], q: SetOptions): Value {
  const picked = take(x, positions, 0);
  if (q.size === undefined || q.size === null) return positions.length ? picked : o.sliceInDim(x, 0, 0, 0);
  const cut = o.sliceInDim(picked, 0, 0, Math.min(positions.length, q.size)),
    pad = q.size - Math.min(positions.length, q.size);
  return pad ? o.concatenate([cut, o.splat(castTo(asArray(q.fillValue ?? 0), x.dtype), [pad])], 0) : cut;
}
/** The sorted elements of a that are not in b. Under jit give `size`.
 * @example np.setdiff1d([1, 2, 3], [2]) // [1, 3] */
export function setdiff1d(a: ArrayLike, b: ArrayLike, ...rest: Tail<[assumeUnique: boolean], SetOptions>): Value {
  const q = options<SetOptions>("setdiff1d", ["assumeUnique"], rest),
    [x, y] = flatPair("setdiff1d", a, b),
    u = q.assumeUnique ? x : find(x, {}).values,
    gone = new Set(numbers("setdiff1d", y));
  return sized(
    u,
    numbers("setdiff1d", u).flatMap((v, i) => (gone.has(v) ? [] : [i])),
    q,
  );
}
/** The sorted elements of exactly one of the arrays.
 * @example np.setxor1d([1, 2], [2, 3]) // [1, 3] */
export function setxor1d(a: ArrayLike, b: ArrayLike, ...rest: Tail<[assumeUnique: boolean], SetOptions>): Value {
  const q = options<SetOptions>("setxor1d", ["assumeUnique"], rest),
    [x, y] = flatPair("setxor1d", a, b),
    u = q.assumeUnique ? x : find(x, {}).values,
    w = q.assumeUnique ? y : find(y, {}).values,
    both = o.concatenate([u, w], 0),
    f = find(both, {}),
    counts = numbers("setxor1d", f.counts);
  return sized(
    f.values,
    counts.flatMap((c, i) => (c === 1 ? [i] : [])),
    q,
  );
}
/** The sorted elements of both arrays; with `returnIndices` their places as well.
 * @example np.intersect1d([1, 2, 3], [2, 3, 4]) // [2, 3] */
export function intersect1d(
  a: ArrayLike,
  b: ArrayLike,
  ...rest: Tail<[assumeUnique: boolean, returnIndices: boolean], IntersectOptions>
): Value | Value[] {
  const q = options<IntersectOptions>("intersect1d", ["assumeUnique", "returnIndices"], rest),
    [x, y] = flatPair("intersect1d", a, b),
    fx = find(x, {}),
    fy = find(y, {}),
    other = numbers("intersect1d", fy.values),
    place = new Map(other.map((v, i) => [v, i])),
    hits = numbers("intersect1d", fx.values).flatMap((v, i) => (place.has(v) ? [[i, place.get(v)!] as const] : []));
  const values = sized(
    fx.values,
    hits.map(([i]) => i),
    q,
  );
  return q.returnIndices
    ? [
        values,
        take(
          fx.index,
          hits.map(([i]) => i),
          0,
        ),
        take(
          fy.index,
          hits.map(([, j]) => j),
          0,
        ),
      ]
    : values;
}
/** Without the zeros in front ("f") and behind ("b").
 * @example np.trimZeros([0, 1, 2, 0]) // [1, 2] */
export function trimZeros(x: ArrayLike, ...rest: Tail<[trim: string, axis: Axis], TrimZerosOptions>): Value {
  const p = options<TrimZerosOptions>("trimZeros", ["trim", "axis"], rest),
    v = asArray(x, "trimZeros"),
    t = String(p.trim ?? "fb").toLowerCase(),
    axes = axesOf("trimZeros", p.axis, v.ndim);
  oneOf("trimZeros", "trim", t, ["f", "b", "fb", "bf"]);
  return axes.reduce((y, axis) => {
    const used = numbers("trimZeros", any(o.ne(v, o.like(v, 0)), { axis: v.shape.map((_n, i) => i).filter((i) => i !== axis) })).map(Boolean),
      first = used.indexOf(true);
    if (first < 0) return o.sliceInDim(y, axis, 0, 0);
    return o.sliceInDim(y, axis, t.includes("f") ? first : 0, t.includes("b") ? used.lastIndexOf(true) + 1 : used.length);
  }, v);
}
