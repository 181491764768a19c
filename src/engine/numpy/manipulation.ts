// Rearranging: shapes, axes, joining, splitting, repeating.
import { type Shape, sizeOf } from "../core/aval.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import {
  type ArrayLike,
  asArray,
  axisOf,
  broadcastShapes as broadcastOf,
  broadcastTo as spread,
  castTo,
  options,
  promote,
  axesOf,
  oneOf,
  shapeOf,
  sizeArgument,
} from "./convert.ts";
import { atleast1d, atleast2d, atleast3d } from "./atLeast.ts";
import { dtypeOf } from "../core/dtypes.ts";
import type { AxesOptions, Axis, FlatAxisOptions, DTypeOptions } from "./options.ts";
import type {
  DiagonalOptions,
  JoinOptions,
  RavelOptions,
  RepeatOptions,
  Rot90Options,
  StackOptions,
  TraceOptions,
  TransposeOptions,
} from "./shapeOptions.ts";
import type { Tail } from "../core/signature.ts";

/** A new shape with the same elements; one −1 is computed. `order: "F"` reads and writes columns first.
 * @example np.reshape([1, 2, 3, 4], [2, -1]) // [[1, 2], [3, 4]] */
export function reshape(
  x: ArrayLike,
  shape: number | Shape | { shape: number | Shape; order?: string },
  opts: { order?: string; copy?: boolean | null } = {},
): Value {
  const v = asArray(x, "reshape"),
    given = typeof shape === "object" && !Array.isArray(shape) ? (shape as { shape: number | Shape; order?: string }) : null,
    wanted = shapeOf("reshape", given ? given.shape : shape, -1),
    order = oneOf("reshape", "order", given?.order ?? opts.order ?? "C", ["C", "F"]);
  const known = wanted.filter((n) => n !== -1).reduce((a, b) => a * b, 1),
    holes = wanted.filter((n) => n === -1).length;
  if (holes > 1) throw new ShapeError(`reshape: the shape [${wanted.join()}] has ${holes} entries -1, at most one can be computed`);
  const s = wanted.map((n) => (n === -1 ? v.size / known : n));
  if (sizeOf(s) !== v.size || s.some((n) => !Number.isInteger(n)))
    throw new ShapeError(`reshape: ${v.aval} has ${v.size} elements, which do not fit the shape [${wanted.join()}]`);
  if (order === "F") return transpose(o.reshape(transpose(v), [...s].reverse()));
  return o.reshape(v, s);
}
/** The elements as one vector.
 * @example np.ravel([[1, 2], [3, 4]]) // [1, 2, 3, 4] */
export function ravel(x: ArrayLike, ...rest: Tail<[order: string], RavelOptions>): Value {
  const opts = options<RavelOptions>("ravel", ["order"], rest);
  const v = asArray(x, "ravel");
  return reshape(v, [v.size], opts);
}
/** The axes in another order, reversed by default.
 * @example np.transpose([[1, 2], [3, 4]]) // [[1, 3], [2, 4]] */
export function transpose(x: ArrayLike, ...rest: Tail<[axes: readonly number[] | null], TransposeOptions>): Value {
  const v = asArray(x, "transpose"),
    axes = options<TransposeOptions>("transpose", ["axes"], rest).axes;
  return o.transpose(v, axes ? axes.map((a) => axisOf("transpose", a, v.ndim)) : v.shape.map((_n, i) => v.ndim - 1 - i));
}
/** The axes in another order.
 * @example np.permuteDims(np.ones([2, 3, 4]), [2, 0, 1]).shape // [4, 2, 3] */
export const permuteDims = (x: ArrayLike, axes: readonly number[]): Value => transpose(x, axes);
/** The last two axes exchanged.
 * @example np.matrixTranspose([[1, 2], [3, 4]]) // [[1, 3], [2, 4]] */
