// Steps of contributed optimizers against Optax (test/goldens/record_optim.py wrote contrib.json): the parameters after each, under jit.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type GradientTransformation, grad, jit, numpy as np, optim, random, tree, valueAndGrad, vmap } from "../../index.ts";
import type { Value } from "../../core/value.ts";

interface Params {
  readonly b: Value;
  readonly w: Value;
}
const { contrib } = optim;
const wanted = JSON.parse(readFileSync(new URL("./contrib.json", import.meta.url), "utf8")) as Record<string, number[][]>;
const start: Params = { b: np.array([0.5, -1, 2]), w: np.sin(np.arange(12)).reshape(4, 3) };
const x = np.cos(np.arange(20)).reshape(5, 4),
  y = np.sin(np.arange(15).mul(0.3)).reshape(5, 3);
const loss = (p: Params): Value => np.mean(np.square(np.tanh(x.matmul(p.w)).add(p.b).sub(y)));
function run(tx: GradientTransformation, steps: number): number[][] {
  const step = jit((params: Params, state: unknown) => {
    const [value, g] = valueAndGrad(loss)(params);
    const [u, next] = tx.update(g, state, params, { value, objFn: loss, gradFn: (p: Params) => grad(loss)(p) });
    return [optim.applyUpdates(params, u), next] as const;
  });
  let params: Params = start,
    state: unknown = tx.init(start);
  return Array.from({ length: steps }, () => {
    [params, state] = step(params, state);
    return tree.leaves(params).flatMap((l) => (l as Value).ravel().tolist() as number[]);
  });
}
const uphill = (): GradientTransformation => optim.chain(contrib.normalize(), optim.sgd(0.1));
const momentum = (): GradientTransformation => optim.sgd(0.1, { momentum: 0.9 });
const CASES: Readonly<Record<string, () => GradientTransformation>> = {
  cocob: () => contrib.cocob(),
  "cocob decayed": () => contrib.cocob({ alpha: 10, weightDecay: 0.01, learningRate: 0.5 }),
  dadaptAdamw: () => contrib.dadaptAdamw({ estimLr0: 1e-3, weightDecay: 0.1 }),
  prodigy: () => contrib.prodigy({ estimLr0: 1e-3, weightDecay: 0.1 }),
  "prodigy safeguarded": () => contrib.prodigy({ estimLr0: 1e-3, safeguardWarmup: true, learningRate: optim.schedules.linearSchedule(0.1, 1, 5) }),
  "dog heuristic": () => contrib.dog({ initStep: ["heuristic", 0.01], weightDecay: 0.01 }),
  "dog distance": () => contrib.dog({ initStep: ["distance", 0.1] }),
  "dog learning_rate": () => contrib.dog({ initStep: ["learning_rate", 0.05] }),
  dowg: () => contrib.dowg({ initEstimSqDist: 0.01 }),
  momo: () => contrib.momo({ weightDecay: 0.01 }),
  "momo adapted": () => contrib.momo({ learningRate: 0.5, adaptLowerBound: true, lowerBound: -1 }),
  momoAdam: () => contrib.momoAdam({ weightDecay: 0.01 }),
  "momoAdam adapted": () => contrib.momoAdam({ learningRate: 0.1, adaptLowerBound: true, lowerBound: -1 }),
  sam: () => contrib.sam(momentum(), uphill()),
  "sam every three": () => contrib.sam(momentum(), optim.chain(contrib.normalize(), optim.adam(0.1)), { syncPeriod: 3, resetState: false }),
  "sam opaque": () => contrib.sam(momentum(), uphill(), { opaqueMode: true, syncPeriod: 3 }),
  sophia: () => contrib.sophia(0.05, { updateInterval: 3, gamma: 0.5 }),
  "sophia seeded": () =>
    contrib.sophia(0.05, { hessianDiagonalFn: contrib.hutchinsonEstimatorDiagHessian(random.PRNGKey(7)), clipThreshold: null, eps: 0.1 }),
  mechanize: () => contrib.mechanize(optim.adam(1)),
  "mechanize decayed": () => contrib.mechanize(momentum(), { weightDecay: 0.1, sInit: 1e-3, numBetas: 3 }),
  galore: () => contrib.galore(0.05, { rank: 2, updateProjGap: 10, weightDecay: 0.01 }),
  "galore transposed": () =>
    contrib.galore(0.05, { rank: 1, scale: 0.5, weightDimensionNumbers: { b: null, w: { reductionAxis: 1, outputAxis: [0] } } }),
};
test.each(Object.keys(CASES))("%s", (name) => {
  const got = run(CASES[name]!(), 6);
  got.forEach((row, i) => row.forEach((v, j) => expect(v, `${name}: step ${i}, parameter ${j}`).toBeCloseTo(wanted[name]![i]![j]!, 4)));
});
const PRIVATE: Readonly<Record<string, () => GradientTransformation>> = {
  dpsgd: () => contrib.dpsgd(0.1, 1, 0.5, 3),
  "dpsgd nesterov": () => contrib.dpsgd(0.1, 0.2, 0.1, 4, { momentum: 0.9, nesterov: true }),
  differentiallyPrivateAggregate: () => contrib.differentiallyPrivateAggregate(0.5, 0.1, { key: random.key(5) }),
};
test.each(Object.keys(PRIVATE))("%s takes gradients of single examples", (name) => {
  const tx = PRIVATE[name]!(),
    one = (p: Params, xi: Value, yi: Value): Value => np.mean(np.square(np.tanh(xi.matmul(p.w)).add(p.b).sub(yi))),
    perExample = vmap(grad(one), { inAxes: [null, 0, 0] });
  let params: Params = start,
    state: unknown = tx.init(start);
  for (const row of wanted[name]!) {
    const [u, next] = tx.update(perExample(params, x, y), state, params);
    [params, state] = [optim.applyUpdates(params, u) as Params, next];
    const got = tree.leaves(params).flatMap((l) => (l as Value).ravel().tolist() as number[]);
    row.forEach((v, j) => expect(got[j]).toBeCloseTo(v, 4));
  }
});
test("complex parameters are two real ones to the optimizer within", () => {
  const params = { z: np.array([1, 2]).astype("complex64"), x: np.ones([1]) },
    g = {
      z: np.array([3, 0]).add(
        np
          .array([0, 4])
          .astype("complex64")
          .mul(np.sqrt(np.array(-1).astype("complex64"))),
      ),
      x: np.ones([1]),
    },
    tx = contrib.splitRealAndImaginary(optim.signSgd(1));
  const [u] = tx.update(g, tx.init(params), params);
  expect([u.z.tolist(), u.x.tolist()]).toEqual([
    [
      { re: -1, im: expect.closeTo(0) as number },
      { re: expect.closeTo(0) as number, im: -1 },
    ],
    [-1],
  ]);
});
test.each<[string, () => unknown, RegExp]>([
  ["no parameters", () => contrib.prodigy().update(start, contrib.prodigy().init(start)), /contrib\.prodigy: update was called without parameters/],
  ["no loss", () => contrib.momo().update(start, contrib.momo().init(start), start), /momo: update needs the loss.*\{ value \}/],
  ["no function", () => contrib.sophia(1).update(start, contrib.sophia(1).init(start), start), /update needs the loss as a function/],
  ["a period of 0", () => contrib.sam(optim.sgd(1), optim.sgd(1), { syncPeriod: 0 }), /syncPeriod is 0/],
  ["an unknown first step", () => contrib.dog({ initStep: ["guess" as never, 1] }), /initStep begins with "guess", expected "distance"/],
  [
    "a first step without its kind",
    () => contrib.scaleByDog(0.1 as never),
    /initStep is 0\.1, expected a kind and its value, such as \["heuristic", 1e-6\]/,
  ],
  ["no first step", () => contrib.scaleByDog(undefined as never), /initStep is undefined, expected a kind and its value/],
  ["a rank of 0", () => contrib.galore(1, { rank: 0 }), /rank is 0/],
  [
    "axes that are named twice",
    () => contrib.galore(1, { weightDimensionNumbers: { reductionAxis: 1 } }).init(start),
    /must name each axis of f32\[4,3\] once/,
  ],
])("refuses %s", (_what, call, message) => expect(call).toThrow(message));
