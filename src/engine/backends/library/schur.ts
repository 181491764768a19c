// Schur forms and eigenvalues of general matrices: Hessenberg reduction, then QR steps with single (complex) or double (real) shifts.
// Sources: Golub and Van Loan, "Matrix Computations", chapter 7; Wilkinson and Reinsch, "Linear Algebra" (comqr, hqr2).
import { gehrd, shiftedQ } from "./factorizations.ts";
import { Mat, readMatrices, reflect, writeMatrices } from "./matrix.ts";
import { defineRoutine, fromFloat64 } from "./registry.ts";

/** Complex Schur form A = Z T Zᴴ by single-shift QR on the Hessenberg form. */
function complexSchur(a0: Mat): { t: Mat; z: Mat } {
  const h = a0.asComplex(),
    { n } = h,
    taus = gehrd(h),
    z = shiftedQ(h, taus);
  for (let i = 2; i < n; i++)
    for (let j = 0; j < i - 1; j++) {
      h.re[i * n + j] = 0;
      h.im[i * n + j] = 0;
    }
  const size = (i: number, j: number): number => Math.abs(h.re[i * n + j]!) + Math.abs(h.im[i * n + j]!);
  for (let hi = n - 1, iterations = 0; hi > 0;) {
    let lo = hi;
    for (; lo > 0; lo--) {
      const s = size(lo, lo) + size(lo - 1, lo - 1);
      if (size(lo, lo - 1) <= Number.EPSILON * (s || 1)) {
        h.re[lo * n + lo - 1] = 0;
        h.im[lo * n + lo - 1] = 0;
        break;
      }
    }
    if (lo === hi) {
      hi--;
      iterations = 0;
      continue;
    }
    if (++iterations > 120 || !Number.isFinite(size(hi, hi))) {
      h.re.fill(NaN);
      break;
    }
    const [sr, si] = iterations % 11 === 10 ? [size(hi, hi - 1) + h.re[hi * n + hi]!, h.im[hi * n + hi]!] : wilkinsonShift(h, hi);
    qrStep(h, z, lo, hi, sr, si);
  }
  return { t: h, z };
}
/** The eigenvalue of the last 2×2 block that is nearer to its last entry. */
function wilkinsonShift(h: Mat, k: number): [number, number] {
  const { n } = h,
    p = (k - 1) * n + k - 1,
    at = (i: number): [number, number] => [h.re[i]!, h.im[i]!],
    [ar, ai] = at(p),
    [br, bi] = at(p + 1),
    [cr, ci] = at(p + n),
    [dr, di] = at(p + n + 1);
  const hr = (ar - dr) / 2,
    hi = (ai - di) / 2,
    qr = hr * hr - hi * hi + br * cr - bi * ci,
    qi = 2 * hr * hi + br * ci + bi * cr,
    m = Math.hypot(qr, qi);
  let rr = Math.sqrt(Math.max(0, (m + qr) / 2)),
    ri = Math.sqrt(Math.max(0, (m - qr) / 2));
  if (qi < 0) ri = -ri;
  if (hr * rr + hi * ri > 0) {
    rr = -rr;
    ri = -ri;
  }
  return [dr + hr + rr, di + hi + ri];
}
/** One implicit QR step on rows and columns lo…hi by complex Givens rotations. */
function qrStep(h: Mat, z: Mat, lo: number, hi: number, sr: number, si: number): void {
  const { n } = h;
  let xr = h.re[lo * n + lo]! - sr,
    xi = h.im[lo * n + lo]! - si,
    yr = h.re[(lo + 1) * n + lo]!,
    yi = h.im[(lo + 1) * n + lo]!;
  for (let k = lo; k < hi; k++) {
    const ax = Math.hypot(xr, xi),
      norm = Math.hypot(ax, yr, yi);
    // G = [[c, s], [−s̄, c]] with c real takes (x, y) to (r, 0)
    let c = 1,
      gr = 0,
      gi = 0;
    if (norm > 0) {
      if (ax === 0) {
        c = 0;
        gr = yr / norm;
        gi = -yi / norm;
      } else {
        c = ax / norm;
        const ur = xr / ax,
          ui = xi / ax;
        gr = (ur * yr + ui * yi) / norm;
        gi = (ui * yr - ur * yi) / norm;
      }
    }
    const rows = (j: number): void => {
      const p = k * n + j,
        q = p + n,
        ar = h.re[p]!,
        ai = h.im[p]!,
        br = h.re[q]!,
        bi = h.im[q]!;
      h.re[p] = c * ar + gr * br - gi * bi;
      h.im[p] = c * ai + gr * bi + gi * br;
      h.re[q] = c * br - (gr * ar + gi * ai);
      h.im[q] = c * bi - (gr * ai - gi * ar);
    };
    for (let j = Math.max(k - 1, 0); j < n; j++) rows(j);
    const columns = (w: Mat, to: number): void => {
      for (let i = 0; i < to; i++) {
        const p = i * n + k,
          q = p + 1,
          ar = w.re[p]!,
          ai = w.im[p]!,
          br = w.re[q]!,
          bi = w.im[q]!;
        w.re[p] = c * ar + gr * br + gi * bi;
        w.im[p] = c * ai + gr * bi - gi * br;
        w.re[q] = c * br - (gr * ar - gi * ai);
        w.im[q] = c * bi - (gr * ai + gi * ar);
      }
    };
    columns(h, Math.min(hi, k + 2) + 1);
    columns(z, n);
    if (k > lo) {
      h.re[(k + 1) * n + k - 1] = 0;
      h.im[(k + 1) * n + k - 1] = 0;
    }
    if (k < hi - 1) {
      xr = h.re[(k + 1) * n + k]!;
      xi = h.im[(k + 1) * n + k]!;
      yr = h.re[(k + 2) * n + k]!;
      yi = h.im[(k + 2) * n + k]!;
    }
  }
}
/** Eigenvectors of an upper triangular matrix as columns, by substitution; `left` gives those of its adjoint. */
function triangularVectors(t: Mat, left: boolean): Mat {
  const { n } = t,
    x = new Mat(n, n, true),
    smallest =
      Number.EPSILON *
      Math.max(
        1e-300,
        t.re.reduce((m, v) => Math.max(m, Math.abs(v)), 0),
      );
  for (let k = 0; k < n; k++) {
    const lr = t.re[k * n + k]!,
      li = t.im[k * n + k]!;
    x.re[k * n + k] = 1;
    const range = left ? Array.from({ length: n - k - 1 }, (_v, i) => k + 1 + i) : Array.from({ length: k }, (_v, i) => k - 1 - i);
    for (const i of range) {
      let sr = 0,
        si = 0;
      for (let j = left ? k : i + 1; j < (left ? i : k + 1); j++) {
        const p = left ? j * n + i : i * n + j,
          ar = t.re[p]!,
          ai = left ? -t.im[p]! : t.im[p]!,
          br = x.re[j * n + k]!,
          bi = x.im[j * n + k]!;
        sr += ar * br - ai * bi;
        si += ar * bi + ai * br;
      }
      let dr = lr - t.re[i * n + i]!,
        di = left ? -(li - t.im[i * n + i]!) : li - t.im[i * n + i]!;
      if (Math.abs(dr) + Math.abs(di) < smallest) {
        dr = smallest;
        di = 0;
      }
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
    let norm = 0,
      best = 0,
      at = 0;
    for (let i = 0; i < n; i++) {
      const s = v.re[i * n + j]! ** 2 + v.im[i * n + j]! ** 2;
      norm += s;
      if (s > best) {
        best = s;
        at = i;
      }
    }
    const root = Math.sqrt(norm),
      a = Math.sqrt(best) || 1,
      cr = v.re[at * n + j]! / a,
      ci = -v.im[at * n + j]! / a;
    for (let i = 0; i < n; i++) {
      const r = v.re[i * n + j]!,
        m = v.im[i * n + j]!;
      v.re[i * n + j] = (r * cr - m * ci) / root;
      v.im[i * n + j] = (r * ci + m * cr) / root;
    }
  }
  return v;
}
defineRoutine("eig", ({ ins, outs, params }) => {
  const found = readMatrices(ins[0]!).map(complexSchur);
  let o = 0;
  fromFloat64(
    outs[o++]!,
    found.flatMap(({ t }) => Array.from({ length: t.n }, (_x, i) => [t.re[i * t.n + i]!, t.im[i * t.n + i]!]).flat()),
  );
  if (params.computeLeftEigenvectors)
    writeMatrices(
      outs[o++]!,
      found.map(({ t, z }) => normalizeColumns(z.multiply(triangularVectors(t, true)))),
    );
  if (params.computeRightEigenvectors)
    writeMatrices(
      outs[o]!,
      found.map(({ t, z }) => normalizeColumns(z.multiply(triangularVectors(t, false)))),
    );
});

/** Real Schur form by double-shift QR: quasi-triangular, with 2×2 blocks for complex pairs. */
function realSchur(a: Mat): { t: Mat; z: Mat } {
  const h = a.copy(),
    { n } = h,
    taus = gehrd(h),
    z = shiftedQ(h, taus),
    H = h.re,
    Z = z.re;
  for (let i = 2; i < n; i++) for (let j = 0; j < i - 1; j++) H[i * n + j] = 0;
  const norm = H.reduce((s, v) => s + Math.abs(v), 0) || 1;
  /** Applies I − v·(scaled v)ᵀ, three (or two) long, from both sides. */
  const bulge = (k: number, len: number, x: number, y: number, w: number, from: number, to: number): void => {
    const v = new Float64Array(len);
    v[0] = x;
    v[1] = y;
    if (len > 2) v[2] = w;
    const r = reflect(v, null);
    if (r.tauRe === 0) return;
    applyLeftRows(H, n, v, r.tauRe, k, from);
    applyRightColumns(H, n, v, r.tauRe, k, to + 1);
    applyRightColumns(Z, n, v, r.tauRe, k, n);
  };
  let hi = n - 1,
    iterations = 0;
  while (hi > 0) {
    let lo = hi;
    for (; lo > 0; lo--) {
      const s = Math.abs(H[(lo - 1) * n + lo - 1]!) + Math.abs(H[lo * n + lo]!) || norm;
      if (Math.abs(H[lo * n + lo - 1]!) < Number.EPSILON * s) {
        H[lo * n + lo - 1] = 0;
        break;
      }
    }
    if (lo === hi) {
      hi--;
      iterations = 0;
      continue;
    }
    if (lo === hi - 1) {
      splitBlock(H, Z, n, lo);
      hi -= 2;
      iterations = 0;
      continue;
    }
    if (++iterations > 200 || !Number.isFinite(H[hi * n + hi]!)) {
      H.fill(NaN);
      break;
    }
    // The double shift: trace and determinant of the last block; an exceptional one now and then.
    const exceptional = iterations % 11 === 10,
      e = Math.abs(H[hi * n + hi - 1]!) + Math.abs(H[(hi - 1) * n + hi - 2]!);
    const trace = exceptional ? 1.5 * e : H[(hi - 1) * n + hi - 1]! + H[hi * n + hi]!,
      det = exceptional ? e * e : H[(hi - 1) * n + hi - 1]! * H[hi * n + hi]! - H[(hi - 1) * n + hi]! * H[hi * n + hi - 1]!;
    const a00 = H[lo * n + lo]!,
      a01 = H[lo * n + lo + 1]!,
      a10 = H[(lo + 1) * n + lo]!,
      a11 = H[(lo + 1) * n + lo + 1]!;
    let x = a00 * a00 + a01 * a10 - trace * a00 + det,
      y = a10 * (a00 + a11 - trace),
      w = a10 * H[(lo + 2) * n + lo + 1]!;
    for (let k = lo; k < hi; k++) {
      const len = Math.min(3, hi - k + 1);
      bulge(k, len, x, y, w, Math.max(k - 1, lo), Math.min(hi, k + 3));
      if (k > lo) for (let i = k + 1; i < k + len; i++) H[i * n + k - 1] = 0;
      if (k < hi - 1) {
        x = H[(k + 1) * n + k]!;
        y = H[(k + 2) * n + k]!;
        w = k < hi - 2 ? H[(k + 3) * n + k]! : 0;
      }
    }
  }
  return { t: h, z };
}
function applyLeftRows(H: Float64Array, n: number, v: Float64Array, tau: number, row: number, from: number): void {
  for (let j = from; j < n; j++) {
    let s = 0;
    for (let i = 0; i < v.length; i++) s += v[i]! * H[(row + i) * n + j]!;
    s *= tau;
    for (let i = 0; i < v.length; i++) H[(row + i) * n + j]! -= s * v[i]!;
  }
}
function applyRightColumns(H: Float64Array, n: number, v: Float64Array, tau: number, column: number, rows: number): void {
  for (let i = 0; i < rows; i++) {
    let s = 0;
    for (let j = 0; j < v.length; j++) s += v[j]! * H[i * n + column + j]!;
    s *= tau;
    for (let j = 0; j < v.length; j++) H[i * n + column + j]! -= s * v[j]!;
  }
}
/** A 2×2 block with real eigenvalues becomes triangular by one rotation; one with a complex pair stays, its diagonal made equal. */
function splitBlock(H: Float64Array, Z: Float64Array, n: number, k: number): void {
  const a = H[k * n + k]!,
    b = H[k * n + k + 1]!,
    c = H[(k + 1) * n + k]!,
    d = H[(k + 1) * n + k + 1]!,
    p = (a - d) / 2,
    q = p * p + b * c;
  let cos = 1,
    sin = 0;
  if (q >= 0) {
    const root = p + (p >= 0 ? Math.sqrt(q) : -Math.sqrt(q)),
      h = Math.hypot(root, c);
    if (h === 0) return;
    cos = root / h;
    sin = c / h;
  } // eigenvector (root, c)
  else {
    const theta = 0.5 * Math.atan2(d - a, b + c);
    cos = Math.cos(theta);
    sin = Math.sin(theta);
  }
  for (let j = k; j < n; j++) {
    const x = H[k * n + j]!,
      y = H[(k + 1) * n + j]!;
    H[k * n + j] = cos * x + sin * y;
    H[(k + 1) * n + j] = cos * y - sin * x;
  }
  for (const [w, rows] of [
    [H, k + 2],
    [Z, n],
  ] as const)
    for (let i = 0; i < rows; i++) {
      const x = w[i * n + k]!,
        y = w[i * n + k + 1]!;
      w[i * n + k] = cos * x + sin * y;
      w[i * n + k + 1] = cos * y - sin * x;
    }
  if (q >= 0) H[(k + 1) * n + k] = 0;
}
defineRoutine("schur", ({ ins, outs, params }) => {
  const found = readMatrices(ins[0]!).map((a) => (a.complex ? complexSchur(a) : realSchur(a)));
  writeMatrices(
    outs[0]!,
    found.map((f) => f.t),
  );
  if (params.computeSchurVectors)
    writeMatrices(
      outs[1]!,
      found.map((f) => f.z),
    );
});
