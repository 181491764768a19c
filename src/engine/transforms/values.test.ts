// What is only differentiated keeps its value: a function outside jit may look at it, branch on it and loop by it, as in JAX.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  num = (v: unknown): number => Number((v as Value).item()),
  bent = (x: Value): Value => ((x.item() as number) > 0 ? x.mul(x).mul(2) : x.mul(-3));
test("grad, vjp, jvp, linearize and hessian of a function that looks at its argument", () => {
  expect(num(jl.grad(bent)(np.array(-2)))).toBe(-3);
  expect(num(jl.grad(bent)(np.array(2)))).toBe(8);
  expect(num(jl.vjp(bent, np.array(2))[1](np.array(1))[0])).toBe(8);
  expect(num(jl.jvp(bent, [np.array(2)], [np.array(1)])[1])).toBe(8);
  expect(num(jl.linearize(bent, np.array(2))[1](np.array(1)))).toBe(8);
  expect(num(jl.hessian(bent)(np.array(2)))).toBe(4);
  expect(num(jl.grad(jl.grad(bent))(np.array(2)))).toBe(4);
});
test("every way of looking: +x, comparisons, tolist, dataSync, a loop", () => {
  expect(num(jl.grad((x: Value) => (Number(+x) > 1 ? x.mul(5) : x))(np.array(2)))).toBe(5);
  expect(
    num(
      jl
        .grad((x: Value) => ((x.tolist() as number[])[1]! > 1 ? x.sum() : x.sum().mul(3)))(np.array([1, 2]))
        .get(0),
    ),
  ).toBe(1);
  expect(num(jl.grad((x: Value) => (x.dataSync()[0] === 2 ? x.mul(7) : x))(np.array(2)))).toBe(7);
  const power = (x: Value): Value => {
    let y = x;
    while ((y.item() as number) < 100) y = y.mul(y);
    return y;
  };
  expect(num(jl.grad(power)(np.array(3)))).toBe(8 * 3 ** 7);
});
test("functions with rules of their own, too: the function, its rule, forward and backward", () => {
  const f = jl.customJvp((x: Value) => ((x.item() as number) > 0 ? np.sin(x) : x));
  f.defjvp(([x]: [Value], [t]: [Value]) => [f(x), (x.item() as number) > 0 ? np.cos(x).mul(t) : t]);
  expect(num(jl.grad(f)(np.array(0.5)))).toBeCloseTo(Math.cos(0.5), 6);
  expect(num(jl.grad(jl.grad(f))(np.array(0.5)))).toBeCloseTo(-Math.sin(0.5), 6);
  const g = jl.customVjp((x: Value, y: Value) => ((x.item() as number) > 0 ? x.mul(y) : x));
  g.defvjp(
    (x: Value, y: Value) => [g(x, y), [x, y]],
    ([x, y]: [Value, Value], ct: Value) => [(x.item() as number) > 0 && (ct.item() as number) > 0 ? ct.mul(y).mul(10) : ct, null],
  );
  expect(num(jl.grad(g)(np.array(0.5), np.array(3)))).toBe(30);
  expect(num(jl.grad(g)(np.array(-0.5), np.array(3)))).toBe(1);
});
test("under jit and vmap there is no value", () => {
  for (const f of [jl.jit(bent), jl.jit(jl.grad(bent)), jl.grad(jl.jit(bent))])
    expect(() => (f as (x: Value) => Value)(np.array(1))).toThrow(jl.ConcretizationTypeError);
  expect(() => jl.vmap(jl.grad(bent))(np.array([1, 2]))).toThrow(jl.ConcretizationTypeError);
});
test("shapes and axes that depend on an argument say so", () => {
  expect(() => jl.jit((n: Value) => np.ones([n as never]))(3)).toThrow(/ones: shapes must be concrete.*the argument n.*staticArgnums/s);
  expect(() => jl.jit((n: Value) => np.arange(4).reshape([n as never, 2]))(2)).toThrow(jl.ConcretizationTypeError);
  expect(() => jl.jit((x: Value, axis: Value) => np.min(x, { axis: axis as never }))(np.arange(4), 0)).toThrow(
    /min: the axis is a traced array.*the argument axis/s,
  );
  expect(num(np.max(np.arange(4), { axis: np.array(0, { dtype: "int32" }) as never }))).toBe(3);
});
