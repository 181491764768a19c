// Reaction and diffusion (Gray-Scott) on a torus: neighbours by rolling, which only reads at other places.
import { jit, numpy as np, random, type Value } from "jitlens";

function laplacian(a: Value): Value {
  return np
    .roll(a, 1, 0)
    .add(np.roll(a, -1, 0))
    .add(np.roll(a, 1, 1))
    .add(np.roll(a, -1, 1))
    .sub(a.mul(4));
}
const react = jit(function react(u: Value, v: Value): [Value, Value] {
  const uvv = u.mul(v).mul(v);
  const du = laplacian(u).mul(0.16).sub(uvv).add(np.subtract(1, u).mul(0.035));
  const dv = laplacian(v).mul(0.08).add(uvv).sub(v.mul(0.1));
  return [u.add(du), v.add(dv)];
});

const u = random.uniform(random.key(3), [512, 512]),
  v = random.uniform(random.key(4), [512, 512]).mul(0.5);
export const once = () => react(u, v);
export const result = once();
console.log("mean", Number(result[0].mean()));
