// Programs for tests: generated from a seed, so that laws and verifiers run over the same thousands. Imported by tests only.
import * as jl from "./index.ts";
import type { Value } from "./core/value.ts";

const np = jl.numpy;
/** A small seeded generator: mulberry32. */
export function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
export type Op = (a: Value, b: Value) => Value;
export const OPS: readonly Op[] = [
  (a, b) => a.add(b),
  (a, b) => a.mul(b),
  (a, b) => a.sub(b),
  (a) => np.tanh(a),
  (a) => np.sin(a),
  (a) => np.exp(np.tanh(a)),
  (a) => jl.nn.softmax(a),
  (a) => a.sub(a.mean({ axis: -1, keepdims: true })),
  (a, b) => np.where(a.gt(b), a, b.mul(0.5)),
  (a, b) => a.matmul(b.T).matmul(b).mul(0.1),
  (a) => a.T.reshape([3, 4]),
  (a) => np.cumsum(a, { axis: 1 }),
  (a, b) => a.div(b.mul(b).add(1)),
  (a) => np.flip(a, 1),
  (a) => np.roll(a, 1, 0),
  (a) => np.log1p(a.mul(a)),
  (a) => np.concatenate([a.get(":", "2:"), a.get(":", ":2")], { axis: 1 }),
  (a) => np.sqrt(a.mul(a).add(1)),
  (a) => jl.nn.logSoftmax(a),
  (a) => np.sum(a, { axis: 0 }).mul(np.ones([3, 4])),
  // Control flow: carries that are constant, given, or both; conditions on the data.
  (a, b) =>
    (jl.lax.scan((h: Value, row: Value) => [np.tanh(h.mul(0.5).add(row)), h.sub(row)], np.zeros([4], { dtype: a.dtype }), a.add(b)) as Value[])[1]!,
  (a, b) => jl.lax.foriLoop(0, 2, (i: Value, h: Value) => np.sin(h).mul(b).add(i.mul(0.1)), a) as Value,
  (a, b) =>
    jl.lax.cond(
      b.sum().gt(0),
      (x: Value, y: Value) => x.mul(y),
      (x: Value, _y: Value) => np.sin(x),
      a,
      b,
    ) as Value,
];
/** A program of two arrays f32[3,4] made of 2 to 6 operations, the same for the same seed. */
export function program(seed: number, ops: readonly Op[] = OPS): (x: Value, y: Value) => Value {
  const r = generator(seed),
    steps = Array.from({ length: 2 + Math.floor(r() * 5) }, () => ({ op: ops[Math.floor(r() * ops.length)]!, i: r(), j: r() }));
  return (x, y) => {
    const vs = [x, y];
    for (const s of steps) vs.push(s.op(vs[Math.floor(s.i * vs.length)]!, vs[Math.floor(s.j * vs.length)]!));
    return vs.at(-1)!;
  };
}

/** Lets the event loop turn now and then in a long loop of programs: a test process that never answers is taken for dead by its runner. */
export async function breathe(seed: number): Promise<void> {
  if (seed % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
}
/** Of how many programs laws are tested. */
export const PROGRAMS = Number(process.env.JITLENS_LAWS ?? 2000);
export const seeds = Array.from({ length: PROGRAMS }, (_x, i) => i + 1);
/** Numbers in [−1, 1), the same for the same seed. */
export const data = (seed: number, shape: number[], dtype = "float32"): Value => {
  const r = generator(seed),
    n = shape.reduce((a, b) => a * b, 1);
  return np
    .array(
      Array.from({ length: n }, () => r() * 2 - 1),
      { dtype },
    )
    .reshape(shape);
};
/** Throws where two arrays differ: `tolerance` is absolute below 1 and relative above. */
export function close(a: Value, b: Value, tolerance: number, what: string): void {
  const x = (a as jl.Array).dataSync() as Float32Array,
    y = (b as jl.Array).dataSync() as Float32Array;
  if (String(a.shape) !== String(b.shape)) throw new Error(`${what}: shape [${a.shape}], expected [${b.shape}]`);
  for (let i = 0; i < x.length; i++)
    if (!(Math.abs(Number(x[i]) - Number(y[i])) <= tolerance * (1 + Math.abs(Number(y[i])))))
      throw new Error(`${what}: element ${i} is ${x[i]}, expected ${y[i]}`);
}
