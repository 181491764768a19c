// Direct factorizations and solves: Cholesky, LU, QR and the reflectors it is made of, triangular and tridiagonal systems.
// Sources: Golub and Van Loan, "Matrix Computations"; the storage conventions are LAPACK's.
import { Mat, type Reflector, applyLeft, applyRight, columnOf, readMatrices, readVectors, reflect, transposed, writeMatrices } from "./matrix.ts";
import { packed, geqrf, formQ, readTaus, writeTaus, upper } from "./reflections.ts";
import { defineRoutine, fromFloat64 } from "./registry.ts";

/** The lower factor L with A = L Lᴴ, from the lower triangle; all NaN where A is not positive definite. The upper triangle stays, as LAPACK leaves it. */
function cholesky(a: Mat): Mat {
  const { n } = a,
    l = a.copy(),
    { re, im } = l;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sr = a.re[i * n + j]!,
        si = i === j ? 0 : a.imag(i * n + j);
      const p = i * n,
        q = j * n;
      if (a.complex)
        for (let k = 0; k < j; k++) {
          sr -= re[p + k]! * re[q + k]! + im[p + k]! * im[q + k]!;
          si -= im[p + k]! * re[q + k]! - re[p + k]! * im[q + k]!;
        }
      else for (let k = 0; k < j; k++) sr -= re[p + k]! * re[q + k]!;
      if (i === j) {
        if (!(sr > 0)) {
          re.fill(NaN);
          if (a.complex) im.fill(NaN);
          return l;
        }
        re[p + i] = Math.sqrt(sr);
      } else {
        const d = re[q + j]!;
        re[p + j] = sr / d;
        if (a.complex) im[p + j] = si / d;
      }
    }
  return l;
}
defineRoutine("cholesky", ({ ins, outs }) => writeMatrices(outs[0]!, readMatrices(ins[0]!).map(cholesky)));
/** Givens rotations turn [R; wᵀ] into the factor of RᵀR + w wᵀ; the factor is upper. */
defineRoutine("cholesky_update", ({ ins, outs }) => {
  const [r] = readMatrices(ins[0]!) as [Mat],
    [w] = readVectors(ins[1]!) as [Mat],
    n = r.n;
  for (let k = 0; k < n; k++) {
    const a = r.re[k * n + k]!,
      b = w.re[k]!,
      h = Math.hypot(a, b),
      c = h === 0 ? 1 : a / h,
      s = h === 0 ? 0 : b / h;
    for (let j = k; j < n; j++) {
      const x = r.re[k * n + j]!,
        y = w.re[j]!;
      r.re[k * n + j] = c * x + s * y;
      w.re[j] = c * y - s * x;
    }
  }
  writeMatrices(outs[0]!, [r]);
});

/** In place; row exchanges as LAPACK records them. Singular matrices give a zero pivot and go on. */
function lu(a: Mat): { pivots: number[]; permutation: number[] } {
  const { m, n } = a,
    k = Math.min(m, n),
    pivots: number[] = [],
    permutation = Array.from({ length: m }, (_x, i) => i);
  for (let j = 0; j < k; j++) {
    let best = j,
      size = -1;
    for (let i = j; i < m; i++) {
      const s = Math.abs(a.re[i * n + j]!) + Math.abs(a.imag(i * n + j));
      if (s > size || s !== s) {
        best = i;
        size = s;
        if (s !== s) break;
      }
    }
    pivots.push(best);
    a.swapRows(j, best);
    [permutation[j], permutation[best]] = [permutation[best]!, permutation[j]!];
    const pr = a.re[j * n + j]!,
      pi = a.imag(j * n + j),
      d = pr * pr + pi * pi;
    if (d === 0) continue;
    for (let i = j + 1; i < m; i++) {
      const xr = a.re[i * n + j]!,
        xi = a.imag(i * n + j),
        fr = a.complex ? (xr * pr + xi * pi) / d : xr / pr,
        fi = a.complex ? (xi * pr - xr * pi) / d : 0;
      a.re[i * n + j] = fr;
      if (a.complex) a.im[i * n + j] = fi;
      if (fr !== 0 || fi !== 0) a.axpy(i, j, -fr, -fi, j + 1);
    }
  }
  return { pivots, permutation };
}
defineRoutine("lu", ({ ins, outs }) => {
  const all = readMatrices(ins[0]!),
    found = all.map(lu);
  writeMatrices(outs[0]!, all);
  fromFloat64(
    outs[1]!,
    found.flatMap((f) => f.pivots),
  );
  fromFloat64(
    outs[2]!,
    found.flatMap((f) => f.permutation),
  );
});
defineRoutine("lu_pivots_to_permutation", ({ ins, outs, params }) => {
  const pivots = ins[0]!.data as Int32Array,
    k = ins[0]!.type.shape.at(-1)!,
    m = params.permutationSize as number,
    out = outs[0]!.data as Int32Array;
  for (let b = 0; b < out.length / Math.max(m, 1); b++) {
    const p = Array.from({ length: m }, (_x, i) => i);
    for (let i = 0; i < k; i++) {
      const j = pivots[b * k + i]!;
      [p[i], p[j]] = [p[j]!, p[i]!];
    }
    out.set(p, b * m);
  }
});

