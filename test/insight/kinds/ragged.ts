// Scores of documents of all lengths: each length is a type of its own.
import { jit, numpy as np, random, type Value } from "jitlens";

const score = jit(function score(document: Value, query: Value): Value {
  const match = np.tanh(document.matmul(query));
  return np.exp(match).sum().div(document.shape[0]!);
});

const lengths = [31, 12, 45, 7, 22, 39, 18, 27, 50, 9, 34, 15, 41, 25, 48, 20], text = random.normal(random.key(71), [50, 32]), query = random.normal(random.key(72), [32]);
export const once = (): Value => {
  let all: Value = np.array(0);
  for (const length of lengths) all = all.add(score(text.get(`0:${length}`), query));
  return all;
};
export const result = once();
console.log("sum", Number(result));
