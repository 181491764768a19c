// One step of gradient descent on least squares with the normal equations formed each time.
import { jit, random, type Value } from "jitlens";

const descend = jit(function descend(design: Value, targets: Value, weights: Value): Value {
  const normal = design.T.matmul(design);
  const slope = normal.matmul(weights).sub(design.T.matmul(targets));
  return weights.sub(slope.mul(0.001));
});

const design = random.normal(random.key(21), [600, 300]), targets = random.normal(random.key(22), [600]), weights = random.normal(random.key(23), [300]);
export const once = (): Value => descend(design, targets, weights);
export const result = once();
console.log("first", result.get("0:3").tolist());
