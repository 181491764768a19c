// Random bits: threefry-2x32 in its partitionable form, on keys that are two 32-bit words. Values equal JAX's bit for bit.
// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011); rotation constants of Threefry-2x32, 20 rounds.
import { config } from "../core/config.ts";
import { type Shape, ShapedArray, sizeOf } from "../core/aval.ts";
import type { DType } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { type Primitive, Zero, absent, definePrimitive } from "../core/primitive.ts";
import { bind, bind1 } from "../core/trace.ts";
import type { NDArray } from "../core/value.ts";
import type { GraphBuilder, Node } from "../graph/graph.ts";
import { elementwiseShape, notLinear, spreadNodes } from "./define.ts";
import * as o from "./ops.ts";

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
const PARITY = 0x1bd11bda;
const constant = (g: GraphBuilder, v: number, shape: Shape): Node => g.splat(g.constant(o.lit("uint32", v) as NDArray), shape);
/** Twenty rounds of threefry on nodes of one shape. */
export function threefryNodes(g: GraphBuilder, k1: Node, k2: Node, x1: Node, x2: Node): [Node, Node] {
  const c = (v: number): Node => constant(g, v, x1.shape),
    ks = [k1, k2, g.binary("xor", g.binary("xor", k1, k2), c(PARITY))];
  let a = g.binary("add", x1, ks[0]!),
    b = g.binary("add", x2, ks[1]!);
  for (let i = 0; i < 5; i++) {
    for (const r of ROTATIONS[i % 2]!) {
      a = g.binary("add", a, b);
      b = g.binary("xor", g.binary("or", g.binary("shl", b, c(r)), g.binary("shr_l", b, c(32 - r))), a);
    }
    a = g.binary("add", a, ks[(i + 1) % 3]!);
    b = g.binary("add", g.binary("add", b, ks[(i + 2) % 3]!), c(i + 1));
  }
  return [a, b];
}
/** threefry2x32(key1, key2, count1, count2) → two words. */
export const threefry2x32: Primitive<Readonly<Record<never, never>>> = definePrimitive<Readonly<Record<never, never>>>({
  name: "threefry2x32",
  multipleResults: true,
  abstract: (xs) => {
    for (const x of xs) if (x.dtype !== "uint32") throw new DTypeError(`threefry2x32: an operand has dtype ${x.dtype}, expected uint32`);
    const s = elementwiseShape("threefry2x32", xs);
    return [new ShapedArray(s, "uint32"), new ShapedArray(s, "uint32")];
  },
  jvp: absent("random bits have no derivative"),
  transpose: notLinear,
  batch: (args, dims, _p, batch) => {
    const shape = [
      batch.size,
      ...(args.map((a, i) => (dims[i] === null ? a.shape : a.shape.filter((_n, k) => k !== dims[i]))).find((s) => s.length > 0) ?? []),
    ];
    const spread = args.map((a, i) =>
      dims[i] === null
        ? o.broadcastInDim(a, shape, a.ndim ? a.shape.map((_n, k) => k + 1) : [])
        : a.ndim - 1 < shape.length - 1
          ? o.broadcastInDim(a, shape, [0])
          : o.moveaxis(a, dims[i]!, 0),
    );
    return [bind(threefry2x32, spread, {}), [0, 0]];
  },
  lower: (g, xs) => {
    const [k1, k2, x1, x2] = spreadNodes(g, xs);
    return threefryNodes(g, k1!, k2!, x1!, x2!);
  },
});

