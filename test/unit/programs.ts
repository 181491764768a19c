// Programs made from a seed, that use every kind of operation of the graph: what the compiler's levels are checked over.
import * as jl from "../../src/engine/index.ts";
import type { Value } from "../../src/engine/core/value.ts";

const { numpy: np, lax } = jl;
/** A small seeded generator: mulberry32. */
export function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
interface Choices {
  /** A whole number below n. */
  readonly below: (n: number) => number;
  readonly shuffled: (n: number) => number[];
}
/** One step: from a value and another of the same shape and dtype, a new value. */
type Step = (a: Value, b: Value, c: Choices) => Value;
const isFloat = (a: Value): boolean => /float/.test(a.dtype);
const whole = (a: Value): Value => (isFloat(a) ? np.floor(a.mul(2)).astype("int32") : a.astype("int32"));
const lastAxis = (a: Value): number => a.ndim - 1;
/** A scalar from an array, so that a program keeps its size. */
const oneOf = (a: Value): Value => a.reshape([-1]).get(0);

const STEPS: readonly Step[] = [
  // Identities and what looks like them.
  (a) => np.subtract(0, a),
  (a) => np.subtract(a, 0),
  (a) => np.add(0, a),
  (a) => np.multiply(1, a),
  (a) => np.divide(a, 1).astype(a.dtype),
  (a) => (isFloat(a) ? np.divide(1, np.abs(a).add(1)) : a),
  (a) => (isFloat(a) ? np.maximum(a, -Infinity) : np.maximum(a, 0)),
  (a) => (isFloat(a) ? np.minimum(-Infinity, a.mul(0)).add(a) : a),
  (a) => np.negative(np.negative(a)),
  (a, b) => np.where(a.gt(b), a, b),
  (a, b, c) => np.where(np.array(c.below(2) === 1), a, b),
  // Arithmetic.
  (a, b) => a.add(b),
  (a, b) => a.sub(b),
  (a, b) => a.mul(b),
  (a, b) => (isFloat(a) ? a.div(np.abs(b).add(1)) : np.floorDivide(a, np.abs(b).add(1))),
  (a) => (isFloat(a) ? np.tanh(a) : np.bitwiseXor(a, 5)),
  (a) => (isFloat(a) ? np.sin(a) : np.leftShift(a, 2)),
  (a) => (isFloat(a) ? np.exp(np.minimum(a, 1)) : np.bitwiseNot(a)),
  (a) => (isFloat(a) ? np.sqrt(np.abs(a)) : a.mul(3)),
  (a, b) => np.clip(a, np.minimum(b, 1), 2),
  (a) => a.astype("int32").astype(a.dtype),
  (a) => (isFloat(a) ? a.astype("bfloat16").astype(a.dtype) : a.astype("uint8").astype(a.dtype)),
  (a) => (isFloat(a) ? np.real(lax.complex(a, a.mul(0.5)).mul(lax.complex(a, a))).astype(a.dtype) : a),
  // Movement.
  (a, _b, c) => np.transpose(a, c.shuffled(a.ndim)),
  (a, _b, c) => np.transpose(np.transpose(a, c.shuffled(a.ndim)), c.shuffled(a.ndim)),
  (a) => a.reshape([-1, a.shape[0]!, 1]).reshape([a.shape[0]!, -1]),
  (a, _b, c) => np.flip(a, c.below(a.ndim)),
  (a, b) => np.concatenate([a, b], { axis: 0 }).get(`1:${a.shape[0]! + 1}`),
  (a, _b, c) => np.roll(a, 1 + c.below(3), lastAxis(a)),
  (a, _b, c) => np.pad(a, c.below(3)).reshape([-1]).get(`:${a.size}`).reshape(a.shape),
  (a) => np.broadcastTo(np.expandDims(a, 0), [2, ...a.shape]).get(1),
  (a) =>
    lax
      .broadcastInDim(lax.broadcastInDim(a.reshape([-1]).get(":2"), [3, 2], [1]), [2, 3, 2], [1, 2])
      .sum({ axis: 1 })
      .sum()
      .add(a),
  (a) => lax.broadcastInDim(lax.broadcastInDim(a.reshape([-1]).get(":2"), [3, 2], [1]), [3, 4, 2], [0, 2]),
  (a) => np.expandDims(np.expandDims(oneOf(a), 0), 0).add(a.mul(0)),
  (a, _b, c) => lax.dynamicSliceInDim(np.concatenate([a, a], { axis: 0 }), c.below(4), a.shape[0]!, 0),
  (a, b) => lax.dynamicSliceInDim(np.concatenate([a, b], { axis: 0 }), oneOf(whole(b)), a.shape[0]!, 0),
  (a, b) => lax.dynamicUpdateSlice(a, b.get(":1"), [oneOf(whole(a)), ...a.shape.slice(1).map(() => 0)]),
  (a, b) =>
    np
      .take(a, np.clip(whole(b).reshape([-1]).get(":2"), 0, a.shape[0]! - 1), { axis: 0, mode: "clip" })
      .sum({ axis: 0 })
      .add(a),
  (a, b) => a.at(np.clip(whole(b).reshape([-1]).get(":2"), 0, a.shape[0]! - 1)).add(b.get(":1")),
  (a, b) => a.at(0).set(b.get(0)),
  // Reductions and products.
  (a, _b, c) => a.sub(np.sum(a, { axis: c.below(a.ndim), keepdims: true })),
  (a) => a.add(np.max(a)),
  (a, _b, c) => np.cumsum(a, { axis: c.below(a.ndim) }).astype(a.dtype),
  (a, _b, c) => a.add(np.argmax(a, { axis: c.below(a.ndim), keepdims: true }).astype(a.dtype)),
  (a) => np.expandDims(a, 0).sum({ axis: 0 }),
  (a, b) =>
    isFloat(a)
      ? np
          .tensordot(a, b, { axes: [[lastAxis(a)], [lastAxis(b)]] })
          .mul(0.1)
          .reshape([-1])
          .get(0)
          .add(a)
      : a.add(b),
  (a) => (isFloat(a) ? jl.nn.softmax(a) : a),
  (a) => np.sort(a, { axis: -1 }),
  // Control flow.
  (a, b) =>
    lax.cond(
      oneOf(a).gt(oneOf(b)),
      (x: Value) => x.add(1),
      (x: Value) => x.sub(1),
      a,
    ),
  (a, b) => lax.foriLoop(0, 3, (_i: Value, x: Value) => np.minimum(x.mul(2), b), a),
  (a) => lax.scan((carry: Value, row: Value): [Value, Value] => [carry.add(row), carry.sub(row)], a.get(0), a)[1],
  (a) => lax.foriLoop(0, a.shape[0]!, (i: Value, x: Value) => x.at(i).set(x.get(i).add(x.get(0))), a),
];
const DTYPES = ["float32", "float32", "float32", "float16", "bfloat16", "int32"] as const;

