// Donated arguments: results have their memory, what could be read again is copied first, and nothing of it can be used afterwards.
import { afterEach, describe, expect, test, vi } from "vitest";
import * as jl from "../index.ts";
import { compile } from "../backends/programs.ts";
import { verifyPlan } from "../compiler/plan/verify.ts";
import { NDArray, type Value } from "../core/value.ts";
import type { Jitted } from "./jit.ts";

const { numpy: np, jit, lax } = jl;
type Fn = (...xs: Value[]) => Value | readonly Value[];
const fresh = (from = 0, shape = [4, 3]): NDArray => np.arange(12).add(from).reshape(shape).astype("float32") as NDArray;
const listsOf = (r: unknown): unknown[] => jl.tree.leaves(r as never).map((v) => (v as unknown as NDArray).tolist());
afterEach(() => void vi.restoreAllMocks());

describe("results are those of the function that keeps its arguments", () => {
  const programs: Record<string, Fn> = {
    "element by element": (x, y) => x.mul(2).add(y),
    "a row that is set": (x, y) => x.at(1).set(y.get(0)),
    "rows that are set one after the other": (x, y) => x.at(1).set(y.get(0)).at(2).add(y.get(3)),
    "read after the result is written": (x, y) => [np.sin(x).add(y), x.sum({ axis: 0 })],
    "other elements of it are read": (x) => x.add(np.flip(x)),
    "rows are gone through twice": (x) => x.sub(x.sum()),
    "a product of matrices": (x, y) => x.matmul(y.T).matmul(x),
    "handed through": (x, y) => [x, y.add(x)],
    "handed through twice": (x) => [x, x],
    "the other's place": (x, y) => [y.add(1), x.add(2)],
    "a loop's start": (x, y) => lax.foriLoop(0, 5, (_i: Value, c: Value) => np.sin(c).add(y), x) as Value,
    "a loop's start that is read again": (x, y) => (lax.foriLoop(0, 3, (_i: Value, c: Value) => c.mul(2).add(y), x) as Value).sub(x),
    "a start of two": (x) => (lax.foriLoop(0, 3, (_i: Value, [a, b]: [Value, Value]) => [b, a.add(b)] as [Value, Value], [x, x]) as Value[])[0]!,
    "a scan that writes rows": (x, y) => lax.scan((c: Value, r: Value) => [c.add(r), c.mul(r)], y.get(0), x)[1] as Value,
    "a branch": (x, y) =>
      lax.cond(
        y.sum().gt(0),
        (a: Value) => a.add(1),
        (a: Value) => a,
        x,
      ) as Value,
    "a sort": (x) => np.sort(x, { axis: 1 }),
    "two jits, one in the other": (x, y) => (jit((a: Value) => a.mul(3), { donateArgnums: 0 })(x.add(y)) as Value).add(x),
  };
  test.each(Object.keys(programs))("%s", (name) => {
    const f = programs[name]! as (...xs: Value[]) => Value;
    const wanted = listsOf(jit(f)(fresh(), fresh(7)));
    for (const donateArgnums of [0, 1, [0, 1]]) {
      if (f.length < 2 && donateArgnums !== 0) continue;
      const g = jit(f, { donateArgnums });
      vi.spyOn(console, "warn").mockImplementation(() => {});
      for (let call = 0; call < 3; call++) {
        const args = [fresh(), fresh(7)].slice(0, f.length);
        expect(listsOf(g(...args))).toEqual(wanted);
        expect(args.map((a) => a.isDeleted)).toEqual(args.map((_a, i) => [donateArgnums].flat().includes(i)));
      }
      const { plan } = compile((g as unknown as Jitted).traceWith(undefined, [fresh(), fresh(7)].slice(0, f.length)).jaxpr).compilation;
      verifyPlan(plan);
    }
  });
});
/** From the second call on, whether the result of the first argument's type is the memory of it. */
function takes(f: Fn, ...others: Value[]): boolean {
  const g = jit(f as (...xs: Value[]) => Value, { donateArgnums: 0 });
  g(fresh(), ...others);
  const x = fresh();
  const { storage } = x;
  const out = jl.tree.leaves(g(x, ...others) as never) as unknown as NDArray[];
  return out.some((o) => o.storage === storage);
}
test("memory is taken over where nothing of it is read later", () => {
  expect(takes((x) => x.mul(2))).toBe(true);
  expect(takes((x, r) => x.at(1).set(r), np.ones([3]))).toBe(true);
  expect(takes((x) => lax.foriLoop(0, 3, (_i: Value, c: Value) => np.sin(c), x) as Value)).toBe(true);
  expect(takes((x) => x)).toBe(true);
  expect(takes((x) => x.add(np.flip(x)))).toBe(false);
});
describe("what may be read again is copied", () => {
  test("the same array twice", () => {
    const f = jit((x: Value, y: Value) => x.mul(2).add(y.at(0).set(1)), { donateArgnums: 0 });
    const wanted = listsOf(f(fresh(), fresh()));
    for (let call = 0; call < 2; call++) {
      const x = fresh();
      expect(listsOf(f(x, x))).toEqual(wanted);
      expect(x.isDeleted).toBe(true);
    }
  });
  test("the same array twice, from JavaScript's own memory", () => {
    const f = jit((x: Value, y: Value) => [x.mul(0), y] as const, { donateArgnums: 0 });
    f(fresh(), fresh());
    const x = np.array([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
      [1, 2, 3],
    ]);
    expect(listsOf(f(x, x))[1]).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
      [1, 2, 3],
    ]);
  });
  test("an array that the function closes over", () => {
    const w = fresh(5);
    const f = jit((x: Value) => x.mul(2).add(w), { donateArgnums: 0 });
    const wanted = listsOf(f(fresh(5)));
    expect(listsOf(f(w))).toEqual(wanted);
  });
  test("an array that a callback around the call holds", () => {
    const inner = jit((x: Value) => x.mul(0), { donateArgnums: 0 });
    inner(fresh());
    const x = fresh();
    const outer = jit((a: Value) => {
      const b = jl.pureCallback(() => inner(fresh(3)), jl.shapeDtypeStruct([4, 3], "float32"), a) as Value;
      return a.add(b);
    });
    expect(listsOf(outer(x))).toEqual(listsOf(fresh()));
  });
});
test("transformations give nothing away", () => {
  const f = jit((x: Value) => np.sin(x).sum(), { donateArgnums: 0 });
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const x = fresh();
  jl.grad(f as (v: Value) => Value)(x);
  jl.vmap(f as (v: Value) => Value)(x);
  const w = fresh();
  const outer = jit((v: Value) => v.add(jit((a: Value) => a.mul(2), { donateArgnums: 0 })(w) as Value));
  outer(x);
  expect([x.isDeleted, w.isDeleted]).toEqual([false, false]);
  expect(listsOf(outer(x))).toEqual(listsOf(fresh().mul(3)));
});
test("what no result has the type of is warned of, once a trace", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const f = jit(
    function total(x: Value, y: Value) {
      return x.sum().add(y.sum());
    },
    { donateArgnums: [0, 1] },
  );
  f(fresh(), fresh());
  f(fresh(), fresh());
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/Some donated buffers were not usable: x: f32\[4,3\], y: f32\[4,3\]\. No result of total has this type/)],
  ]);
  jit((x: Value, y: Value) => x.add(y), { donateArgnums: [0, 1] })(fresh(), fresh());
  expect(warn.mock.calls.at(-1)![0]).toMatch(/not usable: y: f32\[4,3\]/);
  jit((x: Value) => [x.get(0), x.mul(2)], { donateArgnums: 0 })(fresh());
  expect(warn).toHaveBeenCalledTimes(2);
});
test("after an error in the program the argument cannot be used either", () => {
  const f = jit(
    (x: Value, fail: Value) => {
      const y = x.mul(2);
      const z = jl.pureCallback(
        (v: Value) => {
          if (fails) throw new Error("no");
          return v;
        },
        jl.shapeDtypeStruct([], "float32"),
        fail,
      ) as Value;
      return y.add(z);
    },
    { donateArgnums: 0 },
  );
  let fails = false;
  f(fresh(), np.array(1));
  fails = true;
  const x = fresh();
  expect(() => f(x, np.array(1))).toThrow("no");
  expect(x.isDeleted).toBe(true);
});
test("NaNs are looked for in what the program was given", () => {
  jl.config.update("debugNans", true);
  try {
    const f = jit((x: Value) => np.log(x).add(1), { donateArgnums: 0 });
    f(fresh(1));
    expect(() => f(fresh(-5))).toThrow(/NaN appeared in output 0 of log/);
  } finally {
    jl.config.update("debugNans", false);
  }
});
