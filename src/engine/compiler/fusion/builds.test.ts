// What the rules allow can be built, and computes what single operations compute: programs of reshapes, products, reductions and rows.
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { generator, breathe } from "../../testPrograms.ts";

const np = jl.numpy;
type Op = (a: Value, axis: number) => Value;
const isMatrix = (a: Value): boolean => a.ndim >= 2;
const OPS: readonly Op[] = [
  (a) => np.tanh(a),
  (a) => a.add(1),
  (a) => (isMatrix(a) ? np.swapaxes(a, -1, -2) : a),
  (a) => a.reshape([-1]),
  (a) => (a.size % 16 === 0 ? a.reshape([-1, 16]) : a),
  (a) => (a.size % 32 === 0 ? a.reshape([2, -1, 16]) : a),
  (a, axis) => (a.ndim ? a.sum({ axis }) : a),
  (a, axis) => (a.ndim ? a.max({ axis, keepdims: true }) : a),
  (a) => (a.ndim ? a.sub(a.mean({ axis: -1, keepdims: true })) : a),
  (a) => (a.ndim ? a.sub(a.mean({ axis: 0 })) : a),
  (a, axis) => (a.ndim ? jl.nn.softmax(a, { axis }) : a),
  (a) => (isMatrix(a) && a.shape.at(-1) === 16 ? a.matmul(np.ones([16, 16]).mul(0.1)) : a),
  (a) => (isMatrix(a) ? a.matmul(np.swapaxes(a, -1, -2)) : a),
  (a, axis) => (a.ndim ? np.flip(a, axis) : a),
  (a, axis) => (a.ndim ? np.cumsum(a, { axis }) : a),
  (a) => (a.ndim && a.shape[0]! > 1 ? a.get("1:") : a),
  (a) => np.roll(a, 1),
];
const SHAPES = [[2, 8, 16], [16, 16], [8, 16], [16], [4, 4, 16], [1, 16, 16], [2, 1, 16], [256]];
function program(seed: number): (x: Value) => Value[] {
  return (x) => {
    const r = generator(seed);
    const pick = (n: number): number => Math.floor(r() * n);
    const values = [x];
    for (let left = 2 + pick(8); left > 0; left--) {
      const a = values[Math.floor(Math.sqrt(r()) * values.length)]!;
      const made = OPS[pick(OPS.length)]!(a, pick(Math.max(a.ndim, 1)));
      const value = made.size > 4096 ? made.sum({ axis: 0 }) : made;
      values.push(value);
      const other = values[pick(values.length)]!;
      if (r() < 0.4 && other.shape.join() === value.shape.join()) values.push(other.mul(value));
    }
    return [values.at(-1)!, values[pick(values.length)]!];
  };
}
const N = Math.ceil(Number(process.env.JITLENS_LAWS ?? 2000) / 8);
test(`programs of reshapes, products and reductions (${N})`, async () => {
  for (let seed = 1; seed <= N; seed++) {
    await breathe(seed);
    const f = program(seed);
    const shape = SHAPES[seed % SHAPES.length]!;
    const x = np
      .linspace(
        -1,
        1,
        shape.reduce((a, b) => a * b, 1),
      )
      .reshape(shape) as Value;
    const eager = f(x) as jl.Array[];
    const jitted = jl.jit(f)(x) as jl.Array[];
    eager.forEach((e, i) => {
      const [want, got] = [e.dataSync(), jitted[i]!.dataSync()].map((d) => Array.from(d as Float32Array, Number));
      want!.forEach((v, k) => {
        const close = Math.abs(v - got![k]!) <= 1e-3 * (1 + Math.abs(v)) || Object.is(v, got![k]);
        if (!close) expect(got![k], `program ${seed}, result ${i}, element ${k}`).toBe(v);
      });
    });
  }
});