export function matrixTranspose(x: ArrayLike): Value {
  const v = asArray(x, "matrixTranspose");
  return swapaxes(v, -1, -2);
}
/** Two axes exchanged.
 * @example np.swapaxes(np.ones([2, 3, 4]), 0, 2).shape // [4, 3, 2] */
export function swapaxes(x: ArrayLike, a: number, b: number): Value {
  const v = asArray(x, "swapaxes"),
    p = v.shape.map((_n, i) => i),
    i = axisOf("swapaxes", a, v.ndim),
    j = axisOf("swapaxes", b, v.ndim);
  [p[i], p[j]] = [p[j]!, p[i]!];
  return o.transpose(v, p);
}
/** Axes moved to other places; the others keep their order.
 * @example np.moveaxis(np.ones([2, 3, 4]), 0, -1).shape // [3, 4, 2] */
export function moveaxis(x: ArrayLike, source: number | readonly number[], destination: number | readonly number[]): Value {
  const v = asArray(x, "moveaxis"),
    from = [source].flat().map((a) => axisOf("moveaxis", a as number, v.ndim)),
    to = [destination].flat().map((a) => axisOf("moveaxis", a as number, v.ndim));
  if (from.length !== to.length) throw new ShapeError(`moveaxis: ${from.length} source axes and ${to.length} destinations; expected as many of each`);
  const rest = v.shape.map((_n, i) => i).filter((i) => !from.includes(i)),
    p = new Array<number>(v.ndim).fill(-1);
  to.forEach((t, i) => (p[t] = from[i]!));
  return o.transpose(
    v,
    p.map((a) => (a === -1 ? rest.shift()! : a)),
  );
}
/** One axis moved before another place.
 * @example np.rollaxis(np.ones([2, 3, 4]), 2).shape // [4, 2, 3] */
export function rollaxis(x: ArrayLike, axis: number, start: number | { start?: number } = 0): Value {
  const v = asArray(x, "rollaxis"),
    a = axisOf("rollaxis", axis, v.ndim);
  let s = typeof start === "number" ? start : (start.start ?? 0);
  if (s < 0) s += v.ndim;
  if (s > a) s--;
  return moveaxis(v, a, s);
}
/** New axes of size 1 at the given places of the result.
 * @example np.expandDims([1, 2], 0) // [[1, 2]] */
export function expandDims(x: ArrayLike, axis: number | readonly number[] | { axis: number | readonly number[] }): Value {
  const v = asArray(x, "expandDims"),
    list = [typeof axis === "object" && !Array.isArray(axis) ? (axis as { axis: number | readonly number[] }).axis : axis].flat() as number[],
    rank = v.ndim + list.length;
  return o.expandDims(
    v,
    list.map((a) => axisOf("expandDims", a, rank)),
  );
}
/** Without axes of size 1: all of them, or those named.
 * @example np.squeeze([[1], [2]]) // [1, 2] */
export function squeeze(x: ArrayLike, ...rest: Tail<[axis: Axis], AxesOptions>): Value {
  const v = asArray(x, "squeeze"),
    axis = options<AxesOptions>("squeeze", ["axis"], rest).axis,
    axes =
      axis === undefined || axis === null
        ? v.shape.map((_n, i) => i).filter((i) => v.shape[i] === 1)
        : [axis].flat().map((a) => axisOf("squeeze", a as number, v.ndim));
  return o.squeeze(v, axes);
}
/** x of a larger shape; axes of size 1 are repeated. Throws ShapeError where it does not fit.
 * @example np.broadcastTo([1, 2], [2, 2]) // [[1, 2], [1, 2]] */
export const broadcastTo = (x: ArrayLike, shape: number | Shape): Value => spread(asArray(x, "broadcastTo"), shapeOf("broadcastTo", shape));
/** Several arrays of their common shape.
 * @example np.broadcastArrays([1, 2], 3) // [[1, 2], [3, 3]] */
