// lax: the primitives as functions, with JAX's names and strict types (no promotion beyond scalars, no broadcasting).
import { type DType, canonicalize, dtypeOf } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind, bind1 } from "../core/trace.ts";
import { NDArray, Value } from "../core/value.ts";
import type { Shape } from "../core/aval.ts";
import * as o from "../primitives/ops.ts";
import { parseMode } from "../primitives/indexmode.ts";
import { type ArrayLike, asArray, axisOf, broadcastShapes as broadcastShapesOf, castTo, options } from "../numpy/convert.ts";

export {
  conv,
  convGeneralDilated,
  convGeneralDilatedLocal,
  convGeneralDilatedPatches,
  convTranspose,
  convWithGeneralPadding,
  raggedDot,
  type ConvOptions,
} from "./convolution.ts";
export { customLinearSolve, customRoot } from "./solvers.ts";
export {
  allGather,
  allToAll,
  axisIndex,
  axisSize,
  pbroadcast,
  pmax,
  pmean,
  pmin,
  ppermute,
  pshuffle,
  psum,
  psumScatter,
  pswapaxes,
} from "./collectives.ts";
export * as linalg from "./linalg.ts";
export { FftType, fft } from "./fft.ts";
export { padtypeToPads } from "./padding.ts";
export { approxMaxK, approxMinK, reduce, reduceWindow } from "./windows.ts";
export { associativeScan, cond, foriLoop, map, scan, switch, whileLoop } from "./control.ts";
type Plain = Readonly<Record<string, unknown>>;
const prim = (name: string, xs: readonly Value[], params: Plain = {}): Value => bind1(primitiveNamed(name), xs, params);
/** Numbers take the dtype of the arrays beside them. */
function unify(fn: string, xs: readonly unknown[]): Value[] {
  const strong = xs.find((x): x is Value => x instanceof Value && !x.weakType) ?? xs.find((x): x is Value => x instanceof Value);
  return xs.map((x, i) => {
    const v = asArray(x, `lax.${fn}`, `operand ${i}`);
    return strong && (!(x instanceof Value) || x.weakType) && v.dtype !== strong.dtype ? castTo(v, strong.dtype) : v;
  });
}
const one =
  (name: string, fn: string) =>
  (x: ArrayLike): Value =>
    prim(name, [asArray(x, `lax.${fn}`)]);
const two =
  (name: string, fn: string) =>
  (x: ArrayLike, y: ArrayLike): Value =>
    prim(name, unify(fn, [x, y]));
export const neg = one("neg", "neg"),
  sign = one("sign", "sign"),
  floor = one("floor", "floor"),
  ceil = one("ceil", "ceil"),
  exp = one("exp", "exp"),
  exp2 = one("exp2", "exp2"),
  expm1 = one("expm1", "expm1"),
  log = one("log", "log"),
  log1p = one("log1p", "log1p"),
  tanh = one("tanh", "tanh"),
  logistic = one("logistic", "logistic"),
  sin = one("sin", "sin"),
  cos = one("cos", "cos"),
  tan = one("tan", "tan");
export const asin = one("asin", "asin"),
  acos = one("acos", "acos"),
  atan = one("atan", "atan"),
  sinh = one("sinh", "sinh"),
  cosh = one("cosh", "cosh"),
  asinh = one("asinh", "asinh"),
  acosh = one("acosh", "acosh"),
  atanh = one("atanh", "atanh"),
  sqrt = one("sqrt", "sqrt"),
  rsqrt = one("rsqrt", "rsqrt"),
  cbrt = one("cbrt", "cbrt"),
  square = one("square", "square"),
  abs = one("abs", "abs"),
  isFinite = one("is_finite", "isFinite");
export const erf = one("erf", "erf"),
  erfc = one("erfc", "erfc"),
  erfInv = one("erf_inv", "erfInv"),
  lgamma = one("lgamma", "lgamma"),
  digamma = one("digamma", "digamma"),
  besselI0e = one("bessel_i0e", "besselI0e"),
  besselI1e = one("bessel_i1e", "besselI1e"),
  real = one("real", "real"),
  imag = one("imag", "imag"),
  bitwiseNot = one("not", "bitwiseNot"),
  populationCount = one("population_count", "populationCount"),
  clz = one("clz", "clz");
