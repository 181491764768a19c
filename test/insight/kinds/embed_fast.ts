// Sentences as the mean of their words' vectors; a word's vector is taken by its number.
import { jit, numpy as np, random, type Value } from "jitlens";

const embed = jit(function embed(words: Value, table: Value): Value {
  const vectors = np.take(table, words, { axis: 0 });
  return np.tanh(vectors.mean({ axis: 1 }));
});

const words = random.randint(random.key(66), [64, 24], 0, 2000), table = random.normal(random.key(67), [2000, 64]);
export const once = (): Value => embed(words, table);
export const result = once();
console.log("first", result.get(0, "0:3").tolist());
