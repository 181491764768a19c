// How changes are said, and which lines of two texts are shown.
import { expect, test } from "vitest";
import type { TextLine, TimeChange } from "../../engine/report/diff/types.ts";
import { hunks } from "./textDiff.ts";
import { comparisons } from "./comparisons.ts";
import { changeText, countText, headline, ratioText, verdictText } from "./words.ts";

const change = (before: number, after: number, verdict: TimeChange["significance"]["verdict"], p: number | null = null): TimeChange => ({
  before: { min: before, median: before, spread: 0.1 },
  after: { min: after, median: after, spread: 0.1 },
  ratio: after / before,
  significance: { verdict, p, method: p === null ? "quartiles" : "rank sum" },
});
test("headlines", () => {
  expect(headline(change(3, 1.5, "faster"))).toBe("3.00 ms → 1.50 ms: 2.0× faster");
  expect(headline(change(1.2, 1, "faster"))).toBe("1.20 ms → 1.00 ms: 20 % faster");
  expect(headline(change(1, 12, "slower"))).toBe("1.00 ms → 12.00 ms: 12× slower");
  expect(headline(change(1, 1.02, "same"))).toBe("1.00 ms → 1.02 ms: no sure difference");
});
test("a change that nobody can be sure of is a sentence", () => {
  expect(changeText(change(1, 8.4, "unknown"))).toBe("8.4× as long, but the times vary too much to be sure");
  expect(changeText(change(10, 12, "unknown"))).toBe("+20 %, but the times vary too much to be sure");
  expect(changeText(change(3, 1.5, "faster", 0.0001))).toBe("−50 %, faster (p < 0.001)");
  expect(headline(change(1, 8.4, "unknown"))).toBe("1.00 ms → 8.40 ms: the times vary too much to be sure");
});
test("changes and how sure they are", () => {
  expect([0.5, 1, 1.05, 3, Number.MAX_VALUE].map(ratioText)).toEqual(["−50 %", "±0 %", "+5.0 %", "3.0×", ""]);
  expect(verdictText(change(2, 1, "faster", 0.0001))).toBe("faster (p < 0.001)");
  expect(verdictText(change(2, 3, "slower"))).toBe("slower (by the spreads of both)");
  expect(countText({ before: 10, after: 12 }, String)).toBe("+2 (+20 %)");
  expect(countText({ before: 0, after: 2 }, String)).toBe("+2");
  expect(countText({ before: 2, after: 2 }, String)).toBe("the same");
});
test("changed lines are shown with three around them", () => {
  const lines: TextLine[] = Array.from({ length: 20 }, (_v, i) => ({ kind: i === 10 ? "added" : "same", text: String(i) }));
  expect(hunks(lines).map((l) => (typeof l === "number" ? -l : Number(l.text)))).toEqual([-7, 7, 8, 9, 10, 11, 12, 13, -6]);
  expect(hunks([])).toEqual([]);
});
test("a comparison is asked for once, told to all, and forgotten with its report", () => {
  let asked = 0;
  const c = comparisons(() => asked++);
  const told: unknown[] = [];
  const diff = {} as Parameters<typeof c.tell>[0];
  c.request((d) => told.push(["a", d]));
  const end = c.request((d) => told.push(["b", d]));
  end();
  c.tell(diff);
  c.request((d) => told.push(["c", d]));
  expect([asked, told]).toEqual([
    1,
    [
      ["a", diff],
      ["c", diff],
    ],
  ]);
  c.forget();
  c.request(() => {});
  expect(asked).toBe(2);
});