export const conj = (x: ArrayLike): Value => {
  const v = asArray(x);
  return prim("conj", [v], { inputDtype: v.dtype });
};
export const reciprocal = (x: ArrayLike): Value => {
  const v = asArray(x);
  return o.div(o.like(v, 1), v);
};
export const stopGradient = one("stop_gradient", "stopGradient");
export const add = two("add", "add"),
  sub = two("sub", "sub"),
  mul = two("mul", "mul"),
  div = two("div", "div"),
  rem = two("rem", "rem"),
  max = two("max", "max"),
  min = two("min", "min"),
  atan2 = two("atan2", "atan2"),
  nextafter = two("nextafter", "nextafter"),
  bitwiseAnd = two("and", "bitwiseAnd"),
  bitwiseOr = two("or", "bitwiseOr"),
  bitwiseXor = two("xor", "bitwiseXor"),
  mulhi = two("mulhi", "mulhi");
export const shiftLeft = two("shift_left", "shiftLeft"),
  shiftRightLogical = two("shift_right_logical", "shiftRightLogical"),
  shiftRightArithmetic = two("shift_right_arithmetic", "shiftRightArithmetic"),
  eq = two("eq", "eq"),
  ne = two("ne", "ne"),
  lt = two("lt", "lt"),
  le = two("le", "le"),
  gt = two("gt", "gt"),
  ge = two("ge", "ge"),
  complex = two("complex", "complex");
export const igamma = two("igamma", "igamma"),
  igammac = two("igammac", "igammac"),
  igammaGradA = two("igamma_grad_a", "igammaGradA"),
  randomGammaGrad = two("random_gamma_grad", "randomGammaGrad"),
  polygamma = two("polygamma", "polygamma"),
  zeta = two("zeta", "zeta");
export const pow = (x: ArrayLike, y: ArrayLike): Value => {
  const [a] = [asArray(x)],
    b = y instanceof Value ? y : castTo(asArray(y), a!.dtype);
  if (b.dtype.includes("int") && b instanceof NDArray && b.ndim === 0) return integerPow(a!, Number(b.item()));
  return prim("pow", [a!, castTo(b, a!.dtype)]);
};
export const integerPow = (x: ArrayLike, y: number): Value => prim("integer_pow", [asArray(x)], { y });
export const betainc = (a: ArrayLike, b: ArrayLike, x: ArrayLike): Value => prim("regularized_incomplete_beta", unify("betainc", [a, b, x]));
export const clamp = (lo: ArrayLike, x: ArrayLike, hi: ArrayLike): Value => prim("clamp", unify("clamp", [lo, x, hi]));
export const RoundingMethod = { AWAY_FROM_ZERO: 0, TO_NEAREST_EVEN: 1 } as const;
export function round(x: ArrayLike, method: number | { roundingMethod?: number } = 0): Value {
  return prim("round", [asArray(x)], { roundingMethod: typeof method === "number" ? method : (method.roundingMethod ?? 0) });
}
export const selectN = (which: ArrayLike, ...cases: ArrayLike[]): Value => prim("select_n", [asArray(which), ...unify("selectN", cases)]);
export const select = (p: ArrayLike, t: ArrayLike, f: ArrayLike): Value => {
  const [a, b] = unify("select", [t, f]);
  return prim("select_n", [asArray(p), b!, a!]);
};
export const convertElementType = (x: ArrayLike, newDtype: DType | string): Value => {
  const v = asArray(x),
    d = dtypeOf(newDtype);
  return v.dtype === d && !v.weakType ? v : o.convert(v, d);
};
export const bitcastConvertType = (x: ArrayLike, newDtype: DType | string): Value => o.bitcast(asArray(x), dtypeOf(newDtype));
export const reducePrecision = (x: ArrayLike, exponentBits: number, mantissaBits: number): Value =>
  prim("reduce_precision", [asArray(x)], { exponentBits, mantissaBits });
