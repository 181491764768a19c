// Generators with a state of their own, as XLA has them.
import { arrayFrom } from "../core/arrays.ts";
import { type Shape, ShapedArray, sizeOf } from "../core/aval.ts";
import type { DType } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { absent, definePrimitive, type Primitive } from "../core/primitive.ts";
import type { NDArray } from "../core/value.ts";
import { bind } from "../core/trace.ts";
import type { Node } from "../graph/graph.ts";
import { notLinear } from "./define.ts";
import * as o from "./ops.ts";
import { halves, noDerivative, threefryNodes } from "./random.ts";

interface GeneratorParams {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly algorithm: string;
  readonly outSharding: null;
}
/** XLA's own generator: (state) → (next state, bits). The state is the key and a counter, as four 32-bit words. Threefry for every algorithm's name. */
export const rngBitGenerator: Primitive<GeneratorParams> = definePrimitive<GeneratorParams>({
  name: "rng_bit_generator",
  multipleResults: true,
  abstract: ([k], { shape, dtype }) => {
    const state = `${k!.dtype}[${k!.shape.join()}]`;
    if (state !== "uint32[4]" && state !== "uint64[2]") throw new DTypeError(`rng_bit_generator: the state is ${k}, expected uint32[4] or uint64[2]`);
    return [k!, new ShapedArray(shape, dtype)];
  },
  jvp: noDerivative,
  transpose: notLinear,
  batch: ([k], [d], params, { size }) => {
    const each = Array.from({ length: size }, (_x, i) =>
      bind(rngBitGenerator, [o.squeeze(o.sliceInDim(o.moveaxis(k!, d!, 0), 0, i, i + 1), [0])], params),
    );
    return [
      [0, 1].map((r) =>
        o.concatenate(
          each.map((e) => o.expandDims(e[r]!, 0)),
          0,
        ),
      ),
      [0, 0],
    ];
  },
  lower: (g, [k], { shape, dtype }) => {
    const word = (i: number): Node =>
      k!.dtype === "uint64"
        ? i % 2
          ? g.convert(g.binary("shr_l", at(Math.floor(i / 2)), shift), "uint32")
          : g.convert(at(Math.floor(i / 2)), "uint32")
        : at(i);
    const at = (i: number): Node => g.reshape(g.slice(k!, [i], [i + 1], [1]), []),
      shift = g.constant(o.lit("uint64", 32) as NDArray);
    const wide = dtype === "uint64",
      { half, axis } = wide ? { half: [...shape], axis: 0 } : halves(shape),
      n = sizeOf(half);
    const start = g.binary("or", g.convert(word(2), "uint64"), g.binary("shl", g.convert(word(3), "uint64"), shift)),
      counters = g.binary("add", g.splat(start, half), g.reshape(g.iota({ shape: [n], dtype: "uint64" }, 0), half));
    const low = g.convert(counters, "uint32"),
      high = g.convert(g.binary("shr_l", counters, g.splat(shift, half)), "uint32"),
      [a, b] = threefryNodes(g, g.splat(word(0), half), g.splat(word(1), half), low, high);
    const next = g.binary("add", start, g.constant(o.lit("uint64", n) as NDArray)),
      one = (x: Node): Node => g.reshape(x, [1]),
      join = (xs: readonly Node[], type: DType): Node => g.node("concatenate", xs.map(one), { dim: 0 }, [{ shape: [xs.length], dtype: type }]);
    const state =
      k!.dtype === "uint64"
        ? join([at(0), next], "uint64")
        : join([word(0), word(1), g.convert(next, "uint32"), g.convert(g.binary("shr_l", next, shift), "uint32")], "uint32");
    if (wide) return [state, g.binary("or", g.convert(a, "uint64"), g.binary("shl", g.convert(b, "uint64"), g.splat(shift, half)))];
    if (shape.length === 0) return [state, g.convert(g.reshape(a, []), dtype)];
    const paired = g.node("concatenate", [a, b], { dim: axis + 1 }, [{ shape: half.map((m, i) => (i === axis + 1 ? 2 : m)), dtype: "uint32" }]),
      even = shape.map((m, i) => (i === axis ? Math.ceil(m / 2) * 2 : m));
    return [
      state,
      g.convert(
        g.slice(
          g.reshape(paired, even),
          shape.map(() => 0),
          shape,
          shape.map(() => 1),
        ),
        dtype,
      ),
    ];
  },
});
/** Uniform numbers between two bounds from a generator whose state nobody sees: not reproducible. */
export const rngUniform: Primitive<{ readonly shape: Shape }> = definePrimitive<{ readonly shape: Shape }>({
  name: "rng_uniform",
  multipleResults: false,
  abstract: ([a], { shape }) => [new ShapedArray(shape, a!.dtype)],
  jvp: noDerivative,
  transpose: notLinear,
  batch: absent("it draws one array, whatever is mapped; use random.uniform"),
  lower: (g, [a, b], { shape }, [out]) => {
    const call = (lo: NDArray, hi: NDArray): readonly NDArray[] => {
      const low = Number(lo.item()),
        width = Number(hi.item()) - low;
      return [
        arrayFrom(
          Array.from({ length: sizeOf(shape) }, () => low + Math.random() * width),
          shape,
          out!.dtype,
        ),
      ];
    };
    return [g.node("callback", [a!, b!], { call, effectful: false }, [{ shape, dtype: out!.dtype }])];
  },
});
