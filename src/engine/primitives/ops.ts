// How rules call primitives: by name, so that the families of primitives do not import one another.
import { type Shape, ShapedArray, sameShape } from "../core/aval.ts";
import { scalarArray } from "../core/arrays.ts";
import { precisionParam } from "../core/precision.ts";
import { type DType, isComplex, kindOf, realPart } from "../core/dtypes.ts";
import { type BatchDim, type Params, type Tangent, Zero, isZero, primitiveNamed } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
import type { LiteralValue } from "../core/jaxpr.ts";
import type { Value } from "../core/value.ts";

const call = (name: string, args: readonly Value[], params: Params = {}): Value => bind(primitiveNamed(name), args, params)[0]!;
/** All results of a primitive. */
export const callAll = (name: string, args: readonly Value[], params: Params = {}): readonly Value[] => bind(primitiveNamed(name), args, params);
const unary =
  (name: string) =>
  (x: Value): Value =>
    call(name, [x]);
const binary =
  (name: string) =>
  (x: Value, y: Value): Value =>
    call(name, [x, y]);

/** A scalar constant of a dtype; primitives spread scalars over the other operands' shape. */
export const lit = (dtype: DType, value: LiteralValue): Value => scalarArray(value, new ShapedArray([], dtype));
/** A scalar constant beside x: of its dtype, and weak where x is, so that it changes no type. */
export const like = (x: Value, value: number): Value =>
  scalarArray(isComplex(x.dtype) ? [value, 0] : value, new ShapedArray([], x.dtype, x.weakType));

export const neg = unary("neg"),
  sin = unary("sin"),
  cos = unary("cos"),
  tan = unary("tan"),
  tanh = unary("tanh"),
  exp = unary("exp"),
  exp2 = unary("exp2"),
  log = unary("log");
export const sqrt = unary("sqrt"),
  rsqrt = unary("rsqrt"),
  sinh = unary("sinh"),
  cosh = unary("cosh"),
  square = unary("square"),
  sign = unary("sign"),
  abs = unary("abs"),
  logistic = unary("logistic");
export const floor = unary("floor"),
  digamma = unary("digamma"),
  lgamma = unary("lgamma"),
  besselI0e = unary("bessel_i0e"),
  besselI1e = unary("bessel_i1e"),
  isFinite_ = unary("is_finite"),
  not = unary("not");
export const expm1 = unary("expm1"),
  log1p = unary("log1p"),
  erf = unary("erf"),
  cbrt = unary("cbrt");
export const real = unary("real"),
  imag = unary("imag"),
  conj = (x: Value): Value => (isComplex(x.dtype) ? call("conj", [x], { inputDtype: x.dtype }) : x);
export const add = binary("add"),
  sub = binary("sub"),
  mul = binary("mul"),
  div = binary("div"),
  rem = binary("rem"),
  pow = binary("pow"),
  max = binary("max"),
  min = binary("min"),
  atan2 = binary("atan2");
export const and = binary("and"),
  or = binary("or"),
  xor = binary("xor"),
  shiftLeft = binary("shift_left"),
  shiftRightLogical = binary("shift_right_logical");
export const igamma = binary("igamma"),
  igammac = binary("igammac"),
  igammaGradA = binary("igamma_grad_a"),
  polygamma = binary("polygamma"),
  zeta = binary("zeta");
export const complex = binary("complex"),
  addAny = binary("add_any"),
  randomGammaGrad = binary("random_gamma_grad");
export const eq = binary("eq"),
  ne = binary("ne"),
  lt = binary("lt"),
  le = binary("le"),
  gt = binary("gt"),
  ge = binary("ge");
/** |x|², real. */
export const real2 = (x: Value): Value => (isComplex(x.dtype) ? real(mul(x, conj(x))) : mul(x, x));
export const integerPow = (x: Value, y: number): Value => call("integer_pow", [x], { y });
/** `which` picks among the cases: false (0) takes the first. */
export const selectN = (which: Value, ...cases: Value[]): Value => call("select_n", [which, ...cases]);
/** `onTrue` where the predicate holds, else `onFalse`. */
export const select = (predicate: Value, onTrue: Value, onFalse: Value): Value => selectN(predicate, onFalse, onTrue);
export const convert = (x: Value, newDtype: DType, weakType = false): Value =>
  x.dtype === newDtype && x.weakType === weakType ? x : call("convert_element_type", [x], { newDtype, weakType });
