// A program that takes too long to be traced while somebody types says so and is followed no more, until the next run.
import { expect, test } from "vitest";
import { LiveEditing, SLOW_TIMES } from "../../src/extension/live/editing.ts";
import type { Context, Ran } from "../../src/extension/context.ts";
import type { LiveAnswer } from "../../src/host/protocol.ts";
import * as vscode from "./vscode.fake.ts";

const uri = vscode.Uri.file("/f.ts");
const document = { uri, languageId: "typescript", version: 1, getText: () => "" };
const answered: Exclude<LiveAnswer, null> = { kind: "traced", id: 1, function: "f", milliseconds: 1, equations: 1, hints: [], notes: [] };
/** What is asked of the host is answered by the list, in order. */
function follow(answers: readonly LiveAnswer[]): { readonly live: LiveEditing; readonly asked: () => Promise<void> } {
  vscode.workspace.textDocuments = [document];
  let n = 0;
  let wake = (): void => {};
  const c = {
    host: { live: () => Promise.resolve(answers[n++] ?? null).finally(() => setTimeout(() => wake(), 0)) },
    session: { report: null },
    log: { warn() {} },
  };
  const live = new LiveEditing(c as unknown as Context);
  const asked = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  return { live, asked };
}
const ran = { run: "r", uri, over: true } as unknown as Ran;
const type = (): void => vscode.edited.fire({ document, contentChanges: [{ range: { start: {}, end: {} }, text: "" }] });

test("two answers in a row that were cut end it, and it says why; a new run begins again", async () => {
  expect(SLOW_TIMES).toBe(2);
  const slow: LiveAnswer = { kind: "slow", id: 1, milliseconds: 4000 };
  const { live, asked } = follow([slow, slow, answered]);
  const told: (string | null)[] = [];
  live.onChange(() => told.push(live.off));
  live.follow(ran);
  await asked();
  expect([live.off, live.isFollowing]).toEqual([null, true]);
  type();
  await asked();
  expect([live.off, live.isFollowing, live.run]).toEqual(["slow", false, null]);
  expect(told.at(-1)).toBe("slow");
  live.follow(ran);
  await asked();
  expect([live.off, live.picture?.function]).toEqual([null, "f"]);
  live.dispose();
});
test("a slow answer between quick ones ends nothing", async () => {
  const slow: LiveAnswer = { kind: "slow", id: 1, milliseconds: 4000 };
  const { live, asked } = follow([slow, answered, slow, answered]);
  live.follow(ran);
  await asked();
  for (let i = 0; i < 3; i++) {
    type();
    await asked();
  }
  expect([live.off, live.picture?.function]).toEqual([null, "f"]);
  live.dispose();
});
