// A polynomial of degree seven by Horner's scheme.
import { jit, random, type Value } from "jitlens";

const series = jit(function series(x: Value, c: Value): Value {
  let sum = c.get(7);
  for (let k = 6; k >= 0; k--) sum = sum.mul(x).add(c.get(k));
  return sum;
});

const x = random.uniform(random.key(26), [200000]), c = random.normal(random.key(27), [8]);
export const once = (): Value => series(x, c);
export const result = once();
