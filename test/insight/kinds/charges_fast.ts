// The electric field of charges at many places, coordinate by coordinate.
import { jit, numpy as np, random, type Value } from "jitlens";

const field = jit(function field(places: Value, charges: Value, strength: Value): Value {
  const r = [0, 1, 2].map((k) => places.get(":", k).get(":", null).sub(charges.get(":", k).get(null, ":")));
  const length = np.sqrt(r[0]!.mul(r[0]!).add(r[1]!.mul(r[1]!)).add(r[2]!.mul(r[2]!))).add(0.01);
  const weight = strength.div(length.mul(length).mul(length));
  return np.stack(r.map((x) => x.mul(weight).sum({ axis: 1 })), { axis: 1 });
});

const places = random.normal(random.key(30), [500, 3]), charges = random.normal(random.key(31), [400, 3]), strength = random.normal(random.key(32), [400]);
export const once = (): Value => field(places, charges, strength);
export const result = once();
