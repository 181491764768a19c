// At kinks, zeros, ties and infinities: values, first and second derivatives are real JAX's, as test/faults/record_kinks.py recorded them.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import { arrayFrom } from "../../src/engine/core/arrays.ts";

type Num = number | null | "inf" | "-inf";
type Row = readonly Num[] | null;
interface Recorded {
  readonly points: readonly Num[];
  readonly pairs: readonly Num[];
  readonly unary: Readonly<Record<string, readonly [Row, Row, Row]>>;
  readonly binary: Readonly<Record<string, readonly [Row, Row, Row, Row, Row, Row]>>;
  readonly programs: readonly {
    readonly name: string;
    readonly js: string;
    readonly x: readonly Num[];
    readonly minus0: readonly number[];
    readonly value: Row;
    readonly grad: Row;
    readonly hessian: Row;
  }[];
}
const recorded = JSON.parse(gunzipSync(readFileSync(new URL("../faults/kinks.json.gz", import.meta.url))).toString()) as Recorded;

/** Where this engine's answer is another one on purpose, or is not there yet: `name column point`, a prefix of it, and why. */
const MATHEMATICS = "the derivative is the mathematical one here; JAX differentiates an approximation, or takes the branch beside the point",
  NOISE = "rounding noise of different size in both",
  OUTSIDE = "outside the function's domain, at a pole or at infinity, where no value is right";
const DIFFERENT: readonly (readonly [string, string])[] = [
  ["numpy.sinc f' at 0.0001", NOISE],
  ["numpy.sinc f' at -0.0001", NOISE],
  ["numpy.sinc f'' at 0.0001", NOISE],
  ["numpy.sinc f'' at -0.0001", NOISE],
  ["numpy.i0 f' at", "I₀ overflows at ±10⁴; JAX gives NaN for its slope"],
  ["numpy.i0 f'' at", MATHEMATICS],
  ["lax.besselI1e f' at NaN", "NaN has no derivative; JAX says ½"],
  ["scipy.special.i1e f' at NaN", "NaN has no derivative; JAX says ½"],
  ["lax.besselI1e f'' at", NOISE],
  ["scipy.special.i1e f'' at", NOISE],
  ["scipy.special.i1 f'' at", NOISE],
  ["scipy.special.i0 f' at 1e+30", OUTSIDE],
  ["scipy.special.gamma f'' at 1e+30", OUTSIDE],
  ["scipy.special.factorial f'' at 1e+30", OUTSIDE],
  ["scipy.special.ndtri f'", MATHEMATICS],
  ["scipy.special.logNdtr f'", NOISE],
  ["scipy.special.spence f", MATHEMATICS],
  ["numpy.hypot d[0,0] at (1e-10, 1e-10)", NOISE],
  ["numpy.hypot d[0,1] at (1e-10, 1e-10)", NOISE],
  ["numpy.hypot d[1,1] at (1e-10, 1e-10)", NOISE],
  ["lax.igamma d[", OUTSIDE],
  ["lax.igammac d[", OUTSIDE],
  ["scipy.special.gammainc d[", OUTSIDE],
  ["scipy.special.gammaincc d[", OUTSIDE],
  ["lax.polygamma d[", OUTSIDE],
  ["lax.zeta d[] at", OUTSIDE],
  ["scipy.special.betaln d[", MATHEMATICS],
  ["scipy.special.beta d[", MATHEMATICS],
  ["cumlogsumexp [1,Infinity,2] f'", OUTSIDE],
  ["x ** int array [0,0,0,0,0] f''", MATHEMATICS],
  ["segment_prod [0,3,2] f''", "where an element is zero, second derivatives across repeated indices are not there yet"],
  ["segment_prod [0,0,2] f''", "where an element is zero, second derivatives across repeated indices are not there yet"],
];

const number = (v: Num): number => (v === null ? NaN : v === "inf" ? Infinity : v === "-inf" ? -Infinity : v);
type Fn = (...xs: jl.Value[]) => jl.Value;
const find = (name: string): Fn | undefined =>
  name.split(".").reduce<unknown>((m, part) => (m as Record<string, unknown> | undefined)?.[part], jl) as Fn | undefined;
