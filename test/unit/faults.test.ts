// Every small program of test/faults/values.json gives the answer recorded there (JAX's, or the mathematics').
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import { arrayFrom } from "../../src/engine/core/arrays.ts";
import type { DType } from "../../src/engine/core/dtypes.ts";

type Expected = number | string | boolean | null | readonly Expected[] | { readonly [key: string]: Expected };
interface Fault {
  readonly kind: string;
  readonly name: string;
  readonly js: string;
  readonly expected: Expected;
  readonly why: string;
}

/** Programs that are still wrong, by name, each with what is missing. A program that starts to hold fails here until its line is taken out. */
const STILL_WRONG: Readonly<Record<string, string>> = {};

type Element = number | boolean;
const typed =
  (dtype: DType) =>
  (...values: Element[]): jl.Value =>
    arrayFrom(values, [values.length], dtype);
/** The names that the programs use, beside JitLens's own. */
const SCOPE = {
  ...jl,
  np: jl.numpy,
  a: (values: readonly Element[], dtype: DType = "float32") => arrayFrom(values, [values.length], dtype),
  s: (x: number) => arrayFrom([x], [], "float32"),
  i: typed("int32"),
  u8: typed("uint8"),
  i8: typed("int8"),
  bool: typed("bool"),
  c: (re: number, im: number) => arrayFrom([[re, im]], [1], "complex64"),
};
function run(js: string): unknown {
  const names = Object.keys(SCOPE).filter((n) => /^[A-Za-z_]\w*$/.test(n) && !["typeof", "export", "Array"].includes(n));
  try {
    return new Function(...names, `"use strict"; return (${js});`)(...names.map((n) => SCOPE[n as keyof typeof SCOPE]));
  } finally {
    jl.config.update("enableX64", false);
  }
}
/** Arrays as nested lists, numbers that JSON lacks by their names. */
function plain(v: unknown): unknown {
  if (v instanceof jl.Value) return plain(v.tolist());
  if (typeof v === "number" && !Number.isFinite(v)) return String(v);
  if (Array.isArray(v)) return v.map(plain);
  if (typeof v === "object" && v !== null) return Object.fromEntries(Object.entries(v).map(([k, e]) => [k, plain(e)]));
  return v;
}
function expectNear(got: unknown, want: Expected, path = "result"): void {
  if (typeof want === "number") {
    expect(typeof got, path).toBe("number");
    expect(Math.abs((got as number) - want), `${path}: got ${String(got)}, expected ${want}`).toBeLessThanOrEqual(2e-6 + 2e-5 * Math.abs(want));
  } else if (Array.isArray(want)) {
    expect(Array.isArray(got), `${path} is a list`).toBe(true);
    expect((got as unknown[]).length, `${path}: length`).toBe(want.length);
    want.forEach((w: Expected, k) => expectNear((got as unknown[])[k], w, `${path}[${k}]`));
  } else if (typeof want === "object" && want !== null) {
    for (const [k, w] of Object.entries(want)) expectNear((got as Record<string, unknown>)[k], w, `${path}.${k}`);
  } else expect(got, path).toBe(want);
}

const faults = JSON.parse(readFileSync(new URL("../faults/values.json", import.meta.url), "utf8")) as readonly Fault[];
for (const kind of new Set(faults.map((f) => f.kind)))
  describe(kind, () => {
    for (const { name, js, expected, why } of faults.filter((f) => f.kind === kind)) {
      const missing = STILL_WRONG[name],
        check = missing === undefined ? test : test.fails;
      check(missing === undefined ? `${name} (${why})` : `${name}: still wrong, ${missing}`, () => {
        if (typeof expected === "string" && /error$/i.test(expected)) {
          let thrown: unknown;
          try {
            run(js);
          } catch (e) {
            thrown = e;
          }
          expect(thrown, "an error").toBeInstanceOf(Error);
          if (expected !== "error") expect((thrown as Error).name).toBe(expected);
        } else expectNear(plain(run(js)), expected);
      });
    }
  });
test("every program that is said to be still wrong is one of the file", () => {
  expect(Object.keys(STILL_WRONG).filter((n) => !faults.some((f) => f.name === n))).toEqual([]);
});
