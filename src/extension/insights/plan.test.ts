// An insight's change of a text that was edited since: followed where its lines only moved, refused where they are others.
import { expect, test } from "vitest";
import type { TextChange } from "../../engine/report/types.ts";
import { changed } from "../../engine/report/insights/edits.ts";
import { plan } from "./plan.ts";

const text = 'import { jit } from "jitlens";\nconst f = jit((x) => {\n  const y = np.power(x, 2);\n  return y;\n});\n';
const edit: TextChange = { file: 0, line: 3, column: 13, endLine: 3, endColumn: 27, text: "x.mul(x)" };
const apply = (now: string): string | number => {
  const p = plan(text, now, [edit]);
  return p.kind === "changes" ? changed(now, p.changes) : p.kind === "edited" ? p.line : -1;
};
test("as it was profiled", () => expect(apply(text)).toBe(text.replace("np.power(x, 2)", "x.mul(x)")));
test("lines above came: it goes with its line", () => {
  const now = `// new\n\n${text}`;
  expect(apply(now)).toBe(now.replace("np.power(x, 2)", "x.mul(x)"));
});
test("its line was edited: refused, and which line is said", () => expect(apply(text.replace("x, 2", "x, 3"))).toBe(3));
test("line ends of another system", () => {
  const now = text.replaceAll("\n", "\r\n");
  expect(apply(now)).toBe(now.replace("np.power(x, 2)", "x.mul(x)"));
});
test("a change that the text has no place for", () => expect(plan("a\n", "a\n", [edit]).kind).toBe("unfit"));
