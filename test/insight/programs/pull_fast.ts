// How strongly marks on a map draw each other, for all pairs: each axis of the map by itself.
import { jit, numpy as np, random, type Value } from "jitlens";

const pull = jit(function pull(places: Value, weights: Value): Value {
  const gaps = [0, 1, 2].map((k) => places.get(":", k)).map((p) => p.get(":", null).sub(p.get(null, ":")));
  const near = gaps.map((g) => g.mul(g)).reduce((a, b) => a.add(b)).add(0.01);
  const force = weights.div(near.mul(near));
  return np.stack(gaps.map((g) => g.mul(force).sum({ axis: 1 })), { axis: 1 });
});

const places = random.uniform(random.key(51), [700, 3]), weights = random.uniform(random.key(52), [700]);
console.log("furthest", pull(places, weights).max().item());
