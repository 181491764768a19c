import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkpoint, enableX64, grad, interop, jit, nnx, numpy as np, optim, random, tree } from "../index.ts";
import type { Value } from "../core/value.ts";

const made: string[] = [];
const folder = (): string => {
  const f = mkdtempSync(join(tmpdir(), "jitlens-checkpoints-"));
  made.push(f);
  return join(f, "of a run");
};
afterAll(() => made.forEach((f) => rmSync(f, { recursive: true, force: true })));
const small = (n: number): { w: Value } => ({ w: np.full([2], n) });

test("what a tree holds comes back as it was: arrays of every type, keys, numbers, keys with dots", () =>
  enableX64(() => {
    const of = (dtype: string): Value => np.array([0, 1, 3], { dtype: dtype as "int8" });
    const dtypes = [
      "bool",
      "int8",
      "uint8",
      "int16",
      "int32",
      "int64",
      "uint64",
      "float16",
      "bfloat16",
      "float32",
      "float64",
      "complex64",
      "complex128",
    ];
    const all = {
      arrays: dtypes.map(of),
      keys: random.split(random.key(7), 3),
      "a.b\\c": { 1: np.ones([2]), x: np.array(2) },
      ...{ rate: 0.1, steps: 12345678901234567n, on: true, none: null, empty: np.zeros([0, 3]) },
    };
    for (const back of [checkpoint.fromBytes(checkpoint.toBytes(all), all), checkpoint.fromBytes(checkpoint.toBytes(all))] as (typeof all)[]) {
      expect(back.arrays.map((x) => [x.dtype, x.tolist()])).toEqual(all.arrays.map((x) => [x.dtype, x.tolist()]));
      expect(random.keyData(back.keys).tolist()).toEqual(random.keyData(all.keys).tolist());
      expect([back["a.b\\c"][1].shape, back["a.b\\c"].x.item()]).toEqual([[2], 2]);
      expect([back.rate, back.steps, back.on, back.empty.shape]).toEqual([0.1, 12345678901234567n, true, [0, 3]]);
    }
    expect(checkpoint.fromBytes(checkpoint.toBytes(np.array([1, 2]))) as Value).toMatchObject({ shape: [2] });
  }));
