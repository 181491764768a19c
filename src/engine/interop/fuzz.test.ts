// The reader of jaxpr text ends on any input: with a program that can be written again, or with a typed error. Mutations of JAX's own texts.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as jl from "../index.ts";

const text = readFileSync(new URL("../../../test/samples/jaxpr-samples.txt", import.meta.url), "utf8"),
  samples = text
    .split(/^===== .* =====$/m)
    .slice(1)
    .map((s) => s.trim());
/** A small seeded generator: mulberry32. */
function generator(seed: number): (n: number) => number {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  };
}
const PIECES = ["{", "}", "(", ")", "[", "]", ":", ";", "=", "let", "in", "lambda", "f32[3]", "i64[]", "1.5", "nan", "None", "a", "b:f32[]", "_", ",", "\n", "<-", "...", "-1", "mode=", "name=x"]; // prettier-ignore
function mutate(s: string, below: (n: number) => number): string {
  for (let k = 1 + below(3); k > 0; k--) {
    const at = below(s.length + 1),
      end = Math.min(s.length, at + 1 + below(12)),
      piece = PIECES[below(PIECES.length)]!;
    switch (below(6)) {
      case 0:
        s = s.slice(0, at) + s.slice(end);
        break;
      case 1:
        s = `${s.slice(0, at)} ${piece} ${s.slice(at)}`;
        break;
      case 2:
        s = s.slice(0, at) + piece + s.slice(end);
        break;
      case 3:
        s = s.slice(0, at);
        break;
      case 4:
        s = s.slice(0, at) + s.slice(at, end) + s.slice(at);
        break;
      default: {
        const other = samples[below(samples.length)]!,
          from = below(other.length);
        s = s.slice(0, at) + other.slice(from, from + 40) + s.slice(end);
      }
    }
  }
  return s;
}
/** The text again, or the typed error; anything else fails the test with the input that did it. */
function outcome(input: string): "read" | "refused" {
  try {
    String(jl.interop.parseJaxpr(input));
    return "read";
  } catch (e) {
    if (!(e instanceof jl.JaxprTypeError)) throw new Error(`not a typed error for ${JSON.stringify(input)}: ${String(e)}`, { cause: e });
    return "refused";
  }
}
test("4,000 mutations of the samples", () => {
  const below = generator(7),
    start = performance.now();
  let read = 0,
    slowest = 0;
  for (let i = 0; i < 4000; i++) {
    const input = mutate(samples[below(samples.length)]!, below),
      before = performance.now();
    if (outcome(input) === "read") read++;
    slowest = Math.max(slowest, performance.now() - before);
  }
  expect(read).toBeGreaterThan(0);
  expect(slowest).toBeLessThan(2000);
  expect(performance.now() - start).toBeLessThan(60_000);
}, 90_000);
test.each([
  "{ lambda ; a:f32[",
  "{ lambda ; a:f32[3]. let",
  "{ lambda ; a:f32[3]. let b:f32[3] = sin a in (b,",
  "{ lambda ; a:f32[3]. let b:f32[3] = sin a in (b,) } and more",
  "{ lambda ; a:f32[-3,x]. let  in (a,) }",
  "{ lambda ; a:f32[3]. let b:f32[4] = sin a in (b,) }",
  "{ lambda ; a:f32[3]. let b:f32[3] = sin a a in (b,) }",
  "{ lambda ; a:f32[3]. let b:f32[3] = add a 1.5:i64[] in (b,) }",
  "{ lambda ; a:f32[3]. let b:f32[3] = add a (1:f32[] in (b,) }",
  "{ lambda ; a:f32[3]. let b:i64[] = neg 1.5:i64[] in (b,) }",
  "{ lambda ; a:f32[3]. let a[...] <- a in (a,) }",
  "{ lambda ; a:f32[3]. let b:f32[3] = gather[mode=nonsense] a a in (b,) }",
  "{ lambda ; a:f32[3]. let b:f32[3] = scan[ ] a in (b,) }",
  "let",
  "let f = in f",
  "let f = { lambda ; . let  in () } in",
  "let f = f in f",
  "let f = { lambda ; a:f32[]. let b:f32[] = jit[jaxpr=f] a in (b,) } in { lambda ; a:f32[]. let b:f32[] = jit[jaxpr=f] a in (b,) }",
  "",
  "(",
  "}",
  "undefined.text",
])("refused by a typed error: %s", (s) => expect(outcome(s)).toBe("refused"));
test.each<[string, (n: number) => string]>([
  [
    "nested programs",
    (n) => "{ lambda ; a:f32[]. let b:f32[] = jit[name=f jaxpr=".repeat(n) + "{ lambda ; . let  in () }" + "] a in (b,) }".repeat(n),
  ],
  ["nested lists", (n) => `{ lambda ; a:f32[]. let b:f32[] = sin[x=${"(".repeat(n)}${")".repeat(n)}] a in (b,) }`],
  ["nested references", (n) => `{ lambda ; a:${"Ref{".repeat(n)}f32[]${"}".repeat(n)}. let  in () }`],
  ["open brackets", (n) => "{ lambda ; a:f32[3]. let b:f32[3] = sin" + "[".repeat(n)],
  ["a long type", (n) => `{ lambda ; a:f32[${"1,".repeat(n)}1]. let  in (a,) }`],
  ["many named programs", (n) => Array.from({ length: n }, (_x, i) => `let f${i} = { lambda ; a:f32[]. let  in (a,) } in `).join("") + "{ lambda ; a:f32[]. let  in (a,) }"], // prettier-ignore
])("20,000 %s take no longer than a second or two", (_name, make) => {
  const start = performance.now();
  outcome(make(20_000));
  expect(performance.now() - start).toBeLessThan(5000);
});
test("long programs are read in linear time", () => {
  const of = (n: number): string =>
    `{ lambda ; a0:f32[]. let\n${Array.from({ length: n }, (_x, i) => `    a${i + 1}:f32[] = sin a${i}`).join("\n")}\n  in (a${n},) }`;
  expect(outcome(of(10_000))).toBe("read");
}, 20_000);
