// A string that swings: the steps of time in a loop of the program.
import { jit, lax, numpy as np, random, type Value } from "jitlens";

function advance(now: Value, before: Value): Value {
  const bend = np.roll(now, 1).add(np.roll(now, -1)).sub(now.mul(2));
  return now.mul(2).sub(before).add(bend.mul(0.2)).mul(0.999);
}
const vibrate = jit(function vibrate(shape: Value): Value {
  const turn = (_t: Value, [before, now]: [Value, Value]): [Value, Value] => [now, advance(now, before)];
  return (lax.foriLoop(0, 120, turn, [shape, shape]) as [Value, Value])[1];
});

const shape = random.normal(random.key(34), [512]);
export const once = (): Value => vibrate(shape);
export const result = once();
