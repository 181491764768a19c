// Special functions in f64. Sources: Abramowitz & Stegun; Numerical Recipes (continued fractions by Lentz's method); Lanczos (1964) with
// Godfrey's coefficients for lnΓ; Giles (2010) for the start of erf⁻¹.

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
  9.9843695780195716e-6, 1.5056327351493116e-7,
];
export function lgamma(x: number): number {
  if (x !== x) return NaN;
  if (!Number.isFinite(x)) return Infinity;
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x);
  if (x === 1 || x === 2) return 0;
  if (Math.abs(x - 1) < 0.2 || Math.abs(x - 2) < 0.2) return nearOne(x);
  if (x > 1e6) return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + 1 / (12 * x);
  const t = x - 1 + 7.5;
  let s = LANCZOS[0]!;
  for (let i = 1; i < 9; i++) s += LANCZOS[i]! / (x - 1 + i);
  return 0.9189385332046727 + (x - 0.5) * Math.log(t) - t + Math.log(s);
}
/** Around 1 and 2, where lnΓ vanishes: −γz + Σ ζ(k)(−z)ᵏ/k. */
function nearOne(x: number): number {
  const z = x > 1.5 ? x - 2 : x - 1;
  let s = -0.5772156649015329 * z;
  for (let k = 2; k < 60; k++) {
    const t = (zeta(k, 1) * (-z) ** k) / k;
    s += t;
    if (Math.abs(t) < 1e-18) break;
  }
  return x > 1.5 ? s + Math.log1p(z) : s;
}
export function digamma(x: number): number {
  if (x !== x || x === -Infinity) return NaN;
  if (x === Infinity) return Infinity;
  if (x <= 0) {
    if (Number.isInteger(x)) return NaN;
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * x);
  }
  let r = 0;
  while (x < 10) {
    r -= 1 / x;
    x++;
  }
  const f = 1 / (x * x);
  return r + Math.log(x) - 0.5 / x - f * (1 / 12 - f * (1 / 120 - f * (1 / 252 - f * (1 / 240 - f * (1 / 132 - f * (691 / 32760 - f / 12))))));
}
const ZETA_A = [
  12, -720, 30240, -1209600, 47900160, -1.8924375803183791606e9, 7.47242496e10, -2.950130727918164224e12, 1.1646782814350067249e14,
  -4.5979787224074726105e15, 1.8152105401943546773e17, -7.1661652561756670113e18,
];
/** Hurwitz zeta Σ (q+k)^−x by Euler–Maclaurin summation. */
export function zeta(x: number, q: number): number {
  if (x === 1) return Infinity;
  if (x < 1 || x !== x || q !== q) return NaN;
  if (q <= 0) {
    if (x !== Math.floor(x)) return NaN;
    // At a pole of an odd power the two sides have other signs.
    if (q === Math.floor(q)) return x % 2 === 0 ? Infinity : NaN;
  }
  let s = Math.pow(q, -x),
    a = q,
    b = 0,
    i = 0;
  while (i < 9 || a <= 9) {
    i++;
    a += 1;
    b = Math.pow(a, -x);
    s += b;
    if (Math.abs(b / s) < 1.1e-16) return s;
  }
  s += (b * a) / (x - 1) - 0.5 * b;
  let f = 1,
    k = 0;
  for (let j = 0; j < 12; j++) {
    f *= x + k;
    b /= a;
    const t = (f * b) / ZETA_A[j]!;
    s += t;
    if (Math.abs(t / s) < 1.1e-16) return s;
    k++;
    f *= x + k;
    b /= a;
    k++;
  }
  return s;
}
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (n < 0 || n !== Math.floor(n)) return NaN;
  return (n % 2 ? 1 : -1) * Math.exp(lgamma(n + 1)) * zeta(n + 1, x);
}
export function erf(x: number): number {
  if (Math.abs(x) > 2.5) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
  let s = x,
    t = x;
  for (let n = 1; n < 80; n++) {
    t *= (-x * x) / n;
    const d = t / (2 * n + 1);
    s += d;
    if (Math.abs(d) < 1e-17 * Math.abs(s)) break;
  }
  return (2 / Math.sqrt(Math.PI)) * s;
}
export function erfc(x: number): number {
  if (x < 2.5) return x < -2.5 ? 2 - erfc(-x) : 1 - erf(x);
  if (x > 27) return 0;
  let f = 0;
  for (let n = 60; n >= 1; n--) f = n / 2 / (x + f);
  return Math.exp(-x * x) / ((x + f) * Math.sqrt(Math.PI));
}
export function erfInv(x: number): number {
  if (!(x > -1 && x < 1)) return x === 1 ? Infinity : x === -1 ? -Infinity : NaN;
  if (x === 0) return x;
  const sign = x < 0 ? -1 : 1,
    a = Math.abs(x);
  let w = -Math.log((1 - a) * (1 + a)),
    p: number;
  if (w < 5) {
    w -= 2.5;
    p = [2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3, 0.246640727, 1.50140941].reduce(
      (s, c) => s * w + c,
    );
  } else {
    w = Math.sqrt(w) - 3;
    p = [-2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406, 2.83297682].reduce(
      (s, c) => s * w + c,
    );
  }
  let y = p * a;
  // Newton steps; near 1 the difference is taken of the complements, which keeps its digits.
  for (let i = 0; i < 2; i++) y -= (a > 0.5 ? 1 - a - erfc(y) : erf(y) - a) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-y * y));
  return sign * y;
}
export function besselI0e(x: number): number {
  return besselE(Math.abs(x), 0);
}
export function besselI1e(x: number): number {
  return Math.sign(x) * besselE(Math.abs(x), 1);
}
function besselE(x: number, order: 0 | 1): number {
  if (x !== x) return NaN;
  if (x < 30) {
    let t = order === 0 ? 1 : x / 2,
      s = t;
    for (let k = 1; k < 200; k++) {
      t *= (x * x) / (4 * k * (k + order));
      s += t;
      if (t < 1e-17 * s) break;
    }
    return s * Math.exp(-x);
  }
  const mu = 4 * order * order;
  let t = 1,
    s = 1;
  for (let k = 1; k < 30; k++) {
    const next = (-t * (mu - (2 * k - 1) ** 2)) / (k * 8 * x);
    if (Math.abs(next) > Math.abs(t)) break;
    t = next;
    s += t;
  }
  return s / Math.sqrt(2 * Math.PI * x);
}

