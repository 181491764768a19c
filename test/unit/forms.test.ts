// Faults B1 and B2 of processes, A5, C8 and C12 of the editor: every path, every way to import, every way to write a jit function is found and runs.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type RunOptions, errorOf, head, reportOf, run, scratch, start } from "./runs.ts";

const HEAD = 'import { jit, numpy as np } from "jitlens";\n';
/** What, the file, the name or place of the clicked function, the type of its first argument. */
const FORMS: readonly [string, string, string | number, string, RunOptions?][] = [
  ["a namespace on one line", 'import * as jl from "jitlens"; const f = jl.jit((x) => x.mul(2)); f(jl.numpy.ones([3]));', "f", "f32[3]"],
  ["a namespace over lines", 'import * as jl from "jitlens";\nconst f = jl\n  .jit(\n  (x) => x.mul(2));\nf(jl.numpy.ones([3]));', "f", "f32[3]"],
  [
    "several on a line, the first",
    `${HEAD}const f = jit((x) => x.mul(2)), g = jit((x) => x.mul(3)); f(np.ones([1])); g(np.ones([2]));`,
    "f",
    "f32[1]",
  ],
  [
    "several on a line, the second",
    `${HEAD}const f = jit((x) => x.mul(2)), g = jit((x) => x.mul(3)); f(np.ones([1])); g(np.ones([2]));`,
    "g",
    "f32[2]",
  ],
  [
    "side by side in a table",
    `${HEAD}const t = [jit((x) => x.mul(2)), jit((x) => x.mul(3))]; t[0](np.ones([1])); t[1](np.ones([2]));`,
    "t[1]",
    "f32[2]",
  ],
  [
    "a table of functions",
    `${HEAD}const t = { a: jit((x) => x.mul(2)), b: jit((x) => x.mul(3)) };\nt.a(np.ones([1])); t.b(np.ones([2]));`,
    "b",
    "f32[2]",
  ],
  [
    "a jit inside another, the outer",
    `${HEAD}const f = jit(function o(y) { return jit(function i(x) { return x.sum(); })(y); }); f(np.ones([3]));`,
    "o",
    "f32[3]",
  ],
  [
    "a jit inside another, the inner",
    `${HEAD}const f = jit(function o(y) { return jit(function i(x) { return x.mul(2); })(y.sum()); }); f(np.ones([3]));`,
    "i",
    "f32[]",
  ],
  ["jit of jit, the outer", `${HEAD}const inner = (f) => f; const f = jit(inner(jit((x) => x.mul(2)))); f(np.ones([3]));`, 0, "f32[3]"],
  ["curried", `${HEAD}const f = jit({ staticArgnums: 1 })((x, k) => x.pow(k)); f(np.ones([3]), 2);`, "f", "f32[3]"],
  [
    "made by a function",
    `${HEAD}const make = (k) => jit((x) => x.mul(k));\nconst a = make(2), b = make(3); a(np.ones([4])); b(np.ones([5]));`,
    0,
    "f32[4]",
  ],
  [
    "a class field",
    `${HEAD}class A { k = 2; f = jit((x) => x.mul(this.k)); static g = jit((x) => x); }\nnew A().f(np.ones([3])); A.g(np.ones([2]));`,
    "f",
    "f32[3]",
  ],
  ["a static class field", `${HEAD}class A { static g = jit((x) => x.mul(2)); }\nA.g(np.ones([2]));`, "g", "f32[2]"],
  [
    "export default",
    `${HEAD}export default jit((x) => x.mul(2));\nconst me = await import(import.meta.url).catch(() => null);`,
    "default",
    "f32[2]",
    { args: "f32[2]" },
  ],
  [
    "inside a function that runs later",
    `${HEAD}function later() { const f = jit((x) => x.mul(2)); f(np.ones([3])); }\nsetTimeout(later, 20);`,
    "f",
    "f32[3]",
  ],
  ["called on the spot", `${HEAD}jit((x) => x.mul(2))(np.ones([3]));`, 0, "f32[3]"],
  ["a decorator", `${HEAD}class A { @jit step(x) { return x.mul(2); } }\nnew A().step(np.ones([3]));`, "step", "f32[3]"],
  [
    "the same method of two classes",
    `${HEAD}class A { @jit step(x) { return x.mul(2); } }\nclass B { @jit step(x) { return x.mul(3); } }\nnew A().step(np.ones([1])); new B().step(np.ones([2]));`,
    1,
    "f32[2]",
  ],
  [
    "an alias of the member",
    'import * as jl from "jitlens";\nconst { jit: compile } = jl;\nconst f = compile((x) => x.mul(2)); f(jl.numpy.ones([3]));',
    "f",
    "f32[3]",
  ],
  ["a name given to it", 'import * as jl from "jitlens";\nconst j = jl.jit; const f = j((x) => x.mul(2)); f(jl.numpy.ones([3]));', "f", "f32[3]"],
  ["a dynamic import", 'const { jit, numpy: np } = await import("jitlens"); const f = jit((x) => x.mul(2)); f(np.ones([3]));', "f", "f32[3]"],
  [
    "passed on by another module",
    'import { compile, np } from "./own.js"; const f = compile((x) => x.mul(2)); f(np.ones([3]));',
    "f",
    "f32[3]",
    { beside: { "own.ts": 'export { jit as compile, numpy as np } from "jitlens";' } },
  ],
  [
    "everything passed on, twice removed",
    'import { jit, numpy as np } from "./a"; const f = jit((x) => x.mul(2)); f(np.ones([3]));',
    "f",
    "f32[3]",
    { beside: { "a.ts": 'export * from "./b/index.ts";', "b/index.ts": 'export * from "jitlens";' } },
  ],
  [
    "React's syntax",
    `${HEAD}const f = jit((x) => x.mul(2)); f(np.ones([3]));\nconst React = { createElement() {} }; const v = <a b="c" />;`,
    "f",
    "f32[3]",
    { file: join(scratch, "x.tsx") },
  ],
  [
    "CommonJS, .cjs",
    'const { jit, numpy: np } = require("jitlens");\nconst f = jit((x) => x.mul(2)); f(np.ones([3])); module.exports = { f };',
    "f",
    "f32[3]",
    { file: join(scratch, "c.cjs") },
  ],
  [
    "CommonJS, .js, one name",
    'const jl = require("jitlens"); const f = jl.jit((x) => x.mul(2)); f(jl.numpy.ones([3]));',
    "f",
    "f32[3]",
    { file: join(scratch, "d.js") },
  ],
  [
    "CommonJS in one expression",
    'const np = require("jitlens").numpy; const f = require("jitlens").jit((x) => x.mul(2)); f(np.ones([3]));',
    "f",
    "f32[3]",
    { file: join(scratch, "e.cjs") },
  ],
  [
    "both kinds of module",
    `${HEAD}const other = require("./old.cjs"); const f = jit((x) => x.mul(other.two)); f(np.ones([3]));`,
    "f",
    "f32[3]",
    { beside: { "old.cjs": 'const { numpy } = require("jitlens"); exports.two = numpy.array(2);' } },
  ],
  [
    "__dirname and import.meta",
    `${HEAD}import { dirname } from "node:path"; import { fileURLToPath } from "node:url"; import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url), __dirname = dirname(fileURLToPath(import.meta.url)); if (!__dirname.includes("jitlens-tests") || !require) throw new Error(__dirname);\nconst f = jit((x) => x.mul(2)); f(np.ones([3]));`,
    "f",
    "f32[3]",
  ],
  ["type args", `${head}const f = jit<(x: Value) => Value>((x) => x.mul(2)) as unknown as (x: Value) => Value; f(np.ones([3]));`, "f", "f32[3]"],
  ["optional", 'import * as jl from "jitlens"; const f = jl?.jit((x) => x.mul(2)); f(jl.numpy.ones([3]));', "f", "f32[3]"],
  ["assign", `${head}let f: any; f = jit((x: Value) => x.mul(2)); f(np.ones([3]));`, "f", "f32[3]"],
  [
    "map",
    `${head}const m = new Map([["a", jit((x: Value) => x.mul(2))], ["b", jit((x: Value) => x.mul(3))]]); m.get("a")!(np.ones([1])); m.get("b")!(np.ones([2]));`,
    1,
    "f32[2]",
  ],
  ["cond", `${head}const f = Math.random() > 2 ? jit((x: Value) => x.mul(2)) : jit((x: Value) => x.mul(3)); f(np.ones([3]));`, 1, "f32[3]"],
  ["default param", `${head}function g(f = jit((x: Value) => x.mul(2))) { return f(np.ones([3])); } g();`, "f", "f32[3]"],
  ["namespace", `${head}namespace N { export const f = jit((x: Value) => x.mul(2)); } N.f(np.ones([3]));`, "f", "f32[3]"],
  ["static private", `${head}class A { @jit static #m(x: Value) { return x.mul(2); } static go() { A.#m(np.ones([3])); } } A.go();`, 0, "f32[3]"],
  [
    "legacy decorators",
    `${head}class A { @jit m(x: Value) { return x.mul(2); } } new A().m(np.ones([3]));`,
    0,
    "f32[3]",
    { file: join(scratch, "leg", "a.ts"), beside: { "tsconfig.json": '{"compilerOptions":{"experimentalDecorators":true}}' } },
  ],
  [
    "decorators in js",
    `import { jit, numpy as np } from "jitlens";\nclass A { @jit m(x) { return x.mul(2); } } new A().m(np.ones([3]));`,
    0,
    "f32[3]",
    { file: join(scratch, "dj.js") },
  ],
  [
    "decorator call",
    `${head}class A { @jit({ staticArgnums: 1 })\n m(x: Value, k: number) { return x.pow(k); } } new A().m(np.ones([3]), 2);`,
    0,
    "f32[3]",
  ],
  ["multi line args", `${head}const f = jit(\n  // comment\n  (x: Value) =>\n    x.mul(2),\n  {},\n);\nf(np.ones([3]));`, "f", "f32[3]"],
  [
    "named fn passed",
    `${head}function step(x: Value) { return x.mul(2); }\nexport const a = jit(step), b = jit(step); a(np.ones([1])); b(np.ones([2]));`,
    1,
    "f32[2]",
  ],
  ["jit in vmap", `${head}import { vmap } from "jitlens"; const f = vmap(jit((x: Value) => x.mul(2))); f(np.ones([4, 3]));`, 0, "f32[3]"],
  ["using loop", `${head}const fs = [1, 2, 3].map((k) => jit((x: Value) => x.mul(k))); fs.forEach((f, i) => f(np.ones([i + 1])));`, 0, "f32[1]"],
  ["mts", `${head}const f = jit((x: Value) => x.mul(2)); f(np.ones([3])); export {};`, "f", "f32[3]", { file: join(scratch, "m.mts") }],
  [
    "cts",
    `import jl = require("jitlens"); const f = jl.jit((x) => x.mul(2)); f(jl.numpy.ones([3]));`,
    "f",
    "f32[3]",
    { file: join(scratch, "m.cts") },
  ],
  [
    "default as star",
    `import jlAll, * as jl from "./own.ts"; const f = jl.jit((x: any) => x.mul(2)); f(jl.numpy.ones([3]));`,
    "f",
    "f32[3]",
    { beside: { "own.ts": 'export * from "jitlens"; export default 1;' } },
  ],
  [
    "default export of namespace",
    `import jl from "./own.ts"; const f = jl.jit((x: any) => x.mul(2)); f(jl.numpy.ones([3]));`,
    "f",
    "f32[3]",
    { beside: { "own.ts": 'import * as jl from "jitlens"; export default jl;' } },
  ],
  [
    "wrapper",
    `import { compile } from "./own.ts"; import { numpy as np } from "jitlens"; const f = compile((x: any) => x.mul(2)); f(np.ones([3]));`,
    0,
    "f32[3]",
    { beside: { "own.ts": 'import { jit } from "jitlens"; export const compile = jit;' } },
  ],
];
describe("forms", () => {
  for (const [what, text, site, type, options] of FORMS)
    test(what, async () => {
      const r = reportOf(await run(text, { site, ...options }));
      expect(r.programs[0]!.arguments[0]!.type).toBe(type);
      expect(r.programs[0]!.levels[0]!.regions[0]!.nodes.length).toBeGreaterThan(1);
    });
});
describe("forms that cannot work say what does", () => {
  const no = async (text: string, want: RegExp, options?: RunOptions): Promise<void> => expect(errorOf(await run(text, options))).toMatch(want);
  test("a default import", () =>
    no('// first\nimport jl from "jitlens";\nconst f = jl.jit((x) => x.mul(2));', /^2: .*no default export.*import \* as jl from "jitlens"/s));
  test("an async function", () =>
    no(`${HEAD}\nconst f = jit(async (x) => x.mul(2));\nf(np.ones([1]));`, /^3: f is an async function.*await outside/s));
  test("a generator", () =>
    no(`${HEAD}\nconst f = jit(function* g(x) { yield x; });\nf(np.ones([1]));`, /^3: g is a generator function.*Return arrays/s));
  test("a function that returns a promise", () =>
    no(`${HEAD}const f = jit((x) => Promise.resolve(x));\n\nf(np.ones([1]));`, /^4: .*returned a Promise.*(await|synchronous)/is));
});
const LETTERS = ["ünï 日本語 😀", `a'b"c\`d`, "a(b)[c]{d}", "a#b?c&d;e%f%41", "a\nb\tc", " a\\b ", "a,b+c=d@e!:f$"];
describe("B1: paths of every kind of letter", () => {
  for (const letters of process.platform === "win32" ? LETTERS.filter((l) => !/["?*:\\\n\t]/.test(l)) : LETTERS)
    test(JSON.stringify(letters), async () => {
      const file = join(scratch, "p", letters, `f${letters}.ts`),
        text = `${HEAD}import { twice } from "./helper.ts";\nconst f = jit((x) =>\n  twice(x));\nf(np.ones([3]));`,
        helper = 'import { numpy as np } from "jitlens";\nexport const twice = (x) => np.tanh(x);\n';
      const r = reportOf(await run(text, { file, beside: { "helper.ts": helper } }));
      expect(r.files[r.frames[r.function.at]!.file]!.path).toBe(file);
      expect([...new Set(r.frames.map((f) => r.files[f.file]!.path))].sort()).toEqual([file, join(scratch, "p", letters, "helper.ts")].sort());
      const e = await run(`${HEAD}const f = jit((x) =>\n  np.matmul(x, x));\nf(np.ones([2, 3]));`, { file });
      expect(e.kind === "error" && [e.file, e.line]).toEqual([file, 3]);
    });
});
test("C8: lenses of one line are told apart by their names", async () => {
  const { sites, cancel } = await start(`${head}const f = jit((x) => x), g = jit((x) => x);`);
  cancel();
  expect(sites.map((s) => [s.name, s.line])).toEqual([
    ["f", 1],
    ["g", 1],
  ]);
});
test("a file and one that it imports import each other: there is one of each", async () => {
  const r = reportOf(
    await run(
      `import { jit, numpy as np } from "jitlens";\nimport { other } from "./other.ts";\nglobalThis.times = (globalThis.times ?? 0) + 1;\nexport const f = jit((x) => x.mul(other()).mul(globalThis.times));\nexport const two = 2;\nf(np.ones([3]));`,
      {
        beside: { "other.ts": 'import { two } from "./file.ts";\nexport const other = () => two;\n' },
      },
    ),
  );
  expect(JSON.stringify(r.programs[0]!.levels[0])).not.toMatch(/mul [a-z] 2\.0:f32\[\] *\n.*mul [a-z] 2\.0/);
});
describe("B6: a function that another file calls", () => {
  test("is run through that file, as it stands in the editor", async () => {
    const file = join(scratch, "b6", "model.ts"),
      r = reportOf(
        await run(`${HEAD}export const model = jit((x) => np.tanh(x));`, {
          file,
          entry: join(scratch, "b6", "train.ts"),
          beside: {
            "train.ts": 'import { numpy as np } from "jitlens";\nimport { model } from "./model.js";\nfor (const n of [2, 3]) model(np.ones([n]));\n',
            "model.ts": "what is on disk is older",
          },
        }),
      );
    expect(r.programs[0]!.arguments[0]!.type).toBe("f32[2]");
    expect(r.compilations.length).toBe(2);
  });
  test("a file to run that is not there", async () =>
    expect(errorOf(await run(`${HEAD}export const f = jit((x) => x.mul(2));`, { entry: join(scratch, "nothing.ts") }))).toMatch(
      /cannot be read.*another file/s,
    ));
});
test("B3 of the editor: functions are called what the file calls them", async () => {
  const r = reportOf(
    await run(`${HEAD}const t = { a: jit((x) => x.mul(2)) }, outer = jit((x) => t.a(x).add(1));\nouter(np.ones([2])); outer(np.ones([3]));`, {
      site: "outer",
    }),
  );
  expect(new Set(r.compilations.map((c) => c.function))).toEqual(new Set(["a", "outer"]));
});
test("pins: an edge is split, and one that is none is refused", async () => {
  const text = `${HEAD}const f = jit((x) => np.tanh(x.mul(2)).sum());\nf(np.ones([64]));`,
    plain = reportOf(await run(text)),
    edge = plain.programs[0]!.decisions!.find((d) => d.fused)!,
    key = `${/\d+/.exec(edge.producer)![0]}>${/\d+/.exec(edge.consumer)![0]}`;
  const split = reportOf(await run(text, { pins: [`${key}=split`] }));
  expect(split.programs[0]!.kernels!.length).toBeGreaterThan(plain.programs[0]!.kernels!.length);
  expect(errorOf(await run(text, { pins: ["999>1000=split"] }))).toMatch(/999>1000=split names no edge/);
});
