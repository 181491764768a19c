// What can go wrong with a Python file: each ends in one sentence with the user's line, or the interpreter's last words, and what to do; the next click works.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { pythonWithJax } from "../python.mjs";
import { type RunOptions, errorOf, reportOf, run, scratch, start } from "./runs.ts";

let setting = "";
let n = 0;
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
const options = (o: RunOptions = {}): RunOptions => ({
  mode: "trace",
  file: join(scratch, `pyf${n++}`, "model.py"),
  python: { setting },
  collect: { calls: 1e6, seconds: 10 },
  ...o,
});
const python = (text: string, o: RunOptions = {}) => run(text, options(o));
const head = "import jax\nimport jax.numpy as jnp\n";
/** The function on lines 3 and 4; the rest from line 5. */
const f = `${head}@jax.jit\ndef f(x): return x + 1\n`;
const call = "f(jnp.ones(3))\n";

describe("before the file runs", () => {
  test("an interpreter that is not there", async () => {
    const e = errorOf(await python(f, { python: { setting: "/no/such/python" } }));
    expect(e).toMatch(/there is no program "\/no\/such\/python", which the setting jitlens\.python names.* \| Install Python 3\.10.*jitlens\.python/);
  });
  test("a program that is no Python", async () => {
    const e = errorOf(await python(f, { python: { setting: process.execPath } }));
    expect(e).toMatch(
      /^3: .*, which the setting jitlens\.python names, is not a Python: it ended with exit code \d+ \| Choose Python 3\.10.* Its last words: .*bad option/,
    );
  });
  test.skipIf(process.platform === "win32")("a program that is no Python and says nothing", async () => {
    const e = errorOf(await python(f, { python: { setting: "/bin/true" } }));
    expect(e).toMatch(/^3: \/bin\/true, which .* is not a Python: it ended with exit code 0 \| Choose Python 3\.10.* It printed no error\.$/);
  });
  test("a Python without JAX", async () => {
    const folder = join(scratch, "bare");
    expect(spawnSync(setting, ["-m", "venv", "--without-pip", folder]).status).toBe(0);
    const bare = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
    const e = errorOf(await python(f, { python: { setting: bare } }));
    expect(e).toBe(
      `1: JAX is not installed in ${bare} | Install it: ${bare} -m pip install jax, or set jitlens.python to the interpreter that has it`,
    );
  });
  test("a JAX that is too old", async () => {
    const file = join(scratch, "old", "model.py");
    const e = errorOf(await python(f, { file, beside: { "jax/__init__.py": '__version__ = "0.4.30"\n', "jax/numpy.py": "" } }));
    expect(e).toMatch(/^3: JAX 0\.4\.30 is too old: JitLens needs 0\.4\.38 or newer \| Update it: .* -m pip install -U jax$/);
  });
  test("argument types that cannot be read", async () =>
    expect(errorOf(await python(f, { args: "f99[2]" }))).toMatch(/^3: argument types: "f99" \(character 1\) is no dtype/));
});
describe("errors of the user's, on their line", () => {
  const CASES: readonly [string, string, RegExp][] = [
    [
      "a module that is missing",
      `import jax, optaxx\n@jax.jit\ndef f(x): return x\n`,
      /^1: the module "optaxx" is not found \| Install it: .* -m pip install optaxx$/,
    ],
    ["a syntax error", `${f}x = (1 +\n`, /^5: SyntaxError: .* \| Correct the line/],
    ["an exception before the call", `${f}raise ValueError("my reason")\n${call}`, /^5: ValueError: my reason \|/],
    [
      "a condition on an array",
      `${head}@jax.jit\ndef f(x):\n  if x > 0:\n    return x\n  return -x\nf(1.0)`,
      /^5: TracerBoolConversionError: [^\n]* \| Use jax\.lax\.cond or jnp\.where/,
    ],
    [
      "shapes that do not fit",
      `${head}@jax.jit\ndef f(x):\n  y = x + 1\n  return x @ jnp.ones((5, 2))\nf(jnp.ones((2, 3)))`,
      /^6: TypeError: dot_general requires/,
    ],
    [
      "numpy on a traced value",
      `${head}import numpy as np\n@jax.jit\ndef f(x):\n  return np.sin(x)\nf(1.0)`,
      /^6: TracerArrayConversionError: .* \| Use jax\.numpy/,
    ],
    [
      "a traced value as a size",
      `${head}@jax.jit\ndef f(n):\n  return jnp.zeros(n)\nf(3)`,
      /^5: (?:TypeError|ConcretizationTypeError|TracerIntegerConversionError): .* \| \w/,
    ],
    ["a boolean mask", `${head}@jax.jit\ndef f(x):\n  return x[x > 0]\nf(jnp.ones(3))`, /^5: NonConcreteBooleanIndexError: .* \| Use jnp\.where/],
    [
      "a NaN that JAX was told to look for",
      `${head}jax.config.update("jax_debug_nans", True)\n@jax.jit\ndef f(x):\n  y = x - 1\n  return jnp.log(y)\nf(jnp.zeros(3))\n`,
      /^[78]: FloatingPointError: invalid value \(nan\) encountered in .* \| Look at the operation that is named/,
    ],
    [
      "a value that was kept from another trace",
      `${head}kept = []\njax.make_jaxpr(lambda x: kept.append(x) or x)(1.0)\n@jax.jit\ndef f(x): return kept[0] + x\nf(1.0)\n`,
      /^\d+: UnexpectedTracerError: .* \| Return the value from the function/,
    ],
    ["a static argument that cannot be hashed", `${head}f = jax.jit(lambda x, n: x, static_argnums=1)\nf(1.0, [1])`, /^4: .*[Nn]on-hashable/],
    ["what is no array", `${f}f("text")\n`, /^5: TypeError: .*/],
    [
      "sys.exit",
      `${f}import sys\nsys.exit(3)\n${call}`,
      /^6: your file ended with exit code 3 before f was called \| Call the function before sys\.exit/,
    ],
    ["sys.exit with words", `${f}raise SystemExit("no data")\n`, /^5: your file ended itself before f was called: no data/],
    [
      "arguments of the command line that are not there",
      `import argparse\n${f}if __name__ == "__main__":\n  p = argparse.ArgumentParser()\n  p.add_argument("--data", required=True)\n  p.parse_args()\n${call}`,
      /^9: your file wants arguments of the command line, and is given none: the following arguments are required: --data \| Give them defaults, or write # trace:/,
    ],
    [
      "arguments of the command line that are read by their place",
      `${f}import sys\nn = int(sys.argv[1])\n${call}`,
      /^6: IndexError: list index out of range \| The file runs without arguments of the command line/,
    ],
    ["os._exit", `${f}import os\nos._exit(4)\n${call}`, /^3: your file ended with exit code 4 before f was called/],
    [
      "a segmentation fault",
      `${f}import ctypes\nctypes.string_at(0)\n`,
      process.platform === "win32"
        ? /^3: Python was ended by a segmentation fault/
        : /^6: Python was ended by a segmentation fault.*output channel JitLens\.$/,
    ],
    ["code that did not run", `${head}def make():\n  @jax.jit\n  def f(x): return x\n`, /^4: f is never created: the code around it did not run/],
  ];
  test.each(CASES)("%s", async (_what, text, wanted) => expect(errorOf(await python(text))).toMatch(wanted));
  test("an error in a module of theirs", async () => {
    const file = join(scratch, "module", "model.py");
    const r = await python(`import jax\nimport other\n@jax.jit\ndef f(x): return x\n`, { file, beside: { "other.py": "x = 1\ny = x / 0\n" } });
    expect(r).toMatchObject({ kind: "error", file: join(scratch, "module", "other.py"), line: 2 });
    expect(errorOf(r)).toMatch(/ZeroDivisionError: division by zero/);
  });
  test("after the first call the report stands, with a warning", async () => {
    const r = reportOf(await python(`${f}${call}raise ValueError("later")\n`));
    const [w] = r.warnings;
    expect(w!.message).toMatch(/after the calls that are shown, the file ended with an error: ValueError: later/);
    expect(r.frames[r.stacks[w!.stack!]![0]!]!.line).toBe(6);
  });
  test("the first call is the last thing that the file does before it fails", async () =>
    expect(reportOf(await python(`${f}y = ${call.trim()}; raise ValueError("at once")`)).programs[0]!.levels[0]!.regions).toHaveLength(1));
  test("a function that cannot be run again is shown without times, and why", async () => {
    const text = `import numpy as np\n${head}calls = []\ndef host(x):\n  calls.append(1)\n  if len(calls) > 1: raise ValueError("only once")\n  return x\n@jax.jit\ndef f(x): return jax.pure_callback(host, jax.ShapeDtypeStruct((3,), np.float32), x) + 1\n${call}`;
    const r = reportOf(await python(text, { mode: "profile" }));
    expect(r.timing).toBeUndefined();
    expect(r.warnings.map((w) => w.kind)).toContain("measure");
    expect(r.warnings.find((w) => w.kind === "measure")!.message).toMatch(/^f could not be run again to be measured: ./);
  });
  test("exit after the first call", async () => expect(reportOf(await python(`${f}${call}raise SystemExit(1)\n`)).compilations).toHaveLength(1));
});
describe("files that go on and on", () => {
  test("an endless loop before the call is cancelled", async () => {
    let looping = (): void => {};
    const inLoop = new Promise<void>((resolve) => (looping = resolve));
    const s = await start(`${f}print("in the loop")\nwhile True: pass\n`, options({ output: (t) => void (t.includes("in the loop") && looping()) }));
    await inLoop;
    s.cancel();
    const at = performance.now();
    expect(await s.result).toEqual({ kind: "cancelled" });
    expect(performance.now() - at).toBeLessThan(3000);
  });
  test("an endless loop after it: the report stands when the time is over", async () => {
    const r = reportOf(await python(`${f}${call}while True: f(jnp.ones(4))\n`, { collect: { calls: 1e6, seconds: 1 } }));
    expect(r.compilations.map((c) => c.causes[0]!.kind)).toEqual(["first", "shape"]);
  });
  test("10 MB of output", async () => {
    let bytes = 0;
    const r = await python(`${f}for i in range(100): print("x" * 100_000)\n${call}`, { output: (t) => void (bytes += t.length) });
    expect(reportOf(r).compilations).toHaveLength(1);
    expect(bytes).toBeGreaterThan(10_000_000);
  });
  test("output without an end of line, in another script", async () => {
    let text = "";
    await python(`import sys\n${f}sys.stdout.write("größer 数")\n${call}`, { output: (t) => void (text += t) });
    expect(text).toContain("größer 数");
  });
});
describe("arguments of a function that nothing calls", () => {
  test("are asked for by the parameters' names", async () =>
    expect(await python(`${head}@jax.jit\ndef f(x, y, *, z=1): return x`)).toEqual({ kind: "needs-arguments", parameters: ["x", "y"] }));
  test.each([
    ["as typed", "", { args: "f32[2,3], i32[]" }],
    ["as written above it", "# trace: f32[2,3], i32[]\n", {}],
  ])("%s", async (_what, comment, o) => {
    const r = reportOf(await python(`${head}${comment}@jax.jit\ndef f(x, n): return x * n\n`, { mode: "profile", ...o }));
    expect(r.programs[0]!.arguments.map((a) => `${a.name}: ${a.type}`)).toEqual(["x: f32[2,3]", "n: i32[]"]);
    expect(r.timing!.total.median).toBeGreaterThan(0);
    expect(r.warnings.map((w) => w.kind)).toEqual(["madeUp"]);
    expect(r.compilations[0]!.program).toBe("p0");
  });
  test("trees and static values", async () => {
    const text = `${head}from functools import partial\n@partial(jax.jit, static_argnums=2)\ndef f(p, xs, flag): return (p["w"] * xs[0] if flag else xs[1])\n`;
    const r = reportOf(await python(text, { args: '{"w": f32[3]}, (f32[3], [bf16[2]]), True' }));
    expect(r.programs[0]!.arguments.map((a) => a.type)).toEqual(["f32[3]", "f32[3]", "bf16[2]"]);
  });
  test("of a method", async () => {
    const text = `${head}class A:\n  # trace: f32[3]\n  @jax.jit\n  def f(self, x): return x\n`;
    expect(errorOf(await python(text))).toMatch(/^5: f is a method of A: what its self is cannot be said by argument types \| Call it in the file/);
  });
  test("too many", async () => expect(errorOf(await python(f, { args: "f32[2], f32[2]" }))).toMatch(/2 argument types for f\(x\)/));
});
describe("what is registered for the end", () => {
  const library = "import atexit\ndef start(): atexit.register(lambda: print('the library is done'))\n";
  test("by a library is done too, before the run is over; a call there counts", async () => {
    let said = "";
    const text = `import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "site-packages"))\nimport atexit, logs\nlogs.start()\n${f}atexit.register(lambda: f(jnp.ones(3)))\n`;
    const r = await python(text, { output: (t) => void (said += t), beside: { "site-packages/logs.py": library } });
    expect(reportOf(r).compilations).toHaveLength(1);
    expect(said).toContain("the library is done");
  });
  test("and fails is no error of the file's", async () => {
    let said = "";
    const text = `import atexit\n${f}${call}atexit.register(lambda: 1 / 0)\n`;
    const r = reportOf(await python(text, { output: (t) => void (said += t) }));
    expect(r.warnings).toEqual([]);
    expect(said).toContain("ZeroDivisionError");
  });
});
test("after a file that took the interpreter down, the next click runs", async () => {
  const file = join(scratch, "again", "model.py");
  for (const fault of ["import ctypes\nctypes.string_at(0)\n", "import os, signal\nos.abort()\n", "raise SystemExit(3)\n", "def g(): g()\ng()\n"]) {
    expect((await python(`${f}${fault}${call}`, { file })).kind).toBe("error");
    expect(reportOf(await python(`${f}${call}`, { file })).compilations).toHaveLength(1);
  }
});
describe("several devices", () => {
  const four = 'import os\nos.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"\n';
  const mesh = `${four}${head}import numpy as np\nfrom jax.sharding import Mesh, NamedSharding, PartitionSpec as P\nmesh = Mesh(np.array(jax.devices()), ("d",))\nx = jax.device_put(jnp.ones((8, 4)), NamedSharding(mesh, P("d")))\n`;
  test.each([
    ["a collective between them", "@jax.jit\ndef f(x): return (x * x).sum()\nf(x)\n", /all-reduce/],
    [
      "a function of each",
      "try:\n  from jax import shard_map\nexcept ImportError:\n  from jax.experimental.shard_map import shard_map\n@jax.jit\ndef f(x): return shard_map(lambda b: jax.lax.psum(jnp.sin(b), 'd'), mesh=mesh, in_specs=P('d'), out_specs=P())(x)\nf(x)\n",
      /all-reduce/,
    ],
    ["no collective", "@jax.jit\ndef f(x): return jnp.tanh(x) * jnp.tanh(x).sum(1, keepdims=True)\nf(x)\n", /loop/],
  ])("%s: every event is matched, and no edge is without a word", async (_what, text, kind) => {
    const r = reportOf(await python(`${mesh}${text}`, { mode: "profile" }));
    expect(r.warnings.map((w) => w.kind)).toEqual(["devices"]);
    expect(r.programs[0]!.kernels!.map((k) => k.kind).join(" ")).toMatch(kind);
    expect(r.programs[0]!.kernels!.every((k) => k.time !== undefined)).toBe(true);
    // XLA was asked with the options for four devices: another program would have no reasons for this one's edges.
    expect(r.programs[0]!.decisions!.filter((d) => d.rule === "XLA: two kernels")).toEqual([]);
    expect(r.programs[0]!.passes?.map((x) => x.name)).toEqual(["fusion"]);
  });
  test("an error in one names the user's line, and the next click works", async () => {
    const e = errorOf(await python(`${mesh}@jax.jit\ndef f(x): return jax.lax.with_sharding_constraint(x, NamedSharding(mesh, P("e")))\nf(x)\n`));
    expect(e).toMatch(/^10: ValueError: .*\be\b/);
  });
});
describe("a file of a package", () => {
  const beside = {
    "pack/__init__.py": "",
    "pack/sub/__init__.py": "",
    "pack/sub/ops.py": "import jax.numpy as jnp\ndef double(x):\n  return x * 2\n",
    "pack/size.py": "N = 3\n",
  };
  test("with relative imports runs as python -m runs it", async () => {
    const folder = join(scratch, "packaged");
    const text = `${head}from .ops import double\nfrom ..size import N\nimport pack.size\n@jax.jit\ndef f(x): return double(x)\nif __name__ == "__main__": f(jnp.ones(N))\n`;
    const file = join(folder, "pack", "sub", "train.py");
    const r = reportOf(
      await python(text, { file, beside: Object.fromEntries(Object.entries(beside).map(([name, t]) => [join("..", "..", name), t])) }),
    );
    expect(r.programs[0]!.arguments.map((a) => a.type)).toEqual(["f32[3]"]);
    expect(r.files.map((f) => f.path.replaceAll("\\", "/"))).toContainEqual(expect.stringContaining("pack/sub/ops.py"));
  });
  test("without __init__.py too", async () => {
    const file = join(scratch, "spaces", "pack", "train.py");
    const r = await python(`${head}from .size import N\n@jax.jit\ndef f(x): return x + 1\nf(jnp.ones(N))\n`, {
      file,
      beside: { "size.py": "N = 3\n" },
    });
    expect(reportOf(r).programs[0]!.arguments[0]!.type).toBe("f32[3]");
  });
  test("without relative imports it is a file like any other: what lies beside it is imported by its name", async () => {
    const file = join(scratch, "plain", "pack", "train.py");
    const r = await python(`${head}from size import N\n@jax.jit\ndef f(x): return x + 1\nf(jnp.ones(N))\n`, {
      file,
      beside: { "size.py": "N = 3\n", "__init__.py": "" },
    });
    expect(reportOf(r).programs[0]!.arguments[0]!.type).toBe("f32[3]");
  });
});
test("several devices: the file's own flags count, and the report says so", async () => {
  const text = `import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"
${head}from jax.sharding import NamedSharding, PartitionSpec as P
mesh = jax.make_mesh((4,), ("d",))
x = jax.device_put(jnp.ones((8, 4)), NamedSharding(mesh, P("d")))
@jax.jit
def f(x): return (x * 2).sum()
f(x)
`;
  const r = reportOf(await python(text, { mode: "profile" }));
  expect(r.devices[0]!.limits!.devices).toBe(4);
  expect(r.warnings.map((w) => w.kind)).toEqual(["devices"]);
});
test("flags that are set at the top of the file count", async () => {
  const text = `import os\nos.environ["JAX_ENABLE_X64"] = "1"\n${head}@jax.jit\ndef f(x): return x\nf(jnp.ones(3))\n`;
  expect(reportOf(await python(text)).programs[0]!.arguments[0]!.type).toBe("f64[3]");
});
