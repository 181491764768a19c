// Faults B3–B12 of processes and limits, C9 and C14 of the editor: what runs ends, with its children and its folders; nothing is lost; errors are the user's own.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sweepRunFolders } from "../../src/host/folders.ts";
import { FrameCheck } from "../../src/host/frames.ts";
import { LineReader } from "../../src/host/lines.ts";
import { OutputLimit } from "../../src/host/outputLimit.ts";
import { dist, errorOf, reportOf, run, scratch, start } from "./runs.ts";

const HEAD = 'import { jit, numpy as np } from "jitlens";\n',
  CALLED = `${HEAD}const f = jit((x) => x.mul(2));\n`;
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie has ended.
    return process.platform !== "linux" || !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};
async function until(what: string, get: () => boolean, milliseconds = 10_000): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await new Promise((r) => setTimeout(r, 30))) if (get()) return;
  throw new Error(`${what} did not happen within ${milliseconds} ms`);
}
const runFolders = (): string[] => readdirSync(tmpdir()).filter((f) => f.startsWith(`jitlens-run-${process.pid}-`));
const pidsIn = (file: string): number[] => (existsSync(file) ? readFileSync(file, "utf8").split("\n").map(Number).filter(Boolean) : []);
/** Writes the pids of the runner and of children of three kinds: plain, detached, and a child's child. */
const family = (pids: string): string =>
  `import { spawn } from "node:child_process"; import { appendFileSync } from "node:fs";
const note = (p) => appendFileSync(${JSON.stringify(pids)}, p + "\\n"), idle = "setInterval(() => {}, 1000)";
note(process.pid); note(spawn(process.execPath, ["-e", idle]).pid); note(spawn(process.execPath, ["-e", idle], { detached: true, stdio: "ignore" }).pid);
spawn("sh", ["-c", "sleep 1000 & echo $! >> " + ${JSON.stringify(JSON.stringify(pids))} + "; wait"]);
await new Promise((r) => setTimeout(r, 300));\n`;

