// Where the time ends before anything is tried, the Report says for how many changes.
import { expect, test } from "vitest";
import { jit, numpy as np, type Value } from "../../index.ts";
import type { Jitted } from "../../transforms/jit.ts";
import { advise } from "./advise.ts";
import { factsOf } from "./testFacts.ts";
import type { AnyRule } from "./types.ts";

const at = { file: 0, line: 1 };
const rule = {
  name: "two",
  find: () => [1, 2].map(() => ({ at, most: 1e6 })),
  change: () => ({ kind: "experiment", run: () => null }),
  say: () => null,
} as unknown as AnyRule;

test("changes for which there was no time are counted", () => {
  const f = factsOf(jit((a: Value) => np.sin(a)) as unknown as Jitted, [np.ones([8])]);
  const o = { context: f.context, rules: [rule] };
  expect(advise(f.report, { ...o, milliseconds: 0 })).toMatchObject({ insights: [], untried: 2 });
  const tried = advise(f.report, { ...o, milliseconds: 10_000 });
  expect(tried.insights).toEqual([]);
  expect(tried.untried).toBeUndefined();
});
