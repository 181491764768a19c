// Attention scores by multiplying everything with everything and adding up.
import { jit, nn, random, type Value } from "jitlens";

const attend = jit(function attend(q: Value, k: Value, v: Value): Value {
  const scores = q.get(":", null, ":").mul(k.get(null, ":", ":")).sum({ axis: -1 });
  return nn.softmax(scores.mul(0.125)).matmul(v);
});

const q = random.normal(random.key(39), [384, 64]), k = random.normal(random.key(40), [384, 64]), v = random.normal(random.key(41), [384, 64]);
export const once = (): Value => attend(q, k, v);
export const result = once();
console.log("first", result.get(0, "0:3").tolist());
