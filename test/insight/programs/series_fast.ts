// A series in polynomials that each follow from the two before: two of them a turn.
import { jit, lax, numpy as np, random, type Value } from "jitlens";

const series = jit(function series(x: Value, weights: Value): Value {
  const turns = (k: Value, [a, b, sum]: [Value, Value, Value]): [Value, Value, Value] => {
    const c = x.mul(b).sub(a.mul(0.5)), d = x.mul(c).sub(b.mul(0.5)), i = k.mul(2);
    return [c, d, sum.add(c.mul(np.take(weights, i))).add(d.mul(np.take(weights, i.add(1))))];
  };
  return (lax.foriLoop(0, 20, turns, [np.onesLike(x), x, x]) as [Value, Value, Value])[2];
});

const x = random.uniform(random.key(53), [600, 600], { minval: -1, maxval: 1 }), weights = np.reciprocal(np.arange(40).add(1));
console.log("mean", series(x, weights).mean().item());
