// Notebooks without running them: cells of the file, what IPython adds to Python, and jit functions over cells.
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { cellOfPath, cellPath, fileOfPath } from "../../src/host/notebook/cells.ts";
import { plainCell } from "../../src/host/notebook/magics.ts";
import { readNotebook } from "../../src/host/notebook/read.ts";
import { findCellSites } from "../../src/host/notebook/sites.ts";

const grammars = fileURLToPath(new URL("../../dist/grammars", import.meta.url));
const code = (source: string | string[], more: object = {}) => ({
  cell_type: "code",
  source,
  metadata: {},
  outputs: [],
  execution_count: null,
  ...more,
});
const nb = (cells: object[], metadata: object = {}) => JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells });

describe("a cell as a file", () => {
  test("has the notebook's path and its number", () => {
    expect(cellPath("/a/b.ipynb", 3)).toBe("/a/b.ipynb#cell-3");
    expect(cellOfPath("/a/b.ipynb#cell-3")).toEqual({ notebook: "/a/b.ipynb", number: 3 });
    expect(fileOfPath("C:\\a\\b.IPYNB#cell-12")).toBe("C:\\a\\b.IPYNB");
  });
  test("other files have no cell", () => {
    for (const path of ["/a/b.ipynb", "/a/b.py#cell-3", "/a/b.ipynb#cell-", "/a/b.ipynb#cell-3/c.py"]) expect(cellOfPath(path)).toBeNull();
  });
});

describe("reading a notebook's file", () => {
  const cells = (text: string) => readNotebook("n.ipynb", text).cells.map((c) => `${cellOfPath(c.file)!.number}: ${c.text}`);
  test("code cells are counted, text in one piece or in lines; others have no number", () =>
    expect(cells(nb([code(["a = 1\n", "b"]), { cell_type: "markdown", source: "# x" }, code("c")]))).toEqual(["1: a = 1\nb", "2: c"]));
  test("cells of other languages keep their number and do not run", () =>
    expect(cells(nb([code("a"), code("ls", { metadata: { vscode: { languageId: "shellscript" } } }), code("b")]))).toEqual(["1: a", "3: b"]));
  test("a notebook of another language has none", () => {
    const julia = nb([code("f(x) = x")], { kernelspec: { name: "julia-1.11", language: "julia" } });
    expect(readNotebook("n.ipynb", julia)).toEqual({ cells: [], language: "julia" });
  });
  test("what is odd in metadata is no obstacle", () => {
    expect(cells(nb([code("a", { metadata: { vscode: 3 } })], { kernelspec: "python3", language_info: null }))).toEqual(["1: a"]);
    expect(cells(nb([]))).toEqual([]);
  });
  test.each([
    ["half a file", '{"nbformat": 4, "cells": [', /^this is no notebook: /],
    ["an old format", JSON.stringify({ nbformat: 3, worksheets: [] }), /^this notebook is of format 3, and 4 is read$/],
    ["a list", "[]", /^this is no notebook: /],
    ["cells that are none", JSON.stringify({ nbformat: 4, cells: [{ cell_type: "code", source: 4 }] }), /^this is no notebook: cells\.0\.source: /],
  ])("%s is refused in one sentence", (_what, text, message) => expect(() => readNotebook("n.ipynb", text)).toThrow(message));
});

