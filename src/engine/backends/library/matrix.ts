// Dense matrices of the run-time library: f64, row-major, complex where the data is, with the row operations that factorizations are made of.
import { isComplex } from "../../core/dtypes.ts";
import { type Tensor, fromFloat64, matrices, toFloat64 } from "./registry.ts";

/** An m×n matrix. `im` is all zero, and never read for results, where the data is real. */
export class Mat {
  readonly re: Float64Array;
  readonly im: Float64Array;
  constructor(
    readonly m: number,
    readonly n: number,
    readonly complex: boolean,
  ) {
    this.re = new Float64Array(m * n);
    this.im = complex ? new Float64Array(m * n) : NOTHING;
  }
  static identity(n: number, complex: boolean): Mat {
    const a = new Mat(n, n, complex);
    for (let i = 0; i < n; i++) a.re[i * n + i] = 1;
    return a;
  }
  copy(): Mat {
    const b = new Mat(this.m, this.n, this.complex);
    b.re.set(this.re);
    if (this.complex) b.im.set(this.im);
    return b;
  }
  /** The conjugate transpose. */
  adjoint(): Mat {
    const b = new Mat(this.n, this.m, this.complex);
    for (let i = 0; i < this.m; i++)
      for (let j = 0; j < this.n; j++) {
        b.re[j * this.m + i] = this.re[i * this.n + j]!;
        if (this.complex) b.im[j * this.m + i] = -this.im[i * this.n + j]!;
      }
    return b;
  }
  /** Columns `from` to `to`. */
  columns(from: number, to: number): Mat {
    const b = new Mat(this.m, to - from, this.complex);
    for (let i = 0; i < this.m; i++)
      for (let j = from; j < to; j++) {
        b.re[i * b.n + j - from] = this.re[i * this.n + j]!;
        if (this.complex) b.im[i * b.n + j - from] = this.im[i * this.n + j]!;
      }
    return b;
  }
  /** The same numbers with an imaginary part. */
  asComplex(): Mat {
    if (this.complex) return this.copy();
    const b = new Mat(this.m, this.n, true);
    b.re.set(this.re);
    return b;
  }
  imag(i: number): number {
    return this.complex ? this.im[i]! : 0;
  }
  swapRows(i: number, j: number): void {
    if (i === j) return;
    for (const part of this.complex ? [this.re, this.im] : [this.re])
      for (let k = 0; k < this.n; k++) {
        const t = part[i * this.n + k]!;
        part[i * this.n + k] = part[j * this.n + k]!;
        part[j * this.n + k] = t;
      }
  }
  /** row i += (ar + i·ai) · row j, from column `from` on. */
  axpy(i: number, j: number, ar: number, ai: number, from = 0): void {
    const { re, im, n } = this,
      p = i * n,
      q = j * n;
    if (!this.complex) {
      for (let k = from; k < n; k++) re[p + k]! += ar * re[q + k]!;
      return;
    }
    for (let k = from; k < n; k++) {
      const xr = re[q + k]!,
        xi = im[q + k]!;
      re[p + k]! += ar * xr - ai * xi;
      im[p + k]! += ar * xi + ai * xr;
    }
  }
  multiply(b: Mat): Mat {
    const complex = this.complex || b.complex,
      c = new Mat(this.m, b.n, complex);
    for (let i = 0; i < this.m; i++)
      for (let k = 0; k < this.n; k++) {
        const ar = this.re[i * this.n + k]!,
          ai = this.imag(i * this.n + k);
        if (ar === 0 && ai === 0) continue;
        for (let j = 0; j < b.n; j++) {
          const br = b.re[k * b.n + j]!,
            bi = b.imag(k * b.n + j);
          c.re[i * b.n + j]! += ar * br - ai * bi;
          if (complex) c.im[i * b.n + j]! += ar * bi + ai * br;
        }
      }
    return c;
  }
}
const NOTHING = new Float64Array(0);

/** The matrices of a stack. */
export function readMatrices(t: Tensor): Mat[] {
  const { count, m, n } = matrices(t.type),
    flat = toFloat64(t),
    complex = isComplex(t.type.dtype);
  return Array.from({ length: count }, (_x, k) => {
    const a = new Mat(m, n, complex),
      at = k * m * n;
    if (complex)
      for (let i = 0; i < m * n; i++) {
        a.re[i] = flat[2 * (at + i)]!;
        a.im[i] = flat[2 * (at + i) + 1]!;
      }
    else a.re.set(flat.subarray(at, at + m * n));
    return a;
  });
}
export function writeMatrices(t: Tensor, list: readonly Mat[]): void {
  const complex = isComplex(t.type.dtype),
    per = list.length ? list[0]!.re.length : 0,
    flat = new Float64Array(per * list.length * (complex ? 2 : 1));
  list.forEach((a, k) => {
    if (complex)
      for (let i = 0; i < per; i++) {
        flat[2 * (k * per + i)] = a.re[i]!;
        flat[2 * (k * per + i) + 1] = a.imag(i);
      }
    else flat.set(a.re, k * per);
  });
  fromFloat64(t, flat);
}
/** Vectors as n×1 matrices, and back. */
export function readVectors(t: Tensor): Mat[] {
  const n = t.type.shape.at(-1)!,
    complex = isComplex(t.type.dtype),
    flat = toFloat64(t),
    count = t.type.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_x, k) => {
    const v = new Mat(n, 1, complex);
    for (let i = 0; i < n; i++) {
      v.re[i] = flat[(k * n + i) * (complex ? 2 : 1)]!;
      if (complex) v.im[i] = flat[2 * (k * n + i) + 1]!;
    }
    return v;
  });
}
export const realVectors = (list: readonly ArrayLike<number>[]): number[] => list.flatMap((v) => Array.from(v));

