// JAX's own jaxpr text is read and printed again byte for byte.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as jl from "../index.ts";

const text = readFileSync(new URL("../../../test/samples/jaxpr-samples.txt", import.meta.url), "utf8"),
  parts = text.split(/^===== (.*) =====$/m).slice(1),
  samples: [string, string][] = [];
for (let i = 0; i < parts.length; i += 2) samples.push([parts[i]!, parts[i + 1]!.trim()]);
test.each(samples.filter(([, s]) => !s.includes("# ")))("sample: %s", (_name, s) => expect(String(jl.interop.parseJaxpr(s))).toBe(s));
test("source comments are read over", () => {
  const [, s] = samples.find(([, t]) => t.includes("# "))!;
  expect(String(jl.interop.parseJaxpr(s))).toBe(
    s
      .split("\n")
      .map((l) => l.replace(/\s*# .*$/, ""))
      .filter((l) => l.trim() !== "")
      .join("\n"),
  );
});
test("a text that is no jaxpr says where", () =>
  expect(() => jl.interop.parseJaxpr("{ lambda ; a:f32[3]. let b:f32[3] = sinus a in (b,) }")).toThrow(/no primitive "sinus"/));
