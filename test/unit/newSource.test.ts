// What adding a source of Reports takes: a ReportSource, a line of SOURCES, and a language's row. This one is a shell script for files of its own: a
// runner may be written in anything that reads a line and writes lines.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LANGUAGES, type LanguageRow, languageOfFile } from "../../src/host/languages.ts";
import type { RunParams } from "../../src/host/protocol.ts";
import { SOURCES, startRun } from "../../src/host/run.ts";
import type { ReportSource } from "../../src/host/sources/source.ts";

/** Reads `{ token, params }` on file descriptor 3, and answers there with the token. */
const SCRIPT = `
read -r line <&3
token=\${line#*'"token":"'}
token=\${token%%'"'*}
say() { printf '{"token":"%s",%s}\\n' "$token" "$1" >&3; }
echo "what the file prints"
printf '{"token":"guessed","kind":"report","report":"not ours"}\\n' >&3
say '"kind":"progress","message":"from a shell","fraction":0.5'
say '"kind":"report","report":{"format":"jitprofile"}'
`;
const shellSource: ReportSource = {
  id: "shell" as ReportSource["id"], // the union of names grows with the row that is added
  command: (_dist, p) => ({ command: "sh", args: p.mode === "trace" ? ["-c", "exit 3"] : ["-c", SCRIPT], env: { PATH: process.env.PATH } }),
  notStarted: () => ({ message: "there is no shell", action: "Install one." }),
  ended: (_p, { code }) => ({ message: `the shell ended with ${code}`, action: "Read the script." }),
};
const row: LanguageRow = { ...LANGUAGES[0]!, id: "shellscript", extensions: [".sh"], source: "shell" as LanguageRow["source"] };
const languages = LANGUAGES as LanguageRow[]; // read-only for everybody else
const sources = SOURCES as Record<string, ReportSource>;
beforeAll(() => {
  languages.push(row);
  sources.shell = shellSource;
});
afterAll(() => {
  languages.pop();
  delete sources.shell;
});
const site = { name: "f", line: 4 } as RunParams["site"]; // a shell looks at nothing else
const start = async (mode: RunParams["mode"]) => {
  const seen: string[] = [];
  const on = { progress: (m: string) => void seen.push(m), output: (t: string) => void seen.push(t.trim()) };
  const { id: languageId } = languageOfFile("a/file.sh")!;
  const file = `${process.cwd()}/file.sh`;
  const run = startRun("", { id: "1", file, text: "", languageId, mode, nodePath: "", electron: false, site, args: null }, on);
  return { result: await run.result, seen };
};
describe.skipIf(process.platform === "win32")("a source of its own", () => {
  test("makes the report; what the file says without the token does not count", async () => {
    const { result, seen } = await start("profile");
    expect(result).toEqual({ kind: "report", report: { format: "jitprofile" } });
    expect(seen.sort()).toEqual(["from a shell", "what the file prints"]);
  });
  test("explains its own end", async () =>
    expect((await start("trace")).result).toMatchObject({ kind: "error", line: 5, message: "the shell ended with 3", action: "Read the script." }));
});
