// Index expressions: sums of integer multiples of atoms (loop variables, quotients, remainders, computed values), kept in a normal form
// so that reshape, transpose and slice of one another cancel instead of becoming arithmetic at run time.
import type { Expr } from "./ir.ts";

/** A loop variable running from 0 to extent − 1. `depth` is its nesting level, 1 for the outermost. */
export interface LoopVar {
  readonly id: number;
  readonly extent: number;
  depth: number;
}

export type Atom =
  | { readonly kind: "var"; readonly key: string; readonly v: LoopVar; readonly min: number; readonly max: number }
  | { readonly kind: "div"; readonly key: string; readonly of: Ix; readonly by: number; readonly min: number; readonly max: number }
  | { readonly kind: "mod"; readonly key: string; readonly of: Ix; readonly by: number; readonly min: number; readonly max: number }
  | { readonly kind: "value"; readonly key: string; readonly expr: Expr; readonly min: number; readonly max: number };

export interface Term {
  readonly atom: Atom;
  readonly coef: number;
}
/** const + Σ coef · atom. Immutable; terms are sorted by key. */
export class Ix {
  readonly key: string;
  readonly min: number;
  readonly max: number;
  constructor(
    readonly terms: readonly Term[],
    readonly constant: number,
  ) {
    let lo = constant,
      hi = constant,
      key = String(constant);
    for (const { atom, coef } of terms) {
      lo += coef * (coef > 0 ? atom.min : atom.max);
      hi += coef * (coef > 0 ? atom.max : atom.min);
      key += `+${coef}*${atom.key}`;
    }
    this.min = lo;
    this.max = hi;
    this.key = key;
  }
  get isConstant(): boolean {
    return this.terms.length === 0;
  }
}
export const ZERO = new Ix([], 0);
export const constIx = (n: number): Ix => (n === 0 ? ZERO : new Ix([], n));
export const varIx = (v: LoopVar): Ix =>
  v.extent === 1 ? ZERO : new Ix([{ atom: { kind: "var", key: `v${v.id}`, v, min: 0, max: v.extent - 1 }, coef: 1 }], 0);
/** A computed integer with known bounds. */
export const valueIx = (expr: Expr, min: number, max: number): Ix =>
  min === max ? constIx(min) : new Ix([{ atom: { kind: "value", key: `e${expr.id}`, expr, min, max }, coef: 1 }], 0);

function build(terms: Map<string, { atom: Atom; coef: number }>, constant: number): Ix {
  // k·c·⌊x/k⌋ + c·(x mod k) = c·x
  for (let again = true; again;) {
    again = false;
    for (const [key, { atom, coef }] of terms) {
      if (atom.kind !== "mod" || coef === 0) continue;
      const quotient = div(atom.of, atom.by);
      if (quotient.terms.length !== 1 || quotient.constant !== 0 || quotient.terms[0]!.coef !== 1) continue;
      const partner = terms.get(quotient.terms[0]!.atom.key);
      if (!partner || partner.coef !== coef * atom.by) continue;
      terms.delete(key);
      terms.delete(quotient.terms[0]!.atom.key);
      for (const t of atom.of.terms) accumulate(terms, t.atom, t.coef * coef);
      constant += atom.of.constant * coef;
      again = true;
      break;
    }
  }
  return new Ix(
    [...terms.values()].filter((t) => t.coef !== 0).sort((a, b) => (a.atom.key < b.atom.key ? -1 : 1)),
    constant,
  );
}
function accumulate(terms: Map<string, { atom: Atom; coef: number }>, atom: Atom, coef: number): void {
  const t = terms.get(atom.key);
  if (!t) terms.set(atom.key, { atom, coef });
  else if (t.coef + coef === 0) terms.delete(atom.key);
  else terms.set(atom.key, { atom, coef: t.coef + coef });
}
export function add(a: Ix, b: Ix): Ix {
  return sum([
    [a, 1],
    [b, 1],
  ]);
}
export function sum(parts: readonly (readonly [Ix, number])[], constant = 0): Ix {
  const terms = new Map<string, { atom: Atom; coef: number }>();
  for (const [ix, scale] of parts) {
    if (scale === 0) continue;
    constant += ix.constant * scale;
    for (const t of ix.terms) accumulate(terms, t.atom, t.coef * scale);
  }
  return build(terms, constant);
}
export const addConst = (a: Ix, n: number): Ix => (n === 0 ? a : new Ix(a.terms, a.constant + n));
export const scale = (a: Ix, n: number): Ix => (n === 1 ? a : sum([[a, n]]));

