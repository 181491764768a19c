// The nearest of many centres for each point, and how far it is.
import { jit, numpy as np, random, type Value } from "jitlens";

const assign = jit(function assign(points: Value, centres: Value): [Value, Value] {
  const lengths = np.square(centres).sum({ axis: 1 });
  const distances = lengths.sub(points.matmul(centres.T).mul(2));
  const order = np.argsort(distances, { axis: 1 });
  const nearest = order.get(":", 0);
  const least = distances.min({ axis: 1 });
  return [nearest, least.add(np.square(points).sum({ axis: 1 }))];
});

const points = random.normal(random.key(5), [64, 16]),
  centres = random.normal(random.key(6), [2048, 16]);
export const once = () => assign(points, centres);
export const result = once();
console.log("nearest", result[0].get("0:4").tolist());