export const iota = (dtype: DType | string, size: number): Value => o.iota(dtypeOf(dtype), [size], 0);
export const broadcastedIota = (dtype: DType | string, shape: Shape, dimension: number): Value => o.iota(dtypeOf(dtype), shape, dimension);
export const full = (shape: Shape, value: ArrayLike, ...rest: unknown[]): Value => {
  const d = options<{ dtype?: DType }>("full", ["dtype"], rest).dtype,
    v = asArray(value);
  return o.splat(castTo(v, d ? dtypeOf(d) : v.dtype), shape);
};
export const fullLike = (x: ArrayLike, value: ArrayLike, opts: { dtype?: DType; shape?: Shape } = {}): Value => {
  const v = asArray(x);
  return o.splat(castTo(asArray(value), opts.dtype ? dtypeOf(opts.dtype) : v.dtype), opts.shape ?? v.shape);
};

export const broadcast = (x: ArrayLike, sizes: Shape): Value => {
  const v = asArray(x);
  return o.broadcastInDim(
    v,
    [...sizes, ...v.shape],
    v.shape.map((_n, i) => i + sizes.length),
  );
};
export const broadcastInDim = (x: ArrayLike, shape: Shape, dims: readonly number[]): Value =>
  prim("broadcast_in_dim", [asArray(x)], { shape, broadcastDimensions: dims });
export const broadcastToRank = (x: ArrayLike, rank: number): Value => {
  const v = asArray(x),
    k = rank - v.ndim;
  return o.broadcastInDim(
    v,
    [...Array<number>(k).fill(1), ...v.shape],
    v.shape.map((_n, i) => i + k),
  );
};
export const reshape = (x: ArrayLike, newSizes: Shape, ...rest: unknown[]): Value => {
  const d = options<{ dimensions?: readonly number[] | null }>("reshape", ["dimensions"], rest).dimensions,
    v = asArray(x);
  return o.reshape(d ? o.transpose(v, d) : v, newSizes);
};
export const collapse = (x: ArrayLike, start: number, stop?: number): Value => {
  const v = asArray(x),
    a = start < 0 ? start + v.ndim : start,
    b = stop === undefined || stop === null ? v.ndim : stop < 0 ? stop + v.ndim : stop;
  return o.reshape(v, [...v.shape.slice(0, a), v.shape.slice(a, b).reduce((p, q) => p * q, 1), ...v.shape.slice(b)]);
};
export const squeeze = (x: ArrayLike, dimensions: readonly number[]): Value => {
  const v = asArray(x);
  return o.squeeze(
    v,
    dimensions.map((d) => axisOf("squeeze", d, v.ndim)),
  );
};
export const expandDims = (x: ArrayLike, dimensions: readonly number[]): Value => {
  const v = asArray(x),
    rank = v.ndim + dimensions.length,
    at = dimensions.map((d) => (d < 0 ? d + rank : d)),
    shape: number[] = [];
  let k = 0;
  for (let i = 0; i < rank; i++) shape.push(at.includes(i) ? 1 : v.shape[k++]!);
  return o.broadcastInDim(
    v,
    shape,
    shape.map((_n, i) => i).filter((i) => !at.includes(i)),
  );
};
export const transpose = (x: ArrayLike, permutation: readonly number[]): Value => o.transpose(asArray(x), permutation);
export const rev = (x: ArrayLike, dimensions: readonly number[]): Value => o.rev(asArray(x), dimensions);
export const slice = (x: ArrayLike, start: readonly number[], limit: readonly number[], ...rest: unknown[]): Value =>
  o.slice(asArray(x), start, limit, options<{ strides?: readonly number[] | null }>("slice", ["strides"], rest).strides ?? null);
