// Eigenvalues: Hermitian by tridiagonalization and implicit QL, general by Hessenberg reduction and shifted QR; singular values by one-sided
// Jacobi rotations. Sources: Golub and Van Loan, "Matrix Computations", chapters 7 and 8; Wilkinson and Reinsch, "Linear Algebra" (tql2, hqr2).
import { isComplex } from "../../../core/dtypes.ts";
import { Mat, type Reflector, applyLeft, applyRight, columnOf, readMatrices, reflect, writeMatrices } from "./matrix.ts";
import { formQ, gehrd } from "./factorizations.ts";
import { defineRoutine, fromFloat64 } from "./registry.ts";

/** A Hermitian matrix (its lower triangle) to tridiagonal form: A = Q T Qᴴ with a real T. Reflectors are left below the subdiagonal. */
function hetrd(a: Mat): { d: Float64Array; e: Float64Array; taus: Reflector[] } {
  const { n } = a, d = new Float64Array(n), e = new Float64Array(Math.max(n - 1, 0)), taus: Reflector[] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) { a.re[i * n + j] = a.re[j * n + i]!; if (a.complex) a.im[i * n + j] = -a.im[j * n + i]!; }
  if (a.complex) for (let i = 0; i < n; i++) a.im[i * n + i] = 0;
  for (let k = 0; k < n - 1; k++) {
    const [vr, vi] = columnOf(a, k + 1, k), h = reflect(vr, vi);
    applyLeft(a, vr, vi, h.tauRe, -h.tauIm, k + 1, k + 1);
    applyRight(a, vr, vi, h.tauRe, h.tauIm, k + 1, k + 1);
    e[k] = h.beta;
    for (let i = k + 1; i < n; i++) { a.re[i * n + k] = i === k + 1 ? h.beta : vr[i - k - 1]!; if (vi) a.im[i * n + k] = i === k + 1 ? 0 : vi[i - k - 1]!; }
    taus.push(h);
  }
  for (let i = 0; i < n; i++) d[i] = a.re[i * n + i]!;
  return { d, e, taus };
}
/** Q of hetrd or gehrd: the reflectors stand one row further down. */
function shiftedQ(a: Mat, taus: readonly Reflector[]): Mat {
  const { n } = a, q = Mat.identity(n, a.complex);
  if (n < 2) return q;
  const below = new Mat(n - 1, n - 1, a.complex);
  for (let i = 1; i < n; i++) for (let j = 0; j < n - 1; j++) { below.re[(i - 1) * (n - 1) + j] = a.re[i * n + j]!; if (a.complex) below.im[(i - 1) * (n - 1) + j] = a.im[i * n + j]!; }
  const inner = formQ(below, taus, n - 1);
  for (let i = 1; i < n; i++) for (let j = 1; j < n; j++) { q.re[i * n + j] = inner.re[(i - 1) * (n - 1) + j - 1]!; if (a.complex) q.im[i * n + j] = inner.im[(i - 1) * (n - 1) + j - 1]!; }
  return q;
}
/** Implicit QL on a real symmetric tridiagonal matrix; rows of `z` (eigenvectors to be) are rotated along. Ascending on return. */
function tridiagonalQl(d: Float64Array, e0: Float64Array, z: Mat | null): void {
  const n = d.length, e = new Float64Array(n);
  e.set(e0);
  for (let l = 0; l < n; l++) for (let iterations = 0; ; iterations++) {
    let m = l;
    for (; m < n - 1; m++) if (Math.abs(e[m]!) <= Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!)) * 0.5 || e[m] === 0) break;
    if (m === l) break;
    if (iterations > 80 || !Number.isFinite(d[l]!)) { d.fill(NaN); return; }
    let g = (d[l + 1]! - d[l]!) / (2 * e[l]!), r = Math.hypot(g, 1), s = 1, c = 1, p = 0;
    g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
    let i = m - 1;
    for (; i >= l; i--) {
      let f = s * e[i]!;
      const b = c * e[i]!;
      r = Math.hypot(f, g);
      e[i + 1] = r;
      if (r === 0) { d[i + 1]! -= p; e[m] = 0; break; }
      s = f / r;
      c = g / r;
      g = d[i + 1]! - p;
      r = (d[i]! - g) * s + 2 * c * b;
      p = s * r;
      d[i + 1] = g + p;
      g = c * r - b;
      if (z) for (const part of z.complex ? [z.re, z.im] : [z.re]) for (let k = 0, x = i * n, y = (i + 1) * n; k < n; k++, x++, y++) { f = part[y]!; part[y] = s * part[x]! + c * f; part[x] = c * part[x]! - s * f; }
    }
    if (r === 0 && i >= l) continue;
    d[l]! -= p;
    e[l] = g;
    e[m] = 0;
  }
  const order = Array.from(d, (_v, i) => i).sort((i, j) => d[i]! - d[j]!), sorted = order.map((i) => d[i]!);
  d.set(sorted);
  if (!z) return;
  const before = z.copy();
  order.forEach((from, to) => { z.re.set(before.re.subarray(from * n, (from + 1) * n), to * n); if (z.complex) z.im.set(before.im.subarray(from * n, (from + 1) * n), to * n); });
}
/** Eigenvalues, ascending, and eigenvectors as columns. Uses one triangle. */
export function eigh(a: Mat, lower: boolean): { w: Float64Array; v: Mat } {
  const work = lower ? a.copy() : a.adjoint(), { d, e, taus } = hetrd(work), q = shiftedQ(work, taus), rows = transposed(q);
  tridiagonalQl(d, e, rows);
  return { w: d, v: transposed(rows) };
}
function transposed(a: Mat): Mat { const b = a.adjoint(); if (a.complex) for (let i = 0; i < b.im.length; i++) b.im[i] = -b.im[i]!; return b; }
defineRoutine("eigh", ({ ins, outs, params }) => {
  const found = readMatrices(ins[0]!).map((a) => eigh(a, params.lower as boolean)), range = params.subsetByIndex as readonly [number, number] | null;
  writeMatrices(outs[0]!, found.map((f) => (range ? f.v.columns(range[0], range[1]) : f.v)));
  fromFloat64(outs[1]!, found.flatMap((f) => Array.from(range ? f.w.subarray(range[0], range[1]) : f.w)));
});
/** Rows and columns in reverse order: what LAPACK does with the upper triangle is this with the lower one. */
function reversed(a: Mat): Mat { const { n } = a, b = new Mat(n, n, a.complex); for (let i = 0; i < n * n; i++) { b.re[n * n - 1 - i] = a.re[i]!; if (a.complex) b.im[n * n - 1 - i] = a.im[i]!; } return b; }
defineRoutine("tridiagonal", ({ ins, outs, params }) => {
  const upper = params.lower === false, originals = readMatrices(ins[0]!).map((a) => (upper ? reversed(a) : a)), complex = isComplex(ins[0]!.type.dtype), turn = <T>(xs: readonly T[]): T[] => (upper ? [...xs].reverse() : [...xs]);
  const found = originals.map((a) => {
    const work = a.copy(), f = hetrd(work), { n } = a;
    // The other triangle is left as it was.
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) { work.re[i * n + j] = a.re[i * n + j]!; if (complex) work.im[i * n + j] = a.im[i * n + j]!; }
    return { ...f, packed: upper ? reversed(work) : work };
  });
  writeMatrices(outs[0]!, found.map((f) => f.packed));
  fromFloat64(outs[1]!, found.flatMap((f) => turn(Array.from(f.d))));
  fromFloat64(outs[2]!, found.flatMap((f) => turn(Array.from(f.e))));
  fromFloat64(outs[3]!, found.flatMap((f) => turn(f.taus).flatMap((t) => (complex ? [t.tauRe, t.tauIm] : [t.tauRe]))));
});

