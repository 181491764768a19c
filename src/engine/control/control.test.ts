// Control flow: values, derivatives both ways, vectorization, eager and compiled, against plain loops.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import { compile } from "../backends/programs.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  { lax } = jl,
  num = (v: unknown): number => Number((v as Value).item()),
  list = (v: unknown): number[] => Array.from((v as jl.Array).dataSync() as Float32Array, (x) => +x.toFixed(4));
const both = (f: (...xs: Value[]) => Value, ...xs: Value[]): number[] => {
  const e = list(f(...xs));
  expect(list(jl.jit(f)(...xs))).toEqual(e);
  return e;
};
const x = np.array([1, 2, 3]);
test("cond: values, gradient, vmap over the predicate", () => {
  const f = (v: Value): Value =>
    lax.cond(
      v.sum().gt(0),
      (a: Value) => a.mul(2),
      (a: Value) => np.sin(a),
      v,
    ) as Value;
  expect(both(f, x)).toEqual([2, 4, 6]);
  expect(both((v) => f(v.neg()), x)).toEqual([-0.8415, -0.9093, -0.1411]);
  expect(both((v) => jl.grad((a: Value) => f(a).sum())(v), x)).toEqual([2, 2, 2]);
  expect(both((v) => jl.vmap((a: Value) => f(a))(v), np.stack([x, x.neg()]))).toEqual([2, 4, 6, -0.8415, -0.9093, -0.1411]);
});
test("switch clamps its index", () => {
  for (const [i, want] of [
    [-1, 1],
    [0, 1],
    [1, 2],
    [9, 3],
  ] as const)
    expect(num(lax.switch(i, [() => np.array(1), () => np.array(2), () => np.array(3)]))).toBe(want);
});
test("whileLoop: values, jvp, vmap with different lengths", () => {
  const f = (v: Value): Value =>
    (
      lax.whileLoop(
        ([i, a]: [Value, Value]) => a.lt(100).and(i.lt(50)),
        ([i, a]: [Value, Value]) => [i.add(1), a.mul(2)],
        [np.array(0, { dtype: "int32" }), v],
      ) as Value[]
    )[1]!;
  expect(both(f, np.array(3))).toEqual([192]);
  const [, t] = jl.jvp(f, [np.array(3)], [np.array(1)]);
  expect(num(t)).toBe(64);
  expect(both((v) => jl.vmap(f)(v), np.array([3, 60, 7]))).toEqual([192, 120, 112]);
  expect(() => jl.grad(f)(np.array(3))).toThrow(/reverse-mode differentiation does not work through while.*lax\.scan/);
});
test("scan: carry, ys, both derivatives, reverse, vmap, closed-over values", () => {
  const w = np.array(0.5),
    f = (c: Value, xs: Value): Value => {
      const [last, ys] = lax.scan(
        (a: Value, b: Value) => {
          const n = np.tanh(a.mul(w).add(b));
          return [n, n.mul(a)];
        },
        c,
        xs,
      ) as [Value, Value];
      return last.add(ys.sum());
    };
  const loop = (c: number, xs: number[]): number => {
    let a = c,
      s = 0;
    for (const b of xs) {
      const n = Math.tanh(a * 0.5 + b);
      s += n * a;
      a = n;
    }
    return a + s;
  };
  expect(both(f, np.array(0.3), x)[0]).toBeCloseTo(loop(0.3, [1, 2, 3]), 3);
  const g = both((c, xs) => np.concatenate([...(jl.grad(f, { argnums: [0, 1] })(c, xs) as Value[]).map((v) => v.reshape([-1]))]), np.array(0.3), x),
    h = 1e-4;
  expect(g[0]).toBeCloseTo((loop(0.3 + h, [1, 2, 3]) - loop(0.3 - h, [1, 2, 3])) / (2 * h), 3);
  expect(g[1]).toBeCloseTo((loop(0.3, [1 + h, 2, 3]) - loop(0.3, [1 - h, 2, 3])) / (2 * h), 3);
  expect(list(lax.scan((c: Value, v: Value) => [c.add(v), c.add(v)], np.array(0), x, { reverse: true })[1])).toEqual([6, 5, 3]);
  expect(both((c) => jl.vmap((a: Value) => f(a, x))(c), np.array([0.3, 0.1]))[1]).toBeCloseTo(loop(0.1, [1, 2, 3]), 3);
});
test("foriLoop with constant bounds is a scan, with computed ones a while", () => {
  const f = (v: Value): Value => lax.foriLoop(0, 4, (i: Value, a: Value) => a.mul(1.5).add(i), v) as Value;
  expect(String(jl.makeJaxpr(f)(np.array(1)))).toMatch(/scan\[/);
  expect(both(f, np.array(1))).toEqual([13.3125]);
  expect(num(jl.grad(f)(np.array(1)))).toBeCloseTo(1.5 ** 4, 4);
  expect(both((n) => lax.foriLoop(0, n, (_i: Value, a: Value) => a.mul(2), np.array(1)) as Value, np.array(5, { dtype: "int32" }))).toEqual([32]);
});
test("a scan of 10,000 steps is one loop inside the program, not a dispatch a step", () => {
  const jaxpr = jl.makeJaxpr((c: Value) => lax.scan((a: Value) => [a.mul(0.999).add(0.001), a], c, null, { length: 10000 })[0] as Value)(
      np.zeros([4]),
    ),
    { plan } = compile(jaxpr).compilation;
  expect(plan.steps.filter((s) => s.kind === "while")).toHaveLength(1);
  expect(list(jl.jaxprAsFun(jaxpr)(np.zeros([4]))[0])[0]).toBeCloseTo(1, 3);
});
/** Turns of the loops of a program, each with how often its body calls sin; and sines that stand in no loop. */
function sines(f: (...xs: Value[]) => unknown, ...xs: Value[]): { loops: number[]; outside: number } {
  const { graph } = compile(jl.makeJaxpr(f as (...a: Value[]) => Value)(...xs)).compilation,
    count = (g: typeof graph): number => g.nodes.filter((n) => n.op === "sin").length;
  return { loops: graph.nodes.flatMap((n) => (n.is("while") ? [count(n.attrs.body)] : [])), outside: count(graph) };
}
test("unroll: so many steps in a turn, the rest after the loop; values and derivatives as without", () => {
  const f =
      (unroll: number | boolean, reverse = false) =>
      (c: Value, xs: Value): Value => {
        const [last, ys] = lax.scan((a: Value, b: Value) => [np.sin(a).add(b), a.mul(b)], c, xs, { unroll, reverse }) as [Value, Value];
        return np.concatenate([last.reshape([1]), ys]);
      },
    long = np.arange(5).astype("float32").mul(0.3),
    c = np.array(0.3);
  for (const [reverse, unrolls] of [
    [false, [2]],
    [true, [3, true]],
  ] as const) {
    const once = f(1, reverse),
      slope = (g: typeof once): number[] => list((jl.grad((a: Value, b: Value) => g(a, b).sum(), { argnums: 1 }) as typeof once)(c, long));
    for (const unroll of unrolls) {
      const many = f(unroll, reverse);
      expect(list(many(c, long))).toEqual(list(once(c, long)));
      expect(list(jl.jit(many)(c, long))).toEqual(list(once(c, long)));
      expect(slope(many)).toEqual(slope(once));
      expect(list(jl.vmap((a: Value) => many(a, long))(np.stack([c, c])))).toEqual([...list(once(c, long)), ...list(once(c, long))]);
    }
  }
  expect(sines(f(1), c, long)).toEqual({ loops: [1], outside: 0 });
  expect(sines(f(2), c, long)).toEqual({ loops: [2], outside: 1 });
  expect(sines(f(true), c, long)).toEqual({ loops: [], outside: 5 });
  expect(sines((v: Value) => lax.foriLoop(2, 9, (i: Value, a: Value) => np.sin(a).add(i), v, { unroll: 2 }), c)).toEqual({ loops: [2], outside: 1 });
  expect(String(jl.makeJaxpr(f(true))(c, long))).toContain("unroll=5");
  expect(list(lax.scan((a: Value) => [a.add(1), a], c, null, { length: 0, unroll: true })[1])).toEqual([]);
});
test("unroll: what cannot be meant is refused", () => {
  const f = (unroll: number): unknown => lax.scan((a: Value) => [a, a], np.array(0), null, { length: 3, unroll });
  expect(() => f(0)).toThrow("unroll is 0, expected true, false or an integer of at least 1");
  expect(() => f(1.5)).toThrow("unroll is 1.5");
  const counted = (unroll: boolean | number) =>
    jl.jit((n: Value) => lax.foriLoop(0, n, (_i: Value, a: Value) => a.mul(2), np.array(1), { unroll }) as Value);
  expect(num(counted(1)(np.array(5, { dtype: "int32" })))).toBe(32);
  expect(num(counted(false)(np.array(5, { dtype: "int32" })))).toBe(32);
  expect(() => counted(2)(np.array(5, { dtype: "int32" }))).toThrow("unroll is for bounds that are known");
});
test("associativeScan and map", () => {
  expect(both((v) => lax.associativeScan((a: Value, b: Value) => a.add(b), v) as Value, np.arange(7).astype("float32"))).toEqual([
    0, 1, 3, 6, 10, 15, 21,
  ]);
  expect(both((v) => lax.map((a: Value) => a.mul(a), v) as Value, x)).toEqual([1, 4, 9]);
});
test("what goes wrong is said", () => {
  expect(() =>
    lax.cond(
      x.gt(0),
      (a: Value) => a,
      (a: Value) => a,
      x,
    ),
  ).toThrow(/the predicate is bool\[3\], expected a scalar.*np\.where/);
  expect(() => lax.scan((c: Value, v: Value) => [np.stack([c, v]), v], np.array(0), x)).toThrow(/comes in as f32\[\] and the body returns f32\[2\]/);
  expect(() =>
    lax.cond(
      true,
      () => np.ones([2]),
      () => np.ones([3]),
    ),
  ).toThrow(/output 0 is f32\[3\] in branch 0 and f32\[2\] in branch 1/);
});
