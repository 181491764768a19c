// Making arrays: from values, filled, ranges, grids.
import { type Shape, ShapedArray } from "../core/aval.ts";
import { fromTyped } from "../core/arrays.ts";
import { type DType, canonicalize, dtypeOf, isComplex, isInexact, itemsize, viewOf } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import {
  type ArrayLike,
  asArray,
  axisOf,
  broadcastTo,
  bigintArray,
  castTo,
  dtypeOr,
  integerArgument,
  oneOf,
  options,
  promoteInexact,
  shapeOf,
  splitOptions,
  sizeArgument,
} from "./convert.ts";
import { describe } from "../transforms/args.ts";
import type { DTypeLike, DTypeOptions } from "./options.ts";
import type {
  ArangeOptions,
  DiagonalIndexOptions,
  LinspaceOptions,
  LinspaceStepOptions,
  LogspaceOptions,
  MatrixOptions,
  MeshgridOptions,
} from "./shapeOptions.ts";
import type { Tail } from "../core/signature.ts";

export interface DTypeOption {
  readonly dtype?: DType | string | null;
}
/** asarray. */
export interface AsArrayOptions extends DTypeOptions {
  /** Has no effect: arrays are immutable. */
  readonly copy?: boolean | null;
  /** How elements lie in memory: "K", "A" or "C", which are the same here. */
  readonly order?: string | null;
}
/** array. */
export interface ArrayOptions extends AsArrayOptions {
  /** The least number of axes; missing ones are put in front. */
  readonly ndmin?: number;
}
/** The order in memory is not the caller's matter, as in JAX. */
const refuseOrder = (fn: string, order: string | null | undefined): void => void oneOf(fn, "order", order ?? "K", ["K", "A", "C"]);
/** An array from an array-like; numbers are float32 unless `dtype` says otherwise. A number alone stays weakly typed, as in JAX.
 * @example np.array([[1, 2], [3, 4]]).sum() // 10 */
export function array(
  x: ArrayLike,
  ...rest: Tail<[dtype: DTypeLike | null, copy: boolean | null, order: string | null, ndmin: number], ArrayOptions>
): Value {
  const opts = options<ArrayOptions>("array", ["dtype", "copy", "order", "ndmin"], rest);
  refuseOrder("array", opts.order);
  let v = typeof x === "bigint" && opts.dtype ? bigintArray("array", x, dtypeOf(opts.dtype)) : asArray(x, "array");
  if (opts.dtype !== undefined && opts.dtype !== null) v = castTo(v, dtypeOf(opts.dtype));
  while (v.ndim < (opts.ndmin ?? 0)) v = o.expandDims(v, 0);
  return v;
}
/** Like `array`; a number stays weakly typed.
 * @example np.asarray([1, 2]) // [1, 2] */
export const asarray = (x: ArrayLike, ...rest: Tail<[dtype: DTypeLike | null, order: string | null], AsArrayOptions>): Value => {
  const opts = options<AsArrayOptions>("asarray", ["dtype", "order"], rest);
  return array(x, opts);
};
/** A copy, as an operation of its own.
 * @example np.copy([1, 2]) // [1, 2] */
export const copy = (x: ArrayLike): Value => asArray(x, "copy");
/** x in another dtype; floats are truncated to integers. Arrays never change, so `copy` has no effect.
 * @example np.astype(np.array([1.7, 2.2]), "int32") // [1, 2] */
export function astype(x: ArrayLike, dtype: DType | string, ..._rest: Tail<[], AstypeOptions>): Value {
  return castTo(asArray(x, "astype"), dtypeOf(dtype));
}
/** astype. */
export interface AstypeOptions {
  /** Has no effect: arrays are immutable. */
  readonly copy?: boolean;
  /** There is one device: only null is accepted. */
  readonly device?: null;
}
/** frombuffer. */
export interface FrombufferOptions extends DTypeOptions {
  /** How many elements; −1, the default, means all. */
  readonly count?: number;
  /** How many bytes are left out in front. */
  readonly offset?: number;
}
/** Little-endian bytes as a flat array.
 * @example np.frombuffer(new Uint8Array([1, 0, 2, 0]).buffer, { dtype: "int16" }) // [1, 2] */
