// scipy.signal: short-time Fourier transforms and power spectra by averaged, overlapping windows (Welch, 1967).
import { canonicalize, isComplex, realPart } from "../core/dtypes.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, axisOf, promoteInexact } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { detrend as removeTrend } from "./signal.ts";

/** A window: a name, or its values. */
export type Window = "hann" | "hamming" | "blackman" | "bartlett" | "boxcar" | ArrayLike;
/** What is taken away from each segment: "constant" (its mean), "linear" (a line), false, or a function. */
export type Detrend = "constant" | "linear" | false | ((segments: Value) => ArrayLike);
/** Options that all the spectra share. */
export interface SegmentOptions {
  /** Samples a second. */
  readonly fs?: number;
  readonly window?: Window;
  /** Length of a segment. */
  readonly nperseg?: number | null;
  /** Samples that neighbours share; half a segment by default. */
  readonly noverlap?: number | null;
  /** Length of the transform; the segment's by default. */
  readonly nfft?: number | null;
  readonly axis?: number;
  readonly detrend?: Detrend;
  /** Frequencies from 0 up only, for real data; true by default. */
  readonly returnOnesided?: boolean;
}
/** Options of `stft`. */
export interface StftOptions extends SegmentOptions {
  /** How the data goes on at its ends; null for not at all. */
  readonly boundary?: "zeros" | "even" | "odd" | "constant" | null;
  /** Whether zeros make the last segment whole. */
  readonly padded?: boolean;
}
/** Options of `welch` and `csd`. */
export interface WelchOptions extends SegmentOptions {
  /** Power by frequency, or power itself. */
  readonly scaling?: "density" | "spectrum";
  readonly average?: "mean" | "median";
}
const DEFAULT_SEGMENT = 256;
const TAU = 2 * Math.PI;
/** Cosine windows as sums of cosines, periodic as a spectrum needs them. */
const COSINES: Readonly<Record<string, readonly number[]>> = { boxcar: [1], hann: [0.5, 0.5], hamming: [0.54, 0.46], blackman: [0.42, 0.5, 0.08] };
function named(fn: string, name: string, n: number): number[] {
  const positions = Array.from({ length: n }, (_x, i) => i);
  if (n === 1) return [1];
  if (name === "bartlett") return positions.map((i) => 1 - Math.abs((2 * i) / n - 1));
  const terms = COSINES[name];
  if (!terms)
    throw new ArgumentError(`scipy.signal.${fn}: the window is "${name}", expected ${[...Object.keys(COSINES), "bartlett"].join(", ")} or an array`);
  return positions.map((i) => terms.reduce((sum, a, k) => sum + (k % 2 ? -a : a) * Math.cos((TAU * k * i) / n), 0));
}
interface Segments {
  readonly window: Value;
  readonly nperseg: number;
  readonly step: number;
  readonly nfft: number;
}
function segmentsOf(fn: string, q: SegmentOptions, length: number, x: Value): Segments {
  const real = isComplex(x.dtype) ? realPart(x.dtype) : x.dtype;
  const window = q.window ?? "hann";
  const given = typeof window === "string" ? null : asArray(window, `scipy.signal.${fn}`, "window").astype(real);
  const nperseg = q.nperseg ?? given?.size ?? Math.min(DEFAULT_SEGMENT, length);
  if (!Number.isInteger(nperseg) || nperseg < 1) throw new ArgumentError(`scipy.signal.${fn}: nperseg is a positive integer, got ${nperseg}`);
  const fitted = given ? nperseg : Math.min(nperseg, length);
  if (given && (given.ndim !== 1 || given.size !== nperseg || nperseg > length))
    throw new ShapeError(
      `scipy.signal.${fn}: the window has ${nperseg} values in one axis, at most the ${length} of the data, got [${given.shape.join(",")}]`,
    );
  const noverlap = q.noverlap ?? Math.floor(fitted / 2);
  const nfft = q.nfft ?? fitted;
  if (noverlap >= fitted) throw new ArgumentError(`scipy.signal.${fn}: noverlap is less than nperseg, ${fitted}, got ${noverlap}`);
  if (nfft < fitted) throw new ArgumentError(`scipy.signal.${fn}: nfft is at least nperseg, ${fitted}, got ${nfft}`);
  return { window: given ?? np.array(named(fn, window as string, fitted), { dtype: real }), nperseg: fitted, step: fitted - noverlap, nfft };
}
function extended(fn: string, x: Value, n: number, boundary: StftOptions["boundary"]): Value {
  if (boundary === null || boundary === undefined || n === 0) return x;
  const width = x.shape.map((_d, i) => (i === x.ndim - 1 ? [n, n] : [0, 0])) as [number, number][];
  if (boundary === "zeros") return np.pad(x, width);
  if (boundary === "even") return np.pad(x, width, { mode: "reflect" });
  if (boundary === "constant") return np.pad(x, width, { mode: "edge" });
  if (boundary !== "odd")
    throw new ArgumentError(`scipy.signal.${fn}: boundary is ${JSON.stringify(boundary)}, expected "zeros", "even", "odd", "constant" or null`);
  const mirrored = np.pad(x, width, { mode: "reflect" });
  const ends = np.pad(x, width, { mode: "edge" });
  return ends
    .mul(2)
    .sub(mirrored)
    .at("...", `${n}:${n + x.shape.at(-1)!}`)
    .set(x);
}
/** The data as segments on a new axis before the last. */
const framed = (x: Value, { nperseg, step }: Segments): Value => {
  const count = Math.floor((x.shape.at(-1)! - nperseg) / step) + 1;
  const starts = np.arange(count).mul(step).get(":", null);
  return np.take(x, starts.add(np.arange(nperseg)), { axis: -1 });
};
const withoutTrend = (segments: Value, detrend: Detrend): Value => {
  if (detrend === false) return segments;
  if (typeof detrend === "function") return np.asarray(detrend(segments));
  return removeTrend(segments, { type: detrend, axis: -1 });
};
interface Spectrum {
  readonly frequencies: Value;
  readonly times: Value;
  /** Frequencies, then segments, last. */
  readonly values: Value;
}
interface Kind {
  readonly fn: string;
  readonly stft: boolean;
  readonly detrend: Detrend;
  readonly scaling: "density" | "spectrum";
  readonly boundary: StftOptions["boundary"];
  readonly padded: boolean;
}
function spectrum(x0: ArrayLike, y0: ArrayLike | null, q: SegmentOptions, kind: Kind): Spectrum {
  const { fn } = kind;
  const fs = q.fs ?? 1;
  const [x1, y1] = promoteInexact(fn, y0 === null ? [asArray(x0, fn)] : [asArray(x0, fn), asArray(y0, fn)]) as [Value, Value | undefined];
  const axis = axisOf(fn, q.axis ?? -1, x1.ndim);
  const last = (v: Value): Value => np.moveaxis(v, axis, -1);
  let [x, y] = [last(x1), y1 === undefined ? null : last(y1)] as [Value, Value | null];
  const zeros = (v: Value, more: number): Value =>
    more <= 0 ? v : np.pad(v, v.shape.map((_d, i) => (i === v.ndim - 1 ? [0, more] : [0, 0])) as [number, number][]);
  const s = segmentsOf(fn, q, x1.shape[axis]!, x);
  if (y) {
    const longest = Math.max(x.shape.at(-1)!, y.shape.at(-1)!);
    x = zeros(x, longest - x.shape.at(-1)!);
    y = zeros(y, longest - y.shape.at(-1)!);
  }
  const prepare = (v: Value): Value => {
    const longer = extended(fn, v, Math.floor(s.nperseg / 2), kind.boundary);
    const over = (longer.shape.at(-1)! - s.nperseg) % s.step;
    return kind.padded && over !== 0 ? zeros(longer, s.step - over) : longer;
  };
  const oneSided = (q.returnOnesided ?? true) && !isComplex(x.dtype) && !(y && isComplex(y.dtype));
  const transform = (v: Value): Value => {
    const segments = withoutTrend(framed(v, s), kind.detrend).mul(s.window);
    return oneSided ? np.fft.rfft(segments, { n: s.nfft }) : np.fft.fft(segments, { n: s.nfft });
  };
  const prepared = prepare(x);
  const tx = transform(prepared);
  const power = kind.scaling === "density" ? np.divide(1, np.sum(s.window.mul(s.window)).mul(fs)) : np.divide(1, np.square(np.sum(s.window)));
  let values = kind.stft
    ? tx.mul(np.sqrt(power))
    : np
        .conj(tx)
        .mul(y ? transform(prepare(y)) : tx)
        .mul(power);
  if (oneSided && !kind.stft) {
    // What has a mirror image counts for both: all but the mean and, of even lengths, the highest frequency.
    const doubled = np.arange(values.shape.at(-1)!);
    const mirrored = doubled.gt(0).and(s.nfft % 2 ? doubled.ge(0) : doubled.lt(values.shape.at(-1)! - 1));
    values = values.mul(np.where(mirrored, 2, 1).astype(realPart(values.dtype)));
  }
  if (!y && !kind.stft) values = np.real(values);
  const start = s.nperseg / 2;
  const count = values.shape.at(-2)!;
  const shift = kind.boundary === null || kind.boundary === undefined ? start : 0;
  const real = canonicalize("float64");
  return {
    frequencies: oneSided ? np.fft.rfftfreq(s.nfft, { d: 1 / fs }) : np.fft.fftfreq(s.nfft, { d: 1 / fs }),
    times: np.arange(count).astype(real).mul(s.step).add(shift).div(fs),
    values: np.moveaxis(np.swapaxes(values, -1, -2), -2, axis),
  };
}
/** The short-time Fourier transform: `[frequencies, times, values]`, values with segments on the last axis.
 * @example scipy.signal.stft(np.ones([64]), { nperseg: 16 })[2]!.shape // [9, 9] */