/** Thin singular value decomposition: A = U diag(s) Vᴴ, s descending; U and V have min(m, n) columns. */
function svd(a: Mat): { u: Mat; s: number[]; v: Mat } {
  if (a.m < a.n) { const { u, s, v } = svd(a.adjoint()); return { u: v, s, v: u }; }
  const { m, n, complex } = a, cols = transposed(a), vt = Mat.identity(n, complex); // row j: column j of A, and of V
  const scale = Math.max(1e-300, ...[cols.re, cols.im].map((p) => p.reduce((x, y) => Math.max(x, Math.abs(y)), 0)));
  if (!Number.isFinite(scale) || cols.re.some(Number.isNaN)) { const nan = new Mat(m, n, complex), w = new Mat(n, n, complex); nan.re.fill(NaN); w.re.fill(NaN); return { u: nan, s: Array<number>(n).fill(NaN), v: w }; }
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) {
      let alpha = 0, beta = 0, gr = 0, gi = 0;
      const x = p * m, y = q * m;
      for (let i = 0; i < m; i++) {
        const xr = cols.re[x + i]!, yr = cols.re[y + i]!;
        alpha += xr * xr; beta += yr * yr; gr += xr * yr;
        if (complex) { const xi = cols.im[x + i]!, yi = cols.im[y + i]!; alpha += xi * xi; beta += yi * yi; gr += xi * yi; gi += xr * yi - xi * yr; }
      }
      const g = Math.hypot(gr, gi);
      if (g <= 1e-15 * Math.sqrt(alpha * beta) || g < 1e-290) continue;
      rotated = true;
      // The phase makes the product real; then a real rotation makes it zero.
      const cr = gr / g, ci = gi / g, zeta = (beta - alpha) / (2 * g), t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta)), c = 1 / Math.sqrt(1 + t * t), s = c * t;
      for (const [w, len] of [[cols, m], [vt, n]] as const) rotatePair(w, p * len, q * len, len, c, s, cr, ci);
    }
    if (!rotated) break;
  }
  const norms = Array.from({ length: n }, (_x, j) => { let t = 0; for (let i = 0; i < m; i++) t += (cols.re[j * m + i]! / scale) ** 2 + (cols.imag(j * m + i) / scale) ** 2; return Math.sqrt(t) * scale; });
  const order = norms.map((_v, j) => j).sort((i, j) => norms[j]! - norms[i]!), u = new Mat(n, m, complex), v = new Mat(n, n, complex), tiny = (norms[order[0]!] ?? 0) * 1e-14;
  order.forEach((from, to) => {
    const s = norms[from]!;
    for (let i = 0; i < m; i++) { u.re[to * m + i] = s > tiny ? cols.re[from * m + i]! / s : 0; if (complex) u.im[to * m + i] = s > tiny ? cols.im[from * m + i]! / s : 0; }
    for (let i = 0; i < n; i++) { v.re[to * n + i] = vt.re[from * n + i]!; if (complex) v.im[to * n + i] = vt.im[from * n + i]!; }
  });
  const s = order.map((j) => norms[j]!);
  completeRows(u, s.filter((x) => x > tiny).length);
  return { u: transposed(u), s, v: transposed(v) };
}
function rotatePair(w: Mat, x: number, y: number, len: number, c: number, s: number, cr: number, ci: number): void {
  for (let i = 0; i < len; i++) {
    const xr = w.re[x + i]!, xi = w.imag(x + i), yr0 = w.re[y + i]!, yi0 = w.imag(y + i), yr = yr0 * cr + yi0 * ci, yi = yi0 * cr - yr0 * ci;
    w.re[x + i] = c * xr - s * yr;
    w.re[y + i] = s * xr + c * yr;
    if (w.complex) { w.im[x + i] = c * xi - s * yi; w.im[y + i] = s * xi + c * yi; }
  }
}
/** Fills the rows from `have` on so that all rows are orthonormal. */
function completeRows(u: Mat, have: number): void {
  const { m: rows, n } = u;
  for (let r = have, axis = 0; r < rows; axis++) {
    const vr = new Float64Array(n), vi = new Float64Array(n);
    vr[axis % n] = 1;
    for (let twice = 0; twice < 2; twice++) for (let k = 0; k < r; k++) {
      let dr = 0, di = 0;
      for (let i = 0; i < n; i++) { const a = u.re[k * n + i]!, b = u.imag(k * n + i); dr += a * vr[i]! + b * vi[i]!; di += a * vi[i]! - b * vr[i]!; }
      for (let i = 0; i < n; i++) { const a = u.re[k * n + i]!, b = u.imag(k * n + i); vr[i]! -= a * dr - b * di; vi[i]! -= a * di + b * dr; }
    }
    let norm = 0;
    for (let i = 0; i < n; i++) norm += vr[i]! ** 2 + vi[i]! ** 2;
    // At least one axis has this much outside of fewer than n directions.
    if (norm < 0.5 / n) continue;
    norm = Math.sqrt(norm);
    for (let i = 0; i < n; i++) { u.re[r * n + i] = vr[i]! / norm; if (u.complex) u.im[r * n + i] = vi[i]! / norm; }
    r++;
  }
}
function complete(u: Mat, to: number): Mat {
  const rows = new Mat(to, u.m, u.complex), t = transposed(u);
  rows.re.set(t.re);
  if (u.complex) rows.im.set(t.im);
  completeRows(rows, u.n);
  return transposed(rows);
}
defineRoutine("svd", ({ ins, outs, params }) => {
  const found = readMatrices(ins[0]!).map(svd), range = params.subsetByIndex as readonly [number, number] | null, [from, to] = range ?? [0, Infinity];
  fromFloat64(outs[0]!, found.flatMap((f) => f.s.slice(from, to)));
  if (!params.computeUv) return;
  const full = params.fullMatrices as boolean, keep = (a: Mat): Mat => (range ? a.columns(from, to) : a);
  writeMatrices(outs[1]!, found.map((f) => keep(full ? complete(f.u, f.u.m) : f.u)));
  writeMatrices(outs[2]!, found.map((f) => keep(full ? complete(f.v, f.v.m) : f.v).adjoint()));
});

