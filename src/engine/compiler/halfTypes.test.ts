// Half types: each operation rounds to its type, in lanes and in scalars, alone and fused. Eager and compiled programs give the same bits.
import { describe, expect, test } from "vitest";
import * as jl from "../index.ts";
import { numberToBfloat16, numberToFloat16, bfloat16ToNumber, float16ToNumber } from "../core/half.ts";
import type { Value } from "../core/value.ts";
import { breathe } from "../testPrograms.ts";

const np = jl.numpy;
const HALVES = ["bfloat16", "float16"] as const;
const round = (d: (typeof HALVES)[number], x: number): number =>
  d === "bfloat16" ? bfloat16ToNumber(numberToBfloat16(x)) : float16ToNumber(numberToFloat16(x));
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const data = (r: () => number, dtype: string): Value =>
  np
    .array(
      Array.from({ length: 12 }, () => (r() * 2 - 1) * 2 ** Math.floor(r() * 6 - 2)),
      { dtype },
    )
    .reshape([3, 4]);
type Op = (a: Value, b: Value) => Value;
const OPS: readonly Op[] = [
  (a, b) => a.add(b),
  (a, b) => a.mul(b),
  (a, b) => a.sub(b),
  (a, b) => a.div(b.mul(b).add(1)),
  (a) => np.tanh(a),
  (a) => np.sin(a),
  (a) => np.exp(np.tanh(a)),
  (a) => np.log1p(a.mul(a)),
  (a) => np.sqrt(a.mul(a).add(1)),
  (a) => jl.nn.sigmoid(a),
  (a, b) => np.where(a.gt(b), a, b.mul(0.5)),
  (a, b) => np.maximum(a, b.neg()),
  (a) => np.floor(a.mul(3)),
  (a) => a.sub(a.max({ axis: -1, keepdims: true })),
  (a) => a.sub(a.mean({ axis: -1, keepdims: true })),
  (a) => np.sum(a, { axis: 0 }).mul(np.ones([3, 4], { dtype: a.dtype })),
  (a, b) => a.matmul(b.T).matmul(b).mul(0.1),
  (a) => a.T.reshape([3, 4]),
  (a) => np.cumsum(a, { axis: 1 }),
  (a) => np.flip(a, 1),
  (a) => jl.nn.softmax(a),
  (a) => np.concatenate([a.get(":", "2:"), a.get(":", ":2")], { axis: 1 }),
  (a) => a.astype("float32").mul(1.1).astype(a.dtype),
  (a, b) => np.power(np.abs(a), b),
];
const N = Number(process.env.JITLENS_LAWS ?? 1000);

describe.each(HALVES)("%s", (dtype) => {
  test(`jit = eager, bit for bit (${N} programs)`, async () => {
    for (let seed = 1; seed <= N; seed++) {
      await breathe(seed);
      const r = generator(seed);
      const steps = Array.from({ length: 2 + Math.floor(r() * 5) }, () => ({ op: OPS[Math.floor(r() * OPS.length)]!, i: r(), j: r() }));
      const f = (x: Value, y: Value): Value => {
        const vs = [x, y];
        for (const s of steps) vs.push(s.op(vs[Math.floor(s.i * vs.length)]!, vs[Math.floor(s.j * vs.length)]!));
        return vs.at(-1)!;
      };
      const x = data(r, dtype);
      const y = data(r, dtype);
      expect(jl.jit(f)(x, y).tolist(), `program ${seed}: ${String(jl.makeJaxpr(f)(x, y))}`).toEqual(f(x, y).tolist());
    }
  });
  test("float32 rounds to nearest, ties to even, in lanes and in scalars", () => {
    const view = new DataView(new ArrayBuffer(4));
    const r = generator(7);
    const bits = Array.from({ length: 20_000 }, () => Math.floor(r() * 2 ** 32));
    // Ties and their neighbours, the edges of denormal and infinite results.
    for (const top of [0x3f80, 0x3f81, 0x477f, 0x3880, 0x387f, 0x3300, 0x32ff, 0x0001, 0x7f7f, 0x7f80, 0xff80])
      for (const low of [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0x0fff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x3001, 0xefff, 0xf000])
        bits.push(top * 65536 + low);
    const xs = bits.map((v) => {
      view.setUint32(0, v);
      return view.getFloat32(0);
    });
    const want = xs.map((v) => round(dtype, v));
    expect(np.array(xs).astype(dtype).astype("float32").tolist()).toEqual(want);
    // Three elements are too few for lanes.
    for (let at = xs.length - 400; at + 3 <= xs.length; at += 3)
      expect(
        np
          .array(xs.slice(at, at + 3))
          .astype(dtype)
          .astype("float32")
          .tolist(),
      ).toEqual(want.slice(at, at + 3));
  });
  test("all 65,536 values survive loading, storing and a round trip through float32", () => {
    const all = np.array(Uint16Array.from({ length: 65_536 }, (_x, i) => i));
    const values = jl.lax.bitcastConvertType(all, dtype);
    const wide = values.astype("float32").tolist() as number[];
    expect(wide).toEqual(wide.map((_v, i) => (dtype === "bfloat16" ? bfloat16ToNumber(i) : float16ToNumber(i))));
    const back = jl.lax.bitcastConvertType(values.astype("float32").astype(dtype), "uint16").tolist() as number[];
    expect(back.filter((v, i) => !Number.isNaN(wide[i]) && v !== i)).toEqual([]);
  });
});
