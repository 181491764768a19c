// The gamma sampler as a primitive: its derivative is implicit, not through the rejection loop.
// Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); Figurnov et al., "Implicit reparameterization gradients" (2018).
import { type DType, isFloat } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import { type Primitive, Zero, definePrimitive, isZero } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { bind1 } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { lowerInto } from "../graph/lower.ts";
import { whileLoop } from "../lax/control.ts";
import { notLinear } from "../primitives/define.ts";
import * as o from "../primitives/ops.ts";
import { vmap } from "../transforms/vectorize.ts";
import { runProgram } from "../transforms/jitPrimitive.ts";
import { ShapedArray } from "../core/aval.ts";

/** The samplers that the loop draws from; given by random/index.ts, which defines them. */
export interface Draws {
  readonly split: (k: Value, n: number) => Value;
  readonly normal: (k: Value, dtype: DType) => Value;
  readonly uniform: (k: Value, dtype: DType) => Value;
  readonly exponential: (k: Value, dtype: DType) => Value;
}
let draws: Draws;
export const setDraws = (d: Draws): void => void (draws = d);
const SQUEEZE = 0.0331;

function sampleOne(key: Value, alpha: Value, logSpace: boolean): Value {
  const d = alpha.dtype,
    c = (v: number): Value => o.lit(d, v),
    large = o.ge(alpha, c(1));
  // Below 1 a sample of alpha + 1 is drawn and scaled by u^(1/alpha).
  const shape = o.sub(o.select(large, alpha, o.add(alpha, c(1))), c(1 / 3)),
    scale = o.div(c(1 / 3), o.sqrt(shape)),
    first = draws.split(key, 2);
  const rejected = ([, x2, v, u]: Value[]): Value =>
    o.and(
      o.ge(u!, o.sub(c(1), o.mul(c(SQUEEZE), o.mul(x2!, x2!)))),
      o.ge(o.log(u!), o.add(o.mul(x2!, c(0.5)), o.mul(shape, o.add(o.sub(c(1), v!), o.log(v!))))),
    );
  const [, , v] = whileLoop(
    rejected as never,
    ([k]: Value[]) => {
      const ks = draws.split(k!, 3);
      const [, x, w] = whileLoop(
        (([, , t]: Value[]) => o.le(t!, c(0))) as never,
        ([q]: Value[]) => {
          const two = draws.split(q!, 2),
            n = draws.normal(two.get(1), d);
          return [two.get(0), n, o.add(c(1), o.mul(n, scale))];
        },
        [ks.get(1), c(0), c(-1)],
      ) as Value[];
      return [ks.get(0), o.mul(x!, x!), o.mul(o.mul(w!, w!), w!), draws.uniform(ks.get(2), d)];
    },
    [first.get(0), c(0), c(1), c(2)],
  ) as Value[];
  if (logSpace) {
    const e = o.neg(draws.exponential(first.get(1), d)),
      boost = o.select(o.or(large, o.eq(e, c(0))), c(0), o.mul(e, o.div(c(1), alpha)));
    return o.add(o.add(o.log(shape), o.log(v!)), boost);
  }
  const u = o.sub(c(1), draws.uniform(first.get(1), d)),
    boost = o.select(large, c(1), o.pow(u, o.div(c(1), alpha)));
  return o.mul(o.mul(shape, v!), boost);
}
function sampleAll(key: Value, a: Value, logSpace: boolean): Value {
  const each = a.shape.slice(key.ndim).reduce((p, q) => p * q, 1),
    n = a.size;
  if (n === 0) return a;
  const flat = o.reshape(key, [key.size]),
    keys = o.reshape(vmap((k: Value) => draws.split(k, each))(flat) as Value, [n]);
  return o.reshape(vmap((k: Value, x: Value) => sampleOne(k, x, logSpace))(keys, o.reshape(a, [n])) as Value, a.shape);
}
interface GammaParams {
  readonly logSpace: boolean;
}
const programs = new Map<string, ReturnType<typeof stage>>();
function program(key: ShapedArray, a: ShapedArray, logSpace: boolean): ReturnType<typeof stage> {
  const id = `${key}|${a}|${logSpace}`;
  let p = programs.get(id);
  if (!p) programs.set(id, (p = stage((k, x) => [sampleAll(k!, x!, logSpace)], [key, new ShapedArray(a.shape, a.dtype)], "random_gamma")));
  return p;
}
export const randomGamma: Primitive<GammaParams> = definePrimitive<GammaParams>({
  name: "random_gamma",
  multipleResults: false,
  abstract: ([k, a]) => {
    if (k!.dtype !== "key<fry>" || !isFloat(a!.dtype))
      throw new DTypeError(`random_gamma: got ${k} and ${a}, expected a random key and a floating shape parameter`);
    return [a!.strengthen()];
  },
  impl: ([k, a], { logSpace }) => runProgram(program(k!.aval, a!.aval, logSpace), [k as NDArray, a as NDArray]),
  jvp: ([k, a], [, da], p) => {
    const out = bind1(randomGamma, [k!, a!], p);
    if (isZero(da)) return [[out], [new Zero(out.aval)]];
    if (!p.logSpace) return [[out], [o.mul(da as Value, o.randomGammaGrad(a!, out))]];
    const sample = o.exp(out),
      safe = o.select(o.eq(sample, o.zerosLike(sample.aval)), o.full(sample.shape, sample.dtype, 1.1754943508222875e-38), sample);
    return [[out], [o.mul(da as Value, o.div(o.randomGammaGrad(a!, safe), safe))]];
  },
  transpose: notLinear,
  batch: ([k, a], [dk, da], p, { size }) => {
    return [[bind1(randomGamma, [o.spreadBatch(k!, dk!, size), o.spreadBatch(a!, da!, size)], p)], [0]];
  },
  lower: (g, inputs, { logSpace }, _o, [k, a]) => {
    const p = program(k!, a!, logSpace);
    return lowerInto(
      g,
      p.jaxpr,
      p.consts.map((c) => g.constant(c as NDArray)),
      inputs,
    );
  },
});
