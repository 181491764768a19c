// The library as a stranger gets it: packed by npm, installed into a fresh folder, type-checked strictly, run by plain Node both ways, and its command.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { npm, root } from "../../scripts/lib.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "jitlens a library "));
const packed = mkdtempSync(join(tmpdir(), "jitlens-packed-"));
const installed = join(folder, "node_modules", "jitlens");
function run(command, args, options = {}) {
  const r = spawnSync(command, args, { cwd: folder, encoding: "utf8", shell: process.platform === "win32", ...options });
  assert.equal(r.status, 0, `${command} ${args.join(" ")}\n${r.stdout}${r.stderr}`);
  return r.stdout;
}
const node = (...args) => run(process.execPath, args);

const PROGRAM = `import { type Array, grad, jit, numpy as np, version } from "jitlens";
import { type Report, parseReport } from "jitlens/report";

const loss = (w: Array, x: Array): Array => np.square(np.tanh(x.matmul(w))).mean();
export const step = jit((w: Array, x: Array): Array => w.sub(grad(loss)(w, x).mul(0.1)));
const shape: readonly number[] = step(np.ones([3, 2]), np.ones([4, 3])).shape;
export const name = (r: Report): string => r.function.name;
export const read: (data: unknown) => Report = parseReport;
export const all: readonly [string, readonly number[]] = [version, shape];
`;
const RESULT = "0.20 [3,2]";
const BODY = `const y = jit((w, x) => np.tanh(x.matmul(w)).mean())(np.ones([3, 2]), np.ones([4, 3]));
const g = grad((w) => np.square(w).sum())(np.full([3, 2], 0.1));
console.log(g.tolist()[0][0].toFixed(2), JSON.stringify(g.shape), y.ndim === 0 ? "" : "?");
try { parseReport({}); } catch (e) { if (!/not a JitLens profile/.test(e.message)) throw e; }
`;

before(() => {
  run(process.execPath, [join(root, "scripts", "package.mjs"), "--library", "--no-build", "--out", packed], { cwd: root, shell: false });
  writeFileSync(join(folder, "package.json"), '{ "name": "a-fresh-folder", "private": true }');
  run(npm, ["install", "--no-audit", "--no-fund", join(packed, `jitlens-${version}.tgz`)]);
});
after(() => {
  for (const f of [folder, packed]) rmSync(f, { recursive: true, force: true });
});

test("the package is one that publint has nothing against", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, strict: true });
  assert.deepEqual(
    messages.map((m) => formatMessage(m, pkg)),
    [],
  );
});
test("it carries no part of the editor, no map and no test, and the licences of what it contains", () => {
  for (const f of ["dist/extension", "dist/host/main.cjs", "src", "test"]) assert.ok(!existsSync(join(installed, f)), f);
  assert.match(readFileSync(join(installed, "ThirdPartyNotices.txt"), "utf8"), /- zod \d/);
  assert.match(readFileSync(join(installed, "LICENSE"), "utf8"), /MIT/);
});
for (const [module, moduleResolution, type] of [
  ["nodenext", "nodenext", "module"],
  ["nodenext", "nodenext", "commonjs"],
  // No "type": CommonJS; and the module system that refuses require of ES modules (TS1479).
  ["nodenext", "nodenext", undefined],
  ["node16", "node16", undefined],
  ["node16", "node16", "module"],
  ["esnext", "bundler", "module"],
])
  test(`tsc --strict, ${moduleResolution}, in a package of type ${type ?? "nothing"}`, () => {
    const at = mkdtempSync(join(folder, "types-"));
    writeFileSync(join(at, "package.json"), JSON.stringify({ type }));
    writeFileSync(join(at, "program.ts"), PROGRAM);
    writeFileSync(
      join(at, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { strict: true, noEmit: true, skipLibCheck: false, target: "es2022", lib: ["es2022"], module, moduleResolution, types: [] },
        include: ["program.ts"],
      }),
    );
    node(join(root, "node_modules", "typescript", "bin", "tsc"), "-p", at);
  });
test("plain Node imports it", () => {
  writeFileSync(
    join(folder, "program.mjs"),
    `import { grad, jit, numpy as np } from "jitlens";\nimport { parseReport } from "jitlens/report";\n${BODY}`,
  );
  assert.equal(node("program.mjs").trim(), RESULT);
});
test("its README is one for npm: the first program prints what it says, and the commands are there", () => {
  const readme = readFileSync(join(installed, "README.md"), "utf8");
  const [, code] = /```ts\n([^]*?)```/.exec(readme);
  const [, said] = /console\.log\(.*\); \/\/ (.*)/.exec(code);
  writeFileSync(join(folder, "fit.mjs"), code);
  assert.equal(node("fit.mjs").trim(), said);
  const help = run("npx", ["--no-install", "jitlens", "--help"]);
  for (const [, command] of readme.matchAll(/npx jitlens (\w+)/g)) assert.match(help, new RegExp(`^  ${command} `, "m"));
  assert.match(run("npx", ["--no-install", "jitlens", "list", "fit.mjs"]), /^step {2}/m);
  // Links and pictures would point into a folder that is not shipped.
  assert.doesNotMatch(readme, /\]\((?!https:)|!\[/);
});
test("plain Node requires it", () => {
  writeFileSync(
    join(folder, "program.cjs"),
    `const { grad, jit, numpy: np } = require("jitlens");\nconst { parseReport } = require("jitlens/report");\n${BODY}`,
  );
  assert.equal(node("program.cjs").trim(), RESULT);
  // One engine, whichever way it is taken: an array of one is an array of the other.
  assert.equal(node("-e", 'import("jitlens").then((m) => console.log(m.jit === require("jitlens").jit))').trim(), "true");
});
test("its files are found by name: the schema, the manifest", () => {
  const code = `import { createRequire } from "node:module"; const r = createRequire(process.cwd() + "/x.js");
    console.log(r("jitlens/package.json").version, typeof r("jitlens/schema.json").properties);`;
  assert.equal(node("--input-type=module", "-e", code).trim(), `${version} object`);
});
test("the command says its version, and profiles a program of the folder", () => {
  assert.match(run("npx", ["--no-install", "jitlens", "--version"]), new RegExp(version.replaceAll(".", "\\.")));
  writeFileSync(
    join(folder, "mine.ts"),
    `import { type Array, jit, numpy as np } from "jitlens";\nconst f = jit((x: Array) => np.tanh(x).mul(2).sum());\nf(np.ones([64, 64]));\n`,
  );
  const out = run("npx", ["--no-install", "jitlens", "profile", "mine.ts#f", "--out", "profiles"]);
  assert.match(out, /tanh/);
  const report = JSON.parse(readFileSync(join(folder, "profiles", "mine.f.jitprofile"), "utf8"));
  assert.equal(report.function.name, "f");
  // The engine that ran is the folder's own.
  assert.equal(report.source.versions.jitlens, version);
  assert.match(report.source.versions.engine, /^the project's own, node_modules.jitlens$/);
});
