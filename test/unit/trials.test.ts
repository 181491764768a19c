// Advice in a real runner: how far the trying is comes while it goes on, it can be ended, and a Report says that remedies were looked for.
import { describe, expect, test } from "vitest";
import type { TrialsNow } from "../../src/host/protocol.ts";
import { head, reportOf, start } from "./runs.ts";

const powers = `${head}const f = jit((x: Value) => np.sum(np.power(x, 6.5)));\nf(np.ones([400, 400]));\n`;
const plain = `${head}const f = jit((x: Value) => x.mul(2));\nf(np.ones([8]));\n`;
const long = { timeout: 120_000 };

describe("remedies are tried in the runner", long, () => {
  test("how many there are, how many are done, and what is tried comes with the progress; the result has what was found", async () => {
    const seen: TrialsNow[] = [];
    const run = await start(powers, { mode: "profile", advice: 60, progress: (_m, trials) => trials && seen.push(trials) });
    const report = reportOf(await run.result);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen[0]).toMatchObject({ done: 0, total: seen.length });
    expect(seen).toContainEqual(expect.objectContaining({ rule: "power by multiplications", line: 2 }));
    expect([...(report.insights ?? []), ...(report.tried ?? [])].map((i) => i.rule)).toContain("power by multiplications");
  });
  test("where there was nothing to try the list is empty, not absent; without advice it is absent", async () => {
    expect(reportOf(await (await start(plain, { mode: "profile", advice: 60 })).result).insights).toEqual([]);
    expect(reportOf(await (await start(plain, { mode: "profile" })).result).insights).toBeUndefined();
  });
  test("the trying is ended from outside: the run has its result all the same, and goes on following edits", async () => {
    let began = (): void => {};
    const trying = new Promise<void>((resolve) => (began = resolve));
    const run = await start(powers, { mode: "profile", live: true, advice: 600, progress: (_m, trials) => trials && began() });
    await trying;
    run.stopTrials();
    const report = reportOf(await run.result);
    expect(report.timing).toBeDefined();
    expect(run.isWarm).toBe(true);
    run.close();
  });
});
