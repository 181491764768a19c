// Sentences as the mean of their words' vectors; a word's vector is picked by comparing its number with all numbers.
import { jit, numpy as np, random, type Value } from "jitlens";

const embed = jit(function embed(words: Value, table: Value): Value {
  const [vocabulary] = table.shape as [number];
  const picked = words.get(":", ":", null).eq(np.arange(vocabulary)).astype("float32");
  const vectors = picked.matmul(table);
  return np.tanh(vectors.mean({ axis: 1 }));
});

const words = random.randint(random.key(66), [64, 24], 0, 2000), table = random.normal(random.key(67), [2000, 64]);
export const once = (): Value => embed(words, table);
export const result = once();
console.log("first", result.get(0, "0:3").tolist());
