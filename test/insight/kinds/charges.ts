// The electric field of charges at many places: differences [M, N, 3].
import { jit, numpy as np, random, type Value } from "jitlens";

const field = jit(function field(places: Value, charges: Value, strength: Value): Value {
  const r = places.get(":", null, ":").sub(charges.get(null, ":", ":"));
  const length = np.sqrt(np.sum(r.mul(r), { axis: 2, keepdims: true })).add(0.01);
  const pull = r.div(length.mul(length).mul(length));
  return pull.mul(strength.get(null, ":", null)).sum({ axis: 1 });
});

const places = random.normal(random.key(30), [500, 3]), charges = random.normal(random.key(31), [400, 3]), strength = random.normal(random.key(32), [400]);
export const once = (): Value => field(places, charges, strength);
export const result = once();
console.log("first", result.get(0).tolist());
