// Borders by slices give the elements that NumPy's rule says, however wide they are.
import { expect, test } from "vitest";
import { numpy as np } from "../index.ts";

const INDEX: Readonly<Record<string, (i: number, n: number) => number>> = {
  wrap: (i, n) => ((i % n) + n) % n,
  symmetric: (i, n) => {
    const m = ((i % (2 * n)) + 2 * n) % (2 * n);
    return m < n ? m : 2 * n - 1 - m;
  },
  reflect: (i, n) => {
    const m = n === 1 ? 0 : ((i % (2 * n - 2)) + 2 * n - 2) % (2 * n - 2);
    return m < n ? m : 2 * n - 2 - m;
  },
};
test.each(Object.entries(INDEX))("pad: %s", (mode, index) => {
  for (const n of [1, 2, 3, 5])
    for (const [lo, hi] of [
      [0, 0],
      [1, 0],
      [0, 2],
      [1, 1],
      [3, 4],
      [12, 31],
    ] as const) {
      const wanted = Array.from({ length: lo + n + hi }, (_v, i) => 10 * index(i - lo, n));
      expect(np.pad(np.arange(n).mul(10), [[lo, hi]], { mode }).tolist(), `${n} ${lo} ${hi}`).toEqual(wanted);
    }
});
