// Cholesky and LU factors and triangular systems by blocks, in lanes: a block of the diagonal is factored and inverted in double precision, so that all
// else is products. Source: Golub and Van Loan, "Matrix Computations", sections 3.2 to 4.2; the storage conventions are LAPACK's.
import type { TensorType } from "../../../graph/graph.ts";
import { heap } from "../../wasm/heap.ts";
import { matrices } from "../registry.ts";
import { type Real, bytesOfReal, withScratch } from "./code.ts";
import { BLOCK, Dense } from "./dense.ts";
import { defineLaneRoutine } from "./registry.ts";

/** Smaller matrices are factored by the plain routines, in double precision. */
const LEAST = 64;
export const realOf = (t: TensorType): Real | null => (t.dtype === "float32" ? "f32" : t.dtype === "float64" ? "f64" : null);
/** Scratch matrices of these shapes while `use` runs; `what` they are for, in messages. */
export function withDense<const S extends readonly (readonly [rows: number, columns: number])[]>(
  real: Real,
  what: string,
  shapes: S,
  use: (...made: { -readonly [K in keyof S]: Dense }) => void,
): void {
  const sizes = shapes.map(([rows, columns]) => Dense.bytes(real, rows, columns));
  withScratch(
    sizes.reduce((s, b) => s + b, 0),
    what,
    (at) => {
      let next = at;
      const made = shapes.map(([rows, columns], i) => {
        const one = Dense.within(real, next, rows, columns);
        next += sizes[i]!;
        return one;
      });
      use(...(made as { -readonly [K in keyof S]: Dense })); // one for each shape
    },
  );
}

/** The block at a part's corner, in double precision. */
function readBlock(of: Dense): Float64Array {
  const view = of.view();
  const step = of.pitch / bytesOfReal(of.real);
  const block = new Float64Array(BLOCK * BLOCK);
  for (let i = 0; i < BLOCK; i++) for (let j = 0; j < BLOCK; j++) block[i * BLOCK + j] = view[i * step + j]!;
  return block;
}
function writeBlock(to: Dense, block: Float64Array): void {
  const view = to.view();
  const step = to.pitch / bytesOfReal(to.real);
  for (let i = 0; i < BLOCK; i++) for (let j = 0; j < BLOCK; j++) view[i * step + j] = block[i * BLOCK + j]!;
}
/** The lower factor of a block in place, zeros above it. Whether it is positive definite. */
function factorBlock(a: Float64Array): boolean {
  for (let i = 0; i < BLOCK; i++) {
    for (let j = 0; j <= i; j++) {
      let s = a[i * BLOCK + j]!;
      for (let k = 0; k < j; k++) s -= a[i * BLOCK + k]! * a[j * BLOCK + k]!;
      if (i > j) a[i * BLOCK + j] = s / a[j * BLOCK + j]!;
      else if (s > 0) a[i * BLOCK + i] = Math.sqrt(s);
      else return false;
    }
    a.fill(0, i * BLOCK + i + 1, (i + 1) * BLOCK);
  }
  return true;
}
/** The inverse of a block's lower triangle. */
function invertLower(a: Float64Array, isUnit: boolean): Float64Array {
  const inverse = new Float64Array(BLOCK * BLOCK);
  for (let i = 0; i < BLOCK; i++) {
    const d = isUnit ? 1 : a[i * BLOCK + i]!;
    const row = i * BLOCK;
    inverse[row + i] = 1 / d;
    for (let k = 0; k < i; k++) {
      const factor = a[row + k]! / d;
      if (factor === 0) continue;
      for (let j = 0; j <= k; j++) inverse[row + j]! -= factor * inverse[k * BLOCK + j]!;
    }
  }
  return inverse;
}
function transposedBlock(a: Float64Array): Float64Array {
  const t = new Float64Array(BLOCK * BLOCK);
  for (let i = 0; i < BLOCK; i++) for (let j = 0; j < BLOCK; j++) t[j * BLOCK + i] = a[i * BLOCK + j]!;
  return t;
}

