// Optax's smaller parts: trees, perturbations, monitors, freezing, second derivatives, assignment; against what they are by hand.
import { expect, test } from "vitest";
import { grad, jit, numpy as np, optim, random, vmap } from "../index.ts";
import type { Value } from "../core/value.ts";

const t = optim.treeUtils;
const a = { x: np.array([3, 4]), y: [np.array(12)] },
  b = { x: np.array([1, -1]), y: [np.array(2)] };
const item = (v: unknown): unknown => (v as Value).item();
test("arithmetic of trees", () => {
  expect(t.treeAdd(a, b, b).x.tolist()).toEqual([5, 2]);
  expect([t.treeSub(a, b).x.tolist(), t.treeMul(a, b).x.tolist(), t.treeDiv(a, b).x.tolist()]).toEqual([
    [2, 5],
    [3, -4],
    [3, -4],
  ]);
  expect([t.treeScale(2, a).y[0]!.item(), t.treeAddScale(a, 0.5, b).y[0]!.item()]).toEqual([24, 13]);
  expect([t.treeVdot(a, b), t.treeSum(a), t.treeMax(a), t.treeMin(b)].map(item)).toEqual([23, 19, 12, -1]);
  expect(
    [t.treeNorm(a), t.treeNorm(a, { squared: true }), t.treeNorm(a, { ord: 1 }), t.treeNorm(a, { ord: Infinity, squared: true })].map(item),
  ).toEqual([13, 169, 19, 144]);
  expect([t.treeSize(a), item(t.treeMax({})), item(t.treeSum({}))]).toEqual([3, -Infinity, 0]);
  expect(t.treeClip(a, null, 4).x.tolist()).toEqual([3, 4]);
  expect(t.treeWhere(false, a, b).x.tolist()).toEqual([1, -1]);
  expect([item(t.treeAllclose(a, a)), item(t.treeAllclose(a, b))]).toEqual([true, false]);
  expect(t.treeBatchShape(a, [2]).x.shape).toEqual([2, 2]);
  expect(t.treeFullLike(a, 7, { dtype: "int32" }).x).toMatchObject({ dtype: "int32" });
});
test("types of trees", () => {
  const mixed = { h: np.ones([1], { dtype: "float16" }), b: np.ones([1], { dtype: "bfloat16" }), f: np.ones([1]) };
  expect(t.treeDtype(a)).toBe("float32");
  expect(t.treeDtype(mixed, "promote")).toBe("float32");
  expect(t.treeDtype({ h: mixed.h, f: mixed.f }, "lowest")).toBe("float16");
  expect(t.treeDtype({ h: mixed.h, f: mixed.f }, "highest")).toBe("float32");
  expect(() => t.treeDtype(mixed)).toThrow(/the leaves are bfloat16 and float32\. Instead: treeDtype\(tree, "promote"\)/);
  expect(() => t.treeDtype({ b: mixed.b, h: mixed.h }, "lowest")).toThrow(/neither of bfloat16 and float16 holds the other/);
  expect(t.treeCastLike(a, { x: mixed.h, y: [mixed.b] }).y[0]!.dtype).toBe("bfloat16");
});
test("entries of an optimizer's state by name", () => {
  const params = { w: np.ones([2]) },
    state: unknown = optim.adam(optim.schedules.constantSchedule(0.1)).init(params);
  expect(() => t.treeGet(state, "count")).toThrow(/there are 2 entries named count/);
  expect(t.treeGetAllWithPath(state, "count").length).toBe(2);
  expect((t.treeGet(state, "mu") as typeof params).w.tolist()).toEqual([0, 0]);
  expect(t.treeGet(state, "nothing", { default: 5 })).toBe(5);
  const set = t.treeSet(state, { mu: { w: np.full([2], 3) } });
  expect((t.treeGet(set, "mu") as typeof params).w.tolist()).toEqual([3, 3]);
  expect(() => t.treeSet(state, { nothing: 1 })).toThrow(/no entry named nothing/);
});
test("draws like a tree have a key for each leaf", () => {
  const key = random.key(3),
    like = t.treeRandomLike(key, a);
  expect(like.x.tolist()).toEqual(random.normal(random.split(key, 2).get(0), [2]).tolist());
  expect(
    t
      .treeRandomLike(key, a, { sampler: (k, shape) => random.rademacher(k, shape, "float32") })
      .y[0]!.abs()
      .item(),
  ).toBe(1);
});
test("a perturbed argmax has derivatives, and its mean is softmax", () => {
  const x = np.array([0.3, 0.1, -0.2]),
    hard = (v: Value): Value => np.argmax(v).eq(np.arange(3)).astype("float32"),
    soft = optim.perturbations.makePerturbedFun(hard, { sigma: 1, numSamples: 4000 });
  const want = np.exp(x).div(np.sum(np.exp(x))),
    key = random.key(0);
  expect(item(np.max(np.abs(soft(key, x).sub(want))))).toBeLessThan(0.03);
  const slope = grad((v: Value) => soft(key, v).get(0))(x),
    exact = np.array([1, 0, 0]).sub(want).mul(want.get(0));
  expect(item(np.max(np.abs(slope.sub(exact))))).toBeLessThan(0.05);
});
test("monitors keep what they measure, and leave updates alone", () => {
  const tx = optim.chain(
    optim.monitor({ norm: (u: Value) => optim.globalNorm(u), slow: optim.measureWithEma((u: Value) => np.max(u), 0.9) }),
    optim.snapshot("before", (u: Value) => np.sum(u)),
    optim.sgd(0.5),
  );
  let state: unknown = tx.init(np.zeros([2]));
  const step = jit((g: Value, s: unknown) => tx.update(g, s));
  const g = np.array([3, 4]);
  let u: Value = g;
  for (let i = 0; i < 2; i++) [u, state] = step(g, state);
  expect(u.tolist()).toEqual([-1.5, -2]);
  expect(item(t.treeGet(state, "norm"))).toBe(5);
  expect(item(t.treeGet(state, "slow"))).toBeCloseTo(4, 5);
  expect(item(t.treeGet(state, "before"))).toBe(7);
});
test("frozen parameters stay", () => {
  const params = { a: np.ones([1]), b: np.ones([2]) },
    mask = { a: true, b: false };
  for (const tx of [optim.chain(optim.sgd(1), optim.freeze(mask)), optim.selectiveTransform(optim.sgd(1), { freezeMask: mask })]) {
    const [u] = tx.update(params, tx.init(params), params);
    expect([u.a.tolist(), u.b.tolist()].map(String)).toEqual(["0", "-1,-1"]);
  }
});
test("second derivatives of a loss", () => {
  const loss = (p: { w: Value }, x: Value, y: Value): Value => np.sum(np.square(p.w.mul(x).sub(y)).mul(p.w)),
    args = [{ w: np.array([1, 2]) }, np.array([1, 2]), np.array([0, 1])] as const;
  const exact = (w: number, x: number, y: number): number => 6 * x * x * w - 4 * x * y;
  expect(optim.secondOrder.hessianDiag(loss, ...args).tolist()).toEqual([exact(1, 1, 0), exact(2, 2, 1)]);
  expect(optim.secondOrder.hvp(loss, [1, 0], ...args).w.tolist()).toEqual([6, 0]);
  expect(optim.secondOrder.fisherDiag(loss, ...args).tolist()).toEqual(
    grad(loss)(...args)
      .w.pow(2)
      .tolist(),
  );
});
test("the least cost of an assignment is found, also in batches", () => {
  const costs = random.uniform(random.key(1), [4, 5, 3]).mul(10),
    total = (c: Value): Value => {
      const [i, j] = optim.assignment.hungarianAlgorithm(c);
      return np.sum(c.get(i, j));
    };
  // Every way to give three of five rows the three columns.
  const ways = [0, 1, 2, 3, 4]
    .flatMap((i) => [0, 1, 2, 3, 4].flatMap((j) => [0, 1, 2, 3, 4].map((k) => [i, j, k])))
    .filter((w) => new Set(w).size === 3);
  const best = (c: number[][]): number => Math.min(...ways.map((w) => w.reduce((s, row, column) => s + c[row]![column]!, 0)));
  const wide = np.swapaxes(costs, 1, 2),
    want = (costs.tolist() as number[][][]).map(best);
  for (const got of [jit(vmap(total))(costs), vmap(total)(wide)]) (got.tolist() as number[]).forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 4));
  const square = np.array([
    [8, 4, 7],
    [5, 2, 3],
    [9, 4, 8],
  ]);
  expect(optim.assignment.hungarianAlgorithm(square).map((v) => v.tolist())).toEqual([
    [0, 2, 1],
    [0, 1, 2],
  ]);
});
test("the gradient of a part is scaled, its value is not", () => {
  const f = (x: { w: Value }): Value => np.sum(np.square(optim.scaleGradient(x, 0.5).w));
  expect([item(f({ w: np.array([3]) })), grad(f)({ w: np.array([3]) }).w.tolist()]).toEqual([9, [3]]);
});
