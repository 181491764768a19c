// Integers of 8 and 16 bits: what lanes compute wraps around as scalars do, against plain arithmetic on all kinds of values; alone, in chains and in reductions.
import { describe, expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";
import { breathe } from "../testPrograms.ts";

const np = jl.numpy;
const NARROW = ["int8", "uint8", "int16", "uint16"] as const;
type Narrow = (typeof NARROW)[number];
const bitsOf = (d: Narrow): number => (d.endsWith("8") ? 8 : 16);
const isSigned = (d: Narrow): boolean => d.startsWith("i");
const least = (d: Narrow): number => (isSigned(d) ? -(2 ** (bitsOf(d) - 1)) : 0);
const most = (d: Narrow): number => 2 ** (bitsOf(d) - (isSigned(d) ? 1 : 0)) - 1;
/** The number of the type that has the same low bits. */
function wrap(d: Narrow, x: number): number {
  const low = Number(BigInt.asUintN(bitsOf(d), BigInt(x)));
  return low > most(d) ? low - 2 ** bitsOf(d) : low;
}
function generator(seed: number): () => number {
  let s = seed | 0;
  return () => ((s = (Math.imul(s, 1664525) + 1013904223) | 0) >>> 8) / 2 ** 24;
}
/** Numbers of the whole range, its bounds and what is near 0 among them. */
function numbers(d: Narrow, n: number, r: () => number): number[] {
  const edges = [least(d), most(d), 0, 1, wrap(d, -1), least(d) + 1, most(d) - 1, 2];
  return Array.from({ length: n }, () => (r() < 0.3 ? edges[Math.floor(r() * edges.length)]! : least(d) + Math.floor(r() * 2 ** bitsOf(d))));
}
interface Op {
  readonly name: string;
  readonly f: (x: Value, y: Value) => Value;
  readonly plain: (d: Narrow, x: number, y: number) => number;
}
const OPS: readonly Op[] = [
  { name: "add", f: (x, y) => x.add(y), plain: (_d, x, y) => x + y },
  { name: "sub", f: (x, y) => x.sub(y), plain: (_d, x, y) => x - y },
  { name: "mul", f: (x, y) => x.mul(y), plain: (_d, x, y) => x * y },
  { name: "negative", f: (x) => np.negative(x), plain: (_d, x) => -x },
  { name: "abs", f: (x) => np.abs(x), plain: (_d, x) => Math.abs(x) },
  { name: "not", f: (x) => np.bitwiseNot(x), plain: (_d, x) => ~x },
  { name: "and", f: (x, y) => np.bitwiseAnd(x, y), plain: (_d, x, y) => x & y },
  { name: "xor", f: (x, y) => np.bitwiseXor(x, y), plain: (_d, x, y) => x ^ y },
  { name: "maximum", f: (x, y) => np.maximum(x, y), plain: (_d, x, y) => Math.max(x, y) },
  { name: "minimum", f: (x, y) => np.minimum(x, y), plain: (_d, x, y) => Math.min(x, y) },
  { name: "shift to the left", f: (x) => np.leftShift(x, 3), plain: (_d, x) => x << 3 },
  { name: "shift to the right", f: (x) => np.rightShift(x, 2), plain: (_d, x) => x >> 2 },
  {
    name: "logical shift to the right",
    f: (x) => jl.lax.shiftRightLogical(x, jl.lax.fullLike(x, 2)),
    plain: (d, x) => (x & (2 ** bitsOf(d) - 1)) >>> 2,
  },
  {
    name: "arithmetic shift to the right",
    f: (x) => jl.lax.shiftRightArithmetic(x, jl.lax.fullLike(x, 2)),
    plain: (d, x) => (x << (32 - bitsOf(d))) >> (34 - bitsOf(d)),
  },
  { name: "where", f: (x, y) => np.where(x.lt(y), x, y.mul(3)), plain: (_d, x, y) => (x < y ? x : y * 3) },
  { name: "floorDivide", f: (x, y) => np.floorDivide(x, np.maximum(y, 1)), plain: (_d, x, y) => Math.floor(x / Math.max(y, 1)) },
];
const list = (v: Value): number[] => (v.tolist() as (number | boolean)[]).map(Number);
/** Whole vectors of all widths, and what is left over. */
const N = 77;

describe.each(NARROW)("%s", (d) => {
  test.each(OPS)("$name", ({ f, plain }) => {
    const r = generator(1);
    const [x, y] = [numbers(d, 1031, r), numbers(d, 1031, r)];
    const got = jl.jit(f)(np.array(x, { dtype: d }), np.array(y, { dtype: d }));
    expect(String(got.dtype)).toBe(d);
    expect(list(got)).toEqual(x.map((v, i) => wrap(d, plain(d, v, y[i]!))));
  });
  test("200 programs of them", async () => {
    for (let seed = 1; seed <= 200; seed++) {
      await breathe(seed);
      const r = generator(seed);
      const steps = Array.from({ length: 2 + Math.floor(r() * 6) }, () => ({ op: OPS[Math.floor(r() * OPS.length)]!, i: r(), j: r() }));
      const [x, y] = [numbers(d, N, r), numbers(d, N, r)];
      const all = [x, y];
      const pick = <T>(from: readonly T[], at: number): T => from[Math.floor(at * from.length)]!;
      for (const s of steps) {
        const [a, b] = [pick(all, s.i), pick(all, s.j)];
        all.push(a.map((v, i) => wrap(d, s.op.plain(d, v, b[i]!))));
      }
      const f = (p: Value, q: Value): Value => {
        const values = [p, q];
        for (const s of steps) values.push(s.op.f(pick(values, s.i), pick(values, s.j)));
        return values.at(-1)!;
      };
      const got = jl.jit(f)(np.array(x, { dtype: d }), np.array(y, { dtype: d }));
      expect(list(got), `program ${seed}: ${steps.map((s) => s.op.name).join(", ")}`).toEqual(all.at(-1));
    }
  });
  test("to all other types and back", () => {
    const x = numbers(d, N, generator(3));
    const others = [...NARROW, "int32", "uint32", "float32", "bool"] as const;
    const made = jl.jit((v: Value) => others.map((to) => v.astype(to)))(np.array(x, { dtype: d }));
    others.forEach((to, i) => {
      const want = x.map((v) => (to === "bool" ? Number(v !== 0) : to === "float32" || to === "int32" ? v : to === "uint32" ? v >>> 0 : wrap(to, v)));
      expect(list(made[i]!), to).toEqual(want);
    });
    const back = jl.jit((v: Value, w: Value) => [v.astype(d), w.astype(d)])(np.arange(N).sub(30).mul(4321), np.arange(N).mod(2).astype("bool"));
    expect(list(back[0]!)).toEqual(Array.from({ length: N }, (_v, i) => wrap(d, (i - 30) * 4321)));
    expect(list(back[1]!)).toEqual(Array.from({ length: N }, (_v, i) => i % 2));
  });
  test("floats saturate, and NaN becomes 0", () => {
    const x = [
      NaN,
      Infinity,
      -Infinity,
      1e10,
      -1e10,
      0.9,
      -0.9,
      least(d) - 0.5,
      most(d) + 0.5,
      most(d) + 1,
      least(d) - 1,
      ...numbers(d, N, generator(5)),
    ];
    const want = x.map((v) => (Number.isNaN(v) ? 0 : Math.trunc(Math.min(most(d), Math.max(least(d), v))) + 0));
    expect(list(jl.jit((v: Value) => v.astype(d))(np.array(x, { dtype: "float32" })))).toEqual(want);
  });
  test.each([1, 5, 16, 23, 1027])("sums, products, largest and least of %i elements, along memory and across", (n) => {
    const r = generator(n);
    const rows = [numbers(d, n, r), numbers(d, n, r), numbers(d, n, r)];
    const x = np.array(rows, { dtype: d });
    const f = jl.jit((v: Value) => [
      v.sum({ axis: 1, dtype: d }),
      v.prod({ axis: 1, dtype: d }),
      v.max({ axis: 1 }),
      v.min({ axis: 1 }),
      v.sum({ axis: 0, dtype: d }),
    ]);
    const [sum, product, max, min, across] = f(x).map(list);
    expect(sum).toEqual(
      rows.map((row) =>
        wrap(
          d,
          row.reduce((a, b) => a + b, 0),
        ),
      ),
    );
    expect(product).toEqual(rows.map((row) => row.reduce((a, b) => wrap(d, a * b), 1)));
    expect(max).toEqual(rows.map((row) => Math.max(...row)));
    expect(min).toEqual(rows.map((row) => Math.min(...row)));
    expect(across).toEqual(
      rows[0]!.map((_v, i) =>
        wrap(
          d,
          rows.reduce((a, row) => a + row[i]!, 0),
        ),
      ),
    );
  });
});