export function broadcastArrays(...xs: ArrayLike[]): Value[] {
  const vs = xs.map((x) => asArray(x, "broadcastArrays")),
    s = broadcastOf(
      "broadcastArrays",
      vs.map((v) => v.shape),
    );
  return vs.map((v) => spread(v, s));
}
/** The common shape of several. Throws ShapeError where there is none.
 * @example np.broadcastShapes([2, 1], [3]) // [2, 3] */
export const broadcastShapes = (...shapes: (number | Shape)[]): number[] =>
  broadcastOf(
    "broadcastShapes",
    shapes.map((s) => shapeOf("broadcastShapes", s)),
  );
export { atleast1d, atleast2d, atleast3d } from "./atLeast.ts";
/** A list of arrays, or an array taken apart along its first axis. */
const listOf = (fn: string, xs: ArrayLike | readonly ArrayLike[]): Value[] =>
  Array.isArray(xs) ? xs.map((x, i) => asArray(x, fn, `array ${i}`)) : unstack(xs as ArrayLike);
/** Arrays joined along an axis; the other axes agree.
 * @example np.concatenate([[1, 2], [3]]) // [1, 2, 3] */
export function concatenate(xs: ArrayLike | readonly ArrayLike[], ...rest: Tail<[axis: number | null], JoinOptions>): Value {
  const p = options<JoinOptions>("concatenate", ["axis"], rest),
    list = listOf("concatenate", xs);
  if (list.length === 0) throw new ShapeError("concatenate: got no arrays, expected at least one");
  const flat = p.axis === null ? list.map((v) => o.reshape(v, [v.size])) : list,
    vs = p.dtype ? flat.map((v) => castTo(v, dtypeOf(p.dtype))) : promote("concatenate", flat);
  if (vs[0]!.ndim === 0) throw new ShapeError("concatenate: scalars have no axis to join along; use np.stack");
  return o.concatenate(vs, axisOf("concatenate", p.axis ?? 0, vs[0]!.ndim));
}
/** Another name of concatenate.
 * @example np.concat([[1, 2], [3]]) // [1, 2, 3] */
export const concat = concatenate;
/** Arrays of one shape joined along a new axis.
 * @example np.stack([[1, 2], [3, 4]], { axis: 1 }) // [[1, 3], [2, 4]] */
export function stack(xs: ArrayLike | readonly ArrayLike[], ...rest: Tail<[axis: number], StackOptions>): Value {
  const p = options<StackOptions>("stack", ["axis"], rest),
    list = promote("stack", listOf("stack", xs)),
    a = axisOf("stack", p.axis ?? 0, list[0]!.ndim + 1);
  for (const v of list)
    if (v.shape.join() !== list[0]!.shape.join())
      throw new ShapeError(`stack: the arrays have shapes ${list.map((q) => `[${q.shape.join()}]`).join(", ")}; they must be equal`);
  const r = o.concatenate(
    list.map((v) => o.expandDims(v, a)),
    a,
  );
  return p.dtype ? castTo(r, dtypeOf(p.dtype)) : r;
}
/** The slices along an axis, as a list.
 * @example np.unstack([[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export function unstack(x: ArrayLike, opts: { axis?: number } = {}): Value[] {
  const v = asArray(x, "unstack"),
    a = axisOf("unstack", opts.axis ?? 0, v.ndim);
  return Array.from({ length: v.shape[a]! }, (_n, i) => o.squeeze(o.sliceInDim(v, a, i, i + 1), [a]));
}
/** Joined along the second axis (vectors along the first).
 * @example np.hstack([[1, 2], [3]]) // [1, 2, 3] */
