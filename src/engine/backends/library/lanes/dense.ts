// Matrices of the library in lanes: products of parts of them, by tiles in registers. They are copied from and to arrays with rows and columns added
// until both are multiples of a block, so that no tile has an edge.
import type { Instr } from "../../../compiler/wasm/asm.ts";
import { heap } from "../../wasm/heap.ts";
import { type Code, type Real, type Routine, bytesOfReal, laneFunctions } from "./code.ts";

/** Rows and columns of a block: those of the parts that are factored one by one. */
export const BLOCK = 32;
const ROWS = 4;
const VECTORS = 2;
const LINE = 64;
const inBlocks = (n: number): number => Math.ceil(n / BLOCK) * BLOCK;

/** out = left · right, or out − left · right: rows and steps of the depth of each are a pitch in bytes apart, rows are multiples of 4, columns of two vectors. */
const product = (subtracts: boolean): Routine => ({
  parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  write: (c, out, pitch, left, leftPitch, right, rightPitch, rows, columns, depth) => {
    const width = 16 * VECTORS;
    const [start, to] = [c.index(left), c.index(out)];
    const last = c.i32("add", out, c.i32("mul", rows, pitch));
    const across = c.i32("mul", columns, c.bytes);
    const leftRows = [1, 2, 3].map((i) => c.i32("mul", leftPitch, i));
    const outRows = [1, 2, 3].map((i) => c.i32("mul", pitch, i));
    c.below(to, last, c.i32("mul", pitch, ROWS), () => {
      const column = c.index();
      c.below(column, across, width, () => {
        const sums = Array.from({ length: ROWS * VECTORS }, () => c.a.variable("v128"));
        for (const s of sums) c.set(s, c.constant(0));
        const a = c.index(start);
        const b = c.index(c.i32("add", right, column));
        c.below(a, c.i32("add", start, c.i32("mul", depth, c.bytes)), c.bytes, () => {
          const row = Array.from({ length: VECTORS }, (_x, j) => c.load(b, 16 * j));
          for (let i = 0; i < ROWS; i++) {
            const factor = c.spread(i === 0 ? a : c.i32("add", a, leftRows[i - 1]!));
            row.forEach((v, j) => c.set(sums[i * VECTORS + j]!, c.add(c.v(sums[i * VECTORS + j]!), c.mul(factor, v))));
          }
          c.step(b, rightPitch);
        });
        for (let i = 0; i < ROWS; i++) {
          const place = c.i32("add", c.i32("add", to, column), i === 0 ? 0 : outRows[i - 1]!);
          for (let j = 0; j < VECTORS; j++) {
            const sum = c.v(sums[i * VECTORS + j]!);
            c.store(place, subtracts ? c.sub(c.load(place, 16 * j), sum) : sum, 16 * j);
          }
        }
      });
      c.step(start, c.i32("mul", leftPitch, ROWS));
    });
  },
});
const magnitude = (c: Code, x: Instr): Instr => c.a.op(`${c.real}_abs`, x);
export const dense = laneFunctions({
  multiply: product(false),
  subtractProduct: product(true),
  /** out[j, i] = x[i, j], by single elements. */
  transpose: {
    parameters: ["i32", "i32", "i32", "i32", "i32", "i32"],
    write: (c, out, pitch, x, xPitch, rows, columns) => {
      const [from, to] = [c.index(x), c.index(out)];
      c.count(rows, 1, () => {
        const [source, place] = [c.index(from), c.index(to)];
        c.count(columns, 1, () => {
          c.put(place, c.get(source));
          c.step(source, c.bytes);
          c.step(place, pitch);
        });
        c.step(from, xPitch);
        c.step(to, c.bytes);
      });
    },
  },
  copy: {
    parameters: ["i32", "i32", "i32", "i32", "i32", "i32"],
    write: (c, out, pitch, x, xPitch, rows, columns) => {
      const [from, to] = [c.index(x), c.index(out)];
      c.count(rows, 1, () => {
        c.a.op("memory_copy", c.v(to), c.v(from), c.i32("mul", columns, c.bytes));
        c.step(from, xPitch);
        c.step(to, pitch);
      });
    },
  },
  /**
   * Gaussian elimination with row exchanges in the columns from `first` on, as many as a block has, of a matrix of `rows` rows; exchanged rows change places over
   * all their `width` bytes. Numbers of the rows that were taken go to `pivots`. A column of zeros is left as it is.
   */
  eliminate: {
    parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    write: (c, x, pitch, rows, first, columns, width, pivots) => {
      const { a } = c;
      const end = c.i32("add", x, c.i32("mul", rows, pitch));
      const diagonal = c.index(c.i32("add", x, c.i32("mul", first, pitch)));
      const offset = c.index(c.i32("mul", first, c.bytes));
      const stop = c.i32("add", c.i32("mul", first, c.bytes), c.i32("mul", columns, c.bytes));
      const blockEnd = c.i32("add", c.i32("mul", first, c.bytes), BLOCK * c.bytes);
      const pivot = c.index(c.i32("add", pivots, c.i32("mul", first, 4)));
      c.below(offset, stop, c.bytes, () => {
        // The largest element; of equal ones the first, and before all a NaN.
        const best = c.index(diagonal);
        const row = c.index(diagonal);
        const size = a.variable(c.real);
        a.write(size, c.number(-1));
        c.below(row, end, pitch, () => {
          const value = magnitude(c, c.get(c.i32("add", row, offset)));
          const isNan = a.op(`${c.real}_ne`, value, value);
          const wasNumber = a.op(`${c.real}_eq`, a.read(size), a.read(size));
          const better = a.op("i32_and", wasNumber, a.op("i32_or", isNan, a.op(`${c.real}_gt`, value, a.read(size))));
          a.when(better, () => {
            a.write(size, value);
            c.set(best, row);
          });
        });
        c.a.store("i32_store", c.v(pivot), 0, a.op("i32_div_u", c.i32("sub", best, x), c.v(pitch)));
        a.when(c.i32("xor", best, diagonal), () => {
          const [p, q] = [c.index(best), c.index(diagonal)];
          c.below(p, c.i32("add", best, width), 16, () => {
            const [u, v] = [c.load(p), c.load(q)];
            c.store(p, v);
            c.store(q, u);
            c.step(q, 16);
          });
        });
        const value = c.get(c.i32("add", diagonal, offset));
        a.when(a.op(`${c.real}_ne`, value, c.number(0)), () => {
          const below = c.index(c.i32("add", diagonal, pitch));
          // Vectors that hold the column itself, or what is before it, are done element by element.
          const vectors = c.i32("and", c.i32("add", offset, 16), -16);
          c.below(below, end, pitch, () => {
            const at = c.i32("add", below, offset);
            const factor = c.s("div", c.get(at), value);
            c.put(at, factor);
            const single = c.index(c.i32("add", offset, c.bytes));
            c.below(single, vectors, c.bytes, () => {
              const place = c.i32("add", below, single);
              c.put(place, c.s("sub", c.get(place), c.s("mul", factor, c.get(c.i32("add", diagonal, single)))));
            });
            const spread = c.splat(factor);
            const next = c.index(vectors);
            c.below(next, blockEnd, 16, () => {
              const place = c.i32("add", below, next);
              c.store(place, c.sub(c.load(place), c.mul(spread, c.load(c.i32("add", diagonal, next)))));
            });
          });
        });
        c.step(diagonal, pitch);
        c.step(pivot, 4);
      });
    },
  },
});

