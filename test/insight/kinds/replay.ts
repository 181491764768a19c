// A buffer of experience that is filled row by row: each call copies all of it to change one row.
import { jit, numpy as np, random, type Value } from "jitlens";

const remember = jit(function remember(buffer: Value, row: Value, at: Value): Value {
  return buffer.at(at).set(row);
});

const rows = random.normal(random.key(35), [50, 64]);
export function once(): Value {
  let buffer: Value = np.zeros([20000, 64]);
  for (let i = 0; i < 50; i++) buffer = remember(buffer, rows.get(i), np.array(i, { dtype: "int32" }));
  return buffer;
}
export const result = once();
console.log("sum", Number(result.sum()));
