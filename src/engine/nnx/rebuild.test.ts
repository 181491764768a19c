// unpack, viewInfo and withRngs beside flax 0.12: keys are those that flax 0.12's with_rngs gives for the same streams.
import { expect, test } from "vitest";
import { nnx, numpy as np, random, tree } from "../index.ts";

const model = (): nnx.Sequential =>
  new nnx.Sequential(new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }), new nnx.BatchNorm(3, { rngs: new nnx.Rngs(0) }));
test("unpack and merge: a state with its structure, one or several, and as a pytree", () => {
  const m = model(),
    whole = nnx.unpack(m);
  expect(whole).toBeInstanceOf(nnx.GraphState);
  const x = np.array([
    [1, 2],
    [3, 5],
  ]);
  expect(nnx.merge<nnx.Sequential>(whole).call(x)).toBeDefined();
  const [params, rest] = nnx.unpack(m, nnx.Param, "...");
  const doubled = tree.map((v: never) => np.multiply(v, 2), params as never) as unknown;
  const other = nnx.merge<nnx.Sequential>(doubled as never, rest);
  const kernel = (s: unknown): number[] => (tree.leaves(s as never)[0] as never as { tolist(): number[] }).tolist();
  expect(kernel(nnx.unpack(other, nnx.Param, "...")[0])).toEqual(kernel(doubled));
  expect(() => nnx.unpack(m, nnx.Param, nnx.Cache)).toThrow(/no filter holds/);
});
test("viewInfo names the settings that view changes", () => {
  const m = new nnx.List([new nnx.Dropout(0.5, { rngs: new nnx.Rngs(0) }), new nnx.Dropout(0.1, { deterministic: true, rngs: new nnx.Rngs(1) })]);
  expect(nnx.viewInfo(m)).toMatch(/^Dropout:\n[^]*  deterministic: false \| true/m);
  expect(nnx.viewInfo(m, { only: nnx.Linear })).toBe("");
});
test("withRngs splits, repeats and forks, and leaves the others as they are", () => {
  const rngs = new nnx.Rngs({ params: 0, dropout: 1, noise: 2 }),
    out = nnx.withRngs(rngs, { split: { params: 4 }, broadcast: { noise: [2, 3] } });
  const data = (k: unknown): unknown => random.keyData(k as never).tolist();
  const drawn = (seed: number): never => random.foldIn(random.key(seed), 0) as never;
  expect(data(out.stream("params").key.value)).toEqual(data(random.split(drawn(0), 4)));
  expect(out.stream("noise").key.value.shape).toEqual([2, 3]);
  expect(data(out.stream("noise").key.value.get(1, 2))).toEqual(data(drawn(2)));
  expect(data(out.stream("dropout").key.value)).toEqual(data(random.key(1)));
  const forked = nnx.withRngs(new nnx.Rngs(5), { fork: "..." });
  expect(data(forked.stream("default").key.value)).toEqual(data(drawn(5)));
  expect(() => nnx.withRngs(new nnx.Rngs(5), { split: 2, broadcast: 2 })).toThrow(/both split and repeated/);
});
