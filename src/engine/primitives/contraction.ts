// Contractions: dot_general and convolution.
import { type Shape, ShapedArray } from "../core/aval.ts";
import { type DType } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import { promoteTypes } from "../core/promotion.ts";
import { type Primitive, type Linear, type Tangent, Zero, definePrimitive, isLinear, isZero } from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import * as o from "./ops.ts";
import type { DimensionNumbers } from "./ops.ts";
import { python } from "../core/print.ts";

export interface DotParams {
  readonly dimensionNumbers: DimensionNumbers;
  readonly precision: unknown;
  readonly preferredElementType: DType | null;
  readonly outSharding: null;
}
const range = (n: number): number[] => Array.from({ length: n }, (_x, i) => i);
const without = (n: number, ...drop: readonly (readonly number[])[]): number[] => range(n).filter((i) => !drop.some((d) => d.includes(i)));

function dotShape(x: Shape, y: Shape, [[lc, rc], [lb, rb]]: DimensionNumbers): number[] {
  return [...lb.map((i) => x[i]!), ...without(x.length, lc, lb).map((i) => x[i]!), ...without(y.length, rc, rb).map((i) => y[i]!)];
}
/** Contraction over any axes, with batch axes: the result has batch, then lhs, then rhs axes. */
export const dotGeneral: Primitive<DotParams> = definePrimitive<DotParams>({
  name: "dot_general",
  multipleResults: false,
  abstract: ([x, y], { dimensionNumbers: d, preferredElementType }) => {
    const [[lc, rc], [lb, rb]] = d;
    const check = (l: readonly number[], r: readonly number[], what: string): void =>
      l.forEach((a, i) => {
        if (x!.shape[a] !== y!.shape[r[i]!])
          throw new ShapeError(
            `dot_general: ${what} axis ${a} of the left operand ${x} has ${x!.shape[a]} elements, axis ${r[i]} of the right operand ${y} has ${y!.shape[r[i]!]}; they must be equal`,
          );
      });
    check(lc, rc, "contracting");
    check(lb, rb, "batch");
    return [new ShapedArray(dotShape(x!.shape, y!.shape, d), preferredElementType ?? promoteTypes([x!, y!]).dtype, x!.weakType && y!.weakType)];
  },
  jvp: ([x, y], [dx, dy], params) => {
    const out = bind1(dotGeneral, [x!, y!], params),
      zero = new Zero(out.aval.strengthen());
    return [
      [out],
      [
        o.addTangents(
          isZero(dx) ? zero : bind1(dotGeneral, [dx as Value, y!], params),
          isZero(dy) ? zero : bind1(dotGeneral, [x!, dy as Value], params),
        ),
      ],
    ];
  },
  transpose: ([ct], [x, y], { dimensionNumbers: [[lc, rc], [lb, rb]], preferredElementType, precision }) => {
    // The cotangent is [batch, lhs free, rhs free]: contract it with the other operand over that operand's free axes.
    const towards = (
      l: Linear,
      other: Value,
      c: readonly number[],
      oc: readonly number[],
      b: readonly number[],
      ob: readonly number[],
      left: boolean,
    ): Tangent => {
      if (isZero(ct)) return new Zero(l.aval);
      const rank = l.aval.ndim,
        free = without(rank, c, b),
        otherFree = without(other.ndim, oc, ob),
        lead = b.length;
      const ctOther = left ? range(otherFree.length).map((i) => lead + free.length + i) : range(otherFree.length).map((i) => lead + i);
      const r = o.dotGeneral(
        ct as Value,
        other,
        [
          [ctOther, otherFree],
          [range(lead), ob],
        ],
        preferredElementType,
        precision,
      );
      // The result's axes: batch, the linear operand's free axes, then its contracted axes in the order of the other operand's.
      const order = oc
          .map((v, i) => [v, i] as const)
          .sort((p, q) => p[0] - q[0])
          .map(([, i]) => c[i]!),
        axes = [...b, ...free, ...order];
      return o.toDType(
        o.transpose(
          r,
          range(rank).map((i) => axes.indexOf(i)),
        ),
        l.aval.dtype,
      );
    };
    return [isLinear(x) ? towards(x, y as Value, lc, rc, lb, rb, true) : null, isLinear(y) ? towards(y, x as Value, rc, lc, rb, lb, false) : null];
  },
  batch: ([x, y], [dx, dy], params) => {
    const {
      dimensionNumbers: [[lc, rc], [lb, rb]],
    } = params;
    const up = (axes: readonly number[], d: number | null): number[] => (d === null ? [...axes] : axes.map((a) => (a >= d ? a + 1 : a)));
    const [nlc, nrc, nlb, nrb] = [up(lc, dx!), up(rc, dy!), up(lb, dx!), up(rb, dy!)];
    if (dx !== null && dy !== null)
      return [
        [
          bind1(dotGeneral, [x!, y!], {
            ...params,
            dimensionNumbers: [
              [nlc, nrc],
              [
                [dx!, ...nlb],
                [dy!, ...nrb],
              ],
            ],
          }),
        ],
        [0],
      ];
    const out = bind1(dotGeneral, [x!, y!], {
      ...params,
      dimensionNumbers: [
        [nlc, nrc],
        [nlb, nrb],
      ],
    });
    // Only one operand is mapped: its axis comes out among that operand's free axes.
    const side =
      dx !== null
        ? without(x!.ndim, nlc, nlb).indexOf(dx!) + lb.length
        : lb.length + without(x!.ndim, nlc, nlb).length + without(y!.ndim, nrc, nrb).indexOf(dy!);
    return [[out], [side]];
  },
  lower: (g, [x, y], { dimensionNumbers: [[lc, rc], [lb, rb]], preferredElementType }, [out]) => {
    const t = preferredElementType ?? out!.dtype;
    return [
      g.node("dot", [g.convert(x!, t), g.convert(y!, t)], { lhsContract: lc, rhsContract: rc, lhsBatch: lb, rhsBatch: rb }, [
        { shape: out!.shape, dtype: out!.dtype },
      ]),
    ];
  },
  printParams: ({ dimensionNumbers: d, precision, preferredElementType }) => ({
    dimensionNumbers: `((${d[0].map(list).join(", ")}), (${d[1].map(list).join(", ")}))`,
    outSharding: null,
    ...(precision === null || precision === undefined ? { precision: null } : {}),
    ...(preferredElementType === null ? { preferredElementType: null } : {}),
  }),
});
const list = (xs: readonly number[]): string => `[${xs.join(", ")}]`;

