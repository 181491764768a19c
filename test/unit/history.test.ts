// What is kept of finished runs: bounded, newest first, readable again; the tree's groups and times; programs as text.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import * as vscode from "vscode";
import { parseReportText } from "../../src/engine/report/read.ts";
import { commitOf } from "../../src/extension/commit.ts";
import { printLevel, programTexts } from "../../src/extension/documents.ts";
import { History, within } from "../../src/extension/history.ts";
import type { Kept } from "../../src/extension/keptProfiles.ts";
import { byFunction, whenMade } from "../../src/extension/tree.ts";

const folder = mkdtempSync(join(tmpdir(), "jitlens-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const loop = parseReportText(gunzipSync(readFileSync(new URL("../../src/engine/report/fixtures/loop.v2.jitprofile.gz", import.meta.url))).toString());
const made = (seconds: number) => ({ ...loop, id: `r${seconds}`, created: new Date(1e12 + 1000 * seconds).toISOString() });
const log = { warn: () => {} };
const at = { commit: "a".repeat(40), edited: false };
const open = (name: string, most = 3): History => new History(vscode.Uri.file(join(folder, name)), log, () => ({ most, bytes: 1e9 }));

test("finished reports are kept, newest first, and read again as they were", async () => {
  const h = open("kept");
  const told: number[] = [];
  h.onChange(() => told.push(1));
  for (let i = 0; i < 5; i++) await h.add(made(i), at);
  const list = await h.list();
  expect(list.map((k) => k.created)).toEqual([4, 3, 2].map((s) => made(s).created));
  expect(list[0]).toMatchObject({ function: loop.function.name, median: loop.timing!.total.median, commit: at.commit, edited: false });
  expect(await h.get(list[0]!.id)).toEqual(made(4));
  expect(readdirSync(join(folder, "kept")).filter((f) => f.endsWith(".jitprofile"))).toHaveLength(3);
  expect(told).toHaveLength(5);
  // Another window of the same workspace sees the same, and takes nothing away.
  const other = open("kept");
  await other.add(made(9), at);
  await h.delete([list[0]!.id]);
  expect((await open("kept").list()).map((k) => k.created)).toEqual([9, 3].map((s) => made(s).created));
});
test("runs that end at once lose nothing; the same run is kept once", async () => {
  const h = open("parallel", 10);
  await Promise.all([made(1), made(2), made(3), made(2)].map((r) => h.add(r, at)));
  expect(await h.list()).toHaveLength(3);
});
test("a damaged list begins anew; sizes are bounded", async () => {
  const h = open("damaged");
  await h.add(made(1), at);
  writeFileSync(join(folder, "damaged", "index.json"), '{"version":1,"profiles":[{"id":"../../etc/passwd"}]}');
  expect(await open("damaged").list()).toEqual([]);
  const entry = (bytes: number): Kept => ({
    id: `a${bytes}`,
    function: "f",
    file: "",
    line: 1,
    created: "",
    median: null,
    kernels: 0,
    bytes,
    commit: null,
    edited: false,
  });
  expect(within([entry(60), entry(50), entry(1)], { most: 10, bytes: 100 }).map((k) => k.bytes)).toEqual([60]);
  expect(within([entry(600), entry(50)], { most: 10, bytes: 100 })).toHaveLength(1);
});
test("profiles stand by function, the newest first; times are said as the person says them", () => {
  const k = (name: string, created: string): Kept => ({
    id: created,
    function: name,
    file: "a.ts",
    line: 1,
    created,
    median: 1,
    kernels: 1,
    bytes: 1,
    commit: null,
    edited: false,
  });
  expect(byFunction([k("g", "4"), k("f", "3"), k("g", "2")]).map((g) => [g.name, g.profiles.map((p) => p.created)])).toEqual([
    ["g", ["4", "2"]],
    ["f", ["3"]],
  ]);
  const now = new Date(2026, 4, 5, 12);
  expect(whenMade(new Date(2026, 4, 5, 9, 3, 1).toISOString(), now, "en")).toMatch(/^9:03:01\sAM$/);
  expect(whenMade(new Date(2026, 4, 4, 9).toISOString(), now, "en")).toMatch(/May 4, 2026/);
  expect(whenMade("never", now, "en")).toBe("never");
});
test("programs as text: the jaxpr, graphs with their loops, code of kernels", () => {
  const texts = programTexts(loop);
  expect(texts[0]).toMatchObject({ id: "jaxpr", extension: "jaxpr" });
  expect(texts[0]!.text).toMatch(/^\{ lambda/);
  expect(texts.some((t) => t.extension === "wat")).toBe(true);
  const fused = loop.programs[0]!.levels.at(-1)!;
  const printed = printLevel({ name: fused.name, regions: fused.regions });
  expect(printed.text).toMatch(/^func @/);
  expect(printed.text).toMatch(/ {4}.*body {/);
  for (const [line, node] of printed.lines) expect(printed.text.split("\n")[line - 1]).toContain(`%${node} =`);
});
test("the commit is read from the repository's files: branches, packed ones, detached heads, work trees", async () => {
  const { mkdirSync } = await import("node:fs");
  const hash = (c: string): string => c.repeat(40);
  const repo = join(folder, "repo");
  mkdirSync(join(repo, ".git", "refs", "heads"), { recursive: true });
  mkdirSync(join(repo, "src"));
  const file = vscode.Uri.file(join(repo, "src", "a.ts"));
  writeFileSync(join(repo, ".git", "HEAD"), "ref: refs/heads/main\n");
  expect(await commitOf(file)).toBeNull();
  writeFileSync(join(repo, ".git", "packed-refs"), `# pack-refs\n${hash("b")} refs/heads/main\n`);
  expect(await commitOf(file)).toBe(hash("b"));
  writeFileSync(join(repo, ".git", "refs", "heads", "main"), `${hash("c")}\n`);
  expect(await commitOf(file)).toBe(hash("c"));
  const tree = join(folder, "tree");
  mkdirSync(join(repo, ".git", "worktrees", "tree"), { recursive: true });
  mkdirSync(tree);
  writeFileSync(join(tree, ".git"), `gitdir: ${join(repo, ".git", "worktrees", "tree")}\n`);
  writeFileSync(join(repo, ".git", "worktrees", "tree", "commondir"), "../..\n");
  writeFileSync(join(repo, ".git", "worktrees", "tree", "HEAD"), "ref: refs/heads/main\n");
  expect(await commitOf(vscode.Uri.file(join(tree, "a.ts")))).toBe(hash("c"));
  writeFileSync(join(repo, ".git", "HEAD"), hash("d"));
  expect(await commitOf(file)).toBe(hash("d"));
  expect(await commitOf(vscode.Uri.file("/nowhere/at/all.ts"))).toBeNull();
});
