// scipy.special: associated Legendre functions and spherical harmonics, by recurrences in the degree (Abramowitz and Stegun 8.5.3; with the
// Condon–Shortley phase).
import { isFloat } from "../core/dtypes.ts";
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { complex } from "../lax/index.ts";
import { type ArrayLike, asArray, sizeArgument } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";

/** Pₗᵐ(x) for m, l = 0 … most; where l < m there is nothing. */
function table(most: number, x: Value, normalized: boolean): (Value | null)[][] {
  const root = np.sqrt(np.subtract(1, x.mul(x)));
  const rows: (Value | null)[][] = Array.from({ length: most + 1 }, () => Array.from({ length: most + 1 }, () => null));
  let diagonal: Value = np.fullLike(x, normalized ? 0.5 / Math.sqrt(Math.PI) : 1);
  for (let m = 0; m <= most; m++) {
    const row = rows[m]!;
    if (m > 0) diagonal = diagonal.mul(root).mul(normalized ? -Math.sqrt(1 + 0.5 / m) : 1 - 2 * m);
    row[m] = diagonal;
    if (m < most) row[m + 1] = diagonal.mul(x).mul(normalized ? Math.sqrt(2 * m + 3) : 2 * m + 1);
    for (let l = m + 2; l <= most; l++) {
      const [a, b] = normalized
        ? [Math.sqrt((4 * l * l - 1) / (l * l - m * m)), Math.sqrt(((2 * l + 1) * ((l - 1) ** 2 - m * m)) / ((2 * l - 3) * (l * l - m * m)))]
        : [(2 * l - 1) / (l - m), (l + m - 1) / (l - m)];
      row[l] = row[l - 1]!.mul(x)
        .mul(a)
        .sub(row[l - 2]!.mul(b));
    }
  }
  return rows;
}
const stacked = (rows: readonly (readonly (Value | null)[])[], x: Value): Value =>
  np.stack(rows.map((row) => np.stack(row.map((v) => v ?? np.zerosLike(x)))));
function argumentsOf(fn: string, m: number, n: number, z: ArrayLike): { most: number; x: Value } {
  const [order, most] = [sizeArgument(`scipy.special.${fn}`, "m", m), sizeArgument(`scipy.special.${fn}`, "n", n)];
  if (order !== most) throw new ArgumentError(`scipy.special.${fn}: m and n are equal, got ${order} and ${most}`);
  const x = asArray(z, `scipy.special.${fn}`, "z");
  if (!isFloat(x.dtype)) throw new DTypeError(`scipy.special.${fn}: z is ${x.dtype}, expected floating point numbers`);
  if (x.ndim !== 1) throw new ShapeError(`scipy.special.${fn}: z is a vector, got ${x.aval}`);
  return { most, x };
}
/** Associated Legendre functions of degree and order up to n, and their derivatives: two arrays [order, degree, point].
 * @example scipy.special.lpmn(1, 1, np.array([0.5]))[0].shape // [2, 2, 1] */
export function lpmn(m: number, n: number, z: ArrayLike): [values: Value, derivatives: Value] {
  const { most, x } = argumentsOf("lpmn", m, n, z);
  const rows = table(most, x, false);
  // (x² − 1) P′ = l x Pₗᵐ − (l + m) Pₗ₋₁ᵐ
  const divisor = x.mul(x).sub(1);
  const slopes = rows.map((row, order) =>
    row.map((p, l) => {
      if (p === null || l === 0) return null;
      const below = l > order ? row[l - 1]! : np.zerosLike(x);
      return p
        .mul(x)
        .mul(l)
        .sub(below.mul(l + order))
        .div(divisor);
    }),
  );
  return [stacked(rows, x), stacked(slopes, x)];
}
/** Associated Legendre functions of degree and order up to n, [order, degree, point]; normalized as spherical harmonics are, or not.
 * @example scipy.special.lpmnValues(1, 1, np.array([0.5]), false).shape // [2, 2, 1] */
export function lpmnValues(m: number, n: number, z: ArrayLike, isNormalized: boolean): Value {
  const { most, x } = argumentsOf("lpmnValues", m, n, z);
  return stacked(table(most, x, isNormalized), x);
}
/** Options of `sphHarmY`. */
export interface SphHarmYOptions {
  /** The largest degree; needed under jit. */
  readonly nMax?: number | null;
}
/** Spherical harmonics of degree n and order m at the polar angle theta and the azimuth phi; all of one length.
 * @example scipy.special.sphHarmY(np.int32([1]), np.int32([0]), np.array([0.5]), np.array([0])) // [0.4288+0i] */
export function sphHarmY(n: ArrayLike, m: ArrayLike, theta: ArrayLike, phi: ArrayLike, options: SphHarmYOptions = {}): Value {
  const what = "scipy.special.sphHarmY";
  const flat = (x: ArrayLike, name: string): Value => np.atleast1d(asArray(x, what, name)) as Value;
  const [degree, order, polar, azimuth] = [flat(n, "n"), flat(m, "m"), flat(theta, "theta"), flat(phi, "phi")];
  const most = options.nMax ?? Number(np.max(degree).item());
  const size = np.abs(order);
  const values = stacked(table(sizeArgument(what, "nMax", most), np.cos(polar), true), polar);
  const legendre = values.get(np.clip(size, 0, most), np.clip(degree, 0, most), np.arange(degree.size));
  const angle = size.astype(azimuth.dtype).mul(azimuth);
  const real = legendre.mul(np.cos(angle));
  const imaginary = legendre.mul(np.sin(angle));
  const sign = np.where(np.remainder(size, 2).eq(0), 1, -1).astype(real.dtype);
  const negative = order.lt(0);
  return complex(np.where(negative, sign.mul(real), real), np.where(negative, np.negative(sign.mul(imaginary)), imaginary));
}
