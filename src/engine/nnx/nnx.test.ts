// Modules against flax 0.12.8 on JAX 0.10.2: the same seeds give the same weights, layers the same outputs, training the same losses.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { nnx, numpy as np, optim, tree } from "../index.ts";
import type { Value } from "../core/value.ts";

const flax = JSON.parse(readFileSync(new URL("./flax.json", import.meta.url), "utf8")) as Record<string, number[]>;
const flat = (x: Value | readonly Value[]): number[] =>
  Array.isArray(x) ? x.flatMap(flat) : [...((x as Value).astype("float32").ravel().tolist() as number[])];
function agrees(name: string, x: Value | readonly Value[], digits = 4): void {
  const want = (flax[name] as unknown[]).flat(Infinity) as number[],
    got = flat(x);
  expect(got.length, name).toBe(want.length);
  got.forEach((v, i) => expect(v, `${name}[${i}]`).toBeCloseTo(want[i]!, digits));
}
const X = np.sin(np.arange(24)).reshape(2, 3, 4),
  img = np.cos(np.arange(100)).reshape(2, 5, 5, 2),
  rngs = (seed: number): nnx.Rngs => new nnx.Rngs(seed);

test("linear layers and embeddings have flax's weights and outputs", () => {
  agrees("linear", new nnx.Linear(4, 3, { rngs: rngs(0) }).call(X));
  agrees("lineargeneral", new nnx.LinearGeneral([3, 4], [2, 2], { axis: [-2, -1], rngs: rngs(1) }).call(X));
  const e = new nnx.Embed(5, 3, { rngs: rngs(5) });
  agrees("embed", e.call(np.array(Int32Array.from([0, 4, 2]))));
  agrees("attend", e.attend(np.ones([2, 3])));
  agrees("lora", new nnx.LoRALinear(4, 3, { loraRank: 2, bInitializer: nnx.initializers.ones, rngs: rngs(9) }).call(X));
});
test("convolutions, also circular, causal and transposed ones, are flax's", () => {
  const conv = new nnx.Conv(2, 4, [3, 3], { rngs: rngs(2) }).call(img);
  agrees("conv", [conv.sum(), conv.abs().sum(), conv.get(0, 1, 2)], 3);
  const circular = new nnx.Conv(2, 4, [3, 3], { strides: 2, padding: "CIRCULAR", featureGroupCount: 2, rngs: rngs(3) }).call(img);
  agrees("convcirc", circular.get(1, 1, 1));
  agrees("convcirc_abs", circular.abs().sum(), 3);
  agrees("causal", new nnx.Conv(4, 2, 3, { padding: "CAUSAL", kernelDilation: 2, rngs: rngs(3) }).call(X));
  const up = new nnx.ConvTranspose(2, 3, [3, 3], { strides: [2, 2], rngs: rngs(4) }).call(img);
  agrees("convt", [up.get(0, 3, 2), up.abs().sum()], 3);
  const around = new nnx.ConvTranspose(2, 3, [3, 3], { strides: [2, 2], padding: "CIRCULAR", rngs: rngs(4) }).call(img);
  agrees("convtc", [around.get(0, 3, 2), around.abs().sum(), np.array(around.shape)], 3);
});
test("pooling is flax's", () => {
  agrees("pool", [
    nnx.maxPool(img, [2, 2], { strides: [2, 2] }),
    nnx.avgPool(img, [2, 2], { strides: [2, 2], padding: "SAME", countIncludePad: false }),
    nnx.minPool(img, [3, 3]),
  ]);
});
test("normalizations are flax's, and batch statistics move as there", () => {
  const bn = new nnx.BatchNorm(4, { rngs: rngs(0) });
  agrees("bn", bn.call(X));
  agrees("bn_mean", bn.mean.value);
  agrees("bn_var", bn.var.value);
  bn.eval();
  agrees("bn_eval", bn.call(X));
  agrees("ln", new nnx.LayerNorm(4, { rngs: rngs(0) }).call(X), 3);
  agrees("rms", new nnx.RMSNorm(4, { rngs: rngs(0) }).call(X));
  agrees("gn", new nnx.GroupNorm(4, { numGroups: 2, rngs: rngs(0) }).call(X));
  agrees("in", new nnx.InstanceNorm(4, { rngs: rngs(0) }).call(X));
});
test("dropout and attention draw and weigh as flax's", () => {
  const drop = new nnx.Dropout(0.4, { rngs: new nnx.Rngs({ dropout: 7 }) });
  agrees("dropout", drop.call(X));
  agrees("dropout2", drop.call(X));
  const mha = new nnx.MultiHeadAttention(2, 4, { rngs: rngs(6) });
  agrees("mha", mha.call(X));
  agrees("mha_causal", mha.call(X, null, null, { mask: nnx.makeCausalMask(np.ones([2, 3])) }));
  const step = new nnx.MultiHeadAttention(2, 4, { decode: true, normalizeQk: true, rngs: rngs(6) });
  step.initCache([2, 3, 4]);
  agrees(
    "mha_decode",
    [0, 1, 2].map((i) => step.call(X.get(":", `${i}:${i + 1}`))),
  );
});
test("recurrent cells are flax's, also backwards over sequences of several lengths", () => {
  const o = { rngs: rngs(8) },
    options = { returnCarry: true, seqLengths: np.array(Int32Array.from([2, 3])), reverse: true, keepOrder: true } as const;
  const simple = new nnx.SimpleCell(4, 3, { rngs: rngs(8) });
  agrees("simple", new nnx.RNN(simple).call(X));
  const gru = new nnx.GRUCell(4, 3, { rngs: rngs(8) }),
    [h, y] = new nnx.RNN(gru).call(X, options);
  agrees("gru", new nnx.RNN(gru).call(X));
  agrees("gru_rev", y);
  agrees("gru_carry", h);
  const lstm = new nnx.LSTMCell(4, 3, o),
    [[, hidden], out] = new nnx.RNN(lstm).call(X, options);
  agrees("lstm", new nnx.RNN(lstm).call(X));
  agrees("lstm_rev", out);
  agrees("lstm_carry", hidden);
});