defineRoutine("qr", ({ ins, outs, params }) => {
  const full = params.fullMatrices as boolean,
    pivoting = params.pivoting as boolean,
    qs: Mat[] = [],
    rs: Mat[] = [],
    orders: number[] = [];
  for (const a of readMatrices(ins[0]!)) {
    const { taus, order } = geqrf(a, pivoting),
      k = full ? a.m : Math.min(a.m, a.n);
    qs.push(formQ(a, taus, k));
    rs.push(upper(a, k));
    orders.push(...order);
  }
  writeMatrices(outs[0]!, qs);
  writeMatrices(outs[1]!, rs);
  if (pivoting) fromFloat64(outs[2]!, orders);
});
defineRoutine("geqrf", ({ ins, outs }) => {
  const all = readMatrices(ins[0]!),
    taus = all.map((a) => geqrf(a).taus);
  writeMatrices(outs[0]!, all);
  writeTaus(outs[1]!, taus);
});
defineRoutine("geqp3", ({ ins, outs }) => {
  const all = readMatrices(ins[0]!),
    found = all.map((a) => geqrf(a, true));
  writeMatrices(outs[0]!, all);
  fromFloat64(
    outs[1]!,
    found.flatMap((f) => f.order.map((i) => i + 1)),
  );
  writeTaus(
    outs[2]!,
    found.map((f) => f.taus),
  );
});
defineRoutine("householder_product", ({ ins, outs }) => {
  const taus = readTaus(ins[1]!);
  writeMatrices(
    outs[0]!,
    readMatrices(ins[0]!).map((a, i) => formQ(a, taus[i]!, a.n)),
  );
});
defineRoutine("ormqr", ({ ins, outs, params }) => {
  const as = readMatrices(ins[0]!),
    taus = readTaus(ins[1]!),
    left = params.left as boolean,
    transpose = params.transpose as boolean;
  writeMatrices(
    outs[0]!,
    readMatrices(ins[2]!).map((c, b) => {
      const a = as[b]!,
        t = taus[b]!,
        order = t.map((_x, j) => j);
      // Q = H₁ H₂ …: from the left the last reflector comes first, its adjoint the other way round.
      if (left !== transpose) order.reverse();
      for (const j of order) {
        const [vr, vi] = packed(a, j),
          im = transpose ? -t[j]!.tauIm : t[j]!.tauIm;
        if (left) applyLeft(c, vr, vi, t[j]!.tauRe, im, j, 0);
        else applyRight(c, vr, vi, t[j]!.tauRe, im, 0, j);
      }
      return c;
    }),
  );
});

/** Reduction to upper Hessenberg form by reflectors: H above, the vectors below the subdiagonal. */
export function gehrd(a: Mat): Reflector[] {
  const { n } = a,
    taus: Reflector[] = [];
  for (let k = 0; k < n - 1; k++) {
    const [vr, vi] = columnOf(a, k + 1, k),
      h = reflect(vr, vi);
    applyRight(a, vr, vi, h.tauRe, h.tauIm, 0, k + 1);
    applyLeft(a, vr, vi, h.tauRe, -h.tauIm, k + 1, k + 1);
    for (let i = k + 1; i < n; i++) {
      a.re[i * n + k] = i === k + 1 ? h.beta : vr[i - k - 1]!;
      if (vi) a.im[i * n + k] = i === k + 1 ? 0 : vi[i - k - 1]!;
    }
    taus.push(h);
  }
  return taus;
}
defineRoutine("hessenberg", ({ ins, outs }) => {
  const all = readMatrices(ins[0]!),
    taus = all.map(gehrd);
  writeMatrices(outs[0]!, all);
  writeTaus(outs[1]!, taus);
});

/** Solves op(A) X = B or X op(A) = B for a triangular A. */
function triangularSolve(
  a0: Mat,
  b0: Mat,
  p: { leftSide: boolean; lower: boolean; transposeA: boolean; conjugateA: boolean; unitDiagonal: boolean },
): Mat {
  // Brought to the form "left, not transposed": X op(A) = B is op(A)ᵀ Xᵀ = Bᵀ.
  const flip = !p.leftSide,
    turned = p.transposeA !== flip,
    lower = p.lower !== turned,
    n = a0.n,
    x = flip ? transposed(b0) : b0.copy(),
    complex = a0.complex || x.complex;
  const at = (i: number, j: number): [number, number] => {
    const k = turned ? j * n + i : i * n + j;
    return [a0.re[k]!, p.conjugateA ? -a0.imag(k) : a0.imag(k)];
  };
  for (let s = 0; s < n; s++) {
    const i = lower ? s : n - 1 - s;
    for (let j = lower ? 0 : i + 1; j < (lower ? i : n); j++) {
      const [r, m] = at(i, j);
      if (r !== 0 || m !== 0) x.axpy(i, j, -r, -m);
    }
    if (p.unitDiagonal) continue;
    const [dr, di] = at(i, i),
      d = dr * dr + di * di;
    for (let k = 0; k < x.n; k++) {
      const q = i * x.n + k,
        r = x.re[q]!;
      if (!complex) {
        x.re[q] = r / dr;
        continue;
      }
      const m = x.im[q]!;
      x.re[q] = (r * dr + m * di) / d;
      x.im[q] = (m * dr - r * di) / d;
    }
  }
  return flip ? transposed(x) : x;
}
defineRoutine("triangular_solve", ({ ins, outs, params }) => {
  const as = readMatrices(ins[0]!);
  writeMatrices(
    outs[0]!,
    readMatrices(ins[1]!).map((b, i) => triangularSolve(as[i]!, b, params as never)),
  );
});

