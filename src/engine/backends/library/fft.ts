// Discrete Fourier transforms of any length: radix 2 where the length allows, Bluestein's chirp convolution elsewhere; in f64.
// Source: Bluestein, "A linear filtering approach to the computation of the discrete Fourier transform" (1970).
import { isComplex } from "../../core/dtypes.ts";
import { defineRoutine, fromFloat64, toFloat64 } from "./registry.ts";

interface Plan {
  readonly n: number;
  readonly run: (re: Float64Array, im: Float64Array) => void;
}
const plans = new Map<number, Plan>();
/** A forward transform in place, e^(−2πi jk/n). */
function plan(n: number): Plan {
  let p = plans.get(n);
  if (!p) plans.set(n, (p = (n & (n - 1)) === 0 ? radix2(n) : bluestein(n)));
  return p;
}
function radix2(n: number): Plan {
  const cos = Float64Array.from({ length: n / 2 }, (_x, k) => Math.cos((2 * Math.PI * k) / n)),
    sin = Float64Array.from({ length: n / 2 }, (_x, k) => -Math.sin((2 * Math.PI * k) / n));
  return {
    n,
    run: (re, im) => {
      for (let i = 1, j = 0; i < n; i++) {
        let bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) {
          [re[i], re[j]] = [re[j]!, re[i]!];
          [im[i], im[j]] = [im[j]!, im[i]!];
        }
      }
      for (let len = 2; len <= n; len <<= 1) {
        const half = len >> 1,
          step = n / len;
        for (let i = 0; i < n; i += len)
          for (let k = 0; k < half; k++) {
            const wr = cos[k * step]!,
              wi = sin[k * step]!,
              a = i + k,
              b = a + half,
              xr = re[b]! * wr - im[b]! * wi,
              xi = re[b]! * wi + im[b]! * wr;
            re[b] = re[a]! - xr;
            im[b] = im[a]! - xi;
            re[a]! += xr;
            im[a]! += xi;
          }
      }
    },
  };
}
function bluestein(n: number): Plan {
  let size = 1;
  while (size < 2 * n - 1) size <<= 1;
  const inner = plan(size),
    cr = new Float64Array(n),
    ci = new Float64Array(n),
    fr = new Float64Array(size),
    fi = new Float64Array(size);
  // k² modulo 2n keeps the angle exact for long transforms.
  for (let k = 0; k < n; k++) {
    const angle = (Math.PI * ((k * k) % (2 * n))) / n;
    cr[k] = Math.cos(angle);
    ci[k] = -Math.sin(angle);
    fr[k] = cr[k]!;
    fi[k] = -ci[k]!;
    if (k) {
      fr[size - k] = fr[k]!;
      fi[size - k] = fi[k]!;
    }
  }
  inner.run(fr, fi);
  return {
    n,
    run: (re, im) => {
      const ar = new Float64Array(size),
        ai = new Float64Array(size);
      for (let k = 0; k < n; k++) {
        ar[k] = re[k]! * cr[k]! - im[k]! * ci[k]!;
        ai[k] = re[k]! * ci[k]! + im[k]! * cr[k]!;
      }
      inner.run(ar, ai);
      // Multiplied, and conjugated so that the forward transform inverts.
      for (let k = 0; k < size; k++) {
        const r = ar[k]! * fr[k]! - ai[k]! * fi[k]!,
          i = ar[k]! * fi[k]! + ai[k]! * fr[k]!;
        ar[k] = r;
        ai[k] = -i;
      }
      inner.run(ar, ai);
      for (let k = 0; k < n; k++) {
        const r = ar[k]! / size,
          i = -ai[k]! / size;
        re[k] = r * cr[k]! - i * ci[k]!;
        im[k] = r * ci[k]! + i * cr[k]!;
      }
    },
  };
}
/** Transforms every line along one axis of a complex array in place. */
function alongAxis(re: Float64Array, im: Float64Array, shape: readonly number[], axis: number, inverse: boolean): void {
  const n = shape[axis]!,
    stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1),
    outer = shape.slice(0, axis).reduce((a, b) => a * b, 1),
    { run } = plan(n),
    lr = new Float64Array(n),
    li = new Float64Array(n);
  for (let o = 0; o < outer; o++)
    for (let s = 0; s < stride; s++) {
      const base = o * n * stride + s;
      for (let k = 0; k < n; k++) {
        lr[k] = re[base + k * stride]!;
        li[k] = inverse ? -im[base + k * stride]! : im[base + k * stride]!;
      }
      run(lr, li);
      for (let k = 0; k < n; k++) {
        re[base + k * stride] = inverse ? lr[k]! / n : lr[k]!;
        im[base + k * stride] = inverse ? -li[k]! / n : li[k]!;
      }
    }
}
defineRoutine("fft", ({ ins, outs, params }) => {
  const kind = params.fftType as "FFT" | "IFFT" | "RFFT" | "IRFFT",
    lengths = params.fftLengths as readonly number[],
    [x] = ins,
    [y] = outs,
    shape = x!.type.shape,
    axes = lengths.map((_n, i) => shape.length - lengths.length + i),
    flat = toFloat64(x!),
    complexIn = isComplex(x!.type.dtype);
  if (outs[0]!.data.length === 0) return;
  const count = flat.length / (complexIn ? 2 : 1);
  let re = Float64Array.from({ length: count }, (_v, i) => (complexIn ? flat[2 * i]! : flat[i]!)),
    im = complexIn ? Float64Array.from({ length: count }, (_v, i) => flat[2 * i + 1]!) : new Float64Array(count);
  const last = axes.at(-1)!;
  if (kind === "FFT" || kind === "IFFT") {
    for (const a of axes) alongAxis(re, im, shape, a, kind === "IFFT");
    write();
    return;
  }
  const n = lengths.at(-1)!,
    half = Math.floor(n / 2) + 1;
  if (kind === "RFFT") {
    alongAxis(re, im, shape, last, false);
    [re, im] = resize(re, im, n, half, (_line, k) => k);
    const cut = [...shape.slice(0, last), half];
    for (const a of axes.slice(0, -1)) alongAxis(re, im, cut, a, false);
    write();
    return;
  }
  for (const a of axes.slice(0, -1)) alongAxis(re, im, shape, a, true);
  // The missing half is the conjugate of the given one; the imaginary parts that a real signal cannot have are dropped.
  const lines = count / half,
    fr = new Float64Array(lines * n),
    fi = new Float64Array(lines * n);
  for (let l = 0; l < lines; l++)
    for (let k = 0; k < n; k++) {
      const own = k < half,
        s = l * half + (own ? k : n - k);
      fr[l * n + k] = re[s]!;
      fi[l * n + k] = k === 0 || 2 * k === n ? 0 : own ? im[s]! : -im[s]!;
    }
  alongAxis(fr, fi, [...shape.slice(0, last), n], last, true);
  fromFloat64(y!, fr);
  function write(): void {
    const out = new Float64Array(re.length * 2);
    for (let i = 0; i < re.length; i++) {
      out[2 * i] = re[i]!;
      out[2 * i + 1] = im[i]!;
    }
    fromFloat64(y!, out);
  }
});
/** Lines of length n cut to m elements. */
function resize(
  re: Float64Array,
  im: Float64Array,
  n: number,
  m: number,
  from: (line: number, k: number) => number,
): [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>] {
  const lines = re.length / n,
    r = new Float64Array(lines * m),
    i = new Float64Array(lines * m);
  for (let l = 0; l < lines; l++)
    for (let k = 0; k < m; k++) {
      r[l * m + k] = re[l * n + from(l, k)]!;
      i[l * m + k] = im[l * n + from(l, k)]!;
    }
  return [r, i];
}
