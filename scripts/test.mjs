// npm test: installs what is missing, builds, and runs every suite: types, lint and structure, unit tests and laws, conformance with real JAX's
// answers, and the main job in a real VS Code. Ends with one line that adds them up; known misses, each listed with its reason, count as skipped.
//   --only check,unit,conformance,e2e
//   --jax-versions [0.4.38,0.6.2]  only the tests of Python files, with each of these versions of JAX
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { GOLDEN, NEWEST, VERSIONS, pythonWithJax } from "../test/python.mjs";
import { gpuEnvironment, prepareGpu } from "../test/gpu.mjs";
import { build, ensureDebian, ensureDependencies, ensureRig, findChromium, has, root } from "./lib.mjs";

const args = process.argv.slice(2);
const only = args.includes("--only") ? args[args.indexOf("--only") + 1].split(",") : ["check", "unit", "conformance", "e2e"];
const bin = (name) => join(root, "node_modules", name);
const number = (text, pattern) => Number(pattern.exec(text)?.[1] ?? 0);

// ---- how each kind of runner says its counts
/** Passed or not, by the exit code alone. */
const byStatus = (_text, status) => ({ passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 });
/** The plain line `N passed, N failed[, N skipped]`. */
const byLine = (t) => ({
  passed: number(t, /^(\d+) passed, \d+ failed/m),
  failed: number(t, /^\d+ passed, (\d+) failed/m),
  skipped: number(t, /^\d+ passed, \d+ failed, (\d+) skipped/m),
});
const byVitest = (t) => {
  const line = /^\s*Tests\s+(.*)$/m.exec(t)?.[1] ?? "";
  return {
    passed: number(line, /(\d+) passed/),
    failed: number(line, /(\d+) failed/),
    skipped: number(line, /(\d+) skipped/) + number(line, /(\d+) todo/),
  };
};
/** What a failed hook keeps from running is cancelled: that has not passed. */
const byNodeTest = (t) => ({
  passed: number(t, /# pass (\d+)/),
  failed: number(t, /# fail (\d+)/) + number(t, /# cancelled (\d+)/),
  skipped: number(t, /# skipped (\d+)/),
});

const conformance = (mode) => [
  "test/conformance/run.mjs",
  ...["--root", ".", "--cases", "test/conformance", "--mode", mode, "--known", "test/conformance/known-misses.tsv", "--fails", "60"],
];
/** All kernels that can be are compiled by this machine's C compiler, and kept for the next run. */
const onNative = { env: { JITLENS_NATIVE: "all", JITLENS_CACHE: join(root, ".cache") }, missing: nativeMissing };
/**
 * Every suite: the group that `--only` names, what node runs, how its counts are read, what is done before, which may give variables, and why it
 * cannot be run here, where that is so: then it is skipped. Suites of one
 * process run beside each other, as many as there are processors; one that is `alone` takes all processors itself, or drives an editor that must not wait for others.
 */
const SUITES = [
  { group: "check", name: "types", argv: [bin("typescript/bin/tsc"), "-p", "."], read: byStatus },
  { group: "check", name: "lint", argv: [bin("eslint/bin/eslint.js"), "src", "test", "scripts", "--max-warnings", "0"], read: byStatus },
  {
    group: "check",
    name: "parity: every primitive of JAX's on one device, with its rules",
    argv: ["scripts/parity.mjs"],
    read: (t, status) => ({ passed: status === 0 ? number(t, /; (\d+) of the/) : 0, failed: status === 0 ? 0 : 1 }),
  },
  { group: "check", name: "signatures of the public API are those of its types", argv: ["scripts/signatures.mjs", "--check"], read: byStatus },
  { group: "check", name: "every text is translated, and none is shown without", argv: ["scripts/l10n.mjs", "--check"], read: byStatus },
  { group: "check", name: "examples of the documentation", argv: ["scripts/snippets.mjs"], read: byStatus },
  {
    group: "check",
    name: "examples of doc comments give what they say",
    argv: ["scripts/examples.mjs"],
    read: (t, status) => ({ passed: status === 0 ? number(t, /^(\d+) examples/m) : 0, failed: status === 0 ? 0 : 1 }),
  },
  {
    group: "check",
    name: "declarations, from a fresh folder",
    argv: ["scripts/snippets.mjs", "--declarations"],
    read: byStatus,
    prepare: buildTypes,
  },
  {
    group: "check",
    name: "the library, packed and installed into a fresh folder",
    argv: ["--test", "test/package/"],
    read: byNodeTest,
    prepare: buildTypes,
  },
  {
    group: "unit",
    name: "unit tests and laws",
    alone: true,
    argv: [bin("vitest/vitest.mjs"), "run"],
    read: byVitest,
    // Python files are run by a real JAX: it is installed before the tests, not among them.
    // So is a driver for WebGPU, without which its tests would be skipped.
    prepare() {
      for (const version of [NEWEST, ...GOLDEN]) pythonWithJax(version);
      return { ...onGpu(), JITLENS_TEST_GPU: "required" };
    },
  },
  { group: "conformance", name: "conformance, operation by operation", argv: conformance("eager"), read: byLine },
  { group: "conformance", name: "conformance, each case as one compiled program", argv: conformance("jit"), read: byLine },
  {
    group: "conformance",
    name: "conformance on the reference device",
    argv: conformance("jit"),
    env: { JITLENS_DEVICE: "reference" },
    read: byLine,
  },
  // Nothing is looser there: the tolerances are those of the CPU's cases.
  {
    group: "conformance",
    name: "conformance on WebGPU, in software",
    argv: [...conformance("jit"), "--known", "test/conformance/known-misses-webgpu.tsv"],
    env: { JITLENS_DEVICE: "webgpu" },
    read: byLine,
    prepare: onGpu,
  },
  {
    group: "conformance",
    name: "conformance on native kernels, every 37th case",
    argv: [...conformance("jit"), "--every", "37"],
    ...onNative,
    read: byLine,
  },
  { group: "conformance", name: "random programs beside real JAX's answers", argv: ["test/fuzz/run.mjs"], read: byLine },
  {
    group: "conformance",
    name: "random programs on native kernels, every 61st",
    argv: ["test/fuzz/run.mjs", "--every", "61", "--ways", "jit"],
    ...onNative,
    read: byLine,
  },
  {
    group: "e2e",
    name: "end to end in VS Code",
    alone: true,
    // Each file has editors of its own. Much of their time is waiting, so that several go side by side.
    argv: ["--test", "--test-reporter=tap"],
    files: readdirSync(join(root, "test", "e2e"))
      .filter((f) => f.endsWith(".test.mjs"))
      .map((f) => `test/e2e/${f}`),
    read: byNodeTest,
    prepare: prepareEditor,
  },
];
/** A software driver where there is one for this system; gives the variables that name it. */
function onGpu() {
  prepareGpu();
  const { env, missing } = gpuEnvironment();
  if (missing !== undefined) throw new Error(missing);
  return env;
}
/** Why kernels cannot be compiled here, or null. */
function nativeMissing() {
  if (!["cc", "clang", "gcc"].some(has)) return "there is no C compiler";
  return existsSync(join(root, "node_modules", "koffi", "index.cjs")) ? null : "the npm package koffi is not installed";
}
let typesAreBuilt = false;
function buildTypes() {
  if (typesAreBuilt) return;
  typesAreBuilt = true;
  spawnSync(process.execPath, ["scripts/build.mjs", "--only", "types"], { cwd: root, stdio: "inherit" });
}
function prepareEditor() {
  ensureDebian(["chromium", "fonts-dejavu-core"]);
  if (!findChromium()) throw new Error("no Chromium was found: install chromium, Chrome or Edge");
  ensureRig();
}

const SHOWN_LINES = 400;
const total = { passed: 0, failed: 0, skipped: 0 };
/** Exit code, and all that was printed. */
const ended = (argv, env) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd: root, env: { ...process.env, ...env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    const out = [];
    const errors = [];
    child.stdout.on("data", (piece) => out.push(piece));
    child.stderr.on("data", (piece) => errors.push(piece));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, text: Buffer.concat([...out, ...errors]).toString("utf8") }));
  });
