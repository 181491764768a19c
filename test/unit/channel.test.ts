// Reports larger than what the pipe between runner and host holds: they arrive whole, also when the runner's loop never turns again.
import { expect, test } from "vitest";
import { parseReport } from "../../src/engine/report/read.ts";
import { head, reportOf, start } from "./runs.ts";

const BLOCKS = 90;
const lines = Array.from({ length: BLOCKS }, (_v, i) => `  const a${i} = np.tanh(h.matmul(w)); h = np.sin(a${i}.add(x));`);
const TEXT = `${head}export const big = jit((x: Value, w: Value) => {\n  let h = x;\n${lines.join("\n")}\n  return h;\n});\nbig(np.ones([4, 4]), np.ones([4, 4]));\n`;

test("a large report that is followed by another one", async () => {
  const sizes: number[] = [];
  const run = await start(TEXT, { mode: "profile", collect: { calls: 1, seconds: 0 }, partial: (r) => void sizes.push(JSON.stringify(r).length) });
  const report = reportOf(await run.result);
  expect(sizes.length).toBe(2);
  expect(Math.min(...sizes)).toBeGreaterThan(250_000);
  expect(report.programs[0]!.kernels!.length).toBe(BLOCKS);
  expect(report.timing).toBeDefined();
});
test("measuring waits until the picture is seen, and says nothing meanwhile", async () => {
  const measured: boolean[] = [];
  let early = (): void => {};
  const pictured = new Promise<void>((resolve) => (early = resolve));
  const run = await start(`${head}export const f = jit((x: Value) => np.tanh(x));\nf(np.ones([4]));\n`, {
    mode: "profile",
    picture: 600_000,
    partial(r) {
      measured.push(parseReport(r).timing !== undefined);
      early();
    },
  });
  await pictured;
  // Longer than such a function is measured.
  await new Promise((r) => setTimeout(r, 3000));
  expect(measured).toEqual([false]);
  run.seen();
  expect(reportOf(await run.result).timing).toBeDefined();
  expect(measured).toEqual([false, true]);
});
