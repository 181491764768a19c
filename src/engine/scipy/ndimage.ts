// scipy.ndimage: reading an array between its elements.
import type { Value } from "../core/value.ts";
import { isInexact } from "../core/dtypes.ts";
import { type ArrayLike, asArray, castTo, options } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import type { MapCoordinatesOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

/** Brings positions outside of [0, n) back in. */
const FIX: Readonly<Record<string, (i: Value, n: number) => Value>> = {
  nearest: (i, n) => np.clip(i, 0, n - 1),
  "grid-wrap": (i, n) => np.remainder(i, n),
  wrap: (i, n) => np.remainder(i, n),
  mirror: (i, n) => (n === 1 ? np.zerosLike(i) : np.abs(np.remainder(i.add(n - 1), 2 * (n - 1)).sub(n - 1))),
  reflect: (i, n) =>
    np.floorDivide(
      np.abs(
        np
          .remainder(
            i
              .mul(2)
              .add(1)
              .add(2 * n - 1),
            4 * n,
          )
          .sub(2 * n - 1),
      ),
      2,
    ),
};
/** The array at real-valued coordinates, one array for each axis: nearest element (order 0) or linear interpolation (order 1).
 * @example scipy.ndimage.mapCoordinates([[0, 2], [4, 6]], [[0.5], [0.5]], 1) // [3] */
export function mapCoordinates(
  input: ArrayLike,
  coordinates: readonly ArrayLike[],
  order: number,
  ...rest: Tail<[mode: string, cval: ArrayLike], MapCoordinatesOptions>
): Value {
  const { mode = "constant", cval = 0 } = options<MapCoordinatesOptions>("mapCoordinates", ["mode", "cval"], rest),
    x = asArray(input, "mapCoordinates"),
    at = coordinates.map((c) => asArray(c, "mapCoordinates"));
  if (at.length !== x.ndim) throw new TypeError(`mapCoordinates: got ${at.length} coordinates for ${x.aval}; give one for each axis`);
  if (mode !== "constant" && !(mode in FIX))
    throw new TypeError(`mapCoordinates: the mode is "${mode}", expected constant, ${Object.keys(FIX).join(", ")}`);
  if (order !== 0 && order !== 1) throw new TypeError(`mapCoordinates: order is ${order}; orders 0 and 1 are there, as in JAX`);
  // Each axis gives one or two (position, inside, weight).
  const choices = at.map((c, k) => {
    const n = x.shape[k]!,
      point = (i: Value, weight: Value | null): { i: Value; ok: Value | null; weight: Value | null } => ({
        i: mode === "constant" ? np.clip(i, 0, n - 1) : FIX[mode]!(i, n),
        ok: mode === "constant" ? i.ge(0).and(i.lt(n)) : null,
        weight,
      });
    if (order === 0) return [point(np.astype(isInexact(c.dtype) ? np.floor(c.add(0.5)) : c, "int32"), null)];
    const low = np.floor(c),
      upper = c.sub(low),
      i = np.astype(low, "int32");
    return [point(i, np.subtract(1, upper)), point(i.add(1), upper)];
  });
  let total: Value | null = null;
  const walk = (k: number, picked: (typeof choices)[number]): void => {
    if (k < choices.length) {
      for (const p of choices[k]!) walk(k + 1, [...picked, p]);
      return;
    }
    const inside = picked.reduce<Value | null>((m, p) => (p.ok ? (m ? m.and(p.ok) : p.ok) : m), null),
      read = x.get(...picked.map((p) => p.i)),
      value = inside ? np.where(inside, read, castTo(asArray(cval), x.dtype)) : read,
      weighted = picked.reduce((v, p) => (p.weight ? np.multiply(v, p.weight) : v), value);
    total = total ? total.add(weighted) : weighted;
  };
  walk(0, []);
  const out = total as unknown as Value;
  return isInexact(x.dtype) ? castTo(out, x.dtype) : castTo(order === 0 ? out : np.round(out), x.dtype);
}
