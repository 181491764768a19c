// Which text of a file runs, and what the file wants done at its end.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { RunResult } from "../../src/host/protocol.ts";
import { pythonWithJax } from "../python.mjs";
import { head as tsHead, errorOf, reportOf, run, scratch } from "./runs.ts";

let setting = "";
let n = 0;
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
const head = "import jax\nimport jax.numpy as jnp\n";
const call = `${head}import atexit\n@jax.jit\ndef f(x): return x + 1\n`;
async function traced(text: string): Promise<{ readonly result: RunResult; readonly output: string }> {
  let output = "";
  const result = await run(text, { file: join(scratch, `pyt${n++}`, "model.py"), python: { setting }, output: (t) => void (output += t) });
  return { result, output };
}

test("a file that runs another one, a module of theirs, and the clicked file are read as they stand in the editor", async () => {
  const folder = join(scratch, "unsaved");
  const at = (name: string): string => join(folder, name);
  const beside = { "main.py": "raise ValueError('the saved main')\n", "helper.py": "raise ValueError('the saved helper')\n" };
  mkdirSync(folder, { recursive: true });
  // The clicked file is imported by the entry: what is on the disk is another text.
  writeFileSync(at("model.py"), "raise ValueError('the saved model')\n");
  const r = await run(`${head}from helper import SIZE\n@jax.jit\ndef f(x): return x * SIZE\n`, {
    ...{ file: at("model.py"), beside: { ...beside, "model.py": "raise ValueError('the saved model')\n" } },
    ...{ entry: at("main.py"), python: { setting } },
    unsaved: { [at("main.py")]: `${head}import model\nmodel.f(jnp.ones(7))\n`, [at("helper.py")]: "SIZE = 7\n" },
  });
  const report = reportOf(r);
  expect(report.programs[0]!.arguments.map((a) => a.type)).toEqual(["f32[7]"]);
  expect(report.files.find((f) => f.path.endsWith("main.py"))?.text).toContain("model.f");
  expect(report.files.find((f) => f.path.endsWith("model.py"))?.text).toContain("SIZE");
});
test("what is registered with atexit is done before the report, the last one first; one that fails does not keep the others from it", async () => {
  const { result, output } = await traced(`${call}atexit.register(print, "the first,", 1)
@atexit.register
def fails(): raise ValueError("no")
def never(): print("never")
atexit.register(never)
atexit.unregister(never)
atexit.register(lambda: print("the last", f(jnp.ones(3)).sum()))
print("the end of the file")
`);
  expect(reportOf(result).programs[0]!.arguments[0]!.type).toBe("f32[3]");
  const said = [...output.matchAll(/the end of the file|the last 6\.0|ValueError: no|the first, 1|never/g)].map((m) => m[0]);
  expect(said.filter((s) => !s.startsWith("Value"))).toEqual(["the end of the file", "the last 6.0", "the first, 1"]);
  expect(said).toContain("ValueError: no");
});
test.each([
  ["sys.exit", "import sys\nsys.exit(3)", /exit code 3/],
  ["an error", "raise ValueError('mine')", /ValueError: mine/],
])("also after %s", async (_what, end, wanted) => {
  const { result, output } = await traced(`${call}atexit.register(print, "bye")\n${end}\n`);
  expect(errorOf(result)).toMatch(wanted);
  expect(output).toContain("bye");
});
test("TypeScript files, too, are read as they stand in the editor, wherever they are imported", async () => {
  const folder = join(scratch, "unsavedTs");
  const saved = 'throw new Error("the saved text");\n';
  const r = await run(`${tsHead}import { SIZE } from "./helper.ts";\nexport const f = jit((x: Value) => x.mul(SIZE));\n`, {
    ...{ file: join(folder, "model.ts"), beside: { "main.ts": saved, "helper.ts": saved }, entry: join(folder, "main.ts") },
    unsaved: {
      [join(folder, "main.ts")]: `import { numpy as np } from "jitlens";\nimport { f } from "./model.ts";\nf(np.ones([7]));\n`,
      [join(folder, "helper.ts")]: "export const SIZE: number = 7;\n",
    },
  });
  expect(reportOf(r).programs[0]!.arguments.map((a) => a.type)).toEqual(["f32[7]"]);
});