/** Complex Schur form A = Z T Zᴴ by single-shift QR on the Hessenberg form. */
function complexSchur(a0: Mat): { t: Mat; z: Mat } {
  const h = a0.asComplex(), { n } = h, taus = gehrd(h), z = shiftedQ(h, taus);
  for (let i = 2; i < n; i++) for (let j = 0; j < i - 1; j++) { h.re[i * n + j] = 0; h.im[i * n + j] = 0; }
  const size = (i: number, j: number): number => Math.abs(h.re[i * n + j]!) + Math.abs(h.im[i * n + j]!);
  for (let hi = n - 1, iterations = 0; hi > 0;) {
    let lo = hi;
    for (; lo > 0; lo--) { const s = size(lo, lo) + size(lo - 1, lo - 1); if (size(lo, lo - 1) <= Number.EPSILON * (s || 1)) { h.re[lo * n + lo - 1] = 0; h.im[lo * n + lo - 1] = 0; break; } }
    if (lo === hi) { hi--; iterations = 0; continue; }
    if (++iterations > 120 || !Number.isFinite(size(hi, hi))) { h.re.fill(NaN); break; }
    const [sr, si] = iterations % 11 === 10 ? [size(hi, hi - 1) + h.re[hi * n + hi]!, h.im[hi * n + hi]!] : wilkinsonShift(h, hi);
    qrStep(h, z, lo, hi, sr, si);
  }
  return { t: h, z };
}
/** The eigenvalue of the last 2×2 block that is nearer to its last entry. */
function wilkinsonShift(h: Mat, k: number): [number, number] {
  const { n } = h, p = (k - 1) * n + k - 1, at = (i: number): [number, number] => [h.re[i]!, h.im[i]!], [ar, ai] = at(p), [br, bi] = at(p + 1), [cr, ci] = at(p + n), [dr, di] = at(p + n + 1);
  const hr = (ar - dr) / 2, hi = (ai - di) / 2, qr = hr * hr - hi * hi + br * cr - bi * ci, qi = 2 * hr * hi + br * ci + bi * cr, m = Math.hypot(qr, qi);
  let rr = Math.sqrt(Math.max(0, (m + qr) / 2)), ri = Math.sqrt(Math.max(0, (m - qr) / 2));
  if (qi < 0) ri = -ri;
  if (hr * rr + hi * ri > 0) { rr = -rr; ri = -ri; }
  return [dr + hr + rr, di + hi + ri];
}
/** One implicit QR step on rows and columns lo…hi by complex Givens rotations. */
function qrStep(h: Mat, z: Mat, lo: number, hi: number, sr: number, si: number): void {
  const { n } = h;
  let xr = h.re[lo * n + lo]! - sr, xi = h.im[lo * n + lo]! - si, yr = h.re[(lo + 1) * n + lo]!, yi = h.im[(lo + 1) * n + lo]!;
  for (let k = lo; k < hi; k++) {
    const ax = Math.hypot(xr, xi), norm = Math.hypot(ax, yr, yi);
    // G = [[c, s], [−s̄, c]] with c real takes (x, y) to (r, 0)
    let c = 1, gr = 0, gi = 0;
    if (norm > 0) {
      if (ax === 0) { c = 0; gr = yr / norm; gi = -yi / norm; } else { c = ax / norm; const ur = xr / ax, ui = xi / ax; gr = (ur * yr + ui * yi) / norm; gi = (ui * yr - ur * yi) / norm; }
    }
    const rows = (j: number): void => {
      const p = k * n + j, q = p + n, ar = h.re[p]!, ai = h.im[p]!, br = h.re[q]!, bi = h.im[q]!;
      h.re[p] = c * ar + gr * br - gi * bi; h.im[p] = c * ai + gr * bi + gi * br;
      h.re[q] = c * br - (gr * ar + gi * ai); h.im[q] = c * bi - (gr * ai - gi * ar);
    };
    for (let j = Math.max(k - 1, 0); j < n; j++) rows(j);
    const columns = (w: Mat, to: number): void => {
      for (let i = 0; i < to; i++) {
        const p = i * n + k, q = p + 1, ar = w.re[p]!, ai = w.im[p]!, br = w.re[q]!, bi = w.im[q]!;
        w.re[p] = c * ar + gr * br + gi * bi; w.im[p] = c * ai + gr * bi - gi * br;
        w.re[q] = c * br - (gr * ar - gi * ai); w.im[q] = c * bi - (gr * ai + gi * ar);
      }
    };
    columns(h, Math.min(hi, k + 2) + 1);
    columns(z, n);
    if (k > lo) { h.re[(k + 1) * n + k - 1] = 0; h.im[(k + 1) * n + k - 1] = 0; }
    if (k < hi - 1) { xr = h.re[(k + 1) * n + k]!; xi = h.im[(k + 1) * n + k]!; yr = h.re[(k + 2) * n + k]!; yi = h.im[(k + 2) * n + k]!; }
  }
}
/** Eigenvectors of an upper triangular matrix as columns, by substitution; `left` gives those of its adjoint. */
function triangularVectors(t: Mat, left: boolean): Mat {
  const { n } = t, x = new Mat(n, n, true), smallest = Number.EPSILON * Math.max(1e-300, t.re.reduce((m, v) => Math.max(m, Math.abs(v)), 0));
  for (let k = 0; k < n; k++) {
    const lr = t.re[k * n + k]!, li = t.im[k * n + k]!;
    x.re[k * n + k] = 1;
    const range = left ? Array.from({ length: n - k - 1 }, (_v, i) => k + 1 + i) : Array.from({ length: k }, (_v, i) => k - 1 - i);
    for (const i of range) {
      let sr = 0, si = 0;
      for (let j = left ? k : i + 1; j < (left ? i : k + 1); j++) {
        const p = left ? j * n + i : i * n + j, ar = t.re[p]!, ai = left ? -t.im[p]! : t.im[p]!, br = x.re[j * n + k]!, bi = x.im[j * n + k]!;
        sr += ar * br - ai * bi; si += ar * bi + ai * br;
      }
      let dr = lr - t.re[i * n + i]!, di = left ? -(li - t.im[i * n + i]!) : li - t.im[i * n + i]!;
      if (Math.abs(dr) + Math.abs(di) < smallest) { dr = smallest; di = 0; }
      const d = dr * dr + di * di;
      x.re[i * n + k] = (sr * dr + si * di) / d;
      x.im[i * n + k] = (si * dr - sr * di) / d;
    }
  }
  return x;
}
/** Columns of length 1 whose largest component is real, as LAPACK's geev gives them. */
function normalizeColumns(v: Mat): Mat {
  const { n } = v;
  for (let j = 0; j < n; j++) {
    let norm = 0, best = 0, at = 0;
    for (let i = 0; i < n; i++) { const s = v.re[i * n + j]! ** 2 + v.im[i * n + j]! ** 2; norm += s; if (s > best) { best = s; at = i; } }
    const root = Math.sqrt(norm), a = Math.sqrt(best) || 1, cr = v.re[at * n + j]! / a, ci = -v.im[at * n + j]! / a;
    for (let i = 0; i < n; i++) { const r = v.re[i * n + j]!, m = v.im[i * n + j]!; v.re[i * n + j] = (r * cr - m * ci) / root; v.im[i * n + j] = (r * ci + m * cr) / root; }
  }
  return v;
}
defineRoutine("eig", ({ ins, outs, params }) => {
  const found = readMatrices(ins[0]!).map(complexSchur);
  let o = 0;
  fromFloat64(outs[o++]!, found.flatMap(({ t }) => Array.from({ length: t.n }, (_x, i) => [t.re[i * t.n + i]!, t.im[i * t.n + i]!]).flat()));
  if (params.computeLeftEigenvectors) writeMatrices(outs[o++]!, found.map(({ t, z }) => normalizeColumns(z.multiply(triangularVectors(t, true)))));
  if (params.computeRightEigenvectors) writeMatrices(outs[o]!, found.map(({ t, z }) => normalizeColumns(z.multiply(triangularVectors(t, false)))));
});

