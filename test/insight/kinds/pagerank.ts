// PageRank over a list of links: rank flows along the links by products with one-hot rows.
import { jit, lax, nn, numpy as np, random, type Value } from "jitlens";

const PAGES = 400;
const rank = jit(function rank(from: Value, to: Value, start: Value): Value {
  const source = nn.oneHot(from, PAGES);
  const target = nn.oneHot(to, PAGES);
  const degree = np.maximum(source.sum({ axis: 0 }), 1);
  const turn = (_k: Value, r: Value): Value => {
    const carried = source.matmul(r.div(degree));
    const received = target.T.matmul(carried);
    return received.mul(0.85).add(0.15 / PAGES);
  };
  return lax.foriLoop(0, 20, turn, start) as Value;
});

const from = random.randint(random.key(2), [3000], 0, PAGES), to = random.randint(random.key(3), [3000], 0, PAGES);
export const once = (): Value => rank(from, to, np.full([PAGES], 1 / PAGES));
export const result = once();
console.log("first", result.get("0:3").tolist());
