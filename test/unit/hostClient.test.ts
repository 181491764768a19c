// Faults B11, B13 and B14 of processes: the extension's side of the host. A host that dies, hangs or speaks nonsense is replaced, and every request is answered.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type * as vscode from "vscode";
import { HostClient } from "../../src/extension/host.ts";
import type { RunParams } from "../../src/host/protocol.ts";
import { dist } from "./runs.ts";

const said: string[] = [],
  log = { info: () => {}, warn: (t: string) => void said.push(t), error: (t: string | Error) => void said.push(String(t)) },
  clients: HostClient[] = [],
  folder = mkdtempSync(join(tmpdir(), "jitlens-client-"));
function client(patience?: { answer: number; ping: number }): HostClient {
  const c = new HostClient(dirname(dist), log, patience);
  clients.push(c);
  return c;
}
afterAll(() => clients.forEach((c) => c.dispose()));
const TEXT = 'import { jit, numpy as np } from "jitlens";\nconst f = jit((x) => x.mul(2));\n',
  sitesOf = (c: HostClient): ReturnType<HostClient["sites"]> => c.sites("typescript", TEXT, "/x.ts");
/** A token of the editor's, with the way to cancel it. */
function token(): { token: vscode.CancellationToken; cancel: () => void } {
  const listeners = new Set<(e: unknown) => unknown>(),
    t = {
      isCancellationRequested: false,
      onCancellationRequested: (l: (e: unknown) => unknown) => {
        listeners.add(l);
        return { dispose: () => listeners.delete(l) };
      },
    };
  return { token: t, cancel: () => listeners.forEach((l) => l(null)) };
}
async function params(c: HostClient, tail: string): Promise<RunParams> {
  const file = join(folder, "file.ts"),
    text = TEXT + tail,
    [site] = await c.sites("typescript", text, file);
  writeFileSync(file, text);
  return {
    id: `r${Math.random()}`,
    file,
    root: folder,
    text,
    languageId: "typescript",
    mode: "trace",
    nodePath: process.execPath,
    electron: false,
    site: site!,
    args: null,
  };
}
const nothing = { progress: () => {}, partial: () => {} };

test("a host that is killed is started again", async () => {
  const c = client();
  expect((await sitesOf(c)).map((s) => s.name)).toEqual(["f"]);
  const { pid } = c;
  process.kill(pid!, "SIGKILL");
  await new Promise((r) => setTimeout(r, 300));
  expect((await sitesOf(c)).length).toBe(1);
  expect(c.pid).not.toBe(pid);
});
test.skipIf(process.platform === "win32")("B14: a host that hangs is given up after its time, and replaced", async () => {
  const c = client({ answer: 3000, ping: 500 });
  await sitesOf(c);
  const { pid } = c;
  process.kill(pid!, "SIGSTOP");
  await expect(sitesOf(c)).rejects.toThrow(/does not answer/);
  expect((await sitesOf(c)).length).toBe(1);
  // The same under a run: the run is answered.
  const p = await params(c, "for (;;);"),
    run = c.run(p, token().token, nothing);
  await new Promise((r) => setTimeout(r, 1500));
  process.kill(c.pid!, "SIGSTOP");
  expect(await run).toMatchObject({ kind: "error", message: expect.stringMatching(/host ended/) as string });
});
test("a host that dies under a run answers it; a cancelled run is answered within a second", async () => {
  const c = client(),
    p = await params(c, "for (;;);"),
    t = token(),
    first = c.run(p, t.token, nothing);
  await new Promise((r) => setTimeout(r, 1500));
  const from = performance.now();
  t.cancel();
  expect((await first).kind).toBe("cancelled");
  expect(performance.now() - from).toBeLessThan(2000);
  const second = c.run({ ...p, id: "again" }, token().token, nothing);
  await new Promise((r) => setTimeout(r, 1000));
  process.kill(c.pid!, "SIGKILL");
  expect(await second).toMatchObject({ kind: "error", message: expect.stringMatching(/host ended/) as string });
});
test("B11, B13: many runs leave no listeners behind", async () => {
  const warnings: Error[] = [],
    note = (e: Error): void => void warnings.push(e),
    c = client(),
    p = await params(c, "throw new Error('x');");
  process.on("warning", note);
  for (let i = 0; i < 12; i++) expect((await c.run({ ...p, id: `n${i}` }, token().token, nothing)).kind).toBe("error");
  await new Promise((r) => setTimeout(r, 50));
  process.off("warning", note);
  expect(warnings.filter((w) => /MaxListeners/.test(w.name))).toEqual([]);
});
