// Values of a run: looked at after its times are shown, in the person's own runner, and the first NaN told of at its line.
import { afterAll, expect, test } from "vitest";
import { parseReport } from "../../src/engine/report/read.ts";
import type { Report } from "../../src/engine/report/types.ts";
import { type Started, head, reportOf, start } from "./runs.ts";

const open: Started[] = [];
afterAll(() => open.forEach((s) => s.close()));
const TEXT = `${head}export const loss = jit((x: Value, w: Value) => {
  const h = x.matmul(w);
  const shifted = h.sub(0.3);
  const y = np.log(shifted);
  return y.mean();
});
loss(np.linspace(0, 1, 12).reshape([3, 4]), np.ones([4, 2]).mul(0.2));
`;
async function run(values: { seconds: number } | undefined): Promise<{ readonly report: Report; readonly partials: Report[] }> {
  const partials: Report[] = [];
  const s = await start(TEXT, {
    mode: "profile",
    collect: { calls: 100, seconds: 0 },
    partial: (r) => partials.push(parseReport(r)),
    ...(values ? { values } : {}),
  });
  open.push(s);
  return { report: reportOf(await s.result), partials };
}
test("the times are shown first; the values, and where the first NaN comes from, follow", async () => {
  const { report, partials } = await run({ seconds: 30 });
  expect(partials.map((r) => [r.timing !== undefined, r.values !== undefined])).toEqual([
    [false, false],
    [true, false],
    [true, true],
  ]);
  const nodes = new Map(report.programs[0]!.levels[0]!.regions.flatMap((r) => r.nodes.map((n) => [n.id, n] as const)));
  const log = report.values!.of.find((v) => nodes.get(v.node)?.op === "log")!;
  expect(log).toMatchObject({ elements: 6, nan: 2, inf: 0 });
  expect(log.max).toBeCloseTo(Math.log(0.690909 - 0.3), 3);
  const [warning] = report.warnings;
  expect(warning!.kind).toBe("nan");
  expect(warning!.message).toContain("log of a negative number: shifted has min -0.1909");
  const frame = report.frames[report.stacks[warning!.stack!]![0]!]!;
  expect([report.files[frame.file]!.path.split("/").at(-1), frame.line]).toEqual([
    "file.ts",
    TEXT.split("\n").findIndex((l) => l.includes("np.log")) + 1,
  ]);
  expect(report.values!.cut).toBe(undefined);
});
test("no time for them: the profile is as it was", async () => {
  const { report } = await run({ seconds: 0 });
  expect(report.values).toBe(undefined);
  expect(report.timing).not.toBe(undefined);
});
