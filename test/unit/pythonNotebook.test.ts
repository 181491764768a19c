// Notebooks in real runs, with a real JAX: cells run in order in one process, and every line of the Report is a line of a cell.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/engine/report/types.ts";
import { Failure } from "../../src/host/cli/failure.ts";
import { siteOf } from "../../src/host/cli/functions.ts";
import { profileSite } from "../../src/host/cli/profile.ts";
import { readSource } from "../../src/host/cli/target.ts";
import { pythonWithJax } from "../python.mjs";
import { dist, scratch } from "./runs.ts";

let python = "";
let n = 0;
beforeAll(() => {
  python = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
interface How {
  readonly site?: string;
  readonly mode?: "profile" | "trace";
  readonly args?: string;
  readonly beside?: Readonly<Record<string, string>>;
}
/** Runs a function of a notebook as the command line does; what it prints goes to `printed`. */
async function run(cells: readonly string[], o: How = {}): Promise<{ report: Report; printed: string; file: string }> {
  const file = join(scratch, `nb${n++}`, "train.ipynb");
  mkdirSync(dirname(file), { recursive: true });
  for (const [name, text] of Object.entries(o.beside ?? {})) writeFileSync(join(dirname(file), name), text);
  writeFileSync(
    file,
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: cells.map((source) => ({ cell_type: "code", source, metadata: {} })) }),
  );
  const source = await readSource(dist, file);
  let printed = "";
  const runs = { dist, folder: dirname(file), progress: () => {}, output: (t: string) => void (printed += t) };
  const options = { python, seconds: 10, ...(o.args === undefined ? {} : { args: o.args }) };
  const { report } = await profileSite(runs, source, siteOf(source, o.site ?? "f"), options, o.mode ?? "trace");
  return { report, printed, file };
}
/** `cell-3:2: message | what to do` */
async function failure(cells: readonly string[], o: How = {}): Promise<string> {
  try {
    await run(cells, o);
  } catch (e) {
    if (!(e instanceof Failure)) throw e;
    return `${e.place.file?.replace(/.*#/, "")}:${e.place.line}: ${e.message} | ${e.action}`;
  }
  throw new Error("it did not fail");
}
const head = "import jax\nimport jax.numpy as jnp";
const f = "@jax.jit\ndef f(x):\n    return jnp.tanh(x) + 1";
const call = "f(jnp.ones(3))";
const warnings = (r: Report): string[] =>
  r.warnings.map((w) => {
    const frame = w.stack === null ? undefined : r.frames[r.stacks[w.stack]?.[0] ?? -1];
    return `${frame ? `${r.files[frame.file]!.path}:${frame.line}: ` : ""}${w.message}`;
  });