export function hstack(xs: ArrayLike | readonly ArrayLike[], options: DTypeOptions = {}): Value {
  const vs = listOf("hstack", xs).map((v) => atleast1d(v) as Value);
  return inDtype(concatenate(vs, vs[0]!.ndim === 1 ? 0 : 1), options);
}
/** In the dtype that was asked for. */
const inDtype = (v: Value, options: DTypeOptions): Value => (options.dtype ? castTo(v, dtypeOf(options.dtype)) : v);
/** Joined along the first axis; vectors are rows.
 * @example np.vstack([[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export const vstack = (xs: ArrayLike | readonly ArrayLike[], options: DTypeOptions = {}): Value =>
  inDtype(
    concatenate(
      listOf("vstack", xs).map((v) => atleast2d(v) as Value),
      0,
    ),
    options,
  );
/** Joined along the third axis.
 * @example np.dstack([[1, 2], [3, 4]]) // [[[1, 3], [2, 4]]] */
export const dstack = (xs: ArrayLike | readonly ArrayLike[], options: DTypeOptions = {}): Value =>
  inDtype(
    concatenate(
      listOf("dstack", xs).map((v) => atleast3d(v) as Value),
      2,
    ),
    options,
  );
/** Vectors as the columns of a matrix.
 * @example np.columnStack([[1, 2], [3, 4]]) // [[1, 3], [2, 4]] */
export const columnStack = (xs: ArrayLike | readonly ArrayLike[]): Value =>
  concatenate(
    listOf("columnStack", xs).map((v) => (v.ndim < 2 ? o.reshape(v, [v.size, 1]) : v)),
    1,
  );
/** Values joined at the end, along an axis or flattened.
 * @example np.append([1, 2], [3]) // [1, 2, 3] */
export function append(x: ArrayLike, values: ArrayLike, ...rest: Tail<[axis: number | null], FlatAxisOptions>): Value {
  const axis = options<FlatAxisOptions>("append", ["axis"], rest).axis;
  // A number beside an array is weak, as everywhere.
  const [v, w] = typeof values === "number" ? promote("append", [asArray(x, "append"), values]) : [asArray(x, "append"), asArray(values, "append")];
  return concatenate([v!, w!], axis ?? null);
}
/** Nested lists of arrays, joined as they stand.
 * @example np.block([[np.eye(2), np.zeros([2, 1])]]) // [[1, 0, 0], [0, 1, 0]] */
export function block(xs: unknown): Value {
  const depth = (v: unknown): number => (Array.isArray(v) ? 1 + depth(v[0]) : 0),
    d = depth(xs),
    rank = Math.max(d, ...leaves(xs).map((v) => v.ndim));
  const build = (v: unknown, level: number): Value =>
    Array.isArray(v)
      ? concatenate(
          v.map((e) => build(e, level + 1)),
          rank - d + level,
        )
      : o.reshape(asArray(v, "block"), [...Array<number>(rank - asArray(v).ndim).fill(1), ...asArray(v).shape]);
  return build(xs, 0);
}
const leaves = (v: unknown): Value[] => (Array.isArray(v) ? v.flatMap(leaves) : [asArray(v, "block")]);

/** x repeated along its axes.
 * @example np.tile([1, 2], 2) // [1, 2, 1, 2] */
export function tile(x: ArrayLike, reps: number | readonly number[]): Value {
  const v = asArray(x, "tile"),
    r = ([reps].flat() as number[]).map((n) => sizeArgument("tile", "a repetition", n)),
    rank = Math.max(v.ndim, r.length),
    shape = [...Array<number>(rank - v.ndim).fill(1), ...v.shape],
    times = [...Array<number>(rank - r.length).fill(1), ...r];
  return o.reshape(
    o.broadcastInDim(
      o.reshape(v, shape),
      shape.flatMap((n, i) => [times[i]!, n]),
      shape.map((_n, i) => 2 * i + 1),
    ),
    shape.map((n, i) => n * times[i]!),
  );
}
/** Each element several times, along an axis or flattened.
 * @example np.repeat([1, 2], 2) // [1, 1, 2, 2] */
