// Logistic regression over small batches; the loss of every batch is read to print an average.
import { jit, nn, numpy as np, random, valueAndGrad, type Value } from "jitlens";

const step = jit(function step(w: Value, x: Value, y: Value): [Value, Value] {
  const loss = (v: Value): Value => {
    const z = x.matmul(v);
    return nn.softplus(z).sub(z.mul(y)).mean();
  };
  const [value, slope] = valueAndGrad(loss)(w) as [Value, Value];
  return [w.sub(slope.mul(0.1)), value];
});

const xs = random.normal(random.key(7), [500, 16, 8]), ys = random.bernoulli(random.key(8), 0.5, [500, 16]).astype("float32");
export function once(): Value {
  let w: Value = np.zeros([8]), total = 0;
  for (let i = 0; i < 500; i++) {
    const [next, loss] = step(w, xs.get(i), ys.get(i));
    w = next;
    total += loss.item() as number;
  }
  return np.concatenate([w, np.array([total / 500])]);
}
export const result = once();
console.log("loss", Number(result.get(-1)));
