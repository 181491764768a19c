// The next word of a text: scores of all words are computed at all places, and the last place is read.
import { jit, nn, numpy as np, random, type Value } from "jitlens";

const nextWord = jit(function nextWord(hidden: Value, inner: Value, outer: Value): Value {
  const h = nn.gelu(hidden.matmul(inner));
  const scores = h.matmul(outer);
  const last = scores.get(-1);
  return np.exp(last.sub(last.max())).argmax();
});

const hidden = random.normal(random.key(51), [128, 64]), inner = random.normal(random.key(52), [64, 128]).mul(0.1), outer = random.normal(random.key(53), [128, 1000]);
export const once = (): Value => nextWord(hidden, inner, outer);
export const result = once();
console.log("word", Number(result));
