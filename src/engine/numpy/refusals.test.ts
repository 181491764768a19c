// Sizes, indices, orders and words that are none are refused by one of our errors, or mean what they mean in JAX; nothing is made of them in silence.
import { describe, expect, test } from "vitest";
import * as jl from "../index.ts";

const np = jl.numpy;
const { lax, random } = jl;
const i32 = (...values: number[]): jl.Value => np.array(values, { dtype: "int32" });
const REFUSED: readonly (readonly [string, () => unknown, RegExp])[] = [
  ["zeros of a negative size", () => np.zeros(-1), /zeros: the shape is \[-1\], expected integers, 0 or more/],
  ["ones of negative sizes", () => np.ones([-1, -1]), /ones: the shape is \[-1,-1\]/],
  ["eye of a fraction", () => np.eye(2.5), /eye: N is 2\.5/],
  ["linspace of a fraction", () => np.linspace(0, 1, 2.5), /linspace: num is 2\.5/],
  ["a negative number of repeats", () => np.repeat(np.ones([2]), -1), /repeat: a number of repeats is -1/],
  ["a negative repetition", () => np.tile(np.ones([2]), [-1]), /tile: a repetition is -1/],
  ["an index that is NaN", () => np.arange(10).get(NaN), /get: the index NaN is no integer/],
  ["an index that is a fraction", () => np.arange(10).get(1.5), /get: the index 1\.5 is no integer/],
  ["an update at a fraction", () => np.arange(10).at(1.5).set(1), /the index 1\.5 is no integer/],
  ["an index beyond int32", () => np.arange(10).get(2 ** 40), /does not fit int32/],
  ["a mask of another length", () => np.arange(10).get(np.array([true, false])), /boolean index has the shape \[2\], expected \[10\]/],
  ["a negative power of integers", () => lax.integerPow(i32(5), -1), /integers have no negative powers/],
  ["a bigint that does not fit", () => np.array(2n ** 70n), /does not fit int32/],
  ["a choice of nothing", () => random.choice(random.key(0), 0), /nothing to choose from/],
  ["a start that is NaN", () => lax.dynamicSlice(np.arange(3), [NaN], [1]), /a start index is NaN/],
  ["a seed that is NaN", () => random.key(NaN), /the seed is NaN, expected an integer/],
  ["more elements than fit", () => lax.iota("float32", 2 ** 33).max(), /out of memory: .*float32\[8589934592\]/],
  ["a name that the text lacks", () => jl.debug.print("{x} {y}", { x: 1 }), /names \{y\}, and the values given are x/],
  ["a mode of pad", () => np.pad(np.arange(3), 1, { mode: "no-such-mode" as never }), /mode is "no-such-mode", expected "constant"/],
];
test.each(REFUSED)("%s", (_what, run, message) => expect(run).toThrow(message));

describe("as in JAX", () => {
  test.each([11, 10, -11, -30])("reading element %i of ten gives the one at that end", (i) => {
    expect(np.arange(10).get(i).item()).toBe(i > 0 ? 9 : 0);
    expect(
      jl
        .jit((x: jl.Value) => x.get(i))(np.arange(10))
        .item(),
    ).toBe(i > 0 ? 9 : 0);
  });
  test("arrays of indices, too", () =>
    expect(
      np
        .arange(10)
        .get(i32(0, 11, -11, 5))
        .tolist(),
    ).toEqual([0, 9, 0, 5]));
  test("remainders by 0 are 0", () => {
    for (const f of [np.mod, np.remainder, np.fmod]) expect(f(i32(5, -7), i32(0, 0)).tolist()).toEqual([0, 0]);
  });
});