describe("what IPython adds to Python", () => {
  const CASES: readonly [string, string, string][] = [
    ["a display's setting", "%matplotlib inline\nx", "pass\nx"],
    ["a statement that is timed, at its column", "%time y = f(x)", "if 1: y = f(x)"],
    ["with options", "%timeit -n 10 -r3 -q f(x)", `${"if 1:".padEnd(21)}f(x)`],
    ["a block that is timed", "%time for i in r: f(i)", "for i in r: f(i)"],
    ["inside a block", "if x:\n    %time f(x)\n    !ls", "if x:\n    if 1: f(x)\n    pass"],
    ["a variable of the environment", "%env XLA_FLAGS=--a=1 --b", '__import__("os").environ["XLA_FLAGS"] = "--a=1 --b"'],
    ["the folder", '%cd "../my data"', '__import__("os").chdir(__import__("os").path.expanduser("../my data"))'],
    ["a shell line that goes on", "!pip install a \\\n  b\nx", "pass\n\nx"],
    ["a shell line with a quote", "!echo it's (\nx = '''\n%time\n!ls\n'''", "pass\nx = '''\n%time\n!ls\n'''"],
    ["a result of the shell", "files = !ls *.py\na, b = !x", "files = []\na, b = []"],
    ["help", "f?\n?f\njax.jit??\nx[0]?", "pass\npass\npass\npass"],
    ["without a mark", "pip install jax\nconda install x", "pass\npass"],
    ["a remainder is none", "x = 7 \\\n  % y\nz = (7\n% y)\nx %2", "x = 7 \\\n  % y\nz = (7\n% y)\nx %2"],
    ["inequality is none", "assert a != b\nx = a != b", "assert a != b\nx = a != b"],
    ["a cell that is timed", "%%timeit -n 3 y = 2\nf(y)", "if 1:         y = 2\nf(y)"],
    ["a cell whose output is kept", "\n%%capture out\nf(x)", "\npass\nf(x)"],
    ["a cell of another language", "%%bash\nls\necho", "\n\n"],
    ["a cell that is indented as a whole", "  x = 1\n  if x:\n    y", "x = 1\nif x:\n  y"],
    ["a profiler with a function to look at", "%lprun -f g f(x)", "if 1:       f(x)"],
    ["lines of Windows", "%time f(x)\r\n!ls\r\nx\r\n", "if 1: f(x)\npass\nx\r\n"],
    ["nothing", "", ""],
  ];
  test.each(CASES)("%s", (_what, text, want) => {
    const { code } = plainCell(text);
    expect(code).toBe(want);
    expect(code.split("\n")).toHaveLength(text.split("\n").length);
  });
  const notes = (text: string): string[] => plainCell(text).notes.map((n) => `${n.line}: ${n.text}`);
  test("what was left out and may matter is told, with its line", () => {
    expect(notes("%matplotlib inline\n%time f(x)\nf?\n%env A=b")).toEqual([]);
    expect(notes("x\n!pip install jax\n%pip install a")).toEqual([
      "2: “!pip install jax” was skipped: a profile installs nothing",
      "3: “%pip install a” was skipped: a profile installs nothing",
    ]);
    expect(notes("!ls")).toEqual(["1: “!ls” was skipped: a profile runs no shell commands"]);
    expect(notes("x = !ls")).toEqual(["1: “x = !ls” gives []: no shell command runs in a profile"]);
    expect(notes("%run other.py")).toEqual(["1: “%run other.py” was skipped: it is IPython's, and may have made names that are missing here"]);
    expect(notes("\n%%bash\nls")).toEqual(["2: the cell was skipped: %%bash is IPython's, and a profile runs the cells of Python alone"]);
  });
});

describe("jit functions of a notebook", () => {
  const sites = async (...texts: string[]): Promise<string[]> => {
    const cells = texts.map((text, i) => ({ file: cellPath("n.ipynb", i + 1), text }));
    return (await findCellSites(grammars, cells)).map((s) => `${cellOfPath(s.cell!)!.number} ${s.name}:${s.line + 1}-${s.endLine + 1}`);
  };
  const f = "@jax.jit\ndef f(x):\n  return x";
  test("what one cell imports another one uses", async () => expect(await sites("import jax", f, "g = jax.jit(h)")).toEqual(["2 f:1-3", "3 g:1-1"]));
  test("a name twice: each in its cell", async () => expect(await sites("import jax", f, `\n${f}`)).toEqual(["2 f:1-3", "3 f:2-4"]));
  test("lines of IPython are no obstacle", async () =>
    expect(await sites("%pip install jax\nimport jax", `%%time\n!echo it's (\n${f}\n%timeit f(3)`)).toEqual(["2 f:3-5"]));
  test("a broken cell keeps what is broken to itself", async () => {
    expect(await sites("import jax", "x = foo(", f, "y = [1,")).toEqual(["3 f:1-3"]);
    expect(await sites("import jax", 's = """not ended', f)).toEqual(["3 f:1-3"]);
    for (const broken of ["def broken(x, y=[", "x =", "if x:", "class A:", "y = x +", "@jit", "for i in", "lambda", "try:"])
      expect(await sites("import jax", broken, f, "else:"), broken).toEqual(["3 f:1-3"]);
  });
  test("a comment at the end of a cell is not above the next one's function", async () => {
    const cells = ["import jax\n# trace: f32[3]", f, `# trace: f32[4]\n${f}`].map((text, i) => ({ file: cellPath("n.ipynb", i + 1), text }));
    expect((await findCellSites(grammars, cells)).map((s) => s.traceTag)).toEqual([null, "f32[4]"]);
  });
  test("none without JAX", async () => expect(await sites("import numpy", f)).toEqual([]));
});
