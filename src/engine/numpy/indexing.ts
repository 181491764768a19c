// Indexing: x.get(…), x.at(…).set(…), take, where and their relatives. An index becomes one gather or scatter.
import { isInteger } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { bind1 } from "../core/trace.ts";
import { NDArray, Value } from "../core/value.ts";
import { type GatherMode, parseMode } from "../primitives/indexmode.ts";
import { gather } from "../primitives/indexing.ts";
import { scatter, scatterAdd, scatterMax, scatterMin, scatterMul } from "../primitives/scatter.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, broadcastShapes, broadcastTo, castTo, promote } from "./convert.ts";

/** An integer, null (new axis), "..." , a slice written as "start:stop:step", or an integer or boolean array. */
export type Index = number | bigint | null | string | boolean | ArrayLike;
export interface AtOptions {
  readonly mode?: string | null;
  readonly fillValue?: number | null;
  readonly indicesAreSorted?: boolean;
  readonly uniqueIndices?: boolean;
  readonly outSharding?: null;
  readonly wrapNegativeIndices?: boolean;
}

/** What an index does along one axis. */
type AxisPlan =
  | { readonly kind: "slice"; readonly start: number; readonly step: number; readonly size: number }
  | { readonly kind: "index"; readonly index: Value };

function parseSlice(text: string, n: number): { start: number; step: number; size: number } {
  const m = /^\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?$/.exec(text);
  if (!m) throw new TypeError(`index "${text}" is not a slice; expected "start:stop", "start:stop:step" or "..."`);
  const part = (s: string | undefined): number | null => (s === undefined || s === "" ? null : Number(s)),
    step = part(m[3]) ?? 1;
  if (step === 0) throw new TypeError(`index "${text}": the step is 0; it must not be`);
  const clip = (v: number | null, otherwise: number): number =>
    v === null ? otherwise : step > 0 ? Math.min(Math.max(v < 0 ? v + n : v, 0), n) : Math.min(Math.max(v < 0 ? v + n : v, -1), n - 1);
  const a = clip(part(m[1]), step > 0 ? 0 : n - 1),
    b = clip(part(m[2]), step > 0 ? n : -1);
  return { start: a, step, size: Math.max(0, Math.ceil((b - a) / step)) };
}
/** A number as an index: an integer that int32 holds. */
export function integerIndex(fn: string, i: number | bigint): number {
  const n = Number(i);
  if (!Number.isInteger(n)) throw new TypeError(`${fn}: the index ${n} is no integer; round it first, or give a slice such as "1:3"`);
  if (Math.abs(n) >= 2 ** 31) throw new RangeError(`${fn}: the index ${i} does not fit int32`);
  return n;
}
const isNumber = (i: Index): i is number | bigint => typeof i === "number" || typeof i === "bigint";
/** Integers as positions, lists of whole numbers too; boolean arrays become positions, and must be concrete, since their number is a shape. */
function expandBooleans(fn: string, x: Value, indices: readonly Index[]): Index[] {
  // The axis of x that each index starts at, for masks, which must have its length.
  const rankOf = (i: Index): number => (i === null || i === "..." ? 0 : typeof i === "string" || isNumber(i) ? 1 : maskRank(fn, i)),
    used = indices.reduce<number>((n, i) => n + rankOf(i), 0);
  let axis = 0;
  return indices.flatMap((i): Index[] => {
    const at = axis;
    axis += i === "..." ? x.ndim - used : rankOf(i);
    if (i === null || typeof i === "string") return [i];
    if (isNumber(i)) return [integerIndex(fn, i)];
    const v = Array.isArray(i) ? wholeNumbers(fn, i) : asArray(i, fn, "an index");
    if (v.dtype !== "bool") return [v];
    v.shape.forEach((n, k) => {
      if (n !== x.shape[at + k])
        throw new ShapeError(
          `${fn}: the boolean index has the shape [${v.shape.join()}], expected [${x.shape.slice(at, at + v.ndim).join()}] for axis ${at}${v.ndim > 1 ? " and those after it" : ""} of ${x.aval}`,
        );
    });
    return v.ndim === 0 ? [null, castTo(asArray(booleanScalar(fn, v) ? new Int32Array([0]) : new Int32Array(0)), "int32")] : nonzeroStatic(v, fn);
  });
}
const maskRank = (fn: string, i: Index): number => {
  const v = asArray(i, fn, "an index");
  return v.dtype === "bool" ? v.ndim : 1;
};
const booleanScalar = (fn: string, v: Value): boolean => nonzeroStatic(o.reshape(v, [1]), fn)[0]!.size === 1;
/** Numbers of a nested list, which have no dtype of their own, as int32 where all are whole. */
function wholeNumbers(fn: string, list: readonly unknown[]): Value {
  const v = asArray(list, fn, "an index");
  if (!(v instanceof NDArray) || v.dtype === "bool" || isInteger(v.dtype)) return v;
  for (const n of v.dataSync()) integerIndex(fn, n);
  return castTo(v, "int32");
}
export function nonzeroStatic(v: Value, fn: string): Value[] {
  if (!(v instanceof NDArray))
    throw new DTypeError(
      `${fn}: a boolean index must be known while tracing, because the number of its true elements becomes a shape; use np.where(mask, x, y), or pass { size } to np.nonzero`,
    );
  const d = v.dataSync(),
    at: number[] = [];
  for (let i = 0; i < d.length; i++) if (d[i]) at.push(i);
  let stride = v.size;
  return v.shape.map((n) => {
    stride /= n || 1;
    const s = stride;
    return castTo(asArray(at.length ? at.map((p) => Math.floor(p / s) % n) : new Int32Array(0)), "int32");
  });
}