export function sliceInDim(x: ArrayLike, start: number | null, limit: number | null, ...rest: unknown[]): Value {
  const p = options<{ stride?: number; axis?: number }>("sliceInDim", ["stride", "axis"], rest),
    v = asArray(x),
    a = axisOf("sliceInDim", p.axis ?? 0, v.ndim),
    n = v.shape[a]!,
    at = (i: number | null | undefined, d: number): number => (i === null || i === undefined ? d : i < 0 ? i + n : i);
  return o.sliceInDim(v, a, at(start, 0), at(limit, n), p.stride ?? 1);
}
export function indexInDim(x: ArrayLike, index: number, ...rest: unknown[]): Value {
  const p = options<{ axis?: number; keepdims?: boolean }>("indexInDim", ["axis", "keepdims"], rest),
    v = asArray(x),
    a = axisOf("indexInDim", p.axis ?? 0, v.ndim),
    i = index < 0 ? index + v.shape[a]! : index,
    s = o.sliceInDim(v, a, i, i + 1);
  return p.keepdims === false ? o.squeeze(s, [a]) : s;
}
export const pad = (x: ArrayLike, value: ArrayLike, config: readonly (readonly [number, number, number])[]): Value => {
  const [v, f] = unify("pad", [x, value]);
  return o.pad(v!, f!, config);
};
export const concatenate = (xs: readonly ArrayLike[], dimension: number): Value =>
  prim(
    "concatenate",
    xs.map((x) => asArray(x)),
    { dimension },
  );
export const split = (x: ArrayLike, sizes: readonly number[], ...rest: unknown[]): readonly Value[] => {
  const v = asArray(x);
  return bind(primitiveNamed("split"), [v], { sizes, axis: axisOf("split", options<{ axis?: number }>("split", ["axis"], rest).axis ?? 0, v.ndim) });
};
export const tile = (x: ArrayLike, reps: readonly number[]): Value => prim("tile", [asArray(x)], { reps });
export const stack = (xs: readonly ArrayLike[], ...rest: unknown[]): Value => {
  const vs = xs.map((x) => asArray(x));
  return prim("stack", vs, { axis: axisOf("stack", options<{ axis?: number }>("stack", ["axis"], rest).axis ?? 0, vs[0]!.ndim + 1) });
};
export const unstack = (x: ArrayLike, ...rest: unknown[]): readonly Value[] => {
  const v = asArray(x);
  return bind(primitiveNamed("unstack"), [v], { axis: axisOf("unstack", options<{ axis?: number }>("unstack", ["axis"], rest).axis ?? 0, v.ndim) });
};

/** Start indices: negative ones count from the end, constants are taken as int32. */
const starts = (v: Value, list: readonly ArrayLike[] | Value): Value[] =>
  (Array.isArray(list) ? (list as ArrayLike[]) : [...(list as Value)]).map((s, i) => wrapIndex(s, v.shape[i]!));
function wrapIndex(s: ArrayLike, n: number): Value {
  if (typeof s === "number") return o.lit("int32", s < 0 ? s + n : s);
  const v = asArray(s);
  if (!v.dtype.includes("int")) throw new DTypeError(`lax: a start index has dtype ${v.dtype}, expected an integer`);
  return v.dtype.startsWith("u") ? v : o.select(o.lt(v, o.like(v, 0)), o.add(v, o.like(v, n)), v);
}
export const dynamicSlice = (x: ArrayLike, at: readonly ArrayLike[] | Value, sliceSizes: readonly number[]): Value => {
  const v = asArray(x);
  return o.dynamicSlice(v, starts(v, at), sliceSizes);
};
export const dynamicSliceInDim = (x: ArrayLike, start: ArrayLike, size: number, ...rest: unknown[]): Value => {
  const v = asArray(x),
    a = axisOf("dynamicSliceInDim", options<{ axis?: number }>("dynamicSliceInDim", ["axis"], rest).axis ?? 0, v.ndim);
  return o.dynamicSlice(
    v,
    v.shape.map((n, i) => (i === a ? wrapIndex(start, n) : o.lit("int32", 0))),
    v.shape.map((n, i) => (i === a ? size : n)),
  );
};
export const dynamicIndexInDim = (x: ArrayLike, index: ArrayLike, ...rest: unknown[]): Value => {
  const p = options<{ axis?: number; keepdims?: boolean }>("dynamicIndexInDim", ["axis", "keepdims"], rest),
    r = dynamicSliceInDim(x, index, 1, p.axis ?? 0);
  return p.keepdims === false ? o.squeeze(r, [axisOf("dynamicIndexInDim", p.axis ?? 0, r.ndim)]) : r;
};
export const dynamicUpdateSlice = (x: ArrayLike, u: ArrayLike, at: readonly ArrayLike[] | Value): Value => {
  const v = asArray(x);
  return o.dynamicUpdateSlice(v, castTo(asArray(u), v.dtype), starts(v, at));
};
export const dynamicUpdateSliceInDim = (x: ArrayLike, u: ArrayLike, start: ArrayLike, axis: number): Value => {
  const v = asArray(x),
    a = axisOf("dynamicUpdateSliceInDim", axis, v.ndim);
  return o.dynamicUpdateSlice(
    v,
    castTo(asArray(u), v.dtype),
    v.shape.map((n, i) => (i === a ? wrapIndex(start, n) : o.lit("int32", 0))),
  );
};
export const dynamicUpdateIndexInDim = (x: ArrayLike, u: ArrayLike, index: ArrayLike, axis: number): Value => {
  const v = asArray(x),
    a = axisOf("dynamicUpdateIndexInDim", axis, v.ndim),
    w = castTo(asArray(u), v.dtype);
  return dynamicUpdateSliceInDim(v, w.ndim < v.ndim ? o.expandDims(w, a) : w, index, a);
};

