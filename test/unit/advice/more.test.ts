// Further rules on small programs with the fault and without it: equal results, and what is said.
import { describe, expect, test } from "vitest";
import { fewRows } from "../../../src/engine/report/advice/rules/fewRows.ts";
import { oneHot } from "../../../src/engine/report/advice/rules/oneHot.ts";
import { roots } from "../../../src/engine/report/advice/rules/roots.ts";
import { rows } from "../../../src/engine/report/advice/rules/rows.ts";
import { advised, only } from "./advised.ts";

describe("rows that are computed and not read", () => {
  const program = (body: string): string => `
const x = np.sin(np.arange(12 * 8)).reshape([12, 8]);
const w = np.cos(np.arange(8 * 6)).reshape([8, 6]);
const f = jit((x, w, i) => ${body});
return { f, args: [x, w, np.array(3, { dtype: "int32" })] };`;
  test("the slice moves past products, sums and what is computed element by element", () => {
    const { said } = only(rows, program("{ const h = np.tanh(x.matmul(w)); return h.get(0); }"));
    expect(said.text).toContain("only a part of it is read");
    expect(said.remedy).toContain("take the part that is wanted of x");
    only(rows, program('x.matmul(w).add(1).get(":", "1:3")'));
    only(rows, program("x.matmul(w).T.get(-1)"));
    only(rows, program('np.exp(x.matmul(w)).get("2:9:3", "0:2")'));
  });
  test("also where the program computes from where", () => {
    only(rows, program("np.tanh(x.matmul(w)).get(i)"));
    only(rows, program("lax.dynamicSlice(x.matmul(w), [i, 0], [2, 6])"));
  });
  test("what is read elsewhere, or sliced already, is left alone", () => {
    expect(advised(rows, program("{ const h = x.matmul(w); return [h.get(0), h.sum()]; }"))).toEqual([]);
    expect(advised(rows, program('x.get("0:1").matmul(w)'))).toEqual([]);
    expect(advised(rows, program('np.sort(x, { axis: 0 }).get("0:3")'))).toEqual([]);
  });
});
describe("a product with one-hot rows", () => {
  const program = (body: string): string => `
const table = np.sin(np.arange(40)).reshape([8, 5]);
const i = np.array([3, 0, 7, 7, 9, -1], { dtype: "int32" });
const f = jit((table, i) => ${body});
return { f, args: [table, i] };`;
  test("is a selection by index", () => {
    const { said } = only(oneHot, program("nn.oneHot(i, 8).matmul(table)"));
    expect(said.text).toContain("table is multiplied with one-hot rows: of 8 numbers");
    expect(said.remedy).toContain("np.take(table, i, { axis: 0 })");
    only(oneHot, program('np.equal(i.get(":", null), np.arange(8)).astype("float32").matmul(table)'));
    only(oneHot, program("table.T.matmul(nn.oneHot(i, 8).T)"));
    only(oneHot, program('np.einsum("abk,kd->abd", nn.oneHot(i.reshape([2, 3]), 8), table)'));
  });
  test("other products, and sums by classes, are left alone", () => {
    expect(advised(oneHot, program("np.take(table, i, { axis: 0 })"))).toEqual([]);
    expect(advised(oneHot, program('nn.oneHot(i, 8).T.matmul(table.get("0:6"))'))).toEqual([]);
    expect(advised(oneHot, program('np.equal(table, 0).astype("float32").matmul(table.T)'))).toEqual([]);
  });
});
describe("added into few rows", () => {
  const program = (body: string): string => `
const x = np.sin(np.arange(200)).reshape([40, 5]);
const i = np.arange(40).mul(7).mod(9).sub(1).astype("int32");
const table = np.cos(np.arange(20)).reshape([4, 5]);
const f = jit((x, i, table) => ${body});
return { f, args: [x, i, table] };`;
  test("is a product", () => {
    const { said } = only(fewRows, program("table.at(i).add(x)"));
    expect(said.text).toContain("40 values are added by index into only 4 rows");
    expect(said.remedy).toContain("nn.oneHot(");
    only(fewRows, program("jax.ops.segmentSum(x, i, 6)"));
    only(fewRows, program('np.zeros([6]).at(i).add(x.get(":", 0))'));
  });
  test("on the way back of a selection", () => {
    const { said } = only(fewRows, program('jax.grad((t) => np.sum(np.take(t, i, { axis: 0, mode: "fill", fillValue: 0 }).mul(x)))(table)'));
    expect(said.remedy).toContain("On the way back");
  });
  test("few values, many rows, and what is set are left alone", () => {
    expect(advised(fewRows, program("np.zeros([100, 5]).at(i).add(x)"))).toEqual([]);
    expect(advised(fewRows, program("table.at(i).set(x)"))).toEqual([]);
    expect(advised(fewRows, program("table.at(i).max(x)"))).toEqual([]);
  });
});
describe("powers", () => {
  const program = (body: string): string => `
const x = np.arange(64).div(8);
const f = jit((x) => ${body});
return { f, args: [x] };`;
  test("quarters are roots, a constant base an exponential", () => {
    for (const e of [0.25, 0.75, 1.25, 2.75]) expect(only(roots, program(`np.power(x, ${e})`)).said.text).toContain(`constant exponent ${e}`);
    only(roots, program("np.power(x.add(1), -1.75)"));
    expect(only(roots, program("{ const y = x.neg(); return np.power(3, y); }")).said.remedy).toContain("np.exp(y.mul(Math.log(3)))");
  });
  test("others are left alone", () => {
    expect(advised(roots, program("np.power(x, 1.5)"))).toEqual([]);
    expect(advised(roots, program("np.power(x, 0.3)"))).toEqual([]);
    expect(advised(roots, program("np.power(x, x)"))).toEqual([]);
  });
});
