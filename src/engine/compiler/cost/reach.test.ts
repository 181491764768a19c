// Memory's costs between the distances at which they were measured.
import { expect, test } from "vitest";
import { type Reach, besideNs, reachAt } from "./reach.ts";

const POINTS: readonly Reach[] = [
  { bytes: 1024, read: 1, written: 2, code: 4 },
  { bytes: 4096, read: 3, written: 4, code: 4 },
];
test("between two distances by their logarithms, beyond the last no more, near ones nothing", () => {
  expect(reachAt(POINTS, 2048)).toEqual({ read: 2, written: 3, code: 4 });
  expect(reachAt(POINTS, 1024)).toMatchObject({ read: 1, written: 2 });
  expect(reachAt(POINTS, Infinity)).toMatchObject({ read: 3, written: 4 });
  expect(reachAt(POINTS, 512)).toMatchObject({ read: 0, written: 0, code: 0 });
  expect(reachAt(POINTS, 0)).toMatchObject({ read: 0 });
  const near = reachAt(POINTS, 724).read;
  expect(near).toBeGreaterThan(0.4);
  expect(near).toBeLessThan(0.6);
  expect(reachAt([], 4096)).toMatchObject({ read: 0, written: 0, code: 0 });
});
test("what is farther away never costs less where the points rise", () => {
  let last = 0;
  for (let since = 1; since < 2 ** 14; since *= 1.3) {
    const { read } = reachAt(POINTS, since);
    expect(read).toBeGreaterThanOrEqual(last);
    last = read;
  }
});
test("reading beside writing takes less than both one after the other, and no less than the longer", () => {
  expect(besideNs(10, 0)).toBe(10);
  expect(besideNs(4, 10)).toBe(12);
  expect(besideNs(10, 10)).toBe(15);
});
