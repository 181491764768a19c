// Leverage of each observation: the diagonal of the hat matrix, which is formed whole.
import { jit, numpy as np, random, type Value } from "jitlens";

const leverage = jit(function leverage(design: Value, inverse: Value): Value {
  const hat = design.matmul(inverse).matmul(design.T);
  return np.diagonal(hat);
});

const design = random.normal(random.key(42), [900, 24]);
const inverse = np.linalg.inv(design.T.matmul(design));
export const once = (): Value => leverage(design, inverse);
export const result = once();
console.log("first", result.get("0:3").tolist());
