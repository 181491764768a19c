// Rules of custom derivatives make arrays of their own (an index, a table): inside loops and branches these belong to the program, compiled or not.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Array } from "../index.ts";

const { lax, numpy: np } = jl;
/** 2, read from a table. */
const two = (): Array =>
  np
    .array([2, 3])
    .get(np.array(Int32Array.of(0)))
    .sum();
const backward = jl.customVjp((a: Array) => a.mul(a));
backward.defvjp(
  (a: Array) => [a.mul(a), a] as const,
  (a: Array, g: Array) => [g.mul(a).mul(two())],
);
const forward = jl.customJvp((a: Array) => a.mul(a));
forward.defjvp(([a], [d]) => [a.mul(a), d.mul(a).mul(two())]);
const loop = (f: (x: Array) => Array) => (a: Array) =>
  lax.scan((sum: Array, x: Array): [Array, null] => [sum.add(f(a.mul(x))), null], np.array(0), np.array([1, 2]))[0];
const branch = (a: Array): Array =>
  lax.cond(
    a.gt(0),
    (x: Array) => backward(x),
    (x: Array) => x,
    a,
  );
const whileBelow = (a: Array): Array =>
  lax.whileLoop(
    (x: Array) => x.lt(100),
    (x: Array) => forward(x),
    a,
  );

const slope =
  (f: (x: Array) => Array) =>
  (a: Array): Array =>
    jl.grad(f)(a);
const number = (x: Array): number => Number(x.item());
for (const [how, run] of [
  ["compiled", (f: (a: Array) => Array) => jl.jit(f)],
  ["step by step", (f: (a: Array) => Array) => f],
] as const) {
  test(`a backward rule in a scan, ${how}`, () => expect(number(run(slope(loop(backward)))(np.array(2)))).toBe(20));
  test(`a forward rule in a scan, ${how}`, () => expect(number(run((a) => jl.jvp(loop(forward), [a], [np.array(1)])[1])(np.array(2)))).toBe(20));
  test(`a backward rule in a branch, ${how}`, () => expect(number(run(slope(branch))(np.array(2)))).toBe(4));
  test(`a forward rule in a loop of unknown length, ${how}`, () =>
    expect(number(run((a) => jl.jvp(whileBelow, [a], [np.array(1)])[1])(np.array(2)))).toBe(1024));
  test(`a backward rule in a scan, mapped, ${how}`, () => expect(run(jl.vmap(slope(loop(backward))))(np.array([2, 1])).tolist()).toEqual([20, 10]));
}