export const dot = (x: ArrayLike, y: ArrayLike): Value => {
  const a = asArray(x),
    b = asArray(y);
  if (a.ndim > 2 || b.ndim > 2 || !a.ndim || !b.ndim)
    throw new ShapeError(`lax.dot: the operands are ${a.aval} and ${b.aval}, expected vectors or matrices; use dotGeneral`);
  return o.dotGeneral(
    a,
    b,
    [
      [[a.ndim - 1], [0]],
      [[], []],
    ],
    a.dtype,
  );
};
export const batchMatmul = (x: ArrayLike, y: ArrayLike): Value => {
  const a = asArray(x),
    b = asArray(y),
    n = a.ndim - 2,
    lead = Array.from({ length: n }, (_x, i) => i);
  return o.dotGeneral(
    a,
    b,
    [
      [[n + 1], [n]],
      [lead, lead],
    ],
    a.dtype,
  );
};
export const dotGeneral = (
  x: ArrayLike,
  y: ArrayLike,
  dimensionNumbers: o.DimensionNumbers,
  opts: { preferredElementType?: DType | string | null; precision?: unknown } = {},
): Value => {
  const [a, b] = [asArray(x), asArray(y)];
  return o.dotGeneral(a!, b!, dimensionNumbers, opts.preferredElementType ? dtypeOf(opts.preferredElementType) : null, opts.precision ?? null);
};

const reduction =
  (name: string) =>
  (x: ArrayLike, axes: readonly number[]): Value => {
    const v = asArray(x);
    return prim(name, [v], { axes: axes.map((a) => axisOf(name, a, v.ndim)), ...(name === "reduce_sum" ? { outSharding: null } : {}) });
  };
export const reduceSum = reduction("reduce_sum"),
  reduceMax = reduction("reduce_max"),
  reduceMin = reduction("reduce_min"),
  reduceProd = reduction("reduce_prod"),
  reduceAnd = reduction("reduce_and"),
  reduceOr = reduction("reduce_or"),
  reduceXor = reduction("reduce_xor");
const arg =
  (name: string) =>
  (x: ArrayLike, axis: number, indexDtype: DType | string = canonicalize("int64")): Value => {
    const v = asArray(x);
    return prim(name, [v], { axes: [axisOf(name, axis, v.ndim)], indexDtype: dtypeOf(indexDtype) });
  };
export const argmax = arg("argmax"),
  argmin = arg("argmin");
const cumulative =
  (name: string) =>
  (x: ArrayLike, ...rest: unknown[]): Value => {
    const p = options<{ axis?: number; reverse?: boolean }>(name, ["axis", "reverse"], rest),
      v = asArray(x);
    return prim(name, [v], { axis: axisOf(name, p.axis ?? 0, v.ndim), reverse: p.reverse ?? false });
  };
