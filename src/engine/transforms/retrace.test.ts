// Each cache miss says its cause: the right argument, exactly, and on the calling line.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy;
/** The causes of the last trace that a call makes, as shown; null where it is cached. */
function causesOf(call: () => unknown): string[] | null {
  const events: jl.profiler.RetraceEvent[] = [],
    stop = jl.profiler.onRetrace((e) => events.push(e));
  try {
    call();
  } finally {
    stop();
  }
  const last = events.at(-1);
  if (last) expect(last.frame?.file).toMatch(/retrace\.test\.ts$/);
  return last ? last.causes.map(jl.profiler.showCause) : null;
}
const f = jl.jit((x: Value, params: { w: Value[]; b: Value }) => x.mul(params.w[0]!).add(params.b));
const p = { w: [np.ones([3])], b: np.float32(1) };
test("the first call, then a cached one", () => {
  expect(causesOf(() => f(np.ones([3]), p))).toEqual(["the first call"]);
  expect(causesOf(() => f(np.ones([3]), p))).toBeNull();
});
test.each([
  ["shape", () => f(np.ones([1]), p), ["shape of x: now f32[1], before f32[3]"]],
  [
    "dtype, with the path",
    () => f(np.ones([3]), { w: [np.ones([3], { dtype: "int32" })], b: p.b }),
    ["dtype of params.w[0]: now i32[3], before f32[3]"],
  ],
  ["weak type", () => f(np.ones([3]), { w: p.w, b: 1 as never }), ["weak type of params.b: now f32[] (weak), before f32[]"]],
  ["tree structure", () => f(np.ones([3]), { w: [p.w[0]!, p.w[0]!], b: p.b }), [/^tree structure of params: now PyTreeDef/]],
])("%s", (_name, call, want) => {
  const got = causesOf(call)!;
  expect(got).toHaveLength(want.length);
  want.forEach((w, i) => (w instanceof RegExp ? expect(got[i]).toMatch(w) : expect(got[i]).toBe(w)));
});
test("f(1.0) then f(1): both are weak floats here, so nothing is traced again; an integer array blames its own argument", () => {
  const g = jl.jit((a: Value, b: Value) => a.add(b));
  g(1.0 as never, np.ones([2]));
  expect(causesOf(() => g(1 as never, np.ones([2])))).toBeNull();
  expect(causesOf(() => g(1n as never, np.ones([2])))).toEqual(["dtype of a: now i32[], before f32[]"]);
});
test("static values and configuration", () => {
  const g = jl.jit((x: Value, n: number) => x.mul(n), { staticArgnums: 1 });
  g(np.ones([2]), 2);
  expect(causesOf(() => g(np.ones([2]), 3))).toEqual(["static value of n: now 3, before 2"]);
  jl.config.update("enableX64", true);
  try {
    expect(causesOf(() => g(np.ones([2], { dtype: "float32" }), 3))![0]).toMatch(/^configuration of the program/);
  } finally {
    jl.config.update("enableX64", false);
  }
});
test("a function made anew, and what it closes over", () => {
  const make = (c: unknown): ((x: Value) => Value) => jl.jit((x: Value) => x.mul(c as Value)) as never;
  const a = np.ones([2]);
  make(a)(np.ones([2]));
  expect(causesOf(() => make(a)(np.ones([2])))![0]).toMatch(/^function made anew.*call jit once/);
  expect(causesOf(() => make(np.ones([2]))(np.ones([2])))![0]).toBe("closed-over constant of constant 0: now another f32[2], before f32[2]");
  make(3)(np.ones([2]));
  expect(causesOf(() => make(4)(np.ones([2])))![0]).toBe("closed-over constant of a number written into the program: now 4, before 3");
});
test("a program that closes over a traced value is traced at each use, and says so", () => {
  const g = (c: Value): Value => {
    const inner = h(c);
    return inner;
  };
  let c0: Value | null = null;
  const inner = jl.jit((x: Value) => x.mul(c0!)),
    h = (c: Value): Value => {
      c0 = c;
      return inner(np.ones([2])).sum();
    };
  jl.grad(g)(np.array(2));
  expect(causesOf(() => jl.grad(g)(np.array(2)))![0]).toMatch(/^closed-over tracer/);
});
test("a large closed-over constant warns with the line of its jit", () => {
  const seen: { type: string; bytes: number }[] = [],
    stop = jl.profiler.onLargeConstant((c) => seen.push(c)),
    big = np.ones([1024, 512]);
  jl.jit((x: Value) => x.add(big))(np.array(1));
  stop();
  expect(seen).toMatchObject([{ type: "f32[1024,512]", bytes: 2 ** 21 }]);
});
