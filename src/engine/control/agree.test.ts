// Loops and branches refuse what does not agree, as JAX does, and say where; numbers and weak types yield as JAX's do.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  { lax } = jl;
const typed = (dtype: string, v = 1): Value => np.ones([2], { dtype }).mul(v).astype(dtype).get(0) as Value;
const REFUSED: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    "scan: null in, an array out",
    () => lax.scan((_c: null, x: Value) => [x as never, x], null, np.arange(3)),
    /at carry: it comes in as null, the body returns one array/,
  ],
  [
    "scan: one in, two out",
    () => lax.scan((c: Value[], x: Value) => [[c[0], c[0]] as never, x], [typed("int32")], np.arange(3)),
    /array of 1, the body returns an array of 2/,
  ],
  [
    "scan: other keys",
    () => lax.scan((c: { a: Value }, x: Value) => [{ b: c.a } as never, x], { a: typed("int32") }, np.arange(3)),
    /the keys a, the body returns an object with the keys b/,
  ],
  [
    "scan: another dtype, deep in the carry",
    () =>
      lax.scan(
        (c: { a: Value[] }, x: Value) => [{ a: [c.a[0]!, c.a[1]!.astype("float16")] }, x],
        { a: [typed("float32"), typed("float32")] },
        np.arange(3),
      ),
    /the dtypes differ \(at carry\.a\[1\], now f16\[\] and before f32\[\]\)/,
  ],
  [
    "scan: another shape",
    () => lax.scan((c: Value[]) => [[c[0]!.reshape([1, 3])], null], [np.zeros([3])], null, { length: 2 }),
    /at carry\[0\], now f32\[1,3\] and before f32\[3\]/,
  ],
  ["scan: no pair", () => lax.scan((c: Value) => c as never, np.zeros([]), np.arange(3)), /must return a pair \[carry, y\]/],
  [
    "while: structure",
    () =>
      lax.whileLoop(
        () => np.array(true),
        (c: Value) => [c, c] as never,
        np.zeros([]),
      ),
    /lax\.whileLoop.*one array, the body returns an array of 2/,
  ],
  [
    "while: dtype",
    () =>
      lax.whileLoop(
        (c: Value) => c.lt(3),
        (c: Value) => c.astype("int8"),
        typed("int32"),
      ),
    /at carry, now i8\[\] and before i32\[\]/,
  ],
  [
    "while: the condition is an array",
    () =>
      lax.whileLoop(
        () => np.ones([3]).lt(3),
        (c: Value) => c,
        typed("int32"),
      ),
    /condition returns bool\[3\], expected one bool scalar/,
  ],
  [
    "while: the condition is a pair",
    () =>
      lax.whileLoop(
        (c: Value) => [c.lt(1), c.lt(1)],
        (c: Value) => c,
        typed("int32"),
      ),
    /condition returns PyTreeDef/,
  ],
  [
    "foriLoop: dtype",
    () => lax.foriLoop(0, 3, (_i: Value, c: Value) => c.astype("float16"), typed("float32")),
    /lax\.foriLoop.*now f16\[\] and before f32\[\]/,
  ],
  [
    "foriLoop: a bound that is no integer",
    () => lax.foriLoop(0, 2.5, (_i: Value, c: Value) => c, typed("float32")),
    /upper has dtype float32, expected an integer/,
  ],
  [
    "foriLoop: bounds of two types",
    () => lax.foriLoop(typed("int8"), typed("int32"), (_i: Value, c: Value) => c, typed("float32")),
    /equal types, got int8 and int32/,
  ],
  [
    "cond: dtypes",
    () =>
      lax.cond(
        true,
        () => typed("int32"),
        () => typed("float32"),
      ),
    /output 0 is f32\[\] in branch 0 and i32\[\] in branch 1 .*the dtypes differ/,
  ],
  [
    "cond: a fraction beside an integer",
    () =>
      lax.cond(
        true,
        () => 1.5,
        () => typed("int32"),
      ),
    /the dtypes differ/,
  ],
  [
    "cond: structures",
    () =>
      lax.cond(
        true,
        () => ({ a: typed("int32") }),
        () => ({ a: [typed("int32")] }) as never,
      ),
    /at output\.a branch 0 returns an array of 1, branch 1 returns one array/,
  ],
  [
    "cond: a path to the output",
    () =>
      lax.cond(
        true,
        () => ({ a: [np.ones([2])] }),
        () => ({ a: [np.ones([3])] }),
      ),
    /output\.a\[0\]\) is f32\[3\] in branch 0/,
  ],
  ["switch: structures", () => lax.switch(1, [() => typed("int32"), () => ({ a: typed("int32") })]), /branch 1 returns an object with the keys a/],
  ["switch: no branch", () => lax.switch(1, []), /there is no branch/],
  ["switch: a fraction", () => lax.switch(1.5, [() => 1, () => 2]), /dtype float32, expected an integer/],
  ["switch: an array", () => lax.switch(np.arange(2), [() => 1, () => 2]), /i32\[2\], expected a scalar/],
  ["cond: no function", () => lax.cond(true, 3 as never, () => 1), /trueFn is a value of type number, expected a function/],
];
test.each(REFUSED)("%s", (_name, run, message) => {
  expect(run).toThrow(message);
  expect(() => (jl.jit(run as () => Value) as () => Value)()).toThrow(message);
});
const dtypeOf = (v: unknown): string => (v as Value).dtype;
test("numbers take the type of what they meet", () => {
  expect(
    dtypeOf(
      lax.cond(
        true,
        () => 1,
        () => typed("int32"),
      ),
    ),
  ).toBe("int32");
  expect(dtypeOf(lax.switch(1, [() => typed("float16"), () => 2]))).toBe("float16");
  expect(dtypeOf(lax.scan((c: Value, x: Value) => [c.add(x), c], 0, np.arange(3))[0])).toBe("int32");
  expect(dtypeOf(lax.foriLoop(0, 3, (i: Value, c: Value) => c.add(i), 0))).toBe("int32");
  expect(dtypeOf(lax.foriLoop(0, 3, (i: Value, c: Value) => c.mul(0.5).add(i), 1))).toBe("float32");
  expect(dtypeOf(lax.foriLoop(0, 3, (_i: Value, c: Value) => c.add(1), 0))).toBe("float32");
  expect(dtypeOf(lax.foriLoop(0, 3, (_i: Value, c: Value) => c.add(typed("float16")), 0))).toBe("float16");
});
test("foriLoop counts in the type of its bounds, and not at all when they are turned round", () => {
  expect(dtypeOf(lax.foriLoop(typed("int8"), 3, (i: Value, _c: Value) => i, typed("int8")) as Value)).toBe("int8");
  expect(Number((lax.foriLoop(5, 3, (_i: Value, c: Value) => c.mul(2), np.array(7)) as Value).item())).toBe(7);
});
