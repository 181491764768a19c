// Rules on programs that they are made for: what is found, and that the changed program computes the same. What a change gains is measured elsewhere, on a
// quiet machine (npm run insight): here no time is looked at.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { enableX64, jit, lax, numpy as np, random, type Value } from "../../index.ts";
import { NDArray } from "../../core/value.ts";
import type { Jitted } from "../../transforms/jit.ts";
import { saidIn } from "../insights/said.ts";
import { phrasesOf } from "../phrases.ts";
import { largestDifference } from "../record/trial.ts";
import { associate } from "./rules/associate.ts";
import { carries } from "./rules/carries.ts";
import { components } from "./rules/components.ts";
import { distances } from "./rules/distances.ts";
import { divided } from "./rules/divided.ts";
import { double } from "./rules/double.ts";
import { inverse } from "./rules/inverse.ts";
import { lastSum } from "./rules/lastSum.ts";
import { narrow } from "./rules/narrow.ts";
import { power } from "./rules/power.ts";
import { reals } from "./rules/reals.ts";
import { sorted } from "./rules/sorted.ts";
import { stored } from "./rules/stored.ts";
import { factsOf } from "./testFacts.ts";
import { changedProgram } from "./trials.ts";
import type { AnyRule, Said } from "./types.ts";

type Fun = (...xs: Value[]) => unknown;
const bundle = JSON.parse(readFileSync(new URL("../../../../l10n/bundle.l10n.json", import.meta.url), "utf8")) as Record<string, string>;
/** Everything that is said of a trial can be said in another language, and says the same in English when it is put together from its parts. */
function holdsItsWords({ text, remedy, change, action }: Said): void {
  const sentences = { text, remedy, change, label: action?.label };
  const phrases = phrasesOf(sentences) ?? {};
  for (const [name, s] of Object.entries(sentences)) {
    if (!s) continue;
    const asked = new Set<string>();
    const english = (template: string): string => (asked.add(template), template);
    expect(saidIn(english, s.text, phrases[name as keyof typeof phrases])).toBe(s.text);
    expect([...asked].filter((t) => !(t in bundle))).toEqual([]);
    expect(s.text).not.toMatch(/undefined|NaN|Infinity|\{\d\}/);
  }
}
/** How many places a rule finds, and the largest difference that its first change makes. */
function tried(rule: AnyRule, fun: Fun, args: readonly unknown[]): { found: number; error: number | null } {
  const f = factsOf(jit(fun) as unknown as Jitted, args);
  expect(f.context.traced.consts.every((c) => c instanceof NDArray)).toBe(true);
  const found = rule.find(f);
  const [first] = found;
  if (first === undefined) return { found: 0, error: null };
  const change = rule.change(first, f);
  if (!change || change.kind === "experiment") throw new Error("no change of the program");
  const error = largestDifference(f.context.compiled, changedProgram(change, f), f.operands);
  const times = [2, 2, 2];
  holdsItsWords(rule.say(first, { of: "call", before: times, after: [1, 1, 1], error, gained: true, factor: 2, notes: { scale: 1 } }, f));
  return { found: found.length, error };
}
const x = random.uniform(random.key(0), [64, 64], { minval: 0.5, maxval: 2 });
const y = random.uniform(random.key(1), [64, 64], { minval: 0.5, maxval: 2 });
const v = random.uniform(random.key(2), [64]);
const squared = (a: Value): Value => np.square(a).sum({ axis: -1 });
const pos = random.normal(random.key(3), [48, 3]);
const complex = (a: Value): Value => a.astype("complex64");
const wave = (a: Value): Value => np.exp(np.sin(a.mul(3)));
/** Well-conditioned. */
const near = np.eye(64).mul(40).add(random.normal(random.key(4), [64, 64]));
const few = random.normal(random.key(5), [7, 64]);
const apart = (p: Value, q: Value): Value => np.square(p.get(null, ":").sub(q.get(":", null)));