/** Real Schur form by double-shift QR: quasi-triangular, with 2×2 blocks for complex pairs. */
function realSchur(a: Mat): { t: Mat; z: Mat } {
  const h = a.copy(), { n } = h, taus = gehrd(h), z = shiftedQ(h, taus), H = h.re, Z = z.re;
  for (let i = 2; i < n; i++) for (let j = 0; j < i - 1; j++) H[i * n + j] = 0;
  const norm = H.reduce((s, v) => s + Math.abs(v), 0) || 1;
  /** Applies I − v·(scaled v)ᵀ, three (or two) long, from both sides. */
  const bulge = (k: number, len: number, x: number, y: number, w: number, from: number, to: number): void => {
    const v = new Float64Array(len);
    v[0] = x; v[1] = y; if (len > 2) v[2] = w;
    const r = reflect(v, null);
    if (r.tauRe === 0) return;
    applyLeftRows(H, n, v, r.tauRe, k, from);
    applyRightColumns(H, n, v, r.tauRe, k, to + 1);
    applyRightColumns(Z, n, v, r.tauRe, k, n);
  };
  let hi = n - 1, iterations = 0;
  while (hi > 0) {
    let lo = hi;
    for (; lo > 0; lo--) { const s = Math.abs(H[(lo - 1) * n + lo - 1]!) + Math.abs(H[lo * n + lo]!) || norm; if (Math.abs(H[lo * n + lo - 1]!) < Number.EPSILON * s) { H[lo * n + lo - 1] = 0; break; } }
    if (lo === hi) { hi--; iterations = 0; continue; }
    if (lo === hi - 1) { splitBlock(H, Z, n, lo); hi -= 2; iterations = 0; continue; }
    if (++iterations > 200 || !Number.isFinite(H[hi * n + hi]!)) { H.fill(NaN); break; }
    // The double shift: trace and determinant of the last block; an exceptional one now and then.
    const exceptional = iterations % 11 === 10, e = Math.abs(H[hi * n + hi - 1]!) + Math.abs(H[(hi - 1) * n + hi - 2]!);
    const trace = exceptional ? 1.5 * e : H[(hi - 1) * n + hi - 1]! + H[hi * n + hi]!, det = exceptional ? e * e : H[(hi - 1) * n + hi - 1]! * H[hi * n + hi]! - H[(hi - 1) * n + hi]! * H[hi * n + hi - 1]!;
    const a00 = H[lo * n + lo]!, a01 = H[lo * n + lo + 1]!, a10 = H[(lo + 1) * n + lo]!, a11 = H[(lo + 1) * n + lo + 1]!;
    let x = a00 * a00 + a01 * a10 - trace * a00 + det, y = a10 * (a00 + a11 - trace), w = a10 * H[(lo + 2) * n + lo + 1]!;
    for (let k = lo; k < hi; k++) {
      const len = Math.min(3, hi - k + 1);
      bulge(k, len, x, y, w, Math.max(k - 1, lo), Math.min(hi, k + 3));
      if (k > lo) for (let i = k + 1; i < k + len; i++) H[i * n + k - 1] = 0;
      if (k < hi - 1) { x = H[(k + 1) * n + k]!; y = H[(k + 2) * n + k]!; w = k < hi - 2 ? H[(k + 3) * n + k]! : 0; }
    }
  }
  return { t: h, z };
}
function applyLeftRows(H: Float64Array, n: number, v: Float64Array, tau: number, row: number, from: number): void {
  for (let j = from; j < n; j++) { let s = 0; for (let i = 0; i < v.length; i++) s += v[i]! * H[(row + i) * n + j]!; s *= tau; for (let i = 0; i < v.length; i++) H[(row + i) * n + j]! -= s * v[i]!; }
}
function applyRightColumns(H: Float64Array, n: number, v: Float64Array, tau: number, column: number, rows: number): void {
  for (let i = 0; i < rows; i++) { let s = 0; for (let j = 0; j < v.length; j++) s += v[j]! * H[i * n + column + j]!; s *= tau; for (let j = 0; j < v.length; j++) H[i * n + column + j]! -= s * v[j]!; }
}
/** A 2×2 block with real eigenvalues becomes triangular by one rotation; one with a complex pair stays, its diagonal made equal. */
function splitBlock(H: Float64Array, Z: Float64Array, n: number, k: number): void {
  const a = H[k * n + k]!, b = H[k * n + k + 1]!, c = H[(k + 1) * n + k]!, d = H[(k + 1) * n + k + 1]!, p = (a - d) / 2, q = p * p + b * c;
  let cos = 1, sin = 0;
  if (q >= 0) { const root = p + (p >= 0 ? Math.sqrt(q) : -Math.sqrt(q)), h = Math.hypot(root, c); if (h === 0) return; cos = root / h; sin = c / h; } // eigenvector (root, c)
  else { const theta = 0.5 * Math.atan2(d - a, b + c); cos = Math.cos(theta); sin = Math.sin(theta); }
  for (let j = k; j < n; j++) { const x = H[k * n + j]!, y = H[(k + 1) * n + j]!; H[k * n + j] = cos * x + sin * y; H[(k + 1) * n + j] = cos * y - sin * x; }
  for (const [w, rows] of [[H, k + 2], [Z, n]] as const) for (let i = 0; i < rows; i++) { const x = w[i * n + k]!, y = w[i * n + k + 1]!; w[i * n + k] = cos * x + sin * y; w[i * n + k + 1] = cos * y - sin * x; }
  if (q >= 0) H[(k + 1) * n + k] = 0;
}
defineRoutine("schur", ({ ins, outs, params }) => {
  const found = readMatrices(ins[0]!).map((a) => (a.complex ? complexSchur(a) : realSchur(a)));
  writeMatrices(outs[0]!, found.map((f) => f.t));
  if (params.computeSchurVectors) writeMatrices(outs[1]!, found.map((f) => f.z));
});
