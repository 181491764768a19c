// Each rule on a small program with the fault and on one without it: what is found, that its change gives equal results, what is said of it.
import { describe, expect, test } from "vitest";
import { advised, only } from "./advised.ts";
import { branches } from "../../../src/engine/report/advice/rules/branches.ts";
import { invariant } from "../../../src/engine/report/advice/rules/invariant.ts";
import { inverse } from "../../../src/engine/report/advice/rules/inverse.ts";

describe("an inverse of which a product is wanted", () => {
  const program = (body: string): string => `
const n = 24;
const a = np.sin(np.arange(n * n)).reshape([n, n]).add(np.eye(n).mul(5));
const b = np.cos(np.arange(n));
const B = np.cos(np.arange(n * 3)).reshape([n, 3]);
const f = jit((a, b, B) => ${body});
return { f, args: [a, b, B] };`;
  test("times a vector, a matrix, from the left", () => {
    expect(only(inverse, program("np.linalg.inv(a).matmul(b)")).said).toMatchObject({
      text: expect.stringContaining("inverse of a matrix of 24×24"),
      remedy: expect.stringContaining("np.linalg.solve(A, b)"),
    });
    expect(only(inverse, program("np.linalg.inv(a).matmul(B)")).said.text).toContain("where 3 are enough");
    expect(only(inverse, program("b.matmul(np.linalg.inv(a))")).said.remedy).toContain("np.linalg.solve(A.T, b)");
  });
  test("a solve, and an inverse that is wanted itself, are left alone", () => {
    expect(advised(inverse, program("np.linalg.solve(a, b)"))).toEqual([]);
    expect(advised(inverse, program("np.linalg.solve(a, a).matmul(b)"))).toEqual([]);
    expect(advised(inverse, program("{ const i = np.linalg.inv(a); return [i, i.matmul(b)]; }"))).toEqual([]);
  });
});
describe("loop invariants", () => {
  const program = (body: string): string => `
const w = np.sin(np.arange(64)).reshape([8, 8]);
const x = np.cos(np.arange(8));
const f = jit((w, x) => lax.foriLoop(0, 6, ${body}, x));
return { f, args: [w, x] };`;
  test("are computed before the loop", () => {
    const { said } = only(invariant, program("(i, c) => { const e = np.exp(w); return np.tanh(e.matmul(c)); }"));
    expect(said.text).toContain("e is computed anew at each of the loop's 6 turns");
    expect(said.remedy).toContain("before the loop");
  });
  test("also in a scan, where several are read", () => {
    const text = `
const w = np.sin(np.arange(64)).reshape([8, 8]);
const f = jit((w, xs) => lax.scan((c, x) => { const g = w.matmul(w.T); const n = np.sum(np.exp(w)); const y = np.tanh(g.matmul(c).add(x).div(n)); return [y, y]; }, np.zeros([8]), xs));
return { f, args: [w, np.cos(np.arange(40)).reshape([5, 8])] };`;
    expect(only(invariant, text).said.text).toContain("are computed anew at each of the loop's 5 turns");
  });
  test("what changes is left alone, and what costs nothing", () => {
    expect(advised(invariant, program("(i, c) => np.tanh(w.matmul(c))"))).toEqual([]);
    expect(advised(invariant, program("(i, c) => np.exp(w.mul(c)).sum({ axis: 0 })"))).toEqual([]);
    expect(advised(invariant, program("(i, c) => np.tanh(w.T.add(1).matmul(c))"))).toEqual([]);
  });
});
describe("a choice by one condition", () => {
  const program = (body: string): string => `
const x = np.sin(np.arange(64)).reshape([8, 8]);
const f = jit((x, t) => ${body});
return { f, args: [x, np.array(0.5)] };`;
  test("becomes a branch", () => {
    const { said } = only(branches, program("np.where(t.gt(0), np.exp(x).matmul(x), np.sin(x).sum().add(x))"));
    expect(said.text).toContain("np.where computes both sides");
    expect(said.remedy).toContain("lax.cond");
  });
  test("also where one side is there already, and in a loop", () => {
    only(branches, program("np.where(t.gt(0), x, np.exp(x.matmul(x)))"));
    only(branches, program("lax.foriLoop(0, 4, (i, c) => np.where(np.equal(i, 1), np.exp(c.matmul(c).mul(0.01)), c), x)"));
  });
  test("a choice element by element is left alone, and values that are wanted anyway", () => {
    expect(advised(branches, program("np.where(x.gt(0), np.exp(x), np.sin(x))"))).toEqual([]);
    expect(advised(branches, program("{ const a = np.exp(x); const b = np.sin(x); return [a, b, np.where(t.gt(0), a, b)]; }"))).toEqual([]);
    expect(advised(branches, program("lax.cond(t.gt(0), (x) => np.exp(x), (x) => np.sin(x), x)"))).toEqual([]);
  });
});