function plan(
  fn: string,
  x: Value,
  given: readonly Index[],
): { axes: AxisPlan[]; newAxes: number[]; advancedAt: number; advanced: number[]; shape: number[] } {
  const indices = expandBooleans(fn, x, given),
    used = indices.filter((i) => i !== null && i !== "...").length;
  if (used > x.ndim) throw new ShapeError(`${fn}: ${used} indices for ${x.aval}, which has ${x.ndim} axes`);
  if (indices.filter((i) => i === "...").length > 1) throw new ShapeError(`${fn}: at most one "..." may stand among the indices`);
  const dots = indices.indexOf("..."),
    full: Index[] =
      dots < 0
        ? [...indices, ...Array<Index>(x.ndim - used).fill(":")]
        : [...indices.slice(0, dots), ...Array<Index>(x.ndim - used).fill(":"), ...indices.slice(dots + 1)];
  const axes: AxisPlan[] = [],
    layout: ("new" | "slice" | "index")[] = [];
  let axis = 0;
  for (const i of full) {
    if (i === null) {
      layout.push("new");
      continue;
    }
    const n = x.shape[axis++]!;
    if (typeof i === "string") {
      axes.push({ kind: "slice", ...parseSlice(i, n) });
      layout.push("slice");
      continue;
    }
    const v = asArray(typeof i === "number" || typeof i === "bigint" ? new Int32Array([Number(i)]) : i, fn, "an index");
    if (n === 0 && v.size > 0 && fn === "get") throw new ShapeError(`get: axis ${axis - 1} of ${x.aval} is empty, so there is no element to read`);
    if (!isInteger(v.dtype))
      throw new DTypeError(`${fn}: an index array has dtype ${v.dtype}, expected integers or booleans; convert it with astype("int32")`);
    axes.push({ kind: "index", index: typeof i === "number" || typeof i === "bigint" ? o.reshape(v, []) : v });
    layout.push("index");
  }
  const index = axes.filter((a) => a.kind === "index").map((a) => a.index),
    advanced = broadcastShapes(
      fn,
      index.map((v) => v.shape),
    );
  // Index arrays that stand together keep their place; apart, their axes come first.
  const positions = layout.map((l, k) => (l === "index" ? k : -1)).filter((k) => k >= 0),
    together = positions.every((p, k) => k === 0 || p === positions[k - 1]! + 1),
    arrays = index.some((v) => v.ndim > 0);
  const advancedAt = !arrays ? 0 : together ? layout.slice(0, positions[0] ?? 0).filter((l) => l !== "index").length : 0;
  const shape: number[] = [],
    newAxes: number[] = [];
  let k = 0;
  const rest = layout.filter((l) => l !== "index"),
    slices = axes.filter((a) => a.kind === "slice");
  rest.forEach((l, i) => {
    if (i === advancedAt) shape.push(...advanced);
    if (l === "new") {
      newAxes.push(shape.length);
      shape.push(1);
    } else shape.push((slices[k++] as { size: number }).size);
  });
  if (rest.length <= advancedAt) shape.push(...advanced);
  return { axes, newAxes, advancedAt, advanced, shape };
}
/** Static slicing first; what is left are index arrays. */
function staticPart(x: Value, axes: readonly AxisPlan[]): Value {
  const limits = axes.map((a, i) =>
    a.kind === "index" ? x.shape[i]! : a.size === 0 ? 0 : a.step > 0 ? a.start + (a.size - 1) * a.step + 1 : a.start + 1,
  );
  const starts = axes.map((a) => (a.kind === "index" ? 0 : a.size === 0 ? 0 : a.step > 0 ? a.start : a.start + (a.size - 1) * a.step)),
    strides = axes.map((a) => (a.kind === "index" ? 1 : Math.abs(a.step)));
  const whole = starts.every((s, i) => s === 0 && limits[i] === x.shape[i] && strides[i] === 1),
    cut = whole ? x : o.slice(x, starts, limits, strides.every((s) => s === 1) ? null : strides);
  return o.rev(
    cut,
    axes.flatMap((a, i) => (a.kind === "slice" && a.step < 0 && a.size > 1 ? [i] : [])),
  );
}
const constantIndex = (v: Value): number | null => (v instanceof NDArray && v.ndim === 0 ? Number(v.dataSync()[0]) : null);
/** Negative positions count from the end, unless they are to be outside. */
function wrap(v: Value, n: number, counted: boolean): Value {
  const c = v instanceof NDArray ? v.dataSync() : null,
    s = v.dtype.startsWith("u") ? v : castTo(v, v.dtype.includes("64") ? v.dtype : "int32");
  if (!counted || v.dtype.startsWith("u") || (c && (c as Int32Array).every((k) => k >= 0))) return s;
  return o.select(o.lt(s, o.like(s, 0)), o.add(s, o.like(s, n)), s);
}

