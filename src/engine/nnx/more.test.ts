// Modules of which something is changed, averaged or normalized, and derivatives over them: values follow from the definitions, none was recorded from flax.
import { expect, test } from "vitest";
import { type Array, nnx, numpy as np, optim, tree } from "../index.ts";

const layer = (): nnx.Linear => new nnx.Linear(3, 4, { rngs: new nnx.Rngs(0) });
const x = np.arange(6).reshape(2, 3);
const largest = (w: Array): number => np.linalg.svd(w, { computeUv: false }).get(0).item() as number;

class Counted extends nnx.Module {
  w = new nnx.Param(np.array([1, 2]));
  calls = new nnx.BatchStat(np.array(0));
  call(v: Array): Array {
    this.calls.value = this.calls.value.add(1);
    return np.sum(this.w.value.mul(v));
  }
}
const run = (m: Counted, v: Array): Array => m.call(v);

test("SpectralNorm divides by the largest singular value, and follows it from call to call", () => {
  const inner = layer(),
    norm = new nnx.SpectralNorm(inner, { rngs: new nnx.Rngs({ params: 1 }), nSteps: 30 });
  const w = inner.kernel.value;
  norm.call(x);
  expect(largest(inner.kernel.value)).toBeCloseTo(1, 4);
  expect(norm.batchStats.kernel!.sigma.value.item()).toBeCloseTo(largest(w), 4);
  norm.eval();
  const before = norm.batchStats.kernel!.u.value;
  norm.call(x);
  expect(norm.batchStats.kernel!.u.value).toBe(before);
  expect(Object.keys(norm.batchStats)).toEqual(["kernel"]);
});
test("WeightNorm gives each feature length 1 times its scale, which is trained", () => {
  const inner = layer(),
    norm = new nnx.WeightNorm(inner, { rngs: new nnx.Rngs(1) });
  const g = nnx.grad((m: nnx.WeightNorm) => np.sum(np.square(m.call(x) as Array)))(norm) as { scales: { kernel: nnx.Param } };
  expect(g.scales.kernel.value.shape).toEqual([4]);
  norm.call(x);
  for (const n of np.linalg.norm(inner.kernel.value, { axis: 0 }).tolist() as number[]) expect(n).toBeCloseTo(1, 5);
});
test("jvp and vjp over modules, whose variables are set", () => {
  const m = new Counted(),
    v = np.array([0, 1]);
  const [out, pull] = nnx.vjp(run, [m, v]) as [Array, (ct: Array) => [Counted, Array]];
  const [dm, dv] = pull(np.array(1));
  expect([out.item(), dm.w.value.tolist(), dv.tolist(), m.calls.value.item()]).toEqual([2, [0, 1], [1, 2], 1]);
  const tangent = tree.map(() => np.ones([2]), v);
  const [o, t] = nnx.jvp(run, [m, v], [tree.map((a: Array) => np.zerosLike(a), m), tangent]) as [Array, Array];
  expect([o.item(), t.item(), m.calls.value.item()]).toEqual([2, 3, 2]);
  const withAux = nnx.vjp((a: Counted, b: Array) => [a.call(b), b], [m, v], { hasAux: true });
  expect((withAux[2] as Array).tolist()).toEqual([0, 1]);
  expect(() => nnx.jvp(run, [m, v], [m])).toThrow(/primals and tangents have different structures/);
});
test("a module for another use shares its variables", () => {
  const dropout = new nnx.Dropout(0.5, { rngs: new nnx.Rngs(0) }),
    model = new nnx.Sequential(layer() as nnx.Layer, dropout as nnx.Layer);
  const quiet = nnx.view(model, { deterministic: true }, { only: nnx.Dropout });
  expect([dropout.deterministic, (quiet.layers[1] as unknown as nnx.Dropout).deterministic]).toEqual([false, true]);
  expect((quiet.layers[0] as unknown as nnx.Linear).kernel).toBe((model.layers[0] as unknown as nnx.Linear).kernel);
  expect(() => nnx.withAttributes(model, { nothing: 1 })).toThrow(/no module below has the field "nothing"/);
});
test("running averages follow a module, and stand in for it", () => {
  const m = new Counted(),
    ema = new nnx.EMA(m, 0.75),
    averaged = ema.applyTo(m);
  m.w.value = np.array([5, 6]);
  ema.update(m);
  expect([averaged.w.value.tolist(), m.w.value.tolist()]).toEqual([
    [2, 3],
    [5, 6],
  ]);
});
test("states that are replaced, partial functions, and what is said of variables", () => {
  const m = new Counted(),
    [graphdef, params] = nnx.split(m, nnx.Param, "...");
  const state = nnx.TrainState.create({ graphdef, params, tx: optim.sgd(1) }).applyGradients(tree.map((a: Array) => np.onesLike(a), params));
  expect([(state.params as { w: nnx.Param }).w.value.tolist(), state.step.item()]).toEqual([[0, 1], 1]);
  expect(
    nnx
      .cachedPartial(
        run,
        m,
      )(np.array([1, 1]))
      .item(),
  ).toBe(3);
  const slow = new nnx.Linear(2, 2, { rngs: new nnx.Rngs(0), kernelInit: nnx.withMetadata(nnx.initializers.onesInit(), { group: "slow" }) });
  expect([slow.kernel.metadata.group, slow.kernel.value.tolist()]).toEqual([
    "slow",
    [
      [1, 1],
      [1, 1],
    ],
  ]);
  nnx.setMetadata(slow, { frozen: true }, { only: nnx.PathContains("bias") });
  expect([slow.bias!.metadata.frozen, slow.kernel.metadata.frozen]).toEqual([true, undefined]);
});
test("arguments of nnx.jit have the module's own names in messages and in causes of traces", () => {
  class Two extends nnx.Module {
    layers = [new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }), new nnx.Linear(3, 1, { rngs: new nnx.Rngs(1) })];
  }
  const f = nnx.jit((model: Two, _o: { a: Array }) => model.layers[1]!.kernel.value.item());
  expect(() => f(new Two(), { a: np.ones([1]) })).toThrow(/model\.layers\[1\]\.kernel/);
  const g = nnx.jit((_model: Two, o: { a: Array }) => o.a.item());
  expect(() => g(new Two(), { a: np.ones([2]) })).toThrow(/argument o\.a\b/);
  expect(() => g(new Two(), { a: np.ones([2]) })).not.toThrow(/leaves|0000/);
});