/** Splits into the part divisible by n and the rest. */
function divisible(a: Ix, n: number): [Ix, Ix] {
  const whole = a.terms.filter((t) => t.coef % n === 0),
    rest = a.terms.filter((t) => t.coef % n !== 0),
    c = Math.floor(a.constant / n) * n;
  return [
    new Ix(
      whole.map((t) => ({ atom: t.atom, coef: t.coef / n })),
      c / n,
    ),
    new Ix(rest, a.constant - c),
  ];
}
/** ⌊a / n⌋ */
export function div(a: Ix, n: number): Ix {
  if (n === 1) return a;
  if (a.min >= 0 && a.max < n) return ZERO;
  const [q, r] = divisible(a, n);
  if (r.min >= 0 && r.max < n) return q;
  const single = r.terms.length === 1 && r.constant === 0 && r.terms[0]!.coef === 1 ? r.terms[0]!.atom : null;
  // ⌊⌊x/m⌋/n⌋ = ⌊x/(mn)⌋
  if (single?.kind === "div") return add(q, div(single.of, single.by * n));
  // A common factor of the rest's coefficients and n cancels when the constant has none.
  const g = r.terms.reduce((x, t) => gcd(x, t.coef), n);
  if (g > 1 && r.constant >= 0 && r.constant < g)
    return add(
      q,
      div(
        new Ix(
          r.terms.map((t) => ({ atom: t.atom, coef: t.coef / g })),
          0,
        ),
        n / g,
      ),
    );
  const atom: Atom = { kind: "div", key: `(${r.key}/${n})`, of: r, by: n, min: Math.floor(r.min / n), max: Math.floor(r.max / n) };
  return add(q, new Ix([{ atom, coef: 1 }], 0));
}
/** a − n⌊a/n⌋ */
export function mod(a: Ix, n: number): Ix {
  if (n === 1) return ZERO;
  if (a.min >= 0 && a.max < n) return a;
  const [, r] = divisible(a, n);
  if (r.min >= 0 && r.max < n) return r;
  const g = r.terms.reduce((x, t) => gcd(x, t.coef), n);
  if (g > 1 && r.constant >= 0 && r.constant < g)
    return addConst(
      scale(
        mod(
          new Ix(
            r.terms.map((t) => ({ atom: t.atom, coef: t.coef / g })),
            0,
          ),
          n / g,
        ),
        g,
      ),
      r.constant,
    );
  const atom: Atom = { kind: "mod", key: `(${r.key}%${n})`, of: r, by: n, min: 0, max: n - 1 };
  return new Ix([{ atom, coef: 1 }], 0);
}
function gcd(a: number, b: number): number {
  a = Math.abs(a);
  b = Math.abs(b);
  while (b) [a, b] = [b, a % b];
  return a;
}

/** Row-major position of an index vector. */
export function linearize(idx: readonly Ix[], shape: readonly number[]): Ix {
  const parts: [Ix, number][] = [];
  let s = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    parts.push([idx[i]!, s]);
    s *= shape[i]!;
  }
  return sum(parts);
}
/** The index vector at a row-major position. */
export function delinearize(at: Ix, shape: readonly number[]): Ix[] {
  const out: Ix[] = [];
  let s = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    out[i] = i === 0 ? div(at, s) : mod(div(at, s), shape[i]!);
    s *= shape[i]!;
  }
  return out;
}