const flat = (v: unknown): number[] => [...((v as jl.Value).astype("float32").dataSync() as Float32Array)];
/** The gradient of the sum: elementwise functions have independent elements. */
const slope = (f: Fn, argnum: number): Fn =>
  jl.grad(
    (...xs: jl.Value[]) =>
      f(...xs)
        .astype("float32")
        .sum(),
    { argnums: argnum },
  ) as unknown as Fn;
const close = (got: number, want: number): boolean =>
  Object.is(got, want) || got === want || (got !== got && want !== want) || Math.abs(got - want) <= 2e-5 + 2e-4 * Math.abs(want);

/** Every difference of one table row, as text; an exception is one. */
function differences(label: string, run: () => number[], want: Row, at: (i: number) => string): string[] {
  if (want === null) return [];
  let got: number[];
  try {
    got = run();
  } catch (e) {
    return [`${label}: ${String((e as Error).message).split("\n")[0]}`];
  }
  if (got.length !== want.length) return [`${label}: ${got.length} results, expected ${want.length}`];
  return want.flatMap((w, i) => (close(got[i]!, number(w)) ? [] : [`${label} at ${at(i)}: ${got[i]}, expected ${number(w)}`]));
}
const unexplained = (found: readonly string[]): string[] => found.filter((d) => !DIFFERENT.some(([prefix]) => d.startsWith(prefix)));
const everything: string[] = [];
function check(found: readonly string[]): void {
  everything.push(...found);
  expect(unexplained(found)).toEqual([]);
}

const points = recorded.points.map(number),
  pairs = recorded.pairs.map(number);
points[1] = -0;
pairs[1] = -0;
const grid = pairs.flatMap((a) => pairs.map((b) => [a, b] as const)),
  vector = (values: readonly number[]): jl.Value => arrayFrom(values, [values.length], "float32");

describe("functions of one operand", () => {
  for (const [name, rows] of Object.entries(recorded.unary))
    test(name, () => {
      const f = find(name),
        x = vector(points);
      if (!f) return check([`${name} is missing`]);
      const at = (i: number): string => String(Object.is(points[i], -0) ? "-0" : points[i]),
        forms: readonly Fn[] = [f, slope(f, 0), slope(slope(f, 0), 0)];
      check(forms.flatMap((g, k) => differences(`${name} ${"f f' f''".split(" ")[k]}`, () => flat(g(x)), rows[k]!, at)));
    });
});
describe("functions of two operands", () => {
  const orders: readonly (readonly number[])[] = [[], [0], [1], [0, 0], [0, 1], [1, 1]];
  for (const [name, rows] of Object.entries(recorded.binary))
    test(name, () => {
      const f = find(name),
        x = vector(grid.map(([a]) => a)),
        y = vector(grid.map(([, b]) => b));
      if (!f) return check([`${name} is missing`]);
      const at = (i: number): string => `(${grid[i]!.map((v) => (Object.is(v, -0) ? "-0" : v)).join(", ")})`;
      check(
        orders.flatMap((order, k) =>
          differences(`${name} d[${order.join()}]`, () => flat(order.reduce((g, argnum) => slope(g, argnum), f)(x, y)), rows[k]!, at),
        ),
      );
    });
});
describe("programs", () => {
  const names = ["np", "nn", "lax", "ops", "scipy"],
    modules = [jl.numpy, jl.nn, jl.lax, jl.ops, jl.scipy];
  recorded.programs.forEach(({ name, js, x, minus0, value, grad, hessian }) => {
    const values = x.map((v, i) => (minus0.includes(i) ? -0 : number(v)));
    test(`${name} at [${values.join(", ")}]`, () => {
      const body = new Function(...names, "x", `"use strict"; return (${js});`),
        f: Fn = (v) => (body(...modules, v) as jl.Value).sum(),
        label = `${name} [${values.join()}]`,
        at = String;
      check([
        ...differences(`${label} f`, () => flat(f(vector(values))), value, at),
        ...differences(`${label} f'`, () => flat((jl.grad(f) as unknown as Fn)(vector(values))), grad, at),
        ...differences(`${label} f''`, () => flat((jl.hessian(f) as unknown as Fn)(vector(values))), hessian, at),
      ]);
    });
  });
});
test("every difference that is explained is still there", () => {
  expect(DIFFERENT.filter(([prefix]) => !everything.some((d) => d.startsWith(prefix))).map(([prefix]) => prefix)).toEqual([]);
});
