// The gradient of a deep residual network with respect to its input; each block is computed again on the way back.
import { checkpoint, grad, jit, lax, numpy as np, random, type Value } from "jitlens";

const DEPTH = 64;
function block(h: Value, w: Value): Value {
  const a = np.tanh(h.matmul(w)), b = np.tanh(a.mul(2)), c = np.sin(b.add(a)), d = np.tanh(c.mul(b));
  return h.add(d.mul(0.1));
}
function output(x: Value, weights: Value): Value {
  const layer = (h: Value, w: Value): [Value, null] => [checkpoint(block)(h, w), null];
  return np.square((lax.scan(layer, x, weights) as [Value, null])[0]).mean();
}
const sensitivity = jit(function sensitivity(x: Value, weights: Value): Value {
  return grad(output)(x, weights) as Value;
});

const x = random.normal(random.key(29), [256, 64]), weights = random.normal(random.key(30), [DEPTH, 64, 64]).mul(0.1);
export const once = () => sensitivity(x, weights);
export const compiled = () => sensitivity.lower(x, weights).compile();
export const result = once();
