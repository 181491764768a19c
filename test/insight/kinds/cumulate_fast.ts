// Discounted payments: what each account has received up to each month, by a running sum.
import { jit, numpy as np, random, type Value } from "jitlens";

const received = jit(function received(payments: Value, rate: Value): Value {
  const months = payments.shape[0]!;
  const discounted = payments.mul(np.exp(np.arange(months).mul(rate).neg()).get(":", null));
  return np.cumsum(discounted, { axis: 0 });
});

const payments = random.uniform(random.key(20), [600, 64]);
export const once = (): Value => received(payments, np.array(0.01));
export const result = once();
