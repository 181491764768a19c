// Where lenses stand in Python files: whatever the file's own imports lead to a jit, by any alias and in any scope, also while a line is unfinished.
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findSites } from "../../src/host/sites.ts";

const grammars = fileURLToPath(new URL("../../dist/grammars", import.meta.url));
const sites = (text: string) => findSites(grammars, "python", text);
const names = async (text: string): Promise<string[]> =>
  (await sites(text)).map((s) => `${s.className ? `${s.className}.` : ""}${s.name}:${s.line + 1}`);
const head = "import jax\nfrom jax import jit\nfrom functools import partial\nimport functools as ft\n";
/** The head has four lines. */
const CASES: readonly [string, string, readonly string[]][] = [
  ["@jax.jit", `${head}@jax.jit\ndef f(x): return x`, ["f:5"]],
  ["@jit", `${head}@jit\ndef f(x):\n  return x`, ["f:5"]],
  ["@partial(jax.jit, …)", `${head}@partial(jax.jit, static_argnums=(1,))\ndef f(x, n): return x`, ["f:5"]],
  ["@functools.partial", `${head}@ft.partial(jax.jit, donate_argnums=0)\ndef f(x): return x`, ["f:5"]],
  ["@jax.jit(…)", `${head}@jax.jit(static_argnames="n")\ndef f(x, n): return x`, ["f:5"]],
  ["f = jax.jit(g)", `${head}def g(x): return x\nf = jax.jit(g)`, ["f:6"]],
  ["options before the function", `${head}f = jax.jit(static_argnums=1)(g)`, ["f:5"]],
  ["a partial that is called", `${head}f = partial(jax.jit, static_argnums=1)(g)`, ["f:5"]],
  ["by keyword", `${head}f = jax.jit(fun=g)`, ["f:5"]],
  ["a lambda", `${head}f = jit(lambda x: x)\njit(lambda x: x)(3)`, ["f:5", "<lambda>:6"]],
  ["called at once, passed on, lowered", `${head}y = jit(g)(x)\nh(jax.jit(g), 1)\njax.jit(g).lower(x)`, ["g:5", "g:6", "g:7"]],
  ["of a gradient", `${head}step = jax.jit(jax.value_and_grad(loss))`, ["step:5"]],
  ["@eqx.filter_jit", "import equinox as eqx\n@eqx.filter_jit\ndef f(m, x): return m(x)", ["f:2"]],
  ["@nnx.jit", "from flax import nnx\n@nnx.jit\ndef f(m, x): return m(x)", ["f:2"]],
  ["pjit", "from jax.experimental.pjit import pjit\nfrom jax.experimental import pjit as p\nf = pjit(g)\nh = p.pjit(g)", ["f:3", "h:4"]],
  [
    "a method",
    `${head}class A:\n  @property\n  @jit\n  def f(self): return self\n  @partial(jit, static_argnums=0)\n  def g(self, x): return x`,
    ["A.f:7", "A.g:9"],
  ],
  ["self.f = jit(…)", `${head}class A:\n  def __init__(self):\n    self.f = jit(self.g)`, ["self.f:7"]],
  ["a nested function", `${head}def make():\n  @jit\n  def inner(x): return x\n  return inner`, ["inner:6"]],
  ["an alias of the module", "import jax as j\n@j.jit\ndef f(x): return x", ["f:2"]],
  ["an alias of jit", "from jax import jit as compiled\nf = compiled(g)", ["f:2"]],
  ["an assigned alias", `${head}c = jax.jit\nf = c(g)\np = partial\n@p(c, inline=True)\ndef h(x): return x`, ["f:6", "h:8"]],
  ["an alias with options", `${head}fast = partial(jax.jit, static_argnums=0)\n@fast\ndef f(n, x): return x`, ["f:6"]],
  ["import *", "from jax import *\nf = jit(g)", ["f:2"]],
  ["an import that may fail", "try:\n  import jax\nexcept ImportError:\n  jax = None\nf = jax.jit(g)", ["f:5"]],
  ["an import inside a function", "def f():\n  import jax\n  return jax.jit(g)", ["g:3"]],
  ["two on a line", `${head}f, h = jit(a), jit(b)`, ["a:5", "b:5"]],
  ["three keywords of one call", `${head}o = make(init=jit(a),\n  apply=jit(b),\n  loss=jit(c))`, ["init:5", "apply:6", "loss:7"]],
  ["nested jits", `${head}f = jit(lambda x: jit(g)(x))`, ["f:5", "g:5"]],
  ["a dictionary", `${head}d = {"train": jit(a)}`, ["train:5"]],
  ["a class", `${head}@jit\nclass A: pass`, ["A:5"]],
  // and what is none
  ["a name for jit alone", `${head}c = jax.jit\nd = partial(jax.jit, static_argnums=0)`, []],
  ["another library's jit", "from numba import jit\nimport jax\n@jit\ndef f(x): return x", []],
  ["a parameter called jit", `${head}def make(jit):\n  return jit(g)`, []],
  ["a function called jit", "import jax\ndef jit(f): return f\nh = jit(g)", []],
  ["a local that shadows", `${head}def make():\n  jit = lambda f: f\n  return jit(g)`, []],
  ["a loop's name", `${head}def make():\n  for jit in jits:\n    jit(g)`, []],
  ["vmap", `${head}f = jax.vmap(g)`, []],
  ["text and comments", `${head}s = "@jax.jit"\n# f = jax.jit(g)\n'''\n@jit\ndef f(x): return x\n'''`, []],
  ["no import", "f = jit(g)", []],
  ["a class's name is not seen in its methods", "import jax\nclass A:\n  from jax import jit\n  def f(self): return jit(g)", []],
];
describe("jit functions of a Python file", () => {
  for (const [what, text, want] of CASES) test(what, async () => expect(await names(text)).toEqual(want));
});

