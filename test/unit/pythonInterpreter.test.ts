// Which Python runs a file, and that it is said where it was found.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type Wanted, findInterpreter } from "../../src/host/python/interpreter.ts";
import { dist, scratch } from "./runs.ts";

const windows = process.platform === "win32";
const root = join(scratch, "interpreters");
const own = windows ? join(root, ".venv", "Scripts", "python.exe") : join(root, ".venv", "bin", "python");
mkdirSync(dirname(own), { recursive: true });
writeFileSync(own, "");
const bin = join(root, "path");
const onPath = join(bin, windows ? "python.exe" : "python3");
mkdirSync(bin);
writeFileSync(onPath, "");

const all: Wanted = { setting: "/set/python", kernel: "/kernel/python", chosen: "/chosen/python", file: join(root, "nb.ipynb#cell-1"), root };
const CASES: readonly [string, Wanted, string, string][] = [
  ["the setting", all, "/set/python", "the setting jitlens.python"],
  ["the kernel of a notebook", { ...all, setting: "" }, "/kernel/python", "the notebook's kernel"],
  ["the Python extension", { ...all, setting: "", kernel: undefined }, "/chosen/python", "the Python extension"],
  ["the workspace's environment", { file: all.file, root }, own, ".venv of the workspace"],
  ["the PATH", { file: join(scratch, "elsewhere", "a.py"), root: null }, onPath, "the PATH"],
];
for (const [what, wanted, path, from] of CASES) test(what, () => expect(findInterpreter(wanted, { PATH: bin })).toEqual({ path, args: [], from }));

test("nothing in the bridge is defined twice: the later one would be what both callers get", () => {
  const text = readFileSync(join(dist, "bridge", "jitlens_bridge.py"), "utf8");
  const names = [...text.matchAll(/^(?:def|class) (\w+)|^([A-Z_]+) =/gm)].map((m) => m[1] ?? m[2]);
  expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
});
