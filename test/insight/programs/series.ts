// A series in polynomials that each follow from the two before.
import { jit, lax, numpy as np, random, type Value } from "jitlens";

const series = jit(function series(x: Value, weights: Value): Value {
  const turn = (k: Value, [older, old, sum]: [Value, Value, Value]): [Value, Value, Value] => {
    const now = x.mul(old).sub(older.mul(0.5));
    return [old, now, sum.add(now.mul(np.take(weights, k)))];
  };
  return (lax.foriLoop(0, 40, turn, [np.onesLike(x), x, x]) as [Value, Value, Value])[2];
});

const x = random.uniform(random.key(53), [600, 600], { minval: -1, maxval: 1 }), weights = np.reciprocal(np.arange(40).add(1));
console.log("mean", series(x, weights).mean().item());
