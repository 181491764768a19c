// No library function keeps memory: a long training loop ends with the bytes in use of its first hundred steps, without any dispose call.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void,
  np = jl.numpy;
const turn = (): Promise<void> => new Promise((r) => setTimeout(r, 0));
/** Bytes in use once the collector and the finalizers have had their turn. */
async function settled(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    gc();
    await turn();
  }
  return jl.profiler.memoryStats().bytesInUse;
}
type Params = { w: Value; b: Value };
const x = np.arange(32).astype("float32").reshape([8, 4]).div(32),
  y = x.sum({ axis: 1, keepdims: true });
const step = (p: Params): Params => {
  const g = (jl.grad((q: Params) => np.square(np.tanh(x.matmul(q.w)).add(q.b).sub(y)).mean()) as never as (q: Params) => Params)(p);
  return jl.tree.map((a: Value, d: Value) => a.sub(d.mul(0.05)), p, g);
};
async function train(run: (p: Params) => Params, steps: number): Promise<Params> {
  let p: Params = { w: np.ones([4, 1]).mul(0.1), b: np.zeros([1]) };
  for (let i = 0; i < steps; i++) {
    p = run(p);
    if (i % 100 === 0) await turn();
  }
  return p;
}
test.each([
  ["under jit", () => jl.jit(step as never) as never as typeof step],
  ["eager", () => step],
])("10,000 steps %s", async (_name, make) => {
  const run = make();
  await train(run, 100);
  const first = await settled(),
    p = await train(run, 10_000),
    last = await settled();
  expect(Number.isFinite(Number(p.b.get(0).item()))).toBe(true);
  // What is alive at the end are the parameters; a few blocks of slack for values that are on their way out.
  expect(last).toBeLessThanOrEqual(first + 64 * 1024);
});
