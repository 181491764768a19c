// The Pythons with JAX that tests run: environments of their own in .cache, made with pip the first time and kept. Without a Python that can make one the tests
// fail and say so: they are not skipped.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";
/** The newest JAX that pip gives for the Python that is here. */
export const NEWEST = "newest";
/** What `npm test -- --jax-versions` runs the tests of Python files with. */
export const VERSIONS = ["0.4.38", "0.6.2", "0.8.3", NEWEST];
/** The oldest one, and one of those with which XLA tells places otherwise: what they make of the examples is held to golden Reports. */
export const GOLDEN = ["0.4.38", "0.10.2"];

function pythons() {
  return process.env.JITLENS_TEST_PYTHON ? [process.env.JITLENS_TEST_PYTHON] : windows ? ["python", "py"] : ["python3", "python"];
}
function run(command, args, what) {
  const r = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1" } });
  if (r.status !== 0) throw new Error(`${what} failed: ${command} ${args.join(" ")}\n${r.error?.message ?? ""}${(r.stderr ?? "").slice(-1500)}`);
  return r.stdout;
}
function environment(version) {
  const folder = join(root, ".cache", "python", version);
  const python = windows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  const done = join(folder, "jitlens-done");
  return { folder, python, done, isMade: existsSync(done) && existsSync(python) };
}
/** The version of JAX that an interpreter has. */
export const jaxVersion = (python) =>
  run(python, ["-c", "import importlib.metadata as m; print(m.version('jax'))"], "asking for the version of JAX").trim();
/**
 * The interpreter of an environment with this version of JAX, made where it is not there yet.
 * @param {string} version such as "0.4.38", or NEWEST
 * @returns {string}
 */
export function pythonWithJax(version = process.env.JITLENS_JAX_VERSION ?? NEWEST) {
  const { folder, python, done, isMade } = environment(version);
  if (isMade) return python;
  // The newest one may be the one that is asked for.
  const newest = environment(NEWEST);
  if (version !== NEWEST && newest.isMade && jaxVersion(newest.python) === version) return newest.python;
  const found = pythons().find((p) => spawnSync(p, ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"], { stdio: "ignore" }).status === 0);
  if (!found) throw new Error("the tests of Python files need Python 3.10 or newer with its venv module (on Debian: apt-get install python3-venv)");
  console.error(`Making an environment with JAX (${version}) in ${folder} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  run(found, ["-m", "venv", folder], "making a Python environment (on Debian: apt-get install python3-venv)");
  run(python, ["-m", "pip", "install", "--quiet", version === NEWEST ? "jax" : `jax==${version}`], "installing JAX");
  writeFileSync(done, "");
  return python;
}
