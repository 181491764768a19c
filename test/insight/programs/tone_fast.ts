// Contrast and saturation of a picture, in single precision.
import { jit, numpy as np, random, type Value } from "jitlens";

const grade = jit(function grade(picture: Value, contrast: Value): Value {
  const x = picture.mul(contrast);
  const curve = x.mul(x).mul(np.subtract(3, x.mul(2)));
  const lifted = curve.div(curve.add(0.25)).add(curve.mul(0.1));
  return np.clip(lifted, 0, 1);
});

const picture = random.uniform(random.key(7), [480, 640]),
  contrast = np.array(0.9);
export const once = () => grade(picture, contrast);
export const result = once();
console.log("size", result.size);
