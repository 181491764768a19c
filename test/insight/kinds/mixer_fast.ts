// A mixing desk in float32.
import { jit, numpy as np, random, type Value } from "jitlens";

const mix = jit(function mix(tracks: Value, gains: Value): Value {
  const loud = tracks.mul(gains.get(":", null));
  const driven = loud.mul(1.5).sub(loud.mul(loud).mul(loud).mul(0.5));
  const limited = driven.div(np.abs(driven).add(1));
  return limited.sum({ axis: 0 });
});

const tracks = random.uniform(random.key(56), [16, 40000], { minval: -1, maxval: 1 }), gains = random.uniform(random.key(57), [16]);
export const once = (): Value => mix(tracks, gains);
export const result = once();
