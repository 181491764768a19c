// Whose engine runs a file: the project's own jitlens where it has one that fits, else the one beside the runner; what does not fit is said, at the import.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { INTERFACE } from "../../src/host/runner/engineApi.ts";
import { dist, reportOf, run, scratch } from "./runs.ts";

const PROGRAM = '// mine\nimport { jit, numpy as np, version } from "jitlens";\nconst f = jit((x) => np.tanh(x));\nif (version) f(np.ones([4]));\n';
/** A project whose jitlens says this of itself; the engine in it is today's, with another version. */
function project(name: string, manifest: object | string, engine = true): string {
  const folder = join(scratch, name),
    own = join(folder, "node_modules", "jitlens");
  mkdirSync(join(folder, "src"), { recursive: true });
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));
  if (engine) {
    const text = readFileSync(join(dist, "engine", "index.js"), "utf8");
    writeFileSync(join(own, "index.mjs"), text.replaceAll(/"0\.1\.0"/g, '"0.1.77"'));
  }
  return folder;
}
const fits = { name: "jitlens", version: "0.1.77", exports: { ".": { default: "./index.mjs" } }, jitlens: { interface: INTERFACE } };
const traced = (folder: string) => run(PROGRAM, { file: join(folder, "src", "a.ts"), root: folder });

describe("the project's own engine", () => {
  test("runs the file, found above it, and the report says so", async () => {
    const { versions } = reportOf(await traced(project("own", fits))).source;
    expect(versions).toMatchObject({ jitlens: "0.1.77", engine: `the project's own, ${join("node_modules", "jitlens")}` });
  });
  test.skipIf(process.platform === "win32")("also through a link, as workspaces and pnpm make them", async () => {
    const real = project("real", fits),
      linked = join(scratch, "linked");
    mkdirSync(join(linked, "node_modules"), { recursive: true });
    symlinkSync(join(real, "node_modules", "jitlens"), join(linked, "node_modules", "jitlens"));
    expect(reportOf(await traced(linked)).source.versions.jitlens).toBe("0.1.77");
  });
  test("declarations alone are no engine", async () => {
    const { versions } = reportOf(await traced(project("types", { ...fits, jitlens: { types: true } }, false))).source;
    expect(versions.engine).toBe("JitLens's own");
    expect(versions.jitlens).toBe((JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version);
  });
});
describe("an engine that does not fit is said, with its version, at the import", () => {
  test.each([
    ["of another interface", { ...fits, version: "9.0.0", jitlens: { interface: INTERFACE + 1 } }, /jitlens 9\.0\.0 .*does not fit.*version 2/],
    ["without one", { ...fits, version: "0.0.1", jitlens: undefined }, /jitlens 0\.0\.1 .*that one none/],
    ["without its file", { ...fits, exports: { ".": { default: "./gone.mjs" } } }, /does not fit/],
    ["with a damaged manifest", "{", /cannot be read/],
  ])("%s", async (name, manifest, message) => {
    const r = await traced(project(`bad ${name}`, manifest));
    expect(r).toMatchObject({ kind: "error", line: 2, file: expect.stringMatching(/a\.ts$/) as string });
    if (r.kind !== "error") return;
    expect(r.message).toMatch(message);
    expect(r.action).toMatch(/remove .*JitLens has an engine of its own/);
  });
});
test("where nothing is there that compiles the file, it is said what to do", async () => {
  const copy = join(scratch, "alone", "dist");
  mkdirSync(dirname(copy), { recursive: true });
  for (const f of ["host", "engine/index.js"]) cpSync(join(dist, f), join(copy, f), { recursive: true });
  writeFileSync(join(copy, "..", "package.json"), '{ "type": "module" }');
  const r = await run(PROGRAM, { file: join(scratch, "alone", "src", "a.ts"), dist: copy });
  expect(r).toMatchObject({ kind: "error", message: expect.stringMatching(/esbuild, which compiles your file, cannot be used here/) as string });
  expect(r.kind === "error" && r.action).toMatch(/npm install esbuild/);
});
