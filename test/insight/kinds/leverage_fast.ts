// Leverage of each observation: the diagonal alone.
import { jit, numpy as np, random, type Value } from "jitlens";

const leverage = jit(function leverage(design: Value, inverse: Value): Value {
  return design.matmul(inverse).mul(design).sum({ axis: 1 });
});

const design = random.normal(random.key(42), [900, 24]);
const inverse = np.linalg.inv(design.T.matmul(design));
export const once = (): Value => leverage(design, inverse);
export const result = once();