/** A := L in its lower triangle, what is above is not kept. Whether A is positive definite. @param panel a column of blocks, @param across a row of them */
function cholesky(a: Dense, panel: Dense, across: Dense, inverse: Dense): boolean {
  const n = a.rows;
  for (let j = 0; j < n; j += BLOCK) {
    const corner = a.part(j, j, BLOCK, BLOCK);
    const block = readBlock(corner);
    if (!factorBlock(block)) return false;
    writeBlock(corner, block);
    const below = n - j - BLOCK;
    if (below === 0) continue;
    writeBlock(inverse, transposedBlock(invertLower(block, false)));
    const column = a.part(j + BLOCK, j, below, BLOCK);
    const solved = panel.part(0, 0, below, BLOCK);
    solved.multiply(column, inverse);
    column.copy(solved);
    across.part(0, 0, BLOCK, below).transpose(solved);
    for (let c = 0; c < below; c += BLOCK)
      a.part(j + BLOCK + c, j + BLOCK + c, below - c, BLOCK).subtract(solved.part(c, 0, below - c, BLOCK), across.part(0, c, BLOCK, BLOCK));
  }
  return true;
}
defineLaneRoutine("cholesky", ({ ins, outs }) => {
  const [x] = ins;
  const [y] = outs;
  const real = x && realOf(x.type);
  if (!x || !y || !real) return false;
  const { count, n } = matrices(x.type);
  if (n < LEAST) return false;
  const bytes = n * n * bytesOfReal(real);
  withDense(
    real,
    "a Cholesky factorization",
    [
      [n, n],
      [n, BLOCK],
      [BLOCK, n],
      [BLOCK, BLOCK],
    ],
    (a, panel, across, inverse) => {
      for (let i = 0; i < count; i++) {
        a.clear();
        a.read(x.at + i * bytes, n, n);
        a.addOnes(n);
        const isPositive = cholesky(a, panel, across, inverse);
        const [from, to] =
          real === "f32"
            ? [new Float32Array(heap.memory.buffer, x.at + i * bytes, n * n), new Float32Array(heap.memory.buffer, y.at + i * bytes, n * n)]
            : [new Float64Array(heap.memory.buffer, x.at + i * bytes, n * n), new Float64Array(heap.memory.buffer, y.at + i * bytes, n * n)];
        if (!isPositive) {
          to.fill(NaN);
          continue;
        }
        // The upper triangle stays, as LAPACK leaves it.
        const l = a.view();
        const step = a.pitch / bytesOfReal(real);
        for (let r = 0; r < n; r++) {
          to.set(l.subarray(r * step, r * step + r + 1), r * n);
          to.set(from.subarray(r * n + r + 1, (r + 1) * n), r * n + r + 1);
        }
      }
    },
  );
  return true;
});

