// Exported functions: what is called, and what is written and read again, gives what the function gives; and the caches that are forgotten.
import { expect, test } from "vitest";
import * as jl from "./index.ts";
import { clearCaches, enableX64, grad, interop, jit, lax, nnx, numpy as np, random, vmap } from "./index.ts";
import type { Value } from "./core/value.ts";

const jexport = jl.export;
const again = <F extends (...args: never[]) => unknown>(e: { serialize(): Uint8Array }): { call: F } =>
  jexport.deserialize(e.serialize()) as unknown as { call: F };

test("a function of trees, with constants, loops and branches over them, is the same after it was written and read", () => {
  const w = random.normal(random.key(0), [3, 3]),
    key = random.key(5);
  const f = jit(function wander(state: { x: Value; pair: [Value, Value] }, n: Value): { y: Value; noise: Value; none: null } {
    const y = lax.foriLoop(0, 3, (i: Value, h: Value) => np.tanh(h.matmul(w)).add(i), state.x);
    const z = lax.cond(
      n.gt(0),
      (v: Value) => v.mul(w.get(0)),
      (v: Value) => v.sub(w.get(1)),
      y,
    );
    const [c] = lax.scan((a: Value, b: Value) => [a.add(b.mul(w.get(2, 2))), a], state.pair[0], np.ones([4]));
    return { y: z.add(c), noise: random.normal(key, [2]).mul(state.pair[1]), none: null };
  });
  const args = [{ x: np.ones([3]), pair: [np.array(1), np.array(2)] as [Value, Value] }, np.array(1)] as const;
  const want = f(...args);
  const e = jexport.export(f)(...args);
  expect([e.funName, e.inAvals.map(String), e.outAvals.map(String)]).toEqual(["wander", ["f32[]", "f32[]", "f32[3]", "f32[]"], ["f32[2]", "f32[3]"]]);
  for (const { call } of [e, again(e)] as unknown as { call: typeof f }[]) {
    const got = call(...args);
    expect(Object.keys(got).sort()).toEqual(["noise", "none", "y"]);
    expect([got.y.tolist(), got.noise.tolist(), got.none]).toEqual([want.y.tolist(), want.noise.tolist(), null]);
  }
});
test("what is read works under transformations, and is one program", () => {
  const square = again<(x: Value) => Value>(jexport.export(jit((x: Value) => np.sin(x).mul(x)))(jl.shapeDtypeStruct([], "float32"))).call;
  expect(grad(square)(2).item()).toBeCloseTo(Math.sin(2) + 2 * Math.cos(2), 5);
  expect(vmap(square)(np.array([0, 1])).shape).toEqual([2]);
  expect(jit((x: Value) => square(x).add(1))(0).item()).toBe(1);
});
test("types of all kinds", () =>
  enableX64(() => {
    const z = np.array([1, 2], { dtype: "complex128" });
    const e = jexport.export((x: Value) => x.mul(z).add(np.array([1n, 2n]).astype("float64")))(np.ones([2]));
    expect(
      again<(x: Value) => Value>(e)
        .call(np.ones([2]))
        .tolist(),
    ).toEqual(e.call(np.ones([2])).tolist());
  }));
test("refuses other arguments, and what bytes cannot hold", () => {
  const e = jexport.export((x: Value, o: { a: Value }) => x.add(o.a))(np.ones([2]), { a: np.ones([2]) });
  expect(() => e.call(np.ones([3]), { a: np.ones([2]) })).toThrow(/exported for f32\[2\] at argument \[0\], and called with f32\[3\]/);
  expect(() => e.call(np.ones([2], { dtype: "int32" }), { a: np.ones([2]) })).toThrow(/exported for f32\[2\] .* called with i32\[2\]/);
  expect(() => e.call(np.ones([2]), { b: np.ones([2]) } as never)).toThrow(/exported for arguments .*'a'.* called with .*'b'/);
  const rngs = new nnx.Param(np.ones([1]));
  expect(() =>
    jexport
      .export((p: nnx.Param) => p.value)(rngs)
      .serialize(),
  ).toThrow(/a Param, which bytes cannot hold/);
  expect(() => jexport.deserialize(interop.safetensors.save({ x: np.ones([1]) }))).toThrow(/of no exported function/);
  expect(() => jexport.deserialize(new Uint8Array(4))).toThrow(/no safetensors file/);
});
test("clearCaches forgets traces and programs, and nothing else", () => {
  let traces = 0;
  const f = jit((x: Value) => {
    traces++;
    return x.add(1);
  });
  f(1);
  f(2);
  expect([traces, f.cacheSize()]).toEqual([1, 1]);
  clearCaches();
  expect(f.cacheSize()).toBe(0);
  expect([f(3).item(), traces, np.add(1, 2).item()]).toEqual([4, 2, 3]);
});
