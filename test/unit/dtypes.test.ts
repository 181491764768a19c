// The types of results, weak ones marked *, are real JAX's for every function and type of operand, with and without 64-bit types.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";

type Typed = string | readonly Typed[];
interface Recorded {
  readonly kinds: readonly string[];
  readonly kinds64: readonly string[];
  readonly unary: Readonly<Record<string, readonly Typed[]>>;
  readonly unary64: Readonly<Record<string, readonly Typed[]>>;
  readonly binary: Readonly<Record<string, readonly Typed[]>>;
  readonly binary64: Readonly<Record<string, readonly Typed[]>>;
  readonly programs: Readonly<Record<string, readonly [string, readonly Typed[]]>>;
  readonly programs64: Readonly<Record<string, readonly [string, readonly Typed[]]>>;
}
const recorded = JSON.parse(gunzipSync(readFileSync(new URL("../faults/dtypes.json.gz", import.meta.url))).toString()) as Recorded;

/** Where this engine gives another type on purpose, or not yet JAX's: a pattern of the difference, and why. */
const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [/: bool, expected bool\*$/, "booleans are never weak here; their weakness changes no type"],
  [
    /(angle|heaviside|hypot|logaddexp2|polyval|pow|power|klDiv|relEntr|gcd|lcm|erfcx|ndtr|loggamma|blockDiag|toeplitz|mish|softSign)\(.*: \S+\*?, expected \S+$/,
    "the type is JAX's, its weakness where a weak operand meets another is not",
  ],
  [/owensT\(.*complex.*: threw/, "Owen's T is a probability, of real numbers"],
  [/\((complex64|complex128)\): threw/, "no complex form of this function of scipy.special yet"],
  [
    /scipy\.(linalg\.(companion|dft|fiedlerCompanion|helmert|hilbert|invhilbert|invpascal|pascal|hadamard)|special\.bernoulli)\(/,
    "a size is a number here, not a bigint or a boolean",
  ],
  [/x64 (numpy\.linalg\.(matrixRank|vectorNorm)|polyint|numpy\.(angle|unwrap))/, "another width of float with 64-bit types on"],
];

const operand = (kind: string): unknown =>
  kind === "int*" ? 2n : kind === "float*" ? 0.5 : kind === "True" ? true : jl.numpy.ones([2, 2], { dtype: kind });
type Fn = (...xs: unknown[]) => unknown;
const find = (name: string): Fn | undefined =>
  name.split(".").reduce<unknown>((m, part) => (m as Record<string, unknown> | undefined)?.[part], jl) as Fn | undefined;
function typed(v: unknown): Typed {
  if (Array.isArray(v)) return v.map(typed);
  if (v instanceof jl.Value) return v.dtype + (v.weakType ? "*" : "");
  if (typeof v === "boolean") return "bool";
  return typeof v === "object" && v !== null ? Object.values(v).map(typed) : typeof v;
}
const text = (t: Typed): string => JSON.stringify(t).replaceAll('"', "");
/** Types are asked for under abstract evaluation: nothing is compiled. */
function typeOf(f: Fn, xs: readonly unknown[]): string {
  let out: unknown;
  try {
    jl.evalShape(
      (...arrays: unknown[]) => {
        let at = 0;
        out = f(...xs.map((x) => (x instanceof jl.Value ? arrays[at++] : x)));
        const result = typed(out);
        out = result;
        return 0;
      },
      ...xs.filter((x) => x instanceof jl.Value),
    );
    return text(out as Typed);
  } catch (e) {
    return `threw ${String((e as Error).message)
      .split("\n")[0]!
      .slice(0, 120)}`;
  }
}
const everything: string[] = [];
function check(found: readonly string[]): void {
  everything.push(...found);
  expect(found.filter((d) => !DIFFERENT.some(([pattern]) => pattern.test(d)))).toEqual([]);
}
const modules = { np: jl.numpy, nn: jl.nn, lax: jl.lax, ops: jl.ops, scipy: jl.scipy };
for (const x64 of [false, true]) {
  const kinds = x64 ? recorded.kinds64 : recorded.kinds,
    label = x64 ? "x64 " : "",
    under = (run: () => void): void => {
      jl.config.update("enableX64", x64);
      try {
        run();
      } finally {
        jl.config.update("enableX64", false);
      }
    };
  describe(`${label}functions of one operand`, () => {
    for (const [name, row] of Object.entries(x64 ? recorded.unary64 : recorded.unary)) {
      const f = find(name);
      if (!f) continue;
      test(name, () =>
        under(() =>
          check(
            kinds.flatMap((k, i) => {
              if (row[i] === "!") return [];
              const got = typeOf(f, [operand(k)]),
                want = text(row[i]!);
              return got === want ? [] : [`${label}${name}(${k}): ${got}, expected ${want}`];
            }),
          ),
        ),
      );
    }
  });
  describe(`${label}functions of two operands`, () => {
    for (const [name, row] of Object.entries(x64 ? recorded.binary64 : recorded.binary)) {
      const f = find(name);
      if (!f) continue;
      test(name, () =>
        under(() =>
          check(
            kinds.flatMap((a, i) =>
              kinds.flatMap((b, j) => {
                const want = row[i * kinds.length + j]!;
                if (want === "!") return [];
                const got = typeOf(f, [operand(a), operand(b)]);
                return got === text(want) ? [] : [`${label}${name}(${a}, ${b}): ${got}, expected ${text(want)}`];
              }),
            ),
          ),
        ),
      );
    }
  });
  describe(`${label}programs`, () => {
    for (const [name, [js, row]] of Object.entries(x64 ? recorded.programs64 : recorded.programs))
      test(name, () =>
        under(() => {
          const f = new Function(...Object.keys(modules), "x", `"use strict"; return (${js});`) as Fn;
          check(
            row.flatMap((want, i) => {
              if (want === "!") return [];
              const got = typeOf((x) => f(...Object.values(modules), x), [operand(kinds[i]!)]);
              return got === text(want) ? [] : [`${label}${name} [${js}] (${kinds[i]!}): ${got}, expected ${text(want)}`];
            }),
          );
        }),
      );
  });
}
test("every difference that is explained is still there", () => {
  expect(DIFFERENT.filter(([pattern]) => !everything.some((d) => pattern.test(d))).map(([pattern]) => String(pattern))).toEqual([]);
});
