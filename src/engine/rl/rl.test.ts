// Every function against RLax: values, and gradients in all arguments that it takes gradients in. test/goldens/record_rl.py wrote rl.json.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { grad, jit, numpy as np, optim, random, rl, tree, vmap } from "../index.ts";
import { Value } from "../core/value.ts";
import type { AnyFunction } from "../core/treeTypes.ts";

interface Case {
  readonly call: string;
  /** Arguments of a factory, whose result (or one of its methods) is called. */
  readonly make?: readonly unknown[] | Readonly<Record<string, unknown>>;
  readonly method?: string;
  /** The name of a pair of transformations, and whether it is the first argument. */
  readonly pair?: string;
  readonly first?: boolean;
  /** Bounds of actions, or null: the last argument. */
  readonly spec?: unknown;
  readonly args: readonly unknown[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly out: unknown;
  readonly wrt?: readonly number[];
  readonly grads?: readonly unknown[];
}
const cases = JSON.parse(readFileSync(new URL("./rl.json", import.meta.url), "utf8")) as Case[];
type Recorded = Readonly<{ dtype: "float32" | "int32" | "bool"; shape: number[]; data: (number | string)[] }>;
const isArray = (x: unknown): x is Recorded => typeof x === "object" && x !== null && "dtype" in x && "data" in x;
/** What was recorded, as arrays. */
function read(x: unknown): unknown {
  if (isArray(x)) return np.array(x.data.map(Number), { dtype: x.dtype }).reshape(x.shape);
  if (Array.isArray(x)) return x.map(read);
  if (typeof x !== "object" || x === null) return x;
  if ("key" in x) return random.key((x as { key: number }).key);
  return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, read(v)]));
}
/** Inverting the hyperbolic transformation subtracts 500 from numbers near 500: what is left of float32 is a ten-thousandth. */
const tolerance = (c: string): number => (/HYPERBOLIC/.test(c) ? 2e-4 : 2e-5);
function agrees(what: string, got: unknown, want: unknown, within = 2e-5): void {
  if (isArray(want)) {
    const v = np.asarray(got as Value);
    expect(v.shape, what).toEqual(want.shape);
    expect(v.dtype, what).toBe(want.dtype);
    (v.astype("float32").ravel().tolist() as number[]).forEach((g, i) => {
      const w = Number(want.data[i]);
      if (Number.isFinite(w)) expect(Math.abs(g - w), `${what}[${i}]: ${g}, expected ${w}`).toBeLessThan(within * (1 + Math.abs(w)));
      else expect(g, `${what}[${i}]`).toBe(w);
    });
  } else if (Array.isArray(want)) want.forEach((w, i) => agrees(`${what}[${i}]`, (got as unknown[])[i], w, within));
  else if (typeof want === "number") expect(got instanceof Value ? got.item() : got, what).toBeCloseTo(want, 5);
  else for (const [k, w] of Object.entries(want as object)) agrees(`${what}.${k}`, (got as Record<string, unknown>)[k], w, within);
}
const members = rl as unknown as Record<string, unknown>;
function called(c: Case): AnyFunction {
  const pair = c.pair === undefined ? [] : [members[c.pair]];
  const options = { ...(read(c.options ?? {}) as object), ...(c.pair !== undefined && !c.first && !c.make ? { txPair: pair[0] } : {}) };
  let f = members[c.call] as AnyFunction;
  if (c.make !== undefined)
    f = (Array.isArray(c.make) ? f(...(c.make as unknown[]), ...pair) : Object.keys(c.make).length ? f(c.make) : f()) as AnyFunction;
  if (c.method !== undefined) f = (f as unknown as Record<string, AnyFunction>)[c.method]!;
  const before = c.first ? pair : [],
    after = "spec" in c ? [read(c.spec)] : Object.keys(options).length ? [options] : [];
  return (...args: unknown[]) => f(...before, ...args, ...after) as unknown;
}
const floatSum = (out: unknown): Value =>
  (tree.leaves(out) as (Value | number)[]).reduce<Value>((s, l) => (l instanceof Value && l.dtype === "float32" ? s.add(np.sum(l)) : s), np.array(0));