export function frombuffer(
  bytes: ArrayBufferLike | ArrayBufferView,
  ...rest: Tail<[dtype: DTypeLike | null, count: number, offset: number], FrombufferOptions>
): Value {
  const opts = options<FrombufferOptions>("frombuffer", ["dtype", "count", "offset"], rest);
  const dtype = dtypeOr(opts.dtype, canonicalize("float64")),
    view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes),
    offset = opts.offset ?? 0;
  const count = opts.count === undefined || opts.count < 0 ? Math.floor((view.length - offset) / itemsize(dtype)) : opts.count;
  if (offset + count * itemsize(dtype) > view.length)
    throw new ShapeError(
      `frombuffer: ${count} elements of ${dtype} need ${count * itemsize(dtype)} bytes from offset ${offset}, the buffer has ${view.length}`,
    );
  return fromTyped(viewOf(dtype, view.slice(offset, offset + count * itemsize(dtype)).buffer, 0, count), [count], dtype);
}
/** An array of a shape, filled with a value that broadcasts to it.
 * @example np.full([2], 7) // [7, 7] */
export function full(shape: number | Shape, value: ArrayLike, ...rest: Tail<[dtype: DTypeLike | null], DTypeOptions>): Value {
  const opts = options<DTypeOptions>("full", ["dtype"], rest);
  const v = asArray(value, "full"),
    s = shapeOf("full", shape),
    t = opts.dtype === undefined || opts.dtype === null ? v : castTo(v, dtypeOf(opts.dtype));
  return broadcastTo(t, s, "full");
}
const filled =
  (fn: string, n: number) =>
  (shape: number | Shape, ...rest: Tail<[dtype: DTypeLike], DTypeOptions>): Value =>
    o.full(shapeOf(fn, shape), dtypeOr(options<DTypeOptions>(fn, ["dtype"], rest).dtype, canonicalize("float64")), n);
/** Zeros of a shape; float32 unless `dtype` says otherwise.
 * @example np.zeros([2, 3]) // [[0, 0, 0], [0, 0, 0]] */
export const zeros = filled("zeros", 0);
/** Ones of a shape; float32 unless `dtype` says otherwise.
 * @example np.ones([3], { dtype: "int32" }) // [1, 1, 1] */
export const ones = filled("ones", 1);
/** Zeros of a shape: no array is uninitialized here.
 * @example np.empty([2]) // [0, 0] */
export const empty = filled("empty", 0);
/** Arrays like another one. */
export interface LikeOptions extends DTypeOptions {
  readonly shape?: number | Shape | null;
}
const like =
  (fn: string, n: number) =>
  (x: ArrayLike, ...rest: Tail<[dtype: DTypeLike | null, shape: number | Shape | null], LikeOptions>): Value => {
    const opts = options<LikeOptions>(fn, ["dtype", "shape"], rest);
    const v = asArray(x, fn);
    const shape = opts.shape === undefined || opts.shape === null ? v.shape : shapeOf(fn, opts.shape),
      weak = v.weakType && (opts.dtype === undefined || opts.dtype === null);
    return weak ? o.filledLike(new ShapedArray(shape, v.dtype, true), n) : o.full(shape, dtypeOr(opts.dtype, v.dtype), n);
  };
/** Zeros of x's shape and dtype.
 * @example np.zerosLike([[1, 2]]) // [[0, 0]] */
export const zerosLike = like("zerosLike", 0);
/** Ones of x's shape and dtype.
 * @example np.onesLike([[1, 2]]) // [[1, 1]] */
export const onesLike = like("onesLike", 1);
/** Zeros of x's shape and dtype.
 * @example np.emptyLike([1, 2]) // [0, 0] */
export const emptyLike = like("emptyLike", 0);
/** An array like x, filled with a value.
 * @example np.fullLike(np.ones([2]), 7) // [7, 7] */
export function fullLike(x: ArrayLike, value: ArrayLike, ...rest: Tail<[dtype: DTypeLike | null, shape: number | Shape | null], LikeOptions>): Value {
  const opts = options<LikeOptions>("fullLike", ["dtype", "shape"], rest);
  const v = asArray(x, "fullLike");
  return broadcastTo(
    castTo(asArray(value, "fullLike"), dtypeOr(opts.dtype, v.dtype), v.weakType && (opts.dtype === undefined || opts.dtype === null)),
    opts.shape === undefined || opts.shape === null ? v.shape : shapeOf("fullLike", opts.shape),
    "fullLike",
  );
}
/** start, start + step, … below stop. Integers give int32.
 * @example np.arange(0, 10, 3) // [0, 3, 6, 9] */