export function repeat(x: ArrayLike, repeats: number | readonly number[] | Value, ...rest: Tail<[axis: number | null], RepeatOptions>): Value {
  const p = options<RepeatOptions>("repeat", ["axis"], rest),
    v0 = asArray(x, "repeat"),
    v = p.axis === null || p.axis === undefined ? o.reshape(v0, [v0.size]) : v0,
    a = axisOf("repeat", p.axis ?? 0, v.ndim),
    n = v.shape[a]!;
  const given =
    typeof repeats === "number"
      ? [repeats]
      : Array.isArray(repeats)
        ? (repeats as number[])
        : [(repeats as Value).tolist() as number | number[]].flat();
  const list = given.map((k) => sizeArgument("repeat", "a number of repeats", k));
  let out: Value;
  if (list.length === 1)
    out = o.reshape(
      o.broadcastInDim(
        v,
        [...v.shape.slice(0, a + 1), list[0]!, ...v.shape.slice(a + 1)],
        v.shape.map((_n, i) => (i <= a ? i : i + 1)),
      ),
      v.shape.map((m, i) => (i === a ? m * list[0]! : m)),
    );
  else {
    if (list.length !== n) throw new ShapeError(`repeat: axis ${a} has ${n} elements and there are ${list.length} repeats; expected as many, or one`);
    out = v.take(
      list.flatMap((r, i) => Array<number>(r).fill(i)),
      { axis: a },
    );
  }
  const total = p.totalRepeatLength;
  if (total === null || total === undefined || total === out.shape[a]) return out;
  sizeArgument("repeat", "totalRepeatLength", total);
  const idx = Array.from({ length: total }, (_z, i) => Math.min(i, out.shape[a]! - 1));
  return out.take(idx, { axis: a });
}
/** The order along axes reversed.
 * @example np.flip([1, 2, 3]) // [3, 2, 1] */
export function flip(x: ArrayLike, ...rest: Tail<[axis: Axis], AxesOptions>): Value {
  const v = asArray(x, "flip"),
    axis = options<AxesOptions>("flip", ["axis"], rest).axis;
  return o.rev(v, axis === undefined || axis === null ? v.shape.map((_n, i) => i) : [axis].flat().map((a) => axisOf("flip", a as number, v.ndim)));
}
/** The order along the first axis reversed.
 * @example np.flipud([[1, 2], [3, 4]]) // [[3, 4], [1, 2]] */
export const flipud = (x: ArrayLike): Value => flip(x, 0);
/** The order along the second axis reversed.
 * @example np.fliplr([[1, 2], [3, 4]]) // [[2, 1], [4, 3]] */
export const fliplr = (x: ArrayLike): Value => flip(x, 1);
/** Turned by quarter turns in the plane of two axes.
 * @example np.rot90([[1, 2], [3, 4]]) // [[2, 4], [1, 3]] */
export function rot90(x: ArrayLike, ...rest: Tail<[k: number, axes: readonly [number, number]], Rot90Options>): Value {
  const p = options<Rot90Options>("rot90", ["k", "axes"], rest),
    v = asArray(x, "rot90"),
    [a, b] = (p.axes ?? [0, 1]).map((q) => axisOf("rot90", q, v.ndim)) as [number, number],
    k = (((p.k ?? 1) % 4) + 4) % 4;
  if (k === 0) return v;
  if (k === 2) return flip(flip(v, a), b);
  return k === 1 ? swapaxes(flip(v, b), a, b) : flip(swapaxes(v, a, b), b);
}
/** Shifted along axes; what leaves at one end comes in at the other.
 * @example np.roll([1, 2, 3], 1) // [3, 1, 2] */
