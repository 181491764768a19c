import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { ArrayLike } from "../numpy/convert.ts";

const np = jl.numpy;
/** The table's abbreviations; its starred types are scalars (JavaScript has no complex scalar). */
const STRONG: Readonly<Record<string, string>> = {
  b1: "bool",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  bf: "bfloat16",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
};
const WEAK: Readonly<Record<string, ArrayLike>> = { "i*": 2, "f*": 2.5 },
  STARRED: Readonly<Record<string, string>> = { "i*": "int64", "f*": "float64", "c*": "complex128" };
test("the type promotion table of JAX", () => {
  const rows = readFileSync(new URL("../../../test/conformance/type-promotion.tsv", import.meta.url), "utf8")
      .trimEnd()
      .split("\n")
      .map((r) => r.split("\t")),
    names = rows[0]!.slice(1);
  jl.config.update("enableX64", true);
  try {
    const wrong: string[] = [];
    let checked = 0;
    for (const row of rows.slice(1))
      row.slice(1).forEach((want, i) => {
        const operand = (n: string): ArrayLike | null => WEAK[n] ?? (STRONG[n] ? np.ones([1], { dtype: STRONG[n] }) : null),
          a = operand(row[0]!),
          b = operand(names[i]!);
        if (a === null || b === null || (!(typeof a === "object") && !(typeof b === "object"))) return;
        checked++;
        const got = np.where(np.ones([1], { dtype: "bool" }), a, b).dtype;
        if ((STRONG[want] ?? STARRED[want]) !== got) wrong.push(`${row[0]} + ${names[i]}: ${got}, JAX gives ${want}`);
      });
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(200);
  } finally {
    jl.config.update("enableX64", false);
  }
});