const plain = cases.filter((c) => c.call !== "popart" && c.call !== "createEma");
describe("RLax's values and gradients", () => {
  const names = [...new Set(plain.map((c) => c.call))];
  test.each(names)("%s", (name) => {
    for (const c of plain.filter((k) => k.call === name)) {
      const f = called(c),
        args = c.args.map(read),
        within = tolerance(`${c.pair} ${c.call}`);
      agrees(name, f(...args), c.out, within);
      if (c.wrt?.length)
        agrees(`grad of ${name}`, grad((...xs: unknown[]) => floatSum(f(...xs)), { argnums: c.wrt })(...(args as Value[])), c.grads, within);
    }
  });
  test("popart", () => {
    const c = cases.find((k) => k.call === "popart")!;
    const [initial, update] = rl.popart(...(c.make as [number, number, number, number]));
    const [params, state, targets, indices] = c.args.map(read) as Parameters<typeof update>;
    agrees("the first state", initial(), c.args[1]);
    agrees("popart", jit(update)(params, state, targets as Value, indices as Value), c.out);
  });
  test("createEma", () => {
    const c = cases.find((k) => k.call === "createEma")!;
    const [init, update] = rl.createEma<unknown>(...(c.make as [number]));
    const [first, second] = c.args.map(read);
    agrees("createEma", update(second, update(first, init(first))[1]), c.out);
  });
});

test("functions of one transition are functions of batches under vmap and jit", () => {
  const q = np.arange(6, { dtype: "float32" }).reshape(2, 3),
    a = np.array(Int32Array.from([0, 2])),
    batch = jit(vmap((x: Value, i: Value) => rl.qLearning(x, i, 1, 0.5, x)));
  expect(batch(q, a).tolist()).toEqual([2, -1.5]);
});
test("whole numbers of JavaScript are actions", () => {
  expect(rl.batchedIndex([[1, 2, 3]], [2]).tolist()).toEqual([3]);
  expect(rl.sarsa([1, 2], 1, 1, 1, [3, 4], 0).item()).toBe(2);
});
test.each([
  ["a batch", () => rl.qLearning(np.ones([2, 3]), 0, 1, 1, np.ones([3])), /rl\.qLearning: qTm1 is f32\[2,3\], expected one axis\. For a batch: vmap/],
  ["integers for rewards", () => rl.tdLearning(1, np.array(Int32Array.from([1])).get(0), 1, 1), /rT is i32\[\], expected floating point numbers/],
  ["floats for actions", () => rl.qLearning([1, 2], 0.5, 1, 1, [1, 2]), /aTm1 is .*expected integers\. Instead: aTm1\.astype\("int32"\)/],
  ["other lengths", () => rl.lambdaReturns([1, 2], [1, 1], [1]), /rl\.lambdaReturns: rT and vT have one shape, got \[2\] and \[1\]/],
  ["no steps", () => rl.nStepBootstrappedReturns([1], [1], [1], 0), /n is 0, expected an integer of at least 1/],
  ["no epsilon", () => rl.epsilonGreedy().probs([1, 2]), /epsilon is missing/],
  ["an unknown option", () => rl.vtrace([1], [1], [1], [1], [1], { lamda: 1 } as never), /unknown option "lamda"; did you mean "lambda"\?/],
  ["cells that do not fit", () => rl.pixelControlRewards(np.ones([2, 5, 4, 1]), 2), /5×4 are no whole number of cells of 2×2/],
  ["an unknown cumulant", () => rl.featureControlRewards(np.ones([2, 1]), "size" as never), /cumulantType is "size", expected "feature"/],
  ["a mask that does not fit", () => rl.lhsBroadcast(np.ones([2]), np.ones([3, 2])), /expected the first axes of target/],
])("refuses %s", (_what, call, message) => expect(call).toThrow(message));