export const bitcast = (x: Value, newDtype: DType): Value => call("bitcast_convert_type", [x], { newDtype });
export const iota = (dtype: DType, shape: Shape, dimension: number): Value => call("iota", [], { dimension, dtype, shape, sharding: null });

export const broadcastInDim = (x: Value, shape: Shape, broadcastDimensions: readonly number[]): Value =>
  sameShape(x.aval.shape, shape) && broadcastDimensions.every((d, i) => d === i) ? x : call("broadcast_in_dim", [x], { shape, broadcastDimensions });
export const splat = (x: Value, shape: Shape): Value => broadcastInDim(x, shape, []);
export const full = (shape: Shape, dtype: DType, value: number): Value =>
  splat(lit(dtype, isComplex(dtype) ? [value, 0] : kindOf(dtype) === "b" ? value !== 0 : value), shape);
export const zerosLike = (a: ShapedArray): Value => filledLike(a, 0);
/** A value in every place of an array like this one: of its shape and dtype, and weak where it is. */
export const filledLike = (a: ShapedArray, value: number): Value =>
  splat(
    scalarArray(isComplex(a.dtype) ? [value, 0] : kindOf(a.dtype) === "b" ? value !== 0 : value, new ShapedArray([], a.dtype, a.weakType)),
    a.shape,
  );
export const instantiate = (t: Tangent): Value => (isZero(t) ? zerosLike(t.aval) : t);
export const reshape = (x: Value, newSizes: Shape): Value =>
  sameShape(x.aval.shape, newSizes) ? x : call("reshape", [x], { dimensions: null, newSizes, sharding: null });
export const squeeze = (x: Value, dimensions: readonly number[]): Value => (dimensions.length ? call("squeeze", [x], { dimensions }) : x);
/** New dimensions of size 1 at these axes of the result. */
export const expandDims = (x: Value, axes: number | readonly number[]): Value => {
  const at = [axes].flat(),
    kept = Array.from({ length: x.aval.ndim + at.length }, (_x, i) => i).filter((i) => !at.includes(i)),
    shape = Array<number>(x.aval.ndim + at.length).fill(1);
  kept.forEach((i, k) => (shape[i] = x.aval.shape[k]!));
  return broadcastInDim(x, shape, kept);
};
export const transpose = (x: Value, permutation: readonly number[]): Value =>
  permutation.every((p, i) => p === i) ? x : call("transpose", [x], { permutation });
export const moveaxis = (x: Value, from: number, to: number): Value => {
  const p = x.aval.shape.map((_n, i) => i).filter((i) => i !== from);
  p.splice(to, 0, from);
  return transpose(x, p);
};
/** The batch axis of a mapped operand moved to the front; one that is not mapped stays as it is. */
export const frontAxis = (x: Value, d: BatchDim): Value => (d === null ? x : moveaxis(x, d, 0));
/** The batch axis in front; an operand without one is spread along a new one, so that every example has its own. */
export const spreadBatch = (x: Value, d: BatchDim, size: number): Value =>
  d === null
    ? broadcastInDim(
        x,
        [size, ...x.shape],
        x.shape.map((_n, i) => i + 1),
      )
    : moveaxis(x, d, 0);
export const slice = (x: Value, startIndices: readonly number[], limitIndices: readonly number[], strides: readonly number[] | null = null): Value =>
  call("slice", [x], { startIndices, limitIndices, strides });
export const sliceInDim = (x: Value, axis: number, start: number, limit: number, stride = 1): Value =>
  slice(
    x,
    x.shape.map((_n, i) => (i === axis ? start : 0)),
    x.shape.map((n, i) => (i === axis ? limit : n)),
    stride === 1 ? null : x.shape.map((_n, i) => (i === axis ? stride : 1)),
  );
