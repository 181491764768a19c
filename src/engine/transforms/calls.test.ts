// What a cached call does, and does not: structures, types and static values find their trace; what cannot be an argument is refused.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import { JitLensError } from "../core/errors.ts";
import { type Jitted } from "./jit.ts";
import { onRetrace } from "./jitListeners.ts";
import type { RetraceEvent } from "./retrace.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy;
function watch(fn: () => void): RetraceEvent[] {
  const events: RetraceEvent[] = [],
    stop = onRetrace((e) => events.push(e));
  try {
    fn();
  } finally {
    stop();
  }
  return events;
}
const size = (f: unknown): number => (f as Jitted).cacheSize();
test("one trace a structure and type, found again in any order of keys", () => {
  const f = jl.jit((o: { a: Value; b: readonly Value[] }) => o.b.reduce((s, v) => s.add(v), o.a));
  const x = np.ones([3]);
  expect(f({ a: x, b: [x, x] }).tolist()).toEqual([3, 3, 3]);
  expect(f({ b: [x.mul(2), x], a: x.mul(5) }).tolist()).toEqual([8, 8, 8]);
  expect(f({ a: x, b: [x.mul(7), x] }).tolist()).toEqual([9, 9, 9]);
  expect(size(f)).toBe(1);
  f({ a: x, b: [x] });
  f({ a: x, b: [x, np.ones([])] });
  f({ a: x, b: [x, 1 as never] });
  expect(size(f)).toBe(4);
  expect(f({ a: x, b: [x, x] }).tolist()).toEqual([3, 3, 3]);
  expect(size(f)).toBe(4);
});
test("many structures, static values and objects find their traces", () => {
  const x = np.ones([2]);
  const f = jl.jit((v: Value, n: number) => v.mul(n), { staticArgnums: 1 });
  for (let round = 0; round < 2; round++) for (let n = 0; n < 40; n++) expect(f(x, n).tolist()).toEqual([n, n]);
  expect(size(f)).toBe(40);
  const g = jl.jit((o: Record<string, Value>) => Object.values(o)[0]!.add(1));
  for (let round = 0; round < 2; round++) for (let n = 0; n < 40; n++) g({ [`k${n}`]: x });
  expect(size(g)).toBe(40);
  class Scale {
    constructor(readonly by: number) {}
    apply = jl.jit(function (this: Scale, v: Value) {
      return v.mul(this.by);
    });
  }
  const shared = jl.jit(function (this: Scale, v: Value) {
    return v.mul(this.by);
  });
  const scales = [1, 2, 3].map((b) => new Scale(b));
  for (let round = 0; round < 2; round++) for (const s of scales) expect((shared as (v: Value) => Value).call(s, x).tolist()).toEqual([s.by, s.by]);
  expect(size(shared)).toBe(3);
});
test("Map, null, nested and registered containers", () => {
  const f = jl.jit((m: Map<string, Value | null>, p: { q: null; r: Value } | null) => m.get("a")!.add(p ? p.r : 0));
  const x = np.ones([2]);
  expect(f(new Map([["a", x]]), null).tolist()).toEqual([1, 1]);
  expect(f(new Map([["a", x.mul(3)]]), null).tolist()).toEqual([3, 3]);
  expect(f(new Map([["a", x]]), { q: null, r: x }).tolist()).toEqual([2, 2]);
  expect(f(new Map<string, Value | null>([["a", x], ["b", null]]), { q: null, r: x }).tolist()).toEqual([2, 2]); // prettier-ignore
  expect(size(f)).toBe(3);
});
test("a trace tells its signature, index, call and why it was needed, also after it was dropped", () => {
  const f = jl.jit((x: Value, n: number) => x.mul(n), { staticArgnames: "n", cacheSize: 2 });
  const events = watch(() => {
    f(np.ones([2]), 3);
    f(np.ones([3]), 3);
    f(np.ones([3]), 4);
    f(np.ones([2]), 3);
  });
  expect(events.map((e) => e.signature)).toEqual(["x: f32[2], n = 3", "x: f32[3], n = 3", "x: f32[3], n = 4", "x: f32[2], n = 3"]);
  expect(events.map((e) => e.index)).toEqual([0, 1, 2, 3]);
  expect(events.map((e) => e.causes.map((c) => c.kind))).toEqual([["first call"], ["shape"], ["static value"], ["evicted"]]);
  for (const e of events) expect(e.frames[0]?.file).toMatch(/calls\.test\.ts/);
});
test("functions without a name get it from who knows it", async () => {
  const { setJitNamer } = await import("./jitListeners.ts");
  setJitNamer((frames) => (frames[0]?.file.includes("calls.test") ? "named" : null));
  try {
    expect(jl.jit((x: Value) => x).jit.name).toBe("named");
    expect(jl.jit(function own(x: Value) { return x; }).jit.name).toBe("own"); // prettier-ignore
  } finally {
    setJitNamer(() => null);
  }
});
const cyclic: { a: unknown } = { a: null };
cyclic.a = [cyclic];
const deep = (n: number): unknown => {
  let v: unknown = np.ones([]);
  for (let i = 0; i < n; i++) v = [v];
  return v;
};
test.each<[string, () => unknown, RegExp]>([
  ["a cyclic argument", () => jl.jit((x: unknown) => x)(cyclic), /contains itself, a cycle/],
  ["a cyclic result", () => jl.jit(() => cyclic)(), /contains itself, a cycle/],
  ["a cyclic tree", () => jl.tree.leaves(cyclic), /contains itself, a cycle/],
  ["a cyclic static argument", () => jl.jit((_x: unknown) => 1, { staticArgnums: 0 })(cyclic), /a cycle: it contains itself/],
  ["a deep argument", () => jl.jit((x: unknown) => x)(deep(5000)), /nested more than 1000 deep/],
  ["a deep result", () => jl.jit(() => deep(5000))(), /nested more than 1000 deep/],
  [
    "a deep static argument",
    () => jl.jit((_x: unknown) => 1, { staticArgnums: 0 })(JSON.parse("[".repeat(5000) + "]".repeat(5000))),
    /nested more than/,
  ],
  ["grad of a deep argument", () => jl.grad((_x: unknown) => np.ones([]))(deep(5000) as never), /nested more than 1000 deep/],
  [
    "staticArgnums out of range",
    () => jl.jit((x: Value) => x, { staticArgnums: 3 }),
    /staticArgnums names argument 3, but .* takes 1 argument \(x\)/,
  ],
  ["staticArgnums out of range from the end", () => jl.jit((x: Value) => x, { staticArgnums: -2 }), /staticArgnums names argument -2/],
  ["staticArgnums that is no integer", () => jl.jit((x: Value) => x, { staticArgnums: NaN }), /staticArgnums names argument NaN/],
  ["donateArgnums out of range", () => jl.jit((x: Value) => x, { donateArgnums: [0, 1] }), /donateArgnums names argument 1/],
  ["staticArgnames that do not exist", () => jl.jit((x: Value) => x, { staticArgnames: "y" }), /staticArgnames names "y"/],
])("%s", (_name, run, message) => {
  expect(run).toThrow(message);
  try {
    run();
  } catch (e) {
    expect(e).toBeInstanceOf(JitLensError);
  }
});
test("a tree of 900 levels works", () => expect(Number((jl.tree.leaves(jl.jit((x: unknown) => x)(deep(900)))[0] as Value).item())).toBe(1));
