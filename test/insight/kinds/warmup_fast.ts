// A filter that is only wanted after a warm-up, behind a branch.
import { jit, lax, numpy as np, random, type Value } from "jitlens";

const enhance = jit(function enhance(picture: Value, step: Value): Value {
  const filtered = (p: Value): Value => {
    const detail = np.log1p(np.exp(np.sin(p.mul(7)).mul(3)));
    const smooth = detail.add(np.roll(detail, 1, 0)).add(np.roll(detail, 1, 1)).div(3);
    return np.tanh(smooth);
  };
  return lax.cond(step.gt(100), filtered, (p: Value) => p.mul(0.5), picture) as Value;
});

const picture = random.uniform(random.key(25), [400, 400]);
export const once = (): Value => enhance(picture, np.array(3));
export const result = once();