export function arange(start: number, ...rest: Tail<[stop: number | null, step: number | null, dtype: DTypeLike], ArangeOptions>): Value {
  const p = options<ArangeOptions>("arange", ["stop", "step"], rest),
    [a, b] = p.stop === undefined || p.stop === null ? [0, start] : [start, p.stop],
    step = p.step ?? 1;
  for (const [name, v] of [
    ["start", a],
    ["stop", b],
    ["step", step],
  ] as const)
    if (typeof v !== "number" || !Number.isFinite(v))
      throw new ShapeError(`arange: ${name} is ${describe(v)}, expected a finite number that is known while tracing`);
  if (step === 0) throw new ShapeError("arange: the step is 0; it must not be");
  const n = sizeArgument("arange", "the number of elements", Math.max(0, Math.ceil((b - a) / step))),
    whole = [a, b, step].every(Number.isInteger),
    dtype = dtypeOr(p.dtype, whole ? canonicalize("int64") : canonicalize("float64"));
  const i = o.iota(dtype, [n], 0);
  if (a === 0 && step === 1) return i;
  const scaled = step === 1 ? i : o.mul(i, o.like(i, step));
  return a === 0 ? scaled : o.add(scaled, o.like(i, a));
}
/** `num` values from start to stop, evenly spaced, both ends among them unless `endpoint` is false; with `retstep`, `[values, step]`.
 * @example np.linspace(0, 1, 5) // [0, 0.25, 0.5, 0.75, 1] */
export function linspace(start: ArrayLike, stop: ArrayLike, options: LinspaceStepOptions): [values: Value, step: Value];
export function linspace(
  start: ArrayLike,
  stop: ArrayLike,
  num: number | undefined,
  endpoint: boolean | undefined,
  retstep: true,
): [values: Value, step: Value];
export function linspace(
  start: ArrayLike,
  stop: ArrayLike,
  ...rest: Tail<[num: number, endpoint: boolean, retstep: false, dtype: DTypeLike, axis: number], LinspaceOptions>
): Value;
export function linspace(
  start: ArrayLike,
  stop: ArrayLike,
  ...rest: Tail<[num: number, endpoint: boolean, retstep: boolean, dtype: DTypeLike, axis: number], LinspaceOptions>
): Value | [Value, Value] {
  const p = options<LinspaceOptions>("linspace", ["num", "endpoint", "retstep", "dtype", "axis"], rest),
    num = sizeArgument("linspace", "num", p.num ?? 50),
    endpoint = p.endpoint ?? true;
  const [a0, b0] = promoteInexact("linspace", [start, stop]),
    shape = a0!.ndim ? a0!.shape : b0!.shape,
    a = broadcastTo(a0!, shape),
    b = broadcastTo(b0!, shape),
    div = endpoint ? num - 1 : num;
  const dtype = dtypeOr(p.dtype, a.dtype),
    d = isInexact(a.dtype) ? a.dtype : canonicalize("float64");
  let out: Value, step: Value;
  if (num > 1 || (num === 1 && !endpoint)) {
    step = o.div(o.sub(b, a), o.like(a, div));
    const t = o.div(o.iota(d, [num], 0), o.lit(d, isComplex(d) ? [div, 0] : div)),
      grid = o.broadcastInDim(t, [num, ...shape], [0]),
      full1 = (v: Value): Value =>
        o.broadcastInDim(
          v,
          [num, ...shape],
          shape.map((_n, i) => i + 1),
        );
    out = o.add(o.mul(full1(a), o.sub(o.like(grid, 1), grid)), o.mul(full1(b), grid));
    if (endpoint && num > 1) out = o.concatenate([o.sliceInDim(out, 0, 0, num - 1), o.expandDims(b, 0)], 0);
  } else {
    step = o.full(shape, d, NaN);
    out = num === 1 ? o.expandDims(a, 0) : o.full([0, ...shape], d, 0);
  }
  out = o.moveaxis(out, 0, axisOf("linspace", p.axis ?? 0, shape.length + 1));
  const result = isInexact(dtype) ? castTo(out, dtype) : castTo(o.floor(out), dtype),
    plain = result.weakType ? o.convert(result, result.dtype) : result;
  return p.retstep ? [plain, step] : plain;
}
/** `num` powers of `base`, with exponents from start to stop.
 * @example np.logspace(0, 2, 3) // [1, 10, 100] */
export function logspace(
  start: ArrayLike,
  stop: ArrayLike,
  ...rest: Tail<[num: number, endpoint: boolean, base: number, dtype: DTypeLike, axis: number], LogspaceOptions>
): Value {
  const p = options<LogspaceOptions>("logspace", ["num", "endpoint", "base", "dtype", "axis"], rest);
  const e = linspace(start, stop, { num: p.num ?? 50, endpoint: p.endpoint ?? true, axis: p.axis ?? 0 });
  return castTo(o.pow(o.full(e.shape, e.dtype, p.base ?? 10), e), dtypeOr(p.dtype, e.dtype));
}
/** Ones on a diagonal of an [n, M] matrix, zeros elsewhere.
 * @example np.eye(2) // [[1, 0], [0, 1]] */
