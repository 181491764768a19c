// Short kernels are run many times between two readings of the clock: their time is one run's.
import { expect, test } from "vitest";
import type { Loaded, Timer } from "../../backends/device.ts";
import { Clock } from "./clock.ts";
import { fit } from "./measure.ts";
import { Profile } from "./profile.ts";

/** A device whose clock advances by 0.0002 for a run of kernel 0, by 5 for one of kernel 1, and by 0.0001 for each reading. */
function device(repeatable: readonly number[]): { loaded: Loaded; asked: (number | undefined)[] } {
  const asked: (number | undefined)[] = [];
  let now = 0;
  const loaded: Loaded = {
    code: new Map(),
    bytes: 0,
    repeatable: new Set(repeatable),
    run(_args, timer: Timer = () => {}) {
      for (const [k, each] of [
        [0, 0.0002],
        [1, 5],
      ] as const) {
        const times = timer(k, now) ?? 1;
        if (k === 0) asked.push(times);
        now += each * (repeatable.includes(k) ? times : 1) + 0.0001;
        timer(-1 - k, now);
      }
      return [];
    },
  };
  return { loaded, asked };
}
test("what may be repeated is, from the fourth run on, and counts once", () => {
  const { loaded, asked } = device([0]);
  const profile = new Profile(loaded, { fresh: () => [], given: undefined }, new Clock(0), () => 0, 0.0001);
  for (let i = 0; i < 12; i++) profile.run();
  expect(asked.slice(0, 3)).toEqual([1, 1, 1]);
  expect(asked[3]).toBeGreaterThan(5);
  const { sums } = profile.summary(0);
  expect(sums.get(0)!.times).toHaveLength(9);
  for (const t of sums.get(0)!.times) expect(t).toBeCloseTo(0.0002, 9);
  for (const t of sums.get(1)!.times) expect(t).toBeCloseTo(5, 6);
});
test("what may not be repeated is timed by single runs, without the clock's own cost", () => {
  const { loaded } = device([]);
  const profile = new Profile(loaded, { fresh: () => [], given: undefined }, new Clock(0), () => 0, 0.0001);
  for (let i = 0; i < 12; i++) profile.run();
  const { sums } = profile.summary(0);
  expect(sums.get(0)!.times).toHaveLength(12);
  for (const t of sums.get(0)!.times) expect(t).toBeCloseTo(0.0002, 9);
});
test("of a short program the run that counts comes right after another one: the first finds the caches as others left them", () => {
  let now = 0;
  let runs = 0;
  const loaded: Loaded = {
    code: new Map(),
    bytes: 0,
    run(_args, timer: Timer = () => {}) {
      timer(0, now);
      now += runs++ % 2 ? 2 : 7;
      timer(-1, now);
      return [];
    },
  };
  const profile = new Profile(loaded, { fresh: () => [], given: undefined }, new Clock(0), () => 0, 0);
  for (let i = 0; i < 6; i++) profile.run(true);
  expect(profile.summary(0).sums.get(0)!.times).toEqual([2, 2, 2, 2, 2, 2]);
});
test("parts of a run are made no longer than the run, and never longer than they were measured", () => {
  expect(fit(12, 8)).toBeCloseTo(2 / 3, 12);
  expect(fit(7, 8)).toBe(1);
  expect(fit(0.001, 0)).toBe(1);
});
