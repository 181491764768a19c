// What memory costs, from times: what is not seen beside the instructions is nothing, and what is farther away costs no less.
import { expect, test } from "vitest";
import { type Passes, reachOf } from "./memoryReach.ts";

const passes = (bytes: number, read: number, written: number, small: number): Passes => ({
  bytes,
  read: { ns: read, work: bytes / 60 },
  written: { ns: written, work: bytes / 60 },
  small: { ns: small, instructions: 100 },
});
test("bytes read, bytes written and instructions by distance", () => {
  const reach = reachOf([passes(1000, 17, 17, 50), passes(6000, 100, 100, 60), passes(60_000, 1200, 1000, 150), passes(600_000, 40_000, 48_000, 250)]);
  expect(reach.map((r) => r.bytes)).toEqual([6000, 60_000, 600_000]);
  // Hidden behind the instructions.
  expect(reach[0]).toMatchObject({ read: 0, written: 0 });
  expect(reach[0]!.code).toBeCloseTo(0.1, 9);
  expect(reach[1]!.read).toBeCloseTo(0.02, 9);
  expect(reach[1]!.code).toBeCloseTo(1, 9);
  expect(reach[2]!.read).toBeCloseTo(40 / 600, 9);
  expect(reach[2]!.written).toBeCloseTo(0.08, 9);
});
test("a time that was disturbed is no more than that of what is farther away", () => {
  const reach = reachOf([passes(1000, 17, 17, 50), passes(60_000, 30_000, 30_000, 950), passes(600_000, 12_000, 18_000, 250)]);
  expect(reach[0]).toEqual({ ...reach[1], bytes: 60_000 });
  expect(reach[1]!.read).toBeCloseTo(0.02, 9);
  expect(reach[1]!.code).toBeCloseTo(2, 9);
  // Nor does the clock's own wavering give anything back.
  expect(reachOf([passes(1000, 17, 17, 50), passes(60_000, 3000, 3000, 40)])[0]!.code).toBe(0);
});