/** The two words of keys, spread over [...keys, ...shape]; and the counters of each position of `shape`. */
function keysAndCounts(g: GraphBuilder, keys: Node, shape: Shape): { k1: Node; k2: Node; hi: Node; lo: Node } {
  const lead = keys.shape.slice(0, -1),
    full = [...lead, ...shape],
    word = (i: number): Node =>
      g.reshape(
        g.slice(
          keys,
          [...lead.map(() => 0), i],
          [...lead, i + 1],
          keys.shape.map(() => 1),
        ),
        lead,
      );
  const spread = (n: Node): Node =>
    full.length
      ? g.broadcast(
          n,
          full,
          lead.map((_n, i) => i),
        )
      : n;
  const counter = g.reshape(g.iota({ shape: [sizeOf(shape)], dtype: "uint32" }, 0), shape),
    lo = full.length
      ? g.broadcast(
          counter,
          full,
          shape.map((_n, i) => lead.length + i),
        )
      : g.reshape(counter, []);
  return { k1: spread(word(0)), k2: spread(word(1)), hi: constant(g, 0, full), lo };
}
/** The last dimension [a, b]. */
function pairUp(g: GraphBuilder, a: Node, b: Node): Node {
  const one = [...a.shape, 1];
  return g.node("concatenate", [g.reshape(a, one), g.reshape(b, one)], { dim: a.shape.length }, [{ shape: [...a.shape, 2], dtype: "uint32" }]);
}
const KEY = "key<fry>" as const;
const needKey = (name: string, k: ShapedArray): void => {
  if (k.dtype !== KEY) throw new DTypeError(`${name}: the key has dtype ${k.dtype}, expected a random key; make one with random.key(seed)`);
};
export const noDerivative = absent("random bits have no derivative");
/** Keys and bits have no tangents; a seed that is a float's cast has a zero one. */
const zeroBits =
  <P extends object>(p: () => Primitive<P>): Primitive<P>["jvp"] =>
  (args, _t, params) => {
    const outs = bind(p(), args, params);
    return [outs, outs.map((v) => new Zero(v.aval))];
  };
/** Batching over keys is having one more leading dimension. */
const leading =
  <P extends object>(p: () => Primitive<P>): Primitive<P>["batch"] =>
  (args, dims, params) => [[bind1(p(), [o.moveaxis(args[0]!, dims[0]!, 0)], params)], [0]];

interface SeedParams {
  readonly impl: string;
}
/** A key from an integer seed. */
export const randomSeed: Primitive<SeedParams> = definePrimitive<SeedParams>({
  name: "random_seed",
  multipleResults: false,
  abstract: ([s]) => [new ShapedArray(s!.shape, KEY)],
  jvp: zeroBits(() => randomSeed),
  transpose: notLinear,
  batch: leading(() => randomSeed),
  lower: (g, [s]) => {
    const wide = s!.dtype === "int64" || s!.dtype === "uint64";
    const hi = wide
      ? g.convert(g.binary("shr_l", s!, g.splat(g.constant(o.lit(s!.dtype, 32) as NDArray), s!.shape)), "uint32")
      : constant(g, 0, s!.shape);
    return [pairUp(g, hi, s!.dtype === "int32" ? g.bitcast(s!, { shape: s!.shape, dtype: "uint32" }) : g.convert(s!, "uint32"))];
  },
});
export const randomWrap: Primitive<SeedParams> = definePrimitive<SeedParams>({
  name: "random_wrap",
  multipleResults: false,
  abstract: ([x]) => {
    if (x!.shape.at(-1) !== 2 || x!.dtype !== "uint32") throw new DTypeError(`random_wrap: key data is ${x}, expected uint32[…,2]`);
    return [new ShapedArray(x!.shape.slice(0, -1), KEY)];
  },
  jvp: zeroBits(() => randomWrap),
  transpose: notLinear,
  batch: leading(() => randomWrap),
  lower: (_g, [x]) => [x!],
});
export const randomUnwrap: Primitive<Readonly<Record<never, never>>> = definePrimitive<Readonly<Record<never, never>>>({
  name: "random_unwrap",
  multipleResults: false,
  abstract: ([k]) => {
    needKey("random_unwrap", k!);
    return [new ShapedArray([...k!.shape, 2], "uint32")];
  },
  jvp: zeroBits(() => randomUnwrap),
  transpose: notLinear,
  batch: leading(() => randomUnwrap),
  lower: (_g, [x]) => [x!],
});
export const randomClone: Primitive<Readonly<Record<never, never>>> = definePrimitive<Readonly<Record<never, never>>>({
  name: "random_clone",
  multipleResults: false,
  abstract: ([k]) => {
    needKey("random_clone", k!);
    return [k!];
  },
  jvp: zeroBits(() => randomClone),
  transpose: notLinear,
  batch: leading(() => randomClone),
  lower: (_g, [x]) => [x!],
});

