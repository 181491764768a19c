// Rules of patterns: products that are something cheaper, sorts of which little is read, transforms of real numbers, arguments read across their order.
import { describe, expect, test } from "vitest";
import { enableX64 } from "../../../src/engine/index.ts";
import { diagonalMatrix, diagonalRead } from "../../../src/engine/report/advice/rules/diagonal.ts";
import { double } from "../../../src/engine/report/advice/rules/double.ts";
import { oneHot } from "../../../src/engine/report/advice/rules/oneHot.ts";
import { power } from "../../../src/engine/report/advice/rules/power.ts";
import { realFourier } from "../../../src/engine/report/advice/rules/realFourier.ts";
import { strided } from "../../../src/engine/report/advice/rules/strided.ts";
import { summed } from "../../../src/engine/report/advice/rules/summed.ts";
import { topFew } from "../../../src/engine/report/advice/rules/topFew.ts";
import { triangle } from "../../../src/engine/report/advice/rules/triangle.ts";
import { lastSum } from "../../../src/engine/report/advice/rules/lastSum.ts";
import { sorted } from "../../../src/engine/report/advice/rules/sorted.ts";
import type { AnyRule } from "../../../src/engine/report/advice/types.ts";
import { advised, only, resultOf } from "./advised.ts";

// What is copied names the person's own values, and computes what the program computes: each stands in the place that it was proposed for.
describe("what can be copied", () => {
  const program = (body: string): string => `
const s = np.sin(np.arange(12 * 40).mul(17)).reshape([12, 40]);
const w = np.cos(np.arange(40)).add(2);
const t = np.cos(np.arange(12 * 40)).reshape([12, 40]);
const i = np.arange(60).mul(7).mod(12).astype("int32");
const f = jit((s, w, t, i) => { ${body} });
return { f, args: [s, w, t, i] };`;
  const cases: readonly (readonly [rule: AnyRule, before: string, copied: string, after: (copied: string) => string])[] = [
    [sorted, `const order = np.argsort(s.neg(), { axis: 1 }); return order.get(":", 0);`, "s.neg().argmin({ axis: 1 })", (c) => `return ${c};`],
    [sorted, `return np.argsort(s.T, { axis: 0 }).get(-1);`, "s.T.argmax({ axis: 0 })", (c) => `return ${c};`],
    [sorted, `return np.sort(np.square(s.sub(0.5)), { axis: 0 }).get(0);`, "np.square(s.sub(0.5)).min({ axis: 0 })", (c) => `return ${c};`],
    [diagonalMatrix, `const D = np.diag(np.exp(w)); return s.matmul(D);`, "s.mul(np.exp(w))", (c) => `return ${c};`],
    [diagonalMatrix, `const D = np.diag(w); const y = D.matmul(s.T); return y;`, 's.T.mul(w.get(":", null))', (c) => `return ${c};`],
    [diagonalMatrix, `const D = np.eye(40).mul(w.mul(3)); return np.tanh(s).matmul(D);`, "np.tanh(s).mul(w.mul(3))", (c) => `return ${c};`],
    [diagonalRead, `const p = np.tanh(s).matmul(t.T); return np.diagonal(p);`, "np.tanh(s).mul(t).sum({ axis: 1 })", (c) => `return ${c};`],
    [
      power,
      `const y = np.exp(s).pow(6.5); return y;`,
      "const x = np.exp(s);\nconst x2 = np.square(x);\nconst x4 = np.square(x2);\nconst result = x2.mul(x4).mul(np.sqrt(x));",
      (c) => `${c} return result;`,
    ],
    [
      topFew,
      `return np.sort(np.abs(s), { axis: 1 }).get(":", "-3:");`,
      "const [values, indices] = lax.topK(np.abs(s), 3).map((v) => np.flip(v, 1));",
      (c) => `${c} return values;`,
    ],
    [
      topFew,
      `return np.argsort(t.T, { axis: 0 }).get(":3").astype("float32");`,
      "const [negated, indices] = lax.topK(t.T.neg(), 3, { axis: 0 });\nconst values = negated.neg();",
      (c) => `${c} return indices.astype("float32");`,
    ],
    [
      topFew,
      `return np.sort(s.T, { axis: 0 }).get(":4");`,
      "const [negated, indices] = lax.topK(s.T.neg(), 4, { axis: 0 });\nconst values = negated.neg();",
      (c) => `${c} return values;`,
    ],
    [
      triangle,
      `const sums = np.tril(np.ones([12, 12])).matmul(np.tanh(s)); return sums;`,
      "np.cumsum(np.tanh(s), { axis: 0 })",
      (c) => `return ${c};`,
    ],
    [lastSum, `const all = np.cumsum(np.tanh(s), { axis: 1 }); return all.get(":", -1);`, "np.tanh(s).sum({ axis: 1 })", (c) => `return ${c};`],
    [
      summed,
      `const r = np.concatenate([s, s, s]).get(":", null, ":").mul(t.get(null, ":", ":")).sum({ axis: -1 }); return r;`,
      "np.concatenate([s, s, s]).matmul(t.T)",
      (c) => `return ${c};`,
    ],
  ];
  test.each(cases)("%o: %s", (rule, before, copied, after) => {
    expect(advised(rule, program(before)).map((a) => a.snippet)).toEqual([copied]);
    const [want, got] = [resultOf(program(before)), resultOf(program(after(copied)))];
    expect(got).toHaveLength(want.length);
    const scale = Math.max(1, ...want.map(Math.abs));
    got.forEach((x, k) => expect(Math.abs(x - want[k]!) / scale).toBeLessThan(1e-5));
  });
  test("what is computed inside a call of the library has no name, and none is made up", () => {
    const [found] = advised(sorted, program(`return np.sort(nn.softmax(s).mul(w), { axis: 1 }).get(":", 0);`));
    expect(found!.snippet).toBe("nn.softmax(s).mul(w).min({ axis: 1 })");
    const median = advised(sorted, program(`const y = jit((v) => np.sort(v, { axis: 1 }))(s.add(1)).get(":", 0); return y;`));
    for (const { snippet } of median) expect(snippet).toMatch(/^(?:x|v|s\.add\(1\))\.min/);
  });
});

