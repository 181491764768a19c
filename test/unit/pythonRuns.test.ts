// Python files in real runs: the user's interpreter, the newest JAX from pip, the Report that comes of it.
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/engine/report/types.ts";
import { pythonWithJax } from "../python.mjs";
import { type RunOptions, reportOf, run, scratch } from "./runs.ts";

let setting = "";
let n = 0;
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
const python = (text: string, o: RunOptions = {}) =>
  run(text, { mode: "profile", file: join(scratch, `py${n++}`, "model.py"), python: { setting }, collect: { calls: 1e6, seconds: 10 }, ...o });
const report = async (text: string, o: RunOptions = {}): Promise<Report> => reportOf(await python(text, o));
const fn = (r: Report) => r.compilations.filter((c) => c.function === "f");
const head = "import jax\nimport jax.numpy as jnp\n";

describe("a function that is called", () => {
  const text = `${head}
@jax.jit
def f(x, w, b):
    h = jnp.tanh(x @ w + b)
    def body(c, _):
        c = jnp.sin(c) * 2 + 1
        return c, c.sum()
    c, s = jax.lax.scan(body, h, None, length=3)
    return {"c": c, "s": s}

x, w, b = jnp.ones((64, 32)), jnp.ones((32, 16)), jnp.zeros(16)
print("before")
for i in range(3):
    f(x, w, b)
f(x[:8], w, b)
f(x[:8], w, jnp.zeros(16, jnp.bfloat16))
print("after")
`;
  let r: Report;
  let output = "";
  const partials: unknown[] = [];
  beforeAll(async () => {
    r = await report(text, { output: (t) => void (output += t), partial: (p) => partials.push(p) });
  }, 120_000);
  test("the file runs to its end; a report before the times, one with them, and the last one with XLA's reasons come", () => {
    expect(output).toMatch(/before[^]*after/);
    expect(output).toContain("(the setting jitlens.python)");
    const shown = partials.map((p) => reportOf({ kind: "report", report: p }));
    expect(shown.map((p) => [p.timing !== undefined, p.programs[0]!.passes !== undefined])).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
    expect(r.source).toMatchObject({ kind: "jax", language: "python" });
    expect(r.source.versions.jax).toMatch(/^0\./);
  });
  test("three levels, with the person's names", () => {
    const [p] = r.programs;
    expect(p!.levels.map((l) => l.name)).toEqual(["jaxpr", "stablehlo", "hlo"]);
    expect(p!.arguments.map((a) => `${a.name}: ${a.type}`)).toEqual(["x: f32[64,32]", "w: f32[32,16]", "b: f32[16]"]);
    const [jaxpr, stablehlo, hlo] = p!.levels;
    expect(jaxpr!.regions.map((g) => g.name)).toEqual(["f", "scan body"]);
    expect(stablehlo!.text!.text).toContain("stablehlo.dot_general");
    expect(hlo!.regions.length).toBeGreaterThan(1);
    // Each mark of the text is the line of its equation.
    const lines = jaxpr!.text!.text.split("\n");
    const ops = new Map(jaxpr!.regions.flatMap((g) => g.nodes.map((x) => [x.id, x.op])));
    expect(jaxpr!.text!.lines.length).toBeGreaterThan(6);
    for (const [line, node] of jaxpr!.text!.lines) expect(lines[line - 1]).toContain(` ${ops.get(node)}`);
  });
  test("every event of the profile belongs to a kernel or a loop", () => expect(r.warnings).toEqual([]));
  test("kernels have times, nodes, lines, and belong together with the graph", () => {
    const [p] = r.programs;
    const nodes = new Map(p!.levels[2]!.regions.flatMap((g) => g.nodes.map((x) => [x.id, x])));
    expect(p!.kernels!.filter((k) => (k.time?.median ?? 0) > 0).length).toBeGreaterThan(2);
    for (const k of p!.kernels!) {
      for (const id of [...k.nodes, ...k.outputs]) expect(nodes.has(id)).toBe(true);
      expect(k.lines.reduce((s, l) => s + l.share, 0)).toBeCloseTo(1);
    }
    for (const x of nodes.values()) for (const i of x.inputs) expect(nodes.has(i)).toBe(true);
    // The loop's kernels run three times; newer versions profile a small loop as a whole.
    expect(p!.kernels!.some((k) => k.calls === 3 || (/^(?:while|call)$/.test(k.kind) && k.time!.median > 0))).toBe(true);
    expect(p!.kernels!.map((k) => k.label).join("\n")).toMatch(/h = tanh\(\(?x·w/);
  });
  test("operations of the HLO know their equations and lines", () => {
    const [jaxpr, , hlo] = r.programs[0]!.levels;
    const eqn = jaxpr!.regions.flatMap((g) => g.nodes).find((x) => x.op === "dot_general")!;
    const dot = hlo!.regions.flatMap((g) => g.nodes).find((x) => x.op === "dot")!;
    expect(dot.from).toEqual([eqn.id]);
    const frame = r.frames[r.stacks[dot.stack!]![0]!]!;
    expect(r.files[frame.file]!.text!.split("\n")[frame.line - 1]!.slice(frame.column - 1)).toMatch(/^x @ w/);
  });
  test("lines add up to the wall time of a steady call", () => {
    const total = r.lines!.reduce((s, l) => s + l.ms, 0);
    expect(total).toBeCloseTo(r.timing!.total.median, 5);
    expect(r.lines!.reduce((s, l) => s + l.share, 0)).toBeCloseTo(1);
    // What the call costs stands where it is called.
    const called = text.split("\n").findIndex((l) => l === "    f(x, w, b)") + 1;
    expect(r.lines!.find((l) => l.parts.call)?.line).toBe(called);
  });
  test("the ledger has edges inside kernels and between them", () => {
    const { decisions } = r.programs[0]!;
    expect(decisions!.some((d) => d.fused)).toBe(true);
    expect(decisions!.some((d) => !d.fused)).toBe(true);
    for (const d of decisions!) expect(d.reason).toMatch(/^XLA /);
  });
  test("XLA's own reasons stand in the ledger, and its pass is told of", () => {
    const [p] = r.programs;
    expect(p!.decisions!.filter((d) => !d.fused && /does not say/.test(d.reason))).toEqual([]);
    expect(p!.passes).toMatchObject([{ name: "fusion", after: p!.kernels!.filter((k) => !/^(?:while|call)$/.test(k.kind)).length }]);
    expect(p!.passes![0]!.before).toBeGreaterThan(p!.passes![0]!.after);
  });
  test("why it was traced again", () =>
    expect(fn(r).map((c) => c.causes.map((x) => `${x.kind} ${x.argument ?? ""} ${x.before ?? ""} ${x.now ?? ""}`.trim()))).toEqual([
      ["first"],
      ["shape x f32[64,32] f32[8,32]"],
      ["dtype b f32[16] bf16[16]"],
    ]));
  test("what compiling cost, and memory", () => {
    expect(Object.keys(r.phases!)).toEqual(expect.arrayContaining(["trace", "lower", "compile"]));
    expect(r.memory!.peak).toBeGreaterThan(64 * 32 * 4);
    expect(r.spans!.some((s) => s.track === "kernels")).toBe(true);
  });
});

describe("every way to make one", () => {
  const WAYS: readonly [string, string][] = [
    ["a decorator with options", "@jax.jit\ndef f(x): return x + 1\nf(1.0)"],
    ["partial", "from functools import partial\n@partial(jax.jit, static_argnums=1)\ndef f(x, n): return x * n\nf(jnp.ones(3), 2)"],
    ["a call", "def g(x): return x + 1\nf = jax.jit(g)\nf(jnp.ones(3))"],
    ["a lambda, called at once", "y = jax.jit(lambda x: x + 1)(jnp.ones(3))"],
    ["a method", "class A:\n  @jax.jit\n  def f(self, x): return x + 1\njax.tree_util.register_static(A)\nA().f(jnp.ones(3))"],
    ["in __init__", "class A:\n  def __init__(self):\n    self.f = jax.jit(self.g)\n  def g(self, x): return x + 1\nA().f(jnp.ones(3))"],
    ["inside a function", "def make():\n  @jax.jit\n  def f(x): return x + 1\n  return f\nmake()(jnp.ones(3))"],
    ["of a gradient", "f = jax.jit(jax.grad(lambda x: (x * x).sum()))\nf(jnp.ones(3))"],
    ["by keyword", "@jax.jit\ndef f(x, *, y): return x + y\nf(jnp.ones(3), y=2.0)"],
    ["donated", "f = jax.jit(lambda x: x + 1, donate_argnums=0)\nx = f(jnp.ones(3))\nx = f(x)"],
    ["under a gradient", "@jax.jit\ndef f(x): return (x * x).sum()\njax.grad(f)(jnp.ones(3))"],
    ["under another jit", "@jax.jit\ndef f(x): return x + 1\n@jax.jit\ndef g(x): return f(x) * 2\ng(jnp.ones(3))"],
    ["under vmap", "@jax.jit\ndef f(x): return x + 1\njax.vmap(f)(jnp.ones((4, 3)))"],
    ["only lowered", "@jax.jit\ndef f(x): return x + 1\nf.lower(jnp.ones(3)).compile()"],
    ["in a thread", "import threading\n@jax.jit\ndef f(x): return x + 1\nt = threading.Thread(target=lambda: f(jnp.ones(3)))\nt.start()"],
    ["under __main__", '@jax.jit\ndef f(x): return x + 1\nif __name__ == "__main__":\n  f(jnp.ones(3))'],
    ["keys", "@jax.jit\ndef f(k): return jax.random.normal(k, (4,))\nf(jax.random.key(0))"],
    ["no arguments", "@jax.jit\ndef f(): return jnp.ones(3)\nf()"],
    ["several devices", "import os\nf = jax.jit(lambda x: x + 1)\nf(jnp.ones(3))"],
  ];
  test.each(WAYS)("%s", async (_what, text) => {
    const r = await report(`${head}${text}\n`);
    expect(r.timing!.total.median).toBeGreaterThan(0);
    expect(r.programs[0]!.levels[0]!.regions[0]!.nodes.length).toBeGreaterThan(0);
    expect(r.warnings.filter((w) => w.kind !== "madeUp")).toEqual([]);
  });
});

describe("a library's own jit", () => {
  /** What Equinox does with a call's arguments: JAX is handed the arrays alone, and the rest as a static value. */
  const LIBRARY = `import jax
class Jitted:
  def __init__(self, f):
    self.f = self.__wrapped__ = f
    self.jitted = jax.jit(self.call, static_argnums=1)
  def call(self, leaves, static):
    tree, statics, f = static
    given = jax.tree.unflatten(tree, leaves["first"] + leaves["rest"])
    return f(*(x if s is None else s for s, x in zip(statics, given)))
  def __call__(self, *args, **kwargs):
    split = [(x, None) if isinstance(x, float) else (None, x) for x in args]
    leaves, tree = jax.tree.flatten([x for _s, x in split])
    return self.jitted({"first": leaves[:1], "rest": leaves[1:]}, (tree, tuple(s for s, _x in split), self.f))
filter_jit = Jitted
`;
  const text = `import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "site-packages"))
import equinox as eqx
${head}
class Part:
  __slots__ = ("_value",)
  def __init__(self, value): self._value = value
class Model:
  def __init__(self, parts, out): self.parts, self.out = parts, out
jax.tree_util.register_pytree_node(Part, lambda p: ((p._value,), None), lambda _n, c: Part(*c))
jax.tree_util.register_pytree_node(Model, lambda m: ((m.parts, m.out), None), lambda _n, c: Model(*c))
@eqx.filter_jit
def f(model, xs, scale=1.0):
  h = xs["x"] @ model.parts[0]
  return h * model.out._value * scale
model = Model([jnp.ones((3, 3))], Part(jnp.ones(3)))
f(model, {"x": jnp.ones((2, 3))})
f(model, {"x": jnp.ones((5, 3))})
f(model, {"x": jnp.ones((5, 3))}, 2.0)
f(model, {"x": jnp.ones((5, 3))}, jnp.ones(()))
`;
  test("that nothing calls: its own parameters are asked for, and types are made up into a call of it", async () => {
    const uncalled = `import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "site-packages"))
import equinox as eqx
${head}
@eqx.filter_jit
def f(w, x): return w @ x
`;
    const beside = { "site-packages/equinox.py": LIBRARY };
    expect(await python(uncalled, { beside })).toEqual({ kind: "needs-arguments", parameters: ["w", "x"] });
    const r = await report(uncalled, { beside, args: "f32[4,3], f32[3]" });
    expect(r.programs[0]!.arguments.map((a) => `${a.name}: ${a.type}`)).toEqual(["w: f32[4,3]", "x: f32[3]"]);
    expect(r.warnings.map((w) => w.kind)).toEqual(["madeUp"]);
    expect(r.timing!.total.median).toBeGreaterThan(0);
  });
  test("arguments are called what the user's function calls them, and so is what changed", async () => {
    const r = await report(text, { beside: { "site-packages/equinox.py": LIBRARY } });
    expect(r.programs[0]!.arguments.map((a) => `${a.name}: ${a.type}`)).toEqual([
      "model.parts[0]: f32[3,3]",
      "model.out: f32[3]",
      "xs['x']: f32[2,3]",
    ]);
    expect(r.programs[0]!.levels[0]!.regions[0]!.nodes.flatMap((n) => (n.op === "parameter" ? [n.name] : []))).toEqual([
      "model.parts[0]",
      "model.out",
      "xs['x']",
    ]);
    expect(r.compilations.map((c) => c.causes[0]!.text)).toEqual([
      "it is the first call",
      "xs['x'] was f32[2,3] and is f32[5,3] now",
      "scale is new",
      "scale was the static value 2.0 and is f32[] now",
    ]);
    expect(r.programs[0]!.arguments.every((a) => a.node !== undefined)).toBe(true);
  });
});
