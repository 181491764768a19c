// Energy and pressure of a gas of Lennard-Jones particles on a line, from all pairs: the power by multiplications and a root.
import { jit, numpy as np, random, type Value } from "jitlens";

const gas = jit(function gas(x: Value, sigma: Value): [Value, Value] {
  const n = x.shape[0]!;
  const gap = np
    .abs(x.get(":", null).sub(x.get(null, ":")))
    .add(np.eye(n).mul(1e3))
    .add(0.3);
  const ratio = sigma.div(gap);
  const squared = np.square(ratio);
  const attraction = squared.mul(np.square(squared)).mul(np.sqrt(ratio));
  const repulsion = np.square(attraction);
  const energy = repulsion.sub(attraction).mul(4).sum();
  const pressure = repulsion.mul(2).sub(attraction).mul(24).sum({ axis: 1 });
  return [energy, pressure];
});

const x = np.cumsum(random.uniform(random.key(1), [700], { minval: 0.5, maxval: 1.5 })),
  sigma = np.array(1.1);
export const once = () => gas(x, sigma);
export const result = once();
console.log("energy", Number(result[0]));