/** Gaussian elimination with partial pivoting on three (with fill-in four) diagonals. */
defineRoutine("tridiagonal_solve", ({ ins, outs }) => {
  const [dls, ds, dus] = ins.slice(0, 3).map(readVectors) as [Mat[], Mat[], Mat[]];
  writeMatrices(
    outs[0]!,
    readMatrices(ins[3]!).map((x, b) => {
      const n = ds[b]!.m,
        complex = x.complex,
        rows = new Mat(n, 3, complex); // each row: its diagonal, and two to the right
      const put = (i: number, j: number, v: Mat, k: number): void => {
        rows.re[i * 3 + j] = v.re[k]!;
        if (complex) rows.im[i * 3 + j] = v.imag(k);
      };
      for (let i = 0; i < n; i++) {
        put(i, 0, ds[b]!, i);
        if (i < n - 1) put(i, 1, dus[b]!, i);
      }
      const low = dls[b]!;
      for (let i = 0; i < n - 1; i++) {
        // Row i+1 before elimination: [below, diagonal, above]
        const next = [
            [low.re[i + 1]!, low.imag(i + 1)],
            [rows.re[(i + 1) * 3]!, rows.imag((i + 1) * 3)],
            [rows.re[(i + 1) * 3 + 1]!, rows.imag((i + 1) * 3 + 1)],
          ],
          own = [0, 1, 2].map((j) => [rows.re[i * 3 + j]!, rows.imag(i * 3 + j)]);
        const size = (v: readonly number[]): number => Math.abs(v[0]!) + Math.abs(v[1]!),
          swap = size(next[0]!) > size(own[0]!),
          [top, bottom] = swap ? [next, own] : [own, next];
        if (swap) x.swapRows(i, i + 1);
        const [pr, pi] = top[0] as [number, number],
          d = pr * pr + pi * pi,
          [qr, qi] = bottom[0] as [number, number],
          fr = (qr * pr + qi * pi) / d,
          fi = (qi * pr - qr * pi) / d;
        for (let j = 0; j < 3; j++) {
          rows.re[i * 3 + j] = top[j]![0]!;
          if (complex) rows.im[i * 3 + j] = top[j]![1]!;
        }
        for (let j = 0; j < 2; j++) {
          const [tr, ti] = top[j + 1] as [number, number],
            [br, bi] = bottom[j + 1] as [number, number];
          rows.re[(i + 1) * 3 + j] = br - (fr * tr - fi * ti);
          if (complex) rows.im[(i + 1) * 3 + j] = bi - (fr * ti + fi * tr);
        }
        rows.re[(i + 1) * 3 + 2] = 0;
        x.axpy(i + 1, i, -fr, -fi);
      }
      for (let i = n - 1; i >= 0; i--) {
        for (let j = 1; j < 3 && i + j < n; j++) x.axpy(i, i + j, -rows.re[i * 3 + j]!, -rows.imag(i * 3 + j));
        const dr = rows.re[i * 3]!,
          di = rows.imag(i * 3),
          d = dr * dr + di * di;
        for (let k = 0; k < x.n; k++) {
          const q = i * x.n + k,
            r = x.re[q]!;
          if (!complex) x.re[q] = r / dr;
          else {
            const m = x.im[q]!;
            x.re[q] = (r * dr + m * di) / d;
            x.im[q] = (m * dr - r * di) / d;
          }
        }
      }
      return x;
    }),
  );
});

/** Q of hetrd or gehrd: the reflectors stand one row further down. */
export function shiftedQ(a: Mat, taus: readonly Reflector[]): Mat {
  const { n } = a,
    q = Mat.identity(n, a.complex);
  if (n < 2) return q;
  const below = new Mat(n - 1, n - 1, a.complex);
  for (let i = 1; i < n; i++)
    for (let j = 0; j < n - 1; j++) {
      below.re[(i - 1) * (n - 1) + j] = a.re[i * n + j]!;
      if (a.complex) below.im[(i - 1) * (n - 1) + j] = a.im[i * n + j]!;
    }
  const inner = formQ(below, taus, n - 1);
  for (let i = 1; i < n; i++)
    for (let j = 1; j < n; j++) {
      q.re[i * n + j] = inner.re[(i - 1) * (n - 1) + j - 1]!;
      if (a.complex) q.im[i * n + j] = inner.im[(i - 1) * (n - 1) + j - 1]!;
    }
  return q;
}
