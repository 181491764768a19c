// Complex elementary functions in f64. Branch cuts as in C99 and NumPy; at infinities, NaN and zeros of either sign the values are those of XLA, which
// leaves the sign of a zero out of account where C99 follows it.
export type Complex = readonly [number, number];
export type ComplexFunction = (x: Complex, y: Complex) => Complex;

export const add = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
export const sub = ([a, b]: Complex, [c, d]: Complex): Complex => [a - c, b - d];
export const mul = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
/** What is finite over an infinity is 0, also where the other part is NaN, and what is infinite over something finite has an infinity where it can (C99, annex G). */
export function div(x: Complex, y: Complex): Complex {
  if (anyInfinite(y) && Number.isFinite(x[0]) && Number.isFinite(x[1])) return along(0, x, [unitOf(y[0]), unitOf(y[1])]);
  const r = quotient(x, y);
  const lost = Number.isNaN(r[0]) && Number.isNaN(r[1]);
  return lost && anyInfinite(x) && Number.isFinite(y[0]) && Number.isFinite(y[1]) ? along(Infinity, [unitOf(x[0]), unitOf(x[1])], y) : r;
}
/** x times the conjugate of y, times a limit. */
const along = (limit: number, [a, b]: Complex, [c, d]: Complex): Complex => [limit * (a * c + b * d), limit * (b * c - a * d)];
/** Smith's method: no overflow in between. */
function quotient([a, b]: Complex, [c, d]: Complex): Complex {
  if (Math.abs(c) >= Math.abs(d)) {
    if (c === 0 && d === 0) return [a / c, b / c];
    const r = d / c,
      t = c + d * r;
    return [(a + b * r) / t, (b - a * r) / t];
  }
  const r = c / d,
    t = c * r + d;
  return [(a * r + b) / t, (b * r - a) / t];
}
/** ±1 of an infinity, 0 of everything else. */
const unitOf = (x: number): number => (Math.abs(x) === Infinity ? Math.sign(x) : 0);
const scale = ([a, b]: Complex, k: number): Complex => [a * k, b * k];
const i = ([a, b]: Complex): Complex => [-b, a];
const ONE: Complex = [1, 0];
export const abs = ([a, b]: Complex): number => Math.hypot(a, b);
export const exp = ([a, b]: Complex): Complex => {
  const e = Math.exp(a);
  return b === 0 ? [e, b] : [e * Math.cos(b), e * Math.sin(b)];
};
const NONE: Complex = [NaN, NaN];
const anyNaN = ([a, b]: Complex): boolean => Number.isNaN(a) || Number.isNaN(b);
const anyInfinite = ([a, b]: Complex): boolean => Math.abs(a) === Infinity || Math.abs(b) === Infinity;
export const log = (z: Complex): Complex => (anyNaN(z) ? NONE : [logAbs(z), Math.atan2(z[1], z[0])]);
function logAbs([a, b]: Complex): number {
  const h = Math.hypot(a, b);
  return h > 0.5 && h < 2
    ? 0.5 * Math.log1p(Math.abs(a) >= Math.abs(b) ? (Math.abs(a) - 1) * (Math.abs(a) + 1) + b * b : (Math.abs(b) - 1) * (Math.abs(b) + 1) + a * a)
    : Math.log(h);
}
export function sqrt([a, b]: Complex): Complex {
  if (anyNaN([a, b])) return NONE;
  if (a === 0 && b === 0) return [0, b];
  if (Math.abs(b) === Infinity) return [Infinity, b];
  if (a === Infinity) return [a, 0 * b];
  const m = Math.sqrt((Math.abs(a) + Math.hypot(a, b)) / 2);
  return a >= 0 ? [m, b / (2 * m)] : [Math.abs(b) / (2 * m), b < 0 ? -m : m];
}
function rsqrt(z: Complex): Complex {
  if (anyInfinite(z)) return [0, 0];
  return z[0] < 0 && Object.is(z[1], -0) ? [0, 1 / Math.sqrt(-z[0])] : div(ONE, sqrt(z));
}
// A real argument has a real value, also where the other factor is infinite.
const sinh = ([a, b]: Complex): Complex => (b === 0 ? [Math.sinh(a), b] : [Math.sinh(a) * Math.cos(b), Math.cosh(a) * Math.sin(b)]);
const cosh = ([a, b]: Complex): Complex => (b === 0 ? [Math.cosh(a), 0] : [Math.cosh(a) * Math.cos(b), Math.sinh(a) * Math.sin(b)]);
function tanh([a, b]: Complex): Complex {
  if (b === 0) return [Math.tanh(a), b];
  if (Math.abs(a) === Infinity) return [Math.sign(a), 0];
  if (Math.abs(a) > 20 && Number.isFinite(b)) return [Math.sign(a), 4 * Math.sin(b) * Math.cos(b) * Math.exp(-2 * Math.abs(a))];
  return div(sinh([a, b]), cosh([a, b]));
}
const overI =
  (f: (z: Complex) => Complex) =>
  (z: Complex): Complex => {
    const [a, b] = f(i(z));
    return [b, -a];
  };
