// Optimal transport by Sinkhorn's iteration; the kernel is computed once.
import { jit, lax, numpy as np, random, type Value } from "jitlens";

const transport = jit(function transport(cost: Value, a: Value, b: Value): Value {
  const kernel = np.exp(cost.mul(-5));
  const turn = ([u, v]: [Value, Value], _k: Value): [[Value, Value], null] => {
    const nextU = a.div(kernel.matmul(v));
    return [[nextU, b.div(nextU.matmul(kernel))], null];
  };
  const [[u]] = lax.scan(turn, [np.onesLike(a), np.onesLike(b)], np.arange(30)) as [[Value, Value], null];
  return u;
});

const cost = random.uniform(random.key(24), [256, 256]), a = np.full([256], 1 / 256), b = np.full([256], 1 / 256);
export const once = (): Value => transport(cost, a, b);
export const result = once();
