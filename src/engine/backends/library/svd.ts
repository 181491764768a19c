// Singular values by one-sided Jacobi rotations (Hestenes): pairs of columns are rotated until all are orthogonal.
// Source: Golub and Van Loan, "Matrix Computations", section 8.6.3.
import { Mat, readMatrices, transposed, writeMatrices } from "./matrix.ts";
import { defineRoutine, fromFloat64 } from "./registry.ts";

/** Thin singular value decomposition: A = U diag(s) Vᴴ, s descending; U and V have min(m, n) columns. */
function svd(a: Mat): { u: Mat; s: number[]; v: Mat } {
  if (a.m < a.n) {
    const { u, s, v } = svd(a.adjoint());
    return { u: v, s, v: u };
  }
  const { m, n, complex } = a,
    cols = transposed(a),
    vt = Mat.identity(n, complex); // row j: column j of A, and of V
  const scale = Math.max(1e-300, ...[cols.re, cols.im].map((p) => p.reduce((x, y) => Math.max(x, Math.abs(y)), 0)));
  if (!Number.isFinite(scale) || cols.re.some(Number.isNaN)) {
    const nan = new Mat(m, n, complex),
      w = new Mat(n, n, complex);
    nan.re.fill(NaN);
    w.re.fill(NaN);
    return { u: nan, s: Array<number>(n).fill(NaN), v: w };
  }
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        let alpha = 0,
          beta = 0,
          gr = 0,
          gi = 0;
        const x = p * m,
          y = q * m;
        for (let i = 0; i < m; i++) {
          const xr = cols.re[x + i]!,
            yr = cols.re[y + i]!;
          alpha += xr * xr;
          beta += yr * yr;
          gr += xr * yr;
          if (complex) {
            const xi = cols.im[x + i]!,
              yi = cols.im[y + i]!;
            alpha += xi * xi;
            beta += yi * yi;
            gr += xi * yi;
            gi += xr * yi - xi * yr;
          }
        }
        const g = Math.hypot(gr, gi);
        if (g <= 1e-15 * Math.sqrt(alpha * beta) || g < 1e-290) continue;
        rotated = true;
        // The phase makes the product real; then a real rotation makes it zero.
        const cr = gr / g,
          ci = gi / g,
          zeta = (beta - alpha) / (2 * g),
          t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta)),
          c = 1 / Math.sqrt(1 + t * t),
          s = c * t;
        for (const [w, len] of [
          [cols, m],
          [vt, n],
        ] as const)
          rotatePair(w, p * len, q * len, len, c, s, cr, ci);
      }
    if (!rotated) break;
  }
  const norms = Array.from({ length: n }, (_x, j) => {
    let t = 0;
    for (let i = 0; i < m; i++) t += (cols.re[j * m + i]! / scale) ** 2 + (cols.imag(j * m + i) / scale) ** 2;
    return Math.sqrt(t) * scale;
  });
  const order = norms.map((_v, j) => j).sort((i, j) => norms[j]! - norms[i]!),
    u = new Mat(n, m, complex),
    v = new Mat(n, n, complex),
    tiny = (norms[order[0]!] ?? 0) * 1e-14;
  order.forEach((from, to) => {
    const s = norms[from]!;
    for (let i = 0; i < m; i++) {
      u.re[to * m + i] = s > tiny ? cols.re[from * m + i]! / s : 0;
      if (complex) u.im[to * m + i] = s > tiny ? cols.im[from * m + i]! / s : 0;
    }
    for (let i = 0; i < n; i++) {
      v.re[to * n + i] = vt.re[from * n + i]!;
      if (complex) v.im[to * n + i] = vt.im[from * n + i]!;
    }
  });
  const s = order.map((j) => norms[j]!);
  completeRows(u, s.filter((x) => x > tiny).length);
  return { u: transposed(u), s, v: transposed(v) };
}
function rotatePair(w: Mat, x: number, y: number, len: number, c: number, s: number, cr: number, ci: number): void {
  for (let i = 0; i < len; i++) {
    const xr = w.re[x + i]!,
      xi = w.imag(x + i),
      yr0 = w.re[y + i]!,
      yi0 = w.imag(y + i),
      yr = yr0 * cr + yi0 * ci,
      yi = yi0 * cr - yr0 * ci;
    w.re[x + i] = c * xr - s * yr;
    w.re[y + i] = s * xr + c * yr;
    if (w.complex) {
      w.im[x + i] = c * xi - s * yi;
      w.im[y + i] = s * xi + c * yi;
    }
  }
}
/** Fills the rows from `have` on so that all rows are orthonormal. */
function completeRows(u: Mat, have: number): void {
  const { m: rows, n } = u;
  for (let r = have, axis = 0; r < rows; axis++) {
    const vr = new Float64Array(n),
      vi = new Float64Array(n);
    vr[axis % n] = 1;
    for (let twice = 0; twice < 2; twice++)
      for (let k = 0; k < r; k++) {
        let dr = 0,
          di = 0;
        for (let i = 0; i < n; i++) {
          const a = u.re[k * n + i]!,
            b = u.imag(k * n + i);
          dr += a * vr[i]! + b * vi[i]!;
          di += a * vi[i]! - b * vr[i]!;
        }
        for (let i = 0; i < n; i++) {
          const a = u.re[k * n + i]!,
            b = u.imag(k * n + i);
          vr[i]! -= a * dr - b * di;
          vi[i]! -= a * di + b * dr;
        }
      }
    let norm = 0;
    for (let i = 0; i < n; i++) norm += vr[i]! ** 2 + vi[i]! ** 2;
    // At least one axis has this much outside of fewer than n directions.
    if (norm < 0.5 / n) continue;
    norm = Math.sqrt(norm);
    for (let i = 0; i < n; i++) {
      u.re[r * n + i] = vr[i]! / norm;
      if (u.complex) u.im[r * n + i] = vi[i]! / norm;
    }
    r++;
  }
}
function complete(u: Mat, to: number): Mat {
  const rows = new Mat(to, u.m, u.complex),
    t = transposed(u);
  rows.re.set(t.re);
  if (u.complex) rows.im.set(t.im);
  completeRows(rows, u.n);
  return transposed(rows);
}
defineRoutine("svd", ({ ins, outs, params }) => {
  const found = readMatrices(ins[0]!).map(svd),
    range = params.subsetByIndex as readonly [number, number] | null,
    [from, to] = range ?? [0, Infinity];
  fromFloat64(
    outs[0]!,
    found.flatMap((f) => f.s.slice(from, to)),
  );
  if (!params.computeUv) return;
  const full = params.fullMatrices as boolean,
    keep = (a: Mat): Mat => (range ? a.columns(from, to) : a);
  writeMatrices(
    outs[1]!,
    found.map((f) => keep(full ? complete(f.u, f.u.m) : f.u)),
  );
  writeMatrices(
    outs[2]!,
    found.map((f) => keep(full ? complete(f.v, f.v.m) : f.v).adjoint()),
  );
});
