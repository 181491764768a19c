// The assignment step of k-means: all differences of points and centres.
import { jit, numpy as np, random, type Value } from "jitlens";

const assign = jit(function assign(points: Value, centres: Value): Value {
  const differences = points.get(":", null, ":").sub(centres.get(null, ":", ":"));
  const distances = np.square(differences).sum({ axis: -1 });
  return distances.argmin({ axis: 1 });
});

const points = random.normal(random.key(28), [2000, 128]), centres = random.normal(random.key(29), [128, 128]);
export const once = (): Value => assign(points, centres);
export const result = once();
console.log("first", result.get("0:5").tolist());
