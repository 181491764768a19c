// How strongly each page of a small web is recommended after two steps, from several starts at once.
import { jit, numpy as np, random, type Value } from "jitlens";

const reach = jit(function reach(links: Value, weights: Value, starts: Value): Value {
  const twice = links.matmul(weights).matmul(starts);
  return twice.div(twice.sum({ axis: 0 }));
});

const links = random.uniform(random.key(51), [400, 400]),
  weights = random.uniform(random.key(52), [400, 400]),
  starts = np.abs(random.normal(random.key(53), [400, 4]));
export const once = (): Value => reach(links, weights, starts);
export const result = once();
