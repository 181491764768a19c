// A file is run once, and then edited: the function at the cursor is traced again in the state that the run left.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { HostClient } from "../../src/extension/host.ts";
import { WarmRunners } from "../../src/host/live/warm.ts";
import type { RunParams } from "../../src/host/protocol.ts";
import { type ActiveRun, endAllRuns } from "../../src/host/run.ts";

import { Session, closeSessions, failure, hints } from "./liveSession.ts";
import { type RunOptions, dist, reportOf, scratch, start } from "./runs.ts";

const HEAD = 'import { grad, jit, lax, numpy as np, vmap, type Value } from "jitlens";\n';
afterAll(closeSessions);
const live = (body: string, o: RunOptions = {}): Promise<Session> => Session.start(HEAD + body, o);

const BODY = `const scale = 2;
function layer(x: Value, w: Value): Value {
  const h = x.matmul(w);
  return np.tanh(h).mul(scale);
}
export const f = jit((x: Value, w: Value): Value => {
  const y = layer(x, w);
  return y.sum({ axis: 0 });
});
const g = jit((x: Value) => x.add(1));
let count = 0;
for (let i = 0; i < 3; i++) count += Number(f(np.ones([4, 8]), np.ones([8, 16])).sum());
g(np.ones([3]));
`;
describe("edits", () => {
  test("parameters that hide a variable of the file are called what the person calls them", async () => {
    const s = await live("const f = jit((x: Value, w: Value) => x.add(w));\nconst x = np.ones([3]);\nlet w = np.ones([3]);\nw = f(x, w);\n");
    expect(hints(await s.ask("const f"))).toMatchObject({ "x@2": "f32[3]", "w@2": "f32[3]" });
    const edited = hints(await s.edit("x.add(w)", "x.add(w).mul(2)"));
    expect(edited).toMatchObject({ "x@2": "f32[3]", "w@2": "f32[3]" });
    expect(Object.keys(edited)).toHaveLength(2);
  });
  test("a body, a callee, a constant, undo, a rename, a new function; lines move", async () => {
    const s = await live(BODY);
    const first = await s.ask("const y");
    expect(hints(first)).toEqual({
      "x@7": "f32[4,8]",
      "w@7": "f32[8,16]",
      "y@8": "f32[4,16]",
      "x@3": "f32[4,8]",
      "w@3": "f32[8,16]",
      "h@4": "f32[4,16]",
    });
    const report = await s.report();
    expect(report.function.name).toBe("f");
    expect(report.timing).toBe(undefined);
    // In the body of the function.
    expect(hints(await s.edit("const y = layer(x, w);", "const y = layer(x, w).T;"))).toMatchObject({ "y@8": "f32[16,4]" });
    // In what it calls, with the cursor there: the function that was traced last is.
    const callee = await s.edit("const h = x.matmul(w);", "const h = np.sin(x).matmul(w);");
    expect(callee).toMatchObject({ kind: "traced", function: "f" });
    expect((await s.report()).programs[0]!.levels[0]!.text!.text).toMatch(/sin/);
    // Lines above: what was not compiled anew has moved.
    expect(hints(await s.edit("const scale", "// one\n// two\nconst scale", "const y"))).toMatchObject({ "y@10": "f32[16,4]", "h@6": "f32[4,16]" });
    // A constant.
    await s.edit("const scale = 2", "const scale = np.ones([4, 1])", "const y");
    expect((await s.ask("const y")).kind).toBe("traced");
    expect(await s.edit("const scale = np.ones([4, 1])", "const scale = np.ones([3, 1])", "const y")).toMatchObject({
      kind: "failed",
      name: "ShapeError",
    });
    // Undo gives the old picture.
    await s.edit("const scale = np.ones([3, 1])", "const scale = 2", "const y");
    await s.edit("np.sin(x).matmul", "x.matmul");
    expect(hints(await s.edit("layer(x, w).T", "layer(x, w)"))).toMatchObject({ "y@10": "f32[4,16]" });
    // A function that was not there, and a name of the engine's that the file did not use.
    const added = await s.edit(
      "export const f",
      "function half(x: Value): Value {\n  const z = lax.mul(x, np.array(0.5));\n  return z;\n}\nexport const f",
    );
    expect(added.kind).toBe("traced");
    expect(hints(await s.edit("const y = layer(x, w)", "const y = half(layer(x, w))"))).toMatchObject({ "y@14": "f32[4,16]", "z@10": "f32[4,16]" });
    // Another function at the cursor.
    expect(await s.ask("const g")).toMatchObject({ kind: "traced", function: "g", hints: [{ name: "x", types: ["f32[3]"] }] });
    // A rename of both.
    await s.edit("const g = jit", "const k = jit", "const y");
    expect(await s.ask("const y")).toMatchObject({ kind: "traced", function: "f" });
  });
  test("an error stands on the expression's place, and goes when it is mended; an unfinished line keeps the picture", async () => {
    const s = await live(BODY);
    const wrong = await s.edit("x.matmul(w)", "w.matmul(x)", "const y");
    expect(failure(wrong)).toBe("ShapeError 4:15");
    expect((await s.edit("w.matmul(x)", "w.matmul(", "const y")).kind).toBe("unreadable");
    expect((await s.edit("w.matmul(", "x.matmul(w)", "const y")).kind).toBe("traced");
    expect(failure(await s.edit("{ axis: 0 }", "{ axis: 3 }"))).toMatch(/9:12$/);
    expect(failure(await s.edit("{ axis: 3 }", "{ axes: 0 }"))).toMatch(/9:12$/);
    expect(failure(await s.edit("y.sum({ axes: 0 })", "missing(y)"))).toMatch(/ReferenceError 9:/);
    expect(failure(await s.edit("return missing(y)", "if (y.sum().gt(0)) return y; return y"))).toMatch(/Concretization.* 9:/);
  });
  test("what cannot be replayed is said, with its line, and not when it is undone", async () => {
    const s = await live(BODY);
    expect(await s.edit("i < 3", "i < 4", "const y")).toMatchObject({ kind: "traced", notes: [{ line: 13, why: "statement" }] });
    expect(await s.edit("i < 4", "i < 3", "const y")).toMatchObject({ kind: "traced", notes: [] });
    expect(await s.edit("let count = 0", "let count = Math.random()", "const y")).toMatchObject({ notes: [{ line: 12, why: "statement" }] });
  });
  test("an endless loop is cut, and the next edit works", async () => {
    const s = await live(BODY);
    expect((await s.edit("const y = layer(x, w);", "for (;;);\n  const y = layer(x, w);")).kind).toBe("slow");
    expect(await s.edit("for (;;);", "", "const y")).toMatchObject({ kind: "traced", function: "f" });
    expect(s.run.isWarm).toBe(true);
  });
});
describe("forms", () => {
  test("conditions hold in what is swapped", async () => {
    const s = await live("const f = jit((x: Value) => x.mul(2));\nf(np.ones([2]));\n");
    expect(failure(await s.edit("(x: Value) => x.mul(2)", "(x: Value) => (x.sum().gt(0) ? x : x.mul(3))"))).toMatch(/^Concretization/);
    expect(failure(await s.edit("(x.sum().gt(0) ? x : x.mul(3))", "(x.sum().gt(0) && x)"))).toMatch(/^Concretization/);
  });
  test("grad and vmap inside, a jit of a named function, and one from a factory", async () => {
    const s = await live(`const loss = (w: Value, x: Value): Value => {
  const e = w.mul(x);
  return e.sum();
};
const g = grad(loss);
const step = jit(g);
const rows = jit((x: Value) => vmap((r: Value) => {
  const c = r.mul(2);
  return c;
})(x));
function make(n: number) {
  return jit((x: Value) => {
    const m = x.mul(n);
    return m;
  });
}
const three = make(3);
step(np.ones([5]), np.ones([5]));
rows(np.ones([4, 6]));
three(np.ones([7]));
`);
    expect(hints(await s.edit("w.mul(x)", "w.mul(x).mul(2)", "step = jit"))).toMatchObject({ "e@3": "f32[5]" });
    expect((await s.report()).programs[0]!.levels[0]!.text!.text.match(/mul/g)!.length).toBeGreaterThan(1);
    expect(hints(await s.edit("r.mul(2)", "r.sum()"))).toMatchObject({ "c@9": "f32[]" });
    expect(hints(await s.edit("x.mul(n)", "x.mul(n).sum()"))).toMatchObject({ "m@14": "f32[]" });
  });
  test("fields and methods of a class: objects that are there get the new ones", async () => {
    const s = await live(`class Model {
  w = np.ones([3]);
  step = jit((x: Value) => {
    const a = x.mul(this.w);
    return a;
  });
  inner(x: Value): Value {
    const b = x.add(1);
    return b;
  }
  run = jit((x: Value) => this.inner(x));
}
const model = new Model();
model.step(np.ones([3]));
model.run(np.ones([4]));
`);
    expect(hints(await s.edit("x.mul(this.w)", "x.mul(this.w).sum()"))).toMatchObject({ "a@5": "f32[]" });
    expect(hints(await s.edit("x.add(1)", "x.add(1).sum()", "run = jit"))).toMatchObject({ "b@9": "f32[]" });
  });
  test("names that bundling changes, and an import that is new", async () => {
    const s = await live(
      `import { helper as hp } from "./helper.ts";
const secret = 5;
const f = jit((x: Value) => x.mul(hp(secret)));
f(np.ones([2]));
`,
      { beside: { "helper.ts": "const secret = 3;\nexport const helper = (n: number): number => n + secret;\nexport const other = 4;\n" } },
    );
    expect((await s.edit("x.mul(hp(secret))", "x.add(hp(secret))")).kind).toBe("traced");
    expect((await s.report()).programs[0]!.levels[0]!.text!.text).toMatch(/add a 8\.0/);
    expect(await s.edit("{ helper as hp }", "{ helper as hp, other }", "const f")).toMatchObject({ kind: "traced", notes: [] });
    expect(await s.edit("hp(secret)", "hp(secret + other)", "const f")).toMatchObject({ kind: "failed", notes: [{ line: 2, why: "import" }] });
  });
  test("other texts are tried, and leave nothing behind", async () => {
    const s = await live(BODY);
    await s.edit("x.matmul(w)", "w.matmul(x)", "const y");
    const tried = await s.ask("const y", [s.now.replace("w.matmul(x)", "w.T.matmul(x)"), s.now.replace("w.matmul(x)", "x.matmul(w)"), "const"]);
    expect(tried).toMatchObject({ kind: "tried", passed: [false, true, false] });
    expect(failure(await s.ask("const y"))).toBe("ShapeError 4:15");
  });
  test("CommonJS modules hide their names: no live editing there, and the run is as ever", async () => {
    const r = await start(
      'const { jit, numpy: np } = require("jitlens");\nconst f = jit((x) => x.mul(2));\nf(np.ones([2]));\nmodule.exports = f;\n',
      { live: true, site: 0 },
    );
    reportOf(await r.result);
    expect(r.isWarm).toBe(false);
  });
});
describe("the process", () => {
  test("it ends when it is closed, and with its host's runs", async () => {
    const s = await live("const f = jit((x: Value) => x.mul(2));\nf(np.ones([2]));\n");
    expect(s.run.isWarm).toBe(true);
    s.run.close();
    expect(s.ended).toBe(true);
    const t = await live("const f = jit((x: Value) => x.mul(2));\nf(np.ones([2]));\n");
    endAllRuns();
    expect(t.ended).toBe(true);
  });
  test("one for a folder, few in all, and none that idles or does not answer", async () => {
    const closed: string[] = [];
    const warm = new WarmRunners(() => {}, { idle: 200, answer: 100, most: 2 });
    const fake = (id: string): ActiveRun => ({
      result: Promise.resolve({ kind: "cancelled" }),
      isWarm: true,
      cancel() {},
      edit() {},
      stopTrials() {},
      seen() {},
      close() {
        closed.push(id);
        warm.ended(id);
      },
    });
    const add = (id: string, root: string): void => {
      warm.starting({ root, file: `${root}/a.ts` });
      warm.add(id, { root, file: `${root}/a.ts` }, fake(id));
      warm.ready(id);
    };
    add("one", "/a");
    add("two", "/a");
    expect(closed).toEqual(["one"]);
    add("three", "/b");
    add("four", "/c");
    expect(closed).toEqual(["one", "two"]);
    expect(await warm.edit("three", { text: "", sites: [], line: 0 })).toBe(null);
    expect(closed).toEqual(["one", "two", "three"]);
    await new Promise((r) => setTimeout(r, 400));
    expect(closed).toEqual(["one", "two", "three", "four"]);
    expect(await warm.edit("four", { text: "", sites: [], line: 0 })).toBe(null);
  });
  test("it is gone when its host is killed, and follows edits through the host", async () => {
    const said: string[] = [];
    const client = new HostClient(dirname(dist), { info() {}, warn: (t: string) => void said.push(t), error() {} });
    const text = `${HEAD}const f = jit((x: Value) => {\n  const y = x.mul(2);\n  return y;\n});\nf(np.ones([2]));\nsetInterval(() => {}, 1000);\n`;
    const file = join(scratch, "warm", "file.ts");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    const [site] = await client.sites("typescript", text, file);
    const reports: unknown[] = [];
    client.onLiveReport = (_run, report) => void reports.push(report);
    const never = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };
    const params: RunParams = {
      id: "warm",
      file,
      root: dirname(file),
      text,
      languageId: "typescript",
      mode: "trace",
      nodePath: process.execPath,
      electron: false,
      site: site!,
      args: null,
      live: true,
      collect: { calls: 1000, seconds: 60 },
    };
    // The file would go on: the first edit ends that.
    let partial = false;
    const result = client.run(params, never, { progress() {}, partial: () => (partial = true) });
    for (const end = Date.now() + 20_000; Date.now() < end && !partial;) await new Promise((r) => setTimeout(r, 30));
    const answer = await client.live({ run: "warm", file, languageId: "typescript", text: text.replace("x.mul(2)", "x.mul(2).sum()"), line: 2 });
    expect(answer).toMatchObject({
      kind: "traced",
      hints: [
        { name: "x", types: ["f32[2]"] },
        { name: "y", types: ["f32[]"] },
      ],
    });
    expect((await result).kind).toBe("report");
    for (const end = Date.now() + 20_000; Date.now() < end && !reports.length;) await new Promise((r) => setTimeout(r, 30));
    expect(reportOf({ kind: "report", report: reports[0] }).function.name).toBe("f");
    expect(await client.live({ run: "other", file, languageId: "typescript", text, line: 2 })).toBe(null);
    if (process.platform === "linux") {
      const host = client.pid!;
      const children = readFileSync(`/proc/${host}/task/${host}/children`, "utf8").split(" ").map(Number).filter(Boolean);
      expect(children.length).toBe(1);
      process.kill(host, "SIGKILL");
      const alive = (): boolean => existsSync(`/proc/${children[0]}`) && !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${children[0]}/stat`, "utf8"));
      for (const end = Date.now() + 10_000; Date.now() < end && alive();) await new Promise((r) => setTimeout(r, 50));
      expect(alive()).toBe(false);
    }
    client.dispose();
  });
});