export const cumsum = cumulative("cumsum"),
  cumprod = cumulative("cumprod"),
  cummax = cumulative("cummax"),
  cummin = cumulative("cummin"),
  cumlogsumexp = cumulative("cumlogsumexp");
export function sort(x: ArrayLike | readonly ArrayLike[], ...rest: unknown[]): Value | readonly Value[] {
  const p = options<{ dimension?: number; isStable?: boolean; numKeys?: number }>("sort", ["dimension", "isStable", "numKeys"], rest),
    list = Array.isArray(x) && x.some((v) => v instanceof Value) ? (x as ArrayLike[]).map((v) => asArray(v)) : [asArray(x as ArrayLike)],
    r = bind(primitiveNamed("sort"), list, {
      dimension: axisOf("sort", p.dimension ?? -1, list[0]!.ndim),
      isStable: p.isStable ?? true,
      numKeys: p.numKeys ?? 1,
    });
  return Array.isArray(x) && x.some((v) => v instanceof Value) ? r : r[0]!;
}
export const sortKeyVal = (k: ArrayLike, v: ArrayLike, ...rest: unknown[]): readonly Value[] => {
  const p = options<{ dimension?: number; isStable?: boolean }>("sortKeyVal", ["dimension", "isStable"], rest),
    keys = asArray(k);
  return bind(primitiveNamed("sort"), [keys, asArray(v)], {
    dimension: axisOf("sortKeyVal", p.dimension ?? -1, keys.ndim),
    isStable: p.isStable ?? true,
    numKeys: 1,
  });
};
export const topK = (x: ArrayLike, k: number, opts: { axis?: number } = {}): readonly Value[] => {
  const v = asArray(x);
  return bind(primitiveNamed("top_k"), [v], { k, axis: axisOf("topK", opts.axis ?? -1, v.ndim) });
};

interface GatherOptions {
  readonly mode?: string | null;
  readonly fillValue?: number | null;
  readonly indicesAreSorted?: boolean;
  readonly uniqueIndices?: boolean;
}
export function gather(
  x: ArrayLike,
  indices: ArrayLike,
  d: {
    offsetDims: readonly number[];
    collapsedSliceDims: readonly number[];
    startIndexMap: readonly number[];
    operandBatchingDims?: readonly number[];
    startIndicesBatchingDims?: readonly number[];
  },
  sliceSizes: readonly number[],
  opts: GatherOptions = {},
): Value {
  return prim("gather", [asArray(x), asArray(indices)], {
    dimensionNumbers: { operandBatchingDims: [], startIndicesBatchingDims: [], ...d },
    sliceSizes,
    mode: parseMode(opts.mode, "fill_or_drop"),
    fillValue: opts.fillValue ?? null,
    indicesAreSorted: opts.indicesAreSorted ?? false,
    uniqueIndices: opts.uniqueIndices ?? false,
  });
}
const scatterOf =
  (name: string) =>
  (x: ArrayLike, indices: ArrayLike, updates: ArrayLike, d: Plain, opts: GatherOptions = {}): Value =>
    prim(name, [asArray(x), asArray(indices), asArray(updates)], {
      dimensionNumbers: { operandBatchingDims: [], scatterIndicesBatchingDims: [], ...d },
      mode: parseMode(opts.mode, "fill_or_drop"),
      indicesAreSorted: opts.indicesAreSorted ?? false,
      uniqueIndices: opts.uniqueIndices ?? false,
      updateJaxpr: null,
      updateConsts: [],
    });
export const scatter = scatterOf("scatter"),
  scatterAdd = scatterOf("scatter-add"),
  scatterSub = scatterOf("scatter-sub"),
  scatterMul = scatterOf("scatter-mul"),
  scatterMin = scatterOf("scatter-min"),
  scatterMax = scatterOf("scatter-max");