export function eye(n: number, ...rest: Tail<[M: number | null, k: number, dtype: DTypeLike], MatrixOptions>): Value {
  const p = options<MatrixOptions>("eye", ["M", "k", "dtype"], rest),
    rows = sizeArgument("eye", "N", n),
    m = sizeArgument("eye", "M", p.M ?? n),
    i = o.iota("int32", [rows, m], 0),
    j = o.iota("int32", [rows, m], 1),
    k = integerArgument("eye", "k", p.k ?? 0);
  return o.convert(o.eq(k ? o.add(i, o.lit("int32", k)) : i, j), dtypeOr(p.dtype, canonicalize("float64")));
}
/** The identity matrix [n, n].
 * @example np.identity(2) // [[1, 0], [0, 1]] */
export const identity = (n: number, ...rest: Tail<[dtype: DTypeLike], DTypeOptions>): Value =>
  eye(n, { dtype: options<DTypeOptions>("identity", ["dtype"], rest).dtype });
/** Ones on and below a diagonal of an [n, M] matrix, zeros above.
 * @example np.tri(2, 3) // [[1, 0, 0], [1, 1, 0]] */
export function tri(n: number, ...rest: Tail<[M: number | null, k: number, dtype: DTypeLike], MatrixOptions>): Value {
  const p = options<MatrixOptions>("tri", ["M", "k", "dtype"], rest),
    rows = sizeArgument("tri", "N", n),
    m = sizeArgument("tri", "M", p.M ?? n);
  return o.convert(
    o.ge(o.add(o.iota("int32", [rows, m], 0), o.lit("int32", integerArgument("tri", "k", p.k ?? 0))), o.iota("int32", [rows, m], 1)),
    dtypeOr(p.dtype, canonicalize("float64")),
  );
}
const triangle =
  (fn: string, upper: boolean) =>
  (x: ArrayLike, ...rest: Tail<[k: number], DiagonalIndexOptions>): Value => {
    const v = asArray(x, fn),
      k = options<DiagonalIndexOptions>(fn, ["k"], rest).k ?? 0,
      [n, m] = v.shape.slice(-2) as [number, number];
    if (v.ndim < 2) throw new ShapeError(`${fn}: the array is ${v.aval}, expected at least two axes`);
    const keep = broadcastTo(tri(n, { M: m, k: upper ? k - 1 : k, dtype: "bool" }), v.shape);
    return upper ? o.select(keep, o.zerosLike(v.aval), v) : o.select(keep, v, o.zerosLike(v.aval));
  };
/** Matrices with zeros above a diagonal.
 * @example np.tril([[1, 2], [3, 4]]) // [[1, 0], [3, 4]] */
export const tril = triangle("tril", false);
/** Matrices with zeros below a diagonal.
 * @example np.triu([[1, 2], [3, 4]]) // [[1, 2], [0, 4]] */
export const triu = triangle("triu", true);
/** Coordinate arrays from vectors: one array an argument, all of the shape that the vectors span.
 * @example np.meshgrid([1, 2], [3, 4]) // [[[1, 2], [1, 2]], [[3, 3], [4, 4]]] */
export function meshgrid(...args: ArrayLike[] | [...ArrayLike[], MeshgridOptions]): Value[] {
  const { arrays, options: opts } = splitOptions<MeshgridOptions>(args);
  const xs = arrays.map((a) => asArray(a, "meshgrid").reshape([-1])),
    swap = oneOf("meshgrid", "indexing", opts.indexing ?? "xy", ["xy", "ij"]) === "xy" && xs.length > 1,
    position = (i: number): number => (swap && i < 2 ? 1 - i : i),
    shape = xs.map((_x, i) => xs[position(i)]!.size);
  return xs.map((x, i) => {
    const s = opts.sparse ? shape.map((n, a) => (a === position(i) ? n : 1)) : shape;
    return o.broadcastInDim(x, s, [position(i)]);
  });
}
/** The diagonal of a matrix, or a vector as the diagonal of a matrix.
 * @example np.diag([1, 2]) // [[1, 0], [0, 2]] */
export function diag(x: ArrayLike, ...rest: Tail<[k: number], DiagonalIndexOptions>): Value {
  const v = asArray(x, "diag"),
    k = integerArgument("diag", "k", options<DiagonalIndexOptions>("diag", ["k"], rest).k ?? 0);
  if (v.ndim === 2) return v.diagonal({ offset: k });
  if (v.ndim !== 1) throw new ShapeError(`diag: the array is ${v.aval}, expected one or two axes`);
  const n = v.shape[0]! + Math.abs(k),
    padded = o.pad(v, o.lit(v.dtype, isComplex(v.dtype) ? [0, 0] : v.dtype === "bool" ? false : 0), [[Math.max(0, -k), Math.max(0, k), 0]]);
  return o.select(eye(n, { k, dtype: "bool" }), o.broadcastInDim(padded, [n, n], [0]), o.full([n, n], v.dtype, 0));
}
