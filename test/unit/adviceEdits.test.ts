// Certain edits of the source: what is understood whole is rewritten, everything else is left alone.
import { expect, test } from "vitest";
import { changed } from "../../src/engine/report/insights/edits.ts";
import {
  associateEdit,
  dividedEdit,
  powerEdit,
  solveEdit,
  sortEdit,
  staticsEdit,
  summedEdit,
  typeEdit,
} from "../../src/engine/report/advice/edits.ts";
import type { TextChange } from "../../src/engine/report/types.ts";

const of = (text: string) => ({ file: 0, lines: text.split("\n") });
const edited = (text: string, edits: readonly TextChange[] | null): string | null => edits && changed(text, edits);
const at = { file: 0, line: 1 };

test.each([
  ["const a = np.power(ratio, 6.5);", 6.5, "const a = np.square(ratio).mul(np.square(np.square(ratio))).mul(np.sqrt(ratio));"],
  ["const a = jnp.power(p.r, 3).sum();", 3, "const a = jnp.square(p.r).mul(p.r).sum();"],
  ["const a = np.power(x, -1.5);", -1.5, "const a = np.reciprocal(np.sqrt(x).mul(x));"],
  ["const a = np.power(x, 0.5);", 0.5, "const a = np.sqrt(x);"],
  ["const a = x.pow(3).add(1);", 3, "const a = x.mul(x).mul(x).add(1);"],
])("%s", (text, exponent, wanted) => expect(edited(text, powerEdit(of(text), at, exponent))).toBe(wanted));
test.each([
  ["const a = np.power(f(x), 3);", 3, "what is raised is computed"],
  ["const a = np.power(x, 3).add(np.power(y, 3));", 3, "two on one line"],
  ["const a = np.power(x, n);", 3, "the exponent is a name"],
  ["const a = np.power(x, 2.5);", 3, "another exponent"],
  ["const a = f(x).pow(3);", 3, "a method of what is computed"],
  ["const a = x.pow(2.5);", 2.5, "a root, and no name for the module"],
  ["const a = x.pow(3).add(np.power(y, 3));", 3, "one of each"],
])("%s is left alone: %#", (text, exponent) => expect(powerEdit(of(text), at, exponent)).toBeNull());

const sorted = (line: string, rest: string): string => `${line}\n${rest}`;
test.each([
  [
    sorted("const o = np.argsort(s, { axis: 1 });", 'const b = o.get(":", -1);'),
    "last",
    1,
    2,
    "const o = np.argmax(s, { axis: 1, keepdims: true });",
  ],
  [sorted("const o = np.sort(s);", "use(o.get(0));"), "first", 0, 1, "const o = np.min(s, { axis: -1, keepdims: true });"],
  [sorted("let o = np.sort(s), b = 1;", 'use(o.get("...", -1));'), "last", 2, 3, "let o = np.max(s, { axis: -1, keepdims: true }), b = 1;"],
] as const)("%j", (text, end, axis, rank, wanted) =>
  expect(edited(text, sortEdit(of(text), at, end, axis, rank))).toBe(`${wanted}\n${text.split("\n")[1]}`),
);
test.each([
  [sorted("const o = np.argsort(s);", "use(o.get(4095));"), "the index counts from the front"],
  [sorted("const o = np.argsort(s);", "use(o.get(-1)); use(o);"), "it is read elsewhere"],
  [sorted("const o = np.argsort(s).sum();", "use(o.get(-1));"), "more is done to it"],
  [sorted("const o = np.argsort(s);", "use(o.get(null, -1));"), "a new axis"],
  [sorted("const o = np.argsort(f(s));", "use(o.get(-1));"), "what is sorted is computed"],
  [sorted("const o = np.argsort(s, { axis: 0, descending: true });", "use(o.get(-1));"), "another option"],
])("%j is left alone: %s", (text) => expect(sortEdit(of(text), at, "last", 0, 1)).toBeNull());

test("types: all places of all lines, or none", () => {
  const text = 'const x = a.astype("float16").mul(b.astype(\'float16\'));\nconst y = np.zeros([4], { dtype: "float16" });';
  expect(edited(text, typeEdit(of(text), [1, 1], "float16", "float32"))).toBe(
    'const x = a.astype("float32").mul(b.astype(\'float32\'));\nconst y = np.zeros([4], { dtype: "float16" });',
  );
  expect(typeEdit(of(text), [1, 2], "float16", "float32")).toBeNull();
});