export interface GeneratedProgram {
  readonly f: (x: Value, y: Value) => readonly Value[];
  readonly args: readonly [Value, Value];
}
/** A program of two arguments with one or two results. */
export function generatedProgram(seed: number): GeneratedProgram {
  const r = generator(seed);
  const below = (n: number): number => Math.floor(r() * n);
  const shuffled = (n: number): number[] => {
    const list = Array.from({ length: n }, (_x, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = below(i + 1);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    return list;
  };
  const steps = Array.from({ length: 3 + below(7) }, () => ({ step: STEPS[below(STEPS.length)]!, from: r(), seed: below(1e9) }));
  const dtype = DTYPES[below(DTYPES.length)]!;
  const shape = [
    [2, 3],
    [4, 3],
    [2, 3, 4],
    [3, 1, 2],
    [5, 4],
  ][below(5)]!;
  const n = shape.reduce((a, b) => a * b, 1);
  const data = (): Value =>
    np
      .array(Array.from({ length: n }, () => (below(33) - 16) / 8))
      .reshape(shape)
      .astype(dtype);
  return {
    args: [data(), data()],
    f(x, y) {
      const pool = [x, y];
      for (const s of steps) {
        const choice = generator(s.seed);
        const c: Choices = {
          below: (k) => Math.floor(choice() * k),
          shuffled: (k) => Array.from({ length: k }, (_x, i) => i).sort(() => choice() - 0.5),
        };
        const a = pool[Math.floor(s.from * pool.length)]!;
        const alike = pool.filter((v) => v.shape.join() === a.shape.join() && v.dtype === a.dtype);
        pool.push(s.step(a, alike[c.below(alike.length)]!, c));
      }
      return [pool.at(-1)!, pool[Math.floor(pool.length / 2)]!];
    },
  };
}
