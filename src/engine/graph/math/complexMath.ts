// Complex elementary functions in f64. Branch cuts as in C99 and NumPy.
export type Complex = readonly [number, number];
export type ComplexFunction = (x: Complex, y: Complex) => Complex;

export const add = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
export const sub = ([a, b]: Complex, [c, d]: Complex): Complex => [a - c, b - d];
export const mul = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
/** Smith's method: no overflow in between. */
export function div([a, b]: Complex, [c, d]: Complex): Complex {
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
const scale = ([a, b]: Complex, k: number): Complex => [a * k, b * k];
const i = ([a, b]: Complex): Complex => [-b, a];
const ONE: Complex = [1, 0];
export const abs = ([a, b]: Complex): number => Math.hypot(a, b);
export const exp = ([a, b]: Complex): Complex => {
  const e = Math.exp(a);
  return b === 0 ? [e, b] : [e * Math.cos(b), e * Math.sin(b)];
};
export const log = (z: Complex): Complex => [logAbs(z), Math.atan2(z[1], z[0])];
function logAbs([a, b]: Complex): number {
  const h = Math.hypot(a, b);
  return h > 0.5 && h < 2
    ? 0.5 * Math.log1p(Math.abs(a) >= Math.abs(b) ? (Math.abs(a) - 1) * (Math.abs(a) + 1) + b * b : (Math.abs(b) - 1) * (Math.abs(b) + 1) + a * a)
    : Math.log(h);
}
export function sqrt([a, b]: Complex): Complex {
  if (a === 0 && b === 0) return [0, b];
  const m = Math.sqrt((Math.abs(a) + Math.hypot(a, b)) / 2);
  return a >= 0 ? [m, b / (2 * m)] : [Math.abs(b) / (2 * m), b < 0 || Object.is(b, -0) ? -m : m];
}
const sinh = ([a, b]: Complex): Complex => [Math.sinh(a) * Math.cos(b), Math.cosh(a) * Math.sin(b)];
const cosh = ([a, b]: Complex): Complex => [Math.cosh(a) * Math.cos(b), Math.sinh(a) * Math.sin(b)];
function tanh([a, b]: Complex): Complex {
  if (Math.abs(a) > 20) return [Math.sign(a), 4 * Math.sin(b) * Math.cos(b) * Math.exp(-2 * Math.abs(a))];
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
const asinh = (z: Complex): Complex => {
  const r = log(add(z, sqrt(add(mul(z, z), ONE))));
  return z[0] < 0 ? scale(log(add(scale(z, -1), sqrt(add(mul(z, z), ONE)))), -1) : r;
};
const acosh = (z: Complex): Complex => log(add(z, mul(sqrt(add(z, ONE)), sqrt(sub(z, ONE)))));
const atanh = (z: Complex): Complex => scale(sub(log1p(z), log1p(scale(z, -1))), 0.5);
const acos = (z: Complex): Complex => {
  const [, b] = asinh(i(z)),
    a = asinh(i(z))[0];
  return [Math.PI / 2 - b, a];
};
const pow = (x: Complex, y: Complex): Complex => (x[0] === 0 && x[1] === 0 ? (y[0] === 0 && y[1] === 0 ? ONE : [0, 0]) : exp(mul(y, log(x))));
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
  rsqrt: (z) => div(ONE, sqrt(z)),
  expm1: (z) => {
    const [a, b] = z,
      s = Math.sin(b / 2);
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
  asin: (z) => overI(asinh)(z),
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