/** JAX's older stream: counters in two halves, so that bits depend on the size of the whole. The words of `count` positions for each key. */
function legacyWords(g: GraphBuilder, keys: Node, count: number): Node {
  const lead = keys.shape.slice(0, -1),
    half = Math.ceil(count / 2),
    full = [...lead, half],
    { k1, k2, lo } = keysAndCounts(g, keys, [half]);
  const shifted = g.binary("add", lo, g.splat(g.constant(o.lit("uint32", half) as NDArray), full));
  // An odd number of counters is filled up with a zero.
  const upper =
    count % 2 === 0
      ? shifted
      : g.select(g.compare("lt", shifted, g.splat(g.constant(o.lit("uint32", count) as NDArray), full)), shifted, constant(g, 0, full));
  const [a, b] = threefryNodes(g, k1, k2, lo, upper),
    all = g.node("concatenate", [a, b], { dim: lead.length }, [{ shape: [...lead, 2 * half], dtype: "uint32" }]);
  return count % 2 === 0 ? all : firstOf(g, all, count);
}
/** The first elements along the last axis. */
const firstOf = (g: GraphBuilder, x: Node, n: number): Node =>
  g.slice(
    x,
    x.shape.map(() => 0),
    [...x.shape.slice(0, -1), n],
    x.shape.map(() => 1),
  );
function legacyBits(g: GraphBuilder, keys: Node, bitWidth: number, shape: Shape): Node {
  const lead = keys.shape.slice(0, -1),
    n = sizeOf(shape),
    dtype = `uint${bitWidth}` as DType,
    words = Math.ceil((bitWidth * n) / 32),
    bits = legacyWords(g, keys, words);
  if (bitWidth === 32) return g.reshape(bits, [...lead, ...shape]);
  if (bitWidth === 64) {
    const cut = (from: number): Node =>
      g.convert(
        g.slice(
          bits,
          [...lead.map(() => 0), from],
          [...lead, from + n],
          bits.shape.map(() => 1),
        ),
        "uint64",
      );
    const high = cut(0);
    return g.reshape(g.binary("or", g.binary("shl", high, g.splat(g.constant(o.lit("uint64", 32) as NDArray), high.shape)), cut(n)), [
      ...lead,
      ...shape,
    ]);
  }
  // Each word gives its parts, the lowest first.
  const per = 32 / bitWidth,
    full = [...lead, words, per],
    spreadWords = g.broadcast(
      bits,
      full,
      bits.shape.map((_n, i) => i),
    ),
    shifts = g.binary(
      "mul",
      g.broadcast(g.iota({ shape: [per], dtype: "uint32" }, 0), full, [full.length - 1]),
      g.splat(g.constant(o.lit("uint32", bitWidth) as NDArray), full),
    ),
    parts = g.binary("and", g.binary("shr_l", spreadWords, shifts), g.splat(g.constant(o.lit("uint32", 2 ** bitWidth - 1) as NDArray), full));
  return g.reshape(g.convert(firstOf(g, g.reshape(parts, [...lead, words * per]), n), dtype), [...lead, ...shape]);
}