class MLP extends nnx.Module {
  l1: nnx.Linear;
  bn: nnx.BatchNorm;
  drop: nnx.Dropout;
  l2: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.l1 = new nnx.Linear(4, 8, { rngs });
    this.bn = new nnx.BatchNorm(8, { rngs });
    this.drop = new nnx.Dropout(0.2, { rngs });
    this.l2 = new nnx.Linear(8, 1, { rngs });
  }
  call(x: Value): Value {
    return this.l2.call(this.drop.call(nnx.relu(this.bn.call(this.l1.call(x)))));
  }
}
const xs = X.reshape(6, 4),
  ys = xs.sum({ axis: -1, keepdims: true });
test("a jitted training step sets parameters, statistics, streams and optimizer as flax does, and is compiled once", () => {
  const model = new MLP(rngs(0)),
    optimizer = new nnx.Optimizer(model, optim.adam(1e-2), { wrt: nnx.Param });
  let traces = 0;
  const step = nnx.jit(function step(model: MLP, optimizer: nnx.Optimizer, x: Value, y: Value): Value {
    traces++;
    const [loss, grads] = nnx.valueAndGrad((m: MLP) => np.mean(np.square(m.call(x).sub(y))))(model);
    optimizer.update(model, grads);
    return loss;
  });
  const losses = Array.from({ length: 6 }, () => step(model, optimizer, xs, ys));
  agrees("train", losses, 3);
  // The gradient of a bias before a batch normalization is rounding, which Adam makes steps of: the mean is alike to those steps only.
  agrees("train_mean", model.bn.mean.value, 1);
  expect(traces).toBe(1);
  expect(optimizer.step.value.item()).toBe(6);
});
test("vmap makes a stack of layers, scan runs through it", () => {
  const keys = rngs(0);
  nnx.splitRngs(keys, { splits: 3 });
  const stack = nnx.vmap((r: nnx.Rngs) => new nnx.Linear(4, 4, { rngs: r }))(keys);
  expect(stack.kernel.shape).toEqual([3, 4, 4]);
  agrees("vmapped", stack.kernel.value.get(2));
  const run = nnx.scan((x: Value, layer: nnx.Linear) => nnx.tanh(layer.call(x)), { inAxes: [nnx.Carry, 0], outAxes: nnx.Carry });
  agrees("scanned", run(xs, stack) as Value);
});
test("split by filters and merge give the same module; shared parts stay shared", () => {
  const model = new MLP(rngs(1)),
    [def, params, rest] = nnx.split(model, nnx.Param, "..."),
    again = nnx.merge<MLP>(def, params, rest);
  model.eval();
  again.eval();
  expect(again.call(xs).tolist()).toEqual(model.call(xs).tolist());
  expect(tree.leaves(params).length).toBe(6);
  const layer = new nnx.Linear(4, 4, { rngs: rngs(0) }),
    twice = new nnx.Sequential(layer, nnx.relu, layer),
    copy = nnx.clone(twice);
  expect(copy.layers[0]).toBe(copy.layers[2]);
  expect(copy.layers[0]).not.toBe(layer);
  expect(tree.leaves(nnx.state(twice)).length).toBe(2);
  expect(() => nnx.split(model, nnx.Param)).toThrow(/no filter holds for \.bn\.mean/);
  expect(() => nnx.merge(def, params)).toThrow(/the states have nothing at \.bn\.mean/);
});
test("sown values come out of a jitted call, and are popped", () => {
  class Loud extends nnx.Module {
    layer = new nnx.Linear(4, 2, { rngs: rngs(0) });
    call(x: Value): Value {
      const y = this.layer.call(x);
      this.sow(nnx.Intermediate, "features", y);
      return y;
    }
  }
  const model = new Loud(),
    y = nnx.jit((m: Loud, x: Value) => m.call(x))(model, xs),
    seen = nnx.toFlatState(nnx.pop(model, nnx.Intermediate));
  expect(seen.map(([path]) => path.join("."))).toEqual(["features"]);
  expect(((seen[0]![1] as nnx.Variable<Value[]>).value[0] as Value).tolist()).toEqual(y.tolist());
  expect("features" in model).toBe(false);
});
test("setting a variable of a module that is no argument is refused, and says what to do", () => {
  const bn = new nnx.BatchNorm(4, { rngs: rngs(0) });
  expect(() => nnx.jit((x: Value) => bn.call(x))(xs)).toThrow(/no argument of.*nnx\.jit/s);
});
test("cond and remat set variables as the plain call does", () => {
  class Counter extends nnx.Module {
    count = new nnx.Variable(np.array(0));
  }
  const c = new Counter(),
    up = (m: Counter): null => ((m.count.value = m.count.value.add(1)), null),
    keep = (_m: Counter): null => null;
  nnx.cond(np.array(true), up, keep, c);
  nnx.cond(np.array(false), up, keep, c);
  nnx.remat(up)(c);
  expect(c.count.value.item()).toBe(2);
  nnx.foriLoop(0, 3, (_i, m: Counter) => (up(m), m), c);
  expect(c.count.value.item()).toBe(5);
});
test("metrics, display and tabulate", () => {
  const m = new nnx.MultiMetric({ accuracy: new nnx.Accuracy(), loss: new nnx.Average("loss") });
  m.update({
    logits: np.array([
      [1, 2],
      [3, 1],
    ]),
    labels: np.array(Int32Array.from([1, 1])),
    loss: 0.5,
  });
  m.update({ logits: np.array([[1, 2]]), labels: np.array(Int32Array.from([1])), loss: 1.5 });
  const got = m.compute() as Record<string, Value>;
  expect(Number(got["accuracy"]!.item())).toBeCloseTo(2 / 3, 6);
  expect(Number(got["loss"]!.item())).toBe(1);
  expect(nnx.display(new nnx.Linear(2, 3, { rngs: rngs(0) }))).toBe(
    "Linear {\n  bias: Param(f32[3])\n  dtype: null\n  inFeatures: 2\n  kernel: Param(f32[2,3])\n  outFeatures: 3\n  precision: undefined\n}",
  );
  expect(
    nnx
      .tabulate(new nnx.Sequential(new nnx.Linear(2, 3, { rngs: rngs(0) })))
      .split("\n")
      .map((l) => l.split(/\s+/)),
  ).toEqual([
    ["path", "module", "parameters", "bytes"],
    ["(all)", "Sequential", "9", "36"],
    ["layers.0", "Linear", "9", "36"],
  ]);
});