export const pad = (x: Value, value: Value, paddingConfig: readonly (readonly [number, number, number])[]): Value =>
  call("pad", [x, value], { paddingConfig });
/** An axis cropped, or padded with zeros behind, to a length. */
export const resizeAxis = (x: Value, axis: number, n: number): Value => {
  const have = x.shape[axis]!;
  return n <= have
    ? sliceInDim(x, axis, 0, n)
    : pad(
        x,
        like(x, 0),
        x.shape.map((_m, i) => [0, i === axis ? n - have : 0, 0] as const),
      );
};
export const rev = (x: Value, dimensions: readonly number[]): Value => (dimensions.length ? call("rev", [x], { dimensions }) : x);
export const concatenate = (xs: readonly Value[], dimension: number): Value => (xs.length === 1 ? xs[0]! : call("concatenate", xs, { dimension }));
export const dynamicSlice = (x: Value, starts: readonly Value[], sliceSizes: readonly number[]): Value =>
  call("dynamic_slice", [x, ...starts], { sliceSizes });
export const dynamicUpdateSlice = (x: Value, update: Value, starts: readonly Value[]): Value => call("dynamic_update_slice", [x, update, ...starts]);

export const reduceSum = (x: Value, axes: readonly number[]): Value => (axes.length ? call("reduce_sum", [x], { axes, outSharding: null }) : x);
export const reduceMax = (x: Value, axes: readonly number[]): Value => call("reduce_max", [x], { axes });
export const reduceMin = (x: Value, axes: readonly number[]): Value => call("reduce_min", [x], { axes });
export const reduceProd = (x: Value, axes: readonly number[]): Value => call("reduce_prod", [x], { axes });
export const cumsum = (x: Value, axis: number, reverse: boolean): Value => call("cumsum", [x], { axis, reverse });

export type DimensionNumbers = readonly [readonly [readonly number[], readonly number[]], readonly [readonly number[], readonly number[]]];
export const dotGeneral = (
  x: Value,
  y: Value,
  dimensionNumbers: DimensionNumbers,
  preferredElementType: DType | null = null,
  precision: unknown = null,
): Value => call("dot_general", [x, y], { dimensionNumbers, preferredElementType, precision: precisionParam(precision), outSharding: null });

/** The elements of x at the positions i along an axis: a gather with the other axes as batch axes. */
export const takeAlong = (x: Value, i: Value, axis: number): Value => {
  const others = x.shape.map((_n, k) => k).filter((k) => k !== axis);
  return call("gather", [x, expandDims(i, i.ndim)], {
    dimensionNumbers: {
      offsetDims: [],
      collapsedSliceDims: [axis],
      startIndexMap: [axis],
      operandBatchingDims: others,
      startIndicesBatchingDims: others,
    },
    sliceSizes: x.shape.map(() => 1),
    mode: "clip",
    fillValue: null,
    indicesAreSorted: false,
    uniqueIndices: false,
  });
};
/** Sum of two tangents, either of which may be a symbolic zero. */
export const addTangents = (x: Tangent, y: Tangent): Tangent => (isZero(x) ? y : isZero(y) ? x : addAny(x, y));
/** The type of tangents: the same, or nothing for integers and booleans. */
export const zeroOf = (x: Value): Zero => new Zero(x.aval.strengthen());
/** Sums a cotangent down to the operand that was spread over it: a scalar, or one with dimensions of size 1. */
export function unbroadcast(ct: Value, to: ShapedArray): Value {
  if (sameShape(ct.shape, to.shape)) return ct;
  if (to.shape.length === 0)
    return reduceSum(
      ct,
      ct.shape.map((_n, i) => i),
    );
  return reshape(
    reduceSum(
      ct,
      ct.shape.map((_n, i) => i).filter((i) => to.shape[i] === 1 && ct.shape[i] !== 1),
    ),
    to.shape,
  );
}
/** A real cotangent for a real operand: the real part where the arithmetic was complex. */
export const toDType = (x: Value, dtype: DType): Value => (isComplex(x.dtype) && !isComplex(dtype) ? convert(real(x), dtype) : convert(x, dtype));
export { realPart };
