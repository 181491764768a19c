// Faults A1, A2 and A3 of processes and limits: foreign text is only words wherever it is shown, paths of a profile are judged before they are opened,
// and sizes are looked at before a profile is read.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { profileText } from "../../src/extension/readProfile.ts";
import { judgePath } from "../../src/extension/reveal.ts";
import { hover } from "../../src/extension/shown.ts";
import { plain, plainLines, plainMarkdown } from "../../src/extension/shownText.ts";

const LINK = /\[[^\]]*\]\((?:https?:\/\/|command:|file:)[^)\s]+/i;
const HOSTILE = [
  "/src/[digits.ts](command:runCommands?%7B%7D)",
  "[a](https://example.com)",
  "[a]\u200b(command:x)",
  "[a]\u0000(command:x)",
  "]\u202e(command:x)[a](file:///etc/passwd)",
  "[[a](command:x)](command:y)",
  "$(zap) $(sync~spin)",
  "a\u0007b\u001b[31m\u009bc",
  "\ud800 lone",
  "![x](command:y) <img src=x onerror=alert(1)> **bold** `code`",
];
describe("A1: text of others is only words", () => {
  for (const text of HOSTILE)
    test(JSON.stringify(text), () => {
      for (const shown of [plain(text), plainLines(text)]) {
        expect(shown).not.toMatch(LINK);
        expect(shown).not.toMatch(/\]\(|\$\(|command:/);
        expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
        expect(() => encodeURIComponent(shown)).not.toThrow(); // no lone surrogates
      }
      expect(plainMarkdown(text).replace(/\\./g, "")).not.toMatch(/[[\]()<>*`!]/);
      expect(hover(text)).toMatchObject({ isTrusted: false, supportHtml: false });
    });
  test("words stay as they are", () => {
    expect(plain("matmul: f32[2,3] and f32[4,5] (line 3)")).toBe("matmul: f32[2,3] and f32[4,5] (line 3)");
    expect(plainLines("two\nlines")).toBe("two\nlines");
    expect(plain("two\nlines")).toBe("two lines");
  });
  test("texts of any length are cut, in a time that does not grow", () => {
    const start = performance.now();
    for (const text of ["a".repeat(2e7), "\n".repeat(2e7), "[a](command:x)".repeat(1e6)]) expect(plain(text).length).toBeLessThan(3000);
    expect(performance.now() - start).toBeLessThan(500);
  });
  test("an inventory: nothing is shown past the one place", () => {
    const folder = fileURLToPath(new URL("../../src/extension", import.meta.url)),
      barred =
        /show(?:Information|Warning|Error)Message|setStatusBarMessage|createStatusBarItem|withProgress|showQuickPick|createQuickPick|showInputBox|createInputBox|new vscode\.(?:Diagnostic|MarkdownString|CodeLens|Hover|TreeItem|LanguageModelToolResult|LanguageModelTextPart)\(|hoverMessage|contentText|confirmationMessages|invocationMessage|tooltip =/;
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts") && f !== "shown.ts");
    // Folders of the extension are read too.
    expect(files.filter((f) => /[\\/]/.test(f)).length).toBeGreaterThan(8);
    for (const f of files) expect(readFileSync(join(folder, f), "utf8").match(barred)?.[0], f).toBeUndefined();
  });
});
describe("A2: which paths of a profile open", () => {
  const known = { folders: ["/home/me/work"], sources: ["/elsewhere/run.ts"] },
    onWindows = { folders: ["C:\\work"], sources: [] };
  const CASES: readonly [string, string][] = [
    ["/home/me/work/a.ts", "open"],
    ["src/a.ts", "open"],
    ["/home/me/work/../secret", "ask"],
    ["../secret", "refuse"],
    ["/elsewhere/run.ts", "open"],
    ["/etc/passwd", "ask"],
    ["/home/me/workshop/a.ts", "ask"],
    ["//host/share/a.ts", "refuse"],
    ["\\\\host\\share\\a.ts", "refuse"],
    ["command:workbench.action.quit", "refuse"],
    ["file:///etc/passwd", "refuse"],
    ["/home/me/work/a\n.ts", "refuse"],
    ["/home/me/work/a\u202e.ts", "refuse"],
    ["", "refuse"],
    [`/${"a".repeat(10_000)}`, "refuse"],
  ];
  for (const [file, want] of CASES)
    test(`${JSON.stringify(file.slice(0, 40))}: ${want}`, () => expect(judgePath(file, known, false).kind).toBe(want));
  for (const [file, want] of [
    ["C:\\work\\a.ts", "open"],
    ["c:/work/a.ts", "open"],
    ["src\\a.ts", "open"],
    ["D:\\a.ts", "ask"],
    ["\\\\host\\share\\a.ts", "refuse"],
    ["//host/share/a.ts", "refuse"],
    ["\\\\?\\C:\\a.ts", "refuse"],
    ["\\a.ts", "refuse"],
  ] as const)
    test(`Windows ${file}: ${want}`, () => expect(judgePath(file, onWindows, true).kind).toBe(want));
});
describe("A3: sizes are looked at first", () => {
  test("a small file that unpacks to a large one", () => {
    const bomb = gzipSync(new Uint8Array(5_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    expect(() => profileText(bomb, 1_000_000)).toThrow(/too large/);
    expect(profileText(gzipSync(Buffer.from("{}")))).toBe("{}");
    expect(() => profileText(new Uint8Array([0x1f, 0x8b, 1, 2]))).toThrow(/cannot be unpacked/);
  });
});
