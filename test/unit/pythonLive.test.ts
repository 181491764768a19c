// A Python file is run once, and then edited: the function at the cursor is traced again by the user's own JAX, in the state that the run left.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonWithJax } from "../python.mjs";
import { type Answer, Session, closeSessions, failure, hints } from "./liveSession.ts";
import { type RunOptions, errorOf, reportOf, run, scratch } from "./runs.ts";

let setting = "";
let n = 0;
beforeAll(() => {
  setting = pythonWithJax();
  process.env.JAX_PLATFORMS = "cpu";
}, 300_000);
afterAll(closeSessions);
const options = (o: RunOptions = {}): RunOptions => ({ file: join(scratch, `pylive${n++}`, "model.py"), python: { setting }, ...o });
const live = (text: string, o: RunOptions = {}): Promise<Session> => Session.start(text, options(o));
const notes = (a: Answer): string[] => ("notes" in a ? a.notes.map((x) => `${x.line} ${x.why}`) : []);
/** The part of the text that an error is about. */
function marked(a: Answer, text: string): string {
  if (a.kind !== "failed") throw new Error(JSON.stringify(a));
  const { range } = a.error;
  if (!range) return `line ${a.error.line}`;
  expect(range.endLine).toBe(range.line);
  return text.split("\n")[range.line]!.slice(range.column, range.endColumn);
}
const head = "from functools import partial\nimport jax\nimport jax.numpy as jnp\n";
const BODY = `${head}
scale = 2

def layer(x, w):
    h = x @ w
    return jnp.tanh(h) * scale

@jax.jit
def f(x, p):
    """A docstring."""
    y = layer(x, p["w"])
    def body(c, _):
        c = jnp.sin(c)
        return c, c.sum()
    last, sums = jax.lax.scan(body, y, None, length=3)
    return last.sum(axis=0) + sums[0]

@jax.jit
def g(x):
    one = x + 1
    return one

print("ran")
for i in range(3):
    f(jnp.ones((4, 8)), {"w": jnp.ones((8, 16))})
g(jnp.ones(3))
`;

