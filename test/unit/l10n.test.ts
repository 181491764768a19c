// The collector of texts: what it finds, and what it refuses.
import ts from "typescript";
import { expect, test } from "vitest";
import { asksForText, collect, compare, manifestTexts } from "../../scripts/l10n.mjs";
import { untranslated } from "../../scripts/lint/untranslated.mjs";

const parse = (text: string, name = "src/views/a.ts"): ts.SourceFile => ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);

test("texts are found where they are asked for", () => {
  const { texts, faults } = collect([parse('t("a {0}", 1); vscode.l10n.t("b"); t(x ? "c" : `d`); list.map((t) => t); format.t; other.t("e");')]);
  expect([...texts.keys()]).toEqual(["a {0}", "b", "c", "d"]);
  expect(faults).toEqual([]);
});
test("the engine's sentences and the names of its rules", () => {
  const rule = 'const NAME = "n"; const r = { name: "few", decide: () => sentence("it has {0}", x), otherwise: sentence("a loop"), other: "no" };';
  const { texts, faults } = collect([], [parse(rule, "src/engine/compiler/fusion/rules/few.ts")]);
  expect([...texts.keys()]).toEqual(["it has {0}", "a loop", "n", "few"]);
  expect(faults).toEqual([]);
  expect(collect([], [parse("sentence(`a ${x}`)")]).faults[0]).toMatch(/not a literal/);
});
test("what cannot be translated is refused", () => {
  expect(collect([parse("t(`a ${x}`)")]).faults[0]).toMatch(/not a literal/);
  expect(collect([parse('t("{0} of {1}", a)')]).faults[0]).toMatch(/\{1\} of .* has no value/);
});
test("words that are shown past it are found", () => {
  const found = (text: string, name?: string): number => untranslated([parse(text, name)], asksForText).length;
  for (const text of [
    'h("p", {}, "Hello")',
    'h("p", { title: "Hello" })',
    'h("p", {}, `${n} kernels`)',
    'e.textContent = x ? "Hello" : ""',
    'button("Fit", f)',
    'e.setAttribute("aria-label", "Graph")',
    'const c = { label: "Time" };',
  ])
    expect(found(text), text).toBe(1);
  for (const text of ['h("p", { class: "note" }, t("Hello"))', 'h("p", {}, `${n} ms · ${x}`)', 'h("code", {}, "split")', "e.textContent = name"])
    expect(found(text), text).toBe(0);
  expect(found('say.info(`Exported to ${f}`, "Open")', "src/extension/a.ts")).toBe(2);
  expect(found('say.info(vscode.l10n.t("Exported to {0}", f), vscode.l10n.t("Open"))', "src/extension/a.ts")).toBe(0);
});
test("translations have the same keys and placeholders; the manifest has keys only", () => {
  expect(compare("x", { "a {0}": "a {0}", b: "b" }, { "a {0}": "甲 {1}", c: "丙" })).toEqual([
    expect.stringContaining("other placeholders"),
    'x lacks "b"',
    expect.stringContaining('has "c"'),
  ]);
  const { keys, faults } = manifestTexts({
    contributes: {
      commands: [
        { command: "x", title: "%a%" },
        { command: "y", title: "Plain" },
      ],
    },
  });
  expect([...keys]).toEqual(["a"]);
  expect(faults).toHaveLength(1);
});
