// The library from inside the extension: where it is missing, where it belongs, and an archive that is npm's own to the byte of every file.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { archive } from "../../src/extension/library/archive.ts";
import { homeOf, importOf, isFound, managerOf } from "../../src/extension/library/resolve.ts";

const root = mkdtempSync(join(tmpdir(), "jitlens-add-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
function tree(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
  return join(root, name);
}
describe("imports", () => {
  test.each([
    ['import { jit } from "jitlens";', { line: 0, column: 20, length: 9 }],
    ["// a\nimport * as jl from 'jitlens'", { line: 1, column: 20, length: 9 }],
    ['const { jit } = require("jitlens");', { line: 0, column: 24, length: 9 }],
    ['import type { Report } from "jitlens/report";', { line: 0, column: 28, length: 16 }],
    ['import { x } from "jitlens-other";', null],
    ['const s = "jitlens";', null],
  ])("%s", (text, at) => expect(importOf(text)).toEqual(at));
});
describe("found or not", () => {
  const file = "src/a.ts";
  test.each([
    ["nothing is there", { "package.json": "{}" }, false],
    ["the package is installed", { "node_modules/jitlens/package.json": "{}" }, true],
    ["a configuration has a path", { "tsconfig.json": '{ // one\n "compilerOptions": { "paths": { "jitlens": ["../x.ts"] } } }' }, true],
    ["it is the package itself", { "package.json": '{ "name": "jitlens" }' }, true],
  ])("%s", (name, files, found) => expect(isFound(join(tree(name, { [file]: "", ...files }), file))).toBe(found));
});
test("it belongs where the nearest package.json is, and not outside the workspace", () => {
  const at = tree("homes", { "package.json": "{}", "inner/a/b.ts": "", "inner/package.json": "{}", "other/b.ts": "" });
  expect(homeOf(join(at, "inner/a/b.ts"), at)).toBe(join(at, "inner"));
  expect(homeOf(join(at, "other/b.ts"), at)).toBe(at);
  expect(homeOf(join(at, "other/b.ts"), join(at, "other"))).toBe(join(at, "other"));
  expect(managerOf(tree("with pnpm", { "pnpm-lock.yaml": "" })).command).toBe("pnpm");
  expect(managerOf(tree("with npm", { "package-lock.json": "" })).command).toBe("npm");
});
test("tar reads the archive: long paths, programs, empty files", () => {
  const long = `package/${"deep/".repeat(25)}file.txt`,
    content = Buffer.from("ü\n".repeat(700));
  const file = join(root, "a.tgz");
  writeFileSync(
    file,
    archive([
      { path: "package/empty", content: Buffer.alloc(0) },
      { path: "package/run", content, executable: true },
      { path: long, content },
    ]),
  );
  const listed = execFileSync("tar", ["tvzf", file], { encoding: "utf8" });
  expect(listed).toMatch(/^-rwxr-xr-x.*package\/run$/m);
  expect(listed).toContain(long);
  execFileSync("tar", ["xzf", file, "-C", root]);
  expect(readFileSync(join(root, long))).toEqual(content);
});
