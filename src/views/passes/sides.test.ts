// Lines beside one another, and where they differ.
import { expect, test } from "vitest";
import { pairs } from "./sides.ts";

const show = (before: string, after: string): string[] =>
  pairs(before, after).map((p) => {
    const mark = (s: (typeof p)["before"]): string =>
      s === null ? "" : s.differs ? `${s.text.slice(0, s.differs[0])}[${s.text.slice(...s.differs)}]${s.text.slice(s.differs[1])}` : s.text;
    return `${p.kind}: ${mark(p.before)} | ${mark(p.after)}`;
  });
test("equal lines stand beside one another, changed ones by the value that they compute", () => {
  expect(show("%1 = exp(%0)\n%2 = add(%1, 0)\n%3 = mul(%2, %0)", "%1 = exp(%0)\n%3 = mul(%1, %0)")).toEqual([
    "same: %1 = exp(%0) | %1 = exp(%0)",
    "removed: %2 = add(%1, 0) | ",
    "changed: %3 = mul(%[2], %0) | %3 = mul(%[1], %0)",
  ]);
});
test("what is new stands alone", () => expect(show("a\nb", "a\n%9 = iota()\nb")).toEqual(["same: a | a", "added:  | %9 = iota()", "same: b | b"]));
test("nothing on one side, and nothing at all", () => {
  expect(show("", "a")).toEqual(["added:  | a"]);
  expect(show("a", "")).toEqual(["removed: a | "]);
  expect(show("", "")).toEqual([]);
});
test("one line within another", () => expect(show("%1 = f(%0)", "%1 = f(%0, %0)")).toEqual(["changed: %1 = f(%0[]) | %1 = f(%0[, %0])"]));
