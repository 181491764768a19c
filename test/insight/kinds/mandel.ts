// Escape times of the Mandelbrot set, computed in double precision though the picture is coarse.
import { config, jit, lax, numpy as np, type Value } from "jitlens";

config.update("enableX64", true);
const escape = jit(function escape(re: Value, im: Value): Value {
  const turn = (_k: Value, [x, y, n]: [Value, Value, Value]): [Value, Value, Value] => {
    const inside = x.mul(x).add(y.mul(y)).lt(4);
    const nx = x.mul(x).sub(y.mul(y)).add(re);
    const ny = x.mul(y).mul(2).add(im);
    return [np.where(inside, nx, x), np.where(inside, ny, y), n.add(inside.astype("float64"))];
  };
  const zero = np.zerosLike(re);
  return (lax.foriLoop(0, 40, turn, [zero, zero, zero]) as [Value, Value, Value])[2];
});

const side = np.linspace(-1.5, 1.5, 160, { dtype: "float64" });
const re = np.broadcastTo(side.sub(0.5).get(null, ":"), [160, 160]), im = np.broadcastTo(side.get(":", null), [160, 160]);
export const once = (): Value => escape(re, im);
export const result = once();
console.log("mean", Number(result.mean()));
