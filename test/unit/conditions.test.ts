// Fault 4 of the ports and A4 of the editor: conditions on arrays are right, as in Python, or refused; never silently true.
import { describe, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import { programEdits } from "../../src/host/runner/conditions.ts";
import { applyEdits } from "../../src/host/runner/edits.ts";
import { errorOf, head, reportOf, run } from "./runs.ts";

const { numpy: np } = jl;
const edited = (text: string): ReturnType<typeof applyEdits> => applyEdits(text, programEdits(text, { ours: () => true, fileAt: () => null }));
/** The value of a function body, with checks in it. `a` is array(0), `b` array(3), `n` an array of two elements, `u` undefined. */
function evaluate(body: string): unknown {
  const { text } = edited(`function f(np, jit, a, b, n, u) { ${body} }`),
    make = new Function("__jitlensTruth", `let __jitlensOperand, __jitlensPlace; ${text}; return f;`) as (
      truth: unknown,
    ) => (...args: unknown[]) => unknown;
  return make(jl.internals.truth)(np, jl.jit, np.array(0), np.array(3), np.array([1, 2]), undefined);
}
const plainValue = (v: unknown): unknown => (v instanceof jl.Value ? v.tolist() : v);
const CASES: readonly [string, unknown][] = [
  ["if (a) return 1; return 2;", 2],
  ["if (b) return 1; return 2;", 1],
  ["if (b.gt(0)) return 1; return 2;", 1],
  ["if (b.lt(0)) return 1; else return 2;", 2],
  ["return a ? 1 : 2;", 2],
  ["return !a;", true],
  ["return !b;", false],
  ["return !!b.gt(5);", false],
  ["return a && 5;", 0],
  ["return b && 5;", 5],
  ["return a || 5;", 5],
  ["return b || 5;", 3],
  ["return a || b && 7;", 7],
  ["return (a || b) && (b.gt(2) || a) ? 'yes' : 'no';", "yes"],
  ["return a /* && */ && 5;", 0],
  ["return (a) && 5;", 0],
  ["return a ?? 5;", 0],
  ["return u && 5;", undefined],
  ["return u || 5;", 5],
  ["let k = 0; while (b.gt(k)) k++; return k;", 3],
  ["let k = 0; do k++; while (b.gt(k) && k < 10); return k;", 3],
  ["let k = 0; for (; b.gt(k); k++); return k;", 3],
  ["return Boolean(a);", false],
  ["return Boolean(b);", true],
  ["let y = a; y ||= 4; return y;", 4],
  ["let y = b; y &&= 4; return y;", 4],
  ["const o = { y: a }; o.y &&= 4; return o.y;", 0],
  ["const o = { y: a }; o['y'] ||= 4; return o.y;", 4],
  ["const o = { p: { y: a } }; o.p.y ||= b && 4; return o.p.y;", 4],
  ["const o = { p: { y: b } }; o.p.y &&= a; return o.p.y;", 0],
  ["const o = { p: { y: a } }; o.p.y &&= b; return o.p.y;", 0],
  ["const l = [a, b]; let i = 0; l[i++] ||= 4; return [i, l[0]].join();", "1,4"],
  ["const l = [a, b]; let i = 0; l[(i++, 0)] ||= l[i] &&= 7; return l.join();", "7,7"],
  ["const o = { y: a }; const get = () => o; get().y ||= 4; return o.y;", 4],
  ["const o = { y: undefined }; const get = () => o; get() /* [ */ [ /* ] */ 'y' ] ||= 4; return o.y;", 4],
  [
    "class A { #d = { k: a }; #e = a; go() { this.#d.k ||= 4; this.#e ||= 5; const s = () => this; s().#e &&= 6; return this.#d.k + this.#e; } } return new A().go();",
    10,
  ],
  ["let k = 0; for (let d = b; k++, d; ) d = d.sub(1); return k;", 4],
  ["if (b, a) return 1; return 2;", 2],
  ["switch (true) { case a.gt(0): return 1; case b.gt(0): return 2; default: return 3; }", 2],
  ["switch (true) { case 1: return 1; default: return 3; }", 3],
  ["switch (false) { case b.gt(0): return 1; case a.gt(0): return 2; }", 2],
  ["return [1, 0, 2].filter((v) => v && true).length;", 2],
  ["return (() => a && b)();", 0],
  ["return np.array(NaN) ? 1 : 2;", 1],
  ["return np.array([0]) ? 1 : 2;", 2],
  ["return np.array(false) || 'none';", "none"],
  ["return u?.x || 'none';", "none"],
  ["const g = (x) => (x && g(x.sub(1))) || 'end'; return g(b);", "end"],
  ["return [...n].map(Number);", [1, 2]],
  ["let s = 0; for (const row of np.ones([3, 2])) s += Number(row.sum()); return s;", 6],
  ["return n.length;", 2],
  ["return `${b}`;", "3"],
];
describe("conditions", () => {
  for (const [body, want] of CASES) test(body, () => expect(plainValue(evaluate(body))).toEqual(want));
  for (const body of [
    "if (n) return 1;",
    "return !n;",
    "return n && 1;",
    "return n || 1;",
    "while (n) break;",
    "return n ? 1 : 2;",
    "return Boolean(n);",
  ])
    test(`${body} is refused: two elements`, () =>
      expect(() => evaluate(body)).toThrow(/truth of an array of 2 elements \(.*\[2\]\) is ambiguous.*any\(\) or x\.all/s));
  test("an empty array is refused", () => expect(() => evaluate("return np.zeros([0]) ? 1 : 2;")).toThrow(/empty array/));
  for (const body of [
    "if (x.gt(0)) return x; return x.mul(0);",
    "return x.gt(0) ? x : x.neg();",
    "return x.gt(0) && x.mul(100);",
    "return x.gt(0) || x;",
    "return !x ? x : x;",
    "let k = 0; while (x.lt(3) && k < 5) k++; return x;",
    "do { x = x.add(1); } while (x.lt(3)); return x;",
    "for (; x.lt(3); ) x = x.add(1); return x;",
  ])
    test(`while tracing: ${body}`, () =>
      expect(() => evaluate(`return jit((x) => { ${body} })(b);`)).toThrow(expect.objectContaining({ name: "ConcretizationTypeError" })));
});
describe("subscripts and lengths", () => {
  for (const [body, want] of [
    ["return n[0];", /x\.get\(0\)/],
    ["n[0] = 5;", /x\.at\(0\)\.set/],
    ["return n[1.5];", /x\.get\(index\)/],
    ["return n['0:1'];", /x\.get\("0:1"\)/],
    ["return n[[0, 1]];", /x\.get\(index\)/],
    ["return n[n.gt(1)];", /x\.get\(index\)/],
    ["n[NaN] = 1;", /cannot be changed/],
    ["n.length = 1;", /cannot be changed/],
    ["n[-1] = 5;", /x\.at\(-1\)\.set/],
    ["return jit((x) => x[1])(n);", /x\.get\(1\)/],
    ["return a.length;", /no length/],
  ] as const)
    test(body, () => expect(() => evaluate(body)).toThrow(want));
  test("what an array does not have is still undefined", () => {
    expect(Reflect.get(np.ones([2]), "nothing")).toBeUndefined();
    const x = Object.assign(np.ones([2]), { note: "kept" });
    expect(x.note).toBe("kept");
  });
});
test("positions stay exact: every character that is kept is found again", () => {
  const text = "const r = (a && b(c)) || !d ? (e, f) : g;\nif (x /* && */ || y.z) while (!(p && q)) h ||= i?.j && k; // end\nawait a; o.p &&= 1;\n";
  const { text: out, columnBefore } = edited(text),
    before = text.split("\n");
  expect(out.split("\n").length).toBe(before.length);
  // Identifiers of one letter are never inserted: each stands once in the changed line per time it stood before, in order.
  before.forEach((line, i) => {
    const word = /(?<![\w$.])[a-z](?![\w$])/g,
      was = [...line.matchAll(word)].map((m) => m.index),
      is = [...out.split("\n")[i]!.matchAll(word)].map((m) => columnBefore(i + 1, m.index));
    for (const column of was) expect(is, `line ${i + 1}: ${line.slice(column)}`).toContain(column);
  });
});
describe("in a run", () => {
  test("the line is named, and what to do", async () => {
    const e = errorOf(
      await run(
        `${head}const relu = jit((x: Value) => {\n  const y = x.mul(2);\n  if (y.gt(0)) return x;\n  return x.mul(0);\n});\nrelu(np.array(-3));`,
      ),
    );
    expect(e).toMatch(/^4: a condition .*traced array \(bool\[\]\).*\| Use lax\.cond or np\.where/s);
  });
  test("concrete conditions take the right side", async () => {
    const r = reportOf(
      await run(
        `${head}const flag = np.array(0);\nconst f = jit((x: Value) => (flag ? x.mul(2) : np.tanh(x)));\nif (flag && true) throw new Error("wrong");\nf(np.ones([3]));`,
      ),
    );
    expect(r.programs[0]!.levels[0]!.text!.text).toMatch(/tanh/);
  });
  test("an error behind checks on its line has the right column", async () => {
    const line = "const g = (x: Value) => (flag || !x.size ? x : (flag && x, boom(x)));",
      r = await run(
        `${head}const flag = np.array(0);\n${line}\nfunction boom(x: Value): Value { return x.matmul(np.ones([9, 9])); }\njit(g)(np.ones([2, 3]));`,
      );
    expect(r.kind === "error" && [r.line, r.column]).toEqual([4, "function boom(x: Value): Value { return x.".length + 1]);
  });
});