const log1p = (z: Complex): Complex => {
  const [a, b] = z;
  return [0.5 * Math.log1p(a * (2 + a) + b * b), Math.atan2(b, 1 + a)];
};
/** asinh in the first quadrant, where nothing cancels: the others are its mirror images. */
function asinhQuadrant(x: number, y: number): Complex {
  if (x === Infinity || y === Infinity) return [Infinity, Number.isNaN(x + y) ? NaN : x === y ? Math.PI / 4 : x === Infinity ? 0 : Math.PI / 2];
  if (Number.isNaN(x + y)) return NONE;
  const z: Complex = [x, y];
  if (Math.max(x, y) < 1e-4) return sub(z, scale(mul(z, mul(z, z)), 1 / 6));
  if (Math.max(x, y) > 1e100) return add(log(z), [Math.LN2, 0]);
  return log(add(z, sqrt(add(mul(z, z), ONE))));
}
/** The sign of a part that is never negative itself; −0 counts as positive, as in XLA. */
const signed = (by: number, x: number): number => (by < 0 ? -x : x);
const asinh = ([x, y]: Complex): Complex => {
  const [a, b] = asinhQuadrant(Math.abs(x), Math.abs(y));
  return [signed(x, a), signed(y, b)];
};
const asin = ([x, y]: Complex): Complex => {
  const [a, b] = asinhQuadrant(Math.abs(y), Math.abs(x));
  return [signed(x, b), signed(y, a)];
};
const acos = (z: Complex): Complex => {
  const [a, b] = asin(z);
  return [Math.PI / 2 - a, -b];
};
const acosh = (z: Complex): Complex => {
  const [a, b] = acos(z);
  return [Math.abs(b), signed(z[1], a)];
};
function atanh(z: Complex): Complex {
  const quarter = z[1] >= 0 ? Math.PI / 2 : -Math.PI / 2;
  if (anyInfinite(z)) return [0, quarter];
  if (anyNaN(z)) return [NaN, quarter];
  // On the cut to the right both zeros count as the upper side.
  return scale(sub(log1p(z), log1p([-z[0], z[1] === 0 ? -0 : -z[1]])), 0.5);
}
/** The exponent 0 gives 1 of anything; 0 to a positive number is 0, and has no value else. */
const pow = (x: Complex, y: Complex): Complex => {
  if (y[0] === 0 && y[1] === 0) return ONE;
  if (x[0] !== 0 || x[1] !== 0) return exp(mul(y, log(x)));
  return y[1] === 0 && y[0] > 0 ? [0, 0] : NONE;
};
/** Lexicographic, as NumPy orders complex numbers. */
export const before = ([a, b]: Complex, [c, d]: Complex): boolean => a < c || (a === c && b < d);
const TABLE: Readonly<Record<string, ComplexFunction>> = {
  div: (x, y) => div(x, y),
  pow: (x, y) => pow(x, y),
  atan2: (y, x) => atan2(y, x),
  exp: (z) => exp(z),
  exp2: (z) => exp(scale(z, Math.LN2)),
  log: (z) => log(z),
  log1p: (z) => log1p(z),
  sqrt: (z) => sqrt(z),
  rsqrt: (z) => rsqrt(z),
  expm1: (z) => {
    const [a, b] = z,
      s = Math.sin(b / 2);
    if (b === 0) return [Math.expm1(a), b];
    return [Math.expm1(a) * Math.cos(b) - 2 * s * s, Math.exp(a) * Math.sin(b)];
  },
  sin: (z) => overI(sinh)(z),
  cos: (z) => cosh(i(z)),
  tan: (z) => overI(tanh)(z),
  sinh: (z) => sinh(z),
  cosh: (z) => cosh(z),
  tanh: (z) => tanh(z),
  asinh: (z) => asinh(z),
  acosh: (z) => acosh(z),
  atanh: (z) => atanh(z),
  asin: (z) => asin(z),
  acos: (z) => acos(z),
  atan: (z) => overI(atanh)(z),
  max: (x, y) => (before(x, y) ? y : x),
  min: (x, y) => (before(y, x) ? y : x),
  logistic: (z) => div(ONE, add(ONE, exp(scale(z, -1)))),
  sign: (z) => {
    const m = abs(z);
    return m === 0 ? [0, 0] : scale(z, 1 / m);
  },
};
function atan2(y: Complex, x: Complex): Complex {
  const n = add(x, i(y)),
    d = sqrt(add(mul(x, x), mul(y, y))),
    [a, b] = log(div(n, d));
  return [b, -a];
}
/** A function of complex numbers by name. */
export function complexFunction(name: string): ComplexFunction {
  const f = TABLE[name];
  if (!f) throw new Error(`the mathematics library has no complex function ${name}`);
  return f;
}
/** One part (0 real, 1 imaginary) of a function whose complex arguments come flat. */
export function complexParts(name: string, part: 0 | 1): (...flat: number[]) => number {
  const f = complexFunction(name);
  return (a, b, c = 0, d = 0) => f([a!, b!], [c, d])[part];
}
