// Temperature of a classifier: its loss and how sure it is, both from one softmax.
import { jit, nn, numpy as np, random, type Value } from "jitlens";

const logitsOf = (x: Value, w: Value): Value => np.tanh(x.matmul(w)).mul(3);
const loss = jit(function loss(x: Value, w: Value, labels: Value): [Value, Value] {
  const p = nn.softmax(logitsOf(x, w));
  return [np.log(np.takeAlongAxis(p, labels.get(":", null), { axis: 1 })).mean().neg(), p.max({ axis: 1 }).mean()];
});

const x = random.normal(random.key(4), [512, 256]), w = random.normal(random.key(5), [256, 128]).mul(0.1), labels = random.randint(random.key(6), [512], 0, 128);
export const once = (): [Value, Value] => loss(x, w, labels);
export const result = once();
