// scipy.interpolate: values on a grid, between its points.
import { ArgumentError, ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, promoteInexact } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";

/** Options of `RegularGridInterpolator`. */
export interface RegularGridInterpolatorOptions {
  readonly method?: "linear" | "nearest";
  /** Always false: whether points lie outside is not known under jit. */
  readonly boundsError?: boolean;
  /** The value outside the grid; null goes on along the outermost cells. NaN by default. */
  readonly fillValue?: ArrayLike | null;
}
/** Interpolates values on a grid of rising coordinates, one array an axis. The object is called with points, coordinates on the last axis. */
export interface RegularGridInterpolator {
  (xi: ArrayLike | readonly ArrayLike[], method?: "linear" | "nearest"): Value;
}
const METHODS = ["linear", "nearest"];
interface Cell {
  readonly index: Value;
  /** How far into the cell, 0 to 1 inside the grid. */
  readonly part: Value;
}
/** Makes an interpolator: `RegularGridInterpolator([xs, ys], values)(points)`.
 * @example scipy.interpolate.RegularGridInterpolator([[0, 1, 2]], np.array([0, 10, 0]))([[0.5]]) // [5] */
export function RegularGridInterpolator(
  points: readonly ArrayLike[],
  values: ArrayLike,
  options: RegularGridInterpolatorOptions = {},
): RegularGridInterpolator {
  const what = "RegularGridInterpolator";
  const { method = "linear", boundsError = false, fillValue = NaN } = options;
  const known = (m: string): void => {
    if (!METHODS.includes(m)) throw new ArgumentError(`${what}: method is ${JSON.stringify(m)}, expected "linear" or "nearest"`);
  };
  known(method);
  if (boundsError) throw new ArgumentError(`${what}: boundsError has no meaning under jit. Instead: look for NaN in the result`);
  const [table] = promoteInexact(what, [asArray(values, what, "values")]) as [Value];
  const grid = points.map((p, i) => promoteInexact(what, [asArray(p, what, `axis ${i}`)])[0]!);
  if (grid.length > table.ndim) throw new ShapeError(`${what}: ${grid.length} axes of points are more than the ${table.ndim} of the values`);
  grid.forEach((g, i) => {
    if (g.ndim !== 1 || g.size !== table.shape[i]) throw new ShapeError(`${what}: axis ${i} has ${table.shape[i]} values and ${g.size} points`);
  });
  const cellOf = (x: Value, g: Value): Cell => {
    const index = np.clip(np.searchsorted(g, x).sub(1), 0, g.size - 2);
    const left = np.take(g, index);
    return { index, part: x.sub(left).div(np.take(g, index.add(1)).sub(left)) };
  };
  const at = (indices: readonly Value[]): Value => table.get(...indices);
  const trailing = Array.from({ length: table.ndim - grid.length }, () => 1);
  const nearest = (cells: readonly Cell[]): Value => at(cells.map(({ index, part }) => np.where(part.le(0.5), index, index.add(1))));
  const linear = (cells: readonly Cell[]): Value => {
    const corners = Array.from({ length: 2 ** cells.length }, (_x, corner) => {
      const upper = cells.map((_c, axis) => (corner >> axis) & 1);
      const weight = cells.map(({ part }, axis) => (upper[axis] ? part : np.subtract(1, part))).reduce((a, b) => a.mul(b));
      return at(cells.map(({ index }, axis) => index.add(upper[axis]!))).mul(np.reshape(weight, [-1, ...trailing]));
    });
    return corners.reduce((a, b) => a.add(b));
  };
  return (xi, as = method) => {
    known(as);
    const given =
      Array.isArray(xi) && xi.length === grid.length && xi.every((x) => typeof x === "object")
        ? np.stack(np.broadcastArrays(...(xi as ArrayLike[])), { axis: -1 })
        : asArray(xi, what, "the points");
    const all = given.ndim === 1 ? np.reshape(given, grid.length === 1 ? [-1, 1] : [1, -1]) : given;
    if (all.shape.at(-1) !== grid.length) throw new ShapeError(`${what}: points have ${all.shape.at(-1)} coordinates, the grid has ${grid.length}`);
    const flat = np.reshape(all, [-1, grid.length]);
    const coordinates = grid.map((_g, i) => flat.get(":", i));
    const cells = grid.map((g, i) => cellOf(coordinates[i]!, g));
    let out = as === "linear" ? linear(cells) : nearest(cells);
    if (fillValue !== null) {
      const outside = grid.map((g, i) => coordinates[i]!.lt(g.get(0)).or(coordinates[i]!.gt(g.get(-1)))).reduce((a, b) => a.or(b));
      out = np.where(np.reshape(outside, [-1, ...trailing]), fillValue, out);
    }
    return np.reshape(out, [...all.shape.slice(0, -1), ...table.shape.slice(grid.length)]);
  };
}
