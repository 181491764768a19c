// What operations cost: arithmetic per element and bytes moved. Used by the fusion rules, the ledger and the kernel table alike.
import { sizeOf } from "../../core/aval.ts";
import { type Node, bytesOf, isMovement } from "../../graph/graph.ts";
import { isReduction, reductionOf } from "../kernel/heroes.ts";
import { matmulSize } from "../kernel/matmul.ts";

/** Scalar operations of one evaluation, by operation; 1 where nothing is said. Polynomials count their multiplications and additions. */
const PER_ELEMENT: Readonly<Record<string, number>> = {
  exp: 18,
  log: 26,
  tanh: 24,
  logistic: 20,
  erf: 24,
  expm1: 44,
  log1p: 32,
  sin: 40,
  cos: 40,
  tan: 60,
  pow: 60,
  sqrt: 4,
  rsqrt: 6,
  div: 4,
  rem: 20,
  exp2: 40,
  cbrt: 40,
  asin: 40,
  acos: 40,
  atan: 40,
  sinh: 40,
  cosh: 40,
  asinh: 50,
  acosh: 50,
  atanh: 50,
  erfc: 60,
  erf_inv: 60,
  lgamma: 80,
  digamma: 80,
  igamma: 400,
  igammac: 400,
  betainc: 400,
  zeta: 200,
  polygamma: 200,
  atan2: 50,
  bessel_i0e: 60,
  bessel_i1e: 60,
};
const TRANSCENDENTAL: ReadonlySet<string> = new Set([
  "exp",
  "log",
  "tanh",
  "logistic",
  "erf",
  "expm1",
  "log1p",
  "sin",
  "cos",
  "tan",
  "pow",
  "exp2",
  "cbrt",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "asinh",
  "acosh",
  "atanh",
  "erfc",
  "erf_inv",
  "lgamma",
  "digamma",
]);
export function flopsPerElement(n: Node): number {
  if (isMovement(n) || n.is("parameter", "constant", "iota", "convert", "bitcast", "get", "barrier", "real", "imag", "complex")) return 0;
  return PER_ELEMENT[n.op] ?? 1;
}
/** Floating-point operations of a node, each transcendental function counted as one, as profilers do. */
export function flops(n: Node): number {
  if (n.is("dot")) {
    const { batch, m, n: columns, k } = matmulSize(n);
    return 2 * batch * m * columns * k;
  }
  if (isReduction(n)) {
    const r = reductionOf(n),
      per = n.is("conv") ? 2 : 1;
    return per * sizeOf(r.outer) * sizeOf(r.red);
  }
  if (n.is("cumulative")) return sizeOf(n.shape);
  return flopsPerElement(n) > 0 ? sizeOf(n.shape) : 0;
}
export const transcendentals = (n: Node): number => (TRANSCENDENTAL.has(n.op) ? sizeOf(n.shape) : 0);
export const nodeBytes = (n: Node): number => n.types.reduce((s, t) => s + bytesOf(t), 0);
/** How often a hero evaluates each of its operands. */
export function evaluations(hero: Node, input: number): number {
  if (hero.is("dot")) return NaN; // the caller knows whether it is tiled
  if (isReduction(hero)) {
    const r = reductionOf(hero);
    return sizeOf(r.outer) * sizeOf(r.red);
  }
  return sizeOf(hero.inputs[input]!.shape);
}
/** Arithmetic that takes as long as moving one byte, on the machines of bench/NOTES.md. */
export const FLOPS_PER_BYTE = 2;
export const showBytes = (n: number): string =>
  n < 1024 ? `${n} B` : n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 ** 2).toFixed(1)} MiB`;
