// Where lenses stand: every way to write a jit function, also in files that are being edited.
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findSites } from "../../src/host/sites.ts";

const grammars = fileURLToPath(new URL("../../dist/grammars", import.meta.url)),
  names = async (text: string, language = "typescript"): Promise<string[]> =>
    (await findSites(grammars, language, text)).map((s) => `${s.className ? `${s.className}.` : ""}${s.name}:${s.line + 1}`);
const head = 'import { jit, grad } from "jitlens";\n';
const CASES: readonly [string, string, readonly string[]][] = [
  ["jit(fn)", `${head}const f = jit(step);`, ["f:2"]],
  ["an arrow", `${head}export const f = jit((x) => x);`, ["f:2"]],
  ["a named function", `${head}const g = jit(function inner(x) { return x; });`, ["inner:2"]],
  [
    "a decorated method",
    `${head}class A {\n  @jit\n  step(x) { return x; }\n  @jit({ staticArgnums: 1 })\n  static other(x, n) { return x; }\n}`,
    ["A.step:3", "A.other:5"],
  ],
  ["a renamed import", 'import { jit as compile } from "jitlens";\nconst f = compile((x) => x);', ["f:2"]],
  ["a namespace import", 'import * as jl from "jitlens";\nconst f = jl.jit((x) => x);', ["f:2"]],
  ["a namespaced decorator", 'import * as jl from "jitlens";\nclass B {\n  @jl.jit\n  run(x) { return x; }\n}', ["B.run:3"]],
  [
    "nnx's jit",
    'import { nnx } from "jitlens";\nconst f = nnx.jit((m, x) => m.call(x));\nclass C {\n  @nnx.jit\n  run(x) { return x; }\n}',
    ["f:2", "C.run:4"],
  ],
  [
    "nnx's jit of a namespace",
    'import * as jl from "jitlens";\nconst f = jl.nnx.jit((m) => m);\nconst { nnx: x } = jl;\nconst g = x.jit((m) => m);',
    ["f:2", "g:4"],
  ],
  ["an object's property", `${head}const o = { f: jit((x) => x) };`, ["f:2"]],
  ["inside another call", `${head}const h = jit(grad((x) => x));`, ["h:2"]],
  ["another library's jit", 'import { jit } from "elsewhere";\nconst f = jit((x) => x);', []],
  ["no import", "const f = jit((x) => x);", []],
  ["broken code behind it", `${head}const f = jit((x) => x);\nfunction broken( {{{`, ["f:2"]],
  ["broken code before it", `${head}const a = (1 + ;\nconst f = jit((x) => x);`, ["f:3"]],
];
describe("jit functions", () => {
  for (const [what, text, want] of CASES) test(what, async () => expect(await names(text)).toEqual(want));
});
test("JavaScript and TSX", async () => {
  expect(await names(`${head}const f = jit((x) => x);`, "javascript")).toEqual(["f:2"]);
  expect(await names(`${head}const f = jit((x: number) => x);\nconst v = <div/>;`, "typescriptreact")).toEqual(["f:2"]);
});
test("the @trace tag", async () => {
  const [s] = await findSites(
    grammars,
    "typescript",
    `${head}/**\n * A step.\n * @trace f32[2,3], { w: f32[3] }\n */\nexport const f = jit((x, p) => x);`,
  );
  expect(s?.traceTag).toBe("f32[2,3], { w: f32[3] }");
});
