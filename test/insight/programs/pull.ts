// How strongly marks on a map draw each other, for all pairs.
import { jit, numpy as np, random, type Value } from "jitlens";

const pull = jit(function pull(places: Value, weights: Value): Value {
  const gap = places.get(":", null, ":").sub(places.get(null, ":", ":"));
  const near = np.sum(gap.mul(gap), { axis: -1 }).add(0.01);
  const force = weights.div(near.mul(near));
  return gap.mul(force.get(":", ":", null)).sum({ axis: 1 });
});

const places = random.uniform(random.key(51), [700, 3]), weights = random.uniform(random.key(52), [700]);
console.log("furthest", pull(places, weights).max().item());
