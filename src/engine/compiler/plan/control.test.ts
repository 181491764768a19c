// Copies between the carried values of a loop: as few as there can be, in an order that loses none.
import { expect, test } from "vitest";
import { jit, lax, numpy as np, type Value } from "../../index.ts";
import type { Jitted } from "../../transforms/jit.ts";
import { compile } from "../../backends/programs.ts";
import type { Step } from "./types.ts";
import { verifyPlan } from "./verify.ts";

type Body = (x: Value, carried: Value[]) => Value[];
const start = [0, 10, 20].map((from) => np.arange(4).add(from).astype("float32"));
/** What three turns give, and how many copies of arrays each makes. */
function turns(body: Body): { results: unknown[]; copies: number } {
  const f = (x: Value): Value[] => lax.foriLoop(0, 3, (_k: Value, c: Value[]) => body(x, c), start) as Value[];
  const traced = (jit(f) as unknown as Jitted).traceWith(undefined, [np.ones([4])]);
  const { plan } = compile(traced.jaxpr).compilation;
  verifyPlan(plan);
  const loop = plan.steps.find((s): s is Extract<Step, { kind: "while" }> => s.kind === "while")!;
  const copies = loop.body.filter((s) => s.kind === "copy" && s.bytes === 16).length;
  return { results: (jit(f)(np.ones([4])) as Value[]).map((v) => v.get(0).item()), copies };
}
test("values that move up are copied once each, without a temporary", () => {
  expect(turns((x, [a, b, c]) => [b!, c!, a!.add(x)])).toEqual({ results: [1, 11, 21], copies: 3 });
});
test("a circle takes one temporary, whatever its length", () => {
  expect(turns((_x, [a, b, c]) => [b!, a!, c!])).toEqual({ results: [10, 0, 20], copies: 3 });
  expect(turns((_x, [a, b, c]) => [b!, c!, a!])).toEqual({ results: [0, 10, 20], copies: 4 });
});
