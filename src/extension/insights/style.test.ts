// Code that is put into a file looks like the file.
import { expect, test } from "vitest";
import { styleOf, styled } from "./style.ts";

const CODE = 'const y = np.pad(x, {\n  mode: "edge",\n});';
test("two spaces, double quotes, semicolons: as it was written", () => {
  const style = styleOf('import { jit } from "jitlens";\nconst f = jit((x) => {\n  return x;\n});\n');
  expect(style).toEqual({ indent: "  ", quote: '"', semicolons: true });
  expect(styled(CODE, style)).toBe(CODE);
});
test("tabs, single quotes, no semicolons", () => {
  const style = styleOf("import { jit } from 'jitlens'\nconst f = jit((x) => {\n\treturn x\n})\n");
  expect(style).toEqual({ indent: "\t", quote: "'", semicolons: false });
  expect(styled(CODE, style)).toBe("const y = np.pad(x, {\n\tmode: 'edge',\n})");
});
test("four spaces; what was copied with them stays", () => {
  const style = styleOf('const f = jit((x) => {\n    const y = "a";\n    if (y) {\n        return x;\n    }\n});\n');
  expect(style.indent).toBe("    ");
  expect(styled(CODE, style)).toBe('const y = np.pad(x, {\n    mode: "edge",\n});');
  expect(styled("a {\n        b;\n    }", style)).toBe("a {\n        b;\n    }");
});
test("an expression with an apostrophe in its text keeps its quotes", () =>
  expect(styled('f("it\'s")', { indent: "  ", quote: "'", semicolons: true })).toBe('f("it\'s")'));