test("trees: chosen, zipped, split, masked, transposed", () => {
  const a = { x: np.ones([2, 3]), y: np.zeros([2]) },
    b = { x: np.full([2, 3], 5), y: np.ones([2]) };
  expect(rl.treeSelect(np.array(false), a, b).y.tolist()).toEqual([1, 1]);
  expect((rl.treeMapZipped((p, q) => p.add(q), [a, b]) as typeof a).x.get(0, 0).item()).toBe(6);
  const [next, keys] = rl.treeSplitKey(random.key(0), a);
  expect(random.keyData(keys.y).tolist()).toEqual(random.keyData(random.split(random.key(0), 3).get(2)).tolist());
  expect(random.keyData(next).tolist()).toEqual(random.keyData(random.split(random.key(0), 3).get(0)).tolist());
  expect(rl.treeSplitLeaves(b).map((t) => [t.x.shape, t.y.shape])).toEqual([
    [[3], []],
    [[3], []],
  ]);
  expect(rl.treeSplitLeaves({ x: a.x }, { axis: 1, keepdim: true }).map((t) => t.x.shape)).toEqual([
    [2, 1],
    [2, 1],
    [2, 1],
  ]);
  expect(rl.treeReplaceMasked(a, null, np.array([1, 0])).x.tolist()).toEqual([
    [0, 0, 0],
    [1, 1, 1],
  ]);
  expect(rl.transposeLastAxisToFirst(a).x.shape).toEqual([3, 2]);
  expect(rl.transposeFirstAxisToLast({ x: np.ones([2, 3, 4]) }).x.shape).toEqual([3, 4, 2]);
  expect(rl.treeFn((p: Value, o: { by: number }) => p.mul(o.by), { by: 2 })(b)).toMatchObject({ y: expect.anything() as unknown });
  expect(rl.periodicUpdate(a, b, 4, 2).y.tolist()).toEqual([0, 0]);
  expect(rl.periodicUpdate(a, b, 5, 2).y.tolist()).toEqual([1, 1]);
});
test("sums over devices are sums over a named axis", () => {
  const f = vmap((x: Value) => new rl.AllSum("batch").call(x), { axisName: "batch" });
  expect(f(np.ones([3, 2])).tolist()).toEqual([6, 6, 6]);
});
test("targets of policies: actions that are drawn, and what they weigh in the loss", () => {
  const logits = np.array([[0.1, 0.7, 0.2]]),
    policy = rl.softmax();
  const distribution: rl.PolicyDistribution = {
    batchShape: [1],
    sample: (key, [n]) => vmap((k: Value) => policy.sample(k, logits))(random.split(key, n!)),
    logProb: (actions) => policy.logprob(actions, logits),
  };
  const targets = rl.constantPolicyTargets(distribution, random.key(0), 5, 2);
  expect([targets.actions.shape, targets.weights.tolist()]).toEqual([[5, 1], Array(5).fill([2])]);
  const want = np.mean(distribution.logProb(targets.actions)).mul(-2);
  expect(rl.sampledPolicyDistillationLoss(distribution, targets).item()).toBeCloseTo(want.item() as number, 6);
  expect(rl.sampledPolicyDistillationLoss(distribution, rl.zeroPolicyTargets(distribution, random.key(0), 5)).item()).toBeCloseTo(0, 6);
});
test("Q-learning on a chain of states finds its way", () => {
  // Five states in a row; going right from the last but one is rewarded.
  const step = jit((q: Value, key: Value): Value => {
    const keys = random.split(key, 2),
      s = random.randint(keys.get(0), [32], 0, 4),
      a = random.randint(keys.get(1), [32], 0, 2);
    const next = np.clip(s.add(a.mul(2)).sub(1), 0, 4),
      done = next.eq(4);
    const loss = (w: Value): Value =>
      np.mean(rl.l2Loss(vmap(rl.qLearning)(w.get(s), a, done.astype("float32"), np.where(done, 0, 0.9), w.get(next))));
    return optim.applyUpdates(q, grad(loss)(q).mul(-4));
  });
  let q = np.zeros([5, 2]);
  for (let i = 0; i < 200; i++) q = step(q, random.foldIn(random.key(0), i));
  expect(np.argmax(q.get(":4"), { axis: 1 }).tolist()).toEqual([1, 1, 1, 1]);
  expect(q.get(3, 1).item()).toBeCloseTo(1, 2);
  expect(q.get(0, 1).item()).toBeCloseTo(0.9 ** 3, 1);
});