const lines = (text: string): number => text.split("\n").length;
test.each([
  ["const f = jit((x, t) => x, { staticArgnums: 1 });", "const f = jit((x, t) => x);"],
  ["const f = jit((x, t) => x,\n{ staticArgnums: [1, 2], donateArgnums: 0 });", "const f = jit((x, t) => x,\n{ donateArgnums: 0 });"],
  ["const f = jit((x, t) => x, { donateArgnums: [0], staticArgnums: [1] });", "const f = jit((x, t) => x, { donateArgnums: [0] });"],
])("%j", (text, wanted) => expect(edited(text, staticsEdit(of(text), 1, lines(text)))).toBe(wanted));
test.each([
  "const f = jit((x, t) => x, { staticArgnums: places });",
  "const f = jit((x, t) => x, { staticArgnames: ['t'], staticArgnums: 1 });",
  "const f = jit((x, t) => jit(g, { staticArgnums: 0 })(x), { staticArgnums: 1 });",
])("%j is left alone", (text) => expect(staticsEdit(of(text), 1, lines(text))).toBeNull());
test.each([
  ["const y = a.matmul(b).matmul(x);", 0, "const y = a.matmul(b.matmul(x));"],
  ["return p.w.matmul( p.v ).matmul(x).add(1)", 0, "return p.w.matmul(p.v.matmul(x)).add(1)"],
  ["const y = x.matmul(a.matmul(b));", 1, "const y = x.matmul(a).matmul(b);"],
] as const)("the other order of products: %s", (text, side, wanted) => expect(edited(text, associateEdit(of(text), at, side))).toBe(wanted));
test.each([
  ["const y = a.T.mul(2).matmul(b).matmul(x);", 0],
  ["const y = f(a).matmul(b).matmul(x);", 0],
  ["const y = a.matmul(b.T).matmul(x.get(0));", 0],
  ["const y = a.matmul(b).matmul(x), z = a.matmul(x);", 0],
  ["const y = a.matmul(b.matmul(x));", 0],
  ["const y = x.matmul(a).matmul(b);", 1],
] as const)("%s is left alone", (text, side) => expect(associateEdit(of(text), at, side)).toBeNull());
test("an inverse times something, as a solve", () => {
  const text = "const x = np.linalg.inv(a).matmul(b).add(1);";
  expect(edited(text, solveEdit(of(text), at))).toBe("const x = np.linalg.solve(a, b).add(1);");
  for (const other of ["const x = inv(a).matmul(b);", "const x = np.linalg.inv(a.T()).matmul(b);", "const x = b.matmul(np.linalg.inv(a));"])
    expect(solveEdit(of(other), at)).toBeNull();
});

test.each([
  [
    "const p = e.div(e.sum({ axis: [1, 2], keepdims: true }));\nreturn [p.mul(ys).sum({ axis: [1, 2] }), p.sum({ axis: [1, 2] })];",
    "const p = e.sum({ axis: [1, 2] });\nreturn [e.mul(ys).sum({ axis: [1, 2] }).div(p), e.sum({ axis: [1, 2] }).div(p)];",
  ],
  [
    "const w = r.div(r.sum({ axis: 1, keepdims: true }))\nreturn w.mul(x).sum({ axis: 1 })",
    "const w = r.sum({ axis: 1 })\nreturn r.mul(x).sum({ axis: 1 }).div(w)",
  ],
])("sums divided afterwards: %j", (text, wanted) => expect(edited(text, dividedEdit(of(text), at))).toBe(wanted));
test.each([
  "const p = e.div(e.sum({ axis: 1, keepdims: true }));\nreturn [p.mul(x).sum({ axis: 1 }), p];",
  "const p = e.div(e.sum({ axis: 1, keepdims: true }));\nreturn p.mul(x).sum({ axis: 0 });",
  "const p = e.div(e.sum({ axis: 1, keepdims: true }));\nreturn p.mul(f(x)).sum({ axis: 1 });",
  "const p = e.div(e.sum({ axis: 1 }));\nreturn p.sum({ axis: 1 });",
  "const p = f(e).div(e.sum({ axis: 1, keepdims: true }));\nreturn p.sum({ axis: 1 });",
  "let p = e.div(e.sum({ axis: 1, keepdims: true }));\nreturn p.sum({ axis: 1 });",
])("%j is left alone", (text) => expect(dividedEdit(of(text), at)).toBeNull());
test("rows against each other, multiplied and added up, as a product of matrices", () => {
  const text = 'const s = q.get(":", null, ":").mul(k.get(null, ":", ":")).sum({ axis: -1 }).mul(2);';
  expect(edited(text, summedEdit(of(text), at))).toBe("const s = q.matmul(k.T).mul(2);");
  for (const other of [
    'const s = q.get(":", null, ":").mul(k.get(null, ":", ":")).sum({ axis: 0 });',
    'const s = f(q).get(":", null, ":").mul(k.get(null, ":", ":")).sum({ axis: -1 });',
    'const s = q.get(":", null, ":").mul(k.get(":", null, ":")).sum({ axis: -1 });',
  ])
    expect(summedEdit(of(other), at)).toBeNull();
});
