// Initializers: factories that give (key, shape, dtype) → array.
import { type Shape, sizeOf } from "../core/aval.ts";
import { canonicalize, dtypeOf, type DType } from "../core/dtypes.ts";
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";

export type Initializer = (key: Value, shape: Shape, dtype?: DType | string) => Value;
const floatOf = (d: DType | string | { dtype?: DType | string } | undefined): DType =>
  typeof d === "object" ? floatOf(d.dtype) : d ? dtypeOf(d) : canonicalize("float64");
type Plain = Readonly<Record<string, unknown>>;
const read = (args: readonly unknown[], names: readonly string[]): Plain => {
  const out: Record<string, unknown> = {};
  args.forEach((a, i) => {
    if (typeof a === "object" && a !== null && !Array.isArray(a) && Object.getPrototypeOf(a) === Object.prototype) Object.assign(out, a);
    else out[names[i]!] = a;
  });
  return out;
};
export const zeros: Initializer = (_key, shape, dtype) => np.zeros(shape, { dtype: floatOf(dtype) });
export const ones: Initializer = (_key, shape, dtype) => np.ones(shape, { dtype: floatOf(dtype) });
export const constant =
  (value: number, opts: { dtype?: DType } = {}): Initializer =>
  (_key, shape, dtype) =>
    np.full(shape, value, { dtype: floatOf(dtype ?? opts.dtype) });
export const uniform = (...args: unknown[]): Initializer => {
  const p = read(args, ["scale", "dtype"]);
  return (key, shape, dtype) => random.uniform(key, { shape, dtype: floatOf(dtype ?? (p.dtype as DType)) }).mul((p.scale as number) ?? 0.01);
};
export const normal = (...args: unknown[]): Initializer => {
  const p = read(args, ["stddev", "dtype"]);
  return (key, shape, dtype) => random.normal(key, { shape, dtype: floatOf(dtype ?? (p.dtype as DType)) }).mul((p.stddev as number) ?? 0.01);
};
export const truncatedNormal = (...args: unknown[]): Initializer => {
  const p = read(args, ["stddev", "dtype", "lower", "upper"]);
  return (key, shape, dtype) =>
    random
      .truncatedNormal(key, (p.lower as number) ?? -2, (p.upper as number) ?? 2, { shape, dtype: floatOf(dtype ?? (p.dtype as DType)) })
      .mul((p.stddev as number) ?? 0.01);
};

function fans(shape: Shape, p: Plain): [number, number] {
  if (shape.length < 2)
    throw new ShapeError(`an initializer of this kind needs at least two axes to know inputs and outputs, got the shape [${shape.join()}]`);
  const axes = (a: unknown, otherwise: number): number[] => ([a ?? otherwise].flat() as number[]).map((i) => (i < 0 ? i + shape.length : i)),
    i = axes(p.inAxis, -2),
    o = axes(p.outAxis, -1),
    b = p.batchAxis === undefined ? [] : axes(p.batchAxis, 0);
  const size = (list: number[]): number => list.reduce((n, k) => n * shape[k]!, 1),
    receptive = sizeOf(shape) / size(i) / size(o) / size(b);
  return [size(i) * receptive, size(o) * receptive];
}
export function varianceScaling(...args: unknown[]): Initializer {
  const p = read(args, ["scale", "mode", "distribution", "inAxis", "outAxis", "batchAxis", "dtype"]),
    scale = p.scale as number;
  return (key, shape, d) => {
    const dtype = floatOf(d ?? (p.dtype as DType)),
      [fanIn, fanOut] = fans(shape, p),
      n = p.mode === "fan_in" ? fanIn : p.mode === "fan_out" ? fanOut : p.mode === "fan_geo_avg" ? Math.sqrt(fanIn * fanOut) : (fanIn + fanOut) / 2,
      variance = scale / n;
    if (p.distribution === "normal") return random.normal(key, { shape, dtype }).mul(Math.sqrt(variance));
    if (p.distribution === "uniform") return random.uniform(key, { shape, dtype, minval: -1 }).mul(Math.sqrt(3 * variance));
    // The standard deviation of a normal cut at ±2 is 0.8796….
    return random.truncatedNormal(key, -2, 2, { shape, dtype }).mul(Math.sqrt(variance) / 0.87962566103423978);
  };
}
const scaled =
  (scale: number, mode: string, distribution: string) =>
  (...args: unknown[]): Initializer =>
    varianceScaling({ scale, mode, distribution, ...read(args, ["inAxis", "outAxis", "batchAxis", "dtype"]) });
export const glorotUniform = scaled(1, "fan_avg", "uniform"),
  glorotNormal = scaled(1, "fan_avg", "truncated_normal"),
  xavierUniform = glorotUniform,
  xavierNormal = glorotNormal;
export const lecunUniform = scaled(1, "fan_in", "uniform"),
  lecunNormal = scaled(1, "fan_in", "truncated_normal"),
  heUniform = scaled(2, "fan_in", "uniform"),
  heNormal = scaled(2, "fan_in", "truncated_normal"),
  kaimingUniform = heUniform,
  kaimingNormal = heNormal;
