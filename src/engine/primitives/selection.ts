// Choosing and converting: select_n, clamp, casts, copies, and markers that do nothing to the value.
import { ShapedArray } from "../core/aval.ts";
import { type DType, isComplex, isInexact, itemsize } from "../core/dtypes.ts";
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import { allZero, type Linear, type Primitive, type Tangent, Zero, absent, definePrimitive, isLinear, isZero } from "../core/primitive.ts";
import { bind, bind1 } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { type NoParams, alignBatch, batchElementwise, elementwiseShape, notLinear, spreadNodes, unary, zeroJvp } from "./define.ts";
import * as o from "./ops.ts";
import type { Node } from "../graph/graph.ts";

/** select_n(which, case0, case1, …): `which` is bool (two cases) or int32, of the cases' shape or a scalar. */
export const selectN: Primitive<NoParams> = definePrimitive<NoParams>({
  name: "select_n",
  multipleResults: false,
  abstract: ([which, ...cases]) => {
    if (which!.dtype !== "bool" && which!.dtype !== "int32")
      throw new DTypeError(`select_n: the selector has dtype ${which!.dtype}, expected bool or int32`);
    if (which!.dtype === "bool" && cases.length > 2)
      throw new DTypeError(`select_n: a bool selector chooses between 2 cases, got ${cases.length}; use an int32 selector`);
    for (const c of cases)
      if (c.dtype !== cases[0]!.dtype)
        throw new DTypeError(`select_n: the cases have dtypes ${cases.map((x) => x.dtype).join(", ")}, expected equal ones`);
    const shape = elementwiseShape("select_n", cases);
    if (which!.ndim > 0 && shape.length > 0) elementwiseShape("select_n", [which!, new ShapedArray(shape, which!.dtype)]);
    return [
      new ShapedArray(
        shape.length ? shape : which!.shape,
        cases[0]!.dtype,
        cases.every((c) => c.weakType),
      ),
    ];
  },
  jvp: ([which, ...cases], [, ...dots]) => {
    const out = o.selectN(which!, ...cases);
    if (allZero(dots)) return [[out], [new Zero(out.aval.strengthen())]];
    return [[out], [o.selectN(which!, ...dots.map(o.instantiate))]];
  },
  transpose: ([ct], [which, ...cases]) => [
    null,
    ...cases.map((c, i): Tangent | null => {
      if (!isLinear(c)) return null;
      if (isZero(ct)) return new Zero(c.aval);
      const zero = o.zerosLike((ct as Value).aval),
        picked = cases.map((_c, k) => (k === i ? (ct as Value) : zero));
      return o.unbroadcast(o.selectN(which as Value, ...picked), c.aval);
    }),
  ],
  batch: (args, dims, _p, batch) => {
    const [which, ...cases] = args,
      caseRank = Math.max(...cases.map((c, i) => c.ndim - (dims[i + 1] === null ? 0 : 1)));
    // A scalar selector that is not mapped stays a scalar; a mapped one is spread over the cases.
    if (dims[0] === null && which!.ndim === 0) {
      const aligned = alignBatch(cases, dims.slice(1), false),
        shape = [batch.size, ...cases[0]!.shape.filter((_n, k) => dims[1] === null || k !== dims[1])];
      return [
        [
          o.selectN(
            which!,
            ...aligned.map((c) =>
              o.broadcastInDim(
                c,
                shape,
                shape.map((_n, k) => k),
              ),
            ),
          ),
        ],
        [0],
      ];
    }
    const aligned = alignBatch(args, dims, false),
      shape = [
        batch.size,
        ...(caseRank
          ? cases.map((c, i) => c.shape.filter((_n, k) => dims[i + 1] === null || k !== dims[i + 1])).find((s) => s.length === caseRank)!
          : which!.shape.filter((_n, k) => dims[0] === null || k !== dims[0])),
      ];
    return [
      [
        o.selectN(
          aligned[0]!.ndim < shape.length
            ? o.broadcastInDim(
                aligned[0]!,
                shape,
                aligned[0]!.shape.map((_n, k) => k),
              )
            : o.broadcastInDim(
                aligned[0]!,
                shape,
                shape.map((_n, k) => k),
              ),
          ...aligned.slice(1).map((c) =>
            o.broadcastInDim(
              c,
              shape,
              c.shape.map((_n, k) => k),
            ),
          ),
        ),
      ],
      [0],
    ];
  },
  lower: (g, inputs, _p, [out], [which, first]) => {
    // Keys carry two words an element: the selector is spread over them.
    const isKey = first!.dtype === "key<fry>";
    let [w, ...cases] = inputs as [Node, ...Node[]];
    if (isKey) {
      const shape = [...out!.shape, 2];
      w = g.broadcast(
        w,
        shape,
        w.shape.map((_n, i) => i),
      );
      cases = cases.map((c) => (c.shape.length === shape.length ? c : g.broadcast(c, shape, [shape.length - 1])));
    } else [w, ...cases] = spreadNodes(g, [w, ...cases]) as [Node, ...Node[]];
    if (which!.dtype === "bool") return [cases.length === 1 ? cases[0]! : g.select(w, cases[1]!, cases[0]!)];
    let result = cases.at(-1)!;
    for (let i = cases.length - 2; i >= 0; i--)
      result = g.select(g.compare("eq", w, g.splat(g.constant(o.lit("int32", i) as NDArray), w.shape)), cases[i]!, result);
    return [result];
  },
});

