// Eigenvalues of Hermitian matrices: tridiagonalization by reflectors, then implicit QL.
// Sources: Golub and Van Loan, "Matrix Computations", chapter 8; Wilkinson and Reinsch, "Linear Algebra" (tql2).
import { isComplex } from "../../core/dtypes.ts";
import { shiftedQ } from "./factorizations.ts";
import { Mat, type Reflector, applyLeft, applyRight, columnOf, readMatrices, reflect, transposed, writeMatrices } from "./matrix.ts";
import { defineRoutine, fromFloat64 } from "./registry.ts";

/** A Hermitian matrix (its lower triangle) to tridiagonal form: A = Q T Qᴴ with a real T. Reflectors are left below the subdiagonal. */
function hetrd(a: Mat): { d: Float64Array; e: Float64Array; taus: Reflector[] } {
  const { n } = a,
    d = new Float64Array(n),
    e = new Float64Array(Math.max(n - 1, 0)),
    taus: Reflector[] = [];
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      a.re[i * n + j] = a.re[j * n + i]!;
      if (a.complex) a.im[i * n + j] = -a.im[j * n + i]!;
    }
  if (a.complex) for (let i = 0; i < n; i++) a.im[i * n + i] = 0;
  for (let k = 0; k < n - 1; k++) {
    const [vr, vi] = columnOf(a, k + 1, k),
      h = reflect(vr, vi);
    applyLeft(a, vr, vi, h.tauRe, -h.tauIm, k + 1, k + 1);
    applyRight(a, vr, vi, h.tauRe, h.tauIm, k + 1, k + 1);
    e[k] = h.beta;
    for (let i = k + 1; i < n; i++) {
      a.re[i * n + k] = i === k + 1 ? h.beta : vr[i - k - 1]!;
      if (vi) a.im[i * n + k] = i === k + 1 ? 0 : vi[i - k - 1]!;
    }
    taus.push(h);
  }
  for (let i = 0; i < n; i++) d[i] = a.re[i * n + i]!;
  return { d, e, taus };
}
/** Implicit QL on a real symmetric tridiagonal matrix; rows of `z` (eigenvectors to be) are rotated along. Ascending on return. */
function tridiagonalQl(d: Float64Array, e0: Float64Array, z: Mat | null): void {
  const n = d.length,
    e = new Float64Array(n);
  e.set(e0);
  for (let l = 0; l < n; l++)
    for (let iterations = 0; ; iterations++) {
      let m = l;
      for (; m < n - 1; m++) if (Math.abs(e[m]!) <= Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!)) * 0.5 || e[m] === 0) break;
      if (m === l) break;
      if (iterations > 80 || !Number.isFinite(d[l]!)) {
        d.fill(NaN);
        return;
      }
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!),
        r = Math.hypot(g, 1),
        s = 1,
        c = 1,
        p = 0;
      g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
      let i = m - 1;
      for (; i >= l; i--) {
        let f = s * e[i]!;
        const b = c * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        if (z)
          for (const part of z.complex ? [z.re, z.im] : [z.re])
            for (let k = 0, x = i * n, y = (i + 1) * n; k < n; k++, x++, y++) {
              f = part[y]!;
              part[y] = s * part[x]! + c * f;
              part[x] = c * part[x]! - s * f;
            }
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
  const order = Array.from(d, (_v, i) => i).sort((i, j) => d[i]! - d[j]!),
    sorted = order.map((i) => d[i]!);
  d.set(sorted);
  if (!z) return;
  const before = z.copy();
  order.forEach((from, to) => {
    z.re.set(before.re.subarray(from * n, (from + 1) * n), to * n);
    if (z.complex) z.im.set(before.im.subarray(from * n, (from + 1) * n), to * n);
  });
}
/** Eigenvalues, ascending, and eigenvectors as columns. Uses one triangle. */
export function eigh(a: Mat, lower: boolean): { w: Float64Array; v: Mat } {
  const work = lower ? a.copy() : a.adjoint(),
    { d, e, taus } = hetrd(work),
    q = shiftedQ(work, taus),
    rows = transposed(q);
  tridiagonalQl(d, e, rows);
  return { w: d, v: transposed(rows) };
}
defineRoutine("eigh", ({ ins, outs, params }) => {
  const found = readMatrices(ins[0]!).map((a) => eigh(a, params.lower as boolean)),
    range = params.subsetByIndex as readonly [number, number] | null;
  writeMatrices(
    outs[0]!,
    found.map((f) => (range ? f.v.columns(range[0], range[1]) : f.v)),
  );
  fromFloat64(
    outs[1]!,
    found.flatMap((f) => Array.from(range ? f.w.subarray(range[0], range[1]) : f.w)),
  );
});
/** Rows and columns in reverse order: what LAPACK does with the upper triangle is this with the lower one. */
function reversed(a: Mat): Mat {
  const { n } = a,
    b = new Mat(n, n, a.complex);
  for (let i = 0; i < n * n; i++) {
    b.re[n * n - 1 - i] = a.re[i]!;
    if (a.complex) b.im[n * n - 1 - i] = a.im[i]!;
  }
  return b;
}
defineRoutine("tridiagonal", ({ ins, outs, params }) => {
  const upper = params.lower === false,
    originals = readMatrices(ins[0]!).map((a) => (upper ? reversed(a) : a)),
    complex = isComplex(ins[0]!.type.dtype),
    turn = <T>(xs: readonly T[]): T[] => (upper ? [...xs].reverse() : [...xs]);
  const found = originals.map((a) => {
    const work = a.copy(),
      f = hetrd(work),
      { n } = a;
    // The other triangle is left as it was.
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) {
        work.re[i * n + j] = a.re[i * n + j]!;
        if (complex) work.im[i * n + j] = a.im[i * n + j]!;
      }
    return { ...f, packed: upper ? reversed(work) : work };
  });
  writeMatrices(
    outs[0]!,
    found.map((f) => f.packed),
  );
  fromFloat64(
    outs[1]!,
    found.flatMap((f) => turn(Array.from(f.d))),
  );
  fromFloat64(
    outs[2]!,
    found.flatMap((f) => turn(Array.from(f.e))),
  );
  fromFloat64(
    outs[3]!,
    found.flatMap((f) => turn(f.taus).flatMap((t) => (complex ? [t.tauRe, t.tauIm] : [t.tauRe]))),
  );
});
