// Logistic regression over small batches, all of them in one program.
import { jit, lax, nn, numpy as np, random, valueAndGrad, type Value } from "jitlens";

const train = jit(function train(w: Value, xs: Value, ys: Value): [Value, Value] {
  const turn = (v: Value, [x, y]: [Value, Value]): [Value, Value] => {
    const loss = (u: Value): Value => {
      const z = x.matmul(u);
      return nn.softplus(z).sub(z.mul(y)).mean();
    };
    const [value, slope] = valueAndGrad(loss)(v) as [Value, Value];
    return [v.sub(slope.mul(0.1)), value];
  };
  const [last, losses] = lax.scan(turn, w, [xs, ys]) as [Value, Value];
  return [last, losses.mean()];
});

const xs = random.normal(random.key(7), [500, 16, 8]), ys = random.bernoulli(random.key(8), 0.5, [500, 16]).astype("float32");
export const once = (): [Value, Value] => train(np.zeros([8]), xs, ys);
export const result = once();