export function stft(x: ArrayLike, options: StftOptions = {}): [frequencies: Value, times: Value, values: Value] {
  const { boundary = "zeros", padded = true, detrend = false } = options;
  const kind: Kind = { fn: "stft", stft: true, detrend, scaling: "spectrum", boundary, padded };
  const s = spectrum(x, null, { nperseg: DEFAULT_SEGMENT, ...options }, kind);
  return [s.frequencies, s.times, s.values];
}
/** The cross power spectral density of x and y (of x itself where y is null): `[frequencies, values]`.
 * @example scipy.signal.csd(np.ones([64]), np.ones([64]), { nperseg: 16 })[1]!.shape // [9] */
export function csd(x: ArrayLike, y: ArrayLike | null, options: WelchOptions = {}): [frequencies: Value, values: Value] {
  const { scaling = "density", average = "mean", detrend = "constant" } = options;
  if (scaling !== "density" && scaling !== "spectrum")
    throw new ArgumentError(`scipy.signal.csd: scaling is ${JSON.stringify(scaling)}, expected "density" or "spectrum"`);
  const kind: Kind = { fn: "csd", stft: false, detrend, scaling, boundary: null, padded: false };
  const s = spectrum(x, y, options, kind);
  const values = s.values;
  if (average === "mean") return [s.frequencies, np.mean(values, { axis: -1 })];
  if (average !== "median") throw new ArgumentError(`scipy.signal.csd: average is ${JSON.stringify(average)}, expected "mean" or "median"`);
  const bias = medianBias(values.shape.at(-1)!);
  const middle = (v: Value): Value => np.median(v, { axis: -1 }).div(bias);
  if (!isComplex(values.dtype)) return [s.frequencies, middle(values)];
  return [s.frequencies, middle(np.real(values)).add(middle(np.imag(values)).mul(np.array({ re: 0, im: 1 } as never)))];
}
/** By how much the median of n exponential variables is off their mean. */
const medianBias = (n: number): number =>
  Array.from({ length: Math.floor((n - 1) / 2) }, (_x, i) => 2 * (i + 1)).reduce((b, k) => b + 1 / (k + 1) - 1 / k, 1);