describe.skipIf(process.platform === "win32")("B5, B6: nothing of a run outlives it", () => {
  const ends: readonly [string, string, string][] = [
    ["a report", "f(np.ones([2]));", "report"],
    ["an error", "throw new Error('no');", "error"],
    ["process.exit", "process.exit(1);", "error"],
    ["a crash", "process.abort();", "error"],
    ["its own SIGKILL", "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});", "error"],
  ];
  for (const [what, text, kind] of ends)
    test(what, async () => {
      const pids = join(scratch, `pids-${what.replace(/\W/g, "")}`),
        r = await run(`${family(pids)}${CALLED}${text}`);
      expect(r.kind).toBe(kind);
      expect(pidsIn(pids).length).toBe(4);
      await until("the end of all", () => !pidsIn(pids).some(isAlive));
      expect(runFolders()).toEqual([]);
    });
  test("cancelling an endless loop", async () => {
    const pids = join(scratch, "pids-cancel"),
      r = await start(`${family(pids)}${CALLED}for (;;);`);
    await until("the loop", () => pidsIn(pids).length === 4);
    await new Promise((resolve) => setTimeout(resolve, 500));
    r.cancel();
    expect((await r.result).kind).toBe("cancelled");
    await until("the end of all", () => !pidsIn(pids).some(isAlive));
    expect(runFolders()).toEqual([]);
  });
});
/** A host process that is asked to run a file, as the extension does it. */
function host(text: string, file: string): ChildProcess {
  writeFileSync(file, text);
  const child = spawn(process.execPath, [join(dist, "host", "main.cjs")], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    }),
    range = { line: 1, column: 10, endLine: 1, endColumn: 29 },
    params = {
      id: "r",
      file,
      text,
      languageId: "typescript",
      mode: "trace",
      nodePath: process.execPath,
      electron: false,
      site: { name: "f", ...range, kind: "call", callee: { ...range, endColumn: 13 }, within: null, inner: [], className: null, traceTag: null },
      args: null,
    },
    body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "jitlens/run", params });
  child.stdin!.on("error", () => {});
  child.stdin!.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  return child;
}
describe.skipIf(process.platform === "win32")("B4: everything ends with the host, also in an endless loop", () => {
  for (const [what, end] of [
    ["SIGTERM", (h: ChildProcess) => void h.kill("SIGTERM")],
    ["SIGINT", (h: ChildProcess) => void h.kill("SIGINT")],
    ["SIGHUP", (h: ChildProcess) => void h.kill("SIGHUP")],
    ["SIGKILL", (h: ChildProcess) => void h.kill("SIGKILL")],
    ["the end of its input", (h: ChildProcess) => void h.stdin!.end()],
    ["nonsense on its input", (h: ChildProcess) => void h.stdin!.write("GET / HTTP/1.1\r\n\r\n")],
  ] as const)
    test(what, async () => {
      const pids = join(scratch, `pids-host-${what.replace(/\W/g, "")}`),
        h = host(`${CALLED}${family(pids)}for (;;);`, join(scratch, `${what.replace(/\W/g, "")}.ts`));
      await until("the loop", () => pidsIn(pids).length === 4, 30_000);
      const folder = (): string[] => readdirSync(tmpdir()).filter((f) => f.startsWith(`jitlens-run-${h.pid}-`));
      expect(folder().length).toBe(1);
      end(h);
      await until("the end of all", () => !isAlive(h.pid!) && !pidsIn(pids).some(isAlive));
      expect(folder()).toEqual([]);
    });
});
test("B6: folders of hosts that were killed are swept up, those of living ones and new ones stay", () => {
  const at = (name: string, hours: number): string => {
    const path = join(tmpdir(), name),
      when = Date.now() / 1000 - 3600 * hours;
    mkdirSync(path, { recursive: true });
    utimesSync(path, when, when);
    return path;
  };
  const gone = at("jitlens-run-999999999-old", 3),
    fresh = at("jitlens-run-999999999-new", 0),
    living = at(`jitlens-run-${process.ppid}-old`, 3);
  sweepRunFolders();
  expect([gone, fresh, living].map((p) => existsSync(p))).toEqual([false, true, true]);
  sweepRunFolders(Date.now() + 7_200_000);
  expect(existsSync(fresh)).toBe(false);
  sweepRunFolders();
});
describe("B9: nothing that is printed is lost", () => {
  for (const [what, text, bytes] of [
    ["50 MB at once", 'console.log("x".repeat(5e7));', 5e7 + 1],
    ["200,000 lines", "for (let i = 0; i < 200000; i++) console.log('line');", 200_000 * 5],
    ["the last words before process.exit", "console.log('y'.repeat(300000)); process.exit(3);", 300_001],
  ] as const)
    test(what, async () => {
      let got = 0;
      await run(`${CALLED}${text}\nf(np.ones([2]));`, { output: (t) => void (got += t.length) });
      expect(got).toBeGreaterThanOrEqual(bytes);
    });
  test("a file that prints for ever waits for its reader", async () => {
    let got = 0;
    const r = await start(`${CALLED}for (;;) console.log("x".repeat(1000));`, {
      output: (t) => {
        got += t.length;
        return new Promise((resolve) => setTimeout(resolve, 100));
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    r.cancel();
    await r.result;
    expect(got).toBeGreaterThan(1000);
    expect(got).toBeLessThan(2e7);
  });
  test("the log gets the beginning and the end", () => {
    let text = "";
    const o = new OutputLimit((t) => void (text += t), 100, 20);
    o.push("a".repeat(90));
    o.push("b".repeat(1000));
    o.push("the end");
    o.end();
    expect(text).toMatch(/^a{90}b{10}\n… .*\n… 977 characters are left out …\nb{13}the end$/s);
  });
});
describe("B10: where and how the file runs", () => {
  test("in its folder, or in the one that is named", async () => {
    const text = `${CALLED}console.log("cwd=" + process.cwd());\nf(np.ones([2]));`,
      cwdOf = async (cwd?: string): Promise<string> => {
        let out = "";
        const r = await start(text, { output: (t) => void (out += t), ...(cwd ? { cwd } : {}) });
        await r.result;
        return /cwd=(.*)/.exec(out)![1]!;
      };
    expect(await cwdOf()).toMatch(/jitlens-tests-/);
    expect(await cwdOf(tmpdir())).toBe(tmpdir());
  });
  test("without the editor's own variables", async () => {
    let out = "";
    process.env.ELECTRON_RUN_AS_NODE = "1";
    process.env.VSCODE_IPC_HOOK = "x";
    try {
      await run(`${CALLED}console.log("own=" + Object.keys(process.env).filter((k) => /^(ELECTRON|VSCODE)/.test(k)));\nf(np.ones([2]));`, {
        output: (t) => void (out += t),
      });
    } finally {
      delete process.env.ELECTRON_RUN_AS_NODE;
      delete process.env.VSCODE_IPC_HOOK;
    }
    expect(out).toMatch(/own=\n/);
  });
  test("an await at the top level that never settles", async () =>
    expect(errorOf(await run(`${CALLED}await null;\nconst y =\n  await new Promise(() => {});\nf(np.ones([2]));`))).toMatch(
      /^5: this await never settles.*a promise that nobody resolves/s,
    ));
});
describe("B3, B7: errors are the user's own", () => {
  test("no frame of ours in a report, an error or what is printed", async () => {
    let out = "";
    const r = await run(`${CALLED}console.log(new Error("mine").stack);\nfunction later() { return f(np.ones([2])); }\nlater();`, {
      output: (t) => void (out += t),
      mode: "profile",
    });
    reportOf(r);
    for (const text of [JSON.stringify(r), out]) expect(text).not.toMatch(/runner\.mjs|program\.mjs|dist\/engine|node:internal|jitlens-run-/);
    expect(out).toMatch(/file\.ts:3:\d+/);
  });
  for (const [what, text, want] of [
    ["a function that returns a function", "const f = jit((x) => () => x);\n\nf(np.ones([1]));", /^4: .*function/],
    ["a string argument", "const f = jit((x) => x);\n\nf('text');", /^4: .*string "text".*(array or a number|static)/s],
    ["an argument that is missing", "const f = jit((x) =>\n x.mul(2));\nf(undefined);", /^3: .*Pass every argument/s],
    ["an error that is no Error", "const f = jit((x) => x);\nthrow { code: 5 };", /^2: .*code: 5/],
    [
      "an error that cannot be shown",
      "const f = jit((x) => x);\nthrow { [Symbol.for('nodejs.util.inspect.custom')]() { throw 1; } };",
      /cannot be shown/,
    ],
  ] as const)
    test(what, async () => expect(errorOf(await run(`${HEAD}${text}`))).toMatch(want));
  for (const [what, expression] of [
    ["a million letters", '"a".repeat(1e6)'],
    ["50 MB", '"a".repeat(5e7)'],
    ["100,000 lines", '"\\n".repeat(1e5)'],
    ["100,000 lines like those of a stack", '"\\n    at x (y:1:".repeat(1e5)'],
    ["brackets", '"(".repeat(1e6)'],
  ] as const)
    test(`an error text of ${what}`, async () => {
      const from = performance.now(),
        r = await run(`${CALLED}throw new Error(${expression});`);
      expect(errorOf(r).length).toBeLessThan(21_000);
      expect(r.kind === "error" && r.line).toBe(3);
      expect(performance.now() - from).toBeLessThan(10_000);
    });
});
describe("B8: the run goes on, and ends when it should", () => {
  test("why it is traced again: every signature until the file's end", async () => {
    const partial: unknown[] = [],
      r = reportOf(
        await run(`${CALLED}f(np.ones([2]));\nf(np.ones([3]));\nf(np.ones([3]));\nf(2.5);\nconsole.log("end");`, {
          partial: (p) => void partial.push(p),
        }),
      );
    expect(partial.length).toBe(1);
    expect(r.compilations.map((c) => [r.frames[r.stacks[c.call!]![0]!]?.line, c.causes.length > 0])).toEqual([
      [3, true],
      [4, true],
      [6, true],
    ]);
    expect(r.programs[0]!.arguments[0]!.type).toBe("f32[2]");
  });
  test("the user's catch and finally hold nothing up", async () => {
    const r = await run(
      `${CALLED}try { f(np.ones([2])); } catch { console.log("caught"); } finally { f(np.ones([4])); }\nprocess.on("exit", () => { for (;;); });`,
    );
    expect(reportOf(r).compilations.length).toBe(2);
  });
  for (const [what, text] of [
    ["calls for ever", "for (let n = 1; ; n++) f(np.ones([(n % 3) + 1]));"],
    ["computes for ever", "f(np.ones([2])); for (;;);"],
    ["waits for ever", "f(np.ones([2])); setInterval(() => {}, 1000);"],
    ["fails after the call", "f(np.ones([2]));\nthrow new Error('later');"],
    ["exits after the call", "f(np.ones([2])); process.exit(7);"],
  ] as const)
    test(`a file that ${what} still yields its report`, async () => {
      const r = reportOf(await run(`${CALLED}${text}`, { collect: { calls: 1e9, seconds: 1 } }));
      expect(r.programs[0]!.arguments[0]!.type).toMatch(/f32\[[12]\]/);
      if (what.startsWith("fails")) expect(r.warnings.map((w) => w.message).join()).toMatch(/ended with an error: later/);
    });
  test("a report stands when the run is cancelled after it", async () => {
    let cancel = (): void => {};
    const r = await start(`${CALLED}f(np.ones([2])); for (;;);`, { partial: () => cancel() });
    cancel = () => r.cancel();
    reportOf(await r.result);
  });
  test("B12: the number and size of argument types", async () => {
    expect(errorOf(await run(`${HEAD}/** @trace f32[2], f32[2], f32[2] */\nexport const f = jit((x) => x.mul(2));`))).toMatch(
      /^3: 3 argument types for f\(x\), which takes 1/,
    );
    expect(errorOf(await run(`${HEAD}/** @trace f32[26843545600] */\nexport const f = jit((x) => x.mul(2));`, { mode: "profile" }))).toMatch(
      /^3: .*100\.0 GiB.*4 GiB/,
    );
    expect((await run(`${HEAD}/** @trace f32[2], f32[2] */\nexport const f = jit((x, y = 1) => x.mul(y));`)).kind).toBe("report");
    expect((await run(`${HEAD}/** @trace f32[2], f32[2] */\nexport const f = jit((...xs) => xs[0].mul(xs[1]));`)).kind).toBe("report");
  });
  test("C11: a file that waits is spoken of", async () => {
    const said: string[] = [],
      r = await start(`${CALLED}setInterval(() => {}, 1000);`, { progress: (m) => said.push(m) });
    await until("the hint", () => said.some((m) => /f was not called yet.*server/.test(m)), 20_000);
    r.cancel();
    expect((await r.result).kind).toBe("cancelled");
  });
});
describe("user code cannot speak on the channel", () => {
  test("lines without the token do not count", async () => {
    const forged = '{"kind":"error","message":"forged","file":null,"line":null,"column":null,"action":""}';
    const r = await run(`import { writeSync } from "node:fs";\n${CALLED}writeSync(3, '${forged}\\n{{{\\n\\n');\nf(np.ones([2]));`);
    reportOf(r);
  });
  test("pieces become lines", () => {
    const got: unknown[] = [];
    let long = 0;
    const r = new LineReader(
      "t",
      (m) => got.push(m),
      () => long++,
      1000,
    );
    const text = Buffer.from('{"token":"t","a":"ü"}\nnonsense\n{"token":"x"}\nnull\n{"token":"t","b":2}\n');
    for (const b of text) r.push(Buffer.from([b]));
    expect(got).toEqual([
      { token: "t", a: "ü" },
      { token: "t", b: 2 },
    ]);
    r.push(Buffer.alloc(2000));
    r.push(Buffer.from("\n"));
    expect(long).toBe(1);
  });
});
describe("B14: nonsense on the host's pipe", () => {
  const check = (...pieces: string[]): string | null => {
    const f = new FrameCheck();
    return pieces.map((p) => f.push(Buffer.from(p))).find((w) => w !== null) ?? null;
  };
  test("right framing passes, in any pieces", () => {
    const good = "Content-Length: 2\r\n\r\n{}Content-Type: x\r\nContent-Length: 4\r\n\r\nnull";
    expect(check(good, good)).toBeNull();
    expect(check(...[...good])).toBeNull();
  });
  for (const bad of [
    "hello",
    "\0\0\0",
    "Content-Length: -5\r\n\r\n",
    "Content-Length: NaN\r\n\r\n",
    "Content-Length: 0\r\n\r\n",
    "Content-Length: 999999999999\r\n\r\n",
    "Content-Type: x\r\n\r\n",
    `Content-Length: 2${" ".repeat(9000)}`,
    "Content-Length: 2\r\n\r\n{}garbage",
  ])
    test(JSON.stringify(bad.slice(0, 40)), () => expect(check(bad)).not.toBeNull());
});
