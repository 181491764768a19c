// npm test: installs what is missing, builds, and runs every suite: types and lint, unit tests and laws, conformance with real JAX's answers,
// and the main job in a real VS Code. Ends with one line that adds them up.
//   --only unit,conformance,e2e,check
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build, ensureDebian, ensureDependencies, ensureRig, findChromium, root } from "./lib.mjs";

const args = process.argv.slice(2),
  only = args.includes("--only") ? args[args.indexOf("--only") + 1].split(",") : ["check", "unit", "conformance", "e2e"];
const total = { passed: 0, failed: 0 };
const bin = (name) => join(root, "node_modules", name);
function suite(name, command, argv, read, env = {}) {
  console.log(`\n── ${name}`);
  const r = spawnSync(command, argv, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, ...env, NO_COLOR: "1" } });
  // Some runners colour their counts all the same: escape sequences are taken out before the counts are read.
  const text = `${r.stdout ?? ""}${r.stderr ?? ""}`.replace(/\u001b\[[0-9;]*m/g, "");
  const counts = read(text, r.status ?? 1);
  console.log(text.split("\n").slice(-400).join("\n"));
  // A suite that ends badly without saying a failure is one failure, and so is one whose counts could not be read.
  if (counts.failed === 0 && (r.status !== 0 || counts.passed === 0)) counts.failed = 1;
  total.passed += counts.passed;
  total.failed += counts.failed;
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed`);
}
const number = (text, pattern) => Number(pattern.exec(text)?.[1] ?? 0);
ensureDependencies();
build();
if (only.includes("check")) {
  const one = (_t, status) => ({ passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 });
  suite("types", process.execPath, [bin("typescript/bin/tsc"), "-p", "."], one);
  suite("lint", process.execPath, [bin("eslint/bin/eslint.js"), "src", "test", "scripts", "--max-warnings", "0"], one);
}
if (only.includes("check"))
  suite("parity: every primitive of JAX's on one device, with its rules", process.execPath, ["scripts/parity.mjs"], (t, status) => ({
    passed: status === 0 ? number(t, /; (\d+) of the/) : 0,
    failed: status === 0 ? 0 : 1,
  }));
if (only.includes("unit"))
  suite("unit tests and laws", process.execPath, [bin("vitest/vitest.mjs"), "run"], (t) => ({
    passed: number(t, /Tests\s+(?:\d+ failed \| )?(\d+) passed/),
    failed: number(t, /Tests\s+(\d+) failed/),
  }));
// The cases whose functions are not built yet are counted, so that the figure can only rise: each file has the least percentage that holds.
const FLOORS = {
  promote: 99,
  primitives: 49,
  indexing: 99,
  nn: 98,
  lax: 100,
  linalg: 98,
  fft: 100,
  scipy: 88,
  random: 86,
  numpy: 97,
  grad: 98,
  jvp: 97,
  vmap: 99,
};
if (only.includes("conformance"))
  for (const [name, floor] of Object.entries(FLOORS))
    suite(
      `conformance: ${name} (at least ${floor} %)`,
      process.execPath,
      ["test/conformance/run.mjs", "--root", ".", "--cases", `test/conformance/${name}.jsonl.gz`, "--min", String(floor), "--fails", "0"],
      (t, status) => {
        const held = number(t, /(\d+) of \d+ cases hold/);
        return { passed: held, failed: status === 0 ? 0 : 1 };
      },
    );
if (only.includes("e2e")) {
  ensureDebian(["chromium", "fonts-dejavu-core"]);
  if (!findChromium()) throw new Error("no Chromium was found: install chromium, Chrome or Edge");
  ensureRig();
  suite("end to end in VS Code", process.execPath, ["--test", "--test-concurrency=1", "test/e2e/"], (t) => ({
    passed: number(t, /# pass (\d+)/),
    failed: number(t, /# fail (\d+)/),
  }));
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed ? 1 : 0);