/** The power spectral density: `[frequencies, power]`.
 * @example scipy.signal.welch(np.sin(np.arange(64)), { nperseg: 16 })[1]!.argmax() // 3 */
export function welch(x: ArrayLike, options: WelchOptions = {}): [frequencies: Value, power: Value] {
  const [frequencies, values] = csd(x, null, options);
  return [frequencies, isComplex(values.dtype) ? np.real(values) : values];
}
/** Options of `istft`. */
export interface IstftOptions extends Pick<SegmentOptions, "fs" | "window" | "nperseg" | "noverlap" | "nfft"> {
  readonly inputOnesided?: boolean;
  /** Whether the data was continued at its ends, which is cut off. */
  readonly boundary?: boolean;
  readonly timeAxis?: number;
  readonly freqAxis?: number;
}
/** Segments that lie `step` apart, added up. The last two axes are segments and their samples. */
function overlapAdd(x: Value, step: number): Value {
  const [count, length] = x.shape.slice(-2) as [number, number];
  const places = np.arange(count).mul(step).get(":", null).add(np.arange(length));
  const rows = np.reshape(x, [-1, count * length]);
  const out = np
    .zeros([rows.shape[0]!, step * (count - 1) + length], { dtype: x.dtype })
    .at(":", np.ravel(places))
    .add(rows);
  return np.reshape(out, [...x.shape.slice(0, -2), -1]);
}
/** The inverse of `stft`, by overlapping segments weighted by the window: `[times, values]`.
 * @example scipy.signal.istft(scipy.signal.stft(np.ones([64]), { nperseg: 16 })[2]!, { nperseg: 16 })[1]!.shape // [64] */