const seconds = (start) => Math.round((Date.now() - start) / 1000);
/** Some runners colour their counts all the same: escape sequences are taken out before the counts are read. */
const plain = (text) => text.replace(/\u001b\[[0-9;]*m/g, "");
/** What a process counted. One that ends badly without saying a failure is one failure. */
function countsOf(read, text, status) {
  const counts = { passed: 0, failed: 0, skipped: 0, ...read(plain(text), status ?? 1) };
  if (counts.failed === 0 && status !== 0) counts.failed = 1;
  return counts;
}
async function run({ name, argv, files, read, env = {}, prepare, missing }) {
  const reason = missing?.();
  if (reason) {
    total.skipped++;
    return console.log(`\n── ${name}: 0 passed, 0 failed, 1 skipped (${reason})`);
  }
  const prepared = prepare?.();
  const start = Date.now();
  const all = { ...env, ...prepared };
  const r = files ? await endedByFile(argv, files, all, read) : await ended(argv, all);
  console.log(`\n── ${name} (${seconds(start)} s)`);
  const text = plain(r.text);
  const counts = r.counts ?? countsOf(read, r.text, r.status);
  const lines = text.split("\n");
  // The end is shown; of what stands before it, the tests that failed.
  const cut = lines.slice(0, -SHOWN_LINES);
  cut.forEach((line, i) => {
    if (/^\s*not ok /.test(line)) console.log(cut.slice(i, i + 24).join("\n"));
  });
  console.log(lines.slice(-SHOWN_LINES).join("\n"));
  // A suite whose counts could not be read has failed too.
  if (counts.failed === 0 && counts.passed === 0) counts.failed = 1;
  for (const k of Object.keys(total)) total[k] += counts[k];
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}
/**
 * A process for each file, as many side by side as there are processors. A file that fails is run once more when all others have ended, by itself: an
 * editor, a browser and a server on a busy machine may lose a key or a minute. Only what fails then has failed; what it said the first time is shown as well.
 */
async function endedByFile(argv, files, env, read) {
  const said = [];
  const ends = [];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const attempt = async (file) => {
    const start = Date.now();
    const { status, text } = await ended([...argv, file], env);
    said.push(text);
    ends.push(`# ${file}: ${seconds(start)} s${status === 0 ? "" : `, ended with ${status}`}`);
    return { status, counts: countsOf(read, text, status) };
  };
  const add = (more) => Object.keys(counts).forEach((k) => (counts[k] += more[k]));
  const waiting = [...files];
  const again = [];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const first = await attempt(file);
      if (first.status === 0) add(first.counts);
      else again.push(file);
    }
  };
  await Promise.all(Array.from({ length: Math.min(files.length, availableParallelism()) }, worker));
  for (const file of again) {
    const second = await attempt(file);
    add(second.counts);
    if (second.status === 0) ends.push(`# ${file} failed the first time and passed the second: what failed is above`);
  }
  return { text: [...said, ...ends].join("\n"), counts };
}
/** In their order; those that stand beside each other and are not alone run so. */
async function runAll(suites) {
  const waiting = [...suites];
  while (waiting.length) {
    const alone = waiting.findIndex((s) => s.alone);
    const batch = alone === 0 ? [waiting.shift()] : waiting.splice(0, alone < 0 ? waiting.length : alone);
    const worker = async () => {
      for (let suite = batch.shift(); suite; suite = batch.shift()) await run(suite);
    };
    await Promise.all(Array.from({ length: Math.min(batch.length, availableParallelism()) }, worker));
  }
}
ensureDependencies();
build();
if (args.includes("--jax-versions")) {
  const given = args[args.indexOf("--jax-versions") + 1];
  for (const version of given && !given.startsWith("--") ? given.split(",") : VERSIONS)
    await run({
      name: `Python files with JAX ${version}`,
      argv: [bin("vitest/vitest.mjs"), "run", "test/unit/python"],
      env: { JITLENS_JAX_VERSION: version },
      read: byVitest,
      prepare: () => void pythonWithJax(version),
    });
} else await runAll(SUITES.filter((s) => only.includes(s.group)));
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed ? 1 : 0);
