// Householder's reflections: a matrix made triangular by them, and the orthogonal factor made of them.
import { isComplex } from "../../core/dtypes.ts";
import { applyLeft, columnOf, Mat, readVectors, reflect, type Reflector } from "./matrix.ts";
import { fromFloat64, type Tensor } from "./registry.ts";

export const readTaus = (t: Tensor): { tauRe: number; tauIm: number }[][] =>
  readVectors(t).map((v) => Array.from(v.re, (r, i) => ({ tauRe: r, tauIm: v.imag(i) })));
/** Householder QR in place: R above, the reflectors' vectors below the diagonal. With pivoting the column of largest norm comes next. */

export function geqrf(a: Mat, pivoting = false): { taus: Reflector[]; order: number[] } {
  const { m, n } = a,
    k = Math.min(m, n),
    taus: Reflector[] = [],
    order = Array.from({ length: n }, (_x, i) => i);
  for (let j = 0; j < k; j++) {
    if (pivoting) {
      let best = j,
        size = -1;
      for (let c = j; c < n; c++) {
        let s = 0;
        for (let i = j; i < m; i++) s += a.re[i * n + c]! ** 2 + a.imag(i * n + c) ** 2;
        if (s > size * (1 + 1e-12)) {
          best = c;
          size = s;
        }
      }
      if (best !== j) {
        for (const part of a.complex ? [a.re, a.im] : [a.re])
          for (let i = 0; i < m; i++) {
            const t = part[i * n + j]!;
            part[i * n + j] = part[i * n + best]!;
            part[i * n + best] = t;
          }
        [order[j], order[best]] = [order[best]!, order[j]!];
      }
    }
    const [vr, vi] = columnOf(a, j, j),
      h = reflect(vr, vi);
    applyLeft(a, vr, vi, h.tauRe, -h.tauIm, j, j + 1);
    for (let i = j; i < m; i++) {
      a.re[i * n + j] = i === j ? h.beta : vr[i - j]!;
      if (vi) a.im[i * n + j] = i === j ? 0 : vi[i - j]!;
    }
    taus.push(h);
  }
  return { taus, order };
}
/** The first `columns` columns of H₁ H₂ … from packed reflectors. */
export function formQ(a: Mat, taus: readonly { tauRe: number; tauIm: number }[], columns: number): Mat {
  const q = new Mat(a.m, columns, a.complex);
  for (let i = 0; i < Math.min(a.m, columns); i++) q.re[i * columns + i] = 1;
  for (let j = taus.length - 1; j >= 0; j--) {
    const [vr, vi] = packed(a, j);
    applyLeft(q, vr, vi, taus[j]!.tauRe, taus[j]!.tauIm, j, 0);
  }
  return q;
}
export function packed(a: Mat, j: number): [Float64Array, Float64Array | null] {
  const [vr, vi] = columnOf(a, j, j);
  vr[0] = 1;
  if (vi) vi[0] = 0;
  return [vr, vi];
}
export function upper(a: Mat, rows: number): Mat {
  const r = new Mat(rows, a.n, a.complex);
  for (let i = 0; i < rows; i++)
    for (let j = i; j < a.n; j++) {
      r.re[i * a.n + j] = a.re[i * a.n + j]!;
      if (a.complex) r.im[i * a.n + j] = a.im[i * a.n + j]!;
    }
  return r;
}
export const writeTaus = (t: Tensor, list: readonly (readonly Reflector[])[]): void => {
  const complex = isComplex(t.type.dtype);
  fromFloat64(
    t,
    list.flatMap((l) => l.flatMap((h) => (complex ? [h.tauRe, h.tauIm] : [h.tauRe]))),
  );
};
