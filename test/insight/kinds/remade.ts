// Cross validation: one fit for each fold, by a function that is made for it.
import { grad, jit, numpy as np, random, type Value } from "jitlens";

const x = random.normal(random.key(12), [160, 12]), y = random.normal(random.key(13), [160]);
function fitWithout(fold: number): Value {
  const step = jit(function step(w: Value, mask: Value): Value {
    const loss = (v: Value): Value => np.square(np.tanh(x.matmul(v)).sub(y)).mul(mask).mean();
    return w.sub((grad(loss)(w) as Value).mul(0.1));
  });
  const mask = np.where(np.arange(160).mod(20).eq(fold), 0, 1);
  let w: Value = np.zeros([12]);
  for (let i = 0; i < 5; i++) w = step(w, mask);
  return w;
}
export function once(): Value {
  const fits: Value[] = [];
  for (let fold = 0; fold < 20; fold++) fits.push(fitWithout(fold));
  return np.stack(fits);
}
export const result = once();
console.log("first", result.get(0, "0:3").tolist());
