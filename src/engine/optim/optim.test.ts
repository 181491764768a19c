import { expect, test } from "vitest";
import { type GradientTransformation, grad, jit, jvp, numpy as np, optim, random, valueAndGrad } from "../index.ts";
import type { Value } from "../core/value.ts";

const bowl = (x: Value): Value => np.sum(np.square(np.subtract(x, np.array([1, -2, 3]))));
/** Steps of an optimizer on a bowl, jitted as one program. */
function descend(tx: GradientTransformation, steps: number, start = np.array([4, 4, 4])): Value {
  const step = jit((params: Value, state: unknown): [Value, unknown] => {
    const [value, g] = valueAndGrad(bowl)(params);
    const [updates, next] = tx.update(g, state, params, { value, grad: g, valueFn: bowl });
    return [optim.applyUpdates(params, updates), next];
  });
  let params = start;
  let state: unknown = tx.init(params);
  for (let i = 0; i < steps; i++) [params, state] = step(params, state);
  return params;
}
test("L-BFGS with its line search finds the minimum of a bowl in a few steps", () => {
  expect(bowl(descend(optim.lbfgs(), 5)).item()).toBeLessThan(1e-8);
});
test("the zoom search is as Optax's: step sizes and losses on Rosenbrock's function", () => {
  const banana = (x: Value): Value =>
    np.sum(
      np
        .square(x.get("1:").sub(np.square(x.get(":-1"))))
        .mul(100)
        .add(np.square(np.subtract(1, x.get(":-1")))),
    );
  const tx = optim.lbfgs();
  let params = np.array([-1.2, 1, 0.5]);
  let state: unknown = tx.init(params);
  const losses: number[] = [];
  for (let i = 0; i < 8; i++) {
    const [value, g] = optim.valueAndGradFromState(banana)(params, { state });
    const [updates, next] = tx.update(g, state, params, { value, grad: g, valueFn: banana });
    params = optim.applyUpdates(params, updates);
    state = next;
    losses.push(banana(params).item() as number);
  }
  // optax 0.2.8 on JAX 0.10.2, the same eight steps.
  const OPTAX = [
    6.285741329193115, 4.059101104736328, 3.628908395767212, 3.6165404319763184, 3.6096572875976562, 3.5473475456237793, 3.4330029487609863,
    3.36035418510437,
  ];
  losses.forEach((l, i) => expect(l).toBeCloseTo(OPTAX[i]!, 3));
});
test("a schedule under jit, weight decay by a mask, and clipping in a chain", () => {
  const params = { w: np.ones([2, 2]), b: np.zeros([2]) };
  const tx = optim.chain(
    optim.clipByGlobalNorm(1),
    optim.adamw(optim.schedules.warmupCosineDecaySchedule(0, 0.1, 2, 10), { weightDecay: 0.1, mask: { w: true, b: false } }),
  );
  const step = jit((p: typeof params, s: unknown) => tx.update(p, s, p));
  const [updates] = step(params, tx.init(params));
  expect(np.all(updates.b.eq(0)).item()).toBe(true);
});
test("partition trains each group with its own rule and leaves the frozen one alone", () => {
  const params = { a: np.ones([3]), b: np.ones([3]) };
  const tx = optim.partition({ train: optim.sgd(0.5), freeze: optim.setToZero() }, { a: "train", b: "freeze" });
  const [updates] = tx.update({ a: np.ones([3]), b: np.ones([3]) }, tx.init(params), params);
  expect(updates.a.tolist()).toEqual([-0.5, -0.5, -0.5]);
  expect(updates.b.tolist()).toEqual([0, 0, 0]);
});
test("MultiSteps averages k gradients into one step", () => {
  const tx = new optim.MultiSteps(optim.sgd(1), 3);
  const params = np.zeros([2]);
  let state: unknown = tx.init(params);
  const seen: number[][] = [];
  for (const g of [1, 2, 6]) {
    const [u, next] = tx.update(np.full([2], g), state, params);
    state = next;
    seen.push(u.tolist() as number[]);
  }
  expect(seen.map((u) => u[0]! + 0)).toEqual([0, 0, -3]);
});
test("injected hyperparameters are in the state and can be changed", () => {
  const tx = optim.schedules.injectHyperparams(optim.sgd)(0.5);
  const state = tx.init(np.zeros([1]));
  const [u] = tx.update(np.ones([1]), { ...state, hyperparams: { learningRate: np.array(0.25) } }, np.zeros([1]));
  expect(u.tolist()).toEqual([-0.25]);
});
test("lookahead keeps slow weights behind the fast ones", () => {
  const params = { fast: np.zeros([1]), slow: np.zeros([1]) };
  const tx = optim.lookahead(optim.sgd(1), 2, 0.5);
  let state: unknown = tx.init(params);
  let now = params;
  for (let i = 0; i < 2; i++) {
    const [u, next] = tx.update(np.array([-1]), state, now);
    now = optim.applyUpdates(now, u as never);
    state = next;
  }
  expect([now.fast.item(), now.slow.item()]).toEqual([1, 1]);
});
test("reduceOnPlateau scales down after the loss has stood still", () => {
  const tx = optim.contrib.reduceOnPlateau({ patience: 2, factor: 0.5 });
  let state: unknown = tx.init(np.zeros([1]));
  const scales: number[] = [];
  for (const value of [1, 1, 1, 1]) {
    const [u, next] = tx.update(np.ones([1]), state, undefined, { value });
    state = next;
    scales.push(u.item() as number);
  }
  expect(scales).toEqual([1, 1, 0.5, 0.5]);
});
test("derivatives: the norm at zero, the simplex, labels of −∞", () => {
  expect(grad((x: Value) => optim.safeNorm(x, 1e-3))(np.zeros([2])).tolist()).toEqual([0, 0]);
  const [, t] = jvp((x: Value) => optim.projections.projectionSimplex(x), [np.array([0.9, 0.2, -3])], [np.array([1, 0, 0])]);
  expect((t as Value).tolist()).toEqual([0.5, -0.5, 0]);
  const g = grad((x: Value) => np.sum(optim.losses.safeSoftmaxCrossEntropy(x, np.array([1, 0]))))(np.array([0, -Infinity]));
  expect(np.all(np.isfinite(g)).item()).toBe(true);
});
test("errors name the transformation, what is missing and how to call it", () => {
  const tx = optim.addDecayedWeights(0.1);
  expect(() => tx.update(np.ones([1]), tx.init(np.ones([1])))).toThrow(/addDecayedWeights: update was called without parameters/);
  expect(() => optim.polyakSgd().update(np.ones([1]), optim.polyakSgd().init(np.ones([1])))).toThrow(/without the loss/);
  expect(() => optim.partition({ a: optim.sgd(1) }, { x: "b" }).init({ x: np.ones([1]) })).toThrow(/no transformation for the label b/);
  expect(() => optim.adam(0.1, { beta1: 0.9 } as never)).toThrow(/beta1/);
});
test("noise comes from the given key", () => {
  const one = optim.noisySgd(1, { key: random.key(1) });
  const [a] = one.update(np.zeros([4]), one.init(np.zeros([4])));
  const [b] = one.update(np.zeros([4]), one.init(np.zeros([4])));
  expect(a.tolist()).toEqual(b.tolist());
});
