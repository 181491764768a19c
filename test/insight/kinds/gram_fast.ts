// One step of gradient descent on least squares by two products with vectors.
import { jit, random, type Value } from "jitlens";

const descend = jit(function descend(design: Value, targets: Value, weights: Value): Value {
  const slope = design.T.matmul(design.matmul(weights)).sub(design.T.matmul(targets));
  return weights.sub(slope.mul(0.001));
});

const design = random.normal(random.key(21), [600, 300]), targets = random.normal(random.key(22), [600]), weights = random.normal(random.key(23), [300]);
export const once = (): Value => descend(design, targets, weights);
export const result = once();