describe("products added up one by one", () => {
  const program = (body: string): string => `
const a = np.sin(np.arange(40 * 32)).reshape([40, 32]);
const b = np.cos(np.arange(24 * 32)).reshape([24, 32]);
const c = np.cos(np.arange(3 * 32 * 24)).reshape([3, 32, 24]);
const f = jit((a, b, c) => ${body});
return { f, args: [a, b, c] };`;
  test("are a product of matrices, in whatever order the axes stand", () => {
    const { said } = only(summed, program('a.get(":", null, ":").mul(b.get(null, ":", ":")).sum({ axis: -1 })'));
    expect(said.text).toContain("a and b are spread out against each other ([40, 24, 32])");
    expect(said.remedy).toContain("a.matmul(b.T)");
    expect(only(summed, program('b.get(":", null, ":").mul(a.get(null, ":", ":")).sum({ axis: 2 }).T.mul(2)')).said.remedy).toContain(
      "b.matmul(a.T)",
    );
    expect(only(summed, program('a.T.get(":", ":", null).mul(b.T.get(":", null, ":")).sum({ axis: 0 })')).said.remedy).toContain("einsum");
    only(summed, program('a.get(null, ":", ":", null).mul(c.get(":", null, ":", ":")).sum({ axis: 2 })'));
    only(summed, program('c.get(":", ":", ":", null).mul(c.get(":", ":", null, ":")).sum({ axis: 1, keepdims: true })'));
  });
  test("squares, sums of one factor and small ones are left alone", () => {
    expect(advised(summed, program("np.square(a).sum({ axis: 1 })"))).toEqual([]);
    expect(advised(summed, program('a.get(":", null, ":").mul(b.get(null, ":", ":")).sum({ axis: [1, 2] })'))).toEqual([]);
    expect(advised(summed, program("a.matmul(b.T)"))).toEqual([]);
  });
});
describe("a triangle of ones", () => {
  const program = (body: string): string => `
const x = np.sin(np.arange(12 * 5)).reshape([12, 5]);
const f = jit((x) => ${body});
return { f, args: [x] };`;
  test("is a running sum, from either end, with or without its own place", () => {
    const { said } = only(triangle, program("np.tril(np.ones([12, 12])).matmul(x)"));
    expect(said.text).toContain("a triangle of ones ([12, 12])");
    expect(said.remedy).toContain("np.cumsum(x, { axis: 0 })");
    only(triangle, program("np.triu(np.ones([12, 12])).matmul(x)"));
    only(triangle, program("np.tril(np.ones([12, 12]), -1).matmul(x)"));
    only(triangle, program("x.T.matmul(np.triu(np.ones([12, 12])))"));
    only(triangle, program('np.greaterEqual(np.arange(12).get(":", null), np.arange(12)).astype("float32").matmul(x.get(":", 0))'));
  });
  test("other triangles are left alone", () => {
    expect(advised(triangle, program("np.tril(np.ones([12, 12]).mul(0.5)).matmul(x)"))).toEqual([]);
    expect(advised(triangle, program("np.tril(x.matmul(x.T)).matmul(x)"))).toEqual([]);
    expect(advised(triangle, program("np.eye(12).matmul(x)"))).toEqual([]);
  });
});
describe("diagonals", () => {
  const program = (body: string): string => `
const v = np.sin(np.arange(12)).add(2);
const x = np.cos(np.arange(12 * 5)).reshape([12, 5]);
const f = jit((v, x) => ${body});
return { f, args: [v, x] };`;
  test("a diagonal matrix is a multiplication element by element", () => {
    const { said } = only(diagonalMatrix, program("{ const D = np.diag(v); return D.matmul(x); }"));
    expect(said.text).toContain("D is a diagonal matrix of 12×12");
    expect(said.remedy).toContain('x.mul(v.get(":", null))');
    only(diagonalMatrix, program("x.T.matmul(np.diag(np.sqrt(v)))"));
    only(diagonalMatrix, program("np.eye(12).mul(v).matmul(x)"));
    only(diagonalMatrix, program('np.diag(v).matmul(x.get(":", 0))'));
    expect(advised(diagonalMatrix, program("np.tril(np.ones([12, 12])).matmul(x)"))).toEqual([]);
  });
  test("of a product of which the diagonal is read only that is computed", () => {
    const { said } = only(diagonalRead, program("np.diagonal(x.matmul(x.T))"));
    expect(said.text).toContain("only its diagonal is read: 12 of 144 numbers");
    only(diagonalRead, program("np.trace(x.matmul(x.T))"));
    expect(advised(diagonalRead, program("{ const p = x.matmul(x.T); return [p, np.diagonal(p)]; }"))).toEqual([]);
  });
});
describe("a sort of which a few elements are read", () => {
  const program = (body: string): string => `
const x = np.sin(np.arange(3 * 40).mul(17)).reshape([3, 40]);
const f = jit((x) => ${body});
return { f, args: [x] };`;
  test("is topK, at either end, turned round or not, values and indices", () => {
    expect(only(topFew, program('np.sort(x, { axis: 1 }).get(":", "-4:")')).said.text).toContain("only the 4 greatest are read");
    expect(only(topFew, program('np.sort(x, { axis: 1 }).get(":", ":3")')).said.text).toContain("only the 3 least are read");
    only(topFew, program('np.argsort(x, { axis: 1 }).get(":", "-4:")'));
    only(topFew, program('np.argsort(x, { axis: 1 }).get(":", "::-1").get(":", ":3")'));
    only(topFew, program('np.sort(x, { axis: 1 }).get(":", "::-1").get(":", "1:5")'));
    only(topFew, program('np.sort(x, { axis: 1 }).get(":", "-6:-1:2")'));
  });
  test("most of it, the middle, and both ends are left alone", () => {
    expect(advised(topFew, program('np.sort(x, { axis: 1 }).get(":", "5:")'))).toEqual([]);
    expect(advised(topFew, program('np.sort(x, { axis: 1 }).get(":", "18:22")'))).toEqual([]);
    expect(advised(topFew, program('{ const s = np.sort(x, { axis: 1 }); return [s.get(":", ":2"), s.get(":", "-2:")]; }'))).toEqual([]);
  });
});
describe("one-hot products", () => {
  const program = (body: string): string => `
const i = np.arange(300).mul(7).mod(80).astype("int32");
const v = np.sin(np.arange(300 * 4)).reshape([300, 4]);
const t = np.cos(np.arange(80));
const f = jit((i, v, t) => ${body});
return { f, args: [i, v, t] };`;
  test("that add values by index are a sum by segments", () => {
    const { said } = only(oneHot, program("nn.oneHot(i, 80).T.matmul(v)"));
    expect(said.text).toContain("of 80 sums that each value is multiplied for");
    expect(said.remedy).toContain("ops.segmentSum(v, i, 80)");
    only(oneHot, program("v.T.matmul(nn.oneHot(i, 80))"));
  });
  test("also where the rows are made before the loop", () => {
    const text = program("{ const hot = nn.oneHot(i, 80); return lax.foriLoop(0, 3, (_k, r) => hot.T.matmul(np.tanh(hot.matmul(r))), t); }");
    expect(only(oneHot, text).said.text).toContain("2 products of this loop multiply with one-hot rows (hot)");
  });
});
test("powers of one value are one cause", () => {
  const { said } = only(
    power,
    `
const x = np.arange(64).div(8);
const e = [2, 3, 4].map((k) => np.array(k, { dtype: "float32" }));
const f = jit((x) => e.reduce((s, k) => s.add(np.power(x, k)), x));
return { f, args: [x] };`,
  );
  expect(said.text).toContain("3 powers of x (exponents 2, 3, 4)");
  expect(said.remedy).toContain("Horner");
});
test("transforms of real numbers, and back", () => {
  const program = (body: string): string => `
const x = np.sin(np.arange(4 * 16)).reshape([4, 16]);
const f = jit((x) => ${body});
return { f, args: [x] };`;
  expect(only(realFourier, program("{ const s = np.fft.fft(x); return np.real(np.fft.ifft(s.mul(np.conj(s)))); }")).said.remedy).toContain(
    "np.fft.irfft(…, { n: 16 })",
  );
  only(realFourier, program('np.abs(np.fft.fft(x)).get(":", ":9")'));
  expect(advised(realFourier, program("np.abs(np.fft.rfft(x))"))).toEqual([]);
});
test("an argument that is read transposed", () => {
  const program = (body: string): string => `
const x = np.sin(np.arange(200 * 150)).reshape([200, 150]);
const f = jit((x) => ${body});
return { f, args: [x] };`;
  const [found] = advised(strided, program("np.exp(x.T).sum({ axis: 1 })"));
  expect(found!.said.text).toContain("x is read transposed");
  expect(found!.said.remedy).toContain("np.array(x.T)");
  expect(advised(strided, program("np.exp(x).sum({ axis: 1 })"))).toEqual([]);
});
test("float64 carried around a loop becomes float32", () => {
  const text = `
const x = np.linspace(0, 1, 64, { dtype: "float64" });
const f = jit((x) => lax.foriLoop(0, 5, (_k, [a, b]) => [a.add(b), np.where(a.lt(2), np.sin(b), b)], [x, x])[0]);
return { f, args: [x] };`;
  enableX64(() => expect(only(double, text).said.text).toContain("compute in float64"), true);
});
