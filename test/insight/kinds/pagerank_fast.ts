// PageRank over a list of links: rank is taken by index and added by index.
import { jit, lax, numpy as np, ops, random, type Value } from "jitlens";

const PAGES = 400;
const rank = jit(function rank(from: Value, to: Value, start: Value): Value {
  const degree = np.maximum(ops.segmentSum(np.ones([from.shape[0]!]), from, PAGES), 1);
  const turn = (_k: Value, r: Value): Value => {
    const carried = np.take(r.div(degree), from);
    const received = ops.segmentSum(carried, to, PAGES);
    return received.mul(0.85).add(0.15 / PAGES);
  };
  return lax.foriLoop(0, 20, turn, start) as Value;
});

const from = random.randint(random.key(2), [3000], 0, PAGES), to = random.randint(random.key(3), [3000], 0, PAGES);
export const once = (): Value => rank(from, to, np.full([PAGES], 1 / PAGES));
export const result = once();
