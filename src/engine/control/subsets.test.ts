// Every program that control flow makes is differentiated with respect to each subset of its arguments, the rest closed over as constants:
// what is not differentiated must count as constant, wherever it stands (carried values, constants, arrays to scan over, right sides).
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  { lax } = jl;
type Program = (...xs: Value[]) => Value;
const int = (n: number): Value => np.array(n, { dtype: "int32" });
const customSin = jl.customJvp((x: Value, y: Value) => np.sin(x).mul(y));
customSin.defjvp(([x, y]: [Value, Value], [dx, dy]: [Value, Value]) => [customSin(x, y), np.cos(x).mul(y).mul(dx).add(np.sin(x).mul(dy))] as const);
const customProduct = jl.customVjp((x: Value, y: Value) => x.mul(y).mul(y));
customProduct.defvjp(
  (x: Value, y: Value) => [customProduct(x, y), [x, y]] as never,
  ([x, y]: [Value, Value], ct: Value) => [ct.mul(y).mul(y), ct.mul(x).mul(y).mul(2)],
);

/** Programs of three scalars and one array of three, with a scalar result; `reverse: false` where only forward mode exists. */
const PROGRAMS: Readonly<Record<string, { readonly f: Program; readonly reverse?: false; readonly first?: true }>> = {
  "scan: an RNN": { f: (w, b, h0, xs) => (lax.scan((h: Value, x: Value) => [np.tanh(h.mul(w).add(x.mul(b))), null], h0, xs) as Value[])[0]! },
  "scan: constant zero carry": {
    f: (w, b, c, xs) => (lax.scan((h: Value, x: Value) => [np.tanh(h.mul(w).add(x)).add(b.mul(c)), null], np.zeros([]), xs) as Value[])[0]!,
  },
  "scan: two carries that come to depend on each other": {
    f: (p, v, k, xs) =>
      (
        lax.scan(
          ([a, b]: [Value, Value], x: Value) => {
            const b2 = b.mul(0.9).add(a.mul(k));
            return [[a.sub(b2.mul(0.1)).add(x.mul(0.01)), b2], null];
          },
          [p, v],
          xs,
        ) as [Value[], null]
      )[0][0]!,
  },
  "scan: stacked results, in reverse": {
    f: (w, b, h0, xs) => {
      const [h, ys] = lax.scan((h: Value, x: Value) => [h.mul(w).add(np.sin(x)), h.mul(x).add(b)], h0, xs, { reverse: true }) as [Value, Value];
      return h.add(ys.mul(ys).sum());
    },
  },
  "scan: an integer counter and a constant among the carry": {
    f: (w, b, h0, xs) =>
      (
        lax.scan(
          ([i, c, h]: [Value, Value, Value], x: Value) => [[i.add(1), c, h.mul(w).add(c.mul(x)).add(i.mul(b))], null],
          [int(0), np.array(1.5), h0],
          xs,
        ) as [Value[], null]
      )[0][2]!,
  },
  "scan in a scan": {
    f: (w, b, h0, xs) =>
      (
        lax.scan(
          (h: Value, x: Value) => [(lax.scan((g: Value, y: Value) => [np.tanh(g.mul(w).add(y.mul(x))), null], h, xs) as Value[])[0]!.mul(b), null],
          h0,
          xs,
        ) as Value[]
      )[0]!,
  },
  "scan with a cond in it": {
    f: (w, b, h0, xs) =>
      (
        lax.scan(
          (h: Value, x: Value) => [
            lax.cond(
              x.gt(0.5),
              (v: Value) => np.sin(v).mul(w),
              (v: Value) => v.add(b),
              h,
            ),
            null,
          ],
          h0,
          xs,
        ) as Value[]
      )[0]!,
  },
  foriLoop: { f: (w, b, h0, xs) => lax.foriLoop(0, 3, (i: Value, h: Value) => h.mul(w).add(xs.get(i)).mul(b), h0) as Value },
  "foriLoop with bounds that are arrays": {
    f: (w, b, h0, xs) => lax.foriLoop(int(1), int(4), (i: Value, h: Value) => h.mul(w).add(b.mul(i)), h0.add(xs.sum())) as Value,
  },
  "cond: each operand": {
    f: (a, b, c, xs) =>
      lax.cond(
        xs.sum().gt(0),
        (x: Value, y: Value) => x.mul(y).mul(c),
        (x: Value, _y: Value) => np.sin(x),
        a,
        b,
      ) as Value,
  },
  "cond: the other branch": {
    f: (a, b, c, xs) =>
      lax.cond(
        xs.sum().lt(0),
        (x: Value, y: Value) => [x.mul(y).mul(c), x],
        (x: Value, _y: Value) => [np.sin(x), np.array(2)],
        a,
        b,
      ) as never as Value,
  },
  switch: {
    f: (a, b, c, xs) =>
      lax.switch(
        int(1),
        [(x: Value, y: Value) => x.add(y), (x: Value, y: Value) => np.exp(x.mul(c)).mul(y), (x: Value) => x],
        a,
        xs.sum().mul(b),
      ) as Value,
  },
  while: {
    reverse: false,
    f: (w, b, h0, xs) =>
      (
        lax.whileLoop(
          ([i]: [Value, Value]) => i.lt(3),
          ([i, h]: [Value, Value]) => [i.add(1), np.tanh(h.mul(w).add(xs.get(i)).add(b))],
          [int(0), h0],
        ) as Value[]
      )[1]!,
  },
  "while that nothing differentiated enters": {
    f: (w, b, h0, xs) => {
      const [n] = lax.whileLoop(
        ([i]: [Value]) => i.lt(2.5),
        ([i]: [Value]) => [i.add(1)],
        [np.array(0)],
      ) as Value[];
      return w.mul(b).mul(h0).mul(xs.sum()).mul(n!);
    },
  },
  associativeScan: { f: (w, b, h0, xs) => (lax.associativeScan((a: Value, c: Value) => a.mul(c), xs.mul(w).add(b)) as Value).sum().mul(h0) },
  map: { f: (w, b, h0, xs) => (lax.map((x: Value) => np.sin(x.mul(w)).add(b.mul(h0)), xs) as Value).sum() },
  "reduce with a reducer of one's own": {
    f: (w, b, h0, xs) => (lax.reduce(xs.mul(w).add(b), np.array(1), (x: Value, y: Value) => x.mul(y), [0]) as Value).mul(h0),
  },
  "checkpoint of a scan": {
    f: (w, b, h0, xs) =>
      jl.checkpoint((v: Value, h: Value) => (lax.scan((g: Value, x: Value) => [np.tanh(g.mul(v).add(x.mul(b))), null], h, xs) as Value[])[0]!)(
        w,
        h0,
      ) as Value,
  },
  "checkpoint in a scan": {
    f: (w, b, h0, xs) =>
      (lax.scan(jl.checkpoint((h: Value, x: Value) => [np.sin(np.tanh(h.mul(w).add(x))).mul(b), null]) as never, h0, xs) as Value[])[0]!,
  },
  "jit in a scan": {
    f: (w, b, h0, xs) => {
      const step = jl.jit((h: Value, x: Value, v: Value) => np.tanh(h.mul(v).add(x)));
      return (lax.scan((h: Value, x: Value) => [step(h, x, w).mul(b), null], h0, xs) as Value[])[0]!;
    },
  },
  "customJvp in a scan": {
    f: (w, b, h0, xs) => (lax.scan((h: Value, x: Value) => [customSin(h.add(x), w).mul(b), null], h0, xs) as Value[])[0]!,
  },
  customVjp: { first: true, f: (w, b, h0, xs) => (customProduct(w, b) as Value).mul(h0).add(xs.sum()) },
  "customVjp in a scan": {
    first: true,
    f: (w, b, h0, xs) => (lax.scan((h: Value, x: Value) => [np.tanh((customProduct(h, w) as Value).add(x)).mul(b), null], h0, xs) as Value[])[0]!,
  },
  "customLinearSolve with a right side of two parts": {
    f: (a, b, c, xs) => {
      const [x, y] = lax.customLinearSolve(
        ([u, v]: [Value, Value]) => [u.mul(a), v.mul(3).mul(a)],
        [b, c],
        (_m: unknown, [p, q]: [Value, Value]) => [p.div(a), q.div(a.mul(3))],
        { symmetric: true },
      ) as [Value, Value];
      return x.mul(y).mul(xs.sum());
    },
  },
};
const POINT = [0.7, 1.3, 0.4, [0.2, 0.9, -0.3]] as const;
/** With few laws asked for: single arguments, and the second order by the first of them only. */
const brief = Number(process.env.JITLENS_LAWS ?? 2000) < 500;
const subsets = (brief ? [0b0001, 0b0010, 0b0100, 0b1000] : [0b0001, 0b0010, 0b0100, 0b1000, 0b0011, 0b1010, 0b0110, 0b1101, 0b1111]).map((m) =>
  [0, 1, 2, 3].filter((i) => m & (1 << i)),
);
const flat = (v: unknown): number[] => jl.tree.leaves(v).flatMap((x) => Array.from((x as jl.Array).dataSync() as Float64Array));
/** The program as a function of the chosen arguments; the others are constants in it. */
const closed =
  (f: Program, point: readonly Value[], nums: readonly number[]): Program =>
  (...xs) => {
    const out = f(...point.map((p, i) => (nums.includes(i) ? xs[nums.indexOf(i)]! : p))) as unknown;
    return Array.isArray(out) ? (out as Value[]).reduce((a, b) => a.add(b)) : (out as Value);
  };
