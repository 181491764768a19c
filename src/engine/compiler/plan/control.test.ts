// Copies between the carried values of a loop: as few as there can be, in an order that loses none; none for what replaces a value element by element.
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
test("what is computed element by element takes the place of what it replaces", () => {
  expect(turns((x, [a, b, c]) => [a!.add(x), b!.mul(a!), c!.sub(b!)])).toEqual({ results: [3, 0, 10], copies: 0 });
});
test("not where another element of it is read, or an element after it was replaced", () => {
  // The first element: 0 + 3, 3 + 3, 6 + 6.
  expect(turns((_x, [a, b, c]) => [a!.add(np.flip(a!)), b!, c!])).toEqual({ results: [12, 10, 20], copies: 1 });
  expect(turns((x, [a, b, c]) => [b!.add(x), a!.mul(2), c!])).toEqual({ results: [23, 2, 20], copies: 1 });
  // Sums are done before what they are sums of is replaced, but rows are gone through twice.
  expect(turns((_x, [a, b, c]) => [a!.sub(a!.sum()), b!, c!]).copies).toBe(1);
});
test("two turns in one body, which change places, copy nothing", () => {
  const twice: Body = (x, [a, b, c]) => {
    const next = x.mul(b!).mul(2).sub(a!);
    const last = x.mul(next).mul(2).sub(b!);
    return [next, last, c!.add(next).add(last)];
  };
  expect(turns(twice).copies).toBe(0);
  expect(turns((x, [a, b, c]) => [b!, x.mul(b!).mul(2).sub(a!), c!.add(a!)]).copies).toBe(2);
});
test("results of unrolled steps are written into their array one after the other, without a copy of it", () => {
  const f = (x: Value): Value => lax.scan((c: Value, row: Value) => [np.sin(c).add(row), c.mul(row)], np.zeros([8]), x, { unroll: 4 })[1] as Value;
  const x = np.arange(80).reshape([10, 8]).astype("float32").mul(0.01);
  const { plan } = compile((jit(f) as unknown as Jitted).traceWith(undefined, [x]).jaxpr).compilation;
  verifyPlan(plan);
  const loop = plan.steps.find((s): s is Extract<Step, { kind: "while" }> => s.kind === "while")!;
  const written = [...loop.body, ...plan.steps].flatMap((s) => (s.kind === "kernel" && s.kernel.group.hero?.is("dynamic_update_slice") ? [s] : []));
  expect(written).toHaveLength(6);
  expect(written.every((s) => s.updates !== null)).toBe(true);
  expect(loop.body.filter((s) => s.kind === "copy" && s.bytes === 320)).toEqual([]);
});
