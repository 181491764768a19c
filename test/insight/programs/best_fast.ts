// How far the best of many candidates stands above the average, for each query: by a maximum.
import { jit, random, type Value } from "jitlens";

const lead = jit(function lead(queries: Value, items: Value): Value {
  const scores = queries.matmul(items.T);
  return scores.max({ axis: 1 }).sub(scores.mean({ axis: 1 }));
});

const queries = random.normal(random.key(12), [32, 32]),
  items = random.normal(random.key(13), [4096, 32]);
export const once = () => lead(queries, items);
export const result = once();
console.log("size", result.size);
