// Parts of a batch against the whole batch.
import { expect, test } from "vitest";
import { grad, jit, numpy as np, optim, valueAndGrad, vmap } from "../index.ts";
import type { Value } from "../core/value.ts";

const { microbatching } = optim;
const x = np.sin(np.arange(24)).reshape(6, 4),
  w = np.cos(np.arange(4));
const list = (v: unknown): unknown => (v as Value).tolist();
const near = (a: Value, b: Value): void => expect(np.max(np.abs(a.sub(b))).item()).toBeLessThan(1e-5);

test("sums, means and rows of parts are those of the batch", () => {
  const rows = (p: Value, batch: Value): Value => batch.matmul(p),
    sum = (p: Value, batch: Value): Value => np.sum(np.square(rows(p, batch))),
    mean = (p: Value, batch: Value): Value => np.mean(np.square(rows(p, batch)));
  for (const size of [1, 2, 3, 6, null]) {
    near(jit(microbatching.microbatch(sum, 1, size))(w, x), sum(w, x));
    near(microbatching.microbatch(mean, 1, size, { accumulator: microbatching.AccumulationType.MEAN })(w, x), mean(w, x));
    near(microbatching.microbatch(mean, 1, size, { accumulator: "runningMean" })(w, x), mean(w, x));
    near(microbatching.microbatch(rows, 1, size, { accumulator: "concat" })(w, x), rows(w, x));
    near(microbatching.microVmap((p: Value, row: Value) => row.mul(p), { inAxes: [null, 0], microbatchSize: size })(w, x), x.mul(w));
  }
  const [loss, g] = microbatching.microbatch(valueAndGrad(sum), 1, 2)(w, x);
  near(loss, sum(w, x));
  near(g, grad(sum)(w, x));
});
test("each result has an accumulator of its own, and parts that are padding are left out", () => {
  const both = (batch: Value): { all: Value; most: Value } => ({ all: batch, most: np.mean(batch) });
  const f = microbatching.microbatch(both, 0, 2, { accumulator: { all: "concat", most: "runningMean" } });
  expect([list(f(np.arange(6)).all), f(np.arange(6)).most.item()]).toEqual([[0, 1, 2, 3, 4, 5], 2.5]);
  const real = microbatching.microbatch((b: Value) => np.sum(b), 0, 2, { numRealMicrobatches: 2 });
  // Examples go to the parts by turns: the third part has 2 and 5.
  expect(real(np.arange(6)).item()).toBe(0 + 1 + 3 + 4);
});
test("gradients of examples are clipped one by one, and what each was is told", () => {
  const loss = (p: Value, batch: Value): Value => np.sum(np.square(batch.matmul(p))),
    clip = (g: unknown): unknown => optim.projections.projectionL2Ball(g as Value);
  const f = microbatching.microGrad(loss, { transformFn: clip, metricsFn: (g) => optim.globalNorm(g), microbatchSize: 3 });
  const [g, { values, metrics }] = f(w, x);
  const each = vmap((row: Value) => grad(loss)(w, np.expandDims(row, 0)))(x);
  near(g as Value, np.sum(vmap((v: Value) => clip(v) as Value)(each), { axis: 0 }));
  near(values, np.square(x.matmul(w)));
  near(metrics as Value, np.sqrt(np.sum(np.square(each), { axis: 1 })));
});
test.each<[string, () => unknown, RegExp]>([
  ["a size that does not divide", () => microbatching.microbatch((b: Value) => b, 0, 4)(np.arange(6)), /6 examples is no whole number of parts of 4/],
  [
    "an unknown accumulator",
    () => microbatching.microbatch((b: Value) => b, 0, 2, { accumulator: "max" as never })(np.arange(6)),
    /max is no accumulator/,
  ],
  [
    "a mean of integers",
    () => microbatching.microbatch((b: Value) => b, 0, 2, { accumulator: "mean" })(np.arange(6, { dtype: "int32" })),
    /a mean of int32/,
  ],
])("refuses %s", (_what, call, message) => expect(call).toThrow(message));
