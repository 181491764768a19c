// Sizes, positions and words that no function takes: refused with the argument's name, never turned into something else.
import { describe, expect, test } from "vitest";
import { lax, numpy as np, random } from "../index.ts";

const x = np.array([1, 2, 3]);
describe("refused", () => {
  const cases: readonly [string, () => unknown, RegExp][] = [
    ["pad by -1", () => np.pad(x, -1), /pad width is -1, expected an integer/],
    ["pad by 2.5", () => np.pad(x, 2.5, { mode: "reflect" }), /pad width is 2\.5/],
    ["pad by [[1, NaN]]", () => np.pad(x, [[1, NaN]]), /pad width is NaN/],
    ["pad with two pairs for one axis", () => np.pad(x, [[1, 1], [2, 2]]), /give one pair, or one for each/], // prettier-ignore
    ["pad with an empty pair", () => np.pad(x, [[]]), /a pair for each axis/],
    ["vander of -1 columns", () => np.vander(x, -1), /N is -1/],
    ["take at 2.5", () => np.take(x, 2.5), /index 2\.5 is no integer/],
    ["take at [0, NaN]", () => np.take(x, [0, NaN]), /index NaN is no integer/],
    ["insert at 2.5", () => np.insert(x, 2.5, 5), /position 2\.5 is no integer/],
    ["delete at NaN", () => np.delete(x, NaN), /position NaN is no integer/],
    ["round to 2.5 decimals", () => np.round(x, 2.5), /decimals is 2\.5/],
    ["a stride of 2.5", () => lax.slice(x, [0], [2], [2.5]), /slice: 2\.5/],
    ["a stride of 0", () => lax.slice(x, [0], [2], [0]), /slice: 0/],
    ["concatenate along 2.5", () => lax.concatenate([x, x], 2.5), /the dimension is 2\.5/],
    ["concatenate along -1, as JAX's lax", () => lax.concatenate([x, x], -1), /the dimension is -1/],
    ["rev of 2.5", () => lax.rev(x, [2.5]), /the dimension is 2\.5/],
    ["reducePrecision to -1 bits", () => lax.reducePrecision(x, -1, 3), /-1 bits of exponent/],
    ["foldIn of NaN", () => random.foldIn(random.key(0), NaN), /data is NaN/],
    ["foldIn of -1", () => random.foldIn(random.key(0), -1), /data is -1/],
    ["convolve in a mode that is none", () => np.convolve(x, x, { mode: "sam" }), /"same"/],
    ["a precision that is none", () => np.matmul(x, x, { precision: "hihg" as "high" }), /precision: got "hihg"/],
    ["polyval with an option that is none", () => np.polyval(x, x, { unrol: 1 } as object), /unrol/],
    ["more bytes than there are numbers", () => np.ones([2 ** 20, 2 ** 20, 2 ** 20]), /out of memory/],
  ];
  for (const [name, f, message] of cases) test(name, () => expect(f).toThrow(message));
});
test("what JAX takes stays taken", () => {
  expect(np.pad(x, [[1, 0]]).tolist()).toEqual([0, 1, 2, 3]);
  expect(np.insert(x, [0, -1], 9).tolist()).toEqual([9, 1, 2, 9, 3]);
  expect(np.polyval(x, np.array(2), { unroll: 4 }).item()).toBe(11);
  expect(String(random.keyData(random.foldIn(random.key(0), 2.5)))).toBe(String(random.keyData(random.foldIn(random.key(0), 2))));
});
