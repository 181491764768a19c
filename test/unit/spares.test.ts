// A runner that is started ahead: it is used by the next run, holds nothing of the user's, and ends with the host and when nobody needs it.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, expect, test } from "vitest";
import { HostClient } from "../../src/extension/host.ts";
import { nodeSource } from "../../src/host/sources/node.ts";
import { Spares } from "../../src/host/spares.ts";
import { dist, head, reportOf, start } from "./runs.ts";

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};
async function gone(pid: number): Promise<boolean> {
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((r) => setTimeout(r, 50))) if (!isAlive(pid)) return true;
  return false;
}
const node = { nodePath: process.execPath, electron: false, languageId: "typescript" };
const command = nodeSource.prepare!(dist, node);
const TEXT = `${head}console.log(process.pid, process.cwd());\nexport const f = jit((x: Value) => x.mul(2));\nf(np.ones([3]));\n`;
let spares = new Spares();
afterEach(() => spares.end());

test("the next run takes it, in its own folder; the one after starts another", async () => {
  spares = new Spares();
  spares.prepare(command);
  const { pid } = spares;
  spares.prepare(command);
  expect(spares.pid).toBe(pid);
  const printed: string[] = [];
  const output = (t: string): void => void printed.push(t);
  const first = await start(TEXT, { output, spares });
  expect(reportOf(await first.result).function.name).toBe("f");
  const folder = first.file.replace(/[\\/][^\\/]*$/, "");
  expect(printed.join("")).toBe(`${pid} ${folder}\n`);
  expect(await gone(pid!)).toBe(true);
  const second = await start(TEXT, { output, spares });
  expect(reportOf(await second.result).function.name).toBe("f");
  expect(printed.join("")).not.toBe(`${pid} ${folder}\n${pid} ${folder}\n`);
});
test("another Node is another spare, and one that has ended is not given", async () => {
  spares = new Spares();
  spares.prepare(command);
  const first = spares.pid!;
  expect(spares.take({ ...command, command: "other" })).toBe(null);
  spares.prepare(nodeSource.prepare!(dist, { ...node, nodePath: "no-such-program" }));
  expect(await gone(first)).toBe(true);
  await new Promise((r) => setTimeout(r, 200));
  expect(spares.take({ ...command, command: "no-such-program" })).toBe(null);
});
test("it ends when nobody needs it", async () => {
  spares = new Spares(300);
  spares.prepare(command);
  expect(await gone(spares.pid!)).toBe(true);
  expect(spares.pid).toBe(undefined);
});
test.skipIf(process.platform !== "linux")("it ends when its host is killed", async () => {
  const client = new HostClient(dirname(dist), { info() {}, warn() {}, error() {} });
  await client.prepare(node);
  const host = client.pid!;
  const children = (): number[] => readFileSync(`/proc/${host}/task/${host}/children`, "utf8").split(" ").map(Number).filter(Boolean);
  for (const end = Date.now() + 10_000; Date.now() < end && !children().length;) await new Promise((r) => setTimeout(r, 50));
  const [pid] = children();
  expect(isAlive(pid!)).toBe(true);
  process.kill(host, "SIGKILL");
  expect(await gone(pid!)).toBe(true);
  client.dispose();
});
test("a profile is shown before it is measured, and stays the same report", async () => {
  const seen: { id: string; timing?: unknown }[] = [];
  const run = await start(TEXT, { mode: "profile", partial: (r) => void seen.push(r as { id: string }) });
  const last = reportOf(await run.result);
  expect(seen.map((r) => r.timing !== undefined)).toEqual([false, true]);
  expect(new Set([...seen, last].map((r) => r.id)).size).toBe(1);
});
