// Remedies that are no rewrite of one program: what is looked for is found, the experiment runs, and says what it is of. How long things take is measured elsewhere
// (npm run insight), on a quiet machine.
import { describe, expect, test } from "vitest";
import { grad, jit, lax, numpy as np, random, type Value } from "../../index.ts";
import type { Jitted } from "../../transforms/jit.ts";
import { NDArray } from "../../core/value.ts";
import { onRetrace } from "../../transforms/jitListeners.ts";
import type { RetraceEvent } from "../../transforms/retrace.ts";
import type { Report } from "../types.ts";
import { checkpointed } from "./rules/checkpointed.ts";
import { hostLoop } from "./rules/hostLoop.ts";
import { retraced } from "./rules/retraced.ts";
import { shared } from "./rules/shared.ts";
import { unrolled } from "./rules/unrolled.ts";
import { factsOf } from "./testFacts.ts";
import { Facts } from "./facts.ts";
import type { AnyRule, Candidate, Experiment } from "./types.ts";

const x = random.uniform(random.key(0), [48, 48], { minval: 0.5, maxval: 2 });
const w = random.uniform(random.key(1), [48, 48], { minval: -0.1, maxval: 0.1 });
const recorded = (fun: (...xs: Value[]) => unknown, args: readonly unknown[]): Facts => factsOf(jit(fun) as unknown as Jitted, args);
/** What the first candidate's experiment gave; null where a rule finds none. */
function tried(rule: AnyRule, f: Facts): { readonly found: Candidate; readonly e: Experiment | null } | null {
  const [found] = rule.find(f) as readonly Candidate[];
  if (!found) return null;
  const change = rule.change(found, f);
  if (change?.kind !== "experiment") throw new Error("no experiment");
  return { found, e: change.run(300) };
}

describe("a loop that runs while tracing", () => {
  const cell = (h: Value): Value => np.tanh(h.matmul(w)).add(h);
  test("one turn is compiled alone, which takes a part of what all of them take", () => {
    const f = recorded((a) => Array.from({ length: 24 }).reduce<Value>((h) => cell(h), a!), [x]);
    const t = tried(unrolled, f)!;
    expect(t.found).toMatchObject({ turns: 24, all: 72 });
    expect(t.e).toMatchObject({ of: "run", error: null });
    expect([t.e!.before.length, t.e!.after.length]).toEqual([3, 3]);
    // Twenty-four times the work is more than the work, on any machine.
    expect(Math.min(...t.e!.after)).toBeLessThan(Math.max(...t.e!.before));
  });
  test("nothing is said of a scan", () =>
    expect(
      tried(
        unrolled,
        recorded((a) => (lax.scan((h: Value) => [cell(h), null], a!, null, { length: 24 }) as [Value, null])[0], [x]),
      ),
    ).toBeNull());
});
describe("work that two jits share", () => {
  const loss = (a: Value, b: Value): Value => np.tanh(a.matmul(b)).sum();
  const value = jit(function value(a: Value, b: Value) {
    return loss(a, b);
  }) as unknown as Jitted;
  const slope = jit(function slope(b: Value, a: Value) {
    return grad((c: Value) => loss(a, c))(b) as Value;
  }) as unknown as Jitted;
  const other = jit(function other(a: Value) {
    return np.cos(a);
  }) as unknown as Jitted;
  const called = (jitted: Jitted, ...args: Value[]) => ({ jitted, self: undefined, args });
  const facts = (siblings: readonly ReturnType<typeof called>[]): Facts => {
    const f = factsOf(value, [x, w]);
    Object.assign(f.context, { siblings });
    return f;
  };
  test("a function and its gradient, whatever the order of the arguments: one program gives the results of both", () => {
    const f = facts([called(slope, w, x)]);
    const [found] = shared.find(f);
    // The product of matrices and its tanh.
    expect(found).toMatchObject({ name: slope.jit.name, count: 2 });
    const change = shared.change(found!, f);
    if (change?.kind !== "experiment") throw new Error("no experiment");
    const e = change.run(300);
    // Null: no faster at a first look, on a machine that does much else.
    expect(e === null || e.error === 0).toBe(true);
  });
  test("nothing is said of a function that computes something else, or with other arrays", () => {
    expect(shared.find(facts([called(other, x)]))).toEqual([]);
    expect(shared.find(facts([called(slope, w.add(1), x.add(1))]))).toEqual([]);
    expect(shared.find(facts([]))).toEqual([]);
  });
});
describe("residuals that hold the peak of memory", () => {
  const big = random.normal(random.key(2), [128, 128]);
  const weights = random.normal(random.key(3), [40, 128, 128]).mul(0.05);
  const out =
    (block: (h: Value, v: Value) => Value) =>
    (a: Value, ws: Value): Value =>
      np.square((lax.scan((h: Value, v: Value) => [block(h, v), null], a, ws) as [Value, null])[0]).mean();
  const block = (h: Value, v: Value): Value => np.sin(np.tanh(h.matmul(v)).mul(h)).add(h);
  test("bodies of scan that are checkpointed take less, with the same gradient", () => {
    const t = tried(
      checkpointed,
      recorded((a, ws) => grad(out(block))(a!, ws!), [big, weights]),
    )!;
    expect(t.e).toMatchObject({ of: "memory" });
    expect(t.e!.after[0]!).toBeLessThan(t.e!.before[0]!);
    expect(t.e!.error!).toBeLessThan(1e-4);
  });
  test("nothing is said of what has no way back", () => expect(tried(checkpointed, recorded(out(block) as never, [big, weights]))).toBeNull());
});

