// Optimizers whose steps depend on the gradient before: by their formulas, and by what Optax's documentation says they give.
import { expect, test } from "vitest";
import { jit, numpy as np, optim } from "../index.ts";
import type { Value } from "../core/value.ts";

/** The updates that a transformation makes of gradients of one number, one after the other. */
function updatesOf(tx: optim.GradientTransformation, gradients: readonly number[]): number[] {
  let state: unknown = tx.init(np.zeros([1]));
  return gradients.map((g) => {
    const [u, next] = tx.update(np.array([g]), state, np.zeros([1]));
    state = next;
    return u.item() as number;
  });
}
const near = (got: readonly number[], want: readonly number[]): void => want.forEach((w, i) => expect(got[i], `step ${i}`).toBeCloseTo(w, 6));

test("scaleByRprop: steps grow while signs agree, shrink and stand still where they change, each a step late as in Optax", () => {
  near(updatesOf(optim.scaleByRprop(0.1), [3, 5, 1, -2, -2, -2]), [0, 0.1, 0.12, 0, 0, -0.072]);
  near(updatesOf(optim.scaleByRprop(1, { etaPlus: 3, maxStepSize: 2 }), [1, 1, 1, 1]), [0, 1, 2, 2]);
  near(updatesOf(optim.rprop(0.1), [3, 5]), [0, -0.1]);
});
test("optimisticAdam: −α rₜ − o (rₜ − rₜ₋₁), with Adam's ratio rₜ; at first rₜ₋₁ is rₜ", () => {
  const gradients = [0.5, -1, 2, 2];
  const ratios = updatesOf(optim.scaleByAdam({ nesterov: true }), gradients);
  const want = (o: number): number[] => ratios.map((r, i) => -0.1 * r - o * (r - ratios[Math.max(0, i - 1)]!));
  near(updatesOf(optim.optimisticAdam(0.1), gradients), want(0.1));
  near(updatesOf(optim.optimisticAdam(0.1, { optimism: 0.7 }), gradients), want(0.7));
});
test("optimisticAdam finds the saddle of x·y, as fast as Optax's documentation says", () => {
  const tx = optim.optimisticAdam(1e-2, { optimism: 1 });
  const step = jit(([x, y]: readonly [Value, Value], state: unknown): [[Value, Value], unknown] => {
    const [u, next] = tx.update([y, np.negative(x)], state, [x, y]);
    return [optim.applyUpdates([x, y], u) as [Value, Value], next];
  });
  let at: readonly [Value, Value] = [np.array(1), np.array(2)];
  let state: unknown = tx.init(at);
  const distances: string[] = [];
  for (let i = 0; i <= 256; i++) {
    if ([1, 4, 16, 64, 256].includes(i)) distances.push((np.hypot(...at).item() as number).toFixed(3));
    [at, state] = step(at, state);
  }
  expect(distances).toEqual(["2.243", "2.195", "2.161", "2.055", "0.796"]);
});
