// Sets: unique values and what is made of them. Shapes depend on values here, so values must be known (differentiation may go on).
import { isComplex } from "../core/dtypes.ts";
import { ConcretizationTypeError } from "../core/errors.ts";
import { arrayFrom } from "../core/arrays.ts";
import { NDArray, type Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { concreteOf } from "../transforms/jvp.ts";
import { type ArrayLike, asArray, axisOf, castTo, options, promote } from "./convert.ts";
import { take } from "./take.ts";

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
interface UniqueOptions {
  readonly returnIndex?: boolean;
  readonly returnInverse?: boolean;
  readonly returnCounts?: boolean;
  readonly axis?: number | null;
  readonly equalNan?: boolean;
  readonly size?: number | null;
  readonly fillValue?: ArrayLike | null;
  readonly sorted?: boolean;
}
function find(x: ArrayLike, q: UniqueOptions): { values: Value; index: Value; inverse: Value; counts: Value } {
  const v = asArray(x, "unique"),
    flat = q.axis === undefined || q.axis === null,
    a = flat ? 0 : axisOf("unique", q.axis as number, v.ndim),
    w = flat ? o.reshape(v, [v.size]) : v,
    n = w.shape[a]!,
    moved = known("unique", w),
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
  let { first, counts } = group(rows, q.equalNan ?? true);
  const { inverse } = group(rows, q.equalNan ?? true),
    have = first.length;
  if (q.size !== undefined && q.size !== null) {
    const pad = Math.max(0, q.size - have);
    first = [...first, ...Array<number>(pad).fill(first[0] ?? 0)].slice(0, q.size);
    counts = [...counts, ...Array<number>(pad).fill(0)].slice(0, q.size);
  }
  let values = take(w, first, a);
  if (q.size && q.size > have && q.fillValue !== undefined && q.fillValue !== null)
    values = o.concatenate(
      [
        o.sliceInDim(values, a, 0, have),
        o.splat(
          castTo(asArray(q.fillValue), w.dtype),
          values.shape.map((m, i) => (i === a ? q.size! - have : m)),
        ),
      ],
      a,
    );
  return { values, index: ints(first), inverse: ints(inverse, flat ? v.shape : [n]), counts: ints(counts) };
}
export function unique(x: ArrayLike, ...rest: unknown[]): Value | Value[] {
  const q = options<UniqueOptions>("unique", ["returnIndex", "returnInverse", "returnCounts", "axis"], rest),
    f = find(x, q),
    more = [...(q.returnIndex ? [f.index] : []), ...(q.returnInverse ? [f.inverse] : []), ...(q.returnCounts ? [f.counts] : [])];
  return more.length ? [f.values, ...more] : f.values;
}
/** The array standard's functions are not differentiated, as in JAX. */
const constant = (v: Value): Value => o.callAll("stop_gradient", [v])[0]!;
const SEPARATE_NAN = { equalNan: false };
export const uniqueAll = (x: ArrayLike, q: UniqueOptions = {}): Value[] => {
  const f = find(x, { ...SEPARATE_NAN, ...q });
  return [constant(f.values), f.index, f.inverse, f.counts];
};
export const uniqueCounts = (x: ArrayLike, q: UniqueOptions = {}): Value[] => {
  const f = find(x, { ...SEPARATE_NAN, ...q });
  return [constant(f.values), f.counts];
};
export const uniqueInverse = (x: ArrayLike, q: UniqueOptions = {}): Value[] => {
  const f = find(x, { ...SEPARATE_NAN, ...q });
  return [constant(f.values), f.inverse];
};
export const uniqueValues = (x: ArrayLike, q: UniqueOptions = {}): Value => find(x, { ...SEPARATE_NAN, ...q }).values;

interface SetOptions {
  readonly size?: number | null;
  readonly fillValue?: ArrayLike | null;
  readonly assumeUnique?: boolean;
  readonly returnIndices?: boolean;
}
const flatPair = (fn: string, a: ArrayLike, b: ArrayLike): [Value, Value] =>
  promote(fn, [asArray(a, fn), asArray(b, fn)]).map((v) => o.reshape(v, [v.size])) as [Value, Value];
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
export function setdiff1d(a: ArrayLike, b: ArrayLike, ...rest: unknown[]): Value {
  const q = options<SetOptions>("setdiff1d", ["assumeUnique"], rest, ["size", "fillValue"]),
    [x, y] = flatPair("setdiff1d", a, b),
    u = q.assumeUnique ? x : find(x, {}).values,
    gone = new Set(numbers("setdiff1d", y));
  return sized(
    u,
    numbers("setdiff1d", u).flatMap((v, i) => (gone.has(v) ? [] : [i])),
    q,
  );
}
export function setxor1d(a: ArrayLike, b: ArrayLike, ...rest: unknown[]): Value {
  const q = options<SetOptions>("setxor1d", ["assumeUnique"], rest, ["size", "fillValue"]),
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
export function intersect1d(a: ArrayLike, b: ArrayLike, ...rest: unknown[]): Value | Value[] {
  const q = options<SetOptions>("intersect1d", ["assumeUnique", "returnIndices"], rest, ["size", "fillValue"]),
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
/** Without the zeros in front ("f") and behind ("b"). */
export function trimZeros(x: ArrayLike, ...rest: unknown[]): Value {
  const { trim = "fb" } = options<{ trim?: string }>("trimZeros", ["trim"], rest),
    v = asArray(x, "trimZeros"),
    n = numbers("trimZeros", v),
    first = n.findIndex((k) => k !== 0),
    last = n.findLastIndex((k) => k !== 0),
    t = trim.toLowerCase();
  if (first < 0) return o.sliceInDim(v, 0, 0, 0);
  return o.sliceInDim(v, 0, t.includes("f") ? first : 0, t.includes("b") ? last + 1 : v.size);
}
