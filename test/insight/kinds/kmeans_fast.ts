// The assignment step of k-means: distances by a product of matrices.
import { jit, numpy as np, random, type Value } from "jitlens";

const assign = jit(function assign(points: Value, centres: Value): Value {
  const distances = np.square(centres).sum({ axis: 1 }).sub(points.matmul(centres.T).mul(2));
  return distances.argmin({ axis: 1 });
});

const points = random.normal(random.key(28), [2000, 128]), centres = random.normal(random.key(29), [128, 128]);
export const once = (): Value => assign(points, centres);
export const result = once();
