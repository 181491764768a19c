// The module that calls a function many times: it adds up what the function gives, of numbers between 0 and 1.
import { expect, test } from "vitest";
import { emitCaller } from "./caller.ts";

test("a function is called so often, with as many arguments as it takes", () => {
  for (const args of [1, 2]) {
    const seen: number[][] = [];
    const fn = (...xs: number[]): number => seen.push(xs);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(emitCaller("f", args) as BufferSource), { env: { memory }, math: { f: fn } });
    const sum = (exports.run as (times: number) => number)(100);
    expect(seen).toHaveLength(100);
    expect(sum).toBe(5050);
    expect(seen.every((xs) => xs.length === args && xs[0]! > 0 && xs[0]! < 1.01 && (args === 1 || xs[1] === 1))).toBe(true);
    expect(new Set(seen.map((xs) => xs[0])).size).toBe(100);
  }
});
