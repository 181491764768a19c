// What functions do with empty arrays is what real JAX does: shapes, dtypes and values, along every axis; what JAX refuses is not looked at.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";

type Num = number | boolean | null | string | readonly [Num, Num];
type Result =
  "!" | number | boolean | null | { readonly shape: readonly number[]; readonly dtype: string; readonly values: readonly Num[] } | readonly Result[];
interface Recorded {
  readonly shapes: readonly (readonly number[])[];
  readonly calls: Readonly<Record<string, readonly (readonly Result[])[]>>;
  readonly programs: Readonly<Record<string, readonly [string, readonly Result[]]>>;
}
const recorded = JSON.parse(gunzipSync(readFileSync(new URL("../faults/empty.json.gz", import.meta.url))).toString()) as Recorded;

/** Where this engine does something else on purpose, or not yet what JAX does: a pattern of the difference, and why. */
const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [
    /\(x, x\) of .*: axis an object of class NDArray is out of range/,
    "an empty array as the axis: JAX takes it for an empty tuple by accident, here an axis is a number",
  ],
];

type Fn = (...xs: unknown[]) => unknown;
const find = (name: string): Fn | undefined =>
  name.split(".").reduce<unknown>((m, part) => (m as Record<string, unknown> | undefined)?.[part], jl) as Fn | undefined;
const number = (v: Num): number => (v === null ? NaN : v === "inf" ? Infinity : v === "-inf" ? -Infinity : Number(v));
/** The first way in which a result is not the recorded one. */
function difference(got: unknown, want: Result): string | null {
  if (Array.isArray(want)) {
    const list = Array.isArray(got) ? got : typeof got === "object" && got !== null && !(got instanceof jl.Value) ? Object.values(got) : null;
    if (!list || list.length !== want.length) return `${list ? `${list.length} results` : "no list"}, expected ${want.length}`;
    for (const [i, w] of (want as readonly Result[]).entries()) {
      const d = difference(list[i], w);
      if (d) return d;
    }
    return null;
  }
  if (typeof want !== "object" || want === null)
    return got instanceof jl.Value
      ? Number(got.item()) === Number(want)
        ? null
        : `${String(got)}, expected ${String(want)}`
      : got === want
        ? null
        : `${String(got)}, expected ${String(want)}`;
  if (!(got instanceof jl.Value)) return `${String(got)} is no array`;
  const w = want as { shape: readonly number[]; dtype: string; values: readonly Num[] };
  if (got.shape.join() !== w.shape.join()) return `the shape is [${got.shape.join()}], expected [${w.shape.join()}]`;
  if (got.dtype !== w.dtype) return `the dtype is ${got.dtype}, expected ${w.dtype}`;
  const flat = [...(got.dtype.startsWith("key") ? [] : got.dataSync())].map(Number),
    values = w.values.flat().map((v) => number(v as Num));
  for (const [i, v] of values.entries())
    if (!(Object.is(flat[i], v) || Math.abs(flat[i]! - v) <= 1e-5 * (1 + Math.abs(v)))) return `element ${i} is ${flat[i]}, expected ${v}`;
  return null;
}
const everything: string[] = [];
function check(found: readonly string[]): void {
  everything.push(...found);
  expect(found.filter((d) => !DIFFERENT.some(([pattern]) => pattern.test(d)))).toEqual([]);
}
function compare(label: string, run: () => unknown, want: Result): string[] {
  if (want === "!") return [];
  try {
    const d = difference(run(), want);
    return d === null ? [] : [`${label}: ${d}`];
  } catch (e) {
    return [
      `${label}: threw ${String((e as Error).message)
        .split("\n")[0]!
        .slice(0, 140)}`,
    ];
  }
}
const empty = (shape: readonly number[]): jl.Value => jl.numpy.zeros([...shape]);
const FORMS: readonly (readonly [string, (f: Fn, x: jl.Value) => unknown])[] = [
  ["(x)", (f, x) => f(x)],
  ["(x, { axis: 0 })", (f, x) => f(x, { axis: 0 })],
  ["(x, { axis: -1 })", (f, x) => f(x, { axis: -1 })],
  ["(x, x)", (f, x) => f(x, x)],
  ["([x, x])", (f, x) => f([x, x])],
  ["(x, { axis: 0, keepdims: true })", (f, x) => f(x, { axis: 0, keepdims: true })],
];
describe("functions", () => {
  for (const [name, rows] of Object.entries(recorded.calls)) {
    const f = find(name);
    if (!f) continue;
    test(name, () =>
      check(
        recorded.shapes.flatMap((shape, s) =>
          FORMS.flatMap(([form, call], k) => compare(`${name}${form} of [${shape.join()}]`, () => call(f, empty(shape)), rows[s]![k]!)),
        ),
      ),
    );
  }
});
describe("programs", () => {
  const scope = { np: jl.numpy, nn: jl.nn, lax: jl.lax, ops: jl.ops, scipy: jl.scipy, random: jl.random, grad: jl.grad, vmap: jl.vmap };
  for (const [name, [js, rows]] of Object.entries(recorded.programs))
    test(name, () => {
      const f = new Function(...Object.keys(scope), "x", `"use strict"; return (${js});`) as Fn;
      check(
        recorded.shapes.flatMap((shape, s) =>
          compare(`${name} [${js}] of [${shape.join()}]`, () => f(...Object.values(scope), empty(shape)), rows[s]!),
        ),
      );
    });
});
test("every difference that is explained is still there", () => {
  expect(DIFFERENT.filter(([pattern]) => !everything.some((d) => pattern.test(d))).map(([pattern]) => String(pattern))).toEqual([]);
});