function differences(f: Program, point: readonly Value[], nums: readonly number[]): number[] {
  const h = 1e-5,
    g = closed(f, point, nums);
  return nums.flatMap((n, k) => {
    const base = np.asarray(point[n]!);
    return Array.from({ length: base.size }, (_x, j) => {
      const moved = (s: number): Value => base.add(np.array(Array.from({ length: base.size }, (_y, i) => (i === j ? s * h : 0))).reshape(base.shape));
      const at = (s: number): number => Number(g(...nums.map((m, i) => (i === k ? moved(s) : point[m]!))).item());
      return (at(1) - at(-1)) / (2 * h);
    });
  });
}
function near(got: readonly number[], want: readonly number[], what: string, tolerance = 2e-6): void {
  expect(got.length, what).toBe(want.length);
  got.forEach((g, i) => {
    if (!(Math.abs(g - want[i]!) <= tolerance * (1 + Math.abs(want[i]!))))
      throw new Error(`${what}: element ${i} is ${g}, expected ${want[i]} (all: ${got.join()} / ${want.join()})`);
  });
}
const inX64 = (fn: () => void): void => {
  jl.config.update("enableX64", true);
  try {
    fn();
  } finally {
    jl.config.update("enableX64", false);
  }
};
for (const [name, { f, reverse, first }] of Object.entries(PROGRAMS))
  test(`${name}: derivatives by each subset of the arguments, the rest constant`, () => {
    inX64(() => {
      const point = POINT.map((p) => np.array(p as number));
      for (const nums of subsets) {
        const g = closed(f, point, nums),
          xs = nums.map((n) => point[n]!),
          want = differences(f, point, nums),
          argnums = nums.map((_n, i) => i),
          what = `by arguments ${nums.join()}`;
        if (!first)
          near(
            [
              ...flat(
                jl.jvp(
                  g,
                  xs,
                  xs.map((x) => np.onesLike(x)),
                )[1],
              ),
            ],
            [want.reduce((a, b) => a + b, 0)],
            `${what}: jvp`,
            1e-5,
          );
        if (reverse === false) continue;
        const grad = jl.grad(g, { argnums }) as (...v: Value[]) => Value[];
        near(flat(grad(...xs)), want, `${what}: grad`);
        // The same derivative whichever way it is asked for: all arguments at once, compiled, vectorized over one more axis.
        near(flat((jl.grad(closed(f, point, [0, 1, 2, 3]), { argnums: nums }) as (...v: Value[]) => Value[])(...point)), want, `${what}: argnums`);
        if (nums.length > 2) continue;
        near(flat((jl.jit(grad) as typeof grad)(...xs)), want, `${what}: jit of grad`);
        near(flat((jl.grad(jl.jit(g), { argnums }) as typeof grad)(...xs)), want, `${what}: grad of jit`);
        const twice = xs.map((x) => np.stack([x, x])),
          rows = flat((jl.vmap(grad) as typeof grad)(...twice));
        near(
          rows,
          xs.flatMap((x, i) => {
            const at = xs.slice(0, i).reduce((n, v) => n + v.size, 0),
              own = want.slice(at, at + x.size);
            return [...own, ...own];
          }),
          `${what}: vmap of grad`,
        );
        if (first || nums.length > 1 || (brief && nums[0])) continue;
        // The directional derivative of the gradient against differences of gradients, and reverse over reverse against forward over reverse.
        const ones = xs.map((x) => np.onesLike(x)),
          [, second] = jl.jvp((...v: Value[]) => grad(...v), xs, ones),
          h = 1e-5,
          up = flat(grad(...xs.map((x) => x.add(h)))),
          down = flat(grad(...xs.map((x) => x.sub(h))));
        near(
          flat(second),
          up.map((u, i) => (u - down[i]!) / (2 * h)),
          `${what}: jvp of grad`,
          1e-5,
        );
        const total = (...v: Value[]): Value =>
          grad(...v)
            .map((t) => t.sum())
            .reduce((a, b) => a.add(b));
        near(flat((jl.grad(total, { argnums }) as typeof grad)(...xs)), flat(second), `${what}: grad of grad`, 1e-5);
        const whole = jl.hessian(g)(...xs) as Value;
        near([flat(whole).reduce((a, b) => a + b, 0)], [flat(second).reduce((a, b) => a + b, 0)], `${what}: hessian`, 1e-5);
      }
    });
  });
