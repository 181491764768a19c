// Attack list, faults A, B and D of processes and limits: a hundred runs that are killed, cancelled or fail at any moment, hostile files, and a host that is
// spoken to in nonsense. Afterwards nothing is left, and the next run works.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dist, errorOf, reportOf, run, start } from "../unit/runs.ts";
import { randomFrom } from "./mutate.ts";

const HEAD = 'import { jit, numpy as np } from "jitlens";\nconst f = jit((x) => x.mul(2));\n',
  RUNS = Number(process.env.JITLENS_ATTACK_RUNS ?? 24);
const left = (): string[] => readdirSync(tmpdir()).filter((n) => n.startsWith(`jitlens-run-${process.pid}-`));

test("B4, B5, B6: runs that are cancelled at any moment are all answered, and leave nothing", async () => {
  const random = randomFrom(7),
    bodies = [
      "for (;;);",
      "f(np.ones([2]));",
      "await new Promise(() => setInterval(() => {}, 100));",
      "throw 1;",
      "process.kill(process.pid, 'SIGKILL');",
      "for (;;) console.log('x');",
    ];
  const kinds: string[] = [];
  for (let i = 0; i < RUNS; i += 4)
    kinds.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(4, RUNS - i) }, async (_x, k) => {
          const r = await start(`${HEAD}${bodies[(i + k) % bodies.length]}`);
          setTimeout(() => r.cancel(), random() * 2000);
          return (await r.result).kind;
        }),
      )),
    );
  expect(kinds.length).toBe(RUNS);
  expect(kinds.every((k) => /^(report|error|cancelled)$/.test(k))).toBe(true);
  expect(left()).toEqual([]);
  reportOf(await run(`${HEAD}f(np.ones([2]));`));
});
describe("hostile files are answered", () => {
  for (const [what, text] of [
    ["replaces what errors are made of", "Error.prepareStackTrace = () => { throw 1; }; globalThis.Error = class {}; throw new TypeError('x');"],
    ["replaces JSON and process", "JSON.stringify = () => { throw 1; }; process.exit = () => {}; process.kill = () => {}; f(np.ones([2]));"],
    ["has getters that throw", "throw Object.defineProperty(new Error('x'), 'stack', { get() { throw 1; } });"],
    ["throws a proxy", "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 1; } });"],
    ["throws null", "throw null;"],
    ["rejects for ever", "for (let i = 0; i < 1000; i++) Promise.reject(i);"],
    [
      "writes to every descriptor",
      "const fs = await import('node:fs'); for (let d = 3; d < 30; d++) try { fs.writeSync(d, 'nonsense\\n'); } catch {} f(np.ones([2]));",
    ],
    ["closes the channel", "const fs = await import('node:fs'); try { fs.closeSync(3); } catch {} throw 1;"],
    ["removes its listeners", "process.removeAllListeners(); throw new Error('x');"],
    ["recurses without end", "const g = () => g(); g();"],
    ["is one long line", `const s = "${"x".repeat(3e6)}"; f(np.ones([2]));`],
    ["is deeply nested", `const n = ${"[".repeat(500)}${"]".repeat(500)}; f(np.ones([2]));`],
  ] as const)
    test(what, async () => {
      const r = await start(`${HEAD}${text}`);
      const timer = setTimeout(() => r.cancel(), 20_000),
        { kind } = await r.result;
      clearTimeout(timer);
      expect(kind).toMatch(/^(report|error)$/);
      expect(left()).toEqual([]);
    });
  test("its text is only words", async () => {
    expect(errorOf(await run(`${HEAD}throw new Error("[x](command:y)");`))).toMatch(/\[x\]\(command:y\)/); // made harmless where it is shown
  });
});
describe("B14: a host that is spoken to in nonsense ends, at once", () => {
  for (const bytes of [
    "hello\n",
    "\u0000\u0001\u0002",
    "Content-Length: -5\r\n\r\nx",
    "Content-Length: NaN\r\n\r\nx",
    "Content-Length: 5\r\n\r\n{{{{{",
    "Content-Length: 99999999999999\r\n\r\n",
    "A".repeat(100_000),
  ])
    test(JSON.stringify(bytes.slice(0, 30)), async () => {
      const host = spawn(process.execPath, [join(dist, "host", "main.cjs")], { stdio: ["pipe", "pipe", "ignore"] }),
        ended = new Promise<number | null>((resolve) => host.on("exit", resolve));
      host.stdin.on("error", () => {});
      host.stdin.write(bytes);
      const late = new Promise<string>((resolve) => setTimeout(() => resolve("it did not end"), 15_000).unref());
      const code = await Promise.race([ended, late]);
      host.kill("SIGKILL");
      expect(code).toBe(1);
    });
});
