// Options of JAX's and Optax's functions that change what comes out; the values are theirs.
import { expect, test } from "vitest";
import { type GradientTransformation, checkpoint, grad, jit, lax, nn, numpy as np, optim, random, tree } from "./index.ts";
import type { Value } from "./core/value.ts";

test("lax.mul converts its operands to the wanted dtype first", () => {
  const x = np.array([100, 3]).astype("int8"),
    y = np.array([2, 1.5]);
  const z = lax.mul(x, y, { outDtype: "float16" });
  expect([z.dtype, z.tolist()]).toEqual(["float16", [200, 4.5]]);
  expect(grad((v: Value) => np.sum(lax.mul(x, v, { outDtype: "float32" })))(y).tolist()).toEqual([100, 3]);
});
test("raggedDot adds up in what the dtypes of both operands promote to", () => {
  const out = lax.raggedDot(np.array([[1], [2]]).astype("uint32"), np.array([[[0.5]], [[-1.5]]]), np.array([1, 1]).astype("int32"));
  expect([out.dtype, out.tolist()]).toEqual(["float32", [[0.5], [-3]]]);
});
test("approxMaxK without its last step gives as many as JAX", () => {
  const sizes = (n: number[], k: number, recallTarget: number): number[][] =>
    lax.approxMaxK(np.arange(n.reduce((a, b) => a * b)).reshape(n), k, { recallTarget, aggregateToTopk: false }).map((v) => v.shape);
  expect([sizes([1000], 3, 0.95), sizes([10000], 3, 0.5), sizes([2, 150], 3, 0.9), sizes([2, 3000], 1, 0.9)]).toEqual([
    [[1000], [1000]],
    [[2048], [2048]],
    [
      [2, 150],
      [2, 150],
    ],
    [
      [2, 128],
      [2, 128],
    ],
  ]);
  const [v, i] = lax.approxMaxK(np.arange(10000), 3, { recallTarget: 0.5, aggregateToTopk: false });
  expect([v!.get(":2").tolist(), i!.get(-1).item()]).toEqual([[9999, 9998], 7952]);
});
test("checkpoint takes static arguments by name", () => {
  const f = checkpoint((x: Value, power: number, odd: boolean) => (odd ? x : x.pow(power)), { staticArgnums: 2, staticArgnames: "power" });
  expect(jit(grad((x: Value) => f(x, 3, false)))(np.array(2)).item()).toBe(12);
  expect(() => checkpoint((x: Value) => x, { staticArgnames: "n" })).toThrow(/checkpoint: staticArgnames names "n", but the parameters of .* are x/);
});
test("tree.reduce stops at what is a leaf", () => {
  const t = { a: [1, 2], b: [3] };
  const count = (n: number): number => n + 1;
  expect(tree.reduce(count, t, 0)).toBe(3);
  expect(tree.reduce(count, t, 0, { isLeaf: Array.isArray })).toBe(2);
  expect(tree.reduce(count as never, t, { initializer: 5, isLeaf: Array.isArray })).toBe(7);
  expect(tree.reduce((a, b) => a + b, t)).toBe(6);
  expect(() => tree.reduce((a: number) => a, {})).toThrow(/tree\.reduce: the tree has no leaves/);
});
test("optim has at its root what Optax has there", () => {
  expect(optim.softmaxCrossEntropyWithIntegerLabels(np.zeros([1, 4]), np.array(Int32Array.of(2))).tolist()).toEqual([expect.closeTo(Math.log(4), 5)]);
  expect(np.asarray(optim.linearSchedule(1, 0, 4)(np.array(1))).item()).toBe(0.75);
  const names = [optim.multiTransform, optim.safeInt32Increment, optim.injectStatefulHyperparams, optim.tree.addScale, optim.transforms.clip].map(
    (f) => f.name,
  );
  expect(names).toEqual(["partition", "safeIncrement", "injectHyperparams", "treeAddScale", "clip"]);
  const params = { w: np.array([1, -2]) },
    one = (tx: GradientTransformation): unknown => tx.update(params, tx.init(params))[0].w.tolist();
  expect(one(optim.optimisticAdam(0.1))).toEqual(one(optim.optimisticAdamV2(0.1, { alpha: 1, beta: 1 })));
  const normal = optim.multiNormal([1, 2], [0, Math.log(2)]);
  expect([normal.sample([3], random.key(0)).shape, normal.logProb([1, 4]).item()]).toEqual([[3, 2], expect.closeTo(-3.0310242, 5)]);
});
test("optim: noise from a seed, static hyperparameters, entries by path", () => {
  const noise = (tx: GradientTransformation): unknown => tx.update(np.ones([2]), tx.init(np.ones([2])))[0].tolist();
  expect(noise(optim.addNoise(1, 0.5, { seed: 3 }))).toEqual(noise(optim.addNoise(1, 0.5, random.key(3))));
  expect(() => optim.addNoise(1, 1, { seed: 1, key: 2 })).toThrow(/addNoise: give key or seed, not both/);
  const adam = optim.schedules.injectHyperparams(optim.adam, { staticArgs: "b1", hyperparamDtype: "float16" })(0.1, { b1: 0.8, b2: 0.9 }),
    state = adam.init({ w: np.ones([2]) });
  expect([Object.keys(state.hyperparams as object).sort(), (state.hyperparams as { b2: Value }).b2.dtype]).toEqual([
    ["b2", "learningRate"],
    "float16",
  ]);
  const two = { first: { count: 1 }, second: { count: 2 } },
    filtering = (path: readonly unknown[]): boolean => path.includes("second");
  expect(optim.treeUtils.treeGet(two, "count", { filtering })).toBe(2);
  expect(optim.treeUtils.treeSet(two, { count: 7 }, { filtering })).toEqual({ first: { count: 1 }, second: { count: 7 } });
});

test("standardize keeps integers, whose squares overflow, as in JAX", () => {
  const v = nn.standardize(np.array(Uint8Array.from({ length: 4 }, (_x, i) => 200 + i))),
    small = nn.standardize(np.array(Int8Array.of(0, 1, 2, 3, 4))).tolist() as number[];
  expect(v.dtype).toBe("float32");
  // One unit in the last place may lie between them.
  (v.tolist() as number[]).forEach((x, i) =>
    expect(x / [-474.34161376953125, -158.11387634277344, 158.11387634277344, 474.34161376953125][i]!).toBeCloseTo(1, 6),
  );
  [-1.4142102003097534, -0.7071051001548767, 0, 0.7071051001548767, 1.4142102003097534].forEach((x, i) => expect(small[i]).toBeCloseTo(x, 6));
});
test.each([
  ["float16", "011010001010000010010000"],
  ["bfloat16", "001101000010001000100001"],
  ["float32", "000001000101000000011000"],
] as const)("bernoulli draws numbers of its probability's type %s", (dtype, bits) => {
  const b = random.bernoulli(random.key(0), np.array(0.3, { dtype }), [24]).tolist() as boolean[];
  expect(b.map(Number).join("")).toBe(bits);
});