describe("compiled again and again", () => {
  /** The facts of a function's last call, after it was called with all of them. */
  function called(jitted: Jitted, calls: readonly (readonly unknown[])[]): Facts {
    const retraces: RetraceEvent[] = [];
    const stop = onRetrace((e) => retraces.push(e));
    for (const args of calls) (jitted as unknown as (...a: readonly unknown[]) => unknown)(...args);
    stop();
    const f = factsOf(jitted, calls.at(-1)!);
    return new Facts(f.report, { ...f.context, retraces });
  }
  const v = np.linspace(0, 1, 12);
  test("a static argument that is one program as an ordinary argument: the same results", () => {
    const step = jit(function step(a: Value, t: Value | number) { return a.mul(t); }, { staticArgnums: 1 }) as unknown as Jitted; // prettier-ignore
    const { found, e } = tried(retraced, called(step, [1, 2, 3, 4, 5].map((k) => [v, k])))!; // prettier-ignore
    expect(found).toMatchObject({ kind: "static value", argument: "t" });
    expect(e).toMatchObject({ of: "run", error: 0 });
    expect([e!.before.length, e!.after.length]).toEqual([3, 3]);
  });
  test("one that the code computes with: programs that differ in numbers alone are one program", () => {
    const step = jit(function step(a: Value, t: number) { return a.mul(1 / (1 + t)); }, { staticArgnums: 1 }) as unknown as Jitted; // prettier-ignore
    expect(tried(retraced, called(step, [1, 2, 3, 4].map((k) => [v, k])))!.e).toMatchObject({ of: "run", error: null }); // prettier-ignore
  });
  test("one that a shape depends on is left alone", () => {
    const step = jit(function step(a: Value, t: number) { return np.tile(a, t).reshape([t, -1]).sum({ axis: 0 }).add(np.ones([t]).sum()); }, { staticArgnums: 1 }) as unknown as Jitted; // prettier-ignore
    const facts = called(step, [1, 2, 3, 4].map((k) => [v, k])); // prettier-ignore
    const [found] = retraced.find(facts);
    expect(found).toMatchObject({ kind: "static value" });
    const change = retraced.change(found!, facts);
    // Where the numbers are shapes, no one program stands for all: the results of one cannot be those of all.
    expect(change?.kind === "experiment" && (change.run(300)?.error ?? null)).toBeNull();
  });
  test("a shape that grows, and nothing of few compilations", () => {
    const mean = jit(function mean(past: Value) { return past.mean(); }) as unknown as Jitted; // prettier-ignore
    const growing = [2, 3, 4, 5, 6].map((n) => [np.arange(n)]);
    expect(tried(retraced, called(mean, growing))!.found).toMatchObject({ kind: "shape", argument: "past" });
    expect(tried(retraced, called(jit(function twice(past: Value) { return past.mean(); }) as unknown as Jitted, growing.slice(0, 2)))).toBeNull(); // prettier-ignore
  });
});
describe("a loop on the host", () => {
  const newton = jit(function newton(e: Value, m: Value) {
    const next = e.sub(
      e
        .sub(np.sin(e).mul(0.5))
        .sub(m)
        .div(np.subtract(1, np.cos(e).mul(0.5))),
    );
    return [next, np.abs(next.sub(e))];
  }) as unknown as Jitted;
  const args = [np.array(0.3), np.array(0.4)];
  /** As a run would say that called it so often, from one line, with something read back on another. */
  function facts(calls: Partial<NonNullable<Report["calls"]>>): Facts {
    const f = factsOf(newton, args);
    const stack = f.report.stacks.length;
    const report: Report = {
      ...f.report,
      stacks: [...f.report.stacks, [f.report.function.at]],
      calls: {
        count: 200_000,
        wall: { min: 0.02, median: 0.02, spread: 0 },
        run: { inside: 4000, between: 2000 },
        from: [{ stack, count: 200_000 }],
        readBacks: [{ stack, count: 200_000, bytes: 800_000 }],
        ...calls,
      },
    };
    return new Facts(report, f.context);
  }
  test("its turns are run by one program", () => {
    const t = tried(hostLoop, facts({}))!;
    expect(t.found).toMatchObject({ count: 200_000, cases: 1, reads: true });
    expect(t.e).toMatchObject({ of: "run", error: null, notes: { cases: 1 } });
    expect([t.e!.before.length, t.e!.after.length]).toEqual([3, 3]);
  });
  test("and cases that the host goes over, side by side", () => {
    const t = tried(hostLoop, facts({ cases: { count: 400, longest: 600 } }))!;
    expect(t.found).toMatchObject({ cases: 400, longest: 600 });
    expect(t.e).toMatchObject({ notes: { cases: 400 } });
  });
  test("what the host does where it waits for nothing is its own work", () => {
    const own = { run: { inside: 40_000, between: 90_000 }, readBacks: [] };
    expect(tried(hostLoop, facts({ ...own, run: { ...own.run, inside: 0.001 } }))).toBeNull();
    expect(hostLoop.find(facts(own))[0]).toMatchObject({ reads: false });
    // An iterator that reads its own indices is nobody's item().
    const f = facts({ run: { inside: 0.001, between: 90_000 } });
    for (const [text, found] of [
      ["for (const batch of loader) {", 0],
      ["total += loss.item();", 1],
    ] as const) {
      const silent = new Facts(f.report, f.context);
      silent.lineText = () => text;
      expect(hostLoop.find(silent)).toHaveLength(found);
    }
  });
  test("where each turn takes a batch, batches are gone over, and making them stays the host's", () => {
    const fed = { run: { inside: 40_000, between: 90_000 }, fed: true as const };
    const f = facts(fed);
    const found = hostLoop.find(f)[0]!;
    expect(found).toMatchObject({ reads: true, fed: true });
    expect(found.most).toBeLessThan(40_000);
    const said = hostLoop.say(found, { of: "run", before: [2, 2, 2], after: [1, 1, 1], error: null, gained: true, factor: 2 }, f);
    expect(said.remedy.text).toContain("over the batches side by side in one array");
    expect(said.action).toMatchObject({ snippet: expect.stringContaining("lax.scan(") as unknown });
    expect(tried(hostLoop, facts({ ...fed, run: { inside: 0.001, between: 90_000 } }))).toBeNull();
  });
  test("few calls, and calls whose time is the program's, are left alone", () => {
    expect(tried(hostLoop, facts({ count: 20 }))).toBeNull();
    expect(tried(hostLoop, facts({ run: { inside: 0.001, between: 0 } }))).toBeNull();
    expect(args.every((a) => a instanceof NDArray)).toBe(true);
  });
});