const WHOLE = `${head}
@jit
def first(x):
  return x

BROKEN

@partial(jax.jit, static_argnums=0)
def second(n, x):
  return x

third = jax.jit(first)
class A:
  @jit
  def fourth(self): return self
`;
describe("while a line is unfinished", () => {
  for (const broken of [
    "",
    "def broken(x, y=[",
    "def broken(x, y=[\n  return x",
    "x = foo(",
    "x = [1, 2,",
    "x = {",
    'x = "abc',
    "if first(:",
    "class B(",
    "for i in range(",
    "def",
    "@",
    "y = first(x)[",
    "lambda x:",
    "return )",
  ])
    test(JSON.stringify(broken), async () =>
      expect((await names(WHOLE.replace("BROKEN", broken))).map((n) => n.split(":")[0]).filter((n) => n !== "")).toEqual([
        "first",
        "second",
        "third",
        "A.fourth",
      ]),
    );
  test("positions stay where they are", async () => {
    const found = await sites(WHOLE.replace("BROKEN", "def broken(x, y=[\n  z = (1,"));
    const lines = WHOLE.replace("BROKEN", "def broken(x, y=[\n  z = (1,").split("\n");
    for (const s of found) expect(lines[s.line]!.slice(s.column)).toMatch(/^(?:@|jax\.jit\()/);
    expect(found).toHaveLength(4);
  });
});
test("where a site stands: the decorator with its function, the call, and what is compiled", async () => {
  const [d, c] = await sites(`${head}@jit\ndef f(x):\n  return x\nh = jax.jit(\n  f)`);
  expect(d).toMatchObject({ kind: "decorator", line: 4, column: 0, endLine: 6, endColumn: 10, target: "f", callee: { line: 4, endColumn: 4 } });
  expect(c).toMatchObject({ kind: "call", line: 7, column: 4, endLine: 8, target: "f", callee: { line: 7, column: 4, endColumn: 11 } });
});
test.each([
  ["above", "# trace: f32[32,784], f32[784]\n@jit\ndef f(x, y): return x"],
  ["between", "@jit\n# trace: f32[32,784], f32[784]\ndef f(x, y): return x"],
  ["above other decorators", "#  trace:   f32[32,784], f32[784]  \n@other\n@jit\ndef f(x, y): return x"],
  ["above a call", "# trace: f32[32,784], f32[784]\nh = jit(f)"],
  ["behind a call", "h = jit(f)  # trace: f32[32,784], f32[784]"],
])("# trace: %s", async (_what, text) => expect((await sites(`${head}${text}`))[0]?.traceTag).toBe("f32[32,784], f32[784]"));

test("large files are read in bounded time", async () => {
  for (const text of [
    `${head}x = [${"1, ".repeat(300_000)}]\n@jit\ndef f(x): return x`,
    `${head}${"@jit\ndef f(x): return x\n".repeat(20_000)}`,
    `${head}f = ${"jit(".repeat(1500)}`,
    `${head}${"x = (\n".repeat(50_000)}`,
  ]) {
    const start = performance.now();
    await sites(text);
    expect(performance.now() - start).toBeLessThan(4000);
  }
});