export interface ConvDimensionNumbers {
  readonly lhsSpec: readonly number[];
  readonly rhsSpec: readonly number[];
  readonly outSpec: readonly number[];
}
export interface ConvParams {
  readonly dimensionNumbers: ConvDimensionNumbers;
  readonly windowStrides: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly lhsDilation: readonly number[];
  readonly rhsDilation: readonly number[];
  readonly featureGroupCount: number;
  readonly batchGroupCount: number;
  readonly precision: unknown;
  readonly preferredElementType: DType | null;
  readonly outSharding: null;
}
const dilate = (n: number, d: number): number => (n === 0 ? 0 : (n - 1) * d + 1);
/** XLA's convolution. Specs list (batch, feature, spatial…), (out, in, spatial…), (batch, feature, spatial…). */
export const convGeneralDilated: Primitive<ConvParams> = definePrimitive<ConvParams>({
  name: "conv_general_dilated",
  multipleResults: false,
  abstract: ([x, w], p) => {
    const { lhsSpec: l, rhsSpec: r, outSpec: q } = p.dimensionNumbers,
      out = new Array<number>(x!.ndim);
    if (x!.shape[l[1]!]! / p.featureGroupCount !== w!.shape[r[1]!])
      throw new ShapeError(
        `conv_general_dilated: the input ${x} has ${x!.shape[l[1]!]} features in ${p.featureGroupCount} groups, the kernel ${w} takes ${w!.shape[r[1]!]}; they must agree`,
      );
    out[q[0]!] = x!.shape[l[0]!]! / p.batchGroupCount;
    out[q[1]!] = w!.shape[r[0]!]!;
    for (let i = 2; i < x!.ndim; i++) {
      const [lo, hi] = p.padding[i - 2]!,
        n = dilate(x!.shape[l[i]!]!, p.lhsDilation[i - 2]!) + lo + hi,
        k = dilate(w!.shape[r[i]!]!, p.rhsDilation[i - 2]!);
      out[q[i]!] = Math.max(0, Math.floor((n - k) / p.windowStrides[i - 2]!) + 1);
    }
    return [new ShapedArray(out, p.preferredElementType ?? x!.dtype)];
  },
  jvp: ([x, w], [dx, dw], params) => {
    const out = bind1(convGeneralDilated, [x!, w!], params),
      zero = new Zero(out.aval.strengthen());
    return [
      [out],
      [
        o.addTangents(
          isZero(dx) ? zero : bind1(convGeneralDilated, [dx as Value, w!], params),
          isZero(dw) ? zero : bind1(convGeneralDilated, [x!, dw as Value], params),
        ),
      ],
    ];
  },
  transpose: ([ct], [x, w], p) => [
    isLinear(x) ? (isZero(ct) ? new Zero(x.aval) : transposeLhs(ct as Value, w as Value, x.aval, p)) : null,
    isLinear(w) ? (isZero(ct) ? new Zero(w.aval) : transposeRhs(ct as Value, x as Value, w.aval, p)) : null,
  ],
  batch: ([x, w], [dx, dw], p, batch) => batchConv(x!, w!, dx!, dw!, p, batch.size),
  lower: (g, [x, w], p, [out]) => [
    // Of booleans: whether any of the products is true, which the sum of integers says.
    ...[out!.dtype === "bool" ? ("int32" as const) : out!.dtype].map((t) =>
      g.convert(
        g.node(
          "conv",
          [g.convert(x!, t), g.convert(w!, t)],
          {
            lhsSpec: p.dimensionNumbers.lhsSpec,
            rhsSpec: p.dimensionNumbers.rhsSpec,
            outSpec: p.dimensionNumbers.outSpec,
            strides: p.windowStrides,
            padding: p.padding,
            lhsDilation: p.lhsDilation,
            rhsDilation: p.rhsDilation,
            featureGroups: p.featureGroupCount,
            batchGroups: p.batchGroupCount,
          },
          [{ shape: out!.shape, dtype: t }],
        ),
        out!.dtype,
      ),
    ),
  ],
  printParams: ({ dimensionNumbers: d }) => ({
    dimensionNumbers: `ConvDimensionNumbers(lhs_spec=${python(d.lhsSpec)}, rhs_spec=${python(d.rhsSpec)}, out_spec=${python(d.outSpec)})`,
  }),
});