/** clamp(low, x, high), with scalar or full bounds. */
export const clamp: Primitive<NoParams> = definePrimitive<NoParams>({
  name: "clamp",
  multipleResults: false,
  abstract: ([lo, x, hi]) => {
    if (lo!.dtype !== x!.dtype || hi!.dtype !== x!.dtype)
      throw new DTypeError(`clamp: the bounds have dtypes ${lo!.dtype} and ${hi!.dtype}, the operand ${x!.dtype}; expected equal ones`);
    elementwiseShape("clamp", [lo!, x!, hi!]);
    return [new ShapedArray(x!.shape, x!.dtype, lo!.weakType && x!.weakType && hi!.weakType)];
  },
  jvp: ([lo, x, hi], [dlo, dx, dhi]) => {
    const out = bind1(clamp, [lo!, x!, hi!], {}),
      s = out.shape,
      spread = (v: Value): Value => (v.ndim === s.length ? v : o.splat(v, s));
    if (!isInexact(out.dtype)) return [[out], [new Zero(out.aval.strengthen())]];
    const zero = o.zerosLike(out.aval),
      l = spread(lo!),
      h = spread(hi!);
    const part = (d: Tangent, where: () => Value): Tangent =>
      isZero(d) ? new Zero(out.aval.strengthen()) : o.select(where(), spread(d as Value), zero);
    return [
      [out],
      [
        o.addTangents(
          o.addTangents(
            part(dlo!, () => o.and(o.gt(l, spread(x!)), o.lt(l, h))),
            part(dx!, () => o.and(o.gt(spread(x!), l), o.lt(spread(x!), h))),
          ),
          part(dhi!, () => o.gt(spread(x!), h)),
        ),
      ],
    ];
  },
  transpose: notLinear,
  batch: batchElementwise(() => clamp),
  lower: (g, inputs) => {
    const [lo, x, hi] = spreadNodes(g, inputs);
    return [g.node("clamp", [lo!, x!, hi!], {}, [x!.type])];
  },
});

interface ConvertParams {
  readonly newDtype: DType;
  readonly weakType: boolean;
  readonly sharding?: null;
}
/** Casts. Floats truncate towards zero into integers; complex values lose their imaginary part; anything but 0 is true. */
export const convertElementType: Primitive<ConvertParams> = definePrimitive<ConvertParams>({
  name: "convert_element_type",
  multipleResults: false,
  abstract: ([x], { newDtype, weakType }) => [new ShapedArray(x!.shape, newDtype, weakType)],
  jvp: ([x], [dx], params) => {
    const out = bind1(convertElementType, [x!], params);
    return [
      [out],
      [isZero(dx) || !isInexact(params.newDtype) || !isInexact(x!.dtype) ? new Zero(out.aval.strengthen()) : o.toDType(dx as Value, params.newDtype)],
    ];
  },
  transpose: ([ct], [x]) => {
    const a = (x as Linear).aval;
    return [isZero(ct) ? new Zero(a) : o.toDType(ct as Value, a.dtype)];
  },
  batch: (args, dims, params) => [[bind1(convertElementType, args, params)], [dims[0]!]],
  lower: (g, [x], { newDtype }) => [isComplex(x!.dtype) && !isComplex(newDtype) ? g.convert(g.unary("real", x!), newDtype) : g.convert(x!, newDtype)],
  printParams: () => ({ sharding: null }),
});

interface BitcastParams {
  readonly newDtype: DType;
}
/** Reads the same bits as another type; a width change splits or joins a trailing dimension. */
export const bitcastConvertType: Primitive<BitcastParams> = definePrimitive<BitcastParams>({
  name: "bitcast_convert_type",
  multipleResults: false,
  abstract: ([x], { newDtype }) => {
    const from = itemsize(x!.dtype),
      into = itemsize(newDtype);
    if (from === into) return [new ShapedArray(x!.shape, newDtype)];
    if (from > into) return [new ShapedArray([...x!.shape, from / into], newDtype)];
    if (x!.shape.at(-1) !== into / from)
      throw new ShapeError(
        `bitcast_convert_type: from ${x!.dtype} to ${newDtype} the last dimension must be ${into / from}, got shape [${x!.shape.join()}]`,
      );
    return [new ShapedArray(x!.shape.slice(0, -1), newDtype)];
  },
  jvp: zeroJvp(() => bitcastConvertType),
  transpose: notLinear,
  batch: (args, dims, params) => [[bind1(bitcastConvertType, [o.moveaxis(args[0]!, dims[0]!, 0)], params)], [0]],
  lower: (g, [x], _p, [out]) =>
    itemsize(x!.dtype) === itemsize(out!.dtype)
      ? [g.bitcast(x!, { shape: out!.shape, dtype: out!.dtype })]
      : g.library("bitcast", [x!], {}, [{ shape: out!.shape, dtype: out!.dtype }]),
});

