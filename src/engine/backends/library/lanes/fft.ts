// Fourier transforms of any length in lanes. Lengths of factors 2, 3 and 5 go through Stockham's passes over several lines at once; one long line is a
// matrix whose columns, and then rows, are such lines (four steps); other lengths are a convolution with a chirp (Bluestein).
// Sources: Van Loan, "Computational Frameworks for the Fast Fourier Transform"; Bluestein, "A linear filtering approach …" (1970).
import { isComplex, realPart } from "../../../core/dtypes.ts";
import { sizeOf } from "../../../core/aval.ts";
import { heap } from "../../wasm/heap.ts";
import { butterflies } from "./butterflies.ts";
import { type Real, bytesOfReal, withScratch } from "./code.ts";
import { defineLaneRoutine } from "./registry.ts";

/** Longer lines are transformed as a matrix. */
const MOST_DIRECT = 4096;
/** Shorter lines are transformed directly, also where they do not fill the lanes. */
const LEAST_SPLIT = 256;
/** Lines that are transformed side by side: a line of memory holds as many. */
const PANEL = 16;
/** Bytes of what is worked on at a time. */
const CACHE = 2 ** 19;
/** Lines of a chirp's convolution at a time. */
const CHIRPS = 16;

/** Lines of complex numbers: bytes from element to element, and from line to line. */
interface Lines {
  readonly n: number;
  readonly count: number;
  readonly element: number;
  readonly line: number;
}
interface Pass {
  readonly radix: 2 | 3 | 4 | 5;
  readonly m: number;
  readonly twiddles: number;
}
function radices(n: number): (2 | 3 | 4 | 5)[] | null {
  const found: (2 | 3 | 4 | 5)[] = [];
  for (const r of [4, 2, 3, 5] as const)
    while (n % r === 0) {
      found.push(r);
      n /= r;
    }
  return n === 1 ? found : null;
}
/** e^(−2πi k/n), exact where k/n is a multiple of an eighth. */
function root(k: number, n: number): readonly [number, number] {
  const eighths = (8 * k) / n;
  const angle = (-2 * Math.PI * k) / n;
  if (!Number.isInteger(eighths)) return [Math.cos(angle), Math.sin(angle)];
  const h = Math.SQRT1_2;
  const exact = [
    [1, 0],
    [h, -h],
    [0, -1],
    [-h, -h],
    [-1, 0],
    [-h, h],
    [0, 1],
    [h, h],
  ] as const;
  return exact[((eighths % 8) + 8) % 8] ?? [1, 0];
}
/** Numbers that stay in the heap. */
function keep(real: Real, values: ArrayLike<number>): number {
  const at = heap.take(values.length * bytesOfReal(real), () => "a table of a Fourier transform");
  (real === "f32" ? new Float32Array(heap.memory.buffer, at, values.length) : new Float64Array(heap.memory.buffer, at, values.length)).set(values);
  return at;
}
function cached<V>(make: (real: Real, n: number) => V): (real: Real, n: number) => V {
  const made = new Map<string, V>();
  return (real, n) => {
    const key = `${real} ${n}`;
    let v = made.get(key);
    if (v === undefined) made.set(key, (v = make(real, n)));
    return v;
  };
}
const passesOf = cached((real, n): readonly Pass[] => {
  let length = n;
  return (radices(n) ?? []).map((radix) => {
    const m = length / radix;
    const values = new Float64Array(2 * m * (radix - 1));
    for (let p = 0, at = 0; p < m; p++)
      for (let k = 1; k < radix; k++) {
        const w = root(p * k, length);
        values[at++] = w[0];
        values[at++] = w[1];
      }
    length = m;
    return { radix, m, twiddles: keep(real, values) };
  });
});
/** All powers of e^(−2πi/n) as products of two: by the high bits of the exponent, and by its low bits. */
const turnsOf = cached((real, n) => {
  const bits = Math.ceil(Math.log2(n) / 2);
  const table = (count: number, step: number): number => keep(real, Array.from({ length: count }, (_x, k) => root((k * step) % n, n)).flat());
  return { bits, high: table((n >> bits) + 1, 1 << bits), low: table(1 << bits, 1) };
});
const chirpOf = cached((real, n) => {
  let size = 1;
  while (size < 2 * n - 1) size *= 2;
  for (const odd of [3, 5, 9, 15]) {
    let other = odd;
    while (other < 2 * n - 1) other *= 2;
    size = Math.min(size, other);
  }
  const chirp = new Float64Array(2 * n);
  const filter = new Float64Array(2 * size);
  for (let k = 0; k < n; k++) {
    // k² modulo 2n keeps the angle exact for long transforms.
    const [re, im] = root((k * k) % (2 * n), 2 * n);
    chirp.set([re, im], 2 * k);
    filter.set([re, -im], 2 * k);
    if (k > 0) filter.set([re, -im], 2 * (size - k));
  }
  const spectrum = withScratch(filter.byteLength, "a table of a Fourier transform", (at) => {
    new Float64Array(heap.memory.buffer, at, filter.length).set(filter);
    transform("f64", at, at, { n: size, count: 1, element: 16, line: 16 * size }, false);
    return new Float64Array(heap.memory.buffer, at, filter.length).slice();
  });
  return { size, chirp: keep(real, chirp), filter: keep(real, spectrum) };
});

