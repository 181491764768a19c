// Convolutions for users: plain, transposed, as patches, with weights of each place's own.
import { promoteTypes } from "../core/promotion.ts";
import { precisionParam } from "../core/precision.ts";
import { dtypeOf } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, castTo, options, promote } from "../numpy/convert.ts";
import * as o from "../primitives/ops.ts";
import { padtypeToPads } from "./padding.ts";
import type { ConvOptions, ConvTransposeOptions, Padding, RaggedDotOptions, TypedProductOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";
import type { DTypeLike, Precision } from "../numpy/options.ts";

export interface DimensionSpecs {
  readonly lhsSpec: readonly number[];
  readonly rhsSpec: readonly number[];
  readonly outSpec: readonly number[];
}
/** Axis positions from letters: "NHWC" gives batch, feature, then the spatial axes in the order of the left operand's. */
export function dimensionSpecs(spec: unknown, rank: number): DimensionSpecs {
  const plain = Array.from({ length: rank }, (_x, i) => i);
  if (spec === null || spec === undefined) return { lhsSpec: plain, rhsSpec: plain, outSpec: plain };
  if (!Array.isArray(spec)) return spec as DimensionSpecs;
  const [l, r, q] = spec as [string, string, string],
    letters = [...l].filter((c) => c !== "N" && c !== "C");
  const find = (s: string, first: string, second: string): number[] =>
    [first, second, ...letters].map((c) => {
      const i = s.indexOf(c);
      if (i < 0) throw new ShapeError(`dimensionNumbers: "${s}" has no axis ${c}; the specs are ${JSON.stringify(spec)}`);
      return i;
    });
  return { lhsSpec: find(l, "N", "C"), rhsSpec: find(r, "O", "I"), outSpec: find(q, "N", "C") };
}
/** The convolution, with strides, padding, dilation and axes in any order.
 * @example lax.convGeneralDilated(np.ones([1, 4, 4, 3]), np.ones([2, 2, 3, 8]), [2, 2], "SAME", { dimensionNumbers: ["NHWC", "HWIO", "NHWC"] }).shape // [1, 2, 2, 8] */
export function convGeneralDilated(
  x: ArrayLike,
  w: ArrayLike,
  windowStrides: readonly number[],
  padding: Padding,
  ...rest: Tail<
    [
      lhsDilation: readonly number[] | null,
      rhsDilation: readonly number[] | null,
      dimensionNumbers: ConvOptions["dimensionNumbers"],
      featureGroupCount: number,
      batchGroupCount: number,
      precision: Precision,
      preferredElementType: DTypeLike | null,
    ],
    ConvOptions
  >
): Value {
  const opts = options<ConvOptions>(
    "convGeneralDilated",
    ["lhsDilation", "rhsDilation", "dimensionNumbers", "featureGroupCount", "batchGroupCount", "precision", "preferredElementType"],
    rest,
  );
  const a = asArray(x),
    b = asArray(w),
    dn = dimensionSpecs(opts.dimensionNumbers, a.ndim),
    n = a.ndim - 2,
    ones = Array<number>(n).fill(1),
    lhsDilation = opts.lhsDilation ?? ones,
    rhsDilation = opts.rhsDilation ?? ones;
  const spatial = dn.lhsSpec.slice(2).map((d, i) => (a.shape[d]! ? (a.shape[d]! - 1) * lhsDilation[i]! + 1 : 0)),
    window = dn.rhsSpec.slice(2).map((d, i) => (b.shape[d]! - 1) * rhsDilation[i]! + 1);
  return bind1(primitiveNamed("conv_general_dilated"), [a, b], {
    dimensionNumbers: dn,
    windowStrides,
    padding: padtypeToPads(spatial, window, windowStrides, padding),
    lhsDilation,
    rhsDilation,
    featureGroupCount: opts.featureGroupCount ?? 1,
    batchGroupCount: opts.batchGroupCount ?? 1,
    precision: precisionParam(opts.precision),
    preferredElementType: opts.preferredElementType ? dtypeOf(opts.preferredElementType) : null,
    outSharding: null,
  });
}
/** The convolution of [N, C, …] with kernels [O, I, …].
 * @example lax.conv(np.ones([1, 1, 4, 4]), np.ones([1, 1, 2, 2]), [2, 2], "VALID") // [[[[4, 4], [4, 4]]]] */
export const conv = (x: ArrayLike, w: ArrayLike, windowStrides: readonly number[], padding: Padding, opts: TypedProductOptions = {}): Value =>
  convGeneralDilated(x, w, windowStrides, padding, opts);
/** The convolution, with padding and dilation.
 * @example lax.convWithGeneralPadding(np.ones([1, 1, 3, 3]), np.ones([1, 1, 2, 2]), [1, 1], [[0, 1], [0, 1]], null, null).shape // [1, 1, 3, 3] */
export const convWithGeneralPadding = (
  x: ArrayLike,
  w: ArrayLike,
  windowStrides: readonly number[],
  padding: Padding,
  lhsDilation: readonly number[] | null,
  rhsDilation: readonly number[] | null,
  opts: TypedProductOptions = {},
): Value => convGeneralDilated(x, w, windowStrides, padding, { ...opts, lhsDilation, rhsDilation });

/** Padding of the dilated input with which a convolution of stride 1 undoes one of the given stride. */
function transposePadding(k: number, stride: number, padding: string): [number, number] {
  if (padding === "SAME") {
    const total = k + stride - 2,
      low = stride > k - 1 ? k - 1 : Math.ceil(total / 2);
    return [low, total - low];
  }
  if (padding === "VALID") return [k - 1, k + stride - 2 + Math.max(k - stride, 0) - (k - 1)];
  throw new ShapeError(`convTranspose: the padding is "${padding}", expected "SAME", "VALID" or pairs`);
}
/** The convolution with a dilated input: "deconvolution". With `transposeKernel` it is the gradient of a convolution.
 * @example lax.convTranspose(np.ones([1, 2, 2, 1]), np.ones([2, 2, 1, 1]), [2, 2], "SAME").shape // [1, 4, 4, 1] */
export function convTranspose(
  x: ArrayLike,
  w: ArrayLike,
  strides: readonly number[],
  padding: Padding,
  ...rest: Tail<
    [
      rhsDilation: readonly number[] | null,
      dimensionNumbers: ConvTransposeOptions["dimensionNumbers"],
      transposeKernel: boolean,
      precision: Precision,
      preferredElementType: DTypeLike | null,
    ],
    ConvTransposeOptions
  >
): Value {
  const opts = options<ConvTransposeOptions>(
    "convTranspose",
    ["rhsDilation", "dimensionNumbers", "transposeKernel", "precision", "preferredElementType"],
    rest,
  );
  const a = asArray(x),
    b = asArray(w),
    n = a.ndim - 2,
    rhsDilation = opts.rhsDilation ?? Array<number>(n).fill(1);
  const letters = ["", "W", "HW", "DHW"][n] ?? "",
    spec = opts.dimensionNumbers ?? [`N${letters}C`, `${letters}IO`, `N${letters}C`],
    dn = dimensionSpecs(spec, a.ndim);
  const pads =
    typeof padding === "string"
      ? dn.rhsSpec.slice(2).map((d, i) => transposePadding((b.shape[d]! - 1) * rhsDilation[i]! + 1, strides[i]!, padding.toUpperCase()))
      : padding;
  const kernel = opts.transposeKernel ? o.rev(b, dn.rhsSpec.slice(2)) : b,
    specs = opts.transposeKernel ? { ...dn, rhsSpec: [dn.rhsSpec[1]!, dn.rhsSpec[0]!, ...dn.rhsSpec.slice(2)] } : dn;
  return convGeneralDilated(a, kernel, Array<number>(n).fill(1), pads, {
    lhsDilation: strides,
    rhsDilation,
    dimensionNumbers: specs,
    precision: opts.precision ?? null,
    preferredElementType: opts.preferredElementType ?? null,
  });
}
/** Every window as a vector of features: a convolution with the identity as kernel.
 * @example lax.convGeneralDilatedPatches(np.ones([1, 1, 4, 4]), [2, 2], [1, 1], "VALID").shape // [1, 4, 3, 3] */
export function convGeneralDilatedPatches(
  x: ArrayLike,
  filterShape: readonly number[],
  windowStrides: readonly number[],
  padding: Padding,
  opts: ConvOptions = {},
): Value {
  const a = asArray(x),
    n = filterShape.length,
    dn = dimensionSpecs(opts.dimensionNumbers, a.ndim),
    spatial = filterShape.reduce((p, q) => p * q, 1),
    channels = a.shape[dn.lhsSpec[1]!]!;
  const eye = o.reshape(o.convert(o.eq(o.iota("int32", [spatial, spatial], 0), o.iota("int32", [spatial, spatial], 1)), a.dtype), [
    spatial,
    1,
    ...filterShape,
  ]);
  const tiled = o.reshape(
    o.broadcastInDim(
      eye,
      [channels, spatial, 1, ...filterShape],
      eye.shape.map((_m, i) => i + 1),
    ),
    [channels * spatial, 1, ...filterShape],
  );
  // From (out, in, spatial…) to the order that the kernel's spec names.
  const axes = Array<number>(n + 2);
  dn.rhsSpec.forEach((d, i) => (axes[d] = i));
  return convGeneralDilated(a, o.transpose(tiled, axes), windowStrides, padding, { ...opts, dimensionNumbers: dn, featureGroupCount: channels });
}
/** A convolution whose weights differ from place to place: w is (out, in · window, output positions…) in the kernel's order.
 * @example lax.convGeneralDilatedLocal(np.ones([1, 1, 3]), np.ones([1, 2, 2]), [1], "VALID", [2]) // [[[2, 2]]] */
export function convGeneralDilatedLocal(
  x: ArrayLike,
  w: ArrayLike,
  windowStrides: readonly number[],
  padding: Padding,
  filterShape: readonly number[],
  opts: ConvOptions = {},
): Value {
  const [a, b] = promote("convGeneralDilatedLocal", [x, w]) as [Value, Value],
    dn = dimensionSpecs(opts.dimensionNumbers, a.ndim),
    patches = convGeneralDilatedPatches(a, filterShape, windowStrides, padding, opts);
  const [lb, lf, ...ls] = dn.outSpec as [number, number, ...number[]],
    [ro, ri, ...rs] = dn.rhsSpec as [number, number, ...number[]];
  const out = o.dotGeneral(
    b,
    castTo(patches, b.dtype),
    [
      [[ri], [lf]],
      [rs, ls],
    ],
    b.dtype,
  ); // spatial…, out, batch
  const n = rs.length,
    axes = Array<number>(n + 2);
  axes[dn.outSpec[0]!] = n + 1;
  axes[dn.outSpec[1]!] = n;
  dn.outSpec.slice(2).forEach((d, i) => (axes[d] = i));
  void lb;
  void ro;
  return o.transpose(out, axes);
}
/** Rows of `lhs` in consecutive groups, each multiplied with its group's matrix: lhs [m, k], rhs [g, k, n], groupSizes [g].
 * @example lax.raggedDot(np.ones([3, 2]), np.ones([2, 2, 1]), np.int32([1, 2])) // [[2], [2], [2]] */
export function raggedDot(
  lhs: ArrayLike,
  rhs: ArrayLike,
  groupSizes: ArrayLike,
  ...rest: Tail<[precision: Precision, preferredElementType: DTypeLike | null], RaggedDotOptions>
): Value {
  const q = options<RaggedDotOptions>("lax.raggedDot", ["precision", "preferredElementType", "groupOffset"], rest),
    [a, b, sizes] = [asArray(lhs), asArray(rhs), asArray(groupSizes)];
  if (a.ndim !== 2 || b.ndim !== 3 || sizes.ndim !== 1)
    throw new ShapeError(`lax.raggedDot: the operands are ${a.aval}, ${b.aval} and ${sizes.aval}; expected [m, k], [groups, k, n] and [groups]`);
  const [m, g] = [a.shape[0]!, b.shape[0]!],
    ends = o.cumsum(o.convert(sizes, "int32"), 0, false),
    starts = o.sub(ends, o.convert(sizes, "int32")),
    row = o.iota("int32", [g, m], 1),
    spread = (v: Value): Value => o.broadcastInDim(v, [g, m], [0]);
  const mask = o.and(o.ge(row, spread(starts)), o.lt(row, spread(ends)));
  // Each group's rows of lhs, the others zero; then one contraction over group and k.
  const own = o.select(
    o.broadcastInDim(mask, [g, m, a.shape[1]!], [0, 1]),
    o.broadcastInDim(a, [g, ...a.shape], [1, 2]),
    o.full([g, ...a.shape], a.dtype, 0),
  );
  return o.dotGeneral(
    own,
    b,
    [
      [
        [0, 2],
        [0, 1],
      ],
      [[], []],
    ],
    q.preferredElementType ? dtypeOf(q.preferredElementType) : promoteTypes([a.aval, b.aval]).dtype,
    q.precision ?? null,
  );
}
