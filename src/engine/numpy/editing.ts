// Arrays with parts put in, taken out or overwritten: NumPy's in-place functions, which give new arrays here.
import { DTypeError, ShapeError } from "../core/errors.ts";
import { NDArray, type Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, axisOf, broadcastTo, castTo, options } from "./convert.ts";
import { resize, take } from "./take.ts";
import type { DeleteOptions, FlatAxisOptions, PutOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

/** Positions known while tracing: a number, numbers, booleans or a concrete array; negative ones count from the end. */
function positions(fn: string, obj: ArrayLike, n: number, extra = 0): number[] {
  const v = asArray(obj, fn, "the positions");
  if (!(v instanceof NDArray))
    throw new ShapeError(
      `${fn}: the positions are a traced array (${v.aval}), but the result's shape depends on them; pass numbers, or make the argument static`,
    );
  const flat = Array.from(v.dataSync() as Int32Array, Number);
  const odd = flat.find((i) => !Number.isInteger(i));
  if (odd !== undefined) throw new DTypeError(`${fn}: the position ${odd} is no integer; round it first`);
  if (v.dtype === "bool") return flat.flatMap((b, i) => (b ? [i] : []));
  return flat.map((i) => {
    const k = i < 0 ? i + n : i;
    if (k < 0 || k >= n + extra) throw new ShapeError(`${fn}: position ${i} is out of range for an axis of ${n}`);
    return k;
  });
}
function flatOr(fn: string, x: ArrayLike, axis: number | null | undefined): [Value, number] {
  const v = asArray(x, fn);
  return axis === undefined || axis === null ? [o.reshape(v, [v.size]), 0] : [v, axisOf(fn, axis, v.ndim)];
}
/** Without the elements at some positions of an axis (of the flat array without one).
 * @example np.delete([1, 2, 3], 1) // [1, 3] */
function delete_(x: ArrayLike, obj: ArrayLike, ...rest: Tail<[axis: number | null], DeleteOptions>): Value {
  const q = options<DeleteOptions>("delete", ["axis"], rest),
    [v, a] = flatOr("delete", x, q.axis),
    n = v.shape[a]!,
    gone = new Set(positions("delete", obj, n));
  return take(
    v,
    Array.from({ length: n }, (_x, i) => i).filter((i) => !gone.has(i)),
    a,
  );
}
export { delete_ as delete };
/** Values put in before some positions of an axis.
 * @example np.insert([1, 3], 1, 2) // [1, 2, 3] */
export function insert(x: ArrayLike, obj: ArrayLike, values: ArrayLike, ...rest: Tail<[axis: number | null], FlatAxisOptions>): Value {
  const q = options<FlatAxisOptions>("insert", ["axis"], rest),
    [v, a] = flatOr("insert", x, q.axis),
    n = v.shape[a]!,
    at = positions("insert", obj, n, 1),
    single = asArray(obj).ndim === 0;
  let w = castTo(asArray(values, "insert"), v.dtype);
  // One position takes a whole block of values, moved so that its first axis runs along the one inserted to.
  if (single) {
    if (w.ndim === v.ndim && v.ndim > 0 && w.ndim > 1) {
      /* a block of its own length */
    } else if (w.ndim === 1 && v.ndim === 1) {
      /* several values at one place */
    } else
      w = broadcastTo(
        w.ndim === 0 ? w : o.expandDims(w, a),
        v.shape.map((m, i) => (i === a ? 1 : m)),
      );
  }
  const count = single ? w.shape[a]! : Math.max(at.length, w.ndim ? (w.shape[w.ndim === v.ndim ? a : 0] ?? 1) : 1),
    places = single ? Array<number>(count).fill(at[0]!) : at.length === 1 ? Array<number>(count).fill(at[0]!) : at;
  if (!single)
    w = broadcastTo(
      w,
      v.shape.map((m, i) => (i === a ? count : m)),
    );
  const order = places.map((p, i) => ({ p, i })).sort((r, s) => r.p - s.p || r.i - s.i),
    index: number[] = [];
  let next = 0;
  for (let i = 0; i <= n; i++) {
    while (next < order.length && order[next]!.p === i) index.push(n + order[next++]!.i);
    if (i < n) index.push(i);
  }
  return take(o.concatenate([v, w], a), index, a);
}
/** Overwrites elements of the flat array, repeating the values as often as needed.
 * @example np.put(np.array([1, 2, 3]), np.array([1], { dtype: "int32" }), 9, { inplace: false }) // [1, 9, 3] */
export function put(a: ArrayLike, ind: ArrayLike, v: ArrayLike, ...rest: Tail<[mode: string | null, inplace: boolean], PutOptions>): Value {
  const q = options<PutOptions>("put", ["mode"], rest),
    x = asArray(a, "put"),
    i0 = asArray(ind),
    i = o.reshape(i0, [i0.size]),
    vals = resize(castTo(asArray(v), x.dtype), i.size),
    n = o.like(i, x.size);
  const at =
    q.mode === "wrap"
      ? o.rem(o.add(o.rem(i, broadcastTo(n, i.shape)), broadcastTo(n, i.shape)), broadcastTo(n, i.shape))
      : q.mode === "clip"
        ? o.min(o.max(i, o.like(i, 0)), o.like(i, x.size - 1))
        : i;
  return o.reshape(o.reshape(x, [x.size]).at(at).set(vals), x.shape);
}
/** x with values at indices along an axis (a new array: `inplace` must be false).
 * @example np.putAlongAxis(np.array([[1, 2]]), np.array([[0]], { dtype: "int32" }), 9, 1, { inplace: false }) // [[9, 2]] */
export function putAlongAxis(arr: ArrayLike, indices: ArrayLike, values: ArrayLike, axis: number | null, _q: object = {}): Value {
  const [v, a] = flatOr("putAlongAxis", arr, axis),
    shape = asArray(arr).shape,
    i = asArray(indices),
    full = v.shape.map((m, k) => (k === a ? i.shape[a]! : m)),
    at = full.map((_m, k) => (k === a ? broadcastTo(i, full) : o.iota("int32", full, k)));
  return o.reshape(v.at(...at).set(broadcastTo(castTo(asArray(values), v.dtype), full)), shape);
}
/** Overwrites where the mask holds, with one value after the other, again from the start when they run out.
 * @example np.place(np.array([1, 2, 3]), np.array([true, false, true]), [9], { inplace: false }) // [9, 2, 9] */
export function place(arr: ArrayLike, mask: ArrayLike, vals: ArrayLike, _q: object = {}): Value {
  const x = asArray(arr, "place"),
    m0 = asArray(mask),
    m = o.reshape(m0.dtype === "bool" ? m0 : o.ne(m0, o.like(m0, 0)), [x.size]),
    v0 = castTo(asArray(vals), x.dtype),
    v = o.reshape(v0, [v0.size]),
    rank = o.sub(o.cumsum(o.convert(m, "int32"), 0, false), o.lit("int32", 1)),
    which = o.rem(o.max(rank, o.lit("int32", 0)), o.full(rank.shape, "int32", v.size));
  return o.reshape(o.select(m, o.takeAlong(v, which, 0), o.reshape(x, [x.size])), x.shape);
}
/** x with its main diagonal set (a new array: `inplace` must be false).
 * @example np.fillDiagonal(np.zeros([2, 2]), 7, { inplace: false }) // [[7, 0], [0, 7]] */
export function fillDiagonal(a: ArrayLike, val: ArrayLike, _q: object = {}): Value {
  const x = asArray(a, "fillDiagonal"),
    n = Math.min(...x.shape);
  if (x.ndim < 2 || (x.ndim > 2 && x.shape.some((m) => m !== x.shape[0])))
    throw new ShapeError(`fillDiagonal: the operand is ${x.aval}, expected a matrix, or more than 2 axes of equal size`);
  const i = o.iota("int32", [n], 0);
  return x.at(...x.shape.map(() => i)).set(resize(castTo(asArray(val), x.dtype), n));
}
