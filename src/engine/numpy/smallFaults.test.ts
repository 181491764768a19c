// What differed from JAX 0.10.2 in small cases; the expected values are real JAX's.
import { expect, test } from "vitest";
import { lax, nn, numpy as np, optim } from "../index.ts";

test("a whole JavaScript number is a position of unravelIndex", () => {
  expect(np.unravelIndex(6, [2, 3]).map((i) => [i.dtype, i.item()])).toEqual([
    ["int32", 1],
    ["int32", 2],
  ]);
  expect(() => np.unravelIndex(1.5, [2, 3])).toThrow(/positions are integers/);
});
test("softSign of integers adds the 1 in their own type, where it may overflow", () => {
  expect(Array.from(nn.softSign(np.array([-128, 127, 100], { dtype: "int8" })).dataSync() as Float32Array)).toEqual([
    1.0078740119934082, -0.9921875, 0.9900990128517151,
  ]);
  expect(nn.softSign(np.array([200, 255, 3], { dtype: "uint8" })).tolist()).toEqual([0.9950248599052429, Infinity, 0.75]);
});
test("the inverse transform of a single frequency of a real signal is empty", () => {
  const z = (...shape: number[]) => np.zeros(shape, { dtype: "complex64" });
  expect([np.fft.irfft(z(1)).shape, np.fft.hfft(z(1)).shape, np.fft.irfft2(z(3, 1)).shape]).toEqual([[0], [0], [3, 0]]);
  expect(() => np.fft.irfft(z(3), { n: 0 })).toThrow(/expected at least 1/);
});
test("a convolution of booleans says whether any product is true", () => {
  const x = np.array(
      [
        [
          [
            [1, 0, 0],
            [0, 0, 0],
            [0, 0, 1],
          ],
        ],
      ],
      { dtype: "bool" },
    ),
    w = np.array(
      [
        [
          [
            [1, 0],
            [0, 0],
          ],
        ],
      ],
      { dtype: "bool" },
    );
  expect(lax.conv(x, w, [1, 1], "VALID").tolist()).toEqual([
    [
      [
        [true, false],
        [false, false],
      ],
    ],
  ]);
  const ones = (...s: number[]) => np.ones(s, { dtype: "bool" });
  expect(lax.conv(ones(1, 1, 3, 3), ones(1, 1, 2, 2), [1, 1], "VALID").tolist()).toEqual([
    [
      [
        [true, true],
        [true, true],
      ],
    ],
  ]);
});
test("optim.contrib.muon takes a single matrix", () => {
  const tx = optim.contrib.muon(0.1),
    p = np.array([
      [1, 2],
      [3, 4],
    ]);
  const [u] = tx.update(p.mul(0.1), tx.init(p), p);
  [0.06806608, -0.08255395, -0.07412957, -0.02594404].forEach((v, i) => expect(Math.abs((u.dataSync()[i] as number) - v)).toBeLessThan(1e-6));
});