const spatial = (spec: readonly number[], a: ShapedArray | Value): number[] => spec.slice(2).map((i) => a.shape[i]!);
/** Splits axis `from` into (size, rest) and merges `size` into axis `into`, in front of it. */
function regroup(x: Value, from: number, into: number, size: number): Value {
  const s = [...x.shape];
  s.splice(from, 1, size, s[from]! / size);
  let v = o.reshape(x, s);
  const target = into < from ? into : into + 1;
  v = o.moveaxis(v, from, target > from ? target - 1 : target);
  const at = target > from ? target - 1 : target,
    m = [...v.shape];
  m.splice(at, 2, m[at]! * m[at + 1]!);
  return o.reshape(v, m);
}
function transposeLhs(ct: Value, w: Value, x: ShapedArray, p: ConvParams): Value {
  const { lhsSpec: l, rhsSpec: r, outSpec: q } = p.dimensionNumbers,
    xs = spatial(l, x),
    ws = spatial(r, w),
    os = spatial(q, ct);
  const padding = xs.map((n, i) => {
    const dk = dilate(ws[i]!, p.rhsDilation[i]!),
      lo = dk - p.padding[i]![0] - 1,
      od = dilate(os[i]!, p.windowStrides[i]!);
    return [lo, dilate(n, p.lhsDilation[i]!) + dk - 1 - od - lo] as const;
  });
  const groups = Math.max(p.featureGroupCount, p.batchGroupCount);
  let kernel = groups > 1 ? regroup(w, r[0]!, r[1]!, groups) : w;
  kernel = o.rev(kernel, r.slice(2));
  let out = bind1(convGeneralDilated, [ct, kernel], {
    ...p,
    dimensionNumbers: { lhsSpec: q, rhsSpec: [r[1]!, r[0]!, ...r.slice(2)], outSpec: l },
    windowStrides: p.lhsDilation,
    padding,
    lhsDilation: p.windowStrides,
    featureGroupCount: groups,
    batchGroupCount: 1,
  });
  if (p.batchGroupCount > 1) out = regroup(out, l[1]!, l[0]!, p.batchGroupCount);
  return o.toDType(out, x.dtype);
}
function transposeRhs(ct: Value, x: Value, w: ShapedArray, p: ConvParams): Value {
  const { lhsSpec: l, rhsSpec: r, outSpec: q } = p.dimensionNumbers,
    xs = spatial(l, x),
    ws = spatial(r, w),
    os = spatial(q, ct);
  const swap = (s: readonly number[]): number[] => [s[1]!, s[0]!, ...s.slice(2)];
  const padding = ws.map((n, i) => {
    const ds = dilate(os[i]!, p.windowStrides[i]!),
      dx = dilate(xs[i]!, p.lhsDilation[i]!),
      lo = p.padding[i]![0];
    return [lo, ds + dilate(n, p.rhsDilation[i]!) - dx - lo - 1] as const;
  });
  // A convolution of the input (features as batch) with the cotangent (features as outputs, batch as inputs): the two kinds of groups change places.
  const out = bind1(convGeneralDilated, [x, ct], {
    ...p,
    dimensionNumbers: { lhsSpec: swap(l), rhsSpec: swap(q), outSpec: swap(r) },
    windowStrides: p.rhsDilation,
    padding,
    rhsDilation: p.windowStrides,
    featureGroupCount: p.batchGroupCount,
    batchGroupCount: p.featureGroupCount,
  });
  return o.toDType(out, w.dtype);
}
/** Merges the batch axis `d` of `x` into axis `into`, in front of what is there. */
function merge(x: Value, d: number, into: number): Value {
  const v = o.moveaxis(x, d, into),
    s = [...v.shape];
  s.splice(into, 2, s[into]! * s[into + 1]!);
  return o.reshape(v, s);
}
const divide = (x: Value, axis: number, size: number): Value => {
  const s = [...x.shape];
  s.splice(axis, 1, size, s[axis]! / size);
  return o.reshape(x, s);
};
function batchConv(x: Value, w: Value, dx: number | null, dw: number | null, p: ConvParams, size: number): [readonly Value[], readonly number[]] {
  const { lhsSpec: l, rhsSpec: r, outSpec: q } = p.dimensionNumbers;
  if (dx !== null && dw !== null) {
    // Each example becomes a feature group.
    const groups = p.batchGroupCount > 1 ? { batchGroupCount: p.batchGroupCount * size } : { featureGroupCount: p.featureGroupCount * size };
    const out = bind1(convGeneralDilated, [merge(x, dx, p.batchGroupCount > 1 ? l[0]! : l[1]!), merge(w, dw, r[0]!)], { ...p, ...groups });
    return [[divide(out, q[1]!, size)], [q[1]!]];
  }
  if (dx !== null) {
    if (p.batchGroupCount > 1) {
      const front = o.moveaxis(x, dx, l[0]! + 1),
        s = [...front.shape],
        b = s[l[0]!]!;
      s.splice(l[0]!, 2, p.batchGroupCount, b / p.batchGroupCount, size);
      const mixed = o.moveaxis(o.reshape(front, s), l[0]! + 2, l[0]! + 1),
        m = [...mixed.shape];
      m.splice(l[0]!, 3, b * size);
      const out = bind1(convGeneralDilated, [o.reshape(mixed, m), w], p);
      return [[divide(out, q[0]!, size)], [q[0]!]];
    }
    return [[divide(bind1(convGeneralDilated, [merge(x, dx, l[0]!), w], p), q[0]!, size)], [q[0]!]];
  }
  const groups = Math.max(p.featureGroupCount, p.batchGroupCount);
  if (groups === 1) return [[divide(bind1(convGeneralDilated, [x, merge(w, dw!, r[0]!)], p), q[1]!, size)], [q[1]!]];
  // Groups are outermost among the output features: put the batch between the group and the features of it.
  const moved = o.moveaxis(w, dw!, r[0]! + 1),
    s = [...moved.shape],
    outs = s[r[0]!]!;
  s.splice(r[0]!, 2, groups, outs / groups, size);
  const mixed = o.moveaxis(o.reshape(moved, s), r[0]! + 2, r[0]! + 1),
    m = [...mixed.shape];
  m.splice(r[0]!, 3, outs * size);
  const out = bind1(convGeneralDilated, [x, o.reshape(mixed, m)], p),
    t = [...out.shape];
  t.splice(q[1]!, 1, groups, size, outs / groups);
  const split = o.moveaxis(o.reshape(out, t), q[1]! + 1, q[1]!),
    u = [...split.shape];
  u.splice(q[1]! + 1, 2, outs);
  return [[o.reshape(split, u)], [q[1]!]];
}