interface BitsParams {
  readonly bitWidth: number;
  readonly shape: Shape;
  /** The stream of `threefryPartitionable: false`. Not printed, as in JAX, where it is a setting. */
  readonly legacy?: boolean;
}
/** What the configuration adds to the parameters of bits and splits. */
export const streamParams = (): { readonly legacy?: true } => (config.threefryPartitionable ? {} : { legacy: true });
export const randomBits: Primitive<BitsParams> = definePrimitive<BitsParams>({
  name: "random_bits",
  multipleResults: false,
  abstract: ([k], { bitWidth, shape }) => {
    needKey("random_bits", k!);
    return [new ShapedArray([...k!.shape, ...shape], `uint${bitWidth}` as DType)];
  },
  jvp: zeroBits(() => randomBits),
  transpose: notLinear,
  batch: leading(() => randomBits),
  printParams: () => ({ legacy: null }),
  lower: (g, [k], { bitWidth, shape, legacy }) => {
    if (legacy) return [legacyBits(g, k!, bitWidth, shape)];
    const { k1, k2, hi, lo } = keysAndCounts(g, k!, shape),
      [a, b] = threefryNodes(g, k1, k2, hi, lo);
    if (bitWidth === 64)
      return [
        g.binary("or", g.binary("shl", g.convert(a, "uint64"), g.splat(g.constant(o.lit("uint64", 32) as NDArray), a.shape)), g.convert(b, "uint64")),
      ];
    const bits = g.binary("xor", a, b);
    return [bitWidth === 32 ? bits : g.convert(bits, `uint${bitWidth}` as DType)];
  },
});
interface SplitParams {
  readonly shape: Shape;
  readonly legacy?: boolean;
}
export const randomSplit: Primitive<SplitParams> = definePrimitive<SplitParams>({
  name: "random_split",
  multipleResults: false,
  abstract: ([k], { shape }) => {
    needKey("random_split", k!);
    return [new ShapedArray([...k!.shape, ...shape], KEY)];
  },
  jvp: zeroBits(() => randomSplit),
  transpose: notLinear,
  batch: leading(() => randomSplit),
  printParams: () => ({ legacy: null }),
  lower: (g, [k], { shape, legacy }) => {
    if (legacy) return [g.reshape(legacyWords(g, k!, 2 * sizeOf(shape)), [...k!.shape.slice(0, -1), ...shape, 2])];
    const { k1, k2, hi, lo } = keysAndCounts(g, k!, shape),
      [a, b] = threefryNodes(g, k1, k2, hi, lo);
    return [pairUp(g, a, b)];
  },
});
export const randomFoldIn: Primitive<Readonly<Record<never, never>>> = definePrimitive<Readonly<Record<never, never>>>({
  name: "random_fold_in",
  multipleResults: false,
  abstract: ([k, d]) => {
    needKey("random_fold_in", k!);
    if (d!.dtype !== "uint32") throw new DTypeError(`random_fold_in: the data has dtype ${d!.dtype}, expected uint32`);
    return [new ShapedArray(k!.ndim ? k!.shape : d!.shape, KEY)];
  },
  jvp: zeroBits(() => randomFoldIn),
  transpose: notLinear,
  batch: (args, dims, _p, batch) => {
    const spread = args.map((a, i) => o.spreadBatch(a, dims[i]!, batch.size));
    return [[bind1(randomFoldIn, spread, {})], [0]];
  },
  lower: (g, [k, d], _p, [out]) => {
    const lead = out!.shape,
      words = k!.shape.slice(0, -1),
      word = (i: number): Node => {
        const w = g.reshape(
          g.slice(
            k!,
            [...words.map(() => 0), i],
            [...words, i + 1],
            k!.shape.map(() => 1),
          ),
          words,
        );
        return words.length < lead.length ? g.splat(w, lead) : w;
      };
    const data = d!.shape.length < lead.length ? g.splat(d!, lead) : d!,
      [a, b] = threefryNodes(g, word(0), word(1), constant(g, 0, lead), data);
    return [pairUp(g, a, b)];
  },
});
/** The counters of each position of a shape, upper and lower 32 bits. */
export const iota2x32: Primitive<SplitParams> = definePrimitive<SplitParams>({
  name: "iota_2x32_shape",
  multipleResults: true,
  abstract: (_x, { shape }) => [new ShapedArray(shape, "uint32"), new ShapedArray(shape, "uint32")],
  jvp: noDerivative,
  transpose: notLinear,
  batch: absent("it has no operands"),
  lower: (g, _x, { shape }) => [constant(g, 0, shape), g.reshape(g.iota({ shape: [sizeOf(shape)], dtype: "uint32" }, 0), shape)],
});

/** XLA's split of a shape into two halves: the first even dimension is cut, else the largest one. */
export function halves(shape: Shape): { half: number[]; axis: number } {
  if (shape.length === 0) return { half: [1], axis: 0 };
  const even = shape.findIndex((n) => n % 2 === 0),
    axis = even >= 0 ? even : shape.indexOf(Math.max(...shape));
  return { half: shape.flatMap((n, i) => (i === axis ? [Math.ceil(n / 2), 1] : [n])), axis };
}