/** Regularized lower incomplete gamma P(a, x): series below a + 1, continued fraction above. */
export function igamma(a: number, x: number): number {
  if (a !== a || x !== x || a < 0 || x < 0 || (a === 0 && x === 0)) return NaN;
  if (a === 0) return 1;
  if (x === 0) return 0;
  if (x === Infinity) return a === Infinity ? NaN : 1;
  if (a === Infinity) return 0;
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}
export function igammac(a: number, x: number): number {
  if (a !== a || x !== x || a < 0 || x < 0 || (a === 0 && x === 0)) return NaN;
  if (a === 0) return 0;
  if (x === 0) return 1;
  if (x === Infinity) return a === Infinity ? NaN : 0;
  if (a === Infinity) return 1;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}
function lowerSeries(a: number, x: number): number {
  let s = 1 / a,
    t = s;
  for (let n = 1; n < 10000; n++) {
    t *= x / (a + n);
    s += t;
    if (t < s * 1e-17) break;
  }
  return s * Math.exp(-x + a * Math.log(x) - lgamma(a));
}
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a,
    c = 1 / tiny,
    d = 1 / b,
    h = d;
  for (let i = 1; i < 10000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const t = d * c;
    h *= t;
    if (Math.abs(t - 1) < 1e-16) break;
  }
  return Math.exp(-x + a * Math.log(x) - lgamma(a)) * h;
}
/** ∂P(a, x)/∂a by Richardson-extrapolated central differences: nine digits, more than f32 holds. */
export function igammaGradA(a: number, x: number): number {
  if (!(a > 0) || !(x >= 0)) return NaN;
  if (x === 0) return 0;
  const d = (h: number): number => (x < a + 1 ? igamma(a + h, x) - igamma(a - h, x) : igammac(a - h, x) - igammac(a + h, x)) / (2 * h),
    h = Math.min(0.02 * Math.max(a, 0.05), a / 2);
  const d1 = d(h),
    d2 = d(h / 2),
    d3 = d(h / 4),
    r1 = (4 * d2 - d1) / 3,
    r2 = (4 * d3 - d2) / 3;
  return (16 * r2 - r1) / 15;
}
/** ∂x/∂a of a Gamma(a) sample: −(∂P/∂a) / p(x). */
export function randomGammaGrad(a: number, x: number): number {
  if (x === 0) return 0;
  return -igammaGradA(a, x) / Math.exp(-x + (a - 1) * Math.log(x) - lgamma(a));
}
/** Regularized incomplete beta I_x(a, b). */
export function betainc(a: number, b: number, x: number): number {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(x <= 1)) return NaN;
  if (x === 0 || x === 1) return x;
  const front = Math.exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(a, b, x)) / a : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1,
    d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let h = d;
  for (let m = 1; m < 10000; m++) {
    for (const aa of [(m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)), (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))]) {
      d = 1 + aa * d;
      if (Math.abs(d) < tiny) d = tiny;
      c = 1 + aa / c;
      if (Math.abs(c) < tiny) c = tiny;
      d = 1 / d;
      h *= d * c;
      if (Math.abs(d * c - 1) < 1e-16) return h;
    }
  }
  return h;
}