/** A matrix, or a part of one, in the heap. */
export class Dense {
  constructor(
    readonly real: Real,
    readonly at: number,
    readonly pitch: number,
    readonly rows: number,
    readonly columns: number,
  ) {}
  /** Bytes between rows: a line of the cache more than the columns take, since rows that are powers of two apart would fall on the same lines. */
  static pitch(real: Real, columns: number): number {
    return inBlocks(columns) * bytesOfReal(real) + LINE;
  }
  static bytes(real: Real, rows: number, columns: number): number {
    return inBlocks(rows) * Dense.pitch(real, columns);
  }
  /** A matrix at an address, in whole blocks. */
  static within(real: Real, at: number, rows: number, columns: number): Dense {
    return new Dense(real, at, Dense.pitch(real, columns), inBlocks(rows), inBlocks(columns));
  }
  part(row: number, column: number, rows: number, columns: number): Dense {
    return new Dense(this.real, this.at + row * this.pitch + column * bytesOfReal(this.real), this.pitch, rows, columns);
  }
  get functions(): ReturnType<typeof dense> {
    return dense(this.real);
  }
  clear(): void {
    heap.bytes(this.at, this.rows * this.pitch).fill(0);
  }
  /** Ones on the diagonal from a row on. */
  addOnes(from: number): void {
    const view = this.view();
    const step = this.pitch / bytesOfReal(this.real);
    for (let i = from; i < Math.min(this.rows, this.columns); i++) view[i * step + i] = 1;
  }
  /** All of it, rows `pitch` bytes apart. It is good until memory grows. */
  view(): Float32Array | Float64Array {
    const length = ((this.rows - 1) * this.pitch) / bytesOfReal(this.real) + this.columns;
    return this.real === "f32" ? new Float32Array(heap.memory.buffer, this.at, length) : new Float64Array(heap.memory.buffer, this.at, length);
  }
  /** Copies from an array's rows, or its columns. */
  read(from: number, rows: number, columns: number, transposed = false): void {
    const { functions: f, at, pitch } = this;
    const step = bytesOfReal(this.real);
    if (transposed) f.transpose(at, pitch, from, columns * step, rows, columns);
    else f.copy(at, pitch, from, columns * step, rows, columns);
  }
  write(to: number, rows: number, columns: number, transposed = false): void {
    const { functions: f, at, pitch } = this;
    const step = bytesOfReal(this.real);
    if (transposed) f.transpose(to, rows * step, at, pitch, rows, columns);
    else f.copy(to, columns * step, at, pitch, rows, columns);
  }
  multiply(left: Dense, right: Dense): void {
    this.functions.multiply(this.at, this.pitch, left.at, left.pitch, right.at, right.pitch, this.rows, this.columns, left.columns);
  }
  subtract(left: Dense, right: Dense): void {
    this.functions.subtractProduct(this.at, this.pitch, left.at, left.pitch, right.at, right.pitch, this.rows, this.columns, left.columns);
  }
  /** Becomes another one's transpose. */
  transpose(of: Dense): void {
    this.functions.transpose(this.at, this.pitch, of.at, of.pitch, of.rows, of.columns);
  }
  copy(of: Dense): void {
    this.functions.copy(this.at, this.pitch, of.at, of.pitch, of.rows, of.columns);
  }
}