export const optimizationBarrier = <T>(x: T): T => {
  const list = Array.isArray(x) ? (x as Value[]) : [x as unknown as Value],
    r = bind(
      primitiveNamed("optimization_barrier"),
      list.map((v) => asArray(v)),
      {},
    );
  return (Array.isArray(x) ? r : r[0]) as T;
};
/** The shape that shapes of one rank, or scalars, have in common. */
export const broadcastShapes = (...shapes: Shape[]): number[] => broadcastShapesOf("lax.broadcastShapes", shapes);
export const broadcastLike = (x: ArrayLike, like: ArrayLike): Value => {
  const v = asArray(x),
    s = asArray(like).shape,
    k = s.length - v.ndim;
  return o.broadcastInDim(
    v,
    s,
    v.shape.map((_n, i) => i + k),
  );
};
export const empty = (shape: Shape, dtype: DType | string): Value => o.full(shape, dtypeOf(dtype), 0);
/** The elements (or slices) at the index vectors of several axes. */
export function indexTake(x: ArrayLike, indices: readonly ArrayLike[], axes: readonly number[]): Value {
  const v = asArray(x),
    idx = indices.map((i) => asArray(i)),
    stacked = o.concatenate(
      idx.map((i) => o.expandDims(o.convert(i, idx[0]!.dtype), 1)),
      1,
    ),
    rest = v.shape.map((_n, k) => k).filter((k) => !axes.includes(k));
  const wrapped = o.select(
    o.lt(stacked, o.like(stacked, 0)),
    o.add(
      stacked,
      o.concatenate(
        axes.map((a) => o.full([stacked.shape[0]!, 1], stacked.dtype, v.shape[a]!)),
        1,
      ),
    ),
    stacked,
  );
  return prim("gather", [v, wrapped], {
    dimensionNumbers: {
      offsetDims: rest.map((_k, i) => i + 1),
      collapsedSliceDims: axes,
      startIndexMap: axes,
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
    },
    sliceSizes: v.shape.map((n, k) => (axes.includes(k) ? 1 : n)),
    mode: "fill_or_drop",
    fillValue: null,
    indicesAreSorted: false,
    uniqueIndices: false,
  });
}
/** Applies a function to the windows that the indices name; a window named twice is changed once. */
export function scatterApply(
  x: ArrayLike,
  indices: ArrayLike,
  fn: (v: Value) => ArrayLike,
  d: Plain,
  opts: GatherOptions & { updateShape?: Shape } = {},
): Value {
  const v = asArray(x),
    i = asArray(indices),
    dn = { operandBatchingDims: [] as number[], scatterIndicesBatchingDims: [] as number[], ...d } as unknown as {
      updateWindowDims: readonly number[];
      insertedWindowDims: readonly number[];
      scatterDimsToOperandDims: readonly number[];
      operandBatchingDims: readonly number[];
      scatterIndicesBatchingDims: readonly number[];
    };
  const shape = opts.updateShape ?? i.shape.slice(0, -1);
  let w = 0;
  const sliceSizes = v.shape.map((_n, k) =>
    dn.insertedWindowDims.includes(k) || dn.operandBatchingDims.includes(k) ? 1 : shape[dn.updateWindowDims[w++]!]!,
  );
  const read = prim("gather", [v, i], {
    dimensionNumbers: {
      offsetDims: dn.updateWindowDims,
      collapsedSliceDims: dn.insertedWindowDims,
      startIndexMap: dn.scatterDimsToOperandDims,
      operandBatchingDims: dn.operandBatchingDims,
      startIndicesBatchingDims: dn.scatterIndicesBatchingDims,
    },
    sliceSizes,
    mode: parseMode(opts.mode, "fill_or_drop"),
    fillValue: opts.fillValue ?? null,
    indicesAreSorted: opts.indicesAreSorted ?? false,
    uniqueIndices: opts.uniqueIndices ?? false,
  });
  return scatter(v, i, castTo(asArray(fn(read)), v.dtype), dn, opts);
}
/** There is one platform here: its function, or the default one. */
export function platformDependent(...args: unknown[]): unknown {
  const o2 = args.at(-1) as Record<string, (...xs: unknown[]) => unknown>,
    f = o2.cpu ?? o2.default;
  if (typeof f !== "function") throw new TypeError("lax.platformDependent: give a function for cpu or a default one");
  return f(...args.slice(0, -1));
}
