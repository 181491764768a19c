// What is left of each account at the end of the year: the balance after every day is added up, and the last one read.
import { jit, numpy as np, random, type Value } from "jitlens";

const balance = jit(function balance(payments: Value, rate: Value): Value {
  const interest = np.exp(np.arange(365).mul(rate)).get(null, "::-1");
  const running = np.cumsum(payments.mul(interest), { axis: 1 });
  return running.get(":", -1);
});

const payments = random.normal(random.key(75), [2000, 365]);
export const once = (): Value => balance(payments, np.array(1e-4));
export const result = once();
console.log("first", result.get("0:3").tolist());
