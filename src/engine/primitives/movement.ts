// Movement: broadcast, reshape, transpose, slice, pad, reverse, concatenate, split. Linear all of them; the compiler makes them index maps.
import { type Shape, ShapedArray, sizeOf } from "../core/aval.ts";
import type { DType } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { absent, allZero, definePrimitive, isLinear, isZero, type Linear, type Primitive, type Tangent, Zero } from "../core/primitive.ts";
import { bind, bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { batchFront, noTangent, notLinear, structural } from "./define.ts";
import * as o from "./ops.ts";

export const range = (n: number): number[] => Array.from({ length: n }, (_x, i) => i);
/** Key arrays carry a trailing dimension of two words. */
export const physical = (a: ShapedArray): Shape => (a.dtype === "key<fry>" ? [...a.shape, 2] : a.shape);
const extra = (a: ShapedArray): number[] => (a.dtype === "key<fry>" ? [a.ndim] : []);

interface BroadcastParams {
  readonly shape: Shape;
  readonly broadcastDimensions: readonly number[];
  readonly sharding?: null;
}
export const broadcastInDim: Primitive<BroadcastParams> = structural<BroadcastParams>({
  name: "broadcast_in_dim",
  abstract: (x, { shape, broadcastDimensions: dims }) => {
    if (dims.length !== x.ndim)
      throw new ShapeError(
        `broadcast_in_dim: the operand ${x} has ${x.ndim} dimensions, broadcastDimensions (${dims.join(", ")}) names ${dims.length}`,
      );
    dims.forEach((d, i) => {
      if (x.shape[i] !== 1 && x.shape[i] !== shape[d])
        throw new ShapeError(
          `broadcast_in_dim: dimension ${i} of the operand ${x} is ${x.shape[i]}, expected 1 or ${shape[d]} to become dimension ${d} of [${shape.join()}]`,
        );
    });
    return x.withShape(shape);
  },
  transpose: (ct, x, { shape, broadcastDimensions: dims }) => {
    const kept = o.reduceSum(
      ct,
      range(shape.length).filter((d) => !dims.includes(d)),
    );
    const ones = dims.map((d, i) => (x.shape[i] === 1 && shape[d] !== 1 ? i : -1)).filter((i) => i >= 0);
    // dims ascend, so the kept axes stand in the operand's order.
    return o.reshape(o.reduceSum(kept, ones), x.shape);
  },
  batch: ([x], [d], { shape, broadcastDimensions }, batch) => [
    [o.broadcastInDim(o.moveaxis(x!, d!, 0), [batch.size, ...shape], [0, ...broadcastDimensions.map((k) => k + 1)])],
    [0],
  ],
  lower: (g, [x], { shape, broadcastDimensions }, [out]) => [
    g.broadcast(x!, physical(out!), [...broadcastDimensions, ...(out!.dtype === "key<fry>" ? [shape.length] : [])]),
  ],
  printParams: ({ broadcastDimensions }) => ({ shape: null, sharding: null, ...(broadcastDimensions.length ? {} : { broadcastDimensions: null }) }),
});

interface ReshapeParams {
  readonly newSizes: Shape;
  readonly dimensions: readonly number[] | null;
  readonly sharding: null;
}
export const reshape: Primitive<ReshapeParams> = structural<ReshapeParams>({
  name: "reshape",
  abstract: (x, { newSizes }) => {
    if (sizeOf(newSizes) !== x.size)
      throw new ShapeError(`reshape: ${x} has ${x.size} elements, the new shape [${newSizes.join()}] has ${sizeOf(newSizes)}`);
    return x.withShape(newSizes);
  },
  transpose: (ct, x, { dimensions }) =>
    dimensions
      ? o.transpose(
          o.reshape(
            ct,
            dimensions.map((d) => x.shape[d]!),
          ),
          inverse(dimensions),
        )
      : o.reshape(ct, x.shape),
  batch: ([x], [d], { newSizes, dimensions }, batch) => [
    [
      bind1(reshape, [o.moveaxis(x!, d!, 0)], {
        newSizes: [batch.size, ...newSizes],
        dimensions: dimensions && [0, ...dimensions.map((k) => k + 1)],
        sharding: null,
      }),
    ],
    [0],
  ],
  lower: (g, [x], { dimensions }, [out]) => [g.reshape(dimensions ? g.transpose(x!, dimensions) : x!, physical(out!))],
});
const inverse = (p: readonly number[]): number[] => {
  const q = new Array<number>(p.length);
  p.forEach((v, i) => (q[v] = i));
  return q;
};

export const squeeze: Primitive<{ readonly dimensions: readonly number[] }> = structural<{ readonly dimensions: readonly number[] }>({
  name: "squeeze",
  abstract: (x, { dimensions }) => {
    for (const d of dimensions) if (x.shape[d] !== 1) throw new ShapeError(`squeeze: dimension ${d} of ${x} is ${x.shape[d]}, expected 1`);
    return x.withShape(x.shape.filter((_n, i) => !dimensions.includes(i)));
  },
  transpose: (ct, x) => o.reshape(ct, x.shape),
  batch: batchFront(
    () => squeeze,
    ({ dimensions }) => ({ dimensions: dimensions.map((d) => d + 1) }),
  ),
  lower: (g, [x], _p, [out]) => [g.reshape(x!, physical(out!))],
});

export const transpose: Primitive<{ readonly permutation: readonly number[] }> = structural<{ readonly permutation: readonly number[] }>({
  name: "transpose",
  abstract: (x, { permutation }) => {
    if ([...permutation].sort((a, b) => a - b).some((p, i) => p !== i) || permutation.length !== x.ndim)
      throw new ShapeError(`transpose: (${permutation.join(", ")}) is not a permutation of the ${x.ndim} axes of ${x}`);
    return x.withShape(permutation.map((p) => x.shape[p]!));
  },
  transpose: (ct, _x, { permutation }) => o.transpose(ct, inverse(permutation)),
  batch: batchFront(
    () => transpose,
    ({ permutation }) => ({ permutation: [0, ...permutation.map((p) => p + 1)] }),
  ),
  lower: (g, [x], { permutation }, [out]) => [g.transpose(x!, [...permutation, ...extra(out!)])],
});

interface SliceParams {
  readonly startIndices: readonly number[];
  readonly limitIndices: readonly number[];
  readonly strides: readonly number[] | null;
}
export const slice: Primitive<SliceParams> = structural<SliceParams>({
  name: "slice",
  abstract: (x, { startIndices: s, limitIndices: l, strides }) => {
    if (s.length !== x.ndim || l.length !== x.ndim)
      throw new ShapeError(`slice: ${x} has ${x.ndim} axes, got ${s.length} starts and ${l.length} limits`);
    s.forEach((v, i) => {
      if (v < 0 || l[i]! > x.shape[i]! || v > l[i]!) throw new ShapeError(`slice: ${v}:${l[i]} does not lie in axis ${i} of ${x}`);
    });
    const odd = [...s, ...l, ...(strides ?? [])].find((n) => !Number.isInteger(n)) ?? strides?.find((n) => n < 1);
    if (odd !== undefined) throw new ShapeError(`slice: ${odd} among the starts, limits and strides, expected integers, and strides of 1 or more`);
    return x.withShape(s.map((v, i) => Math.ceil((l[i]! - v) / (strides?.[i] ?? 1))));
  },
  transpose: (ct, x, { startIndices: s, strides }) =>
    o.pad(
      ct,
      o.lit(ct.dtype, zeroValue(ct.dtype)),
      s.map((v, i) => {
        const step = strides?.[i] ?? 1,
          n = ct.shape[i]!,
          last = n ? v + (n - 1) * step + 1 : v;
        return [v, x.shape[i]! - last, step - 1] as const;
      }),
    ),
  batch: batchFront(
    () => slice,
    ({ startIndices, limitIndices, strides }, _a, b) => ({
      startIndices: [0, ...startIndices],
      limitIndices: [b.size, ...limitIndices],
      strides: strides && [1, ...strides],
    }),
  ),
  lower: (g, [x], { startIndices: s, limitIndices: l, strides }, [out]) => {
    const e = extra(out!);
    return [g.slice(x!, [...s, ...e.map(() => 0)], [...l, ...e.map(() => 2)], [...(strides ?? s.map(() => 1)), ...e.map(() => 1)])];
  },
});
export const zeroValue = (d: DType): number | boolean | readonly [number, number] => (d === "bool" ? false : d.startsWith("complex") ? [0, 0] : 0);

interface PadParams {
  readonly paddingConfig: readonly (readonly [number, number, number])[];
}
/** Pads with a scalar: low, high (negative crops) and interior, an axis each. */
export const pad: Primitive<PadParams> = definePrimitive<PadParams>({
  name: "pad",
  multipleResults: false,
  abstract: ([x, v], { paddingConfig: c }) => {
    if (c.length !== x!.ndim) throw new ShapeError(`pad: ${x} has ${x!.ndim} axes, the padding configuration has ${c.length}`);
    if (x!.dtype !== v!.dtype) throw new DTypeError(`pad: the operand is ${x!.dtype}, the padding value ${v!.dtype}; expected equal dtypes`);
    return [
      new ShapedArray(
        c.map(([lo, hi, mid], i) => Math.max(0, lo + hi + (x!.shape[i]! ? x!.shape[i]! + (x!.shape[i]! - 1) * mid : 0))),
        x!.dtype,
        x!.weakType && v!.weakType,
      ),
    ];
  },
  jvp: ([x, v], [dx, dv], params) => {
    const out = bind1(pad, [x!, v!], params);
    if (isZero(dx) && isZero(dv)) return [[out], [new Zero(out.aval.strengthen())]];
    return [[out], [bind1(pad, [o.instantiate(dx!), o.instantiate(dv!)], params)]];
  },
  transpose: ([ct], [x, v], { paddingConfig: c }) => {
    const back = (t: Value): Value => {
      const cropped = o.pad(
        t,
        o.lit(t.dtype, zeroValue(t.dtype)),
        c.map(([lo, hi]) => [-lo, -hi, 0] as const),
      );
      return c.every((p) => p[2] === 0)
        ? cropped
        : o.slice(
            cropped,
            c.map(() => 0),
            cropped.shape,
            c.map((p) => p[2] + 1),
          );
    };
    const dx: Tangent | null = isLinear(x) ? (isZero(ct) ? new Zero(x.aval) : back(ct as Value)) : null;
    const dv: Tangent | null = isLinear(v)
      ? isZero(ct)
        ? new Zero(v.aval)
        : o.sub(o.reduceSum(ct as Value, range(c.length)), o.reduceSum(back(ct as Value), range(c.length)))
      : null;
    return [dx, dv];
  },
  batch: ([x, v], [dx, dv], { paddingConfig: c }, batch) => {
    const moved = o.spreadBatch(x!, dx!, batch.size),
      config = [[0, 0, 0] as const, ...c];
    if (dv === null) return [[o.pad(moved, v!, config)], [0]];
    // A padding value for each example: pad a mask and select.
    const padded = o.pad(moved, o.lit(x!.dtype, zeroValue(x!.dtype)), config),
      mask = o.pad(o.splat(o.lit("bool", true), moved.shape), o.lit("bool", false), config);
    return [[o.select(mask, padded, o.broadcastInDim(v!, padded.shape, [0]))], [0]];
  },
  lower: (g, [x, v], { paddingConfig: c }, [out]) => [
    g.node("pad", [x!, v!], { low: c.map((p) => p[0]), high: c.map((p) => p[1]), interior: c.map((p) => p[2]) }, [
      { shape: out!.shape, dtype: x!.dtype },
    ]),
  ],
});

export const rev: Primitive<{ readonly dimensions: readonly number[] }> = structural<{ readonly dimensions: readonly number[] }>({
  name: "rev",
  abstract: (x, { dimensions }) => {
    const odd = dimensions.find((d) => !(d in x.shape));
    if (odd !== undefined) throw new ShapeError(`rev: the dimension is ${odd}, expected an integer from 0 to ${x.ndim - 1}`);
    return x;
  },
  transpose: (ct, _x, { dimensions }) => o.rev(ct, dimensions),
  batch: batchFront(
    () => rev,
    ({ dimensions }) => ({ dimensions: dimensions.map((d) => d + 1) }),
  ),
  lower: (g, [x], { dimensions }) => [dimensions.length ? g.node("reverse", [x!], { dims: dimensions }, [x!.type]) : x!],
});

export const concatenate: Primitive<{ readonly dimension: number }> = definePrimitive<{ readonly dimension: number }>({
  name: "concatenate",
  multipleResults: false,
  abstract: (xs, { dimension: d }) => {
    const first = xs[0]!;
    if (!(d in first.shape)) throw new ShapeError(`concatenate: the dimension is ${d}, expected an integer from 0 to ${first.ndim - 1}`);
    for (const x of xs) {
      if (x.dtype !== first.dtype)
        throw new DTypeError(`concatenate: the operands have dtypes ${xs.map((v) => v.dtype).join(", ")}, expected equal ones`);
      if (x.ndim !== first.ndim || x.shape.some((n, i) => i !== d && n !== first.shape[i]))
        throw new ShapeError(
          `concatenate: the operands have shapes ${xs.map((v) => `[${v.shape.join()}]`).join(", ")}, expected equal ones except along axis ${d}`,
        );
    }
    return [
      new ShapedArray(
        first.shape.map((n, i) => (i === d ? xs.reduce((s, x) => s + x.shape[d]!, 0) : n)),
        first.dtype,
        xs.every((x) => x.weakType),
      ),
    ];
  },
  jvp: (xs, dots, params) => {
    const out = bind1(concatenate, xs, params);
    return [[out], [allZero(dots) ? new Zero(out.aval.strengthen()) : bind1(concatenate, dots.map(o.instantiate), params)]];
  },
  transpose: ([ct], args, { dimension: d }) => {
    let at = 0;
    return args.map((a) => {
      const n = (isLinear(a) ? a.aval : (a as Value).aval).shape[d]!,
        start = at;
      at += n;
      return !isLinear(a) ? null : isZero(ct) ? new Zero(a.aval) : o.sliceInDim(ct as Value, d, start, start + n);
    });
  },
  batch: (args, dims, { dimension }, batch) => [
    [
      bind1(
        concatenate,
        args.map((a, i) => o.spreadBatch(a, dims[i]!, batch.size)),
        { dimension: dimension + 1 },
      ),
    ],
    [0],
  ],
  lower: (g, inputs, { dimension }, [out]) => [
    inputs.length === 1 ? inputs[0]! : g.node("concatenate", inputs, { dim: dimension }, [{ shape: physical(out!), dtype: inputs[0]!.dtype }]),
  ],
});

interface SplitParams {
  readonly sizes: readonly number[];
  readonly axis: number;
}
/** Cuts an array into consecutive parts along an axis. */
export const split: Primitive<SplitParams> = definePrimitive<SplitParams>({
  name: "split",
  multipleResults: true,
  abstract: ([x], { sizes, axis }) => {
    if (sizes.reduce((a, b) => a + b, 0) !== x!.shape[axis])
      throw new ShapeError(`split: the sizes ${sizes.join("+")} do not add up to ${x!.shape[axis]}, the length of axis ${axis}`);
    return sizes.map((n) => x!.withShape(x!.shape.map((m, i) => (i === axis ? n : m))));
  },
  jvp: ([x], [dx], params) => {
    const outs = bind(split, [x!], params);
    return [outs, isZero(dx) ? outs.map((v) => new Zero(v.aval)) : bind(split, [dx as Value], params)];
  },
  transpose: (cts, [x], { axis }) => [allZero(cts) ? new Zero((x as Linear).aval) : o.concatenate(cts.map(o.instantiate), axis)],
  batch: ([x], [d], { sizes, axis }) => [bind(split, [o.moveaxis(x!, d!, 0)], { sizes, axis: axis + 1 }), sizes.map(() => 0)],
  lower: (g, [x], { sizes, axis }) => {
    let at = 0;
    return sizes.map((n) => {
      const start = at;
      at += n;
      return g.slice(
        x!,
        x!.shape.map((_n, i) => (i === axis ? start : 0)),
        x!.shape.map((m, i) => (i === axis ? at : m)),
        x!.shape.map(() => 1),
      );
    });
  },
});

interface IotaParams {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly dimension: number;
  readonly sharding: null;
}
export const iota: Primitive<IotaParams> = definePrimitive<IotaParams>({
  name: "iota",
  multipleResults: false,
  abstract: (_x, { dtype, shape }) => [new ShapedArray(shape, dtype)],
  jvp: noTangent,
  transpose: notLinear,
  batch: absent("it has no operands"),
  lower: (g, _x, { dtype, shape, dimension }) => [g.iota({ shape, dtype }, dimension)],
});
