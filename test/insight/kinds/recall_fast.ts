// A recurrent network's gradient through a long sequence, of a batch: what is on the way is computed again.
import { checkpoint, grad, jit, lax, numpy as np, random, type Value } from "jitlens";

const cell = checkpoint((h: Value, x: Value, w: Value): Value => {
  const gate = np.tanh(h.matmul(w).add(x));
  const candidate = np.sin(gate.mul(2)).add(np.tanh(gate.mul(gate)));
  return h.mul(0.9).add(candidate.mul(np.exp(gate.mul(-1))).mul(0.1));
});
const loss = (w: Value, inputs: Value): Value => {
  const turn = (h: Value, x: Value): [Value, null] => [cell(h, x, w) as Value, null];
  return np.square((lax.scan(turn, np.zeros([128, 32]), inputs) as [Value, null])[0]).mean();
};
const slope = jit(function slope(w: Value, inputs: Value): Value {
  return grad(loss)(w, inputs) as Value;
});

const w = random.normal(random.key(73), [32, 32]).mul(0.1), inputs = random.normal(random.key(74), [250, 128, 32]);
export const once = (): Value => slope(w, inputs);
export const result = once();
console.log("norm", Number(np.linalg.norm(result)));
