// A polynomial of degree seven by powers.
import { jit, numpy as np, random, type Value } from "jitlens";

const series = jit(function series(x: Value, c: Value): Value {
  let sum = np.full(x.shape, 0).add(c.get(0));
  for (let k = 1; k < 8; k++) sum = sum.add(np.power(x, np.array(k, { dtype: "float32" })).mul(c.get(k)));
  return sum;
});

const x = random.uniform(random.key(26), [200000]), c = random.normal(random.key(27), [8]);
export const once = (): Value => series(x, c);
export const result = once();
console.log("mean", Number(result.mean()));