/** Of each rule a program with what it looks for, the mended one, the arguments, and how far results may lie apart. */
const CASES: readonly [string, AnyRule, Fun, Fun, readonly unknown[], number][] = [
  ["pow by multiplications and a root", power, (a) => np.power(a!, 2.5), (a) => np.square(a!).mul(np.sqrt(a!)), [x], 1e-4],
  ["a sort of which the last is read", sorted, (a) => np.sort(a!, { axis: 1 }).get(":", -1), (a) => a!.max({ axis: 1 }), [x], 0],
  [
    "a quotient that is summed",
    divided,
    (a, b) => np.exp(a!).div(np.exp(a!).sum()).mul(b!).sum(),
    (a, b) => np.exp(a!).mul(b!).sum().div(np.exp(a!).sum()),
    [x, y],
    1e-5,
  ],
  ["a product of matrices times a vector", associate, (a, b, c) => a!.matmul(b!).matmul(c!), (a, b, c) => a!.matmul(b!.matmul(c!)), [x, y, v], 1e-1],
  [
    "an inverse in the middle of a product",
    inverse,
    (a, b, c) => b!.matmul(np.linalg.inv(a!)).matmul(c!),
    (a, b, c) => b!.matmul(np.linalg.solve(a!, c!)),
    [near, few, v],
    1e-5,
  ],
  ["an inverse behind a few rows", inverse, (a, b) => b!.matmul(np.linalg.inv(a!)), (a, b) => np.linalg.solve(a!.T, b!.T).T, [near, few], 1e-5],
  ["a row times an inverse", inverse, (a, b) => b!.matmul(np.linalg.inv(a!)), (a, b) => np.linalg.solve(a!.T, b!), [near, v], 1e-5],
  ["a running sum of which the last is read", lastSum, (a) => np.cumsum(a!, { axis: 1 }).get(":", -1), (a) => a!.sum({ axis: 1 }), [x], 1e-4],
  ["a running maximum, some rows of its last", lastSum, (a) => lax.cummax(a!, { axis: 1 }).get("3:9", -1), (a) => a!.max({ axis: 1 }), [x], 0],
  ["float16", narrow, (a) => np.sqrt(a!.astype("float16").mul(1.5).add(2)).astype("float32"), (a) => np.sqrt(a!.mul(1.5).add(2)), [x], 2e-2],
  [
    "coordinates in the last axis",
    components,
    (p) => np.square(p!.get(null, ":", ":").sub(p!.get(":", null, ":"))).sum({ axis: -1 }),
    (p) =>
      [0, 1, 2]
        .map((i) => p!.get(":", i))
        .map((q) => apart(q, q))
        .reduce((a, b) => a.add(b)),
    [pos],
    1e-5,
  ],
  [
    "complex numbers of real data",
    reals,
    (a, b) =>
      np.real(
        complex(a!)
          .mul(complex(b!))
          .add(complex(a!).matmul(complex(b!))),
      ),
    (a, b) => a!.mul(b!).add(a!.matmul(b!)),
    [x, y],
    1e-4,
  ],
  [
    "distances of all pairs",
    distances,
    (a, b) => np.square(a!.get(":", null).sub(b!.get(null, ":"))).sum({ axis: -1 }),
    (a, b) => squared(a!).get(":", null).add(squared(b!)).sub(a!.matmul(b!.T).mul(2)),
    [x, y],
    3e-4,
  ],
  [
    "distances, the pairs in the other order",
    distances,
    (a, b) => np.square(a!.get(null, ":").sub(b!.get(":", null))).sum({ axis: -1 }),
    (a, b) => squared(b!).get(":", null).add(squared(a!)).sub(b!.matmul(a!.T).mul(2)),
    [x, y],
    3e-4,
  ],
  [
    "a value that is stored and read back",
    stored,
    (a) => [wave(a!).sum({ axis: 0 }), np.cumsum(wave(a!), { axis: 1 })],
    (a) => [a!.sum({ axis: 0 }), np.cumsum(a!, { axis: 1 })],
    [x],
    1e-4,
  ],
  [
    "carried values that change places",
    carries,
    (a) => (lax.foriLoop(0, 6, (_k: Value, [p, q]: [Value, Value]) => [q, a!.mul(q).sub(p)], [np.onesLike(a!), a!]) as Value[])[1],
    (a) =>
      (
        lax.foriLoop(
          0,
          3,
          (_k: Value, [p, q]: [Value, Value]) => {
            const next = a!.mul(q).sub(p);
            return [next, a!.mul(next).sub(q)];
          },
          [np.onesLike(a!), a!],
        ) as Value[]
      )[1],
    [x],
    1e-4,
  ],
];
for (const [name, rule, slow, mended, args, allowed] of CASES)
  test(name, () => {
    const t = tried(rule, slow, args);
    expect(t.found).toBeGreaterThan(0);
    expect(t.error).not.toBeNull();
    expect(t.error!).toBeLessThanOrEqual(allowed);
    expect(tried(rule, mended, args).found).toBe(0);
  });
test("a layer of two features is no list of coordinates", () => {
  const layer: Fun = (a, w) => np.tanh(a!.matmul(w!).add(1));
  expect(tried(components, layer, [random.normal(random.key(6), [4096, 16]), random.normal(random.key(7), [16, 2])]).found).toBe(0);
});
test("float64, where 64-bit types are on", () =>
  enableX64(() => {
    const t = tried(double, (a) => np.sqrt(a!.astype("float64").mul(1.5).add(2)).sum({ axis: 0 }), [x]);
    expect(t.found).toBe(1);
    // Seven digits of sums of sixty-four, and not all of the sixteen.
    expect(t.error!).toBeGreaterThan(0);
    expect(t.error!).toBeLessThan(1e-3);
    expect(tried(double, (a) => np.sqrt(a!.mul(1.5).add(2)).sum({ axis: 0 }), [x]).found).toBe(0);
  }));
test("a loop with an odd number of turns, and values that change places by threes", () => {
  const moved: Fun = (a) => {
    const turn = (_k: Value, [p, q, r]: [Value, Value, Value]): [Value, Value, Value] => [q, r, a!.mul(r).sub(p)];
    return (lax.foriLoop(0, 7, turn, [np.onesLike(a!), a!, a!.mul(2)]) as Value[])[2];
  };
  const t = tried(carries, moved, [x]);
  expect(t).toEqual({ found: 1, error: 0 });
});
