// A bank of resonators: two outputs a turn.
import { jit, lax, numpy as np, random, type Value } from "jitlens";

const ring = jit(function ring(tone: Value, damping: Value): Value {
  const turn = (state: [Value, Value, Value], _k: Value): [[Value, Value, Value], null] => {
    const [older, old, energy] = state;
    const now = tone.mul(old).sub(damping.mul(older));
    const next = tone.mul(now).sub(damping.mul(old));
    return [[now, next, energy.add(now.mul(now)).add(next.mul(next))], null];
  };
  const [[, , energy]] = lax.scan(turn, [np.zerosLike(tone), np.onesLike(tone), np.zerosLike(tone)], np.arange(20)) as [[Value, Value, Value], null];
  return energy;
});

const tone = random.uniform(random.key(47), [300000], { minval: -1.5, maxval: 1.5 }), damping = random.uniform(random.key(48), [300000], { minval: 0.8, maxval: 0.95 });
export const once = (): Value => ring(tone, damping);
export const result = once();
