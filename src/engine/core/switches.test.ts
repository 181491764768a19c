// Every switch of the configuration does what JAX's does, takes no other value, and is part of what a trace is cached by.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  { lax, random } = jl,
  list = (v: unknown): unknown => (v as Value).tolist();
/** Recorded from JAX with jax_threefry_partitionable off. */
const LEGACY = {
  bits: [3134548294, 3733159049, 843694964, 894150801, 801545058],
  bytes: [45, 179, 215, 3, 244, 131, 208],
  split: [
    [3134548294, 3733159049],
    [3746501087, 894150801],
    [801545058, 2363201431],
  ],
  mapped: [
    [3164236999, 3572326544, 3923418436],
    [1224796891, 2628283514, 754422081],
  ],
};
function legacy<R>(fn: () => R): R {
  jl.config.update("threefryPartitionable", false);
  try {
    return fn();
  } finally {
    jl.config.update("threefryPartitionable", true);
  }
}
test("threefryPartitionable: false gives JAX's older stream (JAX 0.10.2)", () => {
  const key = random.key(42);
  expect(legacy(() => list(random.bits(key, { shape: [5] })))).toEqual(LEGACY.bits);
  expect(legacy(() => list(random.bits(key, { shape: [7], dtype: "uint8" })))).toEqual(LEGACY.bytes);
  expect(legacy(() => list(random.keyData(random.split(key, 3))))).toEqual(LEGACY.split);
  expect(legacy(() => list(jl.vmap((k: Value) => random.bits(k, { shape: [3] }))(random.split(key, 2))))).toEqual(LEGACY.mapped);
  const draw = jl.jit((k: Value) => random.bits(k, { shape: [5] })),
    now = list(draw(key));
  expect(legacy(() => list(draw(key)))).toEqual(LEGACY.bits);
  expect(list(draw(key))).toEqual(now);
  expect(now).not.toEqual(LEGACY.bits);
  expect(legacy(() => String(jl.makeJaxpr((k: Value) => random.bits(k, { shape: [5] }))(key)))).not.toMatch(/legacy/);
});
test("numpyRankPromotion refuses or warns of arrays of different ranks, scalars apart", () => {
  const a = np.ones([2, 3]),
    b = np.ones([3]);
  expect(() => jl.numpyRankPromotion("raise", () => np.add(a, b))).toThrow(/add: shapes \[2,3\] and \[3\] have different ranks/);
  expect(() => jl.numpyRankPromotion("raise", () => a.mul(b))).toThrow(/numpyRankPromotion is "raise"/);
  expect(list(jl.numpyRankPromotion("raise", () => np.add(a, 1).add(np.array(1))))).toEqual(list(a.add(2)));
  const f = jl.jit((x: Value) => x.add(np.ones([3])));
  f(a);
  expect(() => jl.numpyRankPromotion("raise", () => f(a))).toThrow(/different ranks/);
});
test("defaultMatmulPrecision stands in contractions that name none", () => {
  const x = np.ones([2, 2]),
    text = (p: string | null): string => jl.defaultMatmulPrecision(p, () => String(jl.makeJaxpr((v: Value) => v.matmul(v))(x)));
  expect(text("highest")).toMatch(/precision=\(Precision\.HIGHEST, Precision\.HIGHEST\)/);
  expect(text("tensorfloat32")).toMatch(/precision=\(Precision\.HIGH, Precision\.HIGH\)/);
  expect(text(null)).not.toMatch(/precision=/);
  const product = (v: Value): Value => lax.dotGeneral(v, v, [[[1], [0]], [[], []]], { precision: "highest" }) as Value; // prettier-ignore
  const gradient = String(jl.makeJaxpr(jl.grad((v: Value) => product(v).sum()))(x));
  expect(gradient.match(/Precision\.HIGHEST/g)!.length).toBeGreaterThan(2);
  expect(String(jl.interop.parseJaxpr(gradient))).toBe(gradient);
  expect(() => lax.dotGeneral(x, x, [[[1], [0]], [[], []]], { precision: "very" })).toThrow(jl.ArgumentError); // prettier-ignore
});
test.each<[string, unknown]>([
  ["enableX64", "yes"],
  ["debugNans", 1],
  ["numpyRankPromotion", "never"],
  ["numpyDtypePromotion", true],
  ["defaultMatmulPrecision", "foo"],
  ["threefryPartitionable", null],
  ["largeConstantBytes", -1],
])("%s refuses %s", (name, value) => {
  const config = jl.config as unknown as Record<string, unknown> & { update(n: string, v: unknown): void };
  expect(() => config.update(name, value)).toThrow(new RegExp(`config.${name}: got .*expected`));
  expect(() => {
    config[name] = value;
  }).toThrow(new RegExp(`config.${name}: got .*expected`));
});
test("a name that is no option is refused", () => {
  const config = jl.config as unknown as Record<string, unknown> & { update(n: string, v: unknown): void };
  expect(() => config.update("enableX46", true)).toThrow(/there is no option "enableX46"/);
  expect(() => {
    config.enableX46 = true;
  }).toThrow(TypeError);
});