/** A := L and U in place; `pivots` are numbers of rows. @param row a row of blocks */
function lu(a: Dense, m: number, n: number, row: Dense, inverse: Dense, pivots: number): void {
  const k = Math.min(m, n);
  for (let j = 0; j < k; j += BLOCK) {
    const some = Math.min(BLOCK, k - j);
    a.functions.eliminate(a.at, a.pitch, m, j, some, a.columns * bytesOfReal(a.real), pivots);
    const right = a.columns - j - BLOCK;
    if (right === 0) continue;
    // Rows below the last pivot are none of the factor's.
    const corner = readBlock(a.part(j, j, BLOCK, BLOCK));
    for (let i = some; i < BLOCK; i++) corner.fill(0, i * BLOCK, (i + 1) * BLOCK);
    writeBlock(inverse, invertLower(corner, true));
    const top = a.part(j, j + BLOCK, BLOCK, right);
    const solved = row.part(0, 0, BLOCK, right);
    solved.multiply(inverse, top);
    top.copy(solved);
    const below = a.rows - j - BLOCK;
    if (below > 0) a.part(j + BLOCK, j + BLOCK, below, right).subtract(a.part(j + BLOCK, j, below, BLOCK), solved);
  }
}
defineLaneRoutine("lu", ({ ins, outs }) => {
  const [x] = ins;
  const [y, pivots, order] = outs;
  const real = x && realOf(x.type);
  if (!x || !y || !pivots || !order || !real) return false;
  const { count, m, n } = matrices(x.type);
  const k = Math.min(m, n);
  if (k < LEAST) return false;
  const bytes = m * n * bytesOfReal(real);
  withDense(
    real,
    "an LU factorization",
    [
      [m, n],
      [BLOCK, n],
      [BLOCK, BLOCK],
    ],
    (a, row, inverse) => {
      for (let i = 0; i < count; i++) {
        a.clear();
        a.read(x.at + i * bytes, m, n);
        lu(a, m, n, row, inverse, pivots.at + 4 * i * k);
        a.write(y.at + i * bytes, m, n);
        const taken = new Int32Array(heap.memory.buffer, pivots.at + 4 * i * k, k);
        const rows = new Int32Array(heap.memory.buffer, order.at + 4 * i * m, m);
        for (let r = 0; r < m; r++) rows[r] = r;
        taken.forEach((from, r) => ([rows[r], rows[from]] = [rows[from]!, rows[r]!]));
      }
    },
  );
  return true;
});

interface Triangular {
  readonly leftSide: boolean;
  readonly lower: boolean;
  readonly transposeA: boolean;
  readonly unitDiagonal: boolean;
}
/** B := A⁻¹ B for a triangular A. @param row a row of blocks */
function solve(a: Dense, b: Dense, isLower: boolean, isUnit: boolean, row: Dense, inverse: Dense): void {
  const n = a.rows;
  for (let step = 0; step < n; step += BLOCK) {
    const j = isLower ? step : n - BLOCK - step;
    const corner = readBlock(a.part(j, j, BLOCK, BLOCK));
    writeBlock(inverse, isLower ? invertLower(corner, isUnit) : transposedBlock(invertLower(transposedBlock(corner), isUnit)));
    const own = b.part(j, 0, BLOCK, b.columns);
    row.multiply(inverse, own);
    own.copy(row);
    const [first, rest] = isLower ? [j + BLOCK, n - j - BLOCK] : [0, j];
    if (rest > 0) b.part(first, 0, rest, b.columns).subtract(a.part(first, j, rest, BLOCK), row);
  }
}
defineLaneRoutine("triangular_solve", ({ ins, outs, params }) => {
  const [a, b] = ins;
  const [y] = outs;
  const real = a && realOf(a.type);
  if (!a || !b || !y || !real || b.type.dtype !== a.type.dtype) return false;
  const { leftSide, lower, transposeA, unitDiagonal } = params as unknown as Triangular;
  const { count, n } = matrices(a.type);
  const { m, n: width } = matrices(b.type);
  const across = leftSide ? width : m;
  if (n < LEAST) return false;
  // Brought to the form "left, not transposed": X op(A) = B is op(A)ᵀ Xᵀ = Bᵀ.
  const isTurned = transposeA !== !leftSide;
  const isLower = lower !== isTurned;
  const bytes = bytesOfReal(real);
  withDense(
    real,
    "a triangular system",
    [
      [n, n],
      [n, across],
      [BLOCK, across],
      [BLOCK, BLOCK],
    ],
    (matrix, right, row, inverse) => {
      for (let i = 0; i < count; i++) {
        matrix.clear();
        right.clear();
        matrix.read(a.at + i * n * n * bytes, n, n, isTurned);
        matrix.addOnes(n);
        right.read(b.at + i * m * width * bytes, m, width, !leftSide);
        solve(matrix, right, isLower, unitDiagonal, row, inverse);
        if (leftSide) right.write(y.at + i * m * width * bytes, m, width);
        else right.write(y.at + i * m * width * bytes, width, m, true);
      }
    },
  );
  return true;
});
