// QR by blocks of reflectors, in lanes: the columns of a block are reduced one by one in double precision, what they do to all others is products of matrices
// (I − V T Vᵀ). Sources: Schreiber and Van Loan, "A storage-efficient WY representation for products of Householder transformations" (1989); Golub and Van Loan,
// "Matrix Computations", section 5.2; signs are LAPACK's.
import { matrices } from "../registry.ts";
import { reflect } from "../matrix.ts";
import { bytesOfReal } from "./code.ts";
import { BLOCK, Dense } from "./dense.ts";
import { realOf, withDense } from "./factor.ts";
import { defineLaneRoutine } from "./registry.ts";

/** Smaller matrices are done by the plain routine, in double precision. */
const LEAST = 64;

/** Columns of a block from its diagonal on, each by itself, in double precision. */
function readColumns(a: Dense, j: number, rows: number, columns: number): Float64Array[] {
  const view = a.view();
  const step = a.pitch / bytesOfReal(a.real);
  return Array.from({ length: columns }, (_v, c) => Float64Array.from({ length: rows - j }, (_x, r) => view[(j + r) * step + j + c]!));
}
interface Reflectors {
  /** Each with its 1, and zeros before it. */
  readonly vectors: readonly Float64Array[];
  /** T, by rows of a whole block. */
  readonly t: Float64Array;
}
/** Reduces the columns: R's part is left in them. */
function reduce(columns: readonly Float64Array[]): Reflectors {
  const t = new Float64Array(BLOCK * BLOCK);
  const vectors: Float64Array[] = [];
  columns.forEach((x, c) => {
    const own = x.slice(c);
    const { tauRe: tau, beta } = reflect(own, null);
    const v = new Float64Array(x.length);
    v.set(own, c);
    x.fill(0, c);
    x[c] = beta;
    for (const y of columns.slice(c + 1)) {
      const s = tau * dot(v, y, c);
      for (let r = c; r < y.length; r++) y[r]! -= s * v[r]!;
    }
    // A column of T: −τ T (Vᵀ v), and τ on the diagonal.
    const products = vectors.map((u) => dot(u, v, c));
    for (let i = 0; i < c; i++) {
      let s = 0;
      for (let k = i; k < c; k++) s += t[i * BLOCK + k]! * products[k]!;
      t[i * BLOCK + c] = -tau * s;
    }
    t[c * BLOCK + c] = tau;
    vectors.push(v);
  });
  return { vectors, t };
}
function dot(x: Float64Array, y: Float64Array, from: number): number {
  let s = 0;
  for (let i = from; i < x.length; i++) s += x[i]! * y[i]!;
  return s;
}
function writeColumns(to: Dense, row: number, column: number, columns: readonly Float64Array[]): void {
  const view = to.view();
  const step = to.pitch / bytesOfReal(to.real);
  columns.forEach((x, c) => x.forEach((value, r) => (view[(row + r) * step + column + c] = value)));
}
/** @param isTransposed whether Tᵀ is written */
function writeT(to: Dense, t: Float64Array, isTransposed: boolean): void {
  const view = to.view();
  const step = to.pitch / bytesOfReal(to.real);
  for (let i = 0; i < BLOCK; i++) for (let j = 0; j < BLOCK; j++) view[i * step + j] = t[isTransposed ? j * BLOCK + i : i * BLOCK + j]!;
}
interface Scratch {
  readonly turned: Dense;
  readonly sums: Dense;
  readonly scaled: Dense;
  readonly t: Dense;
}
/** x := x − V T (Vᵀ x), of the rows that V has. */
function apply(x: Dense, v: Dense, s: Scratch): void {
  if (x.columns === 0) return;
  const turned = s.turned.part(0, 0, BLOCK, v.rows);
  const sums = s.sums.part(0, 0, BLOCK, x.columns);
  const scaled = s.scaled.part(0, 0, BLOCK, x.columns);
  turned.transpose(v);
  sums.multiply(turned, x);
  scaled.multiply(s.t, sums);
  x.subtract(v, scaled);
}
/** a := R (zeros below it), q := the first columns of the orthogonal factor. @param v takes the reflectors */
function qr(a: Dense, q: Dense, v: Dense, m: number, k: number, s: Scratch): void {
  const ts: Float64Array[] = [];
  v.clear();
  for (let j = 0; j < k; j += BLOCK) {
    const columns = readColumns(a, j, m, Math.min(BLOCK, k - j));
    const { vectors, t } = reduce(columns);
    ts.push(t);
    writeColumns(a, j, j, columns);
    writeColumns(v, j, j, vectors);
    writeT(s.t, t, true);
    // A last block that is not whole has columns of its own on its right.
    const right = j + Math.min(BLOCK, k - j);
    if (right % BLOCK) applyBeside(a, j, right, vectors, t);
    const next = Math.ceil(right / BLOCK) * BLOCK;
    apply(a.part(j, next, a.rows - j, Math.max(0, a.columns - next)), v.part(j, j, v.rows - j, BLOCK), s);
  }
  q.clear();
  q.addOnes(0);
  for (let j = (ts.length - 1) * BLOCK; j >= 0; j -= BLOCK) {
    writeT(s.t, ts[j / BLOCK]!, false);
    apply(q.part(j, j, q.rows - j, q.columns - j), v.part(j, j, v.rows - j, BLOCK), s);
  }
}
/** The reflectors of a block that is not whole, to the columns that share it. */
function applyBeside(a: Dense, j: number, from: number, vectors: readonly Float64Array[], t: Float64Array): void {
  const to = Math.min(a.columns, Math.ceil(from / BLOCK) * BLOCK);
  const view = a.view();
  const step = a.pitch / bytesOfReal(a.real);
  for (let c = from; c < to; c++) {
    const x = Float64Array.from({ length: vectors[0]!.length }, (_x, r) => view[(j + r) * step + c]!);
    const sums = vectors.map((v) => dot(v, x, 0));
    vectors.forEach((v, i) => {
      let s = 0;
      for (let k = 0; k <= i; k++) s += t[k * BLOCK + i]! * sums[k]!;
      for (let r = 0; r < x.length; r++) x[r]! -= s * v[r]!;
    });
    x.forEach((value, r) => (view[(j + r) * step + c] = value));
  }
}
defineLaneRoutine("qr", ({ ins, outs, params }) => {
  const [x] = ins;
  const [left, right] = outs;
  const real = x && realOf(x.type);
  if (!x || !left || !right || !real || params.pivoting) return false;
  const { count, m, n } = matrices(x.type);
  const k = Math.min(m, n);
  if (k < LEAST) return false;
  const kept = params.fullMatrices ? m : k;
  const bytes = bytesOfReal(real);
  withDense(
    real,
    "a QR factorization",
    [
      [m, n],
      [m, kept],
      [m, k],
      [BLOCK, m],
      [BLOCK, Math.max(n, kept)],
      [BLOCK, Math.max(n, kept)],
      [BLOCK, BLOCK],
    ],
    (a, q, v, turned, sums, scaled, t) => {
      for (let i = 0; i < count; i++) {
        a.clear();
        a.read(x.at + i * m * n * bytes, m, n);
        qr(a, q, v, m, k, { turned, sums, scaled, t });
        q.write(left.at + i * m * kept * bytes, m, kept);
        a.write(right.at + i * kept * n * bytes, kept, n);
      }
    },
  );
  return true;
});
