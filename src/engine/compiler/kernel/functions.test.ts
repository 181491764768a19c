// The functions that are computed in lanes: errors in units in the last place against double precision, special values as JAX's, and the same bits in
// lanes as one by one. Arguments are all kinds of bits (subnormals, infinities, NaN among them) and dense ranges.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { mathFunction } from "../../graph/math/mathlib.ts";

const np = jl.numpy;
const N = 1 << 14;
const dense = (from: number, to: number): Float32Array => Float32Array.from({ length: N + 3 }, (_x, i) => from + ((to - from) * (i + 0.37)) / N);
function anyBits(): Float32Array {
  const x = new Float32Array(N);
  const bits = new Uint32Array(x.buffer);
  for (let i = 0, s = 1; i < N; i++) {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    bits[i] = (s ^ (s >>> 15)) >>> 0;
  }
  return x;
}
const SPECIAL = Float32Array.of(
  NaN,
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  1e-45,
  -1e-45,
  1e-39,
  -1e-39,
  1e-8,
  -1e-8,
  88.8,
  -88.8,
  7999.5,
  8000.5,
  1e30,
  3.4e38,
);
const ulp = (x: number): number => (Math.abs(x) < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23));
const numbers = (v: Value): Float32Array => v.dataSync() as Float32Array;
/** Largest errors by function, as docs/NUMERICS.md's table has them: rounded to a tenth. */
const DOCUMENTED = new Map(
  readFileSync(new URL("../../../../docs/NUMERICS.md", import.meta.url), "utf8")
    .split("\n")
    .flatMap((line) => [...line.matchAll(/\| ([a-z\d, ]+) \| ([^|]+) \| ([\d., ]+) (?=\|)/g)])
    .flatMap(([, names, , errors]) => names!.split(", ").map((name, i): [string, number] => [name.trim(), Number(errors!.split(", ")[i])])),
);
/** The most that a function may be off: what is documented, and what rounding to a tenth hides. */
const mostOf = (name: string): number => DOCUMENTED.get(name)! + 0.06;
type Row = readonly [name: string, f: (x: Value) => Value, library: string, range: readonly [number, number]];
const FUNCTIONS: readonly Row[] = [
  ["sin", np.sin, "sin", [-8000, 8000]],
  ["cos", np.cos, "cos", [-8000, 8000]],
  ["tan", np.tan, "tan", [-8000, 8000]],
  ["asin", np.arcsin, "asin", [-1, 1]],
  ["acos", np.arccos, "acos", [-1, 1]],
  ["atan", np.arctan, "atan", [-10, 10]],
  ["exp", np.exp, "exp", [-104, 89]],
  ["exp2", np.exp2, "exp2", [-150, 129]],
  ["expm1", np.expm1, "expm1", [-4, 90]],
  ["log", np.log, "log", [0, 4]],
  ["log1p", np.log1p, "log1p", [-1, 2]],
  ["sinh", np.sinh, "sinh", [-90, 90]],
  ["cosh", np.cosh, "cosh", [-90, 90]],
  ["tanh", np.tanh, "tanh", [-9, 9]],
  ["asinh", np.arcsinh, "asinh", [-3, 3]],
  ["acosh", np.arccosh, "acosh", [0.5, 3]],
  ["atanh", np.arctanh, "atanh", [-1, 1]],
];
describe.each(FUNCTIONS)("%s", (name, f, library, range) => {
  const exact = mathFunction(library) as (x: number) => number;
  const inLanes = jl.jit((x: Value) => f(x));
  test.each([
    ["a dense range", dense(...range)],
    ["all kinds of bits", anyBits()],
  ] as const)("within its error over %s", (_what, x) => {
    const got = numbers(inLanes(np.array(x)));
    let worst = 0;
    const wrong: [number, number, number][] = [];
    x.forEach((v, i) => {
      const want = exact(v);
      const is = got[i] ?? 0;
      const rounded = Math.fround(want);
      if (Number.isFinite(rounded) && Number.isFinite(is)) worst = Math.max(worst, Math.abs(is - want) / ulp(want));
      else if (!Object.is(rounded, is) && !(Math.abs(want) > 3.4028e38 && Math.abs(is) > 3.4028e38 && Math.sign(is) === Math.sign(want)))
        wrong.push([v, rounded, is]);
    });
    expect(wrong).toEqual([]);
    expect(worst).toBeLessThan(mostOf(name));
  });
  test("special values", () => {
    expect(
      [...numbers(inLanes(np.array(SPECIAL)))].filter((v, i) => !Object.is(v, Math.fround(exact(SPECIAL[i] ?? 0))) && !Number.isFinite(v)),
    ).toEqual([]);
    expect([...numbers(inLanes(np.array(SPECIAL.slice(0, 3))))]).toEqual([...SPECIAL.slice(0, 3)].map((v) => Math.fround(exact(v))));
  });
  test("the same bits in lanes and one by one", () => {
    const oneByOne = jl.jit((x: Value) => jl.lax.map(f, x) as Value);
    for (const x of [dense(...range).slice(0, 4099), anyBits().slice(0, 4099), SPECIAL]) {
      const a = np.array(x);
      expect([...numbers(oneByOne(a))]).toEqual([...numbers(inLanes(a))]);
    }
  });
});
describe("pow", () => {
  const power = jl.jit((x: Value, y: Value) => np.power(x, y));
  const exact = mathFunction("pow") as (x: number, y: number) => number;
  const bits = anyBits();
  const s = dense(0, 1);
  const SETS: Readonly<Record<string, (i: number) => readonly [number, number]>> = {
    "ordinary numbers": (i) => [s[i] ?? 0, ((i * 37) % 401) / 20 - 10],
    "bases near 1, large exponents": (i) => [1 + ((s[i] ?? 0) - 0.5) * 0.6, ((i * 37) % 801) - 400],
    "all kinds of bits": (i) => [bits[i] ?? 0, bits[(i * 37) % N] ?? 0],
    "whole exponents": (i) => [((s[i] ?? 0) - 0.5) * 20, (i % 21) - 10],
    "special values": (i) => [SPECIAL[i % SPECIAL.length] ?? 0, SPECIAL[Math.floor(i / SPECIAL.length) % SPECIAL.length] ?? 0],
  };
  test.each(Object.keys(SETS))("%s: within its error, and special values as C's", (name) => {
    const pairs = Array.from({ length: N }, (_x, i) => (SETS[name]?.(i) ?? [0, 0]).map(Math.fround));
    const [x, y] = [0, 1].map((side) => np.array(Float32Array.from(pairs, (p) => p[side] ?? 0))) as [Value, Value];
    const got = numbers(power(x, y));
    let worst = 0;
    const wrong: number[][] = [];
    pairs.forEach(([a = 0, b = 0], i) => {
      const want = exact(a, b);
      const is = got[i] ?? 0;
      const rounded = Math.fround(want);
      if (Number.isFinite(rounded) && Number.isFinite(is) && rounded !== 0) worst = Math.max(worst, Math.abs(is - want) / ulp(want));
      else if (
        !Object.is(rounded, is) &&
        !(Math.abs(want) > 3.4028e38 && Math.abs(is) > 3.4028e38) &&
        !(Math.abs(want) < 1e-45 && Math.abs(is) <= 2e-45)
      )
        wrong.push([a, b, rounded, is]);
    });
    expect(wrong).toEqual([]);
    expect(worst).toBeLessThan(mostOf("pow"));
  });
  test("the same bits in lanes and one by one", () => {
    const [x, y] = [dense(0, 3).slice(0, 4099), dense(-40, 40).slice(0, 4099).reverse()].map((v) => np.array(v)) as [Value, Value];
    const oneByOne = jl.jit((a: Value, b: Value) => jl.lax.map(([p, q]: [Value, Value]) => np.power(p, q), [a, b]) as Value);
    expect([...numbers(oneByOne(x, y))]).toEqual([...numbers(power(x, y))]);
  });
});
test("far below all numbers an exponential is 0, as where it is rounded to 0", () => {
  const far = Float32Array.of(-103.9, -104, -104.1, -150, -175.9, -176, -176.1, -1e5, -3e38, -Infinity);
  for (const [name, f] of [
    ["exp", np.exp],
    ["exp2", (x: Value): Value => np.exp2(x.mul(1.5))],
    ["power", (x: Value): Value => np.power(2, x.mul(1.5))],
  ] as const) {
    const got = jl.jit(f as (x: Value) => Value)(np.array(far)).tolist() as number[];
    const right = [...far].map((v) => Math.fround(name === "exp" ? Math.exp(v) : 2 ** (1.5 * v)));
    got.forEach((v, i) => expect(Object.is(v, right[i]), `${name} ${far[i]}: ${v} ${right[i]}`).toBe(true));
  }
});
