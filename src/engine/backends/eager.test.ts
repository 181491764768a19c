// Eager operations are compiled once for what they mean: neither new functions nor new numbers in a loop compile anything again.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  { lax } = jl;
/** How many WebAssembly modules `fn` makes. */
function modules(fn: () => void): number {
  const real = WebAssembly.Module;
  let made = 0;
  WebAssembly.Module = new Proxy(real, {
    construct(target, args: [BufferSource]) {
      made++;
      return new target(...args);
    },
  });
  try {
    fn();
  } finally {
    WebAssembly.Module = real;
  }
  return made;
}
const x = np.arange(12).astype("float32").reshape([4, 3]);
const LOOPS: Readonly<Record<string, (i: number) => unknown>> = {
  "x.get(k)": (i) => x.get(i % 4),
  "x.get(k, j)": (i) => x.get(i % 4, i % 3),
  "a window of fixed size": (i) => x.get(`${i % 3}:${(i % 3) + 2}`),
  "x.at(k).set(v)": (i) => x.at(i % 4).set(i),
  "np.take": (i) => np.take(x, i % 4, { axis: 0 }),
  scan: (i) => lax.scan((c: Value, v: Value) => [c.add(v), c.mul(2)], np.array(i), x.get(":", 0)),
  "scan over a body that closes over an array": (i) => {
    const w = np.array(i);
    return lax.scan((c: Value, v: Value) => [c.mul(w).add(v), null], np.zeros([]), x.get(":", 0));
  },
  foriLoop: (i) => lax.foriLoop(0, 3, (_k: Value, v: Value) => v.add(1), np.array(i)),
  whileLoop: (i) => lax.whileLoop((v: Value) => v.lt(100), (v: Value) => v.mul(2), np.array(i + 1)), // prettier-ignore
  cond: (i) => lax.cond(i % 2 > 0, (v: Value) => v.add(1), (v: Value) => v.mul(2), np.array(i)), // prettier-ignore
  switch: (i) => lax.switch(i % 3, [(v: Value) => v, (v: Value) => v.add(1), (v: Value) => np.sin(v)], np.array(i)),
  map: (i) => lax.map((v: Value) => v.mul(2), x.add(i)),
  "grad of a scan": (i) =>
    jl.grad((c: Value) => (lax.scan((h: Value, v: Value) => [np.tanh(h.add(v)), null], c, x.get(":", 0)) as Value[])[0]!)(np.array(i)),
  checkpoint: (i) => jl.grad(jl.checkpoint((v: Value) => np.sin(np.sin(v))))(np.array(i)),
};
test.each(Object.keys(LOOPS))("%s", (name) => {
  for (let i = 0; i < 12; i++) LOOPS[name]!(i);
  expect(modules(() => { for (let i = 12; i < 40; i++) LOOPS[name]!(i); })).toBe(0); // prettier-ignore
});
test("programs that differ are not taken for one another", () => {
  const xs = np.arange(4).astype("float32");
  const run = (f: (c: Value, v: Value) => Value): number =>
    Number((lax.scan((c: Value, v: Value) => [f(c, v), null], np.array(1), xs) as Value[])[0]!.item());
  expect(run((c, v) => c.add(v))).toBe(7);
  expect(run((c, v) => c.sub(v))).toBe(-5);
  expect(run((c, v) => v.sub(c))).toBe(3);
  expect(run((c, v) => c.add(v.mul(2)))).toBe(13);
  expect(run((c, v) => c.add(v.mul(3)))).toBe(19);
  expect(run((c, v) => c.add(v).mul(1))).toBe(7);
  const at = (k: number): number => Number(xs.get(k).item());
  expect([0, 1, 2, 3, -1].map(at)).toEqual([0, 1, 2, 3, 3]);
  const chosen = (p: boolean, k: number): number => Number((lax.cond(p, (v: Value) => v.add(k), (v: Value) => v.mul(k), np.array(5)) as Value).item()); // prettier-ignore
  expect([chosen(true, 1), chosen(false, 2), chosen(true, 3), chosen(false, 4)]).toEqual([6, 10, 8, 20]);
});
test("what a call costs beyond its program can be measured", async () => {
  const { callCost } = await import("../transforms/callCost.ts");
  const f = jl.jit((p: { w: Value; b: Value }, v: Value) => p.w.mul(v).add(p.b)),
    args = [{ w: x, b: x }, x] as const;
  const c = callCost(f as never, args);
  expect(c.leaves).toEqual({ in: 3, out: 1 });
  expect(c.wall).toBeGreaterThan(0);
  expect(c.overhead).toBeCloseTo(c.wall - c.program, 9);
  const donating = jl.jit((v: Value) => v.add(1), { donateArgnums: 0 });
  expect(callCost(donating as never, [x], { donates: true }).wall).toBeGreaterThan(0);
  expect(x.isDeleted).toBe(false);
});