export function roll(x: ArrayLike, shift: number | readonly number[] | Value, ...rest: Tail<[axis: Axis], AxesOptions>): Value {
  const axis = options<AxesOptions>("roll", ["axis"], rest).axis,
    v = asArray(x, "roll"),
    shifts =
      typeof shift === "number" ? [shift] : Array.isArray(shift) ? (shift as number[]) : [(shift as Value).tolist() as number | number[]].flat();
  if (axis === undefined || axis === null) return o.reshape(roll(o.reshape(v, [v.size]), shifts[0]!, 0), v.shape);
  const axes = [axis].flat() as number[];
  let out = v;
  for (let i = 0; i < Math.max(axes.length, shifts.length); i++) {
    const a = axisOf("roll", axes[axes.length === 1 ? 0 : i]!, v.ndim),
      n = v.shape[a]!,
      s = n ? ((shifts[shifts.length === 1 ? 0 : i]! % n) + n) % n : 0;
    if (s) out = o.concatenate([o.sliceInDim(out, a, n - s, n), o.sliceInDim(out, a, 0, n - s)], a);
  }
  return out;
}
/** The elements in another shape, repeated or cut as needed.
 * @example np.resize([1, 2, 3], [2, 2]) // [[1, 2], [3, 1]] */
export function resize(x: ArrayLike, newShape: number | Shape): Value {
  const v = ravel(x),
    s = shapeOf("resize", newShape),
    n = sizeOf(s);
  return o.reshape(o.sliceInDim(tile(v, Math.max(1, Math.ceil(n / Math.max(1, v.size)))), 0, 0, n), s);
}

/** The diagonals of matrices, as the last axis.
 * @example np.diagonal([[1, 2], [3, 4]]) // [1, 4] */
export function diagonal(x: ArrayLike, ...rest: Tail<[offset: number, axis1: number, axis2: number], DiagonalOptions>): Value {
  const p = options<DiagonalOptions>("diagonal", ["offset", "axis1", "axis2"], rest),
    v = asArray(x, "diagonal"),
    k = p.offset ?? 0,
    m = moveaxis(v, [p.axis1 ?? 0, p.axis2 ?? 1], [-2, -1]),
    [r, c] = m.shape.slice(-2) as [number, number];
  const n = Math.max(0, k >= 0 ? Math.min(r, c - k) : Math.min(r + k, c)),
    lead = m.shape.slice(0, -2);
  // Along the diagonal of the flattened matrix: a strided slice.
  const start = k >= 0 ? k : -k * c,
    flat = o.reshape(m, [...lead, r * c]);
  if (n === 0) return o.full([...lead, 0], v.dtype, 0);
  return o.slice(flat, [...lead.map(() => 0), start], [...lead, start + (n - 1) * (c + 1) + 1], [...lead.map(() => 1), c + 1]);
}
/** The sums of diagonals.
 * @example np.trace([[1, 2], [3, 4]]) // 5 */
export function trace(x: ArrayLike, ...rest: Tail<[offset: number, axis1: number, axis2: number], TraceOptions>): Value {
  const p = options<TraceOptions>("trace", ["offset", "axis1", "axis2"], rest);
  return diagonal(x, { offset: p.offset ?? 0, axis1: p.axis1 ?? 0, axis2: p.axis2 ?? 1 }).sum({ axis: -1, ...(p.dtype ? { dtype: p.dtype } : {}) });
}
/** The number of axes.
 * @example np.ndim([[1, 2], [3, 4]]) // 2 */
export const ndim = (x: ArrayLike): number => asArray(x, "ndim").ndim;
/** The sizes of the axes.
 * @example np.shape([[1, 2], [3, 4]]) // [2, 2] */
export const shape = (x: ArrayLike): number[] => asArray(x, "shape").shape;
/** The number of elements, or the size of an axis.
 * @example np.size([[1, 2], [3, 4]]) // 4 */
export function size(x: ArrayLike, axis?: number | { axis?: Axis }): number {
  const v = asArray(x, "size"),
    a = typeof axis === "object" ? axis?.axis : axis;
  return a === undefined || a === null ? v.size : axesOf("size", a, v.ndim).reduce((n, i) => n * v.shape[i]!, 1);
}