/** A Householder reflector H = I − τ v vᴴ with Hᴴ x = β e₁ (LAPACK's larfg: β real, v₁ = 1). `x` becomes v. */
export interface Reflector {
  readonly tauRe: number;
  readonly tauIm: number;
  readonly beta: number;
}
export function reflect(xr: Float64Array, xi: Float64Array | null): Reflector {
  let tail = 0;
  for (let i = 1; i < xr.length; i++) tail += xr[i]! ** 2 + (xi ? xi[i]! ** 2 : 0);
  const ar = xr[0]!,
    ai = xi ? xi[0]! : 0;
  if (tail === 0 && ai === 0) {
    xr[0] = 1;
    return { tauRe: 0, tauIm: 0, beta: ar };
  }
  const norm = Math.sqrt(ar * ar + ai * ai + tail),
    beta = ar >= 0 ? -norm : norm;
  // v = (x − β e₁) / (α − β)
  const dr = ar - beta,
    d2 = dr * dr + ai * ai;
  for (let i = 1; i < xr.length; i++) {
    const r = xr[i]!,
      m = xi ? xi[i]! : 0;
    xr[i] = (r * dr + m * ai) / d2;
    if (xi) xi[i] = (m * dr - r * ai) / d2;
  }
  xr[0] = 1;
  if (xi) xi[0] = 0;
  return { tauRe: (beta - ar) / beta, tauIm: -ai / beta, beta };
}
/** A := (I − τ v vᴴ) A on rows `row`…, columns `from`…; v is as long as the rows it meets. */
export function applyLeft(a: Mat, vr: Float64Array, vi: Float64Array | null, tauRe: number, tauIm: number, row: number, from: number): void {
  if (tauRe === 0 && tauIm === 0) return;
  const { n, re, im, complex } = a,
    wr = new Float64Array(n),
    wi = complex ? new Float64Array(n) : null;
  for (let i = 0; i < vr.length; i++) {
    const p = (row + i) * n,
      r = vr[i]!,
      m = vi ? vi[i]! : 0;
    if (wi)
      for (let j = from; j < n; j++) {
        wr[j]! += r * re[p + j]! + m * im[p + j]!;
        wi[j]! += r * im[p + j]! - m * re[p + j]!;
      }
    else for (let j = from; j < n; j++) wr[j]! += r * re[p + j]!;
  }
  for (let i = 0; i < vr.length; i++) {
    const p = (row + i) * n,
      r = vr[i]!,
      m = vi ? vi[i]! : 0,
      tr = tauRe * r - tauIm * m,
      ti = tauRe * m + tauIm * r;
    if (wi)
      for (let j = from; j < n; j++) {
        re[p + j]! -= tr * wr[j]! - ti * wi[j]!;
        im[p + j]! -= tr * wi[j]! + ti * wr[j]!;
      }
    else for (let j = from; j < n; j++) re[p + j]! -= tr * wr[j]!;
  }
}
/** A := A (I − τ v vᴴ) on rows `row`…, columns `from`…; v is as long as the columns it meets. */
export function applyRight(a: Mat, vr: Float64Array, vi: Float64Array | null, tauRe: number, tauIm: number, row: number, from: number): void {
  if (tauRe === 0 && tauIm === 0) return;
  const { n, m, re, im, complex } = a;
  for (let i = row; i < m; i++) {
    const p = i * n + from;
    let sr = 0,
      si = 0;
    for (let j = 0; j < vr.length; j++) {
      const x = re[p + j]!,
        y = complex ? im[p + j]! : 0,
        r = vr[j]!,
        c = vi ? vi[j]! : 0;
      sr += x * r - y * c;
      si += x * c + y * r;
    }
    const tr = sr * tauRe - si * tauIm,
      ti = sr * tauIm + si * tauRe;
    for (let j = 0; j < vr.length; j++) {
      const r = vr[j]!,
        c = vi ? vi[j]! : 0;
      re[p + j]! -= tr * r + ti * c;
      if (complex) im[p + j]! -= ti * r - tr * c;
    }
  }
}
/** Column j below (and with) row i, as parts. */
export function columnOf(a: Mat, i: number, j: number, to = a.m): [Float64Array, Float64Array | null] {
  const r = new Float64Array(to - i),
    c = a.complex ? new Float64Array(to - i) : null;
  for (let k = i; k < to; k++) {
    r[k - i] = a.re[k * a.n + j]!;
    if (c) c[k - i] = a.im[k * a.n + j]!;
  }
  return [r, c];
}
/** The transpose without conjugation. */
export function transposed(a: Mat): Mat {
  const b = a.adjoint();
  if (a.complex) for (let i = 0; i < b.im.length; i++) b.im[i] = -b.im[i]!;
  return b;
}
