// Discounted payments: what each account has received up to each month, by a lower triangle of ones.
import { jit, numpy as np, random, type Value } from "jitlens";

const received = jit(function received(payments: Value, rate: Value): Value {
  const months = payments.shape[0]!;
  const discounted = payments.mul(np.exp(np.arange(months).mul(rate).neg()).get(":", null));
  const upTo = np.tril(np.ones([months, months]));
  return upTo.matmul(discounted);
});

const payments = random.uniform(random.key(20), [600, 64]);
export const once = (): Value => received(payments, np.array(0.01));
export const result = once();
console.log("last", result.get(-1, "0:3").tolist());
