// jax.image: resizing, and scaling with translation, by separable kernels.
import { isFloat } from "./core/dtypes.ts";
import { ShapeError } from "./core/errors.ts";
import type { Value } from "./core/value.ts";
import { type ArrayLike, asArray, axisOf, castTo, options } from "./numpy/convert.ts";
import type { Tail } from "./core/signature.ts";
import * as np from "./numpy/index.ts";

type Kernel = (x: Value) => Value;
const lanczos =
  (radius: number): Kernel =>
  (x) => {
    const y = x.mul(Math.PI),
      out = np
        .sin(y)
        .mul(np.sin(y.div(radius)))
        .mul(radius),
      safe = np.where(x.ne(0), y.mul(y), 1);
    return np.where(x.gt(radius), 0, np.where(x.gt(1e-3), out.div(safe), 1));
  };
const KERNELS: Readonly<Record<string, Kernel>> = {
  linear: (x) => np.maximum(np.subtract(1, x), 0),
  // Keys' cubic convolution with a = −1/2.
  cubic: (x) => {
    const near = x.mul(1.5).sub(2.5).mul(x).mul(x).add(1),
      far = x.mul(-0.5).add(2.5).mul(x).sub(4).mul(x).add(2);
    return np.where(x.ge(2), 0, np.where(x.ge(1), far, near));
  },
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
};
const ALIASES: Readonly<Record<string, string>> = {
  bilinear: "linear",
  trilinear: "linear",
  triangle: "linear",
  bicubic: "cubic",
  tricubic: "cubic",
};
/** How a method is called; "nearest" is not a kernel. */
export const ResizeMethod = { NEAREST: "nearest", LINEAR: "linear", CUBIC: "cubic", LANCZOS3: "lanczos3", LANCZOS5: "lanczos5" } as const;
function kernelOf(fn: string, method: string): Kernel {
  const k = KERNELS[ALIASES[method.toLowerCase()] ?? method.toLowerCase()];
  if (!k) throw new TypeError(`${fn}: the method is "${method}", expected "nearest", "linear", "cubic", "lanczos3" or "lanczos5"`);
  return k;
}
/** [input, output] weights; each column adds up to 1, and is 0 where the sample lies outside. */
function weights(n: number, m: number, scale: Value, translation: Value, kernel: Kernel, antialias: boolean): Value {
  const inverse = np.divide(1, scale),
    wide = antialias ? np.maximum(inverse, 1) : asArray(1),
    at = np.arange(m).astype(scale.dtype).add(0.5).mul(inverse).sub(translation.mul(inverse)).sub(0.5);
  const x = np.abs(at.get(null, ":").sub(np.arange(n).astype(scale.dtype).get(":", null))).div(wide),
    w = kernel(x),
    total = np.sum(w, { axis: 0, keepdims: true }),
    big = np.abs(total).gt(1000 * 2 ** -23);
  return np.where(
    at
      .ge(-0.5)
      .and(at.le(n - 0.5))
      .get(null, ":"),
    np.where(big, w.div(np.where(total.ne(0), total, 1)), 0),
    0,
  );
}
function apply(
  x: Value,
  shape: readonly number[],
  dims: readonly number[],
  scale: readonly Value[],
  translation: readonly Value[],
  kernel: Kernel,
  antialias: boolean,
): Value {
  const spatial = dims.map((d, i) => ({ d, i }));
  return spatial.reduce(
    (v, { d, i }) =>
      np.moveaxis(np.tensordot(v, weights(x.shape[d]!, shape[d]!, scale[i]!, translation[i]!, kernel, antialias).astype(v.dtype), [[d], [0]]), -1, d),
    x,
  );
}
const floating = (x: ArrayLike): Value => {
  const v = asArray(x, "image");
  return isFloat(v.dtype) ? v : castTo(v, "float32");
};
/** resize. */
export interface ResizeOptions {
  /** How exactly products are computed; here they are always exact. */
  readonly precision?: unknown;
  /** Sampling down averages. Default true. */
  readonly antialias?: boolean;
}
/** An image of another size. Sampling down averages, unless `antialias` is false.
 * @example image.resize([[0, 2], [4, 6]], [1, 2], "linear") // [[2, 4]] */
export function resize(image: ArrayLike, shape: readonly number[], method: string, ...rest: Tail<[antialias: boolean], ResizeOptions>): Value {
  const opts = options<ResizeOptions>("resize", ["antialias"], rest);
  const x = floating(image);
  if (shape.length !== x.ndim)
    throw new ShapeError(`image.resize: the shape is [${shape.join()}], the image ${x.aval}; they must have equally many axes`);
  const dims = shape.map((_n, i) => i).filter((i) => shape[i] !== x.shape[i]);
  if (method.toLowerCase() === "nearest")
    return dims.reduce(
      (v, d) =>
        np.take(
          v,
          np.array(
            Array.from({ length: shape[d]! }, (_y, i) => Math.min(x.shape[d]! - 1, Math.floor(((i + 0.5) * x.shape[d]!) / shape[d]!))),
            { dtype: "int32" },
          ),
          { axis: d },
        ),
      x,
    );
  return apply(
    x,
    shape,
    dims,
    dims.map((d) => np.array(shape[d]! / x.shape[d]!)),
    dims.map(() => np.array(0)),
    kernelOf("image.resize", method),
    opts.antialias ?? true,
  );
}
/** The image, moved and scaled along `spatialDims`: sample positions are (place + ½ − translation) / scale − ½. `method` is "linear", "cubic", "lanczos3" or "lanczos5".
 * @example image.scaleAndTranslate(np.ones([2, 2]), [4, 4], [0, 1], np.array([2, 2]), np.array([0, 0]), "linear").shape // [4, 4] */
export function scaleAndTranslate(
  image: ArrayLike,
  shape: readonly number[],
  spatialDims: readonly number[],
  scale: ArrayLike,
  translation: ArrayLike,
  method: string,
  opts: ResizeOptions = {},
): Value {
  const x = floating(image),
    s = asArray(scale),
    t = asArray(translation),
    dims = spatialDims.map((d) => axisOf("image.scaleAndTranslate", d, x.ndim));
  return apply(
    x,
    shape,
    dims,
    dims.map((_d, i) => s.get(i)),
    dims.map((_d, i) => t.get(i)),
    kernelOf("image.scaleAndTranslate", method),
    opts.antialias ?? true,
  );
}
