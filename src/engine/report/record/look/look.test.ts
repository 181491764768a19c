// What the values of a program are, and where its first NaN comes from.
import { expect, test } from "vitest";
import { jit, lax, numpy as np, type Value } from "../../../index.ts";
import type { NDArray } from "../../../core/value.ts";
import { record } from "../record.ts";
import { lookAtValues } from "./values.ts";
import type { Jitted } from "../../../transforms/jit.ts";
import type { Values } from "../../types.ts";

type Fn = (...args: Value[]) => unknown;
const LIMITS = { milliseconds: 20_000, bytes: 2 ** 30 };
function valuesOf(
  f: Fn,
  args: Value[],
  limits = LIMITS,
): { readonly values: Values; readonly said: string[]; readonly op: (name: string) => Values["of"][number] | undefined } {
  const fn = jit(f) as unknown as Jitted;
  const traced = fn.traceWith(undefined, args);
  const report = record({
    name: "f",
    position: { file: "/f.ts", line: 1, column: 1, func: "f" },
    jitted: fn,
    args,
    traced,
    traceMilliseconds: 0,
    values: null,
    sources: [],
    root: null,
    versions: {},
    machine: { cpu: "", cores: 1, platform: "" },
    retraces: [],
    warnings: [],
  });
  const { report: r, warnings } = lookAtValues({ report, traced, values: args as NDArray[], root: null, limits });
  const values = r.values!;
  const ops = new Map(r.programs[0]!.levels[0]!.regions.flatMap((x) => x.nodes.map((n) => [n.op, n.id] as const)));
  return { values, said: warnings.map((w) => `${w.kind} ${w.message}`), op: (name) => values.of.find((v) => v.node === ops.get(name)) };
}
const x = np.array([1, 2, -4, 8]);

test("minimum, maximum, mean and counts of each value; arguments too", () => {
  const { values, op, said } = valuesOf((a) => np.tanh(a.mul(2)), [x]);
  expect(op("parameter")).toMatchObject({ min: -4, max: 8, mean: 1.75, elements: 4, nan: 0, inf: 0, times: 1 });
  expect(op("mul")).toMatchObject({ min: -8, max: 16, mean: 3.5 });
  expect(op("tanh")!.max).toBeCloseTo(1, 5);
  expect(values.firsts).toEqual([]);
  expect(said).toEqual([]);
});
test("the first NaN is traced to its operation, also inside programs of programs", () => {
  const { op, said, values } = valuesOf(
    (a) =>
      jit((b: Value) => np.log(b).mul(2))(a)
        .add(1)
        .sum(),
    [x],
  );
  expect(op("log")).toMatchObject({ nan: 1, elements: 4 });
  expect(said).toEqual([
    "nan the first NaN comes from here: log of a negative number: a has min -4. 1 of 4 elements are NaN, the first at [2], where a is -4. It reaches the results.",
  ]);
  expect(values.firsts[0]!.stack).not.toBe(null);
});
test("a NaN that no result has is told apart", () => {
  const { said } = valuesOf((a) => np.where(a.gt(0), np.sqrt(a), 0).sum(), [x]);
  expect(said[0]).toMatch(
    /^nanUnused the first NaN comes from here: sqrt of a negative number: a has min -4.*No result has it, but a gradient through it would\.$/,
  );
});
test.each<[string, Fn, Value[], RegExp]>([
  ["0 / 0", (a, b) => a.div(b), [np.array([1, 0]), np.array([1, 0])], /^nan .*0 divided by 0: a and b are both 0 somewhere/],
  [
    "1 / 0",
    (a, b) => a.div(b),
    [np.array([1, 2]), np.array([1, 0])],
    /^inf the first infinity comes from here: a number divided by 0: b has zeros.*where a is 2/,
  ],
  ["exp of much", (a) => np.exp(a.mul(100)), [x], /^inf .*exp gives more than float32 holds \(3\.4e38\): mul\(…\) has max 800/],
  ["log of 0", (a) => np.log(a), [np.array([0, 1])], /^inf .*log of 0: a has min 0/],
  ["asin", (a) => np.arcsin(a), [x], /^nan .*asin of a number above 1: a has max 8|^nan .*asin of a number/],
  ["an argument", (a) => a.add(1), [np.array([1, NaN])], /^nan the argument a holds NaN: 1 of 2 elements are NaN, the first at \[1\]\. It reaches/],
  ["a power", (a) => np.power(a, np.array(0.5)), [x], /^nan .*a negative number to a power that is no whole number: a has min -4/],
])("%s", (_name, f, args, text) => {
  const { said } = valuesOf(f, args);
  expect(said[0]).toMatch(text);
});
test("infinity minus infinity: both are told of", () => {
  const { said } = valuesOf((a) => np.exp(a).sub(np.exp(a)), [np.array([1000])]);
  expect(said.map((s) => s.slice(0, 60)).sort()).toEqual([
    "infUnused the first infinity comes from here: exp gives more".slice(0, 60),
    "nan the first NaN comes from here: infinities that cancel: e".slice(0, 60),
  ]);
});
test("a mask is infinite on purpose", () => {
  const { said, op } = valuesOf((a) => np.exp(np.where(a.gt(0), a, -Infinity)).sum(), [x]);
  expect(said).toEqual([]);
  expect(op("select_n")!.inf).toBe(1);
});
test("loops: over all turns, and in which turn", () => {
  const { op, said } = valuesOf(
    (a) => lax.scan((c: Value, v: Value) => [np.sqrt(c.sub(v)), c] as const, np.array(10), a)[0],
    [np.array([1, 2, 5, 1])],
  );
  expect(op("sub")!.times).toBe(4);
  expect(said[0]).toMatch(/^nan .*sqrt of a negative number: sub\(…\) has min -4.*In turn 3 of the loop\. It reaches the results\.$/);
});
test("while loops and branches", () => {
  const loop = valuesOf(
    (a) =>
      lax.whileLoop(
        (c: Value) => c.lt(100),
        (c: Value) => c.mul(2),
        a,
      ),
    [np.array(3)],
  );
  expect(loop.op("mul")).toMatchObject({ min: 6, max: 192, times: 6 });
  const branch = valuesOf(
    (a) =>
      lax.cond(
        a.sum().gt(0),
        (v: Value) => np.cos(v),
        (v: Value) => np.sin(v),
        a,
      ),
    [x],
  );
  expect(branch.op("cos")).toMatchObject({ times: 1 });
  expect(branch.op("sin")).toBe(undefined);
});
test("it stops at its limits, and says so", () => {
  expect(valuesOf((a) => np.sin(np.cos(a)), [x], { milliseconds: -1, bytes: 2 ** 30 }).values.cut).toBe("time");
  expect(valuesOf((a) => np.sin(np.cos(a.reshape([4, 1]).add(a))).sum(), [x], { milliseconds: 20_000, bytes: 40 }).values.cut).toBe("memory");
});
test("arguments are left as they were, results of programs too", () => {
  const a = np.array([1, 2]);
  valuesOf((v) => jit((w: Value) => w)(v).reshape([2]), [a]);
  expect([...a.dataSync()]).toEqual([1, 2]);
});
