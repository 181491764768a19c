// Sizes of buffers, budgets and what is said when they are used up; the line to the GPU writes down what it is told.
import { expect, test } from "vitest";
import type { Command } from "./messages.ts";
import { Pool, roundedSize } from "./pool.ts";

const MiB = 2 ** 20;
function poolOf(budget: number): { pool: Pool; sent: Command[] } {
  const sent: Command[] = [];
  const limits = { maxBufferSize: 64 * MiB, maxStorageBufferBindingSize: 32 * MiB };
  const adapter = { name: "a card", vendor: "", architecture: "", features: [], limits };
  return { pool: new Pool({ send: (m: Command) => void sent.push(m), adapter }, budget), sent };
}
test("sizes go up in eighths, so that a buffer serves arrays of about its size", () => {
  expect([0, 1, 256, 257, 2048, 2049, 3 * MiB, 3 * MiB + 1].map(roundedSize)).toEqual([256, 256, 256, 512, 2048, 2304, 3 * MiB, 3 * MiB + MiB / 4]);
});
test("a buffer that was given back is taken again, and counted once", () => {
  const { pool, sent } = poolOf(100 * MiB);
  const a = pool.take(1000, () => "an array");
  pool.give(a);
  expect(pool.take(1020, () => "an array")).toBe(a);
  expect(sent).toEqual([{ kind: "buffer", buffer: 0, bytes: 1024 }]);
  expect([pool.inUse, pool.peak, pool.live]).toEqual([1024, 1024, 1]);
});
test("what does not fit is refused before it is made, with the numbers", () => {
  const { pool, sent } = poolOf(40 * MiB);
  pool.take(20 * MiB, () => "an array");
  expect(() => pool.take(30 * MiB, () => "a result f32[7864320]")).toThrow(
    /out of memory: a result f32\[7864320\] takes 30\.0 MiB, which does not fit: 20\.0 MiB of the GPU's 40\.0 MiB are in use/,
  );
  expect(() => pool.take(33 * MiB, () => "an array")).toThrow(/a buffer of a card has at most 32\.0 MiB/);
  expect(() => pool.take(-1, () => "an array")).toThrow(RangeError);
  expect(sent).toHaveLength(1);
});
test("kept buffers make room for others", () => {
  const { pool, sent } = poolOf(40 * MiB);
  pool.give(pool.take(30 * MiB, () => "an array"));
  pool.take(20 * MiB, () => "an array");
  expect(sent.map((m) => m.kind)).toEqual(["buffer", "drop", "buffer"]);
});