interface PrecisionParams {
  readonly exponentBits: number;
  readonly mantissaBits: number;
}
/** Rounds to fewer exponent and mantissa bits without changing the dtype. */
export const reducePrecision: Primitive<PrecisionParams> = definePrimitive<PrecisionParams>({
  name: "reduce_precision",
  multipleResults: false,
  abstract: ([x], { exponentBits, mantissaBits }) => {
    if (!Number.isInteger(exponentBits) || exponentBits < 1 || !Number.isInteger(mantissaBits) || mantissaBits < 0)
      throw new ArgumentError(
        `reduce_precision: ${exponentBits} bits of exponent and ${mantissaBits} of mantissa, expected integers of at least 1 and 0`,
      );
    return [x!];
  },
  jvp: ([x], [dx], params) => [[bind1(reducePrecision, [x!], params)], [isZero(dx) ? dx : bind1(reducePrecision, [dx as Value], params)]],
  transpose: ([ct], _a, params) => [isZero(ct) ? ct : bind1(reducePrecision, [ct as Value], params)],
  batch: (args, dims, params) => [[bind1(reducePrecision, args, params)], [dims[0]!]],
  lower: (g, [x], params) => [g.node("reduce_precision", [x!], params, [x!.type])],
});

/** I_x(a, b), the regularized incomplete beta function. */
export const betainc: Primitive<NoParams> = definePrimitive<NoParams>({
  name: "regularized_incomplete_beta",
  multipleResults: false,
  abstract: ([a, b, x]) => [new ShapedArray(elementwiseShape("regularized_incomplete_beta", [a!, b!, x!]), x!.dtype)],
  jvp: ([a, b, x], [, , dx]) => {
    const out = bind1(betainc, [a!, b!, x!], {});
    if (isZero(dx)) return [[out], [new Zero(out.aval)]];
    // x^(a−1) (1−x)^(b−1) / B(a, b)
    const one = o.like(x!, 1),
      lbeta = o.sub(o.add(o.lgamma(a!), o.lgamma(b!)), o.lgamma(o.add(a!, b!)));
    const density = o.exp(o.sub(o.add(o.mul(o.sub(b!, one), o.log1p(o.neg(x!))), o.mul(o.sub(a!, one), o.log(x!))), lbeta));
    return [[out], [o.mul(dx as Value, density)]];
  },
  transpose: notLinear,
  batch: batchElementwise(() => betainc),
  lower: (g, inputs) => {
    const [a, b, x] = spreadNodes(g, inputs);
    return [g.node("betainc", [a!, b!, x!], {}, [x!.type])];
  },
});

/** Identity on the value. */
const identity = (name: string): Primitive<NoParams> =>
  unary(name, { dtypes: ["b", "i", "u", "f", "c", "k"], jvp: ({ dx }) => dx, transpose: (ct) => ct, lower: (_g, x) => x });
export const copy = identity("copy"),
  copyP = identity("copy_p");
/** Passes the value, stops the derivative. */
export const stopGradient = unary("stop_gradient", { dtypes: ["b", "i", "u", "f", "c", "k"], jvp: "zero", lower: (_g, x) => x });

interface NameParams {
  readonly name: string;
}
/** Gives a value a name that checkpoint policies can refer to. */
export const name: Primitive<NameParams> = definePrimitive<NameParams>({
  name: "name",
  multipleResults: false,
  abstract: ([x]) => [x!],
  jvp: ([x], [dx], params) => [[bind1(name, [x!], params)], [dx!]],
  transpose: absent("tangents pass a name without it"),
  batch: (args, dims, params) => [[bind1(name, args, params)], [dims[0]!]],
  lower: (_g, [x]) => [x!],
});

/** Many values through unchanged. */
function passThrough(primitiveName: string, barrier: boolean): Primitive {
  const p: Primitive = definePrimitive({
    name: primitiveName,
    multipleResults: true,
    abstract: (avals) => avals,
    jvp: (args, dots, params) => {
      const live = dots.map((d, i) => (isZero(d) ? -1 : i)).filter((i) => i >= 0),
        tangents = live.length
          ? bind(
              p,
              live.map((i) => dots[i] as Value),
              slim(params, live),
            )
          : [];
      return [
        bind(p, args, params),
        dots.map((d, i) => {
          const k = live.indexOf(i);
          return k < 0 ? d : tangents[k]!;
        }),
      ];
    },
    transpose: (cts) => cts,
    batch: (args, dims, params) => [bind(p, args, params), dims],
    lower: (g, inputs) => (barrier ? inputs.map((x) => g.node("barrier", [x], {}, [x.type])) : inputs),
  });
  return p;
}
const slim = (params: object, keep: readonly number[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).map(([k, v]) => [k, Array.isArray(v) ? keep.map((i) => v[i]) : v]));
export const optimizationBarrier = passThrough("optimization_barrier", true);
export const devicePut = passThrough("device_put", false);
