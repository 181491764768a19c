// A buffer of experience that is filled row by row, in place: the old one is given away.
import { jit, numpy as np, random, type Value } from "jitlens";

const remember = jit(function remember(buffer: Value, row: Value, at: Value): Value {
  return buffer.at(at).set(row);
}, { donateArgnums: [0] });

const rows = random.normal(random.key(35), [50, 64]);
export function once(): Value {
  let buffer: Value = np.zeros([20000, 64]);
  for (let i = 0; i < 50; i++) buffer = remember(buffer, rows.get(i), np.array(i, { dtype: "int32" }));
  return buffer;
}
export const result = once();