/** Parts of lines side by side, twice: passes go from one to the other. */
class Columns {
  readonly #parts: readonly [re: number, im: number, otherRe: number, otherIm: number];
  /** Bytes of a row. */
  readonly width: number;
  constructor(
    readonly real: Real,
    n: number,
    readonly most: number,
    at: number,
  ) {
    const row = most * bytesOfReal(real);
    this.width = row;
    this.#parts = [at, at + n * row, at + 2 * n * row, at + 3 * n * row];
  }
  static bytes(real: Real, n: number, columns: number): number {
    return 4 * n * columns * bytesOfReal(real);
  }
  /** Brings lines in, transforms them and brings them out. `inverse`: with the parts exchanged on either side. */
  run(lines: Lines, from: number, inverse: boolean, out: (re: number, im: number, isWhole: boolean) => void, turned: boolean): void {
    const f = butterflies(this.real);
    const { n, count, element, line } = lines;
    let [re, im, re2, im2] = this.#parts;
    const isWhole = this.#isWhole(lines);
    const [first, second] = inverse ? [im, re] : [re, im];
    (isWhole ? f.gatherVectors : f.gather)(from, first, second, n, count, element, line, this.width);
    let width = this.width;
    for (const p of passesOf(this.real, n)) {
      const args = [re, im, re2, im2, p.twiddles, p.m, width] as const;
      if (p.radix === 4) f.pass4(...args);
      else if (p.radix === 2) f.pass2(...args);
      else if (p.radix === 3) f.pass3(...args);
      else f.pass5(...args);
      [re, im, re2, im2] = [re2, im2, re, im];
      width *= p.radix;
    }
    if (inverse && !turned) out(im, re, isWhole);
    else out(re, im, isWhole);
  }
  #isWhole({ count, line }: Lines): boolean {
    const bytes = bytesOfReal(this.real);
    return line === 2 * bytes && count % (16 / bytes) === 0;
  }
}
/** Transforms lines; `to` may be `from`. */
function transform(real: Real, from: number, to: number, lines: Lines, inverse: boolean): void {
  const { n, count } = lines;
  const lanes = 16 / bytesOfReal(real);
  if (radices(n) === null) return bluestein(real, from, to, lines, inverse);
  if (n < LEAST_SPLIT || (count >= lanes && n <= MOST_DIRECT)) return direct(real, from, to, lines, inverse);
  for (let l = 0; l < count; l++) fourSteps(real, from + l * lines.line, to + l * lines.line, lines, inverse);
}
const panelOf = (real: Real, n: number, count: number): number => {
  const lanes = 16 / bytesOfReal(real);
  const fits = Math.floor(CACHE / Columns.bytes(real, n, lanes)) * lanes;
  return Math.min(Math.ceil(count / lanes) * lanes, Math.max(lanes, Math.min(PANEL, fits)));
};
function direct(real: Real, from: number, to: number, lines: Lines, inverse: boolean): void {
  const { n, count, element, line } = lines;
  const most = panelOf(real, n, count);
  const bytes = Columns.bytes(real, n, most);
  withScratch(bytes, "a Fourier transform", (at) => {
    // Lanes that no line fills are computed too: with zeros, not with what lay there.
    if (count < most) heap.bytes(at, bytes).fill(0);
    const columns = new Columns(real, n, most, at);
    for (let l = 0; l < count; l += most) {
      const some = Math.min(most, count - l);
      const f = butterflies(real);
      columns.run(
        { ...lines, count: some },
        from + l * line,
        inverse,
        (re, im, isWhole) => {
          (isWhole ? f.scatterVectors : f.scatter)(to + l * line, re, im, n, some, element, line, columns.width, inverse ? 1 / n : 1);
        },
        false,
      );
    }
  });
}
/** One line of n = rows · columns: columns are transformed, turned, and lie as rows of a matrix then, whose columns are transformed. */
function fourSteps(real: Real, from: number, to: number, { n, element }: Lines, inverse: boolean): void {
  const [rows, columns] = halves(n);
  const size = 2 * bytesOfReal(real);
  const f = butterflies(real);
  const { bits, high, low } = turnsOf(real, n);
  const most = [panelOf(real, rows, columns), panelOf(real, columns, rows)] as const;
  const bytes = Math.max(Columns.bytes(real, rows, most[0]), Columns.bytes(real, columns, most[1]));
  withScratch(n * size + bytes, "a Fourier transform", (at) => {
    heap.bytes(at + n * size, bytes).fill(0);
    const first = new Columns(real, rows, most[0], at + n * size);
    for (let j = 0; j < columns; j += most[0]) {
      const count = Math.min(most[0], columns - j);
      first.run(
        { n: rows, count, element: columns * element, line: element },
        from + j * element,
        inverse,
        (re, im) => {
          f.scatterTurned(at + j * rows * size, re, im, rows, count, size, rows * size, first.width, high, low, bits, j);
        },
        true,
      );
    }
    const second = new Columns(real, columns, most[1], at + n * size);
    for (let k = 0; k < rows; k += most[1]) {
      const count = Math.min(most[1], rows - k);
      second.run(
        { n: columns, count, element: rows * size, line: size },
        at + k * size,
        false,
        (re, im, isWhole) => {
          const scatter = isWhole && element === size ? f.scatterVectors : f.scatter;
          const [a, b] = inverse ? [im, re] : [re, im];
          scatter(to + k * element, a, b, columns, count, rows * element, element, second.width, inverse ? 1 / n : 1);
        },
        false,
      );
    }
  });
}
/** Two factors of a number, as near to one another as can be. */
function halves(n: number): readonly [number, number] {
  let low = Math.floor(Math.sqrt(n));
  while (n % low !== 0) low--;
  return [low, n / low];
}
function bluestein(real: Real, from: number, to: number, { n, count, element, line }: Lines, inverse: boolean): void {
  const { size, chirp, filter } = chirpOf(real, n);
  const bytes = bytesOfReal(real);
  const complex = 2 * bytes;
  const f = butterflies(real);
  const [re, im] = inverse ? [bytes, 0] : [0, bytes];
  const most = Math.min(count, CHIRPS);
  withScratch(most * size * complex, "a Fourier transform", (at) => {
    for (let l = 0; l < count; l += most) {
      const some = Math.min(most, count - l);
      const work: Lines = { n: size, count: some, element: complex, line: size * complex };
      heap.bytes(at, some * size * complex).fill(0);
      f.multiply(from + l * line, at, chirp, n, element, complex, some, line, work.line, re, im, 0, bytes, 1);
      transform(real, at, at, work, false);
      f.multiply(at, at, filter, size, complex, complex, some, work.line, work.line, 0, bytes, 0, bytes, 1);
      transform(real, at, at, work, true);
      f.multiply(at, to + l * line, chirp, n, complex, element, some, work.line, line, 0, bytes, re, im, inverse ? 1 / n : 1);
    }
  });
}
/** Along one axis of an array of complex numbers. */
function alongAxis(real: Real, from: number, to: number, shape: readonly number[], axis: number, inverse: boolean): void {
  const n = shape[axis] ?? 1;
  const size = 2 * bytesOfReal(real);
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  if (inner === 1) return transform(real, from, to, { n, count: outer, element: size, line: n * size }, inverse);
  for (let o = 0; o < outer; o++) {
    const start = o * n * inner * size;
    transform(real, from + start, to + start, { n, count: inner, element: inner * size, line: size }, inverse);
  }
}
defineLaneRoutine("fft", ({ ins, outs, params }) => {
  const [x] = ins;
  const [y] = outs;
  if (!x || !y) return false;
  const { shape, dtype } = x.type;
  const real = realPart(dtype) === "float32" ? "f32" : realPart(dtype) === "float64" ? "f64" : null;
  const lengths = params.fftLengths as readonly number[];
  const rank = shape.length;
  if (real === null || sizeOf(y.type.shape) === 0 || sizeOf(shape) === 0 || lengths.some((n) => n >= 2 ** 26)) return false;
  const f = butterflies(real);
  const size = 2 * bytesOfReal(real);
  const others = lengths.slice(0, -1).map((_n, i) => rank - lengths.length + i);
  const last = rank - 1;
  const n = lengths.at(-1) ?? 1;
  const half = Math.floor(n / 2) + 1;
  const whole = [...shape.slice(0, -1), n];
  const lines = sizeOf(shape.slice(0, -1));
  switch (params.fftType as "FFT" | "IFFT" | "RFFT" | "IRFFT") {
    case "FFT":
    case "IFFT": {
      let from = x.at;
      for (const axis of [last, ...others]) {
        alongAxis(real, from, y.at, shape, axis, params.fftType === "IFFT");
        from = y.at;
      }
      return true;
    }
    case "RFFT":
      if (isComplex(dtype)) return false;
      withScratch(lines * n * size, "a Fourier transform", (at) => {
        f.widen(x.at, at, lines * n);
        alongAxis(real, at, at, whole, last, false);
        const memory = new Uint8Array(heap.memory.buffer);
        for (let l = 0; l < lines; l++) memory.copyWithin(y.at + l * half * size, at + l * n * size, at + (l * n + half) * size);
      });
      for (const axis of others) alongAxis(real, y.at, y.at, y.type.shape, axis, false);
      return true;
    case "IRFFT":
      withScratch((lines * n + (others.length ? lines * half : 0)) * size, "a Fourier transform", (at) => {
        let from = x.at;
        for (const axis of others) {
          alongAxis(real, from, at + lines * n * size, shape, axis, true);
          from = at + lines * n * size;
        }
        f.complete(from, at, n, half, lines);
        alongAxis(real, at, at, whole, last, true);
        f.reals(at, y.at, lines * n);
      });
      return true;
  }
});