test("the newest checkpoints stay, and every so many of the older ones", async () => {
  const at = folder();
  for (let step = 1; step <= 7; step++) await checkpoint.save(at, small(step), step, { keep: 2, keepEveryNSteps: 3 });
  expect(await checkpoint.steps(at)).toEqual([3, 6, 7]);
  expect(await checkpoint.latestStep(at)).toBe(7);
  expect((await checkpoint.restore(at, small(0))).w.tolist()).toEqual([7, 7]);
  expect((await checkpoint.restore(at, small(0), { step: 3 })).w.tolist()).toEqual([3, 3]);
  await checkpoint.save(at, small(4), 4, { keep: null, overwrite: true });
  expect(await checkpoint.steps(at)).toEqual([3, 4]);
  expect(readdirSync(at).filter((f) => f.endsWith(".tmp"))).toEqual([]);
  await checkpoint.save(at, small(1), 1, { prefix: "best", metadata: { loss: "0.5" } });
  expect([await checkpoint.steps(at), await checkpoint.steps(at, { prefix: "best" })]).toEqual([[3, 4], [1]]);
  expect(interop.safetensors.metadata(new Uint8Array(readFileSync(join(at, "best_1.safetensors")))).loss).toBe("0.5");
});
test("the values are those at the time of the call, though they are deleted while the file is written", async () => {
  const at = folder(),
    x = np.ones([1000]).mul(3) as Value & { delete(): void };
  const done = checkpoint.save(at, { x }, 0);
  x.delete();
  await done;
  expect(np.sum((await checkpoint.restore<{ x: Value }>(at)).x).item()).toBe(3000);
});
test("training that is restored goes on as it would have: a module, its optimizer and its random numbers", async () => {
  class Net extends nnx.Module {
    a: nnx.Linear;
    drop: nnx.Dropout;
    constructor(rngs: nnx.Rngs) {
      super();
      this.a = new nnx.Linear(3, 1, { rngs });
      this.drop = new nnx.Dropout(0.3, { rngs });
    }
    call(x: Value): Value {
      return this.a.call(this.drop.call(x));
    }
  }
  const fresh = (seed: number): { model: Net; optimizer: nnx.Optimizer } => {
    const model = new Net(new nnx.Rngs(seed));
    return { model, optimizer: new nnx.Optimizer(model, optim.adam(0.1)) };
  };
  const x = np.arange(6, { dtype: "float32" }).reshape(2, 3),
    step = nnx.jit((model: Net, optimizer: nnx.Optimizer) => {
      const [loss, g] = nnx.valueAndGrad((m: Net) => np.mean(np.square(m.call(x))))(model);
      optimizer.update(model, g);
      return loss;
    });
  const state = ({ model, optimizer }: ReturnType<typeof fresh>) => ({ model: nnx.state(model), optimizer: nnx.state(optimizer) });
  const at = folder(),
    run = fresh(0);
  for (let i = 0; i < 3; i++) step(run.model, run.optimizer);
  await checkpoint.save(at, state(run), 3);
  const wanted = [0, 1, 2].map(() => step(run.model, run.optimizer).item());
  const other = fresh(1),
    back = await checkpoint.restore(at, state(other));
  nnx.update(other.model, back.model);
  nnx.update(other.optimizer, back.optimizer);
  expect([0, 1, 2].map(() => step(other.model, other.optimizer).item())).toEqual(wanted);
});
test("a state of optim is a tree like another", async () => {
  const at = folder(),
    tx = optim.chain(optim.clipByGlobalNorm(1), optim.adamw(0.1)),
    params = small(2);
  const step = jit((p: typeof params, s: unknown) => {
    const [u, next] = tx.update(grad((q: typeof params) => np.sum(np.square(q.w)))(p), s, p);
    return [optim.applyUpdates(p, u), next] as const;
  });
  const [p, s] = step(params, tx.init(params));
  await checkpoint.save(at, { p, s }, 0);
  const back = await checkpoint.restore(at, { p: params, s: tx.init(params) as unknown });
  expect(step(back.p, back.s)[0].w.tolist()).toEqual(step(p, s)[0].w.tolist());
  expect(tree.structure(back.s).toString()).toBe(tree.structure(s).toString());
});
test("refuses what does not fit, and says why", async () => {
  const at = folder();
  await expect(checkpoint.restore(at)).rejects.toThrow(/there is no checkpoint in .*, expected files such as checkpoint_0\.safetensors/);
  await checkpoint.save(at, small(1), 5);
  await expect(checkpoint.save(at, small(1), 5)).rejects.toThrow(/a checkpoint of step 5 .* not older than step 5\. Instead: a later step/);
  await expect(checkpoint.save(at, small(1), 1.5)).rejects.toThrow(/step is 1\.5/);
  await expect(checkpoint.save(at, { f: "text" }, 6)).rejects.toThrow(/\.f is string, expected arrays and numbers/);
  await expect(checkpoint.restore(at, null, { step: 9 })).rejects.toThrow(/there is no .*checkpoint_9\.safetensors; there are the steps 5/);
  await expect(checkpoint.restore(at, { v: np.ones([2]) })).rejects.toThrow(/it lacks v; besides, it has w/);
  await expect(checkpoint.restore(at, { w: np.ones([3]) })).rejects.toThrow(/w is f32\[2\] in the checkpoint, and f32\[3\] in the tree/);
  writeFileSync(join(at, "checkpoint_8.safetensors"), "half a fi");
  await expect(checkpoint.restore(at)).rejects.toThrow(/checkpoint_8\.safetensors: the header would be/);
  expect(() => checkpoint.toBytes({ 1: np.ones([1]) }, { meta: {} } as never)).toThrow(/unknown option "meta"; did you mean "metadata"/);
});
test("it is a function still: rematerialization", () => {
  const f = checkpoint((x: Value) => np.sin(np.sin(x)));
  expect(grad(f)(1).item()).toBeCloseTo(Math.cos(Math.sin(1)) * Math.cos(1), 5);
});
