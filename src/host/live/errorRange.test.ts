// What is underlined of a line with an error: the expression and nothing after it.
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { UserError } from "../protocol.ts";
import { withRange } from "./errorRange.ts";

const grammars = join(fileURLToPath(new URL("../../../dist", import.meta.url)), "grammars");
const error = (line: number | null, column: number | null, file = "a"): UserError => ({
  kind: "error",
  message: "m",
  action: "",
  file,
  line,
  column,
});
/** The part of the text that an error at a position is about. */
async function underlined(languageId: string, text: string, line: number, column: number): Promise<string | null> {
  const r = await withRange(grammars, { file: "a", languageId, text }, error(line, column));
  const range = r.kind === "error" ? r.range : null;
  return range ? (text.split("\n")[range.line]?.slice(range.column, range.endColumn) ?? null) : null;
}
test("TypeScript: a call by its name, an operator, a condition", async () => {
  const text = "const f = jit((x) => {\n  const y = x.matmul(w).sum(); // a comment\n  return y;\n});";
  expect(await underlined("typescript", text, 2, text.split("\n")[1]!.indexOf("matmul") + 1)).toBe("x.matmul(w)");
  // Of a function over several lines, the first.
  expect(await underlined("typescript", text, 1, 11)).toBe("jit((x) => {");
  expect(await underlined("typescript", "if (x > 0) y = 1; // z", 1, 7)).toBe("x > 0");
});
test("Python: a call, an operator, a condition", async () => {
  expect(await underlined("python", "y = jnp.dot(x, w)  # a comment", 1, 5)).toBe("jnp.dot(x, w)");
  expect(await underlined("python", "if x > 0:  # a comment\n    pass", 1, 4)).toBe("x > 0");
});
test("what is of another file, or of no line, stays as it is", async () => {
  const p = { file: "a", languageId: "typescript", text: "f(x)" };
  for (const e of [error(1, 1, "b"), error(null, null)]) expect(await withRange(grammars, p, e)).toEqual(e);
});