export function istft(Zxx: ArrayLike, options: IstftOptions = {}): [times: Value, values: Value] {
  const { fs = 1, inputOnesided = true, boundary = true, window = "hann" } = options;
  const z0 = asArray(Zxx, "istft");
  if (z0.ndim < 2) throw new ShapeError(`scipy.signal.istft: frequencies and times are two axes, got ${z0.aval}`);
  const freq = axisOf("istft", options.freqAxis ?? -2, z0.ndim);
  const time = axisOf("istft", options.timeAxis ?? -1, z0.ndim);
  if (freq === time) throw new ArgumentError(`scipy.signal.istft: freqAxis and timeAxis are different axes, got ${freq} for both`);
  const z = np.moveaxis(z0, [freq, time], [-2, -1]);
  const full = inputOnesided ? 2 * (z.shape.at(-2)! - 1) : z.shape.at(-2)!;
  const nperseg = options.nperseg ?? full;
  const nfft = options.nfft ?? (inputOnesided && nperseg === full + 1 ? full + 1 : full);
  const noverlap = options.noverlap ?? Math.floor(nperseg / 2);
  if (nfft < nperseg) throw new ArgumentError(`scipy.signal.istft: nfft is at least nperseg, ${nperseg}, got ${nfft}`);
  if (noverlap >= nperseg) throw new ArgumentError(`scipy.signal.istft: noverlap is less than nperseg, ${nperseg}, got ${noverlap}`);
  const inverse = inputOnesided ? np.fft.irfft(z, { axis: -2, n: nfft }) : np.fft.ifft(z, { axis: -2, n: nfft });
  const segments = np.swapaxes(inverse, -1, -2).get("...", `:${nperseg}`);
  const real = isComplex(segments.dtype) ? realPart(segments.dtype) : segments.dtype;
  const win =
    typeof window === "string" ? np.array(named("istft", window, nperseg), { dtype: real }) : asArray(window, "istft", "window").astype(real);
  if (win.ndim !== 1 || win.size !== nperseg)
    throw new ShapeError(`scipy.signal.istft: the window has ${nperseg} values, got [${win.shape.join(",")}]`);
  const step = nperseg - noverlap;
  const added = overlapAdd(segments.mul(np.sum(win)).mul(win), step);
  const weight = overlapAdd(np.broadcastTo(win.mul(win), [z.shape.at(-1)!, nperseg]), step);
  const half = Math.floor(nperseg / 2);
  const cut = (v: Value): Value => (boundary && half > 0 ? v.get("...", `${half}:-${half}`) : v);
  const norm = cut(weight);
  const x = cut(added).div(np.where(norm.gt(1e-10), norm, 1));
  const times = np.arange(x.shape[0]!).astype(real).div(fs);
  return [times, x.ndim > 1 && time !== z0.ndim - 1 ? np.moveaxis(x, -1, freq < time ? time - 1 : time) : x];
}
