// Calls of the profiled function in its run: how many, from where, what the host does between them.
import { describe, expect, test } from "vitest";
import { scalarArray } from "../../core/arrays.ts";
import { ShapedArray } from "../../core/aval.ts";
import type { NDArray } from "../../core/value.ts";
import { Places } from "../places.ts";
import { numpy as np } from "../../index.ts";
import { CallLog } from "./callLog.ts";

const lineOf = (places: Places, stack: number): number => places.top(stack)!.line;
describe("a log of calls", () => {
  test("counts calls by their place, and what is read between two of them", () => {
    const log = new CallLog();
    for (let i = 0; i < 30; i++) {
      log.began()();
      if (i % 3 === 0) log.began()();
      log.read(4);
    }
    const places = new Places(null);
    const { count, from, readBacks, between, run } = log.report(places);
    expect(count).toBe(40);
    expect(from.map((f) => f.count)).toEqual([30, 10]);
    expect(from.map((f) => lineOf(places, f.stack))).toEqual([18, 19]);
    // What is read after the last call is not between calls.
    expect(readBacks).toMatchObject([{ count: 29, bytes: 116 }]);
    expect(between!.median).toBeGreaterThanOrEqual(0);
    expect(run!.inside).toBeGreaterThanOrEqual(0);
  });
  test("goes over as many cases as the arguments that stay take values; a loop over one case has none", () => {
    const log = new CallLog();
    const number = (x: number): NDArray => scalarArray(x, new ShapedArray([], "float32")) as NDArray;
    for (let i = 0; i < 7; i++) for (let turn = 0; turn < 5; turn++) log.began([number(i + turn / 10), number(i), 3])();
    expect(log.report(new Places(null)).cases).toEqual({ count: 7, longest: 5 });
    const one = new CallLog();
    for (let turn = 0; turn < 5; turn++) one.began([number(turn), number(1)])();
    expect(one.report(new Places(null)).cases).toBeUndefined();
  });
  test("tells loops that are fed with arrays from those that go on with what they were given", () => {
    const array = (): NDArray => np.arange(4) as NDArray;
    const fed = (next: (last: NDArray, turn: number) => NDArray): true | undefined => {
      const log = new CallLog();
      const weights = array();
      let last = array();
      for (let turn = 0; turn < 200; turn++) {
        const end = log.began([weights, { x: next(last, turn) }, turn]);
        last = array();
        end([last, turn]);
      }
      return log.report(new Places(null)).fed;
    };
    expect(fed(() => array())).toBe(true);
    expect(fed((last) => last)).toBeUndefined();
    // A new start now and then feeds nobody.
    expect(fed((last, turn) => (turn % 5 ? last : array()))).toBeUndefined();
  });
  test("of thousands of calls it looks at a part, and counts all", () => {
    const log = new CallLog();
    for (let i = 0; i < 5000; i++) {
      if (i % 2) log.began()();
      else log.began()();
    }
    const { count, from } = log.report(new Places(null));
    expect(count).toBe(5000);
    expect(from.reduce((s, f) => s + f.count, 0)).toBe(5000);
    for (const f of from) expect(f.count / 2500).toBeCloseTo(1, 0);
  });
  test("a call inside a call is part of it", () => {
    const log = new CallLog();
    const end = log.began();
    log.began()();
    log.read(8);
    end();
    expect(log.report(new Places(null))).toMatchObject({ count: 1 });
    expect(log.report(new Places(null)).readBacks).toBeUndefined();
  });
});
