// Functions of the mathematics library that have a form in WGSL: in float32, to a few units in the last place. Those that are missing here are computed on
// the CPU. sin, cos and tan are here for large arguments only; the kernel IR has the others as arithmetic.
import { ARC_TANGENT, COSINE, SINE } from "../kernel/trig.ts";
import type { Helper } from "./helpers.ts";

/** Horner's scheme, the highest coefficient first. */
const series = (x: string, coefficients: readonly number[]): string =>
  coefficients.slice(1).reduce((sum, c) => `(${sum} * ${x} + ${c}f)`, `${coefficients[0]}f`);

/** The functions by the names that kernels call them by. */
export const LIBRARY: Readonly<Record<string, string>> = {
  rem: "float_rem",
  atan2: "arc_tangent2",
  cbrt: "cube_root",
  hypot: "hypotenuse",
  erfInv: "inverse_erf",
  nextafter32: "next_after",
  sin: "sine_of_large",
  cos: "cosine_of_large",
  tan: "tangent_of_large",
};
export const FUNCTIONS: Readonly<Record<string, Helper>> = {
  // Long division of the significands, exact. x has the sign of the result.
  float_rem: {
    text: `fn float_rem(x: f32, y: f32) -> f32 {
  let bx = bitcast<u32>(x) & 0x7fffffffu;
  let by = bitcast<u32>(y) & 0x7fffffffu;
  if (by == 0u || bx >= 0x7f800000u || by > 0x7f800000u) { return nan(); }
  if (bx < by) { return x; }
  var ex = max(bx >> 23u, 1u);
  let ey = max(by >> 23u, 1u);
  var mx = (bx & 0x7fffffu) | select(0u, 0x800000u, bx >= 0x800000u);
  let my = (by & 0x7fffffu) | select(0u, 0x800000u, by >= 0x800000u);
  loop {
    mx = mx % my;
    if (ex == ey || mx == 0u) { break; }
    mx = mx << 1u;
    ex -= 1u;
  }
  let sign = bitcast<u32>(x) & 0x80000000u;
  if (mx == 0u) { return bitcast<f32>(sign); }
  let up = min(countLeadingZeros(mx) - 8u, ey - 1u);
  let m = mx << up;
  return bitcast<f32>(sign | select(m, (m & 0x7fffffu) | ((ey - up) << 23u), m >= 0x800000u));
}`,
    needs: ["nan"],
  },
  arc_tangent: {
    text: `fn arc_tangent(w: f32) -> f32 {
  let z = w * w;
  let p = ${series("z", ARC_TANGENT)};
  return p * (w * z) + w;
}`,
  },
  arc_tangent2: {
    text: `fn arc_tangent2(y: f32, x: f32) -> f32 {
  if (is_nan(x) || is_nan(y)) { return nan(); }
  let ax = abs(x);
  let ay = abs(y);
  let bx = bitcast<u32>(ax);
  let by = bitcast<u32>(ay);
  var t = 0.0f;
  if (bx == 0x7f800000u && by == 0x7f800000u) { t = 0.785398163f; }
  else if (by == 0x7f800000u || (bx == 0u && by != 0u)) { t = 1.57079633f; }
  else if (bx != 0x7f800000u && by != 0u) {
    let w = min(ax, ay) / max(ax, ay);
    t = arc_tangent(w);
    if (ay > ax) { t = 1.57079633f - t; }
  }
  if ((bitcast<u32>(x) & 0x80000000u) != 0u) { t = 3.14159265f - t; }
  return with_sign(t, y);
}`,
    needs: ["is_nan", "nan", "arc_tangent", "with_sign"],
  },
  cube_root: {
    text: `fn cube_root(x: f32) -> f32 {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  if (bits == 0u || bits >= 0x7f800000u) { return x; }
  let a = abs(x);
  var t = bitcast<f32>(bits / 3u + 709958130u);
  t = t - (t * t * t - a) / (3.0f * t * t);
  t = t - (t * t * t - a) / (3.0f * t * t);
  t = t - (t * t * t - a) / (3.0f * t * t);
  return with_sign(t, x);
}`,
    needs: ["with_sign"],
  },
  hypotenuse: {
    text: `fn hypotenuse(x: f32, y: f32) -> f32 {
  let bx = bitcast<u32>(x) & 0x7fffffffu;
  let by = bitcast<u32>(y) & 0x7fffffffu;
  if (bx == 0x7f800000u || by == 0x7f800000u) { return inf(); }
  if (is_nan(x) || is_nan(y)) { return nan(); }
  let big = max(abs(x), abs(y));
  if (big == 0.0f) { return 0.0f; }
  let small = min(abs(x), abs(y)) / big;
  return big * sqrt(1.0f + small * small);
}`,
    needs: ["is_nan", "nan", "inf"],
  },
  // M. Giles, "Approximating the erfinv function" (2010): the single precision form.
  inverse_erf: {
    text: `fn inverse_erf(x: f32) -> f32 {
  if (is_nan(x) || abs(x) > 1.0f) { return nan(); }
  if (abs(x) == 1.0f) { return with_sign(inf(), x); }
  var w = -log((1.0f - x) * (1.0f + x));
  var p = 0.0f;
  if (w < 5.0f) {
    w = w - 2.5f;
    p = (((2.81022636e-8f * w + 3.43273939e-7f) * w - 3.5233877e-6f) * w - 4.39150654e-6f) * w + 2.1858087e-4f;
    p = (((p * w - 1.25372503e-3f) * w - 4.17768164e-3f) * w + 0.246640727f) * w + 1.50140941f;
  } else {
    w = sqrt(w) - 3.0f;
    p = (((-2.00214257e-4f * w + 1.00950558e-4f) * w + 1.34934322e-3f) * w - 3.67342844e-3f) * w + 5.73950773e-3f;
    p = (((p * w - 7.6224613e-3f) * w + 9.43887047e-3f) * w + 1.00167406f) * w + 2.83297682f;
  }
  return p * x;
}`,
    needs: ["is_nan", "nan", "inf", "with_sign"],
  },
  next_after: {
    text: `fn next_after(x: f32, y: f32) -> f32 {
  if (is_nan(x) || is_nan(y)) { return nan(); }
  let a = ordered(x);
  let b = ordered(y);
  if (a == b) { return y; }
  let next = select(a - 1, a + 1, b > a);
  return bitcast<f32>(select(u32(max(next, 0)), u32(max(-next, 0)) | 0x80000000u, next < 0));
}`,
    needs: ["is_nan", "nan", "ordered"],
  },
  // x = n · π/2 + r for any x: the product of its significand with the bits of 2/π that count. M. Payne, R. Hanek (1983).
  large_quadrant: {
    text: `struct Quadrant { n: u32, r: f32 }
const TWO_OVER_PI = array<u32, 8>(0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu);
fn two_over_pi(word: u32, shift: u32) -> u32 {
  var words = TWO_OVER_PI;
  let high = words[word];
  return select((high << shift) | (words[word + 1u] >> ((32u - shift) & 31u)), high, shift == 0u);
}
fn mul_high(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let mid = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (mid & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (mid >> 16u) + (other >> 16u);
}
fn large_quadrant(x: f32) -> Quadrant {
  let bits = bitcast<u32>(x);
  let m = ((bits & 0x7fffffu) << 8u) | 0x80000000u;
  let e = ((bits >> 23u) & 0xffu) - 128u;
  let word = e >> 5u;
  let shift = e & 31u;
  let high = two_over_pi(word, shift);
  let mid = two_over_pi(word + 1u, shift);
  let low = two_over_pi(word + 2u, shift);
  let carry = mul_high(m, low);
  let p0 = m * mid + carry;
  let p1 = m * high + mul_high(m, mid) + select(0u, 1u, p0 < carry);
  var n = p1 >> 30u;
  var f1 = p1 & 0x3fffffffu;
  var f0 = p0;
  var sign = 1.0f;
  if ((f1 & 0x20000000u) != 0u) {
    n += 1u;
    f0 = ~p0 + 1u;
    f1 = 0x40000000u - f1 - select(1u, 0u, p0 == 0u);
    sign = -1.0f;
  }
  var r = sign * 1.57079633f * (f32(f1) * 9.31322575e-10f + f32(f0) * 2.16840434e-19f);
  if ((bits & 0x80000000u) != 0u) { n = 0u - n; r = -r; }
  return Quadrant(n, r);
}
fn sine_near(r: f32) -> f32 {
  let z = r * r;
  return ${series("z", SINE)} * (r * z) + r;
}
fn cosine_near(r: f32) -> f32 {
  let z = r * r;
  return ${series("z", COSINE)} * (z * z) + (1.0f - z * 0.5f);
}
fn quarter_sine(q: Quadrant, quarters: u32) -> f32 {
  let n = q.n + quarters;
  let y = select(sine_near(q.r), cosine_near(q.r), (n & 1u) != 0u);
  return select(y, -y, (n & 2u) != 0u);
}
fn is_infinite_or_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) >= 0x7f800000u; }`,
  },
  sine_of_large: {
    text: `fn sine_of_large(x: f32) -> f32 {
  if (is_infinite_or_nan(x)) { return nan(); }
  return quarter_sine(large_quadrant(x), 0u);
}`,
    needs: ["large_quadrant", "nan"],
  },
  cosine_of_large: {
    text: `fn cosine_of_large(x: f32) -> f32 {
  if (is_infinite_or_nan(x)) { return nan(); }
  return quarter_sine(large_quadrant(x), 1u);
}`,
    needs: ["large_quadrant", "nan"],
  },
  tangent_of_large: {
    text: `fn tangent_of_large(x: f32) -> f32 {
  if (is_infinite_or_nan(x)) { return nan(); }
  let q = large_quadrant(x);
  return quarter_sine(q, 0u) / quarter_sine(q, 1u);
}`,
    needs: ["large_quadrant", "nan"],
  },
};