export function get(x: Value, indices: readonly Index[], opts: AtOptions = {}): Value {
  const mode = parseMode(opts.mode, "promise_in_bounds", "get"),
    counted = opts.wrapNegativeIndices ?? true,
    p = plan("get", x, indices),
    axes = p.axes.map((a, i): AxisPlan => {
      if (a.kind === "slice") return a;
      // A plain in-range integer is a slice of one.
      const c = constantIndex(a.index),
        n = x.shape[i]!;
      return c !== null && p.advanced.length === 0 && c >= (counted ? -n : 0) && c < n
        ? { kind: "slice", start: c < 0 ? c + n : c, step: 1, size: 1 }
        : a;
    });
  const base = staticPart(x, axes),
    indexed = axes.map((a, i) => (a.kind === "index" ? i : -1)).filter((i) => i >= 0);
  if (indexed.length === 0) return o.reshape(base, p.shape);
  const rank = p.advanced.length;
  // Single positions are read by a dynamic slice, as JAX does; both clamp to the bounds.
  if (rank === 0 && mode === "promise_in_bounds") {
    const starts = axes.map((a, i) => (a.kind === "index" ? wrap(a.index, x.shape[i]!, counted) : null)),
      dtype = starts.find((v) => v !== null)!.dtype,
      zero = o.lit(dtype, 0);
    return o.reshape(
      o.dynamicSlice(
        base,
        starts.map((v) => (v === null ? zero : castTo(v, dtype))),
        base.shape.map((n, i) => (indexed.includes(i) ? 1 : n)),
      ),
      p.shape,
    );
  }
  const vectors = o.concatenate(
    indexed
      .map((a) => o.expandDims(broadcastTo(wrap((axes[a] as { index: Value }).index, x.shape[a]!, counted), p.advanced), rank))
      .map((v, _i, all) =>
        castTo(
          v,
          all.some((q) => q.dtype.includes("64")) ? "int64" : v.dtype.startsWith("u") ? "int32" : v.dtype === all[0]!.dtype ? v.dtype : "int32",
        ),
      ),
    rank,
  );
  const sliceSizes = base.shape.map((n, i) => (indexed.includes(i) ? 1 : n)),
    collapsed = axes.map((a, i) => (a.kind === "index" || p.axes[i]!.kind === "index" ? i : -1)).filter((i) => i >= 0);
  const window = base.shape.length - collapsed.length,
    at = Math.min(windowBefore(p), window),
    offset = Array.from({ length: window }, (_z, i) => (i < at ? i : i + rank));
  // New axes are put in afterwards: they have size 1, so the order of the elements stays.
  const result = bind1(gather, [base, vectors], {
    dimensionNumbers: {
      offsetDims: offset.map((d) => d),
      collapsedSliceDims: collapsed,
      startIndexMap: indexed,
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
    },
    sliceSizes,
    mode,
    fillValue: opts.fillValue ?? null,
    indicesAreSorted: opts.indicesAreSorted ?? false,
    uniqueIndices: opts.uniqueIndices ?? false,
  });
  return o.reshape(result, p.shape);
}
/** Window axes that stand before the index arrays' axes. */
const windowBefore = (p: { advancedAt: number; newAxes: readonly number[] }): number =>
  p.advancedAt - p.newAxes.filter((a) => a < p.advancedAt).length;

