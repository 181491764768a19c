// The built command line, run as people run it: what it prints where, what it writes, what it says of what is wrong, and what it ends with.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorSchema } from "../../src/host/cli/failure.ts";
import { limitsOf } from "../../src/host/cli/limits.ts";
import { nearest } from "../../src/host/cli/nearest.ts";
import { parseTarget } from "../../src/host/cli/target.ts";
import { oneLine } from "../../src/host/cli/terminal.ts";
import { parseReportText } from "../../src/engine/report/read.ts";
import { summarySchema } from "../../src/engine/report/summarySchema.ts";
import { VERSION } from "../../src/engine/report/version.ts";
import { dist } from "./runs.ts";

const scratch = mkdtempSync(join(tmpdir(), "jitlens-cli-"));
let n = 0;
/** A folder with files in it. */
function folder(files: Readonly<Record<string, string>>, name = `f${n++}`): string {
  const at = join(scratch, name);
  mkdirSync(at, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(at, file), text);
  return at;
}
interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}
function start(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, [join(dist, "host", "cli.cjs"), ...args], { cwd, env: { ...process.env, GITHUB_ACTIONS: "", ...env } });
  let out = "";
  let err = "";
  child.stdout.on("data", (d: Buffer) => (out += d.toString()));
  child.stderr.on("data", (d: Buffer) => (err += d.toString()));
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err }))) };
}
const jitlens = (cwd: string, ...args: string[]): Promise<Ended> => start(cwd, args).ended;
/** Not one that has ended and that nobody has asked about yet. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "latin1") : "");
  } catch {
    return false;
  }
}
const errorOf = ({ out }: Ended) => errorSchema.parse(JSON.parse(out)).error;

const MODEL = `import { jit, numpy as np } from "jitlens";
export const forward = jit((x, w) => np.tanh(x.matmul(w)).sum());
export const uncalled = jit((x) => np.sin(x).mul(2));
console.log("the file prints");
forward(np.ones([16, 8]), np.ones([8, 4]));
`;

describe("profile", () => {
  test("the text to stdout, what the file prints to stderr, and nothing into the folder", async () => {
    const cwd = folder({ "model.ts": MODEL });
    const r = await jitlens(cwd, "profile", "model.ts#forward");
    expect(r.code).toBe(0);
    expect(r.out).toContain("forward  model.ts:2");
    expect(r.out).toMatch(/^x·w .*matmul|^x·w .*reduce/m);
    expect(r.out).not.toContain("the file prints");
    expect(r.err).toContain("the file prints");
    // Neither progress nor colours where nobody is at a terminal.
    expect(r.out + r.err).not.toContain("\x1b");
    expect(readdirSync(cwd)).toEqual(["model.ts"]);
  });
  test("a missed fusion: a sentence with the reason, and one with what would fuse it", async () => {
    const cwd = folder({
      "two.ts":
        'import { grad, jit, numpy as np } from "jitlens";\nexport const f = jit(grad((w, x) => np.square(np.tanh(x.matmul(w))).mean()));\nf(np.ones([64, 32]), np.ones([128, 64]));\n',
    });
    expect((await jitlens(cwd, "trace", "two.ts#f")).out).toMatch(/[a-z]\. To fuse: /);
  });
  test("--json: the summary, of at most 2 KB, as its schema says", async () => {
    const r = await jitlens(folder({ "model.ts": MODEL }), "profile", "model.ts#forward", "--json");
    expect(r.out.length).toBeLessThanOrEqual(2049);
    expect(summarySchema.strict().parse(JSON.parse(r.out))).toMatchObject({ function: "forward", at: "model.ts:2", totals: { compilations: 1 } });
  });
  test("--out writes the profile, --format what it names; stdout is for one format", async () => {
    const cwd = folder({ "model.ts": MODEL });
    await jitlens(cwd, "profile", "model.ts#forward", "--out", "made", "-q");
    expect(readdirSync(join(cwd, "made"))).toEqual(["model.forward.jitprofile"]);
    expect(parseReportText(readFileSync(join(cwd, "made", "model.forward.jitprofile"), "utf8")).function.name).toBe("forward");
    const r = await jitlens(cwd, "profile", "model.ts#forward", "--out", "more", "--format", "chrome, text", "--json");
    expect(JSON.parse(r.out)).toMatchObject({ files: [join("more", "model.forward.trace.json"), join("more", "model.forward.txt")] });
    const one = await jitlens(cwd, "profile", "model.ts#forward", "--format", "jitprofile");
    expect(parseReportText(one.out).timing).toBeDefined();
    expect(await jitlens(cwd, "profile", "model.ts#forward", "--format", "chrome,text")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--out FOLDER"),
    });
  });
  test("trace measures nothing, and shows the jaxpr", async () => {
    const r = await jitlens(folder({ "model.ts": MODEL }), "trace", "model.ts#forward");
    expect(r.out).toContain("{ lambda ; a:f32[16,8] b:f32[8,4]. let");
    expect(r.out).not.toContain("a steady call");
  });
  test("--args for what nothing calls; without them it is said which are missing", async () => {
    const cwd = folder({ "model.ts": MODEL });
    const missing = await jitlens(cwd, "profile", "model.ts#uncalled");
    expect(missing).toMatchObject({ code: 2, err: expect.stringMatching(/uncalled is not called.*\n.*--args/) });
    expect(await jitlens(cwd, "profile", "model.ts#uncalled", "--args", "f32[32]")).toMatchObject({
      code: 0,
      out: expect.stringContaining("x: f32[32]"),
    });
    expect(await jitlens(cwd, "profile", "model.ts#uncalled", "--args", "g32[32]")).toMatchObject({ code: 2, err: expect.stringContaining('"g32"') });
    const many = await jitlens(cwd, "profile", "model.ts#uncalled", "--args", "f32[1], f32[2]");
    expect(many).toMatchObject({ code: 2, err: expect.stringContaining("2 argument types for uncalled(x)") });
  });
  test("--device, --pin, --entry reach the run", async () => {
    const cwd = folder({
      "model.ts": MODEL.replace(/^forward.*\n/m, ""),
      "main.ts": 'import { forward } from "./model.ts";\nimport { numpy as np } from "jitlens";\nforward(np.ones([2, 3]), np.ones([3, 4]));\n',
    });
    const entry = await jitlens(cwd, "trace", "model.ts#forward", "--entry", "main.ts", "--device", "reference", "--full");
    expect(entry.out).toContain("x: f32[2,3]");
    const edge = /^fused +\w+ %(\d+) → \w+ %(\d+)/m.exec(entry.out)!;
    const pinned = await jitlens(cwd, "trace", "model.ts#forward", "--entry", "main.ts", "--full", "--pin", `${edge[1]}>${edge[2]}=split`);
    expect(pinned.out).toMatch(new RegExp(`^kept +\\w+ %${edge[1]} → \\w+ %${edge[2]}`, "m"));
    expect(await jitlens(cwd, "trace", "model.ts#forward", "--entry", "main.ts", "--device", "gpux")).toMatchObject({
      code: 2,
      err: expect.stringContaining('--device: the device is "gpux"'),
    });
    expect(await jitlens(cwd, "trace", "model.ts#forward", "--entry", "no.ts")).toMatchObject({ code: 2 });
  });
  test("--native has the machine's C compiler do it, or says why not", async () => {
    const cwd = folder({ "model.ts": MODEL.replace("[16, 8]), np.ones([8, 4])", "[512, 256]), np.ones([256, 64])") });
    // A slow machine may not be done with compiling when measuring begins: then it is done for the next run.
    const env = { JITLENS_CACHE: cwd };
    const run = (): Promise<Ended> => start(cwd, ["profile", "model.ts", "--native", "--seconds", "0", "--full"], env).ended;
    let made = await run();
    for (let i = 0; i < 8 && made.out.includes("still being compiled"); i++) made = await run();
    expect(made.code).toBe(0);
    expect(made.out).toMatch(/^native code: \d of \d kernels$|no kernel ran as native code: there is no C compiler/m);
    expect(await jitlens(cwd, "profile", "model.py", "--native")).toMatchObject({ code: 2 });
  });
  test("names with blanks, #, other scripts, and functions by line", async () => {
    const cwd = folder({ "we#ird näme #2.ts": MODEL }, "földer #1 名前");
    expect(await jitlens(cwd, "trace", "we#ird näme #2.ts#forward")).toMatchObject({
      code: 0,
      out: expect.stringContaining("forward  we#ird näme #2.ts:2"),
    });
    expect((await jitlens(cwd, "trace", "we#ird näme #2.ts")).out).toContain("forward");
    expect((await jitlens(cwd, "trace", "we#ird näme #2.ts#3", "--args", "f32[2]")).out).toContain("uncalled  we#ird näme #2.ts:3");
    expect((await jitlens(scratch, "trace", join(cwd, "we#ird näme #2.ts"), "forward")).code).toBe(0);
  });
});

test("functions by what people call them: exports.step of CommonJS as step, a key without its quotes", async () => {
  const cwd = folder({
    "common.cjs": `const { jit, numpy: np } = require("jitlens");
exports.step = jit((x) => np.sqrt(x));
const table = { "soft plus": jit((x) => np.log1p(np.exp(x))) };
exports.step(np.ones([4]));
table["soft plus"](np.ones([4]));
`,
  });
  expect((await jitlens(cwd, "trace", "common.cjs#step")).out).toContain("exports.step  common.cjs:2");
  expect((await jitlens(cwd, "trace", "common.cjs#soft plus")).out).toContain('"soft plus"  common.cjs:3');
  expect((await jitlens(cwd, "trace", "common.cjs#stp")).err).toContain("Did you mean step?");
});

describe("what is wrong is said in one text, with what to do; --json says it as data", () => {
  test("no such file, function, option, command, format: the nearest one is named", async () => {
    const cwd = folder({ "model.ts": MODEL, "model.py": "import jax\nf = jax.jit(lambda x: x)\n", "notes.txt": "no program" });
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["profile", "modle.ts"], /there is no file modle.ts\nDid you mean model.ts\?/],
      [["profile", "model.ts#foward"], /model.ts: there is no jit function "foward" in this file\nDid you mean forward\? It has forward, uncalled\./],
      [["profile", "model.ts#forward", "--arg", "x"], /unknown option '--arg'\nDid you mean --args\?/],
      [["profil", "model.ts"], /unknown command 'profil'\nDid you mean profile\?/],
      [["profile", "model.ts#forward", "--format", "chrom"], /no format "chrom"\nDid you mean chrome\?/],
      [["profile", "model.ts#forward", "--seconds", "soon"], /--seconds.*soon.*A number/],
      [["profile"], /missing required argument 'target'/],
      [["profile", "notes.txt"], /notes.txt is of no language that JitLens runs/],
      [["profile", "."], /is a folder/],
      [["report", "notes.txt"], /notes.txt: this is not a JitLens profile/],
      [["schema", "reprot"], /reprot.*is invalid/],
      [["diff", "model.ts#forward"], /missing required argument 'after'/],
      [
        ["profile", "-q", "model.ts#uncalled", "--args", "f32[2], f32[3]"],
        /--args: 2 argument types for uncalled\(x\), which takes 1\nWrite them as in --args/,
      ],
      [["profile", "-q", "model.ts#forward", "--pin", "1-2=split"], /--pin: the pin "1-2=split" is not of the form .*\njitlens explain lists/],
      [["profile", "-q", "model.ts#forward", "--pin", "998>999=split"], /--pin: the pin 998>999=split names no edge of forward/],
      [["trace", "-q", "model.ts#forward", "--format", "jaxpr", "--out", "notes.txt/out"], /notes\.txt is a file, and cannot hold others\nName another one/],
      ...(process.platform === "linux"
        ? ([[["trace", "-q", "model.ts#forward", "--format", "jaxpr", "--out", "/proc/none/out"], /the folder \/proc\/none cannot be made/]] as const)
        : []),
      [["profile", "model.py", "--python", "no-such-python"], /there is no program ".*no-such-python", which --python names.*\n.*--python PATH/],
    ];
    for (const [args, text] of cases) {
      const r = await jitlens(cwd, ...args);
      expect({ args, code: r.code, out: r.out }).toEqual({ args, code: 2, out: "" });
      expect(r.err).toMatch(text);
      expect(r.err).not.toMatch(/\n\s+at /);
    }
    const json = errorOf(await jitlens(cwd, "profile", "model.ts#foward", "--json"));
    expect(json).toMatchObject({
      file: "model.ts",
      line: null,
      message: expect.stringContaining("foward"),
      action: expect.stringContaining("forward"),
    });
    expect(errorOf(await jitlens(cwd, "profile", "--bogus", "--json")).message).toContain("--bogus");
  });
  test("a file that throws, one that ends, one that cannot be read as a program", async () => {
    const head = 'import { jit, numpy as np } from "jitlens";\nexport const f = jit((x) => np.sin(x));\n';
    const cwd = folder({
      "throws.ts": `${head}throw new Error("too bad");\n`,
      "ends.ts": `${head}process.exit(3);\n`,
      "broken.ts": `${head}const x = ;\n`,
      "shapes.ts": `${head}const g = jit((a, b) => a.matmul(b));\ng(np.ones([2, 3]), np.ones([2, 3]));\n`,
      "none.ts": "export {};\n",
    });
    expect(await jitlens(cwd, "profile", "throws.ts#f")).toMatchObject({ code: 1, err: expect.stringContaining("throws.ts:3:7: too bad") });
    expect(await jitlens(cwd, "profile", "ends.ts#f")).toMatchObject({
      code: 1,
      err: expect.stringContaining("exit code 3 before f was called\nLook at what it printed"),
    });
    expect(await jitlens(cwd, "profile", "broken.ts#f")).toMatchObject({ code: 1, err: expect.stringContaining("broken.ts:3:") });
    const shapes = errorOf(await jitlens(cwd, "profile", "shapes.ts#g", "--json"));
    expect(shapes).toMatchObject({ file: "shapes.ts", line: 3, column: expect.any(Number), message: expect.stringContaining("f32[2,3]") });
    expect(shapes.action).not.toContain("click");
    expect(await jitlens(cwd, "profile", "none.ts")).toMatchObject({ code: 2, err: expect.stringContaining("no jit function") });
  });
  test("Ctrl+C ends the file too, with 130", { skip: process.platform === "win32" }, async () => {
    const cwd = folder({
      "endless.ts":
        'import { writeFileSync } from "node:fs";\nimport { jit } from "jitlens";\nexport const f = jit((x) => x);\nwriteFileSync("pid", String(process.pid));\nfor (;;);\n',
    });
    const { child, ended } = start(cwd, ["profile", "endless.ts#f"]);
    for (let i = 0; i < 300 && !existsSync(join(cwd, "pid")); i++) await new Promise((r) => setTimeout(r, 50));
    const pid = Number(readFileSync(join(cwd, "pid"), "utf8"));
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, out: "", err: "jitlens: cancelled\n" });
    for (let i = 0; i < 100 && isAlive(pid); i++) await new Promise((r) => setTimeout(r, 50));
    expect(isAlive(pid)).toBe(false);
  });
});

describe("list, schema, version, help", () => {
  test("list names each function as the other commands take it", async () => {
    const cwd = folder({
      "model.ts": MODEL,
      "twice.ts": 'import { jit } from "jitlens";\nconst a = { f: jit((x) => x) };\nconst b = { f: jit((x) => x) };\n',
    });
    expect(await jitlens(cwd, "list", "model.ts")).toMatchObject({ code: 0, out: "forward   model.ts:2\nuncalled  model.ts:3\n" });
    const rows = JSON.parse((await jitlens(cwd, "list", "twice.ts", "--json")).out) as { target: string }[];
    for (const { target } of rows)
      expect((await jitlens(cwd, "trace", target, "--args", "f32[1]", "-q")).out).toContain(`twice.ts:${target.split("#")[1]!.split(":")[0]}`);
  });
  test("schemas are JSON Schemas; the version is the package's; help stands at every level", async () => {
    for (const name of ["report", "summary", "error", "baseline"])
      expect(JSON.parse((await jitlens(scratch, "schema", name)).out)).toMatchObject({
        $schema: expect.stringContaining("json-schema.org"),
        type: "object",
      });
    expect((await jitlens(scratch, "--version")).out).toBe(`${VERSION}\n`);
    const help = await jitlens(scratch, "--help");
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining("Exit codes:") });
    for (const [, command] of help.out.matchAll(/^ {2}(\w+) \[/gm))
      expect(await jitlens(scratch, command!, "--help")).toMatchObject({ code: 0, err: "" });
  });
  test("colours only where they are wanted", async () => {
    const cwd = folder({ "model.ts": MODEL });
    expect((await start(cwd, ["profile", "no.ts"], { FORCE_COLOR: "1", NO_COLOR: "" }).ended).err).toContain("\x1b[31m");
    expect((await start(cwd, ["profile", "no.ts"], { FORCE_COLOR: "1", NO_COLOR: "1" }).ended).err).not.toContain("\x1b");
  });
});

describe("diff and check", () => {
  const SLOWER = MODEL.replace("np.tanh(x.matmul(w)).sum()", "np.sort(np.tanh(x.matmul(w))).sum()");
  test("two profiles as a table: kernels matched, what is new", async () => {
    const cwd = folder({ "model.ts": MODEL });
    await jitlens(cwd, "profile", "model.ts#forward", "--out", "before", "-q");
    writeFileSync(join(cwd, "model.ts"), SLOWER);
    const r = await jitlens(cwd, "diff", join("before", "model.forward.jitprofile"), "model.ts#forward");
    expect(r.code).toBe(0);
    expect(r.out).toMatch(/^kernels +\d → \d/m);
    expect(r.out).toMatch(/^new +.*sort/m);
    const json = JSON.parse(
      (await jitlens(cwd, "diff", join("before", "model.forward.jitprofile"), "model.ts#forward", "--json", "-q")).out,
    ) as object;
    expect(json).toMatchObject({ format: "jitdiff", before: { function: "forward" }, after: { function: "forward" } });
  });
  test("check passes what is as it was, and fails with 3 what has a kernel more", async () => {
    const cwd = folder({ "model.ts": MODEL });
    expect(await jitlens(cwd, "check", "model.ts#forward", "--baseline", "b.json")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--update"),
    });
    expect((await jitlens(cwd, "check", "model.ts#forward", "--baseline", "b.json", "--update")).code).toBe(0);
    // All of the baseline, from another folder.
    expect(await jitlens(scratch, "check", "--baseline", join(cwd, "b.json"))).toMatchObject({ code: 0, out: expect.stringMatching(/^ok/) });
    expect((await jitlens(cwd, "check", "model.ts#uncalled", "--baseline", "b.json", "--args", "f32[2]")).code).toBe(2);
    writeFileSync(join(cwd, "model.ts"), SLOWER);
    const r = await jitlens(cwd, "check", "model.ts#forward", "--baseline", "b.json");
    expect(r.code).toBe(3);
    expect(r.out).toMatch(/the number of kernels grew from \d to \d .*sort/);
    const json = await jitlens(cwd, "check", "--baseline", "b.json", "--json");
    expect(json.code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, functions: [{ target: "model.ts#forward", ok: false }] });
    const github = await start(cwd, ["check", "--baseline", "b.json"], { GITHUB_ACTIONS: "true" }).ended;
    expect(github.out).toMatch(/^::error file=model.ts,line=2::/m);
    expect((await jitlens(cwd, "check", "--baseline", "b.json", "--allow", "kernels=9,launches=9,bytes=1000%,flops=900%,peak=900%")).code).toBe(0);
  });
  test("check goes on past a function that is gone, and one whose code fails", async () => {
    const cwd = folder({ "model.ts": MODEL, "other.ts": MODEL });
    await jitlens(
      cwd,
      "check",
      "model.ts#forward",
      "model.ts#uncalled",
      "other.ts#forward",
      "--args",
      "f32[2,2], f32[2,2]",
      "--baseline",
      "b.json",
      "--update",
    );
    const both = await jitlens(cwd, "check", "model.ts#forward", "other.ts#forward", "--baseline", "b.json", "--update");
    expect(both).toMatchObject({ code: 0 });
    writeFileSync(join(cwd, "model.ts"), MODEL.replaceAll("forward", "renamed"));
    const r = await jitlens(cwd, "check", "--baseline", "b.json");
    expect(r.code).toBe(3);
    expect(r.out).toMatch(/^gone {2}model\.ts#forward\n {4}it is in the baseline, but there is no jit function "forward" in this file$/m);
    expect(r.out).toMatch(/^ok {2}other\.ts#forward {2}kernels \d.*bytes [\d.]+ (?:B|KiB)/m);
    expect(JSON.parse((await jitlens(cwd, "check", "--baseline", "b.json", "--json", "-q")).out)).toMatchObject({
      ok: false,
      functions: [
        { target: "model.ts#forward", ok: false, gone: true, failures: [{ figure: "function" }] },
        { target: "other.ts#forward", ok: true },
      ],
    });
    // Code that fails is no growth: the exit code says so, and the others are still looked at.
    writeFileSync(join(cwd, "model.ts"), MODEL.replace("np.tanh(x.matmul(w))", "np.tanh(x.matmul(w.T.T.T))"));
    const failed = await jitlens(cwd, "check", "--baseline", "b.json", "-q");
    expect(failed).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^failed {2}model\.ts#forward\n {4}model\.ts:2.*matmul[^]*^ok {2}other\.ts/m),
    });
    writeFileSync(join(cwd, "model.ts"), "");
    const updated = await jitlens(cwd, "check", "--baseline", "b.json", "--update", "-q");
    expect(updated).toMatchObject({ code: 0, out: expect.stringMatching(/^removed {2}model\.ts#forward$/m) });
    expect(Object.keys((JSON.parse(readFileSync(join(cwd, "b.json"), "utf8")) as { functions: object }).functions)).toEqual(["other.ts#forward"]);
  });
  test("bytes have their unit", async () => {
    const cwd = folder({ "model.ts": MODEL });
    const r = await jitlens(cwd, "diff", "model.ts#forward", "model.ts#forward", "-q");
    expect(r.out).toMatch(/^bytes moved +[\d.]+ (?:B|KiB)$/m);
    expect(r.out).toMatch(/^peak memory +[\d.]+ (?:B|KiB)$/m);
  });
  test("a newline in a file's name makes no line of the output", async () => {
    const name = "evil\n::error::x.ts";
    const cwd = folder({ [name]: MODEL });
    for (const args of [
      ["list", name],
      ["profile", `${name}#forward`],
      ["profile", `${name}#forward`, "--full"],
      ["explain", `${name}#forward`],
      ["diff", `${name}#forward`, `${name}#forward`],
      ["profile", `${name}#nothing`],
      ["list", `no${name}`],
    ]) {
      const { out, err } = await jitlens(cwd, ...args);
      expect(`${out}${err}`, args.join(" ")).not.toMatch(/^::error/m);
    }
    expect((await jitlens(cwd, "list", name)).out).toContain("evil\\n::error::x.ts:2");
  });
  test("explain ranks what is stored, and explains one edge", async () => {
    const cwd = folder({ "model.ts": SLOWER });
    const all = JSON.parse((await jitlens(cwd, "explain", "model.ts#forward", "--json", "-q")).out) as { edges: { id: string; rule: string }[] };
    expect(all.edges.length).toBeGreaterThan(0);
    const one = await jitlens(cwd, "explain", "model.ts#forward", all.edges[0]!.id, "-q");
    expect(one.out).toContain(`(rule ${all.edges[0]!.rule})`);
    expect(one.out).toContain(`--pin "${all.edges[0]!.id}=fuse"`);
    expect((await jitlens(cwd, "explain", "model.ts#forward", "1>9999", "-q")).code).toBe(2);
  });
});
describe("what strangers wrote", () => {
  test("cannot move the cursor, set colours, or pass for a line of ours", async () => {
    const cwd = folder({ "model.ts": MODEL });
    const { out } = await jitlens(cwd, "trace", "model.ts#forward", "--format", "jitprofile", "-q");
    const report = parseReportText(out);
    const label = "x\x1b[2J\u202e\r\x9b31m";
    const programs = report.programs.map((p) => ({ ...p, kernels: p.kernels!.map((k) => ({ ...k, label })) }));
    writeFileSync(join(cwd, "evil.jitprofile"), JSON.stringify({ ...report, programs, function: { ...report.function, name: "f\x1b]0;title\x07" } }));
    const control = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/;
    expect((await jitlens(cwd, "diff", "evil.jitprofile", "evil.jitprofile")).out).not.toMatch(control);
    expect((await jitlens(cwd, "explain", "evil.jitprofile")).out).not.toMatch(control);
    expect((await jitlens(cwd, "explain", "evil.jitprofile", "no")).err).not.toMatch(control);
    expect(oneLine("a\n::error::b\x1b[0m")).toBe("a\\n::error::b\\u001b[0m");
  });
});
describe("parts", () => {
  test("FILE#FUNCTION: the longest beginning that is a file", () => {
    const parse = (text: string, ...files: string[]) => parseTarget(text, (p) => files.includes(p));
    expect(parse("a.ts", "a.ts")).toEqual({ file: "a.ts", function: null });
    expect(parse("a.ts#f", "a.ts")).toEqual({ file: "a.ts", function: "f" });
    expect(parse("a#b.ts#f", "a#b.ts")).toEqual({ file: "a#b.ts", function: "f" });
    expect(parse("a#b.ts", "a#b.ts", "a")).toEqual({ file: "a#b.ts", function: null });
    expect(parse("a.ts##f", "a.ts")).toEqual({ file: "a.ts", function: "#f" });
    expect(() => parse("a.ts#f")).toThrow("there is no file a.ts");
  });
  test("the nearest name", () => {
    expect(nearest("chrom", ["html", "chrome"])).toBe("chrome");
    expect(nearest("zebra", ["html", "chrome"])).toBe(null);
  });
  test("limits", () => {
    expect(limitsOf(["bytes=5%", "kernels=1"], "20")).toEqual({ bytes: { part: 0.05 }, kernels: { count: 1 }, time: { part: 0.2 } });
    expect(() => limitsOf(["byts=5%"], undefined)).toThrow('no figure "byts"');
    expect(() => limitsOf(["bytes"], undefined)).toThrow("not understood");
    expect(() => limitsOf(["bytes=-1"], undefined)).toThrow("is");
  });
});
