// Least squares by gradient descent until nothing moves: the normal matrix is multiplied out once.
import { jit, lax, numpy as np, random, type Value } from "jitlens";

const solve = jit(function solve(a: Value, b: Value): Value {
  const normal = a.T.matmul(a).div(a.shape[0]!), right = a.T.matmul(b).div(a.shape[0]!);
  const goes = ([, moved, k]: [Value, Value, Value]): Value => moved.gt(1e-9).and(k.lt(60));
  const turn = ([x, , k]: [Value, Value, Value]): [Value, Value, Value] => {
    const slope = normal.matmul(x).sub(right);
    const next = x.sub(slope.mul(0.3));
    return [next, np.abs(next.sub(x)).max(), k.add(1)];
  };
  return (lax.whileLoop(goes, turn, [np.zeros([96]), np.array(1), np.array(0)]) as [Value, Value, Value])[0];
});

const a = random.normal(random.key(69), [400, 96]), b = random.normal(random.key(70), [400]);
export const once = (): Value => solve(a, b);
export const result = once();
console.log("first", result.get("0:3").tolist());