describe("a function of a notebook", () => {
  const cells = [
    `%matplotlib inline\n${head}\nprint("above")`,
    "def layer(x, w):\n    y = x @ w\n    return jnp.tanh(y)",
    `# the step\n@jax.jit\ndef step(x, w):\n    h = layer(x, w)\n    return (h * h).sum()`,
    `print("below")\n%time y = step(jnp.ones((64, 32)), jnp.ones((32, 16)))\nstep(jnp.ones((8, 32)), jnp.ones((32, 16)))\nprint("to the end of the cell")`,
    'print("never")',
  ];
  let r: Report;
  let printed = "";
  beforeAll(async () => ({ report: r, printed } = await run(cells, { site: "step", mode: "profile" })), 120_000);
  test("the cells above run, then its own, then those below until one has called it", () => {
    expect(printed).toMatch(/above[^]*below[^]*to the end of the cell/);
    expect(printed).not.toContain("never");
    expect(r.warnings).toEqual([]);
  });
  test("files of the Report are cells, with the text that is written", () => {
    const at = r.frames[r.function.at]!;
    expect(r.function.name).toBe("step");
    expect(r.files[at.file]!.path).toBe("train.ipynb#cell-3");
    expect([at.line, at.column]).toEqual([2, 1]);
    for (const x of r.files) expect(x.text).toBe(cells[Number(/#cell-(\d)$/.exec(x.path)![1]) - 1]);
  });
  test("each operation stands on its cell's line, through what another cell defines", () => {
    const dot = r.programs[0]!.levels[0]!.regions.flatMap((g) => g.nodes).find((x) => x.op === "dot_general")!;
    const stack = r.stacks[dot.stack!]!.map((i) => r.frames[i]!).map((x) => `${r.files[x.file]!.path.slice(12)}:${x.line} ${x.func}`);
    // JAX 0.4 to 0.8 has the call of the jit function, too.
    expect(stack.filter((s) => s !== "cell-4:2 <module>")).toEqual(["cell-2:2 layer", "cell-3:4 step"]);
    const frame = r.frames[r.stacks[dot.stack!]![0]!]!;
    expect(r.files[frame.file]!.text!.split("\n")[frame.line - 1]!.slice(frame.column - 1)).toBe("x @ w");
  });
  test("kernels have lines of cells, and lines add up to the call", () => {
    const at = (l: { readonly file: number; readonly line: number }): string => `${r.files[l.file]!.path.slice(12)}:${l.line}`;
    const lines = new Set(r.programs[0]!.kernels!.flatMap((k) => k.lines.map(at)));
    expect([...lines].sort()).toEqual(["cell-2:2", "cell-2:3", "cell-3:5"]);
    expect(r.lines!.reduce((s, l) => s + l.share, 0)).toBeCloseTo(1);
    // What the call costs stands where it is called: after %time, at its place.
    expect(at(r.lines!.find((l) => l.parts.call)!)).toBe("cell-4:2");
    const called = r.frames[r.stacks[r.compilations.find((c) => c.function === "step")!.call!]![0]!]!;
    expect([called.line, called.column]).toEqual([2, "%time y = ".length + 1]);
  });
  test("in a cell that is indented as a whole, places are those of what is written", async () => {
    const text = `    # moved from a function\n    @jax.jit\n    def g(x):\n        note = """\nflush left\n    """\n        return x @ x.T\n    g(jnp.ones((3, 2)))`;
    const { report } = await run([head, text], { site: "g" });
    const at = report.frames[report.function.at]!;
    expect([at.line, at.column]).toEqual([2, 5]);
    const dot = report.programs[0]!.levels[0]!.regions.flatMap((g) => g.nodes).find((x) => x.op === "dot_general")!;
    const frame = report.frames[report.stacks[dot.stack!]![0]!]!;
    expect(text.split("\n")[frame.line - 1]!.slice(frame.column - 1)).toBe("x @ x.T");
    const call = report.frames[report.stacks[report.compilations[0]!.call!]![0]!]!;
    expect(text.split("\n")[call.line - 1]!.slice(call.column - 1)).toBe("g(jnp.ones((3, 2)))");
  });
  test("why it was traced again", () =>
    expect(r.compilations.filter((c) => c.function === "step").map((c) => c.causes.map((x) => x.kind))).toEqual([["first"], ["shape"]]));
});

describe("which cells run", () => {
  test("a call in the function's own cell ends it there", async () => {
    const { printed, report } = await run([head, `${f}\n${call}\nprint("own")`, 'print("below")']);
    expect(printed).toContain("own");
    expect(printed).not.toContain("below");
    expect(report.programs).toHaveLength(1);
  });
  test("with argument types none below runs", async () => {
    const { printed } = await run([head, `# trace: f32[5]\n${f}`, 'print("below")']);
    expect(printed).not.toContain("below");
    const given = await run([head, f, 'print("below")'], { args: "f32[5]" });
    expect(given.report.programs[0]!.arguments.map((a) => a.type)).toEqual(["f32[5]"]);
    expect(given.printed).not.toContain("below");
  });
  test("one that is never called is asked for its types", async () =>
    expect(await failure([head, f, "1"])).toBe(
      'cell-2:1: f is not called while the notebook runs, so the types of its arguments are not known | Give them: --args "f32[2,3]" for f(x).',
    ));
  test("of a name that two cells define each has its own", async () => {
    const other = "@jax.jit\ndef f(x):\n    return jnp.sin(x)";
    const cells = [head, `${f}\n${call}`, `${other}\nf(jnp.ones(4))`];
    const ops = async (site: string) =>
      (await run(cells, { site })).report.programs[0]!.levels[0]!.regions.flatMap((g) => g.nodes.map((x) => x.op)).filter((op) =>
        /sin|tanh/.test(op),
      );
    expect(await ops("cell-2")).toEqual(["tanh"]);
    expect(await ops("cell-3:1")).toEqual(["sin"]);
    expect(await failure(cells)).toMatch(
      /train\.ipynb:null: this notebook has 2 jit functions called "f" \| Name one by its place: #cell-2:1:1, #cell-3:1:1\./,
    );
    // Nothing calls the first one before its name is another's: its types are asked for, and with them it is still the one that is meant.
    const never = [head, f, `${other}\nprint("defined")`, `${call}\nprint("called")`];
    expect(await failure(never, { site: "cell-2" })).toMatch(/^cell-2:1: f is not called/);
  });
  test("a function that is given another name, a method, and one that is made in a function", async () => {
    expect((await run([head, "def g(x):\n    return x + 1\nh = jax.jit(g)", "h(jnp.ones(3))"], { site: "h" })).report.function.name).toBe("h");
    expect((await run([head, "class A:\n    @jax.jit\n    def f(x):\n        return x + 1", "A.f(jnp.ones(3))"])).report.function.name).toBe("f");
    expect(
      (await run([head, "def make():\n    @jax.jit\n    def f(x):\n        return x + 1\n    return f", "make()(jnp.ones(3))"])).report.programs,
    ).toHaveLength(1);
  });
});

describe("what a notebook is used to", () => {
  test("top-level await, display and IPython that is not there, its magics", async () => {
    const { printed, report } = await run([
      `%load_ext autoreload\n%autoreload 2\n!echo shell\n%pip install nothing\n${head}`,
      "import asyncio\nasync def size():\n    await asyncio.sleep(0)\n    return 3\nn = await size()",
      "from IPython.display import display as show, Markdown, clear_output\nfrom IPython import get_ipython as gi\nclear_output(wait=True)\nshow(Markdown('x'))\ndisplay(n)\nget_ipython().run_line_magic('matplotlib', 'inline')\ngi().system('ls')\nprint('google.colab' in str(get_ipython()))",
      `${f}\n%timeit -n 2 f(jnp.ones(n))`,
    ]);
    expect(printed).toMatch(/^3\n/m);
    expect(printed).toContain("False");
    expect(printed).not.toContain("shell\n");
    expect(report.programs[0]!.arguments.map((a) => a.type)).toEqual(["f32[3]"]);
    expect(warnings(report)).toEqual([
      "train.ipynb#cell-1:3: “!echo shell” was skipped: a profile runs no shell commands",
      "train.ipynb#cell-1:4: “%pip install nothing” was skipped: a profile installs nothing",
    ]);
  });
  test("a function that is called by a cell that awaits", async () => {
    const { report } = await run([head, f, "import asyncio\nawait asyncio.sleep(0)\nf(jnp.ones(7))\nawait asyncio.sleep(0)"]);
    expect(report.programs[0]!.arguments.map((a) => a.type)).toEqual(["f32[7]"]);
  });
  test("variables of the environment count for the cells below", async () => {
    const { printed } = await run(["%env XLA_FLAGS=--xla_force_host_platform_device_count=3", head, f, `print(jax.device_count())\n${call}`]);
    expect(printed).toMatch(/^3$/m);
  });
  test("its folder is the folder that it runs in, and modules beside it are found", async () => {
    const { printed } = await run(
      [`import os, helper\n${head}\nprint(os.path.basename(os.getcwd()), helper.x, __name__, "__file__" in globals())`, `${f}\n${call}`],
      {
        beside: { "helper.py": "x = 42\n" },
      },
    );
    expect(printed).toMatch(/nb\d+ 42 __main__ False/);
  });
  test("an import from the future holds in the cells that follow", async () => {
    const { printed } = await run(["from __future__ import annotations", head, "def g(x: Missing): pass\nprint(g.__annotations__)", `${f}\n${call}`]);
    expect(printed).toContain("{'x': 'Missing'}");
  });
  test("functions know their text", async () => {
    const { printed } = await run([head, `${f}\nimport inspect\nprint(inspect.getsource(f))\n${call}`]);
    expect(printed).toContain("return jnp.tanh(x) + 1");
  });
});

describe("errors stand on the line of their cell", () => {
  const CASES: readonly [string, readonly string[], RegExp][] = [
    ["an exception in a cell above", [head, "x = 1\nraise ValueError('mine')", f, call], /^cell-2:2: ValueError: mine \| Correct/],
    ["a syntax error in a cell above", [head, "x = (1 +", f, call], /^cell-2:1: SyntaxError: .* \| Correct/],
    [
      "a module that is missing",
      [`import optaxx\n${head}`, f],
      /^cell-1:1: the module "optaxx" is not found \| Install it: .* -m pip install optaxx/,
    ],
    [
      "inside the function",
      [head, "@jax.jit\ndef f(x):\n    if x > 0:\n        return x\n    return -x", "f(1.0)"],
      /^cell-2:3: TracerBoolConversionError: .* jax\.lax\.cond/,
    ],
    [
      "in a function of another cell",
      [head, "def g(x):\n    return x @ jnp.ones((5, 2))", "@jax.jit\ndef f(x):\n    return g(x)", "f(jnp.ones((2, 3)))"],
      /^cell-2:2: TypeError: dot_general/,
    ],
    ["in a cell below, before a call", [head, f, "1 / 0", call], /^cell-3:1: ZeroDivisionError/],
    ["a name that a skipped line would have made", ["%run other.py", head, f, "f(made)"], /^cell-4:1: NameError: .*made/],
    ["an exception in a coroutine", [head, "import asyncio\nawait asyncio.sleep(0)\nraise KeyError('k')", f], /^cell-2:3: KeyError: 'k'/],
    ["the end of Python", [head, "import sys\nsys.exit(3)", f, call], /^cell-2:2: your notebook ended with exit code 3 before f was called/],
    [
      "no JAX",
      ["import sys\nif len(sys.argv) > 5:\n    import jax", "if len(sys.argv) > 5:\n    f = jax.jit(sum)"],
      /^cell-2:2: your notebook does not import JAX when it runs \| Import it in a cell above\./,
    ],
  ];
  test.each(CASES)("%s", async (_what, cells, want) => expect(await failure(cells)).toMatch(want));
  test("a broken cell below is no obstacle, nor is what comes after the call", async () => {
    expect((await run([head, `${f}\n${call}`, "x = ("])).report.programs).toHaveLength(1);
    const { report } = await run([head, `${f}\n${call}\n1 / 0`]);
    expect(warnings(report)).toEqual([
      expect.stringMatching(/^train\.ipynb#cell-2:5: after the calls that are shown, the notebook ended with an error: ZeroDivisionError/),
    ]);
  });
});
