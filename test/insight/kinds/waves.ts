// A string that swings: a hundred and twenty small steps of time, one after the other.
import { jit, numpy as np, random, type Value } from "jitlens";

function advance(now: Value, before: Value): Value {
  const bend = np.roll(now, 1).add(np.roll(now, -1)).sub(now.mul(2));
  return now.mul(2).sub(before).add(bend.mul(0.2)).mul(0.999);
}
const vibrate = jit(function vibrate(shape: Value): Value {
  let before = shape, now = shape;
  for (let t = 0; t < 120; t++) [before, now] = [now, advance(now, before)];
  return now;
});

const shape = random.normal(random.key(34), [512]);
export const once = (): Value => vibrate(shape);
export const result = once();
console.log("first", result.get("0:3").tolist());
