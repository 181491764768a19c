// A preconditioned step: rows multiplied by the diagonal.
import { jit, numpy as np, random, type Value } from "jitlens";

const precondition = jit(function precondition(scales: Value, gradients: Value): Value {
  const p = np.reciprocal(np.sqrt(scales).add(1e-3));
  return p.get(":", null).mul(gradients).mul(-0.01);
});

const scales = random.uniform(random.key(43), [500]), gradients = random.normal(random.key(44), [500, 200]);
export const once = (): Value => precondition(scales, gradients);
export const result = once();