describe("edits of a Python file", { timeout: 120_000 }, () => {
  test("shapes of variables and parameters; a body, a callee, undo, lines that move; the picture follows", async () => {
    let printed = "";
    const s = await live(BODY, { output: (t) => void (printed += t) });
    const first = await s.ask("y = layer");
    expect(first).toMatchObject({ kind: "traced", function: "f" });
    const shapes = {
      "x@12": "f32[4,8]",
      "p@12": "{w: f32[8,16]}",
      "x@7": "f32[4,8]",
      "w@7": "f32[8,16]",
      "h@8": "f32[4,16]",
      "y@14": "f32[4,16]",
      "c@15": "f32[4,16]",
      "c@16": "f32[4,16]",
      "last@18": "f32[4,16]",
      "sums@18": "f32[3]",
    };
    expect(hints(first)).toEqual(shapes);
    const report = await s.report();
    expect(report.function.name).toBe("f");
    expect(report.timing).toBe(undefined);
    expect(report.programs[0]!.levels.map((l) => l.name)).toEqual(["jaxpr", "stablehlo", "hlo"]);
    expect(report.programs[0]!.kernels!.length).toBeGreaterThan(0);
    // In the body of the function.
    expect(hints(await s.edit('y = layer(x, p["w"])', 'y = layer(x, p["w"]).T'))).toMatchObject({ "y@14": "f32[16,4]", "last@18": "f32[16,4]" });
    // In what it calls, with the cursor there: the function that was traced last is.
    const callee = await s.edit("jnp.tanh(h)", "jnp.cosh(h)");
    expect(callee).toMatchObject({ kind: "traced", function: "f" });
    const edited = await s.report();
    expect(edited.programs[0]!.levels[0]!.text!.text).toMatch(/cosh/);
    // Its equations stand on the lines of the text as it is now.
    const moved = await s.edit("scale = 2", "# one\n# two\nscale = 2", "y = layer");
    expect(hints(moved)).toMatchObject({ "y@16": "f32[16,4]", "h@10": "f32[4,16]" });
    const after = await s.report();
    const cosh = after.programs[0]!.levels[0]!.regions.flatMap((r) => r.nodes).find((x) => x.op === "cosh")!;
    expect(after.frames[after.stacks[cosh.stack!]![0]!]!.line).toBe(11);
    expect(after.function.declared?.line).toBe(13);
    // Another function: the one at the cursor.
    expect(await s.ask("one = x")).toMatchObject({ kind: "traced", function: "g" });
    // Undo.
    await s.edit("# one\n# two\n", "", "y = layer");
    await s.edit("jnp.cosh(h)", "jnp.tanh(h)");
    expect(hints(await s.edit('p["w"]).T', 'p["w"])'))).toEqual(shapes);
    expect(printed.match(/ran/g)).toHaveLength(1);
  });
  test("errors stand on the expression that they are about, and go with it", async () => {
    const s = await live(BODY);
    const wrong: readonly (readonly [string, string, string, string])[] = [
      ["x @ w", "x @ w.T", "TypeError", "x @ w.T"],
      ["jnp.tanh(h)", "jnp.sum(h, axis=2)", "ValueError", "jnp.sum(h, axis=2)"],
      ["jnp.tanh(h)", "jnp.sum(h, axes=1)", "TypeError", "jnp.sum(h, axes=1)"],
      ["jnp.tanh(h)", "jnp.tanhh(h)", "AttributeError", "jnp.tanhh"],
      ["jnp.sin(c)", "c.reshape(3, 5)", "TypeError", "c.reshape(3, 5)"],
      ["jnp.sin(c)", "jnp.sin(c) if c.sum() > 0 else c", "TracerBoolConversionError", "c.sum() > 0"],
      ["jnp.sin(c)", "jnp.ones(c.sum())", "TypeError", "jnp.ones(c.sum())"],
      ["jnp.sin(c)", "float(c[0, 0])", "ConcretizationTypeError", "float(c[0, 0])"],
      ["last.sum(axis=0)", "jnp.concatenate([last, x])", "TypeError", "jnp.concatenate([last, x])"],
    ];
    for (const [from, to, name, about] of wrong) {
      const a = await s.edit(from, to, "y = layer");
      expect(a, to).toMatchObject({ kind: "failed", function: "f" });
      // Python 3.11 and newer know columns.
      const at = marked(a, s.now);
      if (!at.startsWith("line ")) expect(at, to).toBe(about);
      expect(failure(a), to).toContain(name === "TypeError" ? "Error" : name);
      // What was seen before the error stays.
      expect(hints(a)).toMatchObject({ "x@12": "f32[4,8]" });
      expect(await s.edit(to, from, "y = layer"), from).toMatchObject({ kind: "traced" });
    }
  });
  test("a text that is being written is no error; a loop without an end is cut, and the next edit is answered", async () => {
    const s = await live(BODY);
    expect(await s.edit("h = x @ w", "h = (x @", "y = layer")).toMatchObject({ kind: "unreadable" });
    await s.edit("h = (x @", "h = x @ w", "y = layer");
    expect(await s.edit("    h = x @ w", "    while True:\n        pass\n    h = x @ w", "y = layer")).toMatchObject({ kind: "slow" });
    expect(await s.edit("    while True:\n        pass\n", "", "y = layer")).toMatchObject({ kind: "traced" });
  });
  test("functions that close over variables, methods, transformed and decorated functions", async () => {
    const s = await live(`${head}
def loss(w, x):
    e = x @ w
    return (e ** 2).mean()

both = jax.value_and_grad(loss)

@jax.custom_vjp
def clip(x):
    return x

def forward(x):
    return clip(x), None

def backward(_, g):
    cut = jnp.clip(g, -1, 1)
    return (cut,)

clip.defvjp(forward, backward)

class Model:
    def __init__(self, n):
        self.n = n
        self.step = jax.jit(self.advance)

    def scaled(self, x):
        big = x * self.n
        return big

    def advance(self, x):
        next = self.scaled(x)
        return next

    @partial(jax.jit, static_argnums=0)
    def call(self, x):
        u = self.scaled(x)
        return u

@jax.jit
def top(w, x):
    v, d = both(w, x)
    k = jax.grad(lambda t: clip(t).sum())(x)
    return v, d, k

def main():
    factor = 3.0

    def inner(x):
        i = x * factor
        return i

    @jax.jit
    def train(x, n):
        q = inner(x) + n
        return q

    train(jnp.ones(5), 2)
    m = Model(2)
    m.step(jnp.ones(3))
    m.call(jnp.ones(4))
    top(jnp.ones((8, 2)), jnp.ones((4, 8)))

if __name__ == "__main__":
    main()
`, { site: "train", collect: { calls: 1e6, seconds: 10 } });
    // A function of a function: with the variables of the one around it as they were.
    expect(hints(await s.edit("i = x * factor", "i = x @ x * factor", "q = inner"))).toMatchObject({ "i@52": "f32[]", "q@57": "f32[]" });
    expect(notes(await s.edit("factor = 3.0", "factor = 4.0", "q = inner"))).toEqual(["49 statement"]);
    expect(await s.edit("big = x * self.n", "big = jnp.stack([x, x]) * self.n", "u = self")).toMatchObject({ kind: "traced", function: "call" });
    expect(hints(await s.ask("u = self"))).toMatchObject({ "big@30": "f32[2,4]", "u@39": "f32[2,4]" });
    // jit is called for it elsewhere.
    expect(hints(await s.ask("next = self"))).toMatchObject({ "big@30": "f32[2,3]", "next@34": "f32[2,3]" });
    expect(hints(await s.edit("e = x @ w", "e = (x @ w).sum(axis=0)", "v, d"))).toMatchObject({ "e@6": "f32[2]", "v@44": "f32[]", "d@44": "f32[8,2]" });
    expect(await s.edit("cut = jnp.clip(g, -1, 1)", "cut = g.sum()", "v, d")).toMatchObject({ kind: "failed" });
    expect(hints(await s.edit("cut = g.sum()", "cut = jnp.sin(g)", "v, d"))).toMatchObject({ "cut@19": "f32[4,8]", "k@45": "f32[4,8]" });
  });
  test("what runs only once is told: statements, data, imports; what only computes is made anew", async () => {
    const s = await live(`${head}
width = 4
w = jnp.ones((8, width))
data = [float(line) for line in "1 2 3".split()]

def helper(x):
    return x

@jax.jit
def f(x):
    y = helper(x @ w)
    return y

f(jnp.ones((2, 8)))
`);
    expect(hints(await s.edit("width = 4", "width = 5", "y = helper"))).toMatchObject({ "y@14": "f32[2,5]" });
    expect(notes(await s.edit("1 2 3", "1 2", "y = helper"))).toEqual(["7 statement"]);
    expect(notes(await s.edit("f(jnp.ones((2, 8)))", "f(jnp.ones((3, 8)))", "y = helper"))).toEqual(["7 statement", "17 statement"]);
    expect(notes(await s.edit("import jax\n", "import jax\nfrom jax import lax\nimport wave\n", "y = helper"))).toEqual(["4 import", "9 statement", "19 statement"]);
    // JAX is loaded: its names may be used at once; and so may a new function.
    expect(await s.edit("y = helper(x @ w)", "y = lax.sin(new(x))", "y = lax")).toMatchObject({ kind: "failed", name: "NameError" });
    const made = await s.edit("def helper(x):", "def new(x, n=3):\n    t = x.T * n\n    return t\n\ndef helper(x):", "y = lax");
    expect(hints(made)).toMatchObject({ "t@12": "f32[8,2]", "y@20": "f32[8,2]" });
    // Another decorator is another jit.
    expect(await s.edit("@jax.jit\ndef f(x)", '@partial(jax.jit, static_argnames="n")\ndef f(x, n=2)', "y = lax")).toMatchObject({ kind: "traced" });
    expect(await s.edit('static_argnames="n"', 'static_argnames="x"', "y = lax")).toMatchObject({ kind: "failed", name: "TypeError" });
  });
  test("attempts are tried one after the other, and nothing of them stays", async () => {
    const s = await live(BODY);
    const base = s.now;
    const answer = await s.ask("y = layer", [base.replace("x @ w", "x @ w.T"), base.replace("x @ w", "x @ w + 1"), base]);
    expect(answer).toMatchObject({ kind: "tried", passed: [false, true, true] });
    expect(hints(await s.ask("y = layer"))).toMatchObject({ "h@8": "f32[4,16]" });
  });
});
describe("the process", { timeout: 120_000 }, () => {
  test("a file that goes on stands still at the first edit", async () => {
    const s = await live(`${head}
import time

@jax.jit
def f(x):
    y = x * 2
    return y

x = f(jnp.ones(3))
while True:
    time.sleep(0.01)
`, { collect: { calls: 1e6, seconds: 0.5 } });
    expect(hints(await s.edit("x * 2", "x[:2]", "y ="))).toMatchObject({ "y@9": "f32[2]" });
  });
  test("types that were given, an exit and an error at the end: it stays all the same", async () => {
    const uncalled = await live(`${head}
@jax.jit
def f(x):
    y = x * 2
    return y
`, { args: "f32[2,3]" });
    expect(hints(await uncalled.ask("y ="))).toMatchObject({ "y@7": "f32[2,3]" });
    for (const last of ["import sys; sys.exit(3)", "raise ValueError(1)"]) {
      const s = await live(`${head}
@jax.jit
def f(x):
    y = x * 2
    return y

f(jnp.ones(3))
${last}
`, { collect: { calls: 1e6, seconds: 10 } });
      expect(hints(await s.ask("y =")), last).toMatchObject({ "y@7": "f32[3]" });
    }
  });
  test("a function whose surroundings are gone is not followed: its errors would be ours", async () => {
    const s = await live(`${head}
@jax.jit
def f(x):
    y = x * 2 if ready else missing()
    return y

ready = True
f(jnp.ones(3))
ready = False
`);
    expect(await s.ask("y =")).toMatchObject({ kind: "unavailable", why: "scope" });
  });
  test("an error of the run knows its expression", async () => {
    const r = await run(`${head}
@jax.jit
def f(x):
    return 1 + (x if x > 0 else -x)

f(1.0)
`, options());
    expect(errorOf(r)).toMatch(/^7: TracerBoolConversionError/);
    if (r.kind === "error" && r.range) expect(r.range).toEqual({ line: 6, column: 21, endLine: 6, endColumn: 26 });
  });
  test("without live the process ends with its result", async () => {
    const r = await run(BODY, options());
    expect(reportOf(r).function.name).toBe("f");
  });
});
