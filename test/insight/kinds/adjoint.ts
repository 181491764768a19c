// How the end of a simulated flow depends on its beginning: the gradient through two hundred steps.
import { grad, jit, lax, numpy as np, random, type Value } from "jitlens";

const simulate = (u: Value): Value => {
  const step = (v: Value, _t: Value): [Value, null] => {
    const flux = np.tanh(v.mul(v)).add(np.sin(v));
    return [v.add(np.roll(flux, 1).sub(flux).mul(0.1)), null];
  };
  return (lax.scan(step, u, np.arange(200)) as [Value, null])[0];
};
const influence = jit(function influence(u: Value): Value {
  return grad((v: Value) => np.square(simulate(v)).sum())(u) as Value;
});

const u = random.normal(random.key(33), [20000]);
export const once = (): Value => influence(u);
export const result = once();
console.log("norm", Number(np.linalg.norm(result)));