type Combine = "set" | "add" | "mul" | "min" | "max";
const SCATTERS = { set: scatter, add: scatterAdd, mul: scatterMul, min: scatterMin, max: scatterMax } as const;
function update(x: Value, indices: readonly Index[], y: ArrayLike, combine: Combine, opts: AtOptions): Value {
  const p = plan(`at().${combine}`, x, indices);
  if (p.shape.includes(0)) return x;
  // A result is computed in the type of both, and then given the array's: 0.5 added to an integer is not 0 added to it.
  const given = asArray(y, `at().${combine}`, "the value");
  const [target, value0] =
    combine === "set" ? [x, castTo(given, x.dtype)] : (promote(`at().${combine}`, [x, typeof y === "number" ? y : given]) as [Value, Value]);
  // Positions of every selected element along every axis: one scatter with full index vectors for the indexed and strided axes.
  const rank = p.shape.length,
    full = (v: Value, dims: readonly number[]): Value => o.broadcastInDim(v, p.shape, dims);
  const value = broadcastTo(value0.ndim > rank ? o.reshape(value0, value0.shape.slice(value0.ndim - rank)) : value0, p.shape, `at().${combine}`);
  const sliceDims: number[] = [];
  let k = 0;
  const isNew = (d: number): boolean => p.newAxes.includes(d),
    advStart = p.advancedAt;
  for (let d = 0; d < rank; d++) {
    if (isNew(d) || (d >= advStart && d < advStart + p.advanced.length)) continue;
    sliceDims[k++] = d;
  }
  let s = 0;
  const columns = p.axes.map((a, i) => {
    if (a.kind === "index")
      return full(
        broadcastTo(wrap(a.index, x.shape[i]!, opts.wrapNegativeIndices ?? true), p.advanced),
        p.advanced.map((_n, j) => advStart + j),
      );
    const d = sliceDims[s++]!,
      step = o.iota("int32", [a.size], 0),
      pos = a.step === 1 && a.start === 0 ? step : o.add(a.step === 1 ? step : o.mul(step, o.lit("int32", a.step)), o.lit("int32", a.start));
    return full(pos, [d]);
  });
  const wide = columns.some((c) => c.dtype.includes("64")) ? "int64" : "int32",
    vectors = columns.length
      ? o.concatenate(
          columns.map((c) => o.expandDims(castTo(c, wide), rank)),
          rank,
        )
      : o.full([...p.shape, 0], "int32", 0);
  const dims = {
    updateWindowDims: [],
    insertedWindowDims: x.shape.map((_n, i) => i),
    scatterDimsToOperandDims: x.shape.map((_n, i) => i),
    operandBatchingDims: [],
    scatterIndicesBatchingDims: [],
  };
  const unique = opts.uniqueIndices ?? p.axes.every((a) => a.kind === "slice" || a.index.ndim === 0),
    mode: GatherMode = parseMode(opts.mode, "fill_or_drop", `at().${combine}`);
  const result = bind1(SCATTERS[combine], [target, vectors, value], {
    dimensionNumbers: dims,
    mode,
    indicesAreSorted: opts.indicesAreSorted ?? false,
    uniqueIndices: unique,
    updateJaxpr: null,
    updateConsts: [],
  });
  return castTo(result, x.dtype, x.weakType);
}
/** `x.at(...indices)`: functional updates. */
export class IndexUpdate {
  constructor(
    private readonly x: Value,
    private readonly indices: readonly Index[],
  ) {}
  /** The elements at the place, as `x.get` reads them, with `mode` and `fillValue` for indices outside.
   * @example np.array([1, 2, 3]).at(1).get() // 2 */
  get(opts: AtOptions = {}): Value {
    return get(this.x, this.indices, opts);
  }
  /** A new array with y at the place. y is spread over it, and takes the array's dtype.
   * @example np.zeros([3]).at("1:").set(7) // [0, 7, 7] */
  set(y: ArrayLike, opts: AtOptions = {}): Value {
    return update(this.x, this.indices, y, "set", opts);
  }
  /** A new array with y added at the place; an element that is selected twice is added to twice.
   * @example np.zeros([2]).at(np.int32([0, 0])).add(1) // [2, 0] */
  add(y: ArrayLike, opts: AtOptions = {}): Value {
    return update(this.x, this.indices, y, "add", opts);
  }
  /** A new array with y subtracted at the place.
   * @example np.array([1, 2]).at(0).subtract(5) // [-4, 2] */
  subtract(y: ArrayLike, opts: AtOptions = {}): Value {
    return update(this.x, this.indices, typeof y === "number" ? -y : asArray(y).neg(), "add", opts);
  }
  /** As `subtract`.
   * @example np.array([1, 2]).at(0).sub(5) // [-4, 2] */
  sub(y: ArrayLike, opts: AtOptions = {}): Value {
    return this.subtract(y, opts);
  }
  /** A new array with the place multiplied by y.
   * @example np.array([1, 2]).at(1).multiply(5) // [1, 10] */
  multiply(y: ArrayLike, opts: AtOptions = {}): Value {
    return update(this.x, this.indices, y, "mul", opts);
  }
  /** As `multiply`.
   * @example np.array([1, 2]).at(1).mul(5) // [1, 10] */
  mul(y: ArrayLike, opts: AtOptions = {}): Value {
    return this.multiply(y, opts);
  }
  /** A new array with the smaller of the place and y.
   * @example np.array([1, 2]).at(1).min(0) // [1, 0] */
  min(y: ArrayLike, opts: AtOptions = {}): Value {
    return update(this.x, this.indices, y, "min", opts);
  }
  /** A new array with the larger of the place and y.
   * @example np.array([1, 2]).at(0).max(5) // [5, 2] */
  max(y: ArrayLike, opts: AtOptions = {}): Value {
    return update(this.x, this.indices, y, "max", opts);
  }
  /** Each selected element is replaced by fn of it, once however often it is selected.
   * @example np.array([1, 4]).at(1).apply(np.sqrt) // [1, 2] */
  apply(fn: (x: Value) => Value, opts: AtOptions = {}): Value {
    return update(this.x, this.indices, castTo(fn(get(this.x, this.indices, opts)), this.x.dtype), "set", opts);
  }
  /** The type of a quotient, as JAX has it: integers give floats.
   * @example np.array([1, 4]).at(1).divide(2) // [1, 2] */
  divide(y: ArrayLike, opts: AtOptions = {}): Value {
    return this.x.div(update(o.filledLike(this.x.aval, 1), this.indices, y, "mul", opts));
  }
  /** A new array with the place raised to y.
   * @example np.array([1, 4]).at(1).power(2) // [1, 16] */
  power(y: ArrayLike, opts: AtOptions = {}): Value {
    return this.x.pow(update(o.filledLike(this.x.aval, 1), this.indices, y, "mul", opts));
  }
}
